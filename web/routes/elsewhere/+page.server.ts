import { elsewhere, goElsewhere } from "#web/loaders/elsewhere.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(elsewhere);
export const actions = { default: action(goElsewhere) };
