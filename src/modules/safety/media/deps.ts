import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { Tx, TxClient } from "#platform/db/tx.ts";
import { exec } from "#platform/db/sql.ts";
import type { Publisher } from "#platform/events/publish.ts";
import type { Id, Ids } from "#platform/ids.ts";
import type { Log } from "#platform/log/log.ts";
import type { Accounts } from "#modules/accounts/index.ts";
import type { Media } from "#modules/media/index.ts";
import type { Audit } from "#modules/safety/audit/index.ts";
import type { Deciding } from "#modules/safety/decisions/decide.ts";
import type { ReportEnvironment } from "./report-content.ts";
import { insertLog } from "./sql-cases.ts";

export interface MediaSafetyDeps {
  pool: Pool;
  tx: Tx;
  ids: Ids;
  clock: Clock;
  log: Log;
  publisher: Publisher;
  accounts: Accounts;
  media: Media;
  audit: Audit;
  /** Freezing an account is a decision like any other: with reasons, and an objection. */
  decisions: Pick<Deciding, "ensure" | "lift">;
  /** Folder in which the public evidence key lies, when there is one. */
  secretsDir: string;
  publicUrl: string;
  domain: string;
  /** Which reports this instance writes: an exercise can never become the real one. */
  reportEnvironment: ReportEnvironment;
  /** Days for which evidence is kept at least. */
  evidenceDays: number;
}

/** Adds a line to the log, in the transaction of what it tells of. No actor: the gate, or the operator at the command line. */
export async function note(
  deps: MediaSafetyDeps,
  db: TxClient,
  line: {
    actor?: Id | undefined;
    action: string;
    caseId?: Id | undefined;
    detail?: string;
    data?: Record<string, unknown>;
  },
): Promise<void> {
  const { actor = null, caseId = null, detail = "" } = line;
  await exec(db, insertLog, deps.ids.next(), deps.clock.now(), actor, line.action, caseId, detail.slice(0, 1000));
  // The log that shows whether anybody changed it; without what people wrote as a reason.
  await deps.audit.append(db, {
    actor,
    verb: `media.${line.action}`.slice(0, 80),
    object: caseId === null ? "media" : `media_case:${caseId}`,
    data: line.data ?? {},
  });
}
