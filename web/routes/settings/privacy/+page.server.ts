import { ownAccount, savePrivacy } from "#web/loaders/settings.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(ownAccount);
export const actions = {
  default: action(savePrivacy),
};
