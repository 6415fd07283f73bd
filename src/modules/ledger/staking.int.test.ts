import assert from "node:assert/strict";
import { test } from "node:test";
import { testLedger, type TestLedger } from "#test/support/ledger.ts";
import { LOCK_TIERS, type Stake } from "./index.ts";

const DAY = 86_400_000;
const tokens = (n: number): bigint => BigInt(n) * 1_000_000n;
const [ANNA, BEN] = [1n, 2n];

async function staked(): Promise<TestLedger & { anna: Stake; ben: Stake }> {
  const t = await testLedger();
  for (const user of [ANNA, BEN])
    await t.ledger.credits.grant({
      user,
      asset: "TOKEN",
      amount: tokens(100),
      key: t.ledger.newKey(),
      reason: "start",
    });
  const stake = (user: bigint, amount: number, lockDays: number): Promise<Stake> =>
    t.ledger.staking.stake({ user, amount: tokens(amount), lockDays, key: t.ledger.newKey() });
  return { ...t, anna: await stake(ANNA, 40, 30), ben: await stake(BEN, 40, 180) };
}

async function sound(t: TestLedger): Promise<void> {
  const { checks } = await t.ledger.verify();
  assert.deepEqual(
    checks.flatMap((c) => c.faults),
    [],
  );
}

test("a day gives credits by weight, once, and at most its budget", async () => {
  const t = await staked();
  assert.equal(await t.ledger.staking.accrue(), 0, "off until an operator sets a rate");
  await t.ledger.staking.setDaily(500_000n, 10n ** 9n);
  assert.equal(await t.ledger.staking.accrue(), 2);
  assert.equal(await t.ledger.staking.accrue(), 0, "once a day");
  const credits = async (user: bigint): Promise<bigint> => (await t.ledger.credits.wallet(user)).credits.available;
  // 40 tokens × ½ credit, and one and a half times as much for the longer lock; in thousandths.
  assert.deepEqual([await credits(ANNA), await credits(BEN)], [20_000n, 30_000n]);
  const [lot] = await t.ledger.credits.lots(ANNA);
  assert.deepEqual([lot?.kind, lot?.expires_at?.getTime()], ["stake_reward", t.clock.ms() + 30 * DAY]);
  t.clock.advance(DAY);
  await t.ledger.staking.setDaily(500_000n, 7n);
  await t.ledger.staking.accrue();
  // 7 thousandths among weights of 100 and 150: 2.8 and 4.2.
  assert.deepEqual([await credits(ANNA), await credits(BEN)], [20_002n, 30_004n]);
  assert.deepEqual(
    (await t.ledger.staking.audit("daily", 5)).map((d) => [d.day, d.amount]),
    [
      ["2026-11-21", 7n],
      ["2026-11-20", 50_000n],
    ],
  );
  await sound(t);
});

test("a funded pool pays tokens, and waits for the first stake when there is none", async () => {
  const t = await testLedger();
  const key = t.ledger.newKey();
  const fund = (): Promise<void> => t.ledger.staking.fundPool({ pool: "rewards", amount: tokens(10), key });
  await fund();
  await fund();
  await t.ledger.credits.grant({
    user: ANNA,
    asset: "TOKEN",
    amount: tokens(5),
    key: t.ledger.newKey(),
    reason: "start",
  });
  await t.ledger.staking.stake({ user: ANNA, amount: tokens(5), lockDays: 90, key: t.ledger.newKey() });
  await t.ledger.staking.accrue();
  assert.equal((await t.ledger.credits.wallet(ANNA)).tokens.available, tokens(10));
  assert.deepEqual((await t.ledger.staking.totals()).pools, [
    { name: "token-rewards", asset: "TOKEN", funded: tokens(10), paid: tokens(10) },
  ]);
  await sound(t);
});

test("unbonding begins when the lock is over, pays what is owed, and frees the tokens 7 days later", async () => {
  const t = await staked();
  await t.ledger.staking.fundPool({ pool: "rewards", amount: tokens(5), key: t.ledger.newKey() });
  const unbond = (user: bigint, stake: bigint): Promise<Stake> => t.ledger.staking.startUnbonding({ user, stake });
  await assert.rejects(unbond(ANNA, t.anna.id), { code: "conflict", reason: "locked" });
  await assert.rejects(unbond(BEN, t.anna.id), { code: "not_found" });
  t.clock.advance(30 * DAY);
  assert.equal((await unbond(ANNA, t.anna.id)).state, "unbonding");
  assert.equal((await unbond(ANNA, t.anna.id)).state, "unbonding");
  assert.deepEqual((await t.ledger.credits.wallet(ANNA)).tokens, {
    available: tokens(62),
    staked: 0n,
    unbonding: tokens(40),
  });
  await t.ledger.staking.fundPool({ pool: "rewards", amount: tokens(6), key: t.ledger.newKey() });
  await t.ledger.staking.accrue();
  assert.equal((await t.ledger.credits.wallet(ANNA)).tokens.available, tokens(62), "it earns nothing any more");
  assert.equal((await t.ledger.credits.wallet(BEN)).tokens.available, tokens(69));
  assert.equal(await t.ledger.staking.release(), 0);
  t.clock.advance(7 * DAY);
  assert.equal(await t.ledger.staking.release(), 1);
  assert.equal(await t.ledger.staking.release(), 0);
  assert.equal((await t.ledger.credits.wallet(ANNA)).tokens.available, tokens(102));
  assert.deepEqual(await t.ledger.staking.stakes(ANNA), []);
  await sound(t);
});

test("more than one has cannot be staked, other locks are refused, a key stakes once", async () => {
  const t = await staked();
  const stake = (amount: bigint, lockDays: number, key = t.ledger.newKey()): Promise<Stake> =>
    t.ledger.staking.stake({ user: ANNA, amount, lockDays, key });
  await assert.rejects(stake(tokens(61), 30), { reason: "insufficient_funds" });
  await assert.rejects(stake(tokens(1), 31), { reason: "lock_days" });
  const key = t.ledger.newKey();
  const both = await Promise.all([stake(tokens(50), 90, key), stake(tokens(50), 90, key)]);
  assert.equal(both[0]?.id, both[1]?.id);
  await assert.rejects(stake(tokens(50), 30, key), { reason: "idempotency_mismatch" });
  const race = await Promise.allSettled(Array.from({ length: 20 }, () => stake(tokens(1), 30)));
  assert.equal(race.filter((r) => r.status === "fulfilled").length, 10);
  await sound(t);
});

test("a day's credits that the reserve does not cover are not given", async () => {
  const t = await testLedger({ coverage: () => ({ reserve: 1_000_000n, costPerCredit: 1_000_000n }) });
  await t.ledger.credits.grant({
    user: ANNA,
    asset: "TOKEN",
    amount: tokens(4),
    key: t.ledger.newKey(),
    reason: "start",
  });
  await t.ledger.staking.stake({ user: ANNA, amount: tokens(4), lockDays: 30, key: t.ledger.newKey() });
  await t.ledger.staking.setDaily(500_000n, 10n ** 9n);
  await assert.rejects(t.ledger.staking.accrue(), { reason: "coverage" });
  await t.ledger.staking.setDaily(500_000n, 1000n);
  assert.equal(await t.ledger.staking.accrue(), 1);
  await sound(t);
});

test("random stakes, fundings and unbondings leave the books in order", async () => {
  const t = await testLedger();
  let state = 7;
  const below = (n: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * n);
  };
  await t.ledger.staking.setDaily(333_333n, 10_000_019n);
  for (let user = 1n; user <= 6n; user++)
    await t.ledger.credits.grant({
      user,
      asset: "TOKEN",
      amount: 10n ** 9n + user,
      key: t.ledger.newKey(),
      reason: "start",
    });
  for (let step = 0; step < 120; step++) {
    const user = BigInt(1 + below(6));
    const what = below(5);
    if (what === 0)
      await t.ledger.staking.fundPool({
        pool: "rewards",
        amount: BigInt(1 + below(1_000_000)),
        key: t.ledger.newKey(),
      });
    else if (what === 1) await t.ledger.staking.accrue();
    else if (what === 2) {
      const free = (await t.ledger.credits.wallet(user)).tokens.available;
      const lockDays = LOCK_TIERS[below(3)]?.days ?? 30;
      if (free > 0n)
        await t.ledger.staking.stake({
          user,
          amount: 1n + (free - 1n) / BigInt(1 + below(5)),
          lockDays,
          key: t.ledger.newKey(),
        });
    } else if (what === 3) {
      const open = (await t.ledger.staking.stakes(user)).find(
        (s) => s.state === "active" && s.unlocksAt <= t.clock.now(),
      );
      if (open) await t.ledger.staking.startUnbonding({ user, stake: open.id });
    } else {
      t.clock.advance(below(20) * DAY);
      await t.ledger.staking.release();
      await t.ledger.credits.expireLots();
    }
  }
  await sound(t);
});
