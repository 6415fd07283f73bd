import { AsyncLocalStorage } from "node:async_hooks";
import type pg from "pg";
import type { Db } from "./sql.ts";
import type { Pool } from "./pool.ts";

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export type Tx = <T>(work: (db: TxClient) => Promise<T>) => Promise<T>;

/** The client of an open transaction. Only `Tx` makes one, so a function that asks for it can rely on the transaction. */
export interface TxClient extends Db {
  readonly inTransaction: true;
  /** Runs when the transaction has committed, before the caller of `Tx` goes on. */
  afterCommit(work: () => void): void;
}

const inside = new AsyncLocalStorage<Pool>();

/**
 * Makes a pool refuse a second connection to code that runs in a transaction on it. When every connection is held by a transaction
 * that waits for another one, all of them stand still until the wait times out: inside a transaction everything goes through its `db`.
 * For tests, where the mistake shows at the first call instead of under load.
 */
export function refuseNested(pool: Pool): Pool {
  const connect = pool.connect.bind(pool);
  const guarded = (...args: Parameters<typeof connect>): ReturnType<typeof connect> => {
    if (inside.getStore() === pool)
      throw new Error("Code in a transaction asks the pool for a second connection: use the transaction's client");
    return connect(...args);
  };
  return Object.assign(pool, { connect: guarded });
}

const RETRY = new Set(["40001", "40P01"]);

/** Makes the transaction runner. Serialisation failures and deadlocks (40001, 40P01) are tried again, at most 3 times in all. `onCommit` hears of every commit of this process. */
export function createTx(pool: Pool, onCommit: () => void = () => {}): Tx {
  return async function tx<T>(work: (db: TxClient) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query("begin");
        const later: (() => void)[] = [];
        const handle: TxClient = {
          inTransaction: true,
          query: (config) => client.query(config),
          afterCommit: (run) => void later.push(run),
        };
        const result = await inside.run(pool, () => work(handle));
        await client.query("commit");
        onCommit();
        for (const run of later) run();
        return result;
      } catch (error) {
        try {
          await client.query("rollback");
        } catch (e) {
          broken = e instanceof Error ? e : new Error("rollback failed");
        }
        if (attempt < 3 && isPgError(error) && error.code !== undefined && RETRY.has(error.code)) continue;
        throw error;
      } finally {
        client.release(broken);
      }
    }
  };
}

/** True for an error that came from PostgreSQL. */
export function isPgError(error: unknown): error is pg.DatabaseError {
  return error instanceof Error && "severity" in error && "code" in error;
}

/** True for a violated unique constraint (23505), optionally of the given name. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return isPgError(error) && error.code === "23505" && (constraint === undefined || error.constraint === constraint);
}
