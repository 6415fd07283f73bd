import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import sharp from "sharp";
import { createBackup, SESSION, type BackupSource } from "#platform/backup/create.ts";
import { FORMAT } from "#platform/backup/format.ts";
import { checkBackup, restoreBackup, type RestoreTarget } from "#platform/backup/restore.ts";
import { JOBS_QUERY, LEFT_OUT } from "#platform/backup/sql.ts";
import { writeArchive } from "#platform/backup/write.ts";
import { migrationNames, migrationText } from "#platform/db/migrate.ts";
import { AppError } from "#platform/errors.ts";
import { silentLog } from "#platform/log/log.ts";
import type { BlobStore } from "#platform/storage/blob.ts";
import { createFsBlobs } from "#platform/storage/fs.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { testDatabase } from "#test/support/db.ts";
import { signUp, type Person } from "#test/support/people.ts";

const dir = mkdtempSync(join(tmpdir(), "skein-backup-"));
after(() => rmSync(dir, { recursive: true, force: true }));

let app: TestApp;
let anna: Person;
let ben: Person;
let source: BackupSource;

before(async () => {
  app = await testApp();
  anna = await signUp(app, "anna");
  ben = await signUp(app, "ben");
  await ben.ok("POST", `/api/v1/accounts/${anna.id}/follow`);
  await postPhoto();
  await anna.ok("POST", "/api/v1/statuses", {
    status: "Tabs\tand\nlines, \\. and \\N, “quotes” and 👩‍👩‍👧",
    poll: { options: ["left", "right"], expires_in: 86_400 },
  });
  await app.app.jobs.drain();
  const secrets = join(app.dataDir, "secrets");
  await mkdir(secrets);
  await writeFile(join(secrets, "signing.key"), Buffer.from([0, 1, 2, 255]));
  source = {
    databaseUrl: app.databaseUrl,
    blobs: blobsOf(app.dataDir),
    secretsDir: secrets,
    version: "0.1.0",
    publicUrl: app.url,
    now: new Date("2026-02-03T04:05:06.789Z"),
  };
});

async function postPhoto(): Promise<void> {
  const form = new FormData();
  const png = await sharp({ create: { width: 60, height: 40, channels: 3, background: "#a03060" } })
    .png()
    .toBuffer();
  form.set("file", new File([new Uint8Array(png)], "a.png", { type: "image/png" }));
  const headers = { cookie: anna.cookie, origin: app.url };
  const uploaded = await app.fetch("/api/v2/media", { method: "POST", headers, body: form });
  assert.equal(uploaded.status, 200);
  const { id }: { id: string } = await uploaded.json();
  await anna.ok("POST", "/api/v1/statuses", { status: "a photo", media_ids: [id] });
}

function blobsOf(dataDir: string): BlobStore {
  return createFsBlobs(join(dataDir, "media"));
}

/** An empty place to restore to. */
async function place(name: string): Promise<RestoreTarget & { blobs: BlobStore }> {
  const { url } = await testDatabase();
  const home = join(dir, name);
  return {
    databaseUrl: url,
    blobs: blobsOf(home),
    secretsDir: join(home, "secrets"),
    scratchDir: home,
    occupiedWhen: "users",
    shared: true,
    log: silentLog,
  };
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url, options: SESSION });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Every row of every table, every waiting job, every key, as text. */
async function contents(url: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const lines = async (name: string, sql: string): Promise<void> => {
    found[name] = (await query<{ line: string }>(url, `select line::text from (${sql}) t (line) order by 1`)).map(
      (r) => r.line,
    );
  };
  const tables = await query<{ name: string }>(
    url,
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
  );
  for (const { name } of tables) if (!LEFT_OUT.includes(name)) await lines(name, `select t from "${name}" t`);
  await lines("migrations", "select name from schema_migrations");
  await lines("jobs", JOBS_QUERY);
  await lines(
    "constraints",
    `select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated from pg_constraint where connamespace = 'public'::regnamespace`,
  );
  await lines(
    "indexes",
    "select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'schema_migrations'",
  );
  await lines(
    "functions",
    "select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f'",
  );
  await lines(
    "triggers",
    "select tgrelid::regclass || ' ' || tgname || tgenabled::text from pg_trigger where not tgisinternal",
  );
  return found;
}

async function media(blobs: BlobStore): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { key } of blobs.list()) {
    const blob = await blobs.get(key);
    if (blob) found.set(key, Buffer.from(await new Response(blob.body).arrayBuffer()).toString("base64"));
  }
  return found;
}

async function refuses(work: Promise<unknown>, why: RegExp): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof AppError, String(error));
    assert.match(error.message, why);
    return true;
  });
}

test("a restored instance has every row, key, function, waiting job, file and secret", async () => {
  const file = join(dir, "exact.tar.zst");
  const report = await createBackup(file, source);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal(report.jobs, 1, "the poll is waiting to be closed");
  assert.equal(report.secrets, 1);

  const target = await place("exact");
  const restored = await restoreBackup(file, target);
  assert.equal(restored.rows, report.rows);
  assert.equal(restored.created_at, "2026-02-03T04:05:06.789Z");
  assert.deepEqual(restored.migrated, []);
  const [before_, after_] = [await contents(source.databaseUrl), await contents(target.databaseUrl)];
  assert.ok((before_["posts"]?.length ?? 0) >= 2);
  assert.deepEqual(after_, before_);
  const files = await media(source.blobs);
  assert.ok(files.size >= 2, "a photo has two sizes");
  assert.deepEqual(await media(target.blobs), files);
  const secret = join(target.secretsDir, "signing.key");
  assert.deepEqual(await readFile(secret), Buffer.from([0, 1, 2, 255]));
  assert.equal((await stat(secret)).mode & 0o777, 0o600);
});

test("a backup made while people post is of one moment", async () => {
  let posting = true;
  const writers = [anna, ben].map(async (person, n) => {
    for (let i = 0; posting; i++) await person.ok("POST", "/api/v1/statuses", { status: `${n} says ${i} #busy` });
  });
  const target = await place("busy");
  const file = join(dir, "busy.tar.zst");
  for (let i = 0; i < 3; i++) await createBackup(file, source, { replace: true });
  posting = false;
  await Promise.all(writers);
  await restoreBackup(file, target);

  // What one transaction writes is there together or not at all.
  const [found] = await query<{
    posts: bigint;
    counted: bigint;
    busy: bigint;
    tagged: bigint;
    pending: bigint;
    jobs: bigint;
  }>(
    target.databaseUrl,
    `select (select count(*) from posts) as posts, (select sum(statuses) from account_stats)::bigint as counted,
       (select count(*) from posts where text like '%#busy') as busy, (select count(*) from post_tags) as tagged,
       (select count(*) from pending_fanouts) as pending,
       (select count(*) from graphile_worker.jobs where task_identifier = 'timelines.fanout') as jobs`,
  );
  assert.ok(found && found.busy > 0n);
  assert.equal(found.counted, found.posts, "each author's counter counts the author's posts");
  assert.equal(found.tagged, found.busy);
  assert.equal(found.pending, found.busy, "nobody has spread them yet");
  assert.equal(found.jobs, found.pending, "the jobs are of the same moment as the tables");
  await app.app.jobs.drain();
});

test("restored jobs wait for their time, locked by nobody", async () => {
  const file = join(dir, "jobs.tar.zst");
  await createBackup(file, source);
  const target = await place("jobs");
  await restoreBackup(file, target);
  const waiting = await query<{ task: string }>(
    target.databaseUrl,
    "select task_identifier as task from graphile_worker.jobs where run_at > now() and locked_at is null",
  );
  assert.deepEqual(waiting, [{ task: "posts.closePoll" }]);
});

test("a damaged file is refused before anything is touched", async () => {
  const file = join(dir, "damaged.tar.zst");
  await createBackup(file, source);
  const bytes = await readFile(file);
  const target = await place("damaged");
  const untouched = await contents(target.databaseUrl);
  for (const bad of [
    bytes.subarray(0, bytes.length - 20),
    flipped(bytes, 0.5),
    flipped(bytes, 0.9),
    Buffer.from("x"),
  ]) {
    await writeFile(file, bad);
    await refuses(restoreBackup(file, target, { force: true }), /is damaged or is no backup/);
  }
  assert.deepEqual(await contents(target.databaseUrl), untouched);
  assert.equal((await media(target.blobs)).size, 0);
});

function flipped(bytes: Buffer, where: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(copy.length * where);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

test("an instance with people is overwritten with force only, and completely", async () => {
  const file = join(dir, "force.tar.zst");
  await createBackup(file, source);
  const other = await testApp();
  await signUp(other, "carla");
  await other.close();
  // Its process slot was given back at the close.
  const target = { ...(await place("force")), databaseUrl: other.databaseUrl };
  const carla = await contents(target.databaseUrl);
  await refuses(restoreBackup(file, target), /people in this database already\. --force/);
  assert.deepEqual(await contents(target.databaseUrl), carla);
  await restoreBackup(file, target, { force: true });
  assert.deepEqual(await contents(target.databaseUrl), await contents(source.databaseUrl));
});

test("a restore that fails on the way leaves the instance that was there", async () => {
  const file = join(dir, "fails.tar.zst");
  const archive = await writeArchive(file, {
    format: FORMAT,
    skein: "0.1.0",
    created_at: "2026-02-03T04:05:06.789Z",
    public_url: app.url,
    migrations: migrationNames(),
  });
  // An account's counters without the account: well-formed, and against a foreign key.
  await archive.entry("tables/account_stats/000001", 6, Buffer.from("1\t2\t3\n"));
  const columns = ["account_id", "followers", "following"];
  const counts = { tables: [{ name: "account_stats", columns, rows: 1 }], sequences: [], jobs: 0, secrets: 0 };
  await archive.finish({ ...counts, media: { files: 0, bytes: 0 } });
  const other = await testApp();
  await signUp(other, "dora");
  await other.close();
  const target = { ...(await place("fails")), databaseUrl: other.databaseUrl };
  const dora = await contents(target.databaseUrl);
  await assert.rejects(restoreBackup(file, target, { force: true }), /foreign key/);
  assert.deepEqual(await contents(target.databaseUrl), dora);
});

test("a backup of a newer schema is refused with a sentence", async () => {
  const file = join(dir, "newer.tar.zst");
  const archive = await writeArchive(file, {
    format: FORMAT,
    skein: "9.0.0",
    created_at: "2026-02-03T04:05:06.789Z",
    public_url: app.url,
    migrations: [...migrationNames(), "9999_future"],
  });
  await archive.finish({ tables: [], sequences: [], jobs: 0, media: { files: 0, bytes: 0 }, secrets: 0 });
  await refuses(checkBackup(file), /made by a newer Skein \(9\.0\.0; unknown migrations: 9999_future\)/);
});

test("a backup of an older schema is restored into that schema and then migrated", async () => {
  const { url } = await testDatabase();
  const old = migrationNames().slice(0, 4);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("drop schema public cascade; create schema public; drop schema graphile_worker cascade");
  await client.query(
    "create table schema_migrations (id serial primary key, name text not null, run_on timestamp not null)",
  );
  for (const name of old) {
    await client.query(migrationText(name));
    await client.query("insert into schema_migrations (name, run_on) values ($1, now())", [name]);
  }
  await client.query("insert into accounts (id, username) values (5, 'old')");
  await client.end();
  const file = join(dir, "old.tar.zst");
  const report = await createBackup(file, { ...source, databaseUrl: url });
  assert.equal(report.jobs, 0);
  const target = await place("old");
  const restored = await restoreBackup(file, target);
  assert.deepEqual(restored.migrated, migrationNames().slice(4));
  assert.deepEqual(await query(target.databaseUrl, "select id, username from accounts"), [{ id: 5n, username: "old" }]);
  const { migrations } = await contents(target.databaseUrl);
  assert.deepEqual(migrations, migrationNames());
});

test("what is no Skein is neither backed up nor overwritten", async () => {
  const { url } = await testDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("drop schema public cascade; create schema public; create table guests (name text)");
  await refuses(createBackup(join(dir, "no.tar.zst"), { ...source, databaseUrl: url }), /no Skein in this database/);
  const file = join(dir, "strange.tar.zst");
  await createBackup(file, source);
  const target = { ...(await place("strange")), databaseUrl: url };
  await refuses(restoreBackup(file, target, { force: true }), /tables that are not Skein's/);
  await client.end();
});

test("while a Skein process uses the database, nothing is restored", async () => {
  const file = join(dir, "live.tar.zst");
  await createBackup(file, source);
  const target = { ...(await place("live")), databaseUrl: source.databaseUrl };
  await refuses(restoreBackup(file, target, { force: true }), /A Skein process uses this database/);
});

test("a backup does not replace a file, nor leave a part of one where it cannot write", async () => {
  const file = join(dir, "kept.tar.zst");
  await writeFile(file, "precious");
  await refuses(createBackup(file, source), /exists/);
  assert.equal(await readFile(file, "utf8"), "precious");
  await refuses(createBackup(join(dir, "nowhere", "x.tar.zst"), source), /there is no folder/);
});
