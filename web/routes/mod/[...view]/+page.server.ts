import { assign, console, decide, dismiss, reviewAppeal, undo } from "#web/loaders/mod.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(console);
export const actions = {
  decide: action(decide),
  dismiss: action(dismiss),
  assign: action(assign),
  undo: action(undo),
  appeal: action(reviewAppeal),
};
