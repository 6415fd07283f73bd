import { saveAppearance } from "#web/loaders/settings.ts";
import { action } from "#web/lib/server/kit.ts";

export const actions = {
  default: action(saveAppearance),
};
