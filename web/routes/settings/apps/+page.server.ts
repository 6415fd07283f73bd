import { apps, revokeApp } from "#web/loaders/settings.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(apps);
export const actions = {
  default: action(revokeApp),
};
