import { decideAccount, pending } from "#web/loaders/admin.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(pending);
export const actions = {
  approve: action(decideAccount("approve")),
  reject: action(decideAccount("reject")),
};
