import { setUp, setup } from "#web/loaders/auth.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(setup);
export const actions = {
  default: action(setUp),
};
