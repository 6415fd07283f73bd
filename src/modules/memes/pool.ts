/** The monthly pool: closed once, held for review, then paid. Running it again changes nothing. */
import { createHash } from "node:crypto";
import { exec, one, run } from "#platform/db/sql.ts";
import { notFound } from "#platform/errors.ts";
import { idFloor, idTime, type Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { CHART, keyFor } from "#modules/ledger/index.ts";
import type { MemesDeps } from "./deps.ts";
import { FORMULA, poolShares, type PoolInput } from "./pool-rules.ts";
import * as sql from "./sql-pool.ts";
import type { PoolRow } from "./sql-pool.ts";

export interface PoolReport extends PoolRow {
  shares: { accountId: Id; score: number; voters: number; amount: bigint }[];
}

export interface MemePool {
  /** Closes a month (as 202611) that is over: counts, and sets the credits aside. */
  close(month: number): Promise<PoolRow>;
  /** Pays the months whose time of review is over. */
  pay(): Promise<number>;
  /** What anybody may check. 404 for a month that is not closed. */
  report(month: number): Promise<PoolReport>;
  tasks: readonly Task[];
}

const DAY_MS = 86_400_000;
/** Share of what was paid for memes, in hundredths. */
const POOL_PERCENT = 20n;
const REVIEW_DAYS = 14;
const EXPIRY_DAYS = 90;

/** First moments of a month and of the next one. */
export function monthBounds(month: number): [from: Date, to: Date] {
  const [year, index] = [Math.floor(month / 100), (month % 100) - 1];
  return [new Date(Date.UTC(year, index, 1)), new Date(Date.UTC(year, index + 1, 1))];
}

/** The month before a moment, as 202611. */
export function monthBefore(now: Date): number {
  const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1));
  return last.getUTCFullYear() * 100 + last.getUTCMonth() + 1;
}

export function createPool(deps: MemesDeps): MemePool {
  const account = (month: number): Promise<Id> =>
    deps.ledger.accounts.open({ code: CHART.memePool, asset: "CREDIT", owner: BigInt(month) });

  async function snapshot(month: number): Promise<PoolInput> {
    const [from, to] = monthBounds(month);
    const captured = (await one(deps.pool, sql.capturedBetween, from, to))?.captured ?? 0n;
    const memes = await run(deps.pool, sql.memesBetween, from, to);
    const votes = await run(
      deps.pool,
      sql.votesBetween,
      memes.map((m) => m.id),
      to,
    );
    const voters = [...new Set(votes.map((v) => v.account_id))].sort((a, b) => (a < b ? -1 : 1));
    const [wrote, devices, staff] = await Promise.all([
      run(deps.pool, sql.writingDays, voters, idFloor(from), idFloor(to)),
      deps.accounts.access.devices(voters),
      deps.accounts.staff.ids(),
    ]);
    const writing = new Map(wrote.map((w) => [w.account_id, w.days]));
    const voting = new Map<Id, Set<number>>();
    for (const v of votes) {
      const days = voting.get(v.account_id) ?? new Set();
      days.add(Math.floor(v.at.getTime() / DAY_MS));
      voting.set(v.account_id, days);
    }
    const of = (value: number): Map<Id, Id[]> => {
      const map = new Map<Id, Id[]>();
      for (const v of votes) if (v.value === value) map.set(v.meme_id, [...(map.get(v.meme_id) ?? []), v.account_id]);
      return map;
    };
    const [up, down] = [of(1), of(-1)];
    return {
      amount: (captured * POOL_PERCENT) / 100n,
      memes: memes.map((m) => ({
        id: m.id,
        author: m.account_id,
        parent: m.parent_id,
        up: up.get(m.id) ?? [],
        down: down.get(m.id) ?? [],
      })),
      voters: voters.map((id) => ({
        id,
        days: Math.floor((to.getTime() - idTime(id).getTime()) / DAY_MS),
        activeDays: Math.max(voting.get(id)?.size ?? 0, writing.get(id) ?? 0),
        device: devices.get(id) ?? null,
      })),
      staff: new Set(staff),
    };
  }

  const self: MemePool = {
    async close(month) {
      const known = await one(deps.pool, sql.poolOf, month);
      if (known) return known;
      const input = await snapshot(month);
      const shares = poolShares(input);
      const sha256 = createHash("sha256")
        .update(
          JSON.stringify(input, (_, v: unknown) =>
            typeof v === "bigint" ? v.toString() : v instanceof Set ? [...v].map(String) : v,
          ),
        )
        .digest();
      if (input.amount > 0n) {
        const [sink, pool] = [
          await deps.ledger.accounts.open({ code: CHART.sink, asset: "CREDIT", owner: null }),
          await account(month),
        ];
        await deps.ledger.post([
          {
            kind: "pool_funding",
            memo: `meme pool ${month}`,
            transfers: [{ key: keyFor("meme pool", month), debit: sink, credit: pool, amount: input.amount }],
          },
        ]);
      }
      const now = deps.clock.now();
      const closed = await deps.tx(async (db) => {
        const row = await one(
          db,
          sql.insertPool,
          month,
          FORMULA,
          sha256,
          input.amount,
          now,
          new Date(now.getTime() + REVIEW_DAYS * DAY_MS),
        );
        if (row && shares.length > 0)
          await exec(
            db,
            sql.insertShares,
            month,
            shares.map((s) => s.account),
            shares.map((s) => s.score),
            shares.map((s) => s.voters),
            shares.map((s) => s.amount),
          );
        return row;
      });
      const row = closed ?? (await one(deps.pool, sql.poolOf, month));
      if (!row) throw notFound();
      return row;
    },

    async pay() {
      const due = await run(deps.pool, sql.payablePools, deps.clock.now());
      for (const { month } of due) {
        let paid = 0n;
        for (const share of await run(deps.pool, sql.shares, month)) {
          if (share.amount === 0n) continue;
          await deps.ledger.credits.grant({
            user: share.account_id,
            asset: "CREDIT",
            amount: share.amount,
            key: keyFor("meme pool share", month, share.account_id),
            kind: "pool",
            reason: `meme pool ${month}`,
            expiresAt: new Date(deps.clock.ms() + EXPIRY_DAYS * DAY_MS),
            from: await account(month),
          });
          paid += share.amount;
        }
        await exec(deps.pool, sql.setPaid, month, paid, deps.clock.now());
      }
      return due.length;
    },

    async report(month) {
      const row = await one(deps.readPool, sql.poolOf, month);
      if (!row) throw notFound();
      const shares = await run(deps.readPool, sql.shares, month);
      return {
        ...row,
        shares: shares.map((s) => ({ accountId: s.account_id, score: s.score, voters: s.voters, amount: s.amount })),
      };
    },

    tasks: [
      {
        name: "memes.pool",
        cron: "17 3 * * *",
        timeLimitMs: 600_000,
        run: async () => {
          const month = monthBefore(deps.clock.now());
          await self.close(month);
          await self.pay();
        },
      },
    ],
  };
  return self;
}
