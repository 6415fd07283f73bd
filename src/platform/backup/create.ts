import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { AppError } from "#platform/errors.ts";
import { one, run } from "#platform/db/sql.ts";
import type { BlobStore } from "#platform/storage/blob.ts";
import { FORMAT, isSecretName, SECRET_BYTES, type About, type Manifest } from "./format.ts";
import { hasJobs, hasMigrations, JOBS_QUERY, LEFT_OUT, listMigrations, listSequences, listTables } from "./sql.ts";
import { writeArchive, type ArchiveWriter } from "./write.ts";

/** The instance that is backed up. */
export interface BackupSource {
  databaseUrl: string;
  blobs: BlobStore;
  /** Files that can be had again elsewhere, and are left out. */
  skip?: ((key: string) => boolean) | undefined;
  /** Folder of generated secrets; it need not exist. */
  secretsDir: string;
  /** Version of this Skein. */
  version: string;
  publicUrl: string;
  now: Date;
}

export interface BackupReport {
  /** Absolute path. */
  file: string;
  /** Bytes of the file. */
  bytes: number;
  /** ISO 8601, UTC. */
  created_at: string;
  tables: number;
  rows: number;
  jobs: number;
  media: { files: number; bytes: number };
  secrets: number;
}

/**
 * Settings that make COPY's text independent of the server's, the database's and the role's own.
 * A backup of a large instance takes longer than any limit that was set for requests.
 */
export const SESSION = [
  ...["-c client_encoding=UTF8", "-c DateStyle=ISO,YMD", "-c IntervalStyle=iso_8601", "-c extra_float_digits=3"],
  ...["-c bytea_output=hex", "-c timezone=UTC", "-c search_path=public", "-c row_security=off"],
  ...["-c statement_timeout=0", "-c idle_in_transaction_session_timeout=0"],
].join(" ");

/**
 * Writes a backup: the database as it is at one moment, and the files. Works beside a running server, which goes on writing.
 * The file appears when it is complete, and replaces another one only when `replace` is set.
 * Throws `AppError` with a sentence for the operator: `conflict` when the file exists, `not_found` when there is no Skein in the database.
 */
export async function createBackup(
  file: string,
  source: BackupSource,
  options: { replace?: boolean; signal?: AbortSignal } = {},
): Promise<BackupReport> {
  const { signal } = options;
  const path = resolve(file);
  const there = await stat(path).catch(() => undefined);
  if (there && !(options.replace && there.isFile()))
    throw new AppError("conflict", `${file} exists. Choose another name, or replace it with --force.`);
  const client = new pg.Client({
    connectionString: source.databaseUrl,
    options: SESSION,
    application_name: "skein backup",
  });
  client.on("error", () => {});
  await client.connect();
  let archive: ArchiveWriter | undefined;
  try {
    await client.query("begin isolation level repeatable read read only");
    if (!(await one(client, hasMigrations))?.found)
      throw new AppError("not_found", "There is no Skein in this database: nothing to back up.");
    const about: About = {
      format: FORMAT,
      skein: source.version,
      created_at: source.now.toISOString(),
      public_url: source.publicUrl,
      migrations: (await run(client, listMigrations)).map((m) => m.name),
    };
    const tables = await run(client, listTables, LEFT_OUT);
    // A migration beside us waits until we are through, instead of changing a table between the catalogue and its copy.
    await client.query(`lock table ${tables.map((t) => quoted(t.name)).join(", ")} in access share mode`);

    archive = await writeArchive(path, about, signal);
    // Files first: what is deleted while we copy is missed less often the closer we are to the snapshot.
    const media = await addMedia(archive, source.blobs, source.skip);
    const secrets = await addSecrets(archive, source.secretsDir);
    const copied: Manifest["tables"] = [];
    for (const { name, columns } of tables) {
      const query = `select ${columns.map(quoted).join(", ")} from ${quoted(name)}`;
      copied.push({ name, columns, rows: await copy(client, archive, `tables/${name}`, `copy (${query}) to stdout`) });
    }
    let jobs = 0;
    if ((await one(client, hasJobs))?.found) {
      // As CSV without its quotes (JSON has no control characters), so that the lines are plain JSON.
      const csv = `copy (${JOBS_QUERY}) to stdout (format csv, delimiter e'\\x01', quote e'\\x02')`;
      jobs = await copy(client, archive, "jobs", csv);
    }
    const sequences = (await run(client, listSequences, LEFT_OUT)).map((s) => ({
      name: s.name,
      value: String(s.value ?? 1),
    }));
    await client.query("commit");
    const bytes = await archive.finish({ tables: copied, sequences, jobs, media, secrets });
    const rows = copied.reduce((sum, t) => sum + t.rows, 0);
    return { file: path, bytes, created_at: about.created_at, tables: copied.length, rows, jobs, media, secrets };
  } catch (error) {
    throw signal?.aborted ? error : fileProblem(path, error);
  } finally {
    await archive?.discard();
    await client.end().catch(() => {});
  }
}

/** Copies the rows of a COPY statement into a folder of the archive; returns how many there were. */
async function copy(client: pg.Client, archive: ArchiveWriter, folder: string, sql: string): Promise<number> {
  const rows = client.query(copyTo(sql, { highWaterMark: 256 * 1024 }));
  await archive.pieces(folder, rows);
  // The stream may end before the server has told the number of rows: it has when it answers the next question.
  await client.query("select");
  return rows.rowCount;
}

async function addMedia(
  archive: ArchiveWriter,
  blobs: BlobStore,
  skip: (key: string) => boolean = () => false,
): Promise<Manifest["media"]> {
  let files = 0;
  let bytes = 0;
  for await (const { key } of blobs.list()) {
    if (skip(key)) continue;
    // Undefined when it was deleted since; whoever deleted it deletes its row too.
    const blob = await blobs.get(key);
    if (!blob) continue;
    await archive.entry(`media/${key}`, blob.size, blob.body);
    files++;
    bytes += blob.size;
  }
  return { files, bytes };
}

async function addSecrets(archive: ArchiveWriter, dir: string): Promise<number> {
  const names = await readdir(dir).catch(() => []);
  let secrets = 0;
  for (const name of names.filter(isSecretName).sort()) {
    const path = join(dir, name);
    const info = await stat(path);
    if (!info.isFile()) continue;
    if (info.size > SECRET_BYTES) throw new AppError("too_large", `${path} is no secret: it is larger than 64 KiB.`);
    const bytes = await readFile(path);
    await archive.entry(`secrets/${name}`, bytes.length, bytes);
    secrets++;
  }
  return secrets;
}

/** An identifier of the catalogue, for SQL. */
export function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}

function fileProblem(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const reasons: Record<string, string> = {
    ENOENT: `there is no folder ${dirname(path)}`,
    ENOTDIR: `${dirname(path)} is no folder`,
    EACCES: "the folder may not be written to",
    EPERM: "the folder may not be written to",
    EROFS: "the disk is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
  };
  const reason = typeof code === "string" ? reasons[code] : undefined;
  if (reason === undefined) return error;
  return new AppError("unavailable", `${basename(path)} could not be written: ${reason}.`, { cause: error });
}
