import type { Signals } from "#platform/cache/signals.ts";
import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { Tx } from "#platform/db/tx.ts";
import type { Publisher } from "#platform/events/publish.ts";
import type { Horizon } from "#platform/horizon.ts";
import type { Ids } from "#platform/ids.ts";
import type { Accounts } from "#modules/accounts/index.ts";
import type { MediaPort, PeoplePort } from "./ports.ts";

/** What the posts module needs from outside. */
export interface PostsDeps {
  pool: Pool;
  /** For lists: plans every statement once. */
  readPool: Pool;
  tx: Tx;
  ids: Ids;
  horizon: Horizon;
  clock: Clock;
  signals: Signals;
  publisher: Publisher;
  accounts: Accounts;
  media: MediaPort;
  findPeople: PeoplePort;
  /** The rule that one of these links meets: a post with it is refused. */
  refusedLink(urls: readonly string[]): Promise<string | undefined>;
  publicUrl: string;
  domain: string;
  maxChars: number;
}

/** The person who acts. */
export interface Author {
  accountId: bigint;
  app?: { name: string; website: string | null } | undefined;
}
