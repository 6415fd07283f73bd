import { stake, unbond, wallet } from "#web/loaders/memes.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(wallet);
export const actions = { stake: action(stake), unbond: action(unbond) };
