/** A ledger on a database of its own, with a clock that tests move. */
import { systemClock, type Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import { createTx, refuseNested, type Tx } from "#platform/db/tx.ts";
import { createIds } from "#platform/ids.ts";
import { silentLog } from "#platform/log/log.ts";
import { createPool } from "#platform/db/pool.ts";
import { createLedger, type Ledger, type LedgerDeps, type Verified } from "#modules/ledger/index.ts";
import { testDatabase } from "./db.ts";

export interface TestClock extends Clock {
  set(at: Date): void;
  advance(ms: number): void;
}

/** A clock that stands still until it is moved. */
export function testClock(at = new Date("2026-11-20T10:00:00Z")): TestClock {
  let ms = at.getTime();
  return {
    now: () => new Date(ms),
    ms: () => ms,
    set: (to) => void (ms = to.getTime()),
    advance: (by) => void (ms += by),
  };
}

export interface TestLedger {
  ledger: Ledger;
  clock: TestClock;
  pool: Pool;
  tx: Tx;
  url: string;
  /** Another one on the same database, as another process would be. */
  another(deps?: Partial<LedgerDeps>): Ledger;
}

/** Recomputes the books of a database that a server uses. */
export async function verifyLedger(databaseUrl: string): Promise<Verified> {
  const pool = createPool(databaseUrl, silentLog, { max: 2, applicationName: "skein-verify" });
  try {
    const clock = systemClock;
    return await createLedger({ pool, tx: createTx(pool), ids: createIds(clock, 0), clock, log: silentLog }).verify();
  } finally {
    await pool.end();
  }
}

export async function testLedger(deps: Partial<LedgerDeps> = {}): Promise<TestLedger> {
  const database = await testDatabase();
  const clock = testClock();
  const pool = refuseNested(createPool(database.url, silentLog, { max: 8, applicationName: "skein-test" }));
  const ended = database.drop;
  database.drop = async () => {
    await pool.end().catch(() => {});
    await ended();
  };
  const tx = createTx(pool);
  let slot = 0;
  const make = (more: Partial<LedgerDeps> = {}): Ledger =>
    createLedger({ pool, tx, ids: createIds(clock, slot++), clock, log: silentLog, ...deps, ...more });
  return { ledger: make(), clock, pool, tx, url: database.url, another: make };
}
