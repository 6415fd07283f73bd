import { confirmEmail } from "#web/loaders/auth.ts";
import { action } from "#web/lib/server/kit.ts";

export const actions = {
  default: action(confirmEmail),
};
