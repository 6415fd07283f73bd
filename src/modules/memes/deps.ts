import type { Clock } from "#platform/clock.ts";
import type { Signals } from "#platform/cache/signals.ts";
import type { AiConfig } from "#platform/config/config.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { Tx } from "#platform/db/tx.ts";
import type { Publisher } from "#platform/events/publish.ts";
import type { GuardedFetch } from "#platform/fetch/guarded.ts";
import type { Ids } from "#platform/ids.ts";
import type { Log } from "#platform/log/log.ts";
import type { BlobStore } from "#platform/storage/blob.ts";
import type { Accounts } from "#modules/accounts/index.ts";
import type { Ledger } from "#modules/ledger/index.ts";
import type { Media } from "#modules/media/index.ts";
import type { Posts } from "#modules/posts/index.ts";

/** What the meme studio needs from outside. */
export interface MemesDeps {
  pool: Pool;
  /** For reads that may wait for nobody. */
  readPool: Pool;
  tx: Tx;
  ids: Ids;
  clock: Clock;
  signals: Signals;
  publisher: Publisher;
  log: Log;
  blobs: BlobStore;
  accounts: Accounts;
  media: Media;
  posts: Posts;
  ledger: Ledger;
  ai: AiConfig;
  /** Asks the operator's own services and nobody else. */
  services: GuardedFetch;
  /** Folder for the key that signs pictures. */
  secretsDir: string;
  publicUrl: string;
  /** Host of the public origin, named in the certificate. */
  domain: string;
  version: string;
  /** Limits per person are out of the way: tests. */
  unlimited?: boolean;
}
