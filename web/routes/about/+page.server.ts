import { about } from "#web/loaders/about.ts";
import { page } from "#web/lib/server/kit.ts";

export const load = page(about);
