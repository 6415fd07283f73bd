import type { Signals } from "#platform/cache/signals.ts";
import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { Tx } from "#platform/db/tx.ts";
import type { Horizon } from "#platform/horizon.ts";
import type { Ids } from "#platform/ids.ts";
import type { Posts } from "#modules/posts/index.ts";

/** What the timelines module needs from outside. */
export interface TimelinesDeps {
  pool: Pool;
  readPool: Pool;
  tx: Tx;
  ids: Ids;
  horizon: Horizon;
  clock: Clock;
  signals: Signals;
  posts: Posts;
  /** Raised by every commit of this process. */
  epoch(): number;
  /** True when no other process writes to this database. */
  exclusive: boolean;
  /** Authors with more local followers than this are merged at read time. */
  pullFollowers: number;
}
