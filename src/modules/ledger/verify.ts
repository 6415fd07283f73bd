import { run, type Db, type Statement } from "#platform/db/sql.ts";
import { rootOf } from "./seal.ts";
import { presalesAddUp } from "./sql-presale.ts";
import { allSeals, countDay } from "./sql-seal.ts";
import * as sql from "./sql-verify.ts";
import type { LedgerDeps } from "./types.ts";

export interface CheckResult {
  name: string;
  /** What is wrong, at most 20 sentences; empty when it holds. */
  faults: string[];
}

export interface Verified {
  ok: boolean;
  checks: CheckResult[];
  transfers: bigint;
  seals: number;
}

/** The invariants, each recomputed from the transfers; stored balances are what is checked, never what is believed. */
const CHECKS: readonly { name: string; statement: Statement<readonly [], sql.Fault> }[] = [
  { name: "debits equal credits", statement: sql.sumsToZero },
  { name: "balances are the sum of their transfers", statement: sql.balancesFold },
  { name: "no bound was ever broken", statement: sql.boundsKept },
  { name: "running balances", statement: sql.runningBalances },
  { name: "entries are whole", statement: sql.entriesWhole },
  { name: "reversals mirror", statement: sql.reversalsMirror },
  { name: "holds end once", statement: sql.holdsOnce },
  { name: "lots are the sum of their moves", statement: sql.lotsFold },
  { name: "lots agree with accounts", statement: sql.lotsMatchAccounts },
  { name: "staking pools add up", statement: sql.poolsAddUp },
  { name: "presales add up", statement: presalesAddUp },
  { name: "nothing can be changed", statement: sql.appendOnly },
];

/** Recomputes every invariant on one snapshot of the database. Reads everything: minutes for tens of millions of transfers. */
export async function verify({ pool }: LedgerDeps): Promise<Verified> {
  const client = await pool.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query("set local statement_timeout = 0");
    await client.query("set local work_mem = '64MB'");
    const checks: CheckResult[] = [];
    for (const { name, statement } of CHECKS) {
      const faults = (await run(client, statement)).map((row) => row.fault);
      checks.push({ name, faults });
    }
    const sealed = await sealsHold(client);
    checks.push({ name: "seals", faults: sealed.faults });
    const counted = await client.query<{ n: bigint }>("select count(*) as n from ledger_transfers");
    return {
      ok: checks.every((check) => check.faults.length === 0),
      checks,
      transfers: counted.rows[0]?.n ?? 0n,
      seals: sealed.seals,
    };
  } finally {
    await client.query("rollback").catch(() => {});
    client.release();
  }
}

async function sealsHold(db: Db): Promise<{ faults: string[]; seals: number }> {
  const faults: string[] = [];
  let prev: Uint8Array | null = null;
  const seals = await run(db, allSeals);
  for (const seal of seals) {
    if (!same(seal.prev, prev)) faults.push(`the seal of ${seal.day} does not follow the one before`);
    const { root } = await rootOf(db, seal.day, seal.prev);
    if (!same(seal.root, root)) {
      const now = (await run(db, countDay, seal.day))[0];
      faults.push(
        `the seal of ${seal.day} is broken: ${seal.transfers} transfers were sealed, ${now?.transfers ?? 0n} are there`,
      );
    }
    prev = seal.root;
  }
  return { faults: faults.slice(0, 20), seals: seals.length };
}

function same(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}
