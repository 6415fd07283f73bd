import { operatorsOnly } from "#web/loaders/admin.ts";
import { createInvite, invites, withdrawInvite } from "#web/loaders/settings.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(async (context) => {
  await operatorsOnly(context);
  return invites(context);
});
export const actions = { create: action(createInvite), withdraw: action(withdrawInvite) };
