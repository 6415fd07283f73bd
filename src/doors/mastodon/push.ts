import { z } from "zod";
import { AppError } from "#platform/errors.ts";
import { zBool, zText } from "#platform/http/fields.ts";
import { route, type Route, type Viewer } from "#platform/http/route.ts";
import { PUSH_POLICIES, type PushSubscription } from "#modules/notifications/index.ts";
import type { MastodonDeps } from "./deps.ts";

// Web Push: docs.joinmastodon.org/methods/push and entities/WebPushSubscription.

const PATH = "/api/v1/push/subscription";
const alerts = z.record(z.string().max(60), zBool);
const policy = z.enum(PUSH_POLICIES);
const wish = z.object({ alerts: alerts.optional(), policy: policy.optional() });

/** A subscription goes with the token that made it, so that a program which was thrown out hears nothing more. */
function tokenOf(viewer: Viewer): bigint {
  if (viewer.kind !== "token")
    throw new AppError(
      "forbidden",
      "Push notifications are for programs that signed in with OAuth: a browser session has no token they could belong to.",
    );
  return viewer.credentialId;
}

export function pushRoutes(deps: MastodonDeps): Route[] {
  const { push } = deps.notifications;

  async function present(row: PushSubscription): Promise<Record<string, unknown>> {
    return {
      id: row.id.toString(),
      endpoint: row.endpoint,
      standard: row.standard,
      alerts: row.alerts,
      policy: row.policy,
      server_key: await push.publicKey(),
    };
  }

  return [
    route({
      method: "POST",
      path: PATH,
      auth: "user",
      scope: "push",
      body: z.object({
        subscription: z.object({
          endpoint: zText(2000),
          keys: z.object({ p256dh: zText(200), auth: zText(100) }),
          standard: zBool.default(false),
        }),
        data: wish.default({}),
      }),
      async handler({ viewer }, { body }) {
        const { endpoint, keys, standard } = body.subscription;
        return present(
          await push.subscribe(viewer.accountId, tokenOf(viewer), {
            endpoint,
            ...keys,
            standard,
            alerts: body.data.alerts ?? {},
            policy: body.data.policy ?? "all",
          }),
        );
      },
    }),
    route({
      method: "GET",
      path: PATH,
      auth: "user",
      scope: "push",
      handler: async ({ viewer }) => present(await push.subscription(tokenOf(viewer))),
    }),
    route({
      method: "PUT",
      path: PATH,
      auth: "user",
      scope: "push",
      // The documentation has the policy beside `data` here, and clients have it inside, as when they subscribe.
      body: z.object({ data: wish.default({}), policy: policy.optional() }),
      async handler({ viewer }, { body }) {
        const changes = { alerts: body.data.alerts, policy: body.data.policy ?? body.policy };
        return present(await push.change(tokenOf(viewer), changes));
      },
    }),
    route({
      method: "DELETE",
      path: PATH,
      auth: "user",
      scope: "push",
      async handler({ viewer }) {
        await push.unsubscribe(tokenOf(viewer));
        return {};
      },
    }),
  ];
}
