import assert from "node:assert/strict";
import { test } from "node:test";
import { testLedger, type TestLedger } from "#test/support/ledger.ts";
import { CHART, keyFor, type Grant, type Hold } from "./index.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const USER = 42n;
const credits = (n: number): bigint => BigInt(n) * 1000n;

async function give(t: TestLedger, amount: bigint, more: Partial<Grant> = {}): Promise<bigint> {
  const grant: Grant = { user: USER, asset: "CREDIT", amount, key: t.ledger.newKey(), reason: "a gift", ...more };
  const { lot } = await t.ledger.credits.grant(grant);
  return lot ?? assert.fail();
}

function hold(
  t: TestLedger,
  amount: bigint,
  key = t.ledger.newKey(),
  ms = HOUR,
): Promise<Hold & { replayed: boolean }> {
  const expiresAt = new Date(t.clock.ms() + ms);
  return t.tx((db) => t.ledger.credits.holdIn(db, { user: USER, amount, key, expiresAt, reference: "job:1" }));
}

const capture = (t: TestLedger, held: Hold, amount: bigint, key = t.ledger.newKey()): Promise<Hold> =>
  t.tx((db) => t.ledger.credits.captureIn(db, { hold: held.id, amount, key }));

const release = (t: TestLedger, held: Hold): Promise<Hold> =>
  t.tx((db) => t.ledger.credits.releaseIn(db, { hold: held.id }));

async function left(t: TestLedger): Promise<Record<string, bigint>> {
  return Object.fromEntries((await t.ledger.credits.lots(USER)).map((l) => [l.reason, l.remaining]));
}

/** What the accounts say agrees with what the lots say. */
async function agrees(t: TestLedger): Promise<void> {
  const { rows } = await t.pool.query<{ ok: boolean }>(
    `select coalesce(sum(l.remaining), 0) = a.c - a.d - a.dp and coalesce(sum(l.reserved), 0) = a.dp as ok
     from ledger_accounts a left join ledger_lots l on l.account = a.id where a.code = 2400 group by a.id`,
  );
  assert.ok(rows.every((r) => r.ok));
  const sold = await t.pool.query<{ ok: boolean }>(
    `select a.c - a.d = (select sum(l.paid - l.earned) from ledger_lots l join ledger_accounts k on k.id = l.account where k.owner = a.owner) as ok
     from ledger_accounts a where a.code = 2180`,
  );
  assert.ok(sold.rows.every((r) => r.ok));
}

test("a grant gives once, and is refused under a key that gave something else", async () => {
  const t = await testLedger();
  const key = keyFor("welcome", USER);
  const lot = await give(t, credits(5), { key });
  assert.equal(await give(t, credits(5), { key }), lot);
  await assert.rejects(give(t, credits(6), { key }), { reason: "idempotency_mismatch" });
  await assert.rejects(give(t, credits(5), { key, user: 43n }), { reason: "idempotency_mismatch" });
  await assert.rejects(give(t, 0n), { code: "unprocessable" });
  await assert.rejects(give(t, 1n, { kind: "paid" }), { code: "unprocessable" });
  const wallet = await t.ledger.credits.wallet(USER);
  assert.deepEqual(wallet.credits, { available: credits(5), held: 0n, next_expiry: null });
});

test("free credits go before paid ones, what expires soonest first; the rest of a hold returns to its lots", async () => {
  const t = await testLedger();
  const soon = new Date(t.clock.ms() + 2 * DAY);
  const late = new Date(t.clock.ms() + 9 * DAY);
  await give(t, credits(10), { reason: "bought", kind: "paid", paid: 9_999_999n });
  await give(t, credits(3), { reason: "for ever" });
  await give(t, credits(3), { reason: "late", expiresAt: late, kind: "daily" });
  await give(t, credits(3), { reason: "soon", expiresAt: soon, kind: "stake_reward" });
  const held = await hold(t, credits(11));
  assert.deepEqual(await left(t), { bought: credits(8) });
  const wallet = await t.ledger.credits.wallet(USER);
  assert.deepEqual(wallet.credits, { available: credits(8), held: credits(11), next_expiry: null });
  const key = t.ledger.newKey();
  const captured = await capture(t, held, 7500n, key);
  assert.deepEqual([captured.state, captured.captured], ["captured", 7500n]);
  assert.deepEqual(await left(t), { "for ever": 1500n, bought: credits(10) });
  // The same capture again has no effect; another one is refused.
  await capture(t, held, 7500n, key);
  await assert.rejects(capture(t, held, 7500n), { reason: "already_resolved" });
  await assert.rejects(release(t, held), { reason: "already_resolved" });
  assert.deepEqual(await left(t), { "for ever": 1500n, bought: credits(10) });
  await agrees(t);
  assert.deepEqual(
    (await t.ledger.statements.entries(USER, { limit: 2 })).map((e) => [
      e.asset,
      e.amount,
      e.balance,
      e.kind,
      e.reference,
    ]),
    [
      ["CREDIT", -7500n, 11500n, "capture", "job:1"],
      ["CREDIT", credits(3), credits(19), "grant", "soon"],
    ],
  );
});

test("more than there is cannot be held; 30 holds at once of 1 with 10 give 10", async () => {
  const t = await testLedger();
  await give(t, credits(10));
  await assert.rejects(hold(t, credits(11)), { code: "payment_required", reason: "insufficient_credits" });
  const all = await Promise.allSettled(Array.from({ length: 30 }, () => hold(t, credits(1))));
  assert.equal(all.filter((o) => o.status === "fulfilled").length, 10);
  await agrees(t);
  const key = t.ledger.newKey();
  await give(t, credits(1));
  const same = await Promise.all(Array.from({ length: 5 }, () => hold(t, 500n, key)));
  assert.equal(new Set(same.map((h) => h.id)).size, 1);
  assert.equal((await t.ledger.credits.wallet(USER)).credits.available, 500n);
  await assert.rejects(hold(t, 400n, key), { reason: "idempotency_mismatch" });
  assert.equal((await t.ledger.credits.holds(USER)).length, 11);
});

test("money for credits is earned as they are used, to the last micro-euro", async () => {
  const t = await testLedger();
  await give(t, credits(3), {
    reason: "bought",
    kind: "paid",
    paid: 1_000_000n,
    expiresAt: new Date(t.clock.ms() + DAY),
  });
  const balance = async (code: number, owner: bigint | null): Promise<bigint> =>
    (await t.ledger.balance(await t.ledger.accounts.open({ code, asset: "EUR", owner }))).posted;
  assert.equal(await balance(CHART.creditsSold, USER), 1_000_000n);
  await capture(t, await hold(t, credits(2)), credits(1));
  assert.equal(await balance(CHART.memeRevenue, null), 333_333n);
  await capture(t, await hold(t, credits(1)), credits(1));
  assert.equal(await balance(CHART.memeRevenue, null), 666_666n);
  t.clock.advance(DAY);
  assert.equal((await t.ledger.credits.wallet(USER)).credits.available, 0n);
  await assert.rejects(hold(t, 1n), { reason: "insufficient_credits" });
  assert.equal(await t.ledger.credits.expireLots(), 1);
  assert.equal(await t.ledger.credits.expireLots(), 0);
  assert.equal(await balance(CHART.breakage, null), 333_334n);
  assert.equal(await balance(CHART.creditsSold, USER), 0n);
  await agrees(t);
});

test("a hold that nobody ends is released by the sweeper; what returns to a lot whose time is over gets 7 days", async () => {
  const t = await testLedger();
  await give(t, credits(4), {
    reason: "short",
    kind: "paid",
    paid: 4_000_003n,
    expiresAt: new Date(t.clock.ms() + HOUR),
  });
  const held = await hold(t, credits(4), undefined, 2 * HOUR);
  t.clock.advance(2 * HOUR);
  await assert.rejects(capture(t, held, credits(1)), { reason: "hold_expired" });
  assert.equal(await t.ledger.credits.sweepHolds(), 1);
  assert.equal((await t.ledger.credits.hold(held.id))?.state, "expired");
  assert.equal((await release(t, held)).state, "expired", "releasing it again has no effect");
  const [lot] = await t.ledger.credits.lots(USER);
  assert.equal(lot?.remaining, credits(4));
  assert.equal(lot?.paid, 4_000_003n);
  assert.equal(lot?.expires_at?.getTime(), t.clock.ms() + 7 * DAY);
  await agrees(t);
  await capture(t, await hold(t, credits(1)), credits(1));
  await agrees(t);
});

test("a refund returns what was used to the lots it came from, and no more than that", async () => {
  const t = await testLedger();
  await give(t, credits(2), { reason: "free" });
  await give(t, credits(2), { reason: "bought", kind: "paid", paid: 2_000_001n });
  const held = await hold(t, credits(3));
  await capture(t, held, credits(3));
  const key = t.ledger.newKey();
  const refund = (amount: bigint, k = key): Promise<void> =>
    t.tx((db) => t.ledger.credits.refundIn(db, { hold: held.id, amount, key: k, reason: "it failed" }));
  await refund(1500n);
  await refund(1500n);
  assert.deepEqual(await left(t), { free: 500n, bought: credits(2) });
  await assert.rejects(refund(1501n, t.ledger.newKey()), { reason: "capture_exceeds_hold" });
  await refund(1500n, t.ledger.newKey());
  assert.deepEqual(await left(t), { free: credits(2), bought: credits(2) });
  await agrees(t);
});

test("a hold made in a transaction that fails was never there", async () => {
  const t = await testLedger();
  await give(t, credits(2));
  const at = new Date(t.clock.ms() + HOUR);
  await assert.rejects(
    t.tx(async (db) => {
      await t.ledger.credits.holdIn(db, {
        user: USER,
        amount: 1n,
        key: t.ledger.newKey(),
        expiresAt: at,
        reference: "x",
      });
      throw new Error("the job could not be stored");
    }),
    /could not be stored/,
  );
  assert.equal((await t.ledger.credits.wallet(USER)).credits.available, credits(2));
  assert.deepEqual(await t.ledger.credits.holds(USER), []);
});

test("free credits are refused when the reserve does not cover them; bought ones never are", async () => {
  const rule = { reserve: 10_000_000n, costPerCredit: 1_000_000n };
  const t = await testLedger({ coverage: () => rule });
  await give(t, credits(10));
  await assert.rejects(give(t, 1n), { code: "unavailable", reason: "coverage" });
  await give(t, credits(5), { kind: "paid", paid: 5_000_000n });
  await capture(t, await hold(t, credits(6)), credits(6));
  await give(t, credits(1));
  await assert.rejects(give(t, 1n), { reason: "coverage" });
});

test("tokens are given without a lot, and an empty wallet is empty", async () => {
  const t = await testLedger();
  assert.equal(
    (await t.ledger.credits.grant({ user: USER, asset: "TOKEN", amount: 7n, key: t.ledger.newKey(), reason: "x" })).lot,
    undefined,
  );
  assert.equal((await t.ledger.credits.wallet(USER)).tokens.available, 7n);
  assert.deepEqual(await t.ledger.credits.wallet(43n), {
    credits: { available: 0n, held: 0n, next_expiry: null },
    tokens: { available: 0n, staked: 0n, unbonding: 0n },
  });
  assert.deepEqual(await t.ledger.statements.entries(43n, { limit: 10 }), []);
});

test("an operator takes a lot back", async () => {
  const t = await testLedger();
  const lot = await give(t, credits(2));
  await give(t, credits(1), { reason: "other" });
  await t.ledger.credits.voidLot(lot);
  assert.deepEqual(await left(t), { other: credits(1) });
  await agrees(t);
});
