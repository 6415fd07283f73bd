import { marked } from "#web/loaders/timelines.ts";
import { memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(marked);
