import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import type { Log } from "#platform/log/log.ts";

const DIR = join(import.meta.dirname, "../../../migrations");
const TABLE = "schema_migrations";

/** File names of all migrations, in order, without the ending. */
export function migrationNames(): string[] {
  return readdirSync(DIR)
    .filter((f) => /^\d{4}_.+\.sql$/.test(f))
    .map((f) => f.slice(0, -4))
    .sort();
}

/** The SQL of a migration. */
export function migrationText(name: string): string {
  return readFileSync(join(DIR, `${name}.sql`), "utf8");
}

/** Which migrations the database has, and which it lacks. */
export async function migrationStatus(url: string): Promise<{ applied: string[]; pending: string[] }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const applied = await appliedNames(client);
    return { applied, pending: migrationNames().filter((n) => !applied.includes(n)) };
  } finally {
    await client.end();
  }
}

/**
 * Brings the database to the newest schema: plain SQL files, forward-only, one transaction per file, under an advisory lock so that two starting processes do not race.
 * Loads the migration library only when something is pending: a normal start needs none of it.
 */
export async function migrate(url: string, log: Log): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const applied = await appliedNames(client);
    const unknown = applied.filter((n) => !migrationNames().includes(n));
    if (unknown.length > 0) {
      throw new Error(
        `The database was made by a newer Skein (unknown migrations: ${unknown.join(", ")}). Start that version, or restore a backup.`,
      );
    }
    if (applied.length === migrationNames().length) return [];
    await client.query("set lock_timeout = '30s'");
    const { runner } = await import("node-pg-migrate");
    const done = await runner({
      dbClient: client,
      dir: DIR,
      migrationsTable: TABLE,
      direction: "up",
      checkOrder: true,
      singleTransaction: false,
      advisoryLockMode: "wait",
      ignorePattern: "(?!\\d{4}_.*\\.sql$).*",
      logger: {
        debug: () => {},
        info: () => {},
        warn: (m: string) => log.warn(m),
        error: (m: string) => log.error(m),
      },
    });
    const names = done.map((m) => m.name);
    log.info({ migrations: names }, "database migrated");
    return names;
  } finally {
    await client.end();
  }
}

async function appliedNames(client: pg.Client): Promise<string[]> {
  const found = await client.query<{ t: string | null }>(`select to_regclass('${TABLE}')::text as t`);
  if (!found.rows[0]?.t) return [];
  const rows = await client.query<{ name: string }>(`select name from ${TABLE} order by id`);
  return rows.rows.map((r) => r.name);
}
