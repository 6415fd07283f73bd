import { compose, send } from "#web/loaders/compose.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(compose);
export const actions = {
  post: action(send),
};
