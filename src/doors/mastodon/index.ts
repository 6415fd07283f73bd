import type { Route } from "#platform/http/route.ts";
import { accountRoutes } from "./accounts.ts";
import { adminBlockRoutes } from "./admin-blocks.ts";
import { adminDomainRoutes } from "./admin-domains.ts";
import { adminRoutes } from "./admin.ts";
import { reportRoutes } from "./reports.ts";
import type { MastodonDeps } from "./deps.ts";
import { instanceRoutes } from "./instance.ts";
import { mediaRoutes } from "./media.ts";
import { notificationRoutes } from "./notifications.ts";
import { profileRoutes } from "./profile.ts";
import { pushRoutes } from "./push.ts";
import { relationRoutes } from "./relations.ts";
import { searchRoutes } from "./search.ts";
import { startUpRoutes } from "./start-up.ts";
import { statusRoutes } from "./statuses.ts";
import { timelineRoutes } from "./timelines.ts";

export type { MastodonDeps } from "./deps.ts";
export { toMastodonError } from "./errors.ts";
export { accountEntities, statusEntity } from "./entities.ts";
export { credentialAccount } from "./profile.ts";
export { createStatusPresenter, type StatusPresenter } from "./present/status.ts";

/** Every route of Mastodon's client API. Literal paths stand before patterns that would match them. */
export function mastodonRoutes(deps: MastodonDeps): Route[] {
  return [
    ...profileRoutes(deps),
    ...relationRoutes(deps),
    ...accountRoutes(deps),
    ...statusRoutes(deps),
    ...timelineRoutes(deps),
    ...notificationRoutes(deps),
    ...pushRoutes(deps),
    ...searchRoutes(deps),
    ...instanceRoutes(deps),
    ...mediaRoutes(deps),
    ...adminRoutes(deps),
    ...adminDomainRoutes(deps),
    ...adminBlockRoutes(deps),
    ...reportRoutes(deps),
    ...startUpRoutes(deps),
  ];
}
export { createHub, type Hub } from "./streaming/hub.ts";
export { streamingDoor } from "./streaming/sse.ts";
export { attachStreaming } from "./streaming/socket.ts";
