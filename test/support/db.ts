/**
 * A database of its own for each test file, cloned from a migrated template (about 0.1 s each).
 *
 * `npm test` starts one cluster per run and passes its address in SKEIN_TEST_DATABASE_URL; set the variable yourself to
 * test against another server (its user must be allowed to create databases). A file that is run alone with
 * `node --test` starts a cluster for itself.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";
import pg from "pg";
import { startEmbedded, type Embedded } from "#platform/db/embedded.ts";
import { migrate } from "#platform/db/migrate.ts";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { silentLog } from "#platform/log/log.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../migrations");

/** A migrated database that lives as long as the test file. */
export interface TestDatabase {
  /** Connection string. */
  url: string;
  name: string;
  /** A pool on this database, made at the first use and closed with the database. */
  pool(): Pool;
  /** Closes the pool and removes the database. Happens by itself when the file's tests are over. */
  drop(): Promise<void>;
}

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

const open = new Set<TestDatabase>();
let ownCluster: Promise<TestCluster> | undefined;
let counter = 0;

after(async () => {
  await Promise.all([...open].map((database) => database.drop()));
  if (ownCluster) await (await ownCluster).stop();
});

async function server(): Promise<string> {
  const given = process.env["SKEIN_TEST_DATABASE_URL"];
  if (given) return given;
  ownCluster ??= startTestCluster();
  return (await ownCluster).url;
}

/** Makes a fresh, migrated, empty database. */
export async function testDatabase(): Promise<TestDatabase> {
  const serverUrl = await server();
  const template = await ensureTemplate(serverUrl);
  const name = `skein_t_${process.pid}_${++counter}_${Math.random().toString(36).slice(2, 8)}`;
  await asAdmin(serverUrl, (client) => createFrom(client, name, template));
  const url = withDatabase(serverUrl, name);
  let pool: Pool | undefined;
  const database: TestDatabase = {
    url,
    name,
    pool: () => (pool ??= createPool(url, silentLog, { max: 4, applicationName: "skein-test" })),
    drop: async () => {
      if (!open.delete(database)) return;
      // A test may have ended the pool itself.
      await pool?.end().catch(() => {});
      await asAdmin(serverUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
  open.add(database);
  return database;
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
    await migrate(withDatabase(serverUrl, building), silentLog);
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
