/** A short run by default; the whole by `SKEIN_LEDGER_SEEDS=20 SKEIN_LEDGER_STEPS=100000`, or a single one by `SKEIN_LEDGER_FIRST_SEED`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateAlone } from "./simulate.ts";

const seeds = Number(process.env["SKEIN_LEDGER_SEEDS"] ?? "2");
const steps = Number(process.env["SKEIN_LEDGER_STEPS"] ?? "1500");
const first = Number(process.env["SKEIN_LEDGER_FIRST_SEED"] ?? "1");

for (let seed = first; seed < first + seeds; seed++) {
  test(`the ledger answers as the exact one in memory: seed ${seed}, ${steps} steps`, async (t) => {
    const report = await simulateAlone({ seed, steps });
    t.diagnostic(JSON.stringify(report));
    assert.equal(report.fault, undefined);
    assert.ok(report.posted > 0 && report.refused > 0 && report.replayed > 0, "everything occurred");
  });
}
