import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dailyAmount, fund, SCALE, settle, weightOf, type PoolState } from "./staking-rules.ts";

const EMPTY: PoolState = { acc: 0n, carry: 0n, dust: 0n, unallocated: 0n, funded: 0n, paid: 0n, operations: 0n };

type Step = { do: "fund"; amount: bigint } | { do: "stake" | "unstake" | "settle"; who: number; weight: bigint };

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("fund" as const), amount: fc.bigInt(1n, 10n ** 15n) }),
    fc.record({
      do: fc.constantFrom("stake" as const, "unstake" as const, "settle" as const),
      who: fc.integer({ min: 0, max: 7 }),
      weight: fc.oneof(fc.bigInt(1n, 3n), fc.bigInt(1n, 10n ** 17n)),
    }),
  ),
  { maxLength: 60 },
);

/** An exact fraction. */
interface Exact {
  up: bigint;
  down: bigint;
}

const plus = (a: Exact, b: Exact): Exact => reduce({ up: a.up * b.down + b.up * a.down, down: a.down * b.down });

function reduce({ up, down }: Exact): Exact {
  let [a, b] = [up, down];
  while (b > 0n) [a, b] = [b, a % b];
  return a === 0n ? { up: 0n, down: 1n } : { up: up / a, down: down / a };
}

test("nothing is lost, nothing is invented, and everybody gets their exact share less what was rounded", () => {
  fc.assert(
    fc.property(steps, (all: Step[]) => {
      let pool = EMPTY;
      let total = 0n;
      const stakes = new Map<number, { weight: bigint; debt: bigint; paid: bigint; exact: Exact; settles: bigint }>();
      /** The oracle: each funding is shared as a fraction, at once. */
      const share = (amount: bigint): void => {
        for (const s of stakes.values()) s.exact = plus(s.exact, { up: amount * s.weight, down: total });
      };
      const pay = (s: { weight: bigint; debt: bigint; paid: bigint; settles: bigint }): void => {
        const settled = settle(pool, s.weight, s.debt);
        pool = settled.pool;
        s.paid += settled.pay;
        s.debt = pool.acc;
        s.settles += 1n;
      };
      for (const step of all) {
        if (step.do === "fund") {
          pool = fund(pool, step.amount, total);
          if (total > 0n) share(step.amount);
          continue;
        }
        const found = stakes.get(step.who);
        if (step.do === "stake" && !found) {
          stakes.set(step.who, {
            weight: step.weight,
            debt: pool.acc,
            paid: 0n,
            exact: { up: 0n, down: 1n },
            settles: 0n,
          });
          total += step.weight;
          if (pool.unallocated > 0n) {
            share(pool.unallocated);
            pool = fund(pool, 0n, total);
          }
        } else if (found) {
          pay(found);
          // Exactly: less than one unit per settlement below the true share, and never more than a trifle above
          // (what a division left over belongs to those who are there at the next funding).
          const low = found.exact.up - found.paid * found.exact.down;
          assert.ok(low <= (found.settles + 1n) * found.exact.down, "not too little");
          assert.ok(-low * SCALE <= found.exact.down * 60n * 10n ** 18n, "not too much");
          if (step.do === "unstake") {
            stakes.delete(step.who);
            total -= found.weight;
          }
        }
      }
      const owed = [...stakes.values()].reduce((sum, s) => sum + (pool.acc - s.debt) * s.weight, 0n);
      assert.equal(pool.funded * SCALE, pool.paid * SCALE + owed + pool.dust + pool.carry + pool.unallocated * SCALE);
      assert.ok(pool.dust <= pool.operations * SCALE);
      assert.ok(pool.paid <= pool.funded);
    }),
    { numRuns: Number(process.env["SKEIN_LEDGER_RUNS"] ?? "500") },
  );
});

test("what is funded while nobody stakes waits for the first", () => {
  let pool = fund(EMPTY, 100n, 0n);
  assert.deepEqual([pool.unallocated, pool.acc], [100n, 0n]);
  pool = fund(pool, 0n, 3n);
  assert.equal(settle(pool, 3n, 0n).pay, 99n, "a third is not exact; what is left over is carried");
  assert.equal(fund(pool, 0n, 3n).carry > 0n, true);
});

test("a stake does not earn from what came before it, however small the unit", () => {
  let pool = fund(EMPTY, 1n, 10n ** 15n);
  const debt = pool.acc;
  pool = fund(pool, 1n, 2n * 10n ** 15n);
  assert.equal(settle(pool, 10n ** 15n, debt).pay, 0n);
  assert.equal(settle(pool, 10n ** 15n, 0n).pay, 1n);
});

test("locks weigh, other locks are not offered, and a day gives at most its budget", () => {
  assert.deepEqual(
    [30, 90, 180, 31].map((days) => weightOf(1000n, days)),
    [100_000n, 125_000n, 150_000n, undefined],
  );
  // 10 tokens for 30 days at half a credit per token: 5 credits.
  const weight = weightOf(10_000_000n, 30) ?? 0n;
  assert.equal(dailyAmount(weight, 500_000n, 10n ** 12n), 5000n);
  assert.equal(dailyAmount(weight, 500_000n, 4999n), 4999n);
  assert.equal(dailyAmount(weight, 0n, 4999n), 0n);
});
