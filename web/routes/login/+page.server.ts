import { login, signIn } from "#web/loaders/auth.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(login);
export const actions = {
  default: action(signIn),
};
