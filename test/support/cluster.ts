/**
 * PostgreSQL for tests: a throw-away cluster, a migrated template in it, and clones of that. See `db.ts` for what test
 * files use; this part has no test hooks, so that tools can use it too.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import pg from "pg";
import { startEmbedded, type Embedded } from "#platform/db/embedded.ts";
import { migrate } from "#platform/db/migrate.ts";
import { createPool } from "#platform/db/pool.ts";
import { migrateJobs } from "#platform/jobs/worker.ts";
import { silentLog } from "#platform/log/log.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../migrations");

/** A PostgreSQL cluster for tests: never durable. */
export interface TestCluster {
  /** Connection string of its maintenance database. */
  url: string;
  /** Stops it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a throw-away cluster without fsync. */
export async function startTestCluster(): Promise<TestCluster> {
  const dataDir = mkdtempSync(join(tmpdir(), "skein-test-"));
  let cluster: Embedded;
  try {
    cluster = await startEmbedded({ dataDir, log: silentLog, fsync: false, settings: { max_connections: "200" } });
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
  return {
    url: cluster.url,
    stop: async () => {
      await cluster.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

let counter = 0;

/**
 * Makes a migrated, empty database as a clone of the template.
 *
 * @returns its name and connection string; the caller drops it with `dropDatabase`.
 */
export async function cloneTemplate(serverUrl: string): Promise<{ name: string; url: string }> {
  const template = await ensureTemplate(serverUrl);
  const name = `skein_t_${process.pid}_${++counter}_${Math.random().toString(36).slice(2, 8)}`;
  await asAdmin(serverUrl, (client) => createFrom(client, name, template));
  return { name, url: withDatabase(serverUrl, name) };
}

/** Removes a database, also while somebody is connected. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await asAdmin(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
}

/**
 * Name of the migrated template database; made when the server has none for the present migrations.
 *
 * Several test processes may ask at once: an advisory lock lets one of them migrate.
 */
export async function ensureTemplate(serverUrl: string): Promise<string> {
  const template = `skein_tpl_${migrationsHash()}`;
  return asAdmin(serverUrl, async (client) => {
    const ready = async (): Promise<boolean> => {
      const found = await client.query("select 1 from pg_database where datname = $1", [template]);
      return found.rowCount === 1;
    };
    if (await ready()) return template;
    await client.query("select pg_advisory_lock(hashtext('skein test template'))");
    if (await ready()) return template;
    const building = `${template}_building`;
    await client.query(`drop database if exists ${building} with (force)`);
    await client.query(`create database ${building}`);
    const url = withDatabase(serverUrl, building);
    await migrate(url, silentLog);
    const pool = createPool(url, silentLog, { max: 1 });
    await migrateJobs(pool);
    // Nobody may be connected to a template that is cloned.
    await pool.end();
    await client.query(`alter database ${building} rename to ${template}`);
    return template;
  });
}

/** The connection string of another database of the same server. */
export function withDatabase(serverUrl: string, name: string): string {
  return serverUrl.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}

function migrationsHash(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(MIGRATIONS).sort()) hash.update(file).update(readFileSync(join(MIGRATIONS, file)));
  return hash.digest("hex").slice(0, 12);
}

async function createFrom(client: pg.Client, name: string, template: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`create database ${name} template ${template}`);
      return;
    } catch (error) {
      // 55006: somebody is connected to the template, such as autovacuum for a moment.
      if (!(error instanceof pg.DatabaseError) || error.code !== "55006" || attempt === 20) throw error;
      await client.query("select pg_sleep(0.1)");
    }
  }
}

async function asAdmin<T>(serverUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
