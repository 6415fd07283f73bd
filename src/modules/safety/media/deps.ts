import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import type { Tx, TxClient } from "#platform/db/tx.ts";
import { exec } from "#platform/db/sql.ts";
import type { Publisher } from "#platform/events/publish.ts";
import type { Id, Ids } from "#platform/ids.ts";
import type { Log } from "#platform/log/log.ts";
import type { Accounts } from "#modules/accounts/index.ts";
import type { Media } from "#modules/media/index.ts";
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
  /** Folder in which the public evidence key lies, when there is one. */
  secretsDir: string;
}

/** Adds a line to the log, in the transaction of what it tells of. No actor: the gate, or the operator at the command line. */
export async function note(
  deps: MediaSafetyDeps,
  db: TxClient,
  line: { actor?: Id | undefined; action: string; caseId?: Id | undefined; detail?: string },
): Promise<void> {
  const { actor = null, caseId = null, detail = "" } = line;
  await exec(db, insertLog, deps.ids.next(), deps.clock.now(), actor, line.action, caseId, detail.slice(0, 1000));
}
