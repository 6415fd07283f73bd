import { profile } from "#web/loaders/profile.ts";
import { page } from "#web/lib/server/kit.ts";

export const load = page(profile);
