import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { POOL_RULES, poolShares, type PoolInput, type PoolVoter } from "./pool-rules.ts";
import { weighed, wilson } from "./rank.ts";

const AMOUNT = 1_000_000n;
const voter = (id: bigint, more: Partial<PoolVoter> = {}): PoolVoter => ({
  id,
  days: 100,
  activeDays: 20,
  device: null,
  ...more,
});
const range = (from: number, n: number): bigint[] => Array.from({ length: n }, (_, i) => BigInt(from + i));

function input(more: Partial<PoolInput> = {}): PoolInput {
  return {
    amount: AMOUNT,
    voters: range(100, 60).map((id) => voter(id)),
    memes: [
      { id: 1n, author: 1n, parent: null, up: range(100, 50), down: [] },
      { id: 2n, author: 2n, parent: null, up: range(100, 30), down: range(130, 20) },
    ],
    staff: new Set(),
    ...more,
  };
}

test("better liked by more people gets more; nobody more than the cap", () => {
  const [one, two] = poolShares(input());
  assert.ok(one && two && one.score > two.score);
  assert.ok(one.amount <= (AMOUNT * POOL_RULES.cap) / 100n && two.amount <= one.amount);
});

test("a ring of 200 fresh accounts gets nothing", () => {
  const ring = range(1000, 200);
  const shares = poolShares(
    input({
      voters: [...input().voters, ...ring.map((id) => voter(id, { days: 3 }))],
      memes: [...input().memes, { id: 3n, author: 1000n, parent: null, up: ring.slice(1), down: [] }],
    }),
  );
  assert.equal(
    shares.find((s) => s.account === 1000n),
    undefined,
  );
});

test("old accounts of one person count as the square root of their number, and people who vote for each other as well", () => {
  const farm = range(2000, 100);
  const honest = poolShares(input({ memes: [{ id: 1n, author: 1n, parent: null, up: range(100, 40), down: [] }] }))[0];
  const farmed = poolShares(
    input({
      voters: [...input().voters, ...farm.map((id) => voter(id, { device: "one" }))],
      memes: [{ id: 1n, author: 1n, parent: null, up: farm, down: [] }],
    }),
  )[0];
  assert.ok(honest && farmed && farmed.score < honest.score / 2);
  const friends = range(3000, 30);
  const mutual = poolShares(
    input({
      voters: friends.map((id) => voter(id)),
      memes: friends.map((author, i) => ({
        id: BigInt(i + 1),
        author,
        parent: null,
        up: friends.filter((f) => f !== author),
        down: [],
      })),
    }),
  );
  assert.deepEqual(mutual, [], "one's own cluster does not judge one's own work");
});

test("too few voters, and staff, get nothing", () => {
  const few = { id: 1n, author: 1n, parent: null, up: range(100, POOL_RULES.minVoters - 1), down: [] };
  assert.deepEqual(poolShares(input({ memes: [few] })), []);
  const all = input({ staff: new Set([1n]) });
  assert.deepEqual(
    poolShares(all).map((s) => s.account),
    [2n],
  );
});

test("a remix shares with those it is made from, halved per level", () => {
  const votes = { up: range(100, 50), down: [] };
  const none = { up: [], down: [] };
  const shares = poolShares(
    input({
      memes: [
        { id: 1n, author: 1n, parent: null, ...none },
        { id: 2n, author: 2n, parent: 1n, ...none },
        { id: 3n, author: 3n, parent: 2n, ...votes },
      ],
    }),
  );
  const score = new Map(shares.map((s) => [s.account, s.score]));
  const whole = [...score.values()].reduce((a, b) => a + b, 0);
  assert.ok(Math.abs((score.get(2n) ?? 0) / whole - 0.3) < 1e-9);
  assert.ok(Math.abs((score.get(1n) ?? 0) / whole - 0.15) < 1e-9);
});

test("whatever the votes: the sum stays within the pool, nobody above the cap, and counting again gives the same", () => {
  const id = fc.bigInt({ min: 1n, max: 40n });
  const memes = fc.array(
    fc.record({
      author: id,
      up: fc.uniqueArray(id, { minLength: 10, maxLength: 40 }),
      down: fc.uniqueArray(id, { maxLength: 10 }),
      parent: fc.option(fc.nat(20), { nil: null }),
    }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(memes, fc.bigInt({ min: 0n, max: 10n ** 12n }), (list, amount) => {
      const asked = input({
        amount,
        voters: range(1, 40).map((v) => voter(v)),
        memes: list.map((m, i) => ({
          id: BigInt(i),
          author: m.author,
          up: m.up,
          down: m.down.filter((d) => !m.up.includes(d)),
          parent: m.parent === null || m.parent >= i ? null : BigInt(m.parent),
        })),
      });
      const shares = poolShares(asked);
      const sum = shares.reduce((total, s) => total + s.amount, 0n);
      assert.ok(sum <= amount);
      assert.ok(shares.every((s) => s.amount >= 0n && s.amount <= (amount * POOL_RULES.cap) / 100n));
      assert.deepEqual(
        poolShares({ ...asked, memes: [...asked.memes].reverse(), voters: [...asked.voters].reverse() }),
        shares,
      );
    }),
    { numRuns: 300 },
  );
});

test("Wilson: known values, and new votes weigh as their root", () => {
  assert.equal(wilson(0, 0), 0);
  assert.ok(Math.abs(wilson(1, 0) - 0.2065) < 1e-3);
  assert.ok(Math.abs(wilson(90, 10) - 0.8256) < 1e-3);
  assert.equal(weighed(200, 200), Math.sqrt(200));
  assert.equal(weighed(10, 0), 10);
});
