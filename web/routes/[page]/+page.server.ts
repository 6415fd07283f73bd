import { complain, object, sendNotice } from "#web/loaders/mod.ts";
import { single } from "#web/loaders/single.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(single);
export const actions = { object: action(object), notice: action(sendNotice), complain: action(complain) };
