import type { Signals } from "#platform/cache/signals.ts";
import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { Tx } from "#platform/db/tx.ts";
import type { Publisher } from "#platform/events/publish.ts";
import type { GuardedFetch } from "#platform/fetch/guarded.ts";
import type { Id, Ids } from "#platform/ids.ts";
import type { Log } from "#platform/log/log.ts";
import type { Accounts } from "#modules/accounts/index.ts";
import type { Posts } from "#modules/posts/index.ts";

/** What another server complains about. */
export interface Complaint {
  /** Who sent it: the other server's own actor, as a rule. */
  from: Id;
  /** Plain text. */
  text: string;
  /** People and posts of this instance. */
  accounts: Id[];
  posts: Id[];
}

/** What the federation module needs from outside. */
export interface FederationDeps {
  pool: Pool;
  tx: Tx;
  ids: Ids;
  clock: Clock;
  signals: Signals;
  publisher: Publisher;
  log: Log;
  fetcher: GuardedFetch;
  accounts: Accounts;
  posts: Posts;
  /** Public origin without a trailing slash. */
  publicUrl: string;
  /** Host part of handles. */
  domain: string;
  /** Loopback peers are spoken to over http; for tests and development. */
  allowLoopback: boolean;
  /** True when this process works off what comes in and goes out; a web process only takes it. */
  worker: boolean;
  /** Bytes for the caches of this module. */
  cacheBytes: number;
  /** Removes the cached pictures of a domain and its subdomains. */
  dropPictures(domain: string): Promise<unknown>;
  /** Takes a complaint of another server to the moderators. */
  complaints?: ((complaint: Complaint) => Promise<void>) | undefined;
  /** Counts what happened, by name and outcome; for metrics. */
  count?: ((name: string, outcome: string) => void) | undefined;
}
