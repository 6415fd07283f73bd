import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { Tx } from "#platform/db/tx.ts";
import type { Publisher } from "#platform/events/publish.ts";
import type { Id, Ids } from "#platform/ids.ts";
import type { Log } from "#platform/log/log.ts";
import type { Mail } from "#platform/mail/mail.ts";
import type { Accounts } from "#modules/accounts/index.ts";
import type { Posts } from "#modules/posts/index.ts";
import type { Audit } from "#modules/safety/audit/index.ts";

export interface DecisionsDeps {
  pool: Pool;
  tx: Tx;
  ids: Ids;
  clock: Clock;
  log: Log;
  publisher: Publisher;
  accounts: Accounts;
  posts: Posts;
  mail: Mail;
  audit: Audit;
  publicUrl: string;
  domain: string;
  /** Milliseconds in which a person's decision can be taken back before anybody is told. */
  graceMs: number;
}

/** Who decides. */
export type Decider =
  | { person: Id }
  | { rule: string; version: number }
  /** The media gate. */
  | { gate: true }
  /** At the command line of the server. */
  | { operator: true };

export type Source = "person" | "rule" | "gate" | "operator" | "expiry" | "appeal";

export const sourceOf = (by: Decider): Source =>
  "person" in by ? "person" : "rule" in by ? "rule" : "gate" in by ? "gate" : "operator";

export const personOf = (by: Decider): Id | null => ("person" in by ? by.person : null);

/** Named by the design of the audit log: who stands behind an entry that no person made. */
export const nameOf = (by: Decider): string =>
  "rule" in by ? `rule ${by.rule} v${by.version}` : "gate" in by ? "gate" : "operator" in by ? "operator" : "person";
