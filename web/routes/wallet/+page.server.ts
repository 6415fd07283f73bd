import { wallet } from "#web/loaders/memes.ts";
import { memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(wallet);
