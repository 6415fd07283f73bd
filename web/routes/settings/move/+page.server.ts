import { addAlias, moveAway, moving, removeAlias } from "#web/loaders/federation.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(moving);
export const actions = { alias: action(addAlias), forget: action(removeAlias), move: action(moveAway) };
