import { edit, publish, save } from "#web/loaders/studio.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(edit);
export const actions = { save: action(save), publish: action(publish) };
