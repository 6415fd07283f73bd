import { exploreAll } from "#web/loaders/timelines.ts";
import { page } from "#web/lib/server/kit.ts";

export const load = page(exploreAll);
