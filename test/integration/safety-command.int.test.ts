import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import sharp from "sharp";
import { generated } from "#platform/pdq/generated.fixture.ts";
import { DIHEDRAL, pdq, pdqDistance, pdqFromText, pdqText } from "#platform/pdq/hash.ts";
import { TEST_PATTERN_PDQ } from "#modules/safety/index.ts";
import { testDatabase, type TestDatabase } from "#test/support/db.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const dataDir = mkdtempSync(join(tmpdir(), "skein-cli-"));
const file = (name: string): string => join(dataDir, name);
after(() => rmSync(dataDir, { recursive: true, force: true }));
let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});

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
async function json<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  const { code, out, err } = await skein(...args, "--json");
  assert.equal(code, 0, err);
  return JSON.parse(out) as T;
}
interface Hashed {
  hash: string;
  quality: number;
  dihedral: Record<string, string>;
}

test("pdq tells the hashes of raw pixels and of picture files", async () => {
  const { data, width, height } = generated(3, 320, 200);
  writeFileSync(file("raw.rgb"), data);
  const raw = await json<Hashed>("safety", "pdq", file("raw.rgb"), "--raw", "320x200");
  const expected = pdq({ data, width, height, channels: 3 });
  assert.deepEqual([raw.hash, raw.quality], [pdqText(expected.hash), expected.quality]);
  assert.deepEqual(Object.keys(raw.dihedral), [...DIHEDRAL]);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toFile(file("photo.jpg"));
  const decoded = await json<Hashed>("safety", "pdq", file("photo.jpg"));
  assert.ok(pdqDistance(expected.hash, pdqFromText(decoded.hash) ?? new Uint8Array()) <= 10);
  assert.equal((await skein("safety", "pdq", file("raw.rgb"), "--raw", "ten")).code, 2);
});

test("the test pattern is written as a picture with its hash", async () => {
  await json("safety", "test-pattern", file("pattern.png"));
  assert.equal((await json<Hashed>("safety", "pdq", file("pattern.png"))).hash, TEST_PATTERN_PDQ);
});

test("banks are made, filled and listed", async () => {
  const made = await json("safety", "bank", "create", "mine", "--kind", "own");
  assert.deepEqual([made["name"], made["kind"]], ["mine", "own"]);
  assert.match((await skein("safety", "bank", "create", "mine", "--kind", "own")).err, /is a bank "mine" already/);
  assert.equal((await skein("safety", "bank", "create", "other", "--kind", "nice")).code, 2);
  writeFileSync(file("list.csv"), `id,algorithm,hash\n1,pdq,${TEST_PATTERN_PDQ}\n2,md5,nonsense\n`);
  const args = ["safety", "bank", "import", "mine", file("list.csv"), "--format", "csv"];
  const first = await json(...args);
  assert.deepEqual([first["added"], first["skipped"]], [1, { "not a md5 hash": 1 }]);
  assert.deepEqual((await json(...args))["unchanged"], 1);
  assert.match(
    (await skein("safety", "bank", "add", "mine", file("pattern.png"))).out,
    /The picture itself was not kept/,
  );
  const { banks } = await json<{ banks: { name: string; active: number }[] }>("safety", "bank", "list");
  assert.equal(banks[0]?.name, "mine");
  assert.ok((banks[0]?.active ?? 0) > 80);
});

test("an evidence key is made once; its private half is for its owner's eyes only", async () => {
  await json("safety", "evidence", "key", file("private.pem"));
  assert.equal(statSync(file("private.pem")).mode & 0o777, 0o600);
  assert.match((await skein("safety", "evidence", "key", file("second.pem"))).err, /is there already/);
  writeFileSync(file("sealed"), "nonsense");
  const open = ["safety", "evidence", "open", file("sealed"), file("out"), "--case", "1", "--key", file("private.pem")];
  assert.match((await skein(...open)).err, /cannot be opened/);
});
