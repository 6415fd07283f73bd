import { vote, wall } from "#web/loaders/memes.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(wall);
export const actions = { vote: action(vote) };
