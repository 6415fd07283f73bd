import { make, postVariant, studio } from "#web/loaders/studio.ts";
import { action, page } from "#web/lib/server/kit.ts";

export const load = page(studio);
export const actions = { make: action(make), post: action(postVariant) };
