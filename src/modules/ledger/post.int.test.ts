import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { testLedger, type TestLedger } from "#test/support/ledger.ts";
import { CHART, newKey, type EntryIn, type EntryOut, type Ledger } from "./index.ts";

const eur = (n: number): bigint => BigInt(n) * 1_000_000n;

interface Places {
  bank: Id;
  revenue: Id;
  wallet(owner: number): Promise<Id>;
}

async function places(ledger: Ledger): Promise<Places> {
  const open = (code: number, owner: Id | null): Promise<Id> => ledger.accounts.open({ code, asset: "EUR", owner });
  return {
    bank: await open(CHART.bank, null),
    revenue: await open(CHART.advertisingRevenue, null),
    wallet: (owner) => open(CHART.customerWallet, BigInt(owner)),
  };
}

function move(debit: Id, credit: Id, amount: bigint, key = newKey(0)): EntryIn {
  return { kind: "manual", transfers: [{ key, debit, credit, amount }] };
}

const outcome = (out: EntryOut): string => (out.ok ? (out.replayed ? "replayed" : "posted") : out.refusal);

async function post(t: TestLedger, ...entries: EntryIn[]): Promise<string[]> {
  return (await t.ledger.post(entries)).map(outcome);
}

test("200 parallel spends of 10 with a balance of 100 give exactly 10 successes", async () => {
  const t = await testLedger();
  const { bank, revenue, wallet } = await places(t.ledger);
  const user = await wallet(1);
  await post(t, move(bank, user, eur(100)));
  // Two processes, so that it is not one queue that puts them in order.
  const other = t.another();
  const spends = Array.from({ length: 200 }, (_, n) =>
    (n % 2 === 0 ? t.ledger : other).post([move(user, revenue, eur(10))]),
  );
  const outcomes = (await Promise.all(spends)).map(([out]) => outcome(out ?? assert.fail()));
  assert.equal(outcomes.filter((o) => o === "posted").length, 10);
  assert.equal(outcomes.filter((o) => o === "insufficient_funds").length, 190);
  assert.equal((await t.ledger.balance(user)).available, 0n);
  assert.equal((await t.ledger.balance(revenue)).posted, eur(100));
});

test("200 parallel spends in transactions of their own give exactly 10 successes, too", async () => {
  const t = await testLedger();
  const { bank, revenue, wallet } = await places(t.ledger);
  const user = await wallet(1);
  await post(t, move(bank, user, eur(100)));
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, () =>
      t.tx(async (db) => outcome((await t.ledger.postIn(db, [move(user, revenue, eur(10))]))[0] ?? assert.fail())),
    ),
  );
  assert.equal(outcomes.filter((o) => o === "posted").length, 10);
  assert.equal((await t.ledger.balance(user)).available, 0n);
});

test("an entry is one after the other: money that comes in the same batch may be spent, a refused one leaves no trace", async () => {
  const t = await testLedger();
  const { bank, revenue, wallet } = await places(t.ledger);
  const [a, b] = [await wallet(1), await wallet(2)];
  assert.deepEqual(
    await post(
      t,
      move(a, revenue, eur(1)),
      move(bank, a, eur(10)),
      move(a, b, eur(7)),
      move(a, b, eur(7)),
      move(b, revenue, eur(7)),
      move(a, b, eur(3)),
    ),
    ["insufficient_funds", "posted", "posted", "insufficient_funds", "posted", "posted"],
  );
  assert.equal((await t.ledger.balance(a)).posted, 0n);
  assert.equal((await t.ledger.balance(b)).posted, eur(3));
  const { lines } = await t.ledger.statements.statement(a, { limit: 10 });
  assert.deepEqual(
    lines.map((l) => [l.amount, l.balance]),
    [
      [-eur(3), 0n],
      [-eur(7), eur(3)],
      [eur(10), eur(10)],
    ],
  );
});

test("linked transfers happen together or not at all; the end of the entry counts, not its middle", async () => {
  const t = await testLedger();
  const { bank, revenue, wallet } = await places(t.ledger);
  const [a, b] = [await wallet(1), await wallet(2)];
  const linked = (last: bigint): EntryIn => ({
    kind: "manual",
    transfers: [
      { key: newKey(0), debit: a, credit: b, amount: eur(5) },
      { key: newKey(0), debit: bank, credit: a, amount: eur(5) },
      { key: newKey(0), debit: b, credit: revenue, amount: last },
    ],
  });
  const [refused] = await t.ledger.post([linked(eur(6))]);
  assert.deepEqual(refused, { ok: false, refusal: "insufficient_funds", line: 0 });
  assert.equal((await t.ledger.balance(bank)).posted, 0n);
  assert.deepEqual(await post(t, linked(eur(4))), ["posted"]);
  assert.equal((await t.ledger.balance(b)).posted, eur(1));
});

test("a key moves money once: the same again is answered, anything else is refused, a refused one may be tried again", async () => {
  const t = await testLedger();
  const { bank, revenue, wallet } = await places(t.ledger);
  const user = await wallet(1);
  const key = newKey(1);
  const entry = move(bank, user, eur(10), key);
  const [first] = await t.ledger.post([entry]);
  const [again] = await t.ledger.post([entry]);
  assert.ok(first?.ok && again?.ok);
  assert.equal(again.entry, first.entry);
  assert.equal(again.replayed, true);
  assert.deepEqual(await post(t, move(bank, user, eur(11), key)), ["idempotency_mismatch"]);
  assert.deepEqual(await post(t, { ...entry, kind: "grant" }), ["idempotency_mismatch"]);
  assert.deepEqual(await post(t, { ...entry, effective: "2026-11-01" }), ["idempotency_mismatch"]);
  const second = { key: newKey(2), debit: bank, credit: user, amount: eur(1) };
  assert.deepEqual(await post(t, { ...entry, transfers: [...entry.transfers, second] }), ["idempotency_mismatch"]);
  // Twice in one batch, and from many sides at once.
  const twice = move(bank, user, eur(1));
  assert.deepEqual(await post(t, twice, twice), ["posted", "replayed"]);
  const many = move(bank, revenue, eur(1));
  const other = t.another();
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? other : t.ledger).post([many])));
  assert.equal(outcomes.filter(([o]) => o?.ok === true && !o.replayed).length, 1);
  const spend = move(user, revenue, eur(50));
  assert.deepEqual(await post(t, spend), ["insufficient_funds"]);
  assert.deepEqual(await post(t, move(bank, user, eur(40)), spend), ["posted", "posted"]);
});

test("a hold takes part of the balance, is captured in part once, and ends by itself", async () => {
  const t = await testLedger();
  const { bank, revenue, wallet } = await places(t.ledger);
  const user = await wallet(1);
  await post(t, move(bank, user, eur(10)));
  const expiresAt = new Date(t.clock.ms() + 60_000);
  const hold = (key: string, amount: bigint, id: Id): EntryIn => ({
    kind: "hold",
    transfers: [{ key, debit: user, credit: revenue, amount, hold: { id, expiresAt } }],
  });
  const end = (held: string, as: "post" | "void", amount: bigint): EntryIn => ({
    kind: "capture",
    transfers: [{ key: newKey(0), debit: user, credit: revenue, amount, resolve: { hold: held, as } }],
  });
  const [one, two, three] = [newKey(0), newKey(0), newKey(0)];
  assert.deepEqual(await post(t, hold(one, eur(6), 1n), hold(two, eur(5), 2n), hold(two, eur(4), 3n)), [
    "posted",
    "insufficient_funds",
    "posted",
  ]);
  assert.deepEqual(await t.ledger.balance(user).then((b) => [b.posted, b.available, b.held]), [eur(10), 0n, eur(10)]);
  assert.deepEqual(await post(t, end(one, "post", eur(7))), ["capture_exceeds_hold"]);
  // In one batch: made, captured in part, and captured again.
  assert.deepEqual(
    await post(
      t,
      end(one, "post", eur(2)),
      end(one, "void", eur(6)),
      hold(three, eur(4), 4n),
      end(three, "void", eur(4)),
    ),
    ["posted", "already_resolved", "posted", "posted"],
  );
  assert.deepEqual(await t.ledger.balance(user).then((b) => [b.posted, b.available, b.held]), [eur(8), eur(4), eur(4)]);
  t.clock.advance(60_000);
  assert.deepEqual(await post(t, end(two, "post", eur(4))), ["hold_expired"]);
  assert.equal(await t.ledger.credits.sweepHolds(), 1);
  assert.equal(await t.ledger.credits.sweepHolds(), 0);
  assert.equal((await t.ledger.balance(user)).available, eur(8));
  assert.deepEqual(await post(t, end(two, "void", eur(4))), ["already_resolved"]);
});

test("limits on the other side, limits with credit, closed accounts and wrong accounts are refused", async () => {
  const t = await testLedger();
  const { bank, revenue, wallet } = await places(t.ledger);
  const user = await wallet(1);
  const open = (code: number, asset: "EUR" | "TOKEN", limit?: bigint): Promise<Id> =>
    t.ledger.accounts.open({ code, asset, owner: 7n }, limit);
  const receivable = await open(1200, "EUR");
  assert.deepEqual(await post(t, move(bank, receivable, eur(1))), ["limit_exceeded"]);
  assert.deepEqual(await post(t, move(receivable, revenue, eur(5)), move(bank, receivable, eur(5))), [
    "posted",
    "posted",
  ]);
  // What is on its way in counts, too: held alone, in one batch, and together with what is posted.
  await post(t, move(receivable, revenue, eur(5)));
  const incoming = (amount: bigint, id: Id): EntryIn => ({
    kind: "hold",
    transfers: [{ key: newKey(0), debit: bank, credit: receivable, amount, hold: { id, expiresAt: null } }],
  });
  assert.deepEqual(await post(t, incoming(eur(6), 1n)), ["limit_exceeded"]);
  assert.deepEqual(await post(t, incoming(eur(3), 2n)), ["posted"]);
  assert.deepEqual(await post(t, move(bank, receivable, eur(3))), ["limit_exceeded"]);
  assert.deepEqual(await post(t, incoming(eur(3), 3n)), ["limit_exceeded"]);
  assert.deepEqual(await post(t, move(bank, receivable, eur(2))), ["posted"]);
  const exposure = await open(9100, "EUR", eur(100));
  const contra = await open(9101, "EUR");
  assert.deepEqual(await post(t, move(exposure, contra, eur(90)), move(exposure, contra, eur(11))), [
    "posted",
    "limit_exceeded",
  ]);
  await assert.rejects(t.ledger.accounts.setCreditLimit(exposure, eur(89)), { reason: "limit_exceeded" });
  assert.deepEqual(await post(t, move(await open(2410, "TOKEN"), user, 1n)), ["asset_mismatch"]);
  assert.deepEqual(await post(t, move(bank, 12345n, 1n)), ["not_found"]);
  await t.ledger.accounts.close(user);
  assert.deepEqual(await post(t, move(bank, user, 1n)), ["account_closed"]);
  await assert.rejects(t.ledger.post([move(bank, bank, 1n)]), AppError);
  await assert.rejects(t.ledger.post([move(bank, revenue, 0n)]), AppError);
  await assert.rejects(t.ledger.post([{ ...move(bank, revenue, 1n), effective: "2026-02-30" }]), AppError);
  await assert.rejects(t.ledger.accounts.open({ code: 4711, asset: "EUR", owner: null }), AppError);
});

test("a sum beyond what the database can hold fails alone", async () => {
  const t = await testLedger();
  const { bank, revenue, wallet } = await places(t.ledger);
  const user = await wallet(1);
  await t.pool.query("update ledger_accounts set c = 9223372036854775000 where id = $1", [user]);
  const [bad, good] = await Promise.allSettled([
    t.ledger.post([move(bank, user, eur(1000))]),
    t.ledger.post([move(bank, revenue, eur(1))]),
  ]);
  assert.equal(bad.status, "rejected");
  assert.equal(good.status, "fulfilled");
});

test("balances of busy accounts are exact before, while and after their changes are moved into the row", async () => {
  const t = await testLedger();
  const { bank, revenue } = await places(t.ledger);
  let sum = 0n;
  const rolls: Promise<bigint>[] = [];
  for (let n = 1; n <= 40; n++) {
    await t.ledger.post([move(bank, revenue, BigInt(n))]);
    sum += BigInt(n);
    if (n % 3 === 0) rolls.push(t.ledger.roll());
    assert.equal((await t.ledger.balance(revenue)).posted, sum);
  }
  await Promise.all(rolls);
  await t.ledger.roll();
  const rest = await t.pool.query("select 1 from ledger_deltas");
  assert.equal(rest.rowCount, 0);
  assert.equal((await t.ledger.balance(bank)).posted, -sum);
});

test("an entry is taken back once, by its mirror", async () => {
  const t = await testLedger();
  const { bank, wallet } = await places(t.ledger);
  const user = await wallet(1);
  const [out] = await t.ledger.post([move(bank, user, eur(3))]);
  assert.ok(out?.ok);
  const first = await t.ledger.reverse(out.entry, "typing error");
  const second = await t.ledger.reverse(out.entry, "typing error");
  assert.deepEqual([first.replayed, second.replayed, second.entry === first.entry], [false, true, true]);
  assert.equal((await t.ledger.balance(user)).posted, 0n);
  await assert.rejects(t.ledger.reverse(999_999n, "x"), { code: "not_found" });
});

test("what was written cannot be changed", async () => {
  const t = await testLedger();
  const { bank, revenue } = await places(t.ledger);
  await post(t, move(bank, revenue, 1n));
  for (const statement of [
    "update ledger_transfers set amount = 2",
    "delete from ledger_transfers",
    "truncate ledger_transfers",
    "update ledger_entries set memo = 'x'",
    "delete from ledger_accounts",
  ])
    await assert.rejects(t.pool.query(statement), /append-only/);
});

test("an account whose bound a mistaken program would break is kept by the database", async () => {
  const t = await testLedger();
  const { wallet } = await places(t.ledger);
  const user = await wallet(1);
  await assert.rejects(t.pool.query("update ledger_accounts set d = 1 where id = $1", [user]), /ledger_accounts_bound/);
});

test("a statement is read page by page: every line once, no entry torn apart, balances that go on", async () => {
  const t = await testLedger();
  const { bank, revenue, wallet } = await places(t.ledger);
  const [user, other] = [await wallet(1), await wallet(2)];
  await post(t, move(bank, user, eur(1000)), move(bank, other, eur(1000)));
  for (let n = 1; n <= 30; n++) {
    const line = (debit: Id, credit: Id): EntryIn["transfers"][number] => ({
      ...{ key: newKey(0), debit, credit, amount: BigInt(n) },
    });
    const transfers = n % 4 === 0 ? [line(user, revenue), line(other, user), line(user, other)] : [line(user, revenue)];
    await post(t, { kind: "manual", transfers }, move(other, revenue, 1n));
  }
  for (const account of [user, revenue]) {
    const all = (await t.ledger.statements.statement(account, { limit: 500 })).lines;
    assert.equal(all.length, account === user ? 45 : 60);
    for (const limit of [1, 2, 7, 44, 45]) {
      const pages: typeof all = [];
      let before: Id | undefined;
      do {
        const page = await t.ledger.statements.statement(account, {
          limit,
          ...(before === undefined ? {} : { before }),
        });
        assert.ok(page.lines.length <= Math.max(limit, 3));
        pages.push(...page.lines);
        before = page.next;
      } while (before !== undefined);
      assert.deepEqual(pages, all);
    }
  }
  const lines = (await t.ledger.statements.statement(user, { limit: 500 })).lines;
  for (const [i, line] of lines.entries()) assert.equal(line.balance, (lines[i + 1]?.balance ?? 0n) + line.amount);
});
