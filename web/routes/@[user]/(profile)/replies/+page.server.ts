import { profileReplies } from "#web/loaders/profile.ts";
import { page } from "#web/lib/server/kit.ts";

export const load = page(profileReplies);
