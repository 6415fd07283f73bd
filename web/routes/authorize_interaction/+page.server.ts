import { authorizeInteraction } from "#web/loaders/elsewhere.ts";
import { memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(authorizeInteraction);
