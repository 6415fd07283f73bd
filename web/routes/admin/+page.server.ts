import { place, savePlace } from "#web/loaders/admin.ts";
import { action, memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(place);
export const actions = {
  default: action(savePlace),
};
