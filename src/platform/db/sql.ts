import type pg from "pg";

/** A named SQL statement with its parameter tuple and row type. Made by `statement`, run by `run`. */
export interface Statement<P extends readonly unknown[], R> {
  readonly name: string;
  readonly text: string;
  /** Carries the types only; never set. */
  readonly types?: { params: P; row: R };
}

/** Anything that runs queries: a pool or a transaction's client. */
export interface Db {
  query<R extends pg.QueryResultRow>(config: pg.QueryConfig): Promise<pg.QueryResult<R>>;
}

const registry = new Map<string, { name: string; text: string }>();

/**
 * Declares a statement. `name` is `<module>.<verb>`, unique in the whole program: PostgreSQL prepares it once per connection under that name.
 * Names are cut to 63 bytes by PostgreSQL, so longer ones are refused.
 */
export function statement<P extends readonly unknown[], R>(name: string, text: string): Statement<P, R> {
  if (name.length > 63) throw new Error(`Statement name "${name}" is longer than 63 bytes`);
  if (registry.has(name)) throw new Error(`Statement name "${name}" is used twice`);
  const made = { name, text: text.trim() };
  registry.set(name, made);
  return made;
}

/** Every declared statement, for the check against the migrated database. */
export function allStatements(): { name: string; text: string }[] {
  return [...registry.values()];
}

/** Runs a statement and returns its rows. */
export async function run<P extends readonly unknown[], R extends pg.QueryResultRow>(
  db: Db,
  s: Statement<P, R>,
  ...params: P
): Promise<R[]> {
  const result = await db.query<R>({ name: s.name, text: s.text, values: [...params] });
  return result.rows;
}

/** Runs a statement that gives at most one row. */
export async function one<P extends readonly unknown[], R extends pg.QueryResultRow>(
  db: Db,
  s: Statement<P, R>,
  ...params: P
): Promise<R | undefined> {
  const rows = await run(db, s, ...params);
  return rows[0];
}

/** Runs a writing statement and returns how many rows it touched. */
export async function exec<P extends readonly unknown[], R extends pg.QueryResultRow>(
  db: Db,
  s: Statement<P, R>,
  ...params: P
): Promise<number> {
  const result = await db.query<R>({ name: s.name, text: s.text, values: [...params] });
  return result.rowCount ?? 0;
}
