import { check, checkFile } from "#web/loaders/memes.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(check);
export const actions = { default: action(checkFile) };
