import { createInvite, invites, withdrawInvite } from "#web/loaders/settings.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(invites);
export const actions = {
  create: action(createInvite),
  withdraw: action(withdrawInvite),
};
