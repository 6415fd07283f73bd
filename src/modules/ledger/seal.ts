import { createHash } from "node:crypto";
import { exec, one, run, type Db } from "#platform/db/sql.ts";
import { AppError } from "#platform/errors.ts";
import * as sql from "./sql-seal.ts";
import type { LedgerDeps } from "./types.ts";

const SLICE = 5000;

export interface Seal {
  /** YYYY-MM-DD, UTC. */
  day: string;
  /** SHA-256 over the day's lines and the root of the day sealed before; hexadecimal. */
  root: string;
  entries: bigint;
  transfers: bigint;
}

export interface Closing {
  /** Seals every day before today that has entries and no seal. From then on nothing can be recorded on it, and a change of it shows. */
  sealDays(): Promise<Seal[]>;
  /** Closes a month (YYYY-MM) that is over: no entry can count for it any more. Closing it again has no effect. Throws `unprocessable` for the present month or a wrong name. */
  closePeriod(month: string): Promise<{ period: number; already: boolean }>;
  periods(): Promise<{ id: number; from_day: string; to_day: string; state: string; closed_at: Date | null }[]>;
}

/** The root of a day, recomputed from its lines. */
export async function rootOf(
  db: Db,
  day: string,
  prev: Uint8Array | null,
): Promise<{ root: Buffer; entries: bigint; transfers: bigint }> {
  const hash = createHash("sha256")
    .update(prev ?? Buffer.alloc(0))
    .update(day);
  let [entry, line] = [-1n, 0];
  let [entries, transfers] = [0n, 0n];
  for (;;) {
    const rows = await run(db, sql.dayLines, day, entry, line, SLICE);
    for (const row of rows) {
      if (row.entry !== entry) entries++;
      transfers++;
      ({ entry, line } = row);
      // JSON keeps the borders of fields: no two different lines have the same text.
      hash.update(JSON.stringify([entry.toString(), line, ...row.fields]));
    }
    if (rows.length < SLICE) return { root: hash.digest(), entries, transfers };
  }
}

export function createClosing(deps: LedgerDeps): Closing {
  const { pool, tx, clock } = deps;

  async function sealDay(day: string): Promise<Seal | undefined> {
    // Computed beforehand, so that nobody has to wait for it; under the lock it is only counted whether something was added since.
    const early = await rootOf(pool, day, (await one(pool, sql.lastSeal))?.root ?? null);
    return tx(async (db) => {
      await run(db, sql.closeGate);
      const last = await one(db, sql.lastSeal);
      // Another process was faster.
      if (last && last.day >= day) return undefined;
      const now = await one(db, sql.countDay, day);
      const same = now?.entries === early.entries && now.transfers === early.transfers;
      const prev = last?.root ?? null;
      const { root, entries, transfers } = same ? early : await rootOf(db, day, prev);
      await exec(db, sql.insertSeal, day, root, prev, entries, transfers, clock.now());
      return { day, root: root.toString("hex"), entries, transfers };
    });
  }

  return {
    async sealDays() {
      const today = clock.now().toISOString().slice(0, 10);
      const last = await one(pool, sql.lastSeal);
      const made: Seal[] = [];
      for (const { day } of await run(pool, sql.daysBetween, last?.day ?? null, today)) {
        const seal = await sealDay(day);
        if (seal) made.push(seal);
      }
      return made;
    },
    async closePeriod(month) {
      const found = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
      if (!found) throw new AppError("unprocessable", `"${month.slice(0, 20)}" is not a month: YYYY-MM.`);
      const [year, number] = [Number(found[1]), Number(found[2])];
      const from = `${month}-01`;
      const to = new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
      if (to >= clock.now().toISOString().slice(0, 10))
        throw new AppError("unprocessable", `${month} is not over: it cannot be closed yet.`);
      const period = year * 100 + number;
      const closed = await tx(async (db) => {
        await run(db, sql.closeGate);
        return one(db, sql.closePeriod, period, from, to, clock.now());
      });
      return { period, already: closed === undefined };
    },
    periods: () => run(pool, sql.periods),
  };
}
