import { createHash } from "node:crypto";
import { exec, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import type { DomainPolicies } from "#modules/federation/policy/domains.ts";
import { document, type Json } from "#modules/federation/wire/write.ts";
import * as sql from "./sql.ts";

/** 0 answers and direct messages, 1 posts, 2 likes and boosts, 3 profiles, 4 moves. */
export const PRIORITY = { answer: 0, post: 1, reaction: 2, profile: 3, move: 4 } as const;

export interface Recipients {
  /** Everyone elsewhere who follows this account. */
  followersOf?: Id | undefined;
  /** Named people. */
  accounts?: readonly Id[] | undefined;
  /** True: to each person's own inbox, as for messages that only they may read. */
  personal?: boolean | undefined;
}

export interface Sending {
  /** Whose key signs: somebody here, or 0 for the instance. */
  actorId: Id;
  priority: number;
  /** What the activity is about: activities about one object reach a host in order. */
  object?: string | undefined;
  /** Ends unsent ones about the same object; also kept for hosts that are parked. */
  final?: boolean | undefined;
}

export interface Queue {
  /** Has to be awaited before the transaction that delivers. */
  ready(): Promise<void>;
  /**
   * Writes what has to be sent into the caller's transaction: the body once, and a row per inbox. Nothing is sent here. Parked hosts get rows only of what must not
   * be lost.
   */
  deliver(db: TxClient, activity: Json, recipients: Recipients, sending: Sending): Promise<number>;
}

/** Most rows one statement writes. */
const SLICE = 1000;
/** A host that is so far behind gets no likes, boosts and profiles any more. */
const BACKLOG = 10_000;

export function createQueue(deps: FederationDeps, policies: DomainPolicies): Queue {
  async function targets(db: TxClient, r: Recipients): Promise<sql.Target[]> {
    const found: sql.Target[] = [];
    if (r.followersOf !== undefined) found.push(...(await run(db, sql.followerInboxes, r.followersOf)));
    if (r.accounts && r.accounts.length > 0)
      found.push(...(await run(db, sql.inboxesOf, [...r.accounts], r.personal !== true)));
    const byInbox = new Map(found.map((t) => [t.inbox, t]));
    const allowed: sql.Target[] = [];
    for (const target of byInbox.values()) if (policies.mayTalkToNow(target.host)) allowed.push(target);
    return allowed;
  }

  return {
    ready: () => policies.ready(),
    async deliver(db, activity, recipients, sending) {
      const wanted = await targets(db, recipients);
      if (wanted.length === 0) return 0;
      const hosts = [...new Set(wanted.map((t) => t.host))].sort();
      const parked = new Set((await run(db, sql.upsertHosts, hosts)).map((r) => r.host));
      let send = sending.final ? wanted : wanted.filter((t) => !parked.has(t.host));
      if (sending.priority >= PRIORITY.reaction && !sending.final) {
        const full = new Set<string>();
        for (const host of new Set(send.map((t) => t.host))) {
          const [row] = await run(db, sql.backlog, host);
          if (Number(row?.n ?? 0n) > BACKLOG) full.add(host);
        }
        if (full.size > 0) deps.count?.("delivery", "shed");
        send = send.filter((t) => !full.has(t.host));
      }
      if (send.length === 0) return 0;
      const body = Buffer.from(JSON.stringify(document(activity)));
      const bodyId = deps.ids.next();
      const orderKey = sending.object ?? null;
      await exec(db, sql.insertBody, bodyId, body, createHash("sha256").update(body).digest(), orderKey);
      if (sending.final && orderKey !== null) await exec(db, sql.supersede, orderKey, hosts);
      for (let i = 0; i < send.length; i += SLICE) {
        const some = send.slice(i, i + SLICE);
        await exec(
          db,
          sql.insertDeliveries,
          some.map(() => deps.ids.next()),
          some.map((t) => t.host),
          some.map((t) => t.inbox),
          bodyId,
          sending.actorId,
          sending.priority,
          orderKey,
        );
      }
      // A few hosts by name; for many the workers look themselves. Here at once, elsewhere with the commit.
      const named = [...new Set(send.map((t) => t.host))];
      const keys = named.length <= 3 ? named : ["*"];
      for (const key of keys) await deps.signals.send(db, "deliver", key);
      db.afterCommit(() => {
        for (const host of named) deps.signals.local("deliver", host);
      });
      return send.length;
    },
  };
}
