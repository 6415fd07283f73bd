import { createLru } from "#platform/cache/lru.ts";
import { exec, one, run, type Db } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { ASSETS, type Asset } from "#platform/money.ts";
import * as sql from "./sql.ts";
import type { Balance, LedgerDeps } from "./types.ts";

/** Which account: its code of the chart, its asset, and whose it is (null: the instance's own). */
export interface AccountName {
  code: number;
  asset: Asset;
  owner: Id | null;
}

/** Stored numbers of the assets; the migration wrote the same ones. */
export const ASSET_IDS: Record<Asset, number> = { EUR: 1, USD: 2, CREDIT: 3, TOKEN: 4 };

/** The asset of a stored number. */
export function assetOf(id: number): Asset {
  const found = ASSETS.find((asset) => ASSET_IDS[asset] === id);
  if (!found) throw new Error(`There is no asset ${id}`);
  return found;
}

export interface Accounts {
  /** Finds an account or opens it, by itself. `creditLimit` (minor units) counts only when it is opened, and only for accounts with a limit. */
  open(name: AccountName, creditLimit?: bigint): Promise<Id>;
  /** The same in the caller's transaction: the account is there if and only if the transaction is committed. */
  openIn(db: TxClient, name: AccountName): Promise<Id>;
  find(name: AccountName): Promise<Id | undefined>;
  /** Exact at this moment; throws 404 for an unknown account. */
  balance(account: Id, db?: Db): Promise<Balance>;
  balances(accounts: readonly Id[], db?: Db): Promise<Map<Id, Balance>>;
  /** Closes an account whose balance is zero and on which nothing is held; otherwise throws `conflict`. */
  close(account: Id): Promise<void>;
  /** Changes the credit limit of an account that has one; throws `conflict` when more is used already. */
  setCreditLimit(account: Id, limit: bigint): Promise<void>;
}

const CACHE_BYTES = 1024 * 1024;

export function createAccounts(deps: LedgerDeps): Accounts {
  // Accounts are never deleted and never renamed: what was found once stays true. Only committed ones are remembered.
  const known = createLru<string, Id>(CACHE_BYTES, () => 64);
  const nameOf = ({ code, asset, owner }: AccountName): string => `${code}:${asset}:${owner ?? ""}`;

  const find = async (db: Db, { code, asset, owner }: AccountName): Promise<Id | undefined> =>
    (await one(db, sql.findAccount, code, ASSET_IDS[asset], owner))?.id;

  async function make(db: Db, name: AccountName, creditLimit: bigint): Promise<Id> {
    const asset = ASSET_IDS[name.asset];
    await exec(db, sql.openAccount, deps.ids.next(), name.code, asset, name.owner, creditLimit, deps.clock.now());
    const made = await find(db, name);
    if (made === undefined)
      throw new AppError("unprocessable", `The chart of accounts has no ${name.code} for ${name.asset}.`);
    return made;
  }

  async function balances(accounts: readonly Id[], db: Db = deps.pool): Promise<Map<Id, Balance>> {
    const rows = await run(db, sql.balances, [...accounts]);
    return new Map(rows.map((a) => [a.id, balanceOf(a)]));
  }

  return {
    async open(name, creditLimit = 0n) {
      const cached = known.get(nameOf(name));
      if (cached !== undefined) return cached;
      const id = (await find(deps.pool, name)) ?? (await make(deps.pool, name, creditLimit));
      known.set(nameOf(name), id);
      return id;
    },
    async openIn(db, name) {
      const cached = known.get(nameOf(name));
      if (cached !== undefined) return cached;
      const id = (await find(db, name)) ?? (await make(db, name, 0n));
      db.afterCommit(() => known.set(nameOf(name), id));
      return id;
    },
    find: (name) => find(deps.pool, name),
    balances,
    async balance(account, db) {
      const found = (await balances([account], db)).get(account);
      if (!found) throw new AppError("not_found", "There is no such account.", { reason: "not_found" });
      return found;
    },
    async close(account) {
      if (!(await one(deps.pool, sql.closeAccount, account, deps.clock.now())))
        throw new AppError("conflict", "Only an account with a balance of zero can be closed.");
    },
    async setCreditLimit(account, limit) {
      if (!(await one(deps.pool, sql.setCreditLimit, account, limit)))
        throw new AppError("conflict", "The account has no limit, or uses more already.", { reason: "limit_exceeded" });
    },
  };
}

interface BalanceRow {
  id: Id;
  bound: number;
  credit_limit: bigint;
  d: bigint;
  dp: bigint;
  c: bigint;
  cp: bigint;
}

function balanceOf({ id, bound, credit_limit, d, dp, c, cp }: BalanceRow): Balance {
  const available = bound === 2 ? d - c - cp : c + credit_limit - d - dp;
  return { account: id, posted: c - d, available, held: dp, incoming: cp, debits: d, credits: c };
}
