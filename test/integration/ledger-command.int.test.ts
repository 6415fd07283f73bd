import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { testDatabase, type TestDatabase } from "#test/support/db.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const dataDir = mkdtempSync(join(tmpdir(), "skein-cli-"));
after(() => rmSync(dataDir, { recursive: true, force: true }));
let database: TestDatabase;

/** Calls the command line as an operator does. */
async function skein(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ["src/cli/main.ts", ...args], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"] ?? "", SKEIN_ENV: "test", DATA_DIR: dataDir, DATABASE_URL: database.url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const read = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (read.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (read.err += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...read };
}

const json = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { code, out, err } = await skein(...args, "--json");
  assert.equal(code, 0, err);
  return JSON.parse(out) as Record<string, unknown>;
};

before(async () => {
  database = await testDatabase();
  await json("account", "create", "anna", "--email", "anna@example.org", "--password", "a long password 1");
});

test("grants are given in the asset's unit, once per key, and verified", async () => {
  const grant = ["ledger", "grant", "anna", "--asset", "CREDIT", "--reason", "welcome"];
  const key = "00000000-0000-4000-8000-000000000001";
  assert.deepEqual(
    await json(...grant, "--amount", "12.5", "--key", key).then(({ amount, available, replayed }) => [
      amount,
      available,
      replayed,
    ]),
    ["12.5", "12.5", false],
  );
  const again = await json(...grant, "--amount", "12.5", "--key", key);
  assert.deepEqual([again["available"], again["replayed"]], ["12.5", true]);
  assert.equal(
    (await json("ledger", "grant", "@anna", "--asset", "TOKEN", "--amount", "3", "--reason", "x"))["available"],
    "3",
  );
  const verified = await json("ledger", "verify");
  assert.deepEqual([verified["ok"], verified["transfers"]], [true, "2"]);
});

test("what is no amount, no asset or nobody is refused with a sentence", async () => {
  const grant = ["ledger", "grant", "anna", "--reason", "x"];
  const more = await skein(...grant, "--asset", "CREDIT", "--amount", "1.2345");
  assert.deepEqual([more.code, more.out], [1, ""]);
  assert.match(more.err, /"1.2345" is not an amount of CREDIT/);
  assert.equal((await skein(...grant, "--asset", "EUR", "--amount", "1")).code, 2);
  assert.equal((await skein(...grant, "--asset", "CREDIT", "--amount=-1")).code, 1);
  assert.equal(
    (await skein("ledger", "grant", "nobody", "--asset", "CREDIT", "--amount", "1", "--reason", "x")).code,
    1,
  );
});

test("verify fails with exit code 1 and says what is broken", async () => {
  await database.pool().query("update ledger_accounts set c = c + 7 where code = 2410");
  const { code, out, err } = await skein("ledger", "verify", "--json");
  const value = JSON.parse(out) as { ok: boolean; checks: { name: string; faults: string[] }[] };
  assert.equal(value.ok, false);
  assert.equal(code, 1);
  assert.match(err, /BROKEN/);
  assert.ok(value.checks.some((c) => c.name === "debits equal credits" && c.faults.length > 0));
  await database.pool().query("update ledger_accounts set c = c - 7 where code = 2410");
});

test("today is not sealed, this month is not closed, the last one is", async () => {
  assert.deepEqual(await json("ledger", "seal"), { sealed: [] });
  const month = new Date().toISOString().slice(0, 7);
  assert.equal((await skein("ledger", "period", "close", month)).code, 1);
  assert.equal((await json("ledger", "period", "close"))["already"], false);
  assert.equal((await json("ledger", "period", "close"))["already"], true);
  const trial = await json("ledger", "trial-balance", `${month}-01`, `${month}-28`);
  assert.equal(trial["from"], `${month}-01`);
});

test("rewards for staking and presales are off until the operator says otherwise", async () => {
  const half = await skein("ledger", "staking", "--rate", "0.01");
  assert.equal(half.code, 2);
  assert.match(half.err, /belong together/);
  const set = await json("ledger", "staking", "--rate", "0.01", "--budget", "100");
  assert.deepEqual([set["rate"], set["budget"]], ["0.01", "100"]);
  const open = ["ledger", "presale", "--open", "first", "--price", "0.5", "--cap", "1000", "--soft-cap", "10"];
  const closed = await skein(...open, "--per-user", "100", "--days", "30", "--deliver-days", "90");
  assert.equal(closed.code, 1);
  assert.match(closed.err, /switched off/);
});
