import { changeEmail, changePassword, deleteAccount } from "#web/loaders/settings.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(async ({ me }) => ({ email: me.email, confirmed: me.email_confirmed }));
export const actions = { email: action(changeEmail), password: action(changePassword), delete: action(deleteAccount) };
