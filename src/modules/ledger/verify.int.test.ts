import assert from "node:assert/strict";
import { test } from "node:test";
import { testLedger, type TestLedger } from "#test/support/ledger.ts";
import { CHART, newKey, type EntryIn } from "./index.ts";

const DAY = 86_400_000;

async function filled(): Promise<TestLedger & { bank: bigint; revenue: bigint; user: bigint }> {
  const t = await testLedger();
  const open = (code: number, owner: bigint | null): Promise<bigint> =>
    t.ledger.accounts.open({ code, asset: "EUR", owner });
  const [bank, revenue, user] = [await open(CHART.bank, null), await open(4000, null), await open(2100, 1n)];
  const move = (debit: bigint, credit: bigint, amount: bigint): EntryIn => ({
    kind: "manual",
    transfers: [{ key: newKey(t.clock.ms()), debit, credit, amount }],
  });
  await t.ledger.post([move(bank, user, 100n), move(user, revenue, 30n), move(user, revenue, 20n)]);
  await t.ledger.credits.grant({
    user: 1n,
    asset: "CREDIT",
    amount: 5000n,
    key: t.ledger.newKey(),
    reason: "x",
    kind: "paid",
    paid: 777n,
  });
  const held = await t.tx((db) =>
    t.ledger.credits.holdIn(db, {
      user: 1n,
      amount: 3000n,
      key: t.ledger.newKey(),
      expiresAt: new Date(t.clock.ms() + DAY),
      reference: "r",
    }),
  );
  await t.tx((db) => t.ledger.credits.captureIn(db, { hold: held.id, amount: 1000n, key: t.ledger.newKey() }));
  return { ...t, bank, revenue, user };
}

const faults = async (t: TestLedger): Promise<string[]> =>
  (await t.ledger.verify()).checks.filter((c) => c.faults.length > 0).map((c) => c.name);

test("books that nobody tampered with are well", async () => {
  const t = await filled();
  const verified = await t.ledger.verify();
  assert.deepEqual(await faults(t), []);
  assert.equal(verified.ok, true);
  assert.equal(verified.transfers, 8n);
});

/** As somebody with all rights on the database would. */
async function tamper(t: TestLedger, ...statements: string[]): Promise<void> {
  const client = await t.pool.connect();
  try {
    await client.query("set session_replication_role = replica");
    for (const statement of statements) await client.query(statement);
  } finally {
    client.release(true);
  }
}

/** What somebody with the database's password could do, and which check tells. */
const TAMPERING: [statement: string, told: string[]][] = [
  [
    "update ledger_accounts set c = c + 1 where code = 2100",
    ["debits equal credits", "balances are the sum of their transfers"],
  ],
  [
    "update ledger_transfers set amount = amount + 1 where amount = 30",
    ["balances are the sum of their transfers", "running balances"],
  ],
  ["delete from ledger_transfers where amount = 20", ["balances are the sum of their transfers", "entries are whole"]],
  ["update ledger_transfers set debit_after = 1 where amount = 20", ["running balances"]],
  ["update ledger_holds set captured = 2000", ["holds end once"]],
  ["delete from ledger_holds", ["holds end once"]],
  [
    "update ledger_lots set remaining = remaining - 1, consumed = consumed + 1",
    ["lots are the sum of their moves", "lots agree with accounts"],
  ],
  ["delete from ledger_lot_moves where kind = 'use'", ["lots are the sum of their moves"]],
  [
    "insert into ledger_deltas (account, d, dp, c, cp) select id, 0, 0, 5, 0 from ledger_accounts where code = 4000",
    ["debits equal credits", "balances are the sum of their transfers"],
  ],
];

for (const [statement, told] of TAMPERING) {
  test(`it is told: ${statement}`, async () => {
    const t = await filled();
    await tamper(t, statement);
    assert.deepEqual(await faults(t), told);
  });
}

test("a bound that was broken in between is told, also when all is well at the end", async () => {
  const t = await filled();
  // Two entries change places: the user spends before the money comes.
  const [first, second] = ["(select min(id) from ledger_entries)", "(select min(id) + 1 from ledger_entries)"];
  await tamper(
    t,
    `update ledger_transfers set entry = -1 where entry = ${first}`,
    `update ledger_transfers set entry = ${first} where entry = ${second}`,
    `update ledger_transfers set entry = ${second} where entry = -1`,
  );
  assert.deepEqual(await faults(t), ["no bound was ever broken", "running balances"]);
});

test("a trigger that is switched off is told", async () => {
  const t = await filled();
  await t.pool.query("alter table ledger_transfers disable trigger ledger_transfers_append_only");
  assert.deepEqual(await faults(t), ["nothing can be changed"]);
});

test("days are sealed once they are over; nothing is recorded on a sealed day, and a change of it is told", async () => {
  const t = await filled();
  assert.deepEqual(await t.ledger.closing.sealDays(), []);
  t.clock.advance(DAY);
  const post = (amount: bigint): Promise<unknown> =>
    t.ledger.post([{ kind: "manual", transfers: [{ key: newKey(0), debit: t.bank, credit: t.user, amount }] }]);
  await post(1n);
  const [seal, ...more] = await t.ledger.closing.sealDays();
  assert.deepEqual([seal?.day, seal?.transfers, more.length], ["2026-11-20", 8n, 0]);
  assert.deepEqual(await t.ledger.closing.sealDays(), []);
  // The clock of this machine is set back by a day.
  t.clock.advance(-DAY);
  await post(2n);
  t.clock.advance(2 * DAY);
  const [second] = await t.ledger.closing.sealDays();
  assert.deepEqual([second?.day, second?.transfers], ["2026-11-21", 2n]);
  assert.equal((await t.ledger.verify()).seals, 2);
  assert.deepEqual(await faults(t), []);
  await tamper(t, "update ledger_entries set memo = 'another reason' where id = (select min(id) from ledger_entries)");
  assert.deepEqual(await faults(t), ["seals"]);
});

test("a closed month takes no more entries, open ones take those of earlier days", async () => {
  const t = await filled();
  const post = async (effective: string): Promise<string> => {
    const transfers = [{ key: newKey(0), debit: t.bank, credit: t.user, amount: 1n }];
    const [out] = await t.ledger.post([{ kind: "manual", transfers, effective }]);
    return out?.ok === true ? "posted" : (out?.refusal ?? "nothing");
  };
  assert.equal(await post("2026-10-31"), "posted");
  assert.deepEqual(await t.ledger.closing.closePeriod("2026-10"), { period: 202610, already: false });
  assert.deepEqual(await t.ledger.closing.closePeriod("2026-10"), { period: 202610, already: true });
  assert.equal(await post("2026-10-31"), "period_closed");
  assert.equal(await post("2026-09-30"), "posted");
  assert.equal(await post("2026-11-01"), "posted");
  await assert.rejects(t.ledger.closing.closePeriod("2026-11"), { code: "unprocessable" });
  await assert.rejects(t.ledger.closing.closePeriod("2026-13"), { code: "unprocessable" });
});

test("the trial balance adds up, and tells turnover and balance per account", async () => {
  const t = await filled();
  const rows = await t.ledger.statements.trialBalance("2026-11-01", "2026-11-30");
  for (const asset of ["EUR", "CREDIT"]) {
    const some = rows.filter((r) => r.asset === asset);
    assert.equal(
      some.reduce((sum, r) => sum + r.balance, 0n),
      0n,
    );
    assert.equal(
      some.reduce((sum, r) => sum + r.debits - r.credits, 0n),
      0n,
    );
  }
  const wallet = rows.find((r) => r.code === 2100);
  assert.deepEqual([wallet?.debits, wallet?.credits, wallet?.balance], [50n, 100n, 50n]);
  const later = await t.ledger.statements.trialBalance("2026-12-01", "2026-12-31");
  assert.deepEqual(later.find((r) => r.code === 2100)?.debits, 0n);
  assert.deepEqual(later.find((r) => r.code === 2100)?.balance, 50n);
});
