import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { testDatabase } from "#test/support/db.ts";
import { setUpOwner, signIn } from "#test/support/people.ts";
import { removeDataDir, startSkein, type TestServer } from "#test/support/server.ts";

const dir = mkdtempSync(join(tmpdir(), "skein-backup-command-"));
after(() => rmSync(dir, { recursive: true, force: true }));

interface Called {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Calls the operator's command line on a data directory, with the kind of database the server under test has. */
async function skein(place: { dataDir: string; databaseUrl: string | undefined }, ...args: string[]): Promise<Called> {
  const { PATH = "", HOME = "" } = process.env;
  const database = place.databaseUrl === undefined ? {} : { DATABASE_URL: place.databaseUrl };
  const child = spawn(process.execPath, ["src/cli/main.ts", ...args], {
    cwd: resolve(import.meta.dirname, "../.."),
    env: { PATH, HOME, SKEIN_ENV: "test", DATA_DIR: place.dataDir, ...database },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const called: Called = { code: null, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (called.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (called.stderr += text));
  await once(child, "close");
  return { ...called, code: child.exitCode };
}

test("an operator backs a running server up, and brings it to life elsewhere", async () => {
  const server = await startSkein();
  const owner = await setUpOwner(server);
  await owner.ok("POST", "/api/v1/statuses", { status: "worth keeping" });
  const file = join(dir, "night.tar.zst");

  const made = await skein(server, "backup", "create", file, "--json");
  assert.equal(made.code, 0, made.stderr);
  const report: { file: string; rows: number } = JSON.parse(made.stdout);
  assert.equal(report.file, file);
  assert.equal((await server.fetch("/readyz")).status, 200, "the server's database was left alone");

  const running = await skein(server, "backup", "restore", file, "--force");
  assert.equal(running.code, 1);
  assert.match(running.stderr, /^[^\n]*\n?Skein already runs on [^\n]*\n$/);
  assert.equal(await server.stop(), 0, server.output());

  const still = await skein(server, "backup", "create", join(dir, "without.tar.zst"), "--json");
  assert.equal(still.code, 0, `without a server: ${still.stderr}`);

  const embedded = server.databaseUrl === undefined;
  const dataDir = join(dir, "elsewhere");
  const place = { dataDir, databaseUrl: embedded ? undefined : (await testDatabase()).url };
  const restored = await skein(place, "backup", "restore", file, "--json");
  assert.equal(restored.code, 0, restored.stderr);
  assert.equal(JSON.parse(restored.stdout).rows, report.rows);
  const full = await skein(place, "backup", "restore", file);
  assert.equal(full.code, 1);
  assert.match(full.stderr, /--force puts the backup in its place/);

  let revived: TestServer | undefined;
  try {
    revived = await startSkein({ dataDir, database: place.databaseUrl ?? "embedded", port: server.port });
    assert.equal(revived.setupToken(), undefined, "there is an owner");
    const again = await signIn(revived, "owner");
    const posts = await again.ok<{ content: string }[]>("GET", `/api/v1/accounts/${again.id}/statuses`);
    assert.deepEqual(
      posts.map((p) => p.content),
      ["<p>worth keeping</p>"],
    );
    assert.equal(await revived.stop(), 0, revived.output());
  } finally {
    await removeDataDir(dataDir);
  }
});

test("wrong use and unfit files end with one sentence and leave nothing behind", async () => {
  const dataDir = join(dir, "empty");
  const place = { dataDir, databaseUrl: undefined };
  const none = await skein(place, "backup", "create", join(dir, "none.tar.zst"));
  assert.equal(none.code, 1);
  assert.match(none.stderr, /^There is no Skein in .*: nothing to back up\.\n$/);
  const use = await skein(place, "backup", "restore");
  assert.equal(use.code, 2);
  assert.match(use.stderr, /Usage: skein backup restore <file>/);
  const file = join(dir, "letter.tar.zst");
  await writeFile(file, "Dear aunt");
  for (const command of ["restore", "verify"]) {
    const bad = await skein(place, "backup", command, file, "--json");
    assert.equal(bad.code, 1);
    assert.equal(bad.stdout, "");
    assert.match(bad.stderr, /^[^\n]*letter\.tar\.zst is damaged or is no backup of Skein: [^\n]*\n$/);
  }
  assert.ok(!(await readdir(dir)).includes("empty"), "no data directory was made");
});
