import { blocksAndMutes } from "#web/loaders/profile.ts";
import { memberPage } from "#web/lib/server/kit.ts";

export const load = memberPage(blocksAndMutes);
