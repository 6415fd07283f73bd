import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError, notFound } from "#platform/errors.ts";
import type { Page } from "#platform/http/page.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { Counts } from "./counts.ts";
import type { AccountsDeps } from "./deps.ts";
import * as sql from "./sql-relations.ts";
import { accountsByIds } from "./sql.ts";

export interface FollowOptions {
  reblogs?: boolean | undefined;
  notify?: boolean | undefined;
  /** undefined leaves the choice as it is; null or empty means every language. */
  languages?: string[] | null | undefined;
  /** Tells nobody: for follows that are brought along from elsewhere. Timelines hear of it all the same. */
  quiet?: boolean | undefined;
}

export type PeopleList = "followers" | "following" | "requests" | "blocked" | "muted";

/** Follows, requests, blocks, mutes. Every method is idempotent: doing it twice is doing it once. */
export interface Relations {
  /** Follows, or asks when the account is locked or lives on another server. Throws 404 for unknown accounts, 403 when one blocks the other. */
  follow(accountId: Id, targetId: Id, options: FollowOptions): Promise<void>;
  unfollow(accountId: Id, targetId: Id): Promise<void>;
  removeFollower(accountId: Id, followerId: Id): Promise<void>;
  acceptRequest(accountId: Id, followerId: Id): Promise<void>;
  rejectRequest(accountId: Id, followerId: Id): Promise<void>;
  /** Unlocking a profile accepts everyone who waits. */
  acceptAllRequests(db: TxClient, accountId: Id): Promise<void>;
  block(accountId: Id, targetId: Id): Promise<void>;
  unblock(accountId: Id, targetId: Id): Promise<void>;
  mute(accountId: Id, targetId: Id, options: { notifications: boolean; duration: number }): Promise<void>;
  unmute(accountId: Id, targetId: Id): Promise<void>;
  note(accountId: Id, targetId: Id, comment: string): Promise<void>;
  endorse(accountId: Id, targetId: Id): Promise<void>;
  unendorse(accountId: Id, targetId: Id): Promise<void>;
  relationships(viewerId: Id, ids: Id[]): Promise<sql.RelationRow[]>;
  list(kind: PeopleList, accountId: Id, page: Page, viewerId: Id | null): Promise<sql.EdgeRow[]>;
  endorsed(accountId: Id, limit: number): Promise<sql.EdgeRow[]>;
  muteExpiries(accountId: Id, targets: Id[]): Promise<Map<Id, Date | null>>;
  familiarFollowers(viewerId: Id, targets: Id[]): Promise<Map<Id, Id[]>>;
  tasks: readonly Task[];
}

export function createRelations(deps: AccountsDeps, counts: Counts): Relations {
  const { tx, ids, publisher } = deps;

  async function target(db: TxClient, id: Id): Promise<{ locked: boolean; domain: string | null }> {
    const [row] = await run(db, accountsByIds, [id]);
    if (!row || row.suspended) throw notFound();
    return row;
  }

  /** Serialises everything between two people, so that a block and a follow at the same moment cannot both win. */
  async function pair(db: TxClient, a: Id, b: Id): Promise<void> {
    await run(db, sql.lockPair, a < b ? a : b, a < b ? b : a);
  }

  async function link(
    db: TxClient,
    accountId: Id,
    targetId: Id,
    o: { reblogs: boolean; notify: boolean; languages: string[] | null; quiet?: boolean | undefined },
  ): Promise<void> {
    const made = await one(db, sql.insertFollow, accountId, targetId, ids.next(), o.reblogs, o.notify, o.languages);
    if (!made) return;
    await counts.add(db, accountId, { following: 1 });
    await counts.add(db, targetId, { followers: 1 });
    await publisher.publish(db, {
      id: ids.next().toString(),
      type: "account.followed",
      accountId: accountId.toString(),
      targetId: targetId.toString(),
      quiet: o.quiet ?? false,
    });
  }

  /** `byId` is who ended it: the follower, or the one who was followed. */
  async function unlink(db: TxClient, accountId: Id, targetId: Id, byId: Id): Promise<boolean> {
    const gone = await one(db, sql.deleteFollow, accountId, targetId);
    await one(db, sql.deleteEndorsement, accountId, targetId);
    if (!gone) return false;
    await counts.add(db, accountId, { following: -1 });
    await counts.add(db, targetId, { followers: -1 });
    await publisher.publish(db, {
      id: ids.next().toString(),
      type: "account.unfollowed",
      accountId: accountId.toString(),
      targetId: targetId.toString(),
      byId: byId.toString(),
    });
    return true;
  }

  async function accept(db: TxClient, accountId: Id, followerId: Id): Promise<void> {
    const request = await one(db, sql.takeRequest, followerId, accountId);
    if (!request) throw notFound();
    await link(db, followerId, accountId, {
      reblogs: request.show_reblogs,
      notify: request.notify,
      languages: request.languages,
    });
    await publisher.publish(db, {
      id: ids.next().toString(),
      type: "account.request_accepted",
      accountId: accountId.toString(),
      targetId: followerId.toString(),
    });
  }

  function notSelf(accountId: Id, targetId: Id, verb: string): void {
    if (accountId === targetId) throw new AppError("unprocessable", `You cannot ${verb} yourself.`);
  }

  const pages = {
    followers: [sql.followers, sql.followersUp],
    following: [sql.following, sql.followingUp],
    requests: [sql.requests, sql.requestsUp],
    blocked: [sql.blocked, sql.blockedUp],
    muted: [sql.muted, sql.mutedUp],
  } as const;

  return {
    follow: (accountId, targetId, options) =>
      tx(async (db) => {
        notSelf(accountId, targetId, "follow");
        await pair(db, accountId, targetId);
        const other = await target(db, targetId);
        const [now] = await run(db, sql.relations, accountId, [targetId]);
        if (!now) throw notFound();
        if (now.blocking || now.blocked_by) throw new AppError("forbidden", "This action is not allowed");
        const languages = options.languages?.length ? options.languages : null;
        if (now.following) {
          await one(
            db,
            sql.updateFollow,
            accountId,
            targetId,
            options.reblogs ?? null,
            options.notify ?? null,
            languages,
            options.languages !== undefined,
          );
          const asBefore =
            (options.reblogs ?? now.showing_reblogs) === now.showing_reblogs &&
            (options.languages === undefined || String(languages) === String(now.languages));
          if (!asBefore) {
            await publisher.publish(db, {
              id: ids.next().toString(),
              type: "account.follow_changed",
              accountId: accountId.toString(),
              targetId: targetId.toString(),
            });
          }
        } else if (other.locked || other.domain !== null) {
          // People elsewhere are followed once their server says so.
          const made = await one(
            db,
            sql.insertRequest,
            accountId,
            targetId,
            ids.next(),
            options.reblogs ?? true,
            options.notify ?? false,
            languages,
          );
          if (made)
            await publisher.publish(db, {
              id: ids.next().toString(),
              type: "account.follow_requested",
              accountId: accountId.toString(),
              targetId: targetId.toString(),
            });
        } else {
          await link(db, accountId, targetId, {
            reblogs: options.reblogs ?? true,
            notify: options.notify ?? false,
            languages,
            quiet: options.quiet,
          });
        }
      }),
    unfollow: (accountId, targetId) =>
      tx(async (db) => {
        await pair(db, accountId, targetId);
        await unlink(db, accountId, targetId, accountId);
        const request = await one(db, sql.takeRequest, accountId, targetId);
        if (request)
          await publisher.publish(db, {
            id: ids.next().toString(),
            type: "account.request_withdrawn",
            accountId: accountId.toString(),
            targetId: targetId.toString(),
          });
      }),
    removeFollower: (accountId, followerId) =>
      tx(async (db) => {
        await pair(db, accountId, followerId);
        await unlink(db, followerId, accountId, accountId);
      }),
    acceptRequest: (accountId, followerId) =>
      tx(async (db) => {
        await pair(db, accountId, followerId);
        await accept(db, accountId, followerId);
      }),
    rejectRequest: (accountId, followerId) =>
      tx(async (db) => {
        await pair(db, accountId, followerId);
        if (!(await one(db, sql.takeRequest, followerId, accountId))) throw notFound();
        await publisher.publish(db, {
          id: ids.next().toString(),
          type: "account.request_rejected",
          accountId: accountId.toString(),
          targetId: followerId.toString(),
        });
      }),
    async acceptAllRequests(db, accountId) {
      for (const waiting of await run(db, sql.requestsTo, accountId)) await accept(db, accountId, waiting.account_id);
    },
    block: (accountId, targetId) =>
      tx(async (db) => {
        notSelf(accountId, targetId, "block");
        await pair(db, accountId, targetId);
        const [other] = await run(db, accountsByIds, [targetId]);
        if (!other) throw notFound();
        await unlink(db, accountId, targetId, accountId);
        await unlink(db, targetId, accountId, accountId);
        await one(db, sql.takeRequest, accountId, targetId);
        await one(db, sql.takeRequest, targetId, accountId);
        const made = await one(db, sql.insertBlock, accountId, targetId, ids.next());
        if (made)
          await publisher.publish(db, {
            id: ids.next().toString(),
            type: "account.blocked",
            accountId: accountId.toString(),
            targetId: targetId.toString(),
          });
      }),
    unblock: (accountId, targetId) =>
      tx(async (db) => {
        await pair(db, accountId, targetId);
        const gone = await one(db, sql.deleteBlock, accountId, targetId);
        if (gone)
          await publisher.publish(db, {
            id: ids.next().toString(),
            type: "account.unblocked",
            accountId: accountId.toString(),
            targetId: targetId.toString(),
          });
      }),
    mute: (accountId, targetId, options) =>
      tx(async (db) => {
        notSelf(accountId, targetId, "mute");
        await target(db, targetId);
        const expires = options.duration > 0 ? new Date(deps.clock.ms() + options.duration * 1000) : null;
        await exec(db, sql.upsertMute, accountId, targetId, ids.next(), options.notifications, expires);
      }),
    unmute: (accountId, targetId) =>
      tx(async (db) => {
        await one(db, sql.deleteMute, accountId, targetId);
      }),
    note: (accountId, targetId, comment) =>
      tx(async (db) => {
        await target(db, targetId);
        await exec(db, sql.setNote, accountId, targetId, comment);
      }),
    endorse: (accountId, targetId) =>
      tx(async (db) => {
        await target(db, targetId);
        const [now] = await run(db, sql.relations, accountId, [targetId]);
        if (!now?.following)
          throw new AppError(
            "unprocessable",
            "Validation failed: You must be already following the person you want to endorse",
          );
        await one(db, sql.insertEndorsement, accountId, targetId, ids.next());
      }),
    unendorse: (accountId, targetId) =>
      tx(async (db) => {
        await one(db, sql.deleteEndorsement, accountId, targetId);
      }),
    relationships: (viewerId, targets) =>
      targets.length === 0 ? Promise.resolve([]) : run(deps.pool, sql.relations, viewerId, targets),
    async list(kind, accountId, page, viewerId) {
      const [down, up] = pages[kind];
      // Statements of one's own lists have no viewer parameter; PostgreSQL refuses surplus ones.
      const args = [accountId, page.before, page.after, page.limit] as const;
      let rows: sql.EdgeRow[];
      if (kind === "followers" || kind === "following")
        rows = await run(deps.pool, page.upward ? pages[kind][1] : pages[kind][0], ...args, viewerId);
      else
        rows = await run(deps.pool, page.upward ? (up as typeof sql.blockedUp) : (down as typeof sql.blocked), ...args);
      return page.upward ? rows.reverse() : rows;
    },
    endorsed: (accountId, limit) => run(deps.pool, sql.endorsed, accountId, 9223372036854775807n, 0n, limit),
    async muteExpiries(accountId, targets) {
      const rows = await run(deps.pool, sql.muteExpiries, accountId, targets);
      return new Map(rows.map((r) => [r.target_id, r.expires_at]));
    },
    async familiarFollowers(viewerId, targets) {
      const found = new Map<Id, Id[]>();
      for (const row of await run(deps.pool, sql.familiar, viewerId, targets)) {
        const list = found.get(row.target_id) ?? [];
        if (list.length < 10) list.push(row.account_id);
        found.set(row.target_id, list);
      }
      return found;
    },
    tasks: [
      {
        name: "accounts.sweepMutes",
        cron: "*/10 * * * *",
        run: async () => {
          await exec(deps.pool, sql.sweepMutes);
        },
      },
    ],
  };
}
