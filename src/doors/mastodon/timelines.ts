import { z } from "zod";
import { zBool, zId, zList, zText } from "#platform/http/fields.ts";
import { pageOf, pageQuery } from "#platform/http/page.ts";
import { JsonText, route, type Context, type Route } from "#platform/http/route.ts";
import { tagName } from "#platform/text/format.ts";
import type { CardRow } from "#modules/posts/index.ts";
import type { MarkerRow, Origin } from "#modules/timelines/index.ts";
import { link, type MastodonDeps } from "./deps.ts";
import { presentTag } from "./present/tag.ts";
import { notFound } from "#platform/errors.ts";

const tag = z.object({ name: zText(200) });

export function timelineRoutes(deps: MastodonDeps): Route[] {
  async function list(ctx: Context, cards: CardRow[], limit: number): Promise<JsonText> {
    link(ctx, deps, cards, limit);
    return new JsonText(await deps.present.list(ctx.viewer?.accountId ?? null, cards));
  }

  return [
    route({
      method: "GET",
      path: "/api/v1/timelines/home",
      auth: "user",
      scope: "read:statuses",
      query: z.object(pageQuery(20, 40)),
      handler: async (ctx, { query }) =>
        list(ctx, await deps.timelines.home(ctx.viewer.accountId, pageOf(query)), query.limit),
    }),
    route({
      method: "GET",
      path: "/api/v1/timelines/public",
      auth: "public",
      scope: "read:statuses",
      query: z.object({
        ...pageQuery(20, 40),
        local: zBool.default(false),
        remote: zBool.default(false),
        only_media: zBool.default(false),
      }),
      async handler(ctx, { query }) {
        const viewerId = ctx.viewer?.accountId ?? null;
        const { only_media } = query;
        return list(
          ctx,
          await deps.timelines.publicTimeline(viewerId, pageOf(query), only_media, originOf(query)),
          query.limit,
        );
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/timelines/tag/:name",
      auth: "public",
      scope: "read:statuses",
      params: tag,
      query: z.object({
        ...pageQuery(20, 40),
        local: zBool.default(false),
        remote: zBool.default(false),
        only_media: zBool.default(false),
        any: zList(zText(200), 20),
        all: zList(zText(200), 20),
        none: zList(zText(200), 20),
      }),
      async handler(ctx, { params, query }) {
        const cards = await deps.timelines.tag(ctx.viewer?.accountId ?? null, pageOf(query), {
          any: [...new Set([params.name, ...query.any].map(tagName))],
          all: query.all.map(tagName),
          none: query.none.map(tagName),
          media: query.only_media,
          origin: originOf(query),
        });
        return list(ctx, cards, query.limit);
      },
    }),
    ...(["favourites", "bookmarks"] as const).map((kind) =>
      route({
        method: "GET",
        path: `/api/v1/${kind}`,
        auth: "user",
        scope: `read:${kind}`,
        query: z.object(pageQuery(20, 40)),
        handler: async (ctx, { query }) =>
          list(ctx, await deps.posts.views[kind](ctx.viewer.accountId, pageOf(query)), query.limit),
      }),
    ),
    route({
      method: "GET",
      path: "/api/v1/tags/:name",
      auth: "public",
      params: tag,
      async handler(ctx, { params }) {
        const name = tagName(params.name);
        if (!/^[\p{L}\p{N}\p{M}_·\u200c]+$/u.test(name)) throw notFound();
        const found = await deps.posts.views.tag(name);
        return presentTag(
          found ?? { name, display: params.name, history: [] },
          deps.config.publicUrl,
          ctx.viewer !== undefined,
        );
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/markers",
      auth: "user",
      scope: "read:statuses",
      query: z.object({ timeline: zList(z.enum(["home", "notifications"]), 2) }),
      handler: async (ctx) => markers(await deps.timelines.markers(ctx.viewer.accountId)),
    }),
    route({
      method: "POST",
      path: "/api/v1/markers",
      auth: "user",
      scope: "write:statuses",
      body: z.object({
        home: z.object({ last_read_id: zId }).optional(),
        notifications: z.object({ last_read_id: zId }).optional(),
      }),
      async handler(ctx, { body }) {
        for (const timeline of ["home", "notifications"] as const) {
          const wanted = body[timeline];
          if (wanted) await deps.timelines.setMarker(ctx.viewer.accountId, timeline, wanted.last_read_id);
        }
        return markers(await deps.timelines.markers(ctx.viewer.accountId));
      },
    }),
  ];
}

/** Both flags together mean everything, as none does. */
function originOf({ local, remote }: { local: boolean; remote: boolean }): Origin {
  if (local === remote) return "all";
  return local ? "local" : "remote";
}

/** Both keys always: clients read `notifications.last_read_id` without looking whether it is there. */
function markers(rows: ReadonlyMap<string, MarkerRow>): Record<string, unknown> {
  const entity = (row: MarkerRow | undefined): Record<string, unknown> => ({
    last_read_id: (row?.last_read_id ?? 0n).toString(),
    version: row?.version ?? 0,
    updated_at: (row?.updated_at ?? new Date(0)).toISOString(),
  });
  return { home: entity(rows.get("home")), notifications: entity(rows.get("notifications")) };
}
