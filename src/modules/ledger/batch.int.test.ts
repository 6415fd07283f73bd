import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { testLedger } from "#test/support/ledger.ts";
import { postSegment, segments } from "./batch.ts";
import { CHART, keyFor, type EntryIn, type EntryOut } from "./index.ts";

const RUNS = Number(process.env["SKEIN_LEDGER_RUNS"] ?? "40");

test("judged all at once or one by one, a batch has the same outcome", async () => {
  const t = await testLedger();
  const open = (code: number, owner: bigint | null): Promise<bigint> =>
    t.ledger.accounts.open({ code, asset: "EUR", owner });
  const places = [
    await open(CHART.bank, null),
    ...(await Promise.all([1n, 2n, 3n].map((owner) => open(CHART.customerWallet, owner)))),
    await open(1200, 1n),
  ];
  const transfer = fc.record({
    debit: fc.nat(4),
    by: fc.integer({ min: 1, max: 4 }),
    amount: fc.bigInt(1n, 20n),
    held: fc.boolean(),
  });
  const batches = fc.array(fc.array(transfer, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 25 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(batches, async (batch) => {
      run++;
      const entries = batch.map((lines, e): EntryIn => ({
        kind: "manual",
        transfers: lines.map(({ debit, by, amount, held }, n) => ({
          ...{ key: keyFor("batch", run, e, n), amount },
          ...{ debit: places[debit] ?? 0n, credit: places[(debit + by) % 5] ?? 0n },
          ...(held ? { hold: { id: BigInt(run * 1000 + e * 10 + n), expiresAt: null } } : {}),
        })),
      }));
      const outcome = (out: EntryOut[]): string[] => out.map((o) => (o.ok ? "posted" : `${o.refusal} ${o.line}`));
      const client = await t.pool.connect();
      try {
        const tried: unknown[] = [];
        for (const oneByOne of [true, false]) {
          await client.query("begin");
          const out = outcome(await postSegment(client, t.clock.now(), entries, oneByOne));
          const { rows } = await client.query("select id, d, dp, c, cp from ledger_accounts order by id");
          tried.push({ out, rows });
          await client.query(oneByOne ? "rollback" : "commit");
        }
        assert.deepEqual(tried[0], tried[1]);
      } finally {
        client.release();
      }
    }),
    { numRuns: RUNS },
  );
  assert.deepEqual(
    (await t.ledger.verify()).checks.flatMap((c) => c.faults),
    [],
  );
});

test("a batch is cut where a key or a hold comes a second time, and where it gets too long", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => keyFor("cut", name));
  const plain = (key = ""): EntryIn => ({ kind: "manual", transfers: [{ key, debit: 1n, credit: 2n, amount: 1n }] });
  const end = (key = "", hold = ""): EntryIn => ({
    kind: "manual",
    transfers: [{ key, debit: 1n, credit: 2n, amount: 1n, resolve: { hold, as: "post" } }],
  });
  const sizes = (entries: EntryIn[], max?: number): number[] => segments(entries, max).map((s) => s.length);
  assert.deepEqual(sizes([]), []);
  assert.deepEqual(sizes([plain(a), plain(b), plain(c)]), [3]);
  assert.deepEqual(sizes([plain(a), plain(b), plain(a), plain(a)]), [2, 1, 1]);
  assert.deepEqual(sizes([plain(a), end(b, a), end(c, a)]), [1, 1, 1]);
  assert.deepEqual(sizes([plain(a), plain(b), plain(c)], 2), [2, 1]);
});
