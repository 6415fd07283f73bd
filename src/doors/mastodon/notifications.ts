import { z } from "zod";
import { notFound } from "#platform/errors.ts";
import { zBool, zId, zInt, zList, zText } from "#platform/http/fields.ts";
import { linkHeader, pageOf, pageQuery } from "#platform/http/page.ts";
import { JsonText, route, type Context, type Route } from "#platform/http/route.ts";
import type { Id } from "#platform/ids.ts";
import type { NotificationGroup, NotificationRow } from "#modules/notifications/index.ts";
import type { MastodonDeps } from "./deps.ts";
import { accountList } from "./deps.ts";
import { accountWarning } from "./present/warning.ts";

const filterQuery = {
  types: zList(zText(60), 40),
  exclude_types: zList(zText(60), 40),
  account_id: zId.optional(),
  include_filtered: zBool.optional(),
};

const GROUPED_BY_DEFAULT = ["favourite", "reblog", "follow"];

/** Notifications as Mastodon's entities, as JSON text. */
export interface NotificationPresenter {
  statuses(viewerId: Id, rows: readonly NotificationRow[]): Promise<Map<Id, string>>;
  people(ids: readonly Id[]): Promise<Map<Id, string>>;
  present(viewerId: Id, rows: readonly NotificationRow[]): Promise<string[]>;
  warnings(rows: readonly NotificationRow[], persons: ReadonlyMap<Id, string>): Promise<Map<Id, string>>;
}

export function createNotificationPresenter(
  deps: Pick<MastodonDeps, "posts" | "present" | "safety">,
): NotificationPresenter {
  /** Statuses of notifications as JSON text by id. */
  async function statuses(viewerId: Id, rows: readonly NotificationRow[]): Promise<Map<Id, string>> {
    const ids = [...new Set(rows.flatMap((r) => r.post_id ?? []))];
    const cards = await deps.posts.views.cards(viewerId, ids);
    const texts = new Map<Id, string>();
    for (const card of cards) {
      const [json] = await deps.present.render(viewerId, [card]);
      if (json) texts.set(card.id, json);
    }
    return texts;
  }

  async function people(ids: readonly Id[]): Promise<Map<Id, string>> {
    const unique = [...new Set(ids)];
    const found = new Map<Id, string>();
    for (const id of unique) {
      const [json] = await deps.present.accounts([id]);
      if (json) found.set(id, json);
    }
    return found;
  }

  async function present(viewerId: Id, rows: readonly NotificationRow[]): Promise<string[]> {
    const posts = await statuses(viewerId, rows);
    const persons = await people(rows.map((r) => r.from_account_id));
    const warned = await warnings(rows, persons);
    return rows.flatMap((row) => {
      const account = persons.get(row.from_account_id);
      if (!account) return [];
      const warning = row.decision_id === null ? "" : `,"moderation_warning":${warned.get(row.id) ?? "null"}`;
      const status = row.post_id === null ? "" : `,"status":${posts.get(row.post_id) ?? "null"}`;
      return `{"id":"${row.id}","type":${JSON.stringify(row.type)},"created_at":"${row.created_at.toISOString()}","group_key":"ungrouped-${row.id}","account":${account}${status}${warning}}`;
    });
  }

  /** Mastodon's AccountWarning of each notification that has one, as JSON text. */
  async function warnings(
    rows: readonly NotificationRow[],
    persons: ReadonlyMap<Id, string>,
  ): Promise<Map<Id, string>> {
    const found = new Map<Id, string>();
    for (const row of rows) {
      const account = persons.get(row.from_account_id);
      if (row.decision_id === null || account === undefined) continue;
      const warning = await accountWarning(deps.safety, row.decision_id);
      if (warning) found.set(row.id, `{${JSON.stringify(warning).slice(1, -1)},"target_account":${account}}`);
    }
    return found;
  }

  return { statuses, people, present, warnings };
}

export function notificationRoutes(deps: MastodonDeps): Route[] {
  const filterOf = (q: {
    types: string[];
    exclude_types: string[];
    account_id?: bigint | undefined;
  }): { types: string[]; excludeTypes: string[]; fromAccountId: Id | undefined } => ({
    types: q.types,
    excludeTypes: q.exclude_types,
    fromAccountId: q.account_id,
  });

  const { statuses, people, present, warnings } = createNotificationPresenter(deps);

  function link(ctx: Context, rows: readonly NotificationRow[], full: boolean): void {
    const header = linkHeader(ctx.url, deps.config.publicUrl, { first: rows[0]?.id, last: rows.at(-1)?.id }, full);
    if (header) ctx.headers.set("Link", header);
  }

  async function unread(accountId: Id, limit: number): Promise<{ count: number }> {
    const marker = (await deps.timelines.markers(accountId)).get("notifications");
    return { count: await deps.notifications.unread(accountId, marker?.last_read_id ?? 0n, limit) };
  }

  async function grouped(viewerId: Id, groups: readonly NotificationGroup[]): Promise<JsonText> {
    const rows = groups.flatMap((g) => g.rows);
    const posts = await statuses(viewerId, rows);
    const sample = (g: NotificationGroup): Id[] => [...new Set(g.rows.map((r) => r.from_account_id))].slice(0, 8);
    const persons = await people(groups.flatMap(sample));
    const warned = await warnings(rows, persons);
    const entities = groups.flatMap((g) => {
      const [newest] = g.rows;
      const oldest = g.rows.at(-1);
      if (!newest || !oldest) return [];
      const rest = JSON.stringify({
        group_key: g.key,
        notifications_count: g.rows.length,
        type: g.type,
        page_min_id: oldest.id.toString(),
        page_max_id: newest.id.toString(),
        latest_page_notification_at: newest.created_at.toISOString(),
        sample_account_ids: sample(g).map(String),
        ...(newest.post_id === null ? {} : { status_id: newest.post_id.toString() }),
      });
      const warning = warned.get(newest.id);
      // The one id that Mastodon sends as a number. `page_max_id` is the same id as text, for programs whose numbers are shorter.
      const extra = warning === undefined ? "" : `"moderation_warning":${warning},`;
      return `{"most_recent_notification_id":${newest.id},${extra}${rest.slice(1)}`;
    });
    return new JsonText(
      `{"accounts":[${[...persons.values()].join(",")}],"statuses":[${[...posts.values()].join(",")}],"notification_groups":[${entities.join(",")}]}`,
    );
  }

  const key = z.object({ key: zText(200) });

  return [
    route({
      method: "GET",
      path: "/api/v1/notifications",
      auth: "user",
      scope: "read:notifications",
      query: z.object({ ...pageQuery(40, 80), ...filterQuery }),
      async handler(ctx, { query }) {
        const rows = await deps.notifications.list(ctx.viewer.accountId, pageOf(query), filterOf(query));
        link(ctx, rows, rows.length >= query.limit);
        return new JsonText(`[${(await present(ctx.viewer.accountId, rows)).join(",")}]`);
      },
    }),
    ...(["v1", "v2"] as const).map((version) =>
      route({
        method: "GET",
        path: `/api/${version}/notifications/unread_count`,
        auth: "user",
        scope: "read:notifications",
        query: z.object({ limit: zInt(1, 1000).default(100) }),
        handler: ({ viewer }, { query }) => unread(viewer.accountId, query.limit),
      }),
    ),
    ...(["v1", "v2"] as const).flatMap((version) => {
      const policy =
        version === "v1"
          ? {
              filter_not_following: false,
              filter_not_followers: false,
              filter_new_accounts: false,
              filter_private_mentions: false,
            }
          : {
              for_not_following: "accept",
              for_not_followers: "accept",
              for_new_accounts: "accept",
              for_private_mentions: "accept",
              for_limited_accounts: "accept",
              for_bots: "accept",
            };
      return route({
        method: "GET",
        path: `/api/${version}/notifications/policy`,
        auth: "user",
        scope: "read:notifications",
        handler: async () => ({ ...policy, summary: { pending_requests_count: 0, pending_notifications_count: 0 } }),
      });
    }),
    route({
      method: "GET",
      path: "/api/v1/notifications/requests",
      auth: "user",
      scope: "read:notifications",
      handler: async () => [],
    }),
    route({
      method: "POST",
      path: "/api/v1/notifications/clear",
      auth: "user",
      scope: "write:notifications",
      async handler({ viewer }) {
        await deps.notifications.clear(viewer.accountId);
        return {};
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/notifications/:id",
      auth: "user",
      scope: "read:notifications",
      params: z.object({ id: zId }),
      async handler({ viewer }, { params }) {
        const [json] = await present(viewer.accountId, [await deps.notifications.get(viewer.accountId, params.id)]);
        if (json === undefined) throw notFound();
        return new JsonText(json);
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/notifications/:id/dismiss",
      auth: "user",
      scope: "write:notifications",
      params: z.object({ id: zId }),
      async handler({ viewer }, { params }) {
        await deps.notifications.dismiss(viewer.accountId, params.id);
        return {};
      },
    }),
    route({
      method: "GET",
      path: "/api/v2/notifications",
      auth: "user",
      scope: "read:notifications",
      query: z.object({
        ...pageQuery(40, 80),
        ...filterQuery,
        expand_accounts: zText(40).optional(),
        grouped_types: zList(zText(60), 40).optional(),
      }),
      async handler(ctx, { query }) {
        const types = new Set(query.grouped_types?.length ? query.grouped_types : GROUPED_BY_DEFAULT);
        const { groups, rows } = await deps.notifications.groups(
          ctx.viewer.accountId,
          pageOf(query),
          filterOf(query),
          types,
        );
        link(ctx, rows, groups.length >= query.limit);
        return grouped(ctx.viewer.accountId, groups);
      },
    }),
    route({
      method: "GET",
      path: "/api/v2/notifications/:key",
      auth: "user",
      scope: "read:notifications",
      params: key,
      handler: async ({ viewer }, { params }) =>
        grouped(viewer.accountId, [await deps.notifications.group(viewer.accountId, params.key)]),
    }),
    route({
      method: "POST",
      path: "/api/v2/notifications/:key/dismiss",
      auth: "user",
      scope: "write:notifications",
      params: key,
      async handler({ viewer }, { params }) {
        await deps.notifications.dismissGroup(viewer.accountId, params.key);
        return {};
      },
    }),
    route({
      method: "GET",
      path: "/api/v2/notifications/:key/accounts",
      auth: "user",
      scope: "read:notifications",
      params: key,
      async handler({ viewer }, { params }) {
        const group = await deps.notifications.group(viewer.accountId, params.key);
        return accountList(deps, [...new Set(group.rows.map((r) => r.from_account_id))]);
      },
    }),
  ];
}
