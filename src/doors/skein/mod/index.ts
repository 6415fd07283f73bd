import type { Route } from "#platform/http/route.ts";
import type { SkeinDeps } from "#doors/skein/deps.ts";
import { auditRoutes } from "./audit.ts";
import { caseRoutes } from "./cases.ts";
import { redressRoutes } from "./redress.ts";

/** Moderation, and redress against it. */
export const modRoutes = (deps: SkeinDeps): Route[] => [
  ...caseRoutes(deps),
  ...redressRoutes(deps),
  ...auditRoutes(deps),
];
