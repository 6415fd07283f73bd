import type { Route } from "#platform/http/route.ts";
import type { SkeinDeps } from "./deps.ts";
import { entryRoutes } from "./entry.ts";
import { federationRoutes } from "./federation.ts";
import { meRoutes } from "./me.ts";
import { studioRoutes } from "./memes/studio.ts";
import { templateRoutes } from "./memes/templates.ts";
import { wallRoutes } from "./memes/wall.ts";
import { modRoutes } from "./mod/index.ts";
import { securityRoutes } from "./security.ts";
import { safetyRoutes } from "./safety.ts";
import { safetyReportRoutes } from "./safety-reports.ts";
import { walletRoutes } from "./wallet.ts";

export type { SkeinDeps } from "./deps.ts";
export { toSkeinError } from "./errors.ts";

/** Every route of Skein's own JSON API. */
export function skeinRoutes(deps: SkeinDeps): Route[] {
  return [
    ...entryRoutes(deps),
    ...meRoutes(deps),
    ...securityRoutes(deps),
    ...federationRoutes(deps),
    ...studioRoutes(deps),
    ...templateRoutes(deps),
    ...wallRoutes(deps),
    ...walletRoutes(deps),
    ...safetyRoutes(deps),
    ...safetyReportRoutes(deps),
    ...modRoutes(deps),
  ];
}
