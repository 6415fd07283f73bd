import type { Signals } from "#platform/cache/signals.ts";
import { run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";
import { addStats, bumpRev, postsRemoved } from "./sql.ts";

export interface StatChange {
  followers?: number;
  following?: number;
  statuses?: number;
  /** UTC date of a new post. */
  day?: string | null;
}

/**
 * Changes what others see of accounts, and tells whoever keeps them rendered: other processes by a notification that comes with the commit, this one right after the commit and before the
 * caller goes on, so that people read their own writes.
 */
export interface Counts {
  add(db: TxClient, accountId: Id, change: StatChange): Promise<void>;
  /** One post less for each. */
  removed(db: TxClient, accountIds: readonly Id[]): Promise<void>;
  /** Something else of these accounts changed. */
  changed(db: TxClient, accountIds: readonly Id[]): Promise<void>;
}

export function createCounts(signals: Signals): Counts {
  const after = (db: TxClient, ids: readonly Id[]): void =>
    db.afterCommit(() => {
      for (const id of ids) signals.local("account", id.toString());
    });
  return {
    async add(db, accountId, change) {
      await run(
        db,
        addStats,
        accountId,
        change.followers ?? 0,
        change.following ?? 0,
        change.statuses ?? 0,
        change.day ?? null,
      );
      after(db, [accountId]);
    },
    async removed(db, accountIds) {
      if (accountIds.length === 0) return;
      await run(db, postsRemoved, [...accountIds]);
      after(db, accountIds);
    },
    async changed(db, accountIds) {
      await run(db, bumpRev, [...accountIds]);
      after(db, accountIds);
    },
  };
}
