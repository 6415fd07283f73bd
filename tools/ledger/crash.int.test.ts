import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { CHART, keyFor } from "#modules/ledger/index.ts";
import { testLedger } from "#test/support/ledger.ts";

const ROUNDS = 3;
const ACKNOWLEDGED = 400;

/** Runs a process that posts until so much was acknowledged, and kills it where it stands. */
async function killed(url: string, seed: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "post-until-killed.ts"), url, String(seed)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const keys: string[] = [];
  const gone = once(child, "exit");
  for await (const line of createInterface(child.stdout)) {
    keys.push(line);
    if (keys.length === ACKNOWLEDGED) child.kill("SIGKILL");
  }
  await gone;
  // A line that was cut off was not read to its end, and counts for nothing.
  return keys.filter((key) => key.length === 36);
}

test("after kill -9 every acknowledged transfer is there once, every entry is whole, and the books are in order", async () => {
  const t = await testLedger();
  const acknowledged = new Set<string>();
  for (let seed = 0; seed < ROUNDS; seed++) for (const key of await killed(t.url, seed)) acknowledged.add(key);
  assert.ok(acknowledged.size >= ROUNDS * ACKNOWLEDGED);
  const found = await t.pool.query<{ key: string }>("select key from ledger_transfers where key = any ($1::uuid[])", [
    [...acknowledged],
  ]);
  assert.equal(found.rowCount, acknowledged.size);
  const { checks, transfers } = await t.ledger.verify();
  assert.deepEqual(
    checks.flatMap((c) => c.faults),
    [],
  );
  assert.equal(transfers % 2n, 0n);
  const revenue = await t.ledger.accounts.open({ code: CHART.advertisingRevenue, asset: "EUR", owner: null });
  assert.equal((await t.ledger.balance(revenue)).posted, (transfers / 2n) * 3n);
  // Asking again for something that was acknowledged moves nothing.
  const bank = await t.ledger.accounts.open({ code: CHART.bank, asset: "EUR", owner: null });
  const wallet = await t.ledger.accounts.open({ code: CHART.customerWallet, asset: "EUR", owner: 1n });
  const [again] = await t.ledger.post([
    {
      kind: "manual",
      transfers: [
        { key: keyFor("crash", "0", 0, 0), debit: bank, credit: wallet, amount: 5n },
        { key: keyFor("crash-second", "0", 0, 0), debit: wallet, credit: revenue, amount: 3n },
      ],
    },
  ]);
  assert.equal(again?.ok === true && again.replayed, true);
});
