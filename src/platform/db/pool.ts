import pg from "pg";
import type { Log } from "#platform/log/log.ts";

// bigint (type 20) becomes BigInt everywhere, count(*) too; arrays of it (type 1016) likewise.
pg.types.setTypeParser(20, (text) => BigInt(text));
const parseInt8Array = (text: string): bigint[] =>
  text === "{}"
    ? []
    : text
        .slice(1, -1)
        .split(",")
        .map((n) => BigInt(n));
// pg's types know the scalar overloads only; the array type has the number 1016 in pg_type.
const INT8_ARRAY: number = 1016;
pg.types.setTypeParser(INT8_ARRAY, parseInt8Array);

export type Pool = pg.Pool;

const INT8 = 20;
const TEXT_BIGINTS: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: "text") =>
    id === INT8 ? (text: string) => text : pg.types.getTypeParser(id, format)) as typeof pg.types.getTypeParser,
};

export interface PoolOptions {
  max: number;
  /** Read pools plan each statement once, generically: planning the hot ones anew costs more than it saves. */
  genericPlans?: boolean;
  /** Leaves `bigint` as text: for libraries that write their rows as JSON. */
  textBigints?: boolean;
  /** Milliseconds after which PostgreSQL ends a statement. */
  statementTimeoutMs?: number;
  applicationName?: string;
}

/** Opens a pool. Connections that answer "cached plan must not change result type" (0A000, after a migration beside us) are dropped, so that the next use prepares anew. */
export function createPool(connectionString: string, log: Log, options: PoolOptions): Pool {
  const settings = [`-c timezone=UTC`, `-c jit=off`];
  if (options.genericPlans) settings.push("-c plan_cache_mode=force_generic_plan");
  if (options.statementTimeoutMs) settings.push(`-c statement_timeout=${options.statementTimeoutMs}`);
  const pool = new pg.Pool({
    connectionString,
    max: options.max,
    options: settings.join(" "),
    application_name: options.applicationName ?? "skein",
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    ...(options.textBigints ? { types: TEXT_BIGINTS } : {}),
  });
  // A connection that breaks while it is used fails its query; the event itself needs a listener or it would end the process.
  pool.on("connect", (client) => void client.on("error", () => {}));
  pool.on("error", (err) => {
    if (!pool.ending) log.warn({ err: { message: err.message } }, "database connection lost");
  });
  return pool;
}
