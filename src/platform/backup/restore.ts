import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom, type CopyStreamQuery } from "pg-copy-streams";
import { migrate, migrationNames, migrationText } from "#platform/db/migrate.ts";
import { createPool } from "#platform/db/pool.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import { AppError } from "#platform/errors.ts";
import { addJobs } from "#platform/events/publish.ts";
import { migrateJobs } from "#platform/jobs/worker.ts";
import type { Log } from "#platform/log/log.ts";
import type { BlobStore } from "#platform/storage/blob.ts";
import { quoted, SESSION } from "./create.ts";
import { SECRET_BYTES, type About, type Manifest } from "./format.ts";
import { readArchive } from "./read.ts";
import {
  addMigration,
  clearJobs,
  clearMigrations,
  clearQueues,
  hasMigrations,
  LEFT_OUT,
  listForeignKeys,
  listIndexes,
  listObjects,
  listTables,
  listTriggers,
  liveProcesses,
} from "./sql.ts";

/** Where a backup is restored to. */
export interface RestoreTarget {
  databaseUrl: string;
  blobs: BlobStore;
  /** Folder for generated secrets; made when there are some. */
  secretsDir: string;
  /** Folder for files on their way; on the disk that has room for them. */
  scratchDir: string;
  /** A table whose rows mean that the instance is in use: it is overwritten only with `force`. */
  occupiedWhen: string;
  /** True when other processes may use this database: none of them may run. The embedded one is kept for us by the lock of its folder. */
  shared: boolean;
  log: Log;
}

export interface RestoreReport {
  /** When the backup was made; ISO 8601, UTC. */
  created_at: string;
  public_url: string;
  tables: number;
  rows: number;
  jobs: number;
  media: { files: number; bytes: number };
  secrets: number;
  /** Migrations this Skein has and the one that made the backup had not. */
  migrated: string[];
}

/** Blobs up to this many bytes are stored from memory, larger ones from a file. */
const IN_MEMORY_BYTES = 4 * 1024 * 1024;
/** Jobs that are added with one statement. */
const JOBS_AT_ONCE = 500;

/**
 * Reads the whole file and tells what it is. Changes nothing.
 * Throws `AppError("unprocessable")` when it is damaged, no backup, or made by a newer Skein.
 */
export async function checkBackup(file: string, signal?: AbortSignal): Promise<{ about: About; manifest: Manifest }> {
  let about: About | undefined;
  const seen = { files: 0, bytes: 0, secrets: 0 };
  for await (const item of readArchive(file, signal)) {
    if (item.kind === "about") {
      about = item.about;
      refuseNewer(about);
    } else if (item.kind === "media") {
      seen.files++;
      seen.bytes += item.size;
    } else if (item.kind === "secret") seen.secrets++;
    else if (item.kind === "manifest") {
      const { media, secrets } = item.manifest;
      if (!about || media.files !== seen.files || media.bytes !== seen.bytes || secrets !== seen.secrets)
        throw new AppError("unprocessable", `${file} is damaged: it has not the files its manifest tells of.`);
      return { about, manifest: item.manifest };
    }
  }
  throw new AppError("unprocessable", `${file} is damaged: its end is missing.`);
}

function refuseNewer(about: About): void {
  const ours = migrationNames();
  const unknown = about.migrations.filter((name) => !ours.includes(name));
  if (unknown.length > 0)
    throw new AppError(
      "unprocessable",
      `This backup was made by a newer Skein (${about.skein}; unknown migrations: ${unknown.join(", ")}). Restore it with that version or a later one.`,
    );
  if (about.migrations.some((name, i) => name !== ours[i]))
    throw new AppError(
      "unprocessable",
      "This backup lacks a migration in between: it was not made by a released Skein.",
    );
}

/**
 * Puts a backup in place of what the database holds, in one transaction: when anything fails, the instance is as before
 * (files that were written already belong to no row then and are swept by the server). Then brings it to the present schema.
 * The file is read twice: everything is checked before anything is touched.
 * Throws `AppError`: `unprocessable` for an unfit file, `conflict` for a target that is in use or not empty.
 */
export async function restoreBackup(
  file: string,
  target: RestoreTarget,
  options: { force?: boolean; signal?: AbortSignal } = {},
): Promise<RestoreReport> {
  const { signal } = options;
  const { about, manifest } = await checkBackup(file, signal);
  const client = new pg.Client({
    connectionString: target.databaseUrl,
    options: SESSION,
    application_name: "skein restore",
  });
  client.on("error", () => {});
  await client.connect();
  try {
    await prepare(client, target, options.force === true);
    const secrets = new Map<string, Buffer>();
    await client.query("set lock_timeout = '30s'");
    await client.query("begin");
    await rebuildSchema(client, about.migrations);
    const finish = await relax(client);
    await load(file, client, target, manifest, secrets, signal);
    for (const { name, value } of manifest.sequences)
      await client.query("select setval($1::regclass, $2::bigint)", [quoted(name), value]);
    await finish();
    await client.query("commit");
    await keepSecrets(target.secretsDir, secrets);
    const migrated = await migrate(target.databaseUrl, target.log);
    await client.query("analyze");
    return {
      created_at: about.created_at,
      public_url: about.public_url,
      tables: manifest.tables.length,
      rows: manifest.tables.reduce((sum, t) => sum + t.rows, 0),
      jobs: manifest.jobs,
      media: manifest.media,
      secrets: secrets.size,
      migrated,
    };
  } finally {
    // Ends an open transaction too: everything is rolled back.
    await client.end().catch(() => {});
  }
}

/** Refuses a target that must not be overwritten; gives an empty one the list of migrations and the job queue. */
async function prepare(client: pg.Client, target: RestoreTarget, force: boolean): Promise<void> {
  const known = (await one(client, hasMigrations))?.found;
  const tables = (await run(client, listTables, [])).map((t) => t.name);
  if (!known && tables.length > 0)
    throw new AppError(
      "conflict",
      "The database holds tables that are not Skein's. Restore into a database of its own.",
    );
  if (known && target.shared && ((await one(client, liveProcesses))?.n ?? 0n) > 0n)
    throw new AppError("conflict", "A Skein process uses this database. Stop it first; after a crash, wait a minute.");
  if (!force && tables.includes(target.occupiedWhen)) {
    const found = await client.query<{ used: boolean }>(
      `select exists (select 1 from ${quoted(target.occupiedWhen)}) as used`,
    );
    if (found.rows[0]?.used)
      throw new AppError(
        "conflict",
        "There is an instance with people in this database already. --force puts the backup in its place; everything that is there now is lost.",
      );
  }
  if (!known) await migrate(target.databaseUrl, target.log);
  const pool = createPool(target.databaseUrl, target.log, { max: 1 });
  try {
    await migrateJobs(pool);
  } finally {
    await pool.end();
  }
}

/** Removes everything and makes the schema the backup was made with: old rows fit into old tables only. */
async function rebuildSchema(client: pg.Client, migrations: readonly string[]): Promise<void> {
  for (const { kind, name } of await run(client, listObjects))
    await client.query(`drop ${kind} if exists ${name} cascade`);
  await exec(client, clearMigrations);
  for (const name of migrations) {
    await client.query(migrationText(name));
    await exec(client, addMigration, name);
  }
  await exec(client, clearJobs);
  await exec(client, clearQueues);
}

/**
 * Takes foreign keys, indexes and triggers away, and the rows that migrations wrote. The returned function puts them back; the keys
 * are checked then, and an index is built at once in a fraction of the time. So tables can be loaded in any order, also when they refer to each other or to themselves, and without the rights of a superuser.
 */
async function relax(client: pg.Client): Promise<() => Promise<void>> {
  const keys = await run(client, listForeignKeys);
  const indexes = await run(client, listIndexes, LEFT_OUT);
  const triggers = await run(client, listTriggers);
  const tables = await run(client, listTables, LEFT_OUT);
  for (const k of keys) await client.query(`alter table ${quoted(k.table)} drop constraint ${quoted(k.name)}`);
  for (const i of indexes) await client.query(`drop index ${quoted(i.name)}`);
  for (const t of triggers) await client.query(`alter table ${quoted(t.table)} disable trigger ${quoted(t.name)}`);
  await client.query(`truncate ${tables.map((t) => quoted(t.name)).join(", ")}`);
  return async () => {
    for (const i of indexes) await client.query(i.definition);
    for (const k of keys)
      await client.query(`alter table ${quoted(k.table)} add constraint ${quoted(k.name)} ${k.definition}`);
    const ways: Record<string, string> = { A: "enable always", R: "enable replica" };
    for (const t of triggers)
      await client.query(`alter table ${quoted(t.table)} ${ways[t.enabled] ?? "enable"} trigger ${quoted(t.name)}`);
  };
}

/** Reads the file a second time: rows into the open transaction, files into the blob store, secrets into the map. */
async function load(
  file: string,
  client: pg.Client,
  target: RestoreTarget,
  manifest: Manifest,
  secrets: Map<string, Buffer>,
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(target.scratchDir, { recursive: true, mode: 0o700 });
  const scratch = await mkdtemp(join(target.scratchDir, "restore-"));
  const rows = new Map<string, number>();
  const columns = new Map(manifest.tables.map((t) => [t.name, t.columns]));
  let open: { table: string; stream: CopyStreamQuery } | undefined;
  const close = async (): Promise<void> => {
    if (!open) return;
    const { table, stream } = open;
    open = undefined;
    const done = Promise.withResolvers<void>();
    stream.once("error", done.reject).once("finish", done.resolve);
    stream.end();
    await done.promise;
    rows.set(table, stream.rowCount);
  };
  const jobs = jobLoader(client);
  try {
    for await (const item of readArchive(file, signal)) {
      if (item.kind !== "table" || item.name !== open?.table) await close();
      if (item.kind === "table") {
        const list = columns.get(item.name);
        if (!list)
          throw new AppError("unprocessable", `${file} is damaged: its manifest lacks the table ${item.name}.`);
        const sql = `copy ${quoted(item.name)} (${list.map(quoted).join(", ")}) from stdin`;
        open ??= { table: item.name, stream: started(client, sql) };
        for await (const chunk of item.body) await push(open.stream, chunk);
      } else if (item.kind === "jobs") for await (const chunk of item.body) await jobs.push(chunk);
      else if (item.kind === "media") await store(target.blobs, item.name, item.size, item.body, scratch);
      else if (item.kind === "secret" && item.size <= SECRET_BYTES)
        secrets.set(item.name, Buffer.concat(await Array.fromAsync(item.body)));
    }
    await jobs.end();
  } finally {
    open?.stream.destroy();
    await rm(scratch, { recursive: true, force: true });
  }
  for (const table of manifest.tables) {
    if ((rows.get(table.name) ?? 0) !== table.rows)
      throw new AppError(
        "unprocessable",
        `${file} is damaged: ${table.name} has ${rows.get(table.name) ?? 0} rows instead of ${table.rows}.`,
      );
  }
  if (jobs.count() !== manifest.jobs)
    throw new AppError("unprocessable", `${file} is damaged: it has ${jobs.count()} jobs instead of ${manifest.jobs}.`);
}

function started(client: pg.Client, sql: string): CopyStreamQuery {
  const stream = client.query(copyFrom(sql));
  // The next write or the end fails with it; without a listener the process would end.
  stream.on("error", () => {});
  return stream;
}

/** Writes into a COPY and waits until the connection takes more. */
async function push(stream: CopyStreamQuery, chunk: Uint8Array): Promise<void> {
  const done = Promise.withResolvers<void>();
  stream.once("error", done.reject);
  try {
    stream.write(chunk, (error) => (error ? done.reject(error) : done.resolve()));
    await done.promise;
  } finally {
    stream.off("error", done.reject);
  }
}

/** Adds jobs from lines that come in pieces, through the queue's own function: it knows its present tables. */
function jobLoader(client: pg.Client): {
  push(chunk: Uint8Array): Promise<void>;
  end(): Promise<void>;
  count(): number;
} {
  const decoder = new TextDecoder();
  let rest = "";
  let waiting: string[] = [];
  let added = 0;
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await run(client, addJobs, `[${waiting.join()}]`);
    added += waiting.length;
    waiting = [];
  };
  return {
    async push(chunk) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        waiting.push(line);
        if (waiting.length >= JOBS_AT_ONCE) await flush();
      }
    },
    end: flush,
    count: () => added,
  };
}

async function store(
  blobs: BlobStore,
  key: string,
  size: number,
  body: AsyncIterable<Uint8Array>,
  scratch: string,
): Promise<void> {
  if (size <= IN_MEMORY_BYTES) return blobs.put(key, Buffer.concat(await Array.fromAsync(body)));
  const file = join(scratch, "blob");
  await pipeline(body, createWriteStream(file, { mode: 0o600 }));
  await blobs.put(key, { file });
  await rm(file);
}

async function keepSecrets(dir: string, secrets: ReadonlyMap<string, Buffer>): Promise<void> {
  if (secrets.size === 0) return;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  for (const [name, bytes] of secrets) await writeFile(join(dir, name), bytes, { mode: 0o600 });
}
