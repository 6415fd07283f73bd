import { meme, removeMeme } from "#web/loaders/memes.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(meme);
export const actions = { remove: action(removeMeme) };
