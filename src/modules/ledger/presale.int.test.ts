import assert from "node:assert/strict";
import { test } from "node:test";
import { testLedger, type TestLedger } from "#test/support/ledger.ts";
import { CHART, type NewPresale } from "./index.ts";

const DAY = 86_400_000;
const tokens = (n: number): bigint => BigInt(n) * 1_000_000n;
const USERS = [1n, 2n, 3n];

async function round(more: Partial<NewPresale> = {}): Promise<TestLedger & { id: bigint }> {
  const t = await testLedger({ presale: true });
  const bank = await t.ledger.accounts.open({ code: CHART.bank, asset: "EUR", owner: null });
  for (const owner of USERS) {
    const credit = await t.ledger.accounts.open({ code: CHART.customerWallet, asset: "EUR", owner });
    await t.ledger.post([
      { kind: "top_up", transfers: [{ key: t.ledger.newKey(), debit: bank, credit, amount: 50_000_000n }] },
    ]);
  }
  const now = t.clock.ms();
  const id = await t.ledger.presale.open({
    ...{ name: "first", price: 333_333n, cap: tokens(100), softCap: tokens(30), perUserCap: tokens(60) },
    ...{ opensAt: new Date(now), closesAt: new Date(now + 10 * DAY), deliverBy: new Date(now + 60 * DAY) },
    ...more,
  });
  return { ...t, id };
}

const buy = (t: TestLedger & { id: bigint }, user: bigint, amount: bigint, key = t.ledger.newKey()) =>
  t.ledger.presale.buy({ user, presale: t.id, tokens: amount, key });

async function euros(t: TestLedger, user: bigint): Promise<bigint> {
  return (
    await t.ledger.balance(await t.ledger.accounts.open({ code: CHART.customerWallet, asset: "EUR", owner: user }))
  ).posted;
}

async function sound(t: TestLedger): Promise<void> {
  assert.deepEqual(
    (await t.ledger.verify()).checks.flatMap((c) => c.faults),
    [],
  );
}

test("nothing is sold until the operator switches it on", async () => {
  const t = await testLedger();
  await assert.rejects(t.ledger.presale.buy({ user: 1n, presale: 1n, tokens: 1n, key: t.ledger.newKey() }), {
    reason: "presale_off",
  });
});

test("no more than the cap and no more per person than allowed is sold, also to many at once", async () => {
  const t = await round();
  await assert.rejects(buy(t, 1n, tokens(61)), { reason: "per_user_cap" });
  const key = t.ledger.newKey();
  const [first, again] = [await buy(t, 1n, tokens(50), key), await buy(t, 1n, tokens(50), key)];
  assert.equal(first.id, again.id);
  // 50 × 0.333333 €
  assert.equal(await euros(t, 1n), 50_000_000n - 16_666_650n);
  const many = await Promise.allSettled(
    Array.from({ length: 30 }, (_, n) => buy(t, USERS[1 + (n % 2)] ?? 2n, tokens(4))),
  );
  assert.equal(many.filter((m) => m.status === "fulfilled").length, 12);
  await assert.rejects(buy(t, 2n, tokens(3)), { reason: "sold_out" });
  assert.equal((await t.ledger.credits.wallet(1n)).tokens.available, 0n, "not delivered yet");
  await sound(t);
});

test("a buyer may return it for 14 days, once", async () => {
  const t = await round();
  const { id } = await buy(t, 1n, tokens(31));
  await assert.rejects(t.ledger.presale.refund({ user: 2n, purchase: id }), { code: "not_found" });
  assert.equal((await t.ledger.presale.refund({ user: 1n, purchase: id })).state, "refunded");
  assert.equal((await t.ledger.presale.refund({ user: 1n, purchase: id })).state, "refunded");
  assert.equal(await euros(t, 1n), 50_000_000n);
  const late = await buy(t, 1n, tokens(31));
  t.clock.advance(14 * DAY);
  await assert.rejects(t.ledger.presale.refund({ user: 1n, purchase: late.id }), { reason: "too_late" });
  await sound(t);
});

test("a missed soft cap refunds everybody by itself, and so does a missed date", async () => {
  const t = await round();
  await buy(t, 1n, tokens(20));
  await buy(t, 2n, tokens(9));
  assert.equal(await t.ledger.presale.settle(), 0);
  t.clock.advance(10 * DAY);
  await assert.rejects(buy(t, 1n, tokens(1)), { reason: "not_open" });
  await assert.rejects(t.ledger.presale.deliver(t.id), { reason: "not_deliverable" });
  assert.equal(await t.ledger.presale.settle(), 2);
  assert.equal(await t.ledger.presale.settle(), 0);
  assert.deepEqual([await euros(t, 1n), await euros(t, 2n)], [50_000_000n, 50_000_000n]);
  assert.equal((await t.ledger.presale.rounds())[0]?.state, "refunded");
  await sound(t);

  const second = await round();
  await buy(second, 1n, tokens(40));
  second.clock.advance(59 * DAY);
  assert.equal(await second.ledger.presale.settle(), 0);
  second.clock.advance(DAY);
  assert.equal(await second.ledger.presale.settle(), 1);
  assert.equal(await euros(second, 1n), 50_000_000n);
  await sound(second);
});

test("a successful round is delivered after the time for refunds; only then the money is ours", async () => {
  const t = await round();
  await buy(t, 1n, tokens(40));
  await buy(t, 2n, 1n);
  const proceeds = await t.ledger.accounts.open({ code: CHART.presaleProceeds, asset: "EUR", owner: null });
  t.clock.advance(23 * DAY);
  await assert.rejects(t.ledger.presale.deliver(t.id), { reason: "not_deliverable" });
  t.clock.advance(DAY);
  assert.equal((await t.ledger.balance(proceeds)).posted, 0n);
  assert.equal(await t.ledger.presale.deliver(t.id), 2);
  assert.equal(await t.ledger.presale.deliver(t.id), 0);
  assert.equal((await t.ledger.credits.wallet(1n)).tokens.available, tokens(40));
  // The smallest part costs a whole micro-euro: rounded up.
  assert.equal((await t.ledger.balance(proceeds)).posted, 13_333_320n + 1n);
  await sound(t);
});
