import { setTimeout as sleep } from "node:timers/promises";
import type { Signals } from "#platform/cache/signals.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import { notFound } from "#platform/errors.ts";
import type { Page } from "#platform/http/page.ts";
import { MAX_ID, type Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { createPush, pushJob, type Push, type PushDeps } from "./push.ts";
import * as sql from "./sql.ts";
import { NOTIFICATION_TYPES, type NotificationType } from "./types.ts";

export { PUSH_ALERTS, PUSH_POLICIES, type NewPushSubscription, type Push, type PushSubscription } from "./push.ts";
export type { NotificationRow } from "./sql.ts";
export { NOTIFICATION_TYPES, type NotificationType } from "./types.ts";

export interface NotificationFilter {
  /** Empty means all. */
  types: readonly string[];
  excludeTypes: readonly string[];
  fromAccountId: Id | undefined;
}

/** Notifications that belong together: likes or boosts of one post, follows of one day. */
export interface NotificationGroup {
  key: string;
  type: string;
  /** Newest first. */
  rows: sql.NotificationRow[];
}

/** What happened to somebody while they were away. */
export interface Notifications {
  list(accountId: Id, page: Page, filter: NotificationFilter): Promise<sql.NotificationRow[]>;
  groups(
    accountId: Id,
    page: Page,
    filter: NotificationFilter,
    groupedTypes: ReadonlySet<string>,
  ): Promise<{ groups: NotificationGroup[]; rows: sql.NotificationRow[] }>;
  group(accountId: Id, key: string): Promise<NotificationGroup>;
  get(accountId: Id, id: Id): Promise<sql.NotificationRow>;
  unread(accountId: Id, after: Id, limit: number): Promise<number>;
  dismiss(accountId: Id, id: Id): Promise<void>;
  dismissGroup(accountId: Id, key: string): Promise<void>;
  clear(accountId: Id): Promise<void>;
  push: Push;
  tasks: readonly Task[];
}

/** How far the clocks of two processes may be apart without an effect on the order, in milliseconds. */
const CLOCKS_APART_MS = 100;

/** Notifications in one signal: its text may have 8,000 bytes. */
const STREAMED = 150;

const GROUPABLE = new Set(["favourite", "reblog", "follow"]);

/** The key under which a notification is grouped. */
export function groupKey(row: sql.NotificationRow, grouped: ReadonlySet<string> = GROUPABLE): string {
  if (!GROUPABLE.has(row.type) || !grouped.has(row.type)) return `ungrouped-${row.id}`;
  if (row.type === "follow") return `follow-${row.created_at.toISOString().slice(0, 10)}`;
  return `${row.type}-${row.post_id}`;
}

export interface NotificationsDeps extends PushDeps {
  readPool: Pool;
  signals: Signals;
}

export function createNotifications(deps: NotificationsDeps): Notifications {
  const { pool, ids } = deps;
  const { push, task: pushTask } = createPush(deps, (accountId, id) => one(pool, sql.byId, accountId, id));

  const idIn = (payload: Record<string, unknown>, key: string): Id => BigInt(String(payload[key]));

  /** Writes notifications of these people, newest last in everybody's list, and tells whoever is connected or wants to be pushed. */
  async function write(
    some: Id[],
    insert: (db: TxClient) => Promise<{ id: Id; account_id: Id; pushed: boolean }[]>,
  ): Promise<void> {
    await deps.tx(async (db) => {
      await run(db, sql.lockRecipients, some);
      const newest = (await one(db, sql.newestOf, some))?.id ?? 0n;
      // Another process may have minted a greater id in this very millisecond, or its clock may be a little ahead.
      for (let waited = 0; ids.next() <= newest && waited < CLOCKS_APART_MS; waited++) await sleep(1);
      const told = await insert(db);
      // Whoever is connected hears of it at once.
      for (let n = 0; n < told.length; n += STREAMED)
        await deps.signals.send(
          db,
          "told",
          told
            .slice(n, n + STREAMED)
            .map((t) => `${t.account_id}:${t.id}`)
            .join(","),
        );
      await deps.publisher.enqueue(db, ...told.filter((t) => t.pushed).map((t) => pushJob(t.account_id, t.id)));
    });
  }

  async function tell(recipients: readonly Id[], type: NotificationType, from: Id, post: Id | null): Promise<void> {
    const unique = [...new Set(recipients)];
    for (let i = 0; i < unique.length; i += 1000) {
      const some = unique.slice(i, i + 1000);
      await write(some, (db) =>
        run(
          db,
          sql.tell,
          some.map(() => ids.next()),
          some,
          type,
          from,
          post,
        ),
      );
    }
  }

  const tellDecision = (account: Id, decision: Id): Promise<void> =>
    write([account], (db) => run(db, sql.tellDecision, ids.next(), account, decision));

  const accountsOf = (rows: { account_id: Id }[]): Id[] => rows.map((r) => r.account_id);

  function wanted(filter: NotificationFilter): string[] {
    const all =
      filter.types.length > 0
        ? filter.types.filter((t) => (NOTIFICATION_TYPES as readonly string[]).includes(t))
        : NOTIFICATION_TYPES;
    return all.filter((t) => !filter.excludeTypes.includes(t));
  }

  async function list(accountId: Id, page: Page, filter: NotificationFilter): Promise<sql.NotificationRow[]> {
    const types = wanted(filter);
    if (types.length === 0) return [];
    const rows = await run(
      deps.readPool,
      page.upward ? sql.notificationsUp : sql.notificationsDown,
      accountId,
      types,
      page.before,
      page.after,
      page.limit,
      filter.fromAccountId ?? null,
    );
    return page.upward ? rows.reverse() : rows;
  }

  const everything: NotificationFilter = { types: [], excludeTypes: [], fromAccountId: undefined };

  async function membersOf(accountId: Id, key: string): Promise<sql.NotificationRow[]> {
    const single = /^ungrouped-(\d{1,19})$/.exec(key)?.[1];
    if (single !== undefined) {
      const row = await one(pool, sql.byId, accountId, BigInt(single));
      return row ? [row] : [];
    }
    const type = key.split("-")[0] ?? "";
    if (!GROUPABLE.has(type)) return [];
    const rows = await list(
      accountId,
      { before: MAX_ID, after: 0n, upward: false, limit: 2000 },
      { ...everything, types: [type] },
    );
    return rows.filter((r) => groupKey(r) === key);
  }

  return {
    list,
    async groups(accountId, page, filter, groupedTypes) {
      // A group takes many rows: read on until enough groups are found, within bounds.
      const rows: sql.NotificationRow[] = [];
      const groups = new Map<string, NotificationGroup>();
      let before = page.before;
      for (let round = 0; round < 5; round++) {
        const some = await list(accountId, { ...page, before, limit: page.limit * 4 }, filter);
        for (const row of some) {
          const key = groupKey(row, groupedTypes);
          const group = groups.get(key);
          if (group) group.rows.push(row);
          else if (groups.size < page.limit) groups.set(key, { key, type: row.type, rows: [row] });
          else return { groups: [...groups.values()], rows };
          rows.push(row);
        }
        const last = some.at(-1);
        if (some.length < page.limit * 4 || !last || page.upward) break;
        before = last.id;
      }
      return { groups: [...groups.values()], rows };
    },
    async group(accountId, key) {
      const rows = await membersOf(accountId, key);
      const [first] = rows;
      if (!first) throw notFound();
      return { key, type: first.type, rows };
    },
    async get(accountId, id) {
      const row = await one(pool, sql.byId, accountId, id);
      if (!row) throw notFound();
      return row;
    },
    unread: async (accountId, after, limit) => Number((await one(pool, sql.unread, accountId, after, limit))?.n ?? 0n),
    async dismiss(accountId, id) {
      if (!(await one(pool, sql.dismiss, accountId, id))) throw notFound();
    },
    async dismissGroup(accountId, key) {
      const rows = await membersOf(accountId, key);
      await exec(
        pool,
        sql.dismissMany,
        accountId,
        rows.map((r) => r.id),
      );
    },
    async clear(accountId) {
      await exec(pool, sql.clear, accountId);
    },
    push,
    tasks: [
      pushTask,
      {
        name: "notifications.post",
        async run(payload) {
          const post = idIn(payload, "postId");
          const facts = await one(pool, sql.postFacts, post);
          if (!facts) return;
          const named = accountsOf(await run(pool, sql.mentioned, post));
          await tell(named, "mention", facts.account_id, post);
          if (facts.quoted_author !== null) await tell([facts.quoted_author], "quote", facts.account_id, post);
          const subscribers = accountsOf(await run(pool, sql.subscribers, facts.account_id)).filter(
            (id) => !named.includes(id),
          );
          // Who wants to hear of somebody's posts does not want every answer to others.
          if (facts.in_reply_to_account_id === null || facts.in_reply_to_account_id === facts.account_id)
            await tell(subscribers, "status", facts.account_id, post);
        },
      },
      {
        name: "notifications.received",
        async run(payload) {
          const ids = Array.isArray(payload["postIds"]) ? payload["postIds"].map((id) => BigInt(String(id))) : [];
          for (const row of await run(pool, sql.concerned, ids))
            await tell([row.account_id], row.type, row.from_id, row.post_id);
        },
      },
      {
        name: "notifications.quoteDecided",
        async run(payload) {
          // A quote of somebody here that waited for its author is news only now.
          const post = idIn(payload, "postId");
          const facts = await one(pool, sql.postFacts, post);
          if (facts && facts.quoted_author !== null) await tell([facts.quoted_author], "quote", facts.account_id, post);
        },
      },
      {
        name: "notifications.edited",
        async run(payload) {
          const post = idIn(payload, "postId");
          const author = idIn(payload, "authorId");
          const added = Array.isArray(payload["newlyMentioned"])
            ? payload["newlyMentioned"].map((id) => BigInt(String(id)))
            : [];
          await tell(added, "mention", author, post);
          // An edit is news each time: the earlier notification makes room.
          await exec(pool, sql.withdraw, "update", author, null, post);
          await tell(accountsOf(await run(pool, sql.boosters, post)), "update", author, post);
          for (const quoter of await run(pool, sql.quoters, post)) {
            await exec(pool, sql.withdraw, "quoted_update", author, quoter.account_id, quoter.id);
            await tell([quoter.account_id], "quoted_update", author, quoter.id);
          }
        },
      },
      {
        name: "notifications.boosted",
        async run(payload) {
          const of = idIn(payload, "boostOfId");
          const facts = await one(pool, sql.postFacts, of);
          if (facts) await tell([facts.account_id], "reblog", idIn(payload, "authorId"), of);
          await exec(pool, sql.withdrawBoost, idIn(payload, "authorId"), of);
        },
      },
      {
        name: "notifications.favourited",
        async run(payload) {
          await tell([idIn(payload, "authorId")], "favourite", idIn(payload, "byId"), idIn(payload, "postId"));
          await exec(pool, sql.withdrawFavourite, idIn(payload, "byId"), idIn(payload, "postId"));
        },
      },
      {
        name: "notifications.unfavourited",
        run: async (payload) => {
          await exec(pool, sql.withdrawFavourite, idIn(payload, "byId"), idIn(payload, "postId"));
        },
      },
      {
        name: "notifications.deleted",
        run: async (payload) => {
          const of = payload["boostOfId"];
          if (typeof of === "string") await exec(pool, sql.withdrawBoost, idIn(payload, "authorId"), BigInt(of));
        },
      },
      {
        name: "notifications.followed",
        async run(payload) {
          const from = idIn(payload, "accountId");
          const to = idIn(payload, "targetId");
          await exec(pool, sql.withdraw, "follow_request", from, to, null);
          if (payload["quiet"] !== true) await tell([to], "follow", from, null);
        },
      },
      {
        name: "notifications.unfollowed",
        run: async (payload) => {
          await exec(pool, sql.withdraw, "follow", idIn(payload, "accountId"), idIn(payload, "targetId"), null);
        },
      },
      {
        name: "notifications.followRequested",
        run: (payload) => tell([idIn(payload, "targetId")], "follow_request", idIn(payload, "accountId"), null),
      },
      {
        name: "notifications.requestEnded",
        async run(payload) {
          // Withdrawn by the one who asked, or refused by the one who was asked.
          const accountId = idIn(payload, "accountId");
          const targetId = idIn(payload, "targetId");
          const [from, to] =
            payload["type"] === "account.request_rejected" ? [targetId, accountId] : [accountId, targetId];
          await exec(pool, sql.withdraw, "follow_request", from, to, null);
        },
      },
      {
        name: "notifications.blocked",
        run: async (payload) => {
          await exec(pool, sql.forgetPair, idIn(payload, "accountId"), idIn(payload, "targetId"));
        },
      },
      {
        name: "notifications.pollClosed",
        async run(payload) {
          const post = idIn(payload, "postId");
          const facts = await one(pool, sql.postFacts, post);
          if (facts)
            await tell(
              [facts.account_id, ...accountsOf(await run(pool, sql.voters, post))],
              "poll",
              facts.account_id,
              post,
            );
        },
      },
      {
        name: "notifications.decided",
        run: (payload) => tellDecision(idIn(payload, "accountId"), idIn(payload, "decisionId")),
      },
      {
        name: "notifications.signedUp",
        async run(payload) {
          const account = idIn(payload, "accountId");
          // Somebody who was brought along from elsewhere is no news.
          if (typeof payload["joinedAt"] === "string") return;
          await tell(accountsOf(await run(pool, sql.staff)), "admin.sign_up", account, null);
        },
      },
    ],
  };
}
