import { followRequests } from "#web/loaders/profile.ts";
import { memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(followRequests);
