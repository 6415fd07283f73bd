import { signUp, signup } from "#web/loaders/auth.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(signup);
export const actions = {
  default: action(signUp),
};
