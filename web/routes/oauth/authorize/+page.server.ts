import { authorize, decide, signInHere, signOutHere } from "#web/loaders/auth.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(authorize);
export const actions = {
  decide: action(decide),
  signin: action(signInHere),
  signout: action(signOutHere),
};
