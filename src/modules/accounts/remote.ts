import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";
import type { Counts } from "./counts.ts";
import type { AccountsDeps } from "./deps.ts";
import * as sql from "./sql-remote.ts";
import type { StoredEmoji, StoredField, StoredImage } from "./sql.ts";

/** A person of another server, as their server describes them; texts are sanitised. */
export interface RemoteProfile {
  /** Actor id: what the person is known by, whatever they are called. */
  uri: string;
  username: string;
  /** Host part of the handle, confirmed by both sides. */
  domain: string;
  url: string | null;
  actorType: string;
  displayName: string;
  noteHtml: string;
  fields: StoredField[];
  avatar: StoredImage | null;
  header: StoredImage | null;
  locked: boolean;
  discoverable: boolean;
  indexable: boolean;
  alsoKnownAs: string[];
  memorial: boolean;
  emojis: StoredEmoji[];
  /** When they joined, as they say; never later than now. */
  createdAt: Date;
}

export interface RemotePeople {
  /**
   * Stores or renews a person. Whoever else had the handle loses it. Throws a unique violation when somebody drew the same id in the same
   * millisecond, or stores the same person at the same moment: begin the transaction anew.
   */
  upsert(db: TxClient, profile: RemoteProfile): Promise<{ id: Id; created: boolean }>;
  /** People of other servers by actor id; unknown ones are missing. */
  byUris(uris: readonly string[]): Promise<Map<string, sql.RemoteRow>>;
  /** Actor ids; null for people of this instance. */
  urisOf(ids: readonly Id[]): Promise<Map<Id, string | null>>;
  /** Limits somebody of a server that is limited as a whole. */
  silence(db: TxClient, accountId: Id): Promise<void>;
  setMovedTo(db: TxClient, accountId: Id, targetId: Id | null): Promise<void>;
  /** The server of this person says that they are gone: everything of theirs goes, too. */
  erase(db: TxClient, accountId: Id): Promise<void>;
  /** Brings everyone of a domain and its subdomains in line with its rule; what was decided about somebody alone stays. Answers how many it changed. */
  markDomain(domain: string, marks: { suspended: boolean; silenced: boolean }): Promise<number>;
  /** Domains of everybody known elsewhere, sorted. */
  domains(): Promise<string[]>;
  /** Followers who live here, by id. */
  localFollowers(accountId: Id, after: Id, limit: number): Promise<Id[]>;
  /** Counts received posts per author; `day` is today's UTC date. */
  countReceived(db: TxClient, perAuthor: ReadonlyMap<Id, number>, day: string): Promise<void>;
}

export function createRemotePeople(
  deps: AccountsDeps,
  counts: Counts,
  erase: (db: TxClient, id: Id) => Promise<void>,
): RemotePeople {
  return {
    async upsert(db, p) {
      const released = await run(db, sql.releaseHandle, p.username, p.domain, p.uri);
      const row = await one(
        db,
        sql.upsertRemote,
        deps.ids.at(p.createdAt),
        p.uri,
        p.username,
        p.domain,
        p.url,
        p.actorType,
        p.displayName,
        p.noteHtml,
        JSON.stringify(p.fields),
        p.avatar && JSON.stringify(p.avatar),
        p.header && JSON.stringify(p.header),
        p.locked,
        p.discoverable,
        p.indexable,
        p.alsoKnownAs,
        p.memorial,
        JSON.stringify(p.emojis),
      );
      if (!row) throw new Error("a remote account could not be stored");
      await counts.changed(db, [row.id, ...released.map((r) => r.id)]);
      return row;
    },
    async byUris(uris) {
      if (uris.length === 0) return new Map();
      return new Map((await run(deps.pool, sql.remoteByUris, [...uris])).map((r) => [r.uri, r]));
    },
    async urisOf(ids) {
      if (ids.length === 0) return new Map();
      return new Map((await run(deps.pool, sql.urisOf, [...ids])).map((r) => [r.id, r.uri]));
    },
    async silence(db, accountId) {
      await exec(db, sql.silenceByDomain, accountId);
      await counts.changed(db, [accountId]);
    },
    async setMovedTo(db, accountId, targetId) {
      await exec(db, sql.setMovedTo, accountId, targetId);
      await counts.changed(db, [accountId]);
    },
    erase,
    async markDomain(domain, marks) {
      let changed = 0;
      for (;;) {
        const n = await deps.tx(async (db) => {
          const rows = await run(db, sql.markDomain, domain, marks.suspended, marks.silenced, 500);
          if (rows.length === 0) return 0;
          await counts.changed(
            db,
            rows.map((r) => r.id),
          );
          for (const row of rows)
            if (row.turned)
              await deps.publisher.publish(db, {
                id: deps.ids.next().toString(),
                type: row.suspended ? "account.suspended" : "account.unsuspended",
                accountId: row.id.toString(),
              });
          return rows.length;
        });
        changed += n;
        if (n === 0) return changed;
      }
    },
    domains: async () => (await run(deps.pool, sql.domains)).map((r) => r.domain),
    localFollowers: async (accountId, after, limit) =>
      (await run(deps.pool, sql.followedRemotes, accountId, after, limit)).map((r) => r.account_id),
    async countReceived(db, perAuthor, day) {
      if (perAuthor.size === 0) return;
      const sorted = [...perAuthor].sort(([a], [b]) => (a < b ? -1 : 1));
      await run(
        db,
        sql.countReceived,
        sorted.map(([id]) => id),
        sorted.map(([, n]) => n),
        day,
      );
      db.afterCommit(() => {
        for (const [id] of sorted) deps.signals.local("account", id.toString());
      });
    },
  };
}
