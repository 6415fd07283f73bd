import { endSession, sessions } from "#web/loaders/settings.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(sessions);
export const actions = {
  default: action(endSession),
};
