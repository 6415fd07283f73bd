/** What a database holds, to compare before and after: for tests that say that nothing happened. */
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

// Columns that change whenever something is looked at again: when it was fetched, and revisions for caches.
const SHOWN = "(to_jsonb(t) - 'fetched_at' - 'rev')::text";

/** Tables that say nothing about what happened: leases, heartbeats, and what was seen. */
const VOLATILE = new Set([
  "inbox_lanes",
  "inbox_seen",
  "inbox_queue",
  "process_slots",
  "worker_pools",
  "processed_events",
  "rate_limits",
]);

export interface Rows {
  /** The first row of a query. */
  one<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T | undefined>;
  all<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>;
  /** Every table's rows as one digest, by table; `except` leaves tables out. */
  snapshot(except?: readonly string[]): Promise<Record<string, string>>;
  /** Resolves when nothing waits in the inbox and no job is due. Fails after half a minute. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** Looks into a database with one connection of its own. */
export async function rowsOf(databaseUrl: string): Promise<Rows> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // At the end of a file the database may go first.
  client.on("error", () => {});
  await client.connect();
  const all = async <T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> =>
    (await client.query<T>(text, values)).rows;
  const rows: Rows = {
    all,
    one: async <T extends pg.QueryResultRow>(text: string, values?: unknown[]) => (await all<T>(text, values))[0],
    async snapshot(except = []) {
      const tables = await all<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'public' order by tablename",
      );
      const found: Record<string, string> = {};
      for (const { name } of tables) {
        if (VOLATILE.has(name) || except.includes(name)) continue;
        const [row] = await all<{ n: string; digest: string }>(
          `select count(*)::text as n, coalesce(md5(string_agg(${SHOWN}, '|' order by ${SHOWN})), '') as digest from "${name}" t`,
        );
        found[name] = `${row?.n} rows, ${row?.digest}`;
      }
      return found;
    },
    async quiet() {
      const deadline = Date.now() + 30_000;
      for (let calm = 0; calm < 3;) {
        const [row] = await all<{ waiting: string; jobs: string }>(
          `select (select count(*) from inbox_queue)::text as waiting,
             (select count(*) from graphile_worker._private_jobs where run_at <= now() and attempts < max_attempts)::text as jobs`,
        );
        calm = row?.waiting === "0" && row.jobs === "0" ? calm + 1 : 0;
        if (Date.now() > deadline) throw new Error(`Not quiet: ${row?.waiting} activities, ${row?.jobs} jobs`);
        await delay(30);
      }
    },
    close: () => client.end(),
  };
  return rows;
}
