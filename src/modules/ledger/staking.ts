import { exec, one, run, type Db } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { MAX_AMOUNT, type Asset } from "#platform/money.ts";
import { ASSET_IDS, assetOf, type Accounts } from "./accounts.ts";
import { accepted, refusalError } from "./batch.ts";
import { CHART } from "./chart.ts";
import { isKey, keyFor } from "./keys.ts";
import { collectLotChanges } from "./lot-changes.ts";
import { FREE_PRIORITY } from "./lot-rules.ts";
import { dailyAmount, fund, LOCK_TIERS, settle, UNBONDING_DAYS, weightOf, type PoolState } from "./staking-rules.ts";
import * as sql from "./sql-staking.ts";
import type { PoolRow, StakeRow } from "./sql-staking.ts";
import type { EntryIn, EntryOut, Key, LedgerDeps } from "./types.ts";

const DAY_MS = 86_400_000;
/** Stakes that are paid in one transaction. */
const SLICE = 200;
/** How long credits from staking may be used, in days. */
const REWARD_DAYS = 30;

/** The pool that gives credits every day, and the one that gives tokens when somebody funds it. */
export const POOLS = {
  daily: { name: "daily-credits", asset: "CREDIT" },
  rewards: { name: "token-rewards", asset: "TOKEN" },
} as const;

export type PoolName = keyof typeof POOLS;

export interface Stake {
  id: Id;
  /** Millionths of a token. */
  amount: bigint;
  lockDays: number;
  state: "active" | "unbonding" | "released";
  unlocksAt: Date;
  releasesAt: Date | null;
  createdAt: Date;
}

export interface Staking {
  /** Locks free tokens for 30, 90 or 180 days. The same key stakes once. Throws `insufficient_funds`, `unprocessable` for another lock. */
  stake(request: { user: Id; amount: bigint; lockDays: number; key: Key }): Promise<Stake>;
  /** Ends a stake whose lock is over: it earns nothing any more, and its tokens are free again 7 days later. Throws 404 for somebody else's, `conflict` with reason `locked` before its time. Again has no effect. */
  startUnbonding(request: { user: Id; stake: Id }): Promise<Stake>;
  /** Active and unbonding stakes, newest first. */
  stakes(user: Id): Promise<Stake[]>;
  /** Puts money into a reward pool; it is shared among the stakes of this moment, or waits for the first one. The same key funds once. `from` is the account that pays; issuance when absent. */
  fundPool(request: { pool: PoolName; amount: bigint; key: Key; from?: Id; memo?: string }): Promise<void>;
  /** Credits per token and day (times 10^6) and the most a day may give (thousandths of a credit). Zero, the default, gives nothing. */
  setDaily(rate: bigint, budget: bigint): Promise<void>;
  /** Gives today's credits, once a day, and pays what pools owe. Answers how many stakes were paid. */
  accrue(): Promise<number>;
  /** Frees the tokens of stakes whose unbonding is over. */
  release(): Promise<number>;
  /** What each day gave, newest first: the numbers from which everybody can compute their share. */
  audit(
    pool: PoolName,
    limit: number,
  ): Promise<{ day: string; amount: bigint; totalWeight: bigint; rate: bigint; budget: bigint }[]>;
  /** What is staked and what the pools gave, for a public page. */
  totals(): Promise<{ totalWeight: bigint; pools: { name: string; asset: Asset; funded: bigint; paid: bigint }[] }>;
}

type PostIn = (db: TxClient, entries: readonly EntryIn[]) => Promise<EntryOut[]>;

export function createStaking(
  deps: LedgerDeps,
  accounts: Accounts,
  postIn: PostIn,
  covered: (db: TxClient, amount: bigint) => Promise<void>,
): Staking {
  const { pool: db, tx, clock, ids } = deps;

  /** Finds or makes a pool, under the lock of staking. */
  async function poolIn(client: TxClient, name: PoolName): Promise<PoolRow> {
    const wanted = POOLS[name];
    const find = async (): Promise<PoolRow | undefined> =>
      (await run(client, sql.pools)).find((p) => p.name === wanted.name);
    const found = await find();
    if (found) return found;
    const id = ids.next();
    const account = await accounts.openIn(client, { code: CHART.stakingPool, asset: wanted.asset, owner: id });
    await exec(client, sql.insertPool, id, ASSET_IDS[wanted.asset], account, wanted.name);
    await exec(client, sql.insertPoolDebts, id);
    const made = await find();
    if (!made) throw new Error("a pool vanished");
    return made;
  }

  async function save(client: Db, row: PoolRow, to: PoolState): Promise<void> {
    const { acc, carry, dust, unallocated, funded, paid, operations } = to;
    const numbers = [acc, carry, dust].map(String) as [string, string, string];
    await exec(client, sql.updatePool, row.id, ...numbers, unallocated, funded, paid, operations);
  }

  const lock = async (client: TxClient): Promise<{ total: bigint; rate: bigint; budget: bigint }> => {
    const row = await one(client, sql.lockStaking);
    if (!row) throw new Error("the row of staking is missing");
    return { total: BigInt(row.total_weight), rate: row.daily_rate, budget: row.daily_budget };
  };

  /** Pays stakes of one pool in one entry each. `due` must be read under the lock of staking. */
  async function pay(
    client: TxClient,
    row: PoolRow,
    due: readonly { stake: Id; owner: Id; weight: bigint; debt: bigint }[],
  ): Promise<PoolState> {
    let state = stateOf(row);
    const at = clock.now();
    const asset = assetOf(row.asset);
    const code = asset === "CREDIT" ? CHART.credits : CHART.tokens;
    const changes = collectLotChanges(deps, at);
    const entries: EntryIn[] = [];
    for (const { stake, owner, weight, debt } of due) {
      const settled = settle(state, weight, debt);
      state = settled.pool;
      if (settled.pay === 0n) continue;
      const account = await accounts.openIn(client, { code, asset, owner });
      const key = keyFor("reward", row.id, stake, state.acc);
      entries.push({
        ...{ kind: "stake_reward", memo: row.name },
        transfers: [{ key, debit: row.account, credit: account, amount: settled.pay }],
      });
      if (asset !== "CREDIT") continue;
      // New lots need no lock of their owner: they and the balance appear together.
      changes.grant(
        {
          ...{ account, kind: "stake_reward", priority: FREE_PRIORITY, granted: settled.pay, paid: 0n, origin: null },
          ...{ reason: row.name, effectiveAt: at, expiresAt: new Date(at.getTime() + REWARD_DAYS * DAY_MS), key },
        },
        key,
      );
    }
    const stakes = due.map((d) => d.stake);
    await exec(client, sql.setDebts, stakes, row.id, state.acc.toString());
    await save(client, row, state);
    await changes.write(client);
    if (entries.length > 0) for (const out of await postIn(client, entries)) accepted(out);
    return state;
  }

  /** Everything that a pool owes, some stakes per transaction. */
  async function paySlice(poolId: Id): Promise<number> {
    return tx(async (client) => {
      await lock(client);
      const row = (await run(client, sql.pools)).find((p) => p.id === poolId);
      if (!row) return 0;
      const due = await run(client, sql.unpaid, row.id, row.acc, SLICE);
      if (due.length > 0)
        await pay(
          client,
          row,
          due.map((d) => ({ stake: d.stake, owner: d.owner, weight: BigInt(d.weight), debt: BigInt(d.acc) })),
        );
      return due.length;
    });
  }

  async function accrueDay(day: string): Promise<void> {
    await tx(async (client) => {
      const { total, rate, budget } = await lock(client);
      const amount = dailyAmount(total, rate, budget);
      if (amount === 0n) return;
      const row = await poolIn(client, "daily");
      const state = fund(stateOf(row), amount, total);
      const noted = await one(
        client,
        sql.insertAccrual,
        ...([row.id, day, amount, total.toString(), state.acc.toString(), rate, budget] as const),
      );
      if (!noted) return;
      await covered(client, amount);
      await save(client, row, state);
      const issuance = await accounts.openIn(client, { code: CHART.issuance, asset: "CREDIT", owner: null });
      const transfers = [{ key: keyFor("accrual", row.id, day), debit: issuance, credit: row.account, amount }];
      const [out] = await postIn(client, [{ kind: "pool_funding", memo: day, transfers }]);
      accepted(out);
    });
  }

  return {
    async stake({ user, amount, lockDays, key }) {
      const weight = weightOf(amount, lockDays);
      if (weight === undefined)
        throw new AppError("unprocessable", `Tokens are locked for ${LOCK_TIERS.map((t) => t.days).join(", ")} days.`, {
          reason: "lock_days",
        });
      if (amount <= 0n || amount > MAX_AMOUNT || !isKey(key))
        throw new AppError("unprocessable", "A stake has a positive amount and a key.");
      return tx(async (client) => {
        const { total } = await lock(client);
        const before = await one(client, sql.stakeByKey, key);
        if (before) {
          if (before.owner !== user || before.amount !== amount || before.lock_days !== lockDays)
            throw refusalError("idempotency_mismatch");
          return stakeOf(before);
        }
        const at = clock.now();
        const id = ids.next();
        const unlocksAt = new Date(at.getTime() + lockDays * DAY_MS);
        await exec(client, sql.insertStake, id, user, amount, lockDays, weight.toString(), unlocksAt, key, at);
        await exec(client, sql.insertDebts, id);
        await exec(client, sql.addWeight, weight.toString());
        // What was funded while nobody staked goes to the first who does.
        for (const row of await run(client, sql.pools))
          if (row.unallocated > 0n) await save(client, row, fund(stateOf(row), 0n, total + weight));
        const free = await accounts.openIn(client, { code: CHART.tokens, asset: "TOKEN", owner: user });
        const staked = await accounts.openIn(client, { code: CHART.tokensStaked, asset: "TOKEN", owner: user });
        const transfers = [{ key, debit: free, credit: staked, amount }];
        const [out] = await postIn(client, [{ kind: "stake", memo: `${lockDays} days`, transfers }]);
        accepted(out);
        const row = await one(client, sql.stakeById, id);
        if (!row) throw new Error("a stake vanished");
        return stakeOf(row);
      });
    },
    async startUnbonding({ user, stake }) {
      return tx(async (client) => {
        await lock(client);
        const row = await one(client, sql.stakeById, stake);
        if (!row || row.owner !== user) throw refusalError("not_found");
        if (row.state !== "active") return stakeOf(row);
        const at = clock.now();
        if (row.unlocks_at > at)
          throw new AppError("conflict", `These tokens are locked until ${row.unlocks_at.toISOString()}.`, {
            reason: "locked",
          });
        const debts = await run(client, sql.debtsOf, stake);
        const weight = BigInt(row.weight);
        for (const p of await run(client, sql.pools)) {
          const debt = debts.find((d) => d.pool === p.id);
          if (debt) await pay(client, p, [{ stake, owner: user, weight, debt: BigInt(debt.acc) }]);
        }
        await exec(client, sql.deleteDebts, stake);
        await exec(client, sql.addWeight, (-weight).toString());
        await exec(client, sql.beginUnbonding, stake, new Date(at.getTime() + UNBONDING_DAYS * DAY_MS));
        const staked = await accounts.openIn(client, { code: CHART.tokensStaked, asset: "TOKEN", owner: user });
        const unbonding = await accounts.openIn(client, { code: CHART.tokensUnbonding, asset: "TOKEN", owner: user });
        const transfers = [{ key: keyFor("unbonding", stake), debit: staked, credit: unbonding, amount: row.amount }];
        const [out] = await postIn(client, [{ kind: "unbonding", transfers }]);
        accepted(out);
        const after = await one(client, sql.stakeById, stake);
        return stakeOf(after ?? row);
      });
    },
    stakes: async (user) => (await run(db, sql.stakesOf, user)).map(stakeOf),
    async fundPool({ pool, amount, key, from, memo }) {
      await tx(async (client) => {
        const { total } = await lock(client);
        const row = await poolIn(client, pool);
        const { asset } = POOLS[pool];
        const debit = from ?? (await accounts.openIn(client, { code: CHART.issuance, asset, owner: null }));
        const transfers = [{ key, debit, credit: row.account, amount }];
        const [out] = await postIn(client, [{ kind: "pool_funding", memo: memo ?? row.name, transfers }]);
        if (!accepted(out).replayed) await save(client, row, fund(stateOf(row), amount, total));
      });
    },
    async setDaily(rate, budget) {
      if (rate < 0n || budget < 0n || budget > MAX_AMOUNT || rate > MAX_AMOUNT)
        throw new AppError("unprocessable", "Rate and budget are not negative and within bounds.");
      await exec(db, sql.setDaily, rate, budget);
    },
    async accrue() {
      await accrueDay(clock.now().toISOString().slice(0, 10));
      let paid = 0;
      for (const { id } of await run(db, sql.pools)) {
        for (let done = SLICE; done === SLICE; paid += done) done = await paySlice(id);
      }
      return paid;
    },
    async release() {
      let released = 0;
      for (;;) {
        const due = await run(db, sql.dueStakes, clock.now(), SLICE);
        for (const stake of due) released += await tx((client) => free(client, stake));
        if (due.length < SLICE) return released;
      }
    },
    async audit(pool, limit) {
      const row = (await run(db, sql.pools)).find((p) => p.name === POOLS[pool].name);
      const days = row ? await run(db, sql.accruals, row.id, limit) : [];
      return days.map(({ day, amount, total_weight, rate, budget }) => ({
        ...{ day, amount, totalWeight: BigInt(total_weight), rate, budget },
      }));
    },
    async totals() {
      const now = await one(db, sql.stakingNow);
      const all = await run(db, sql.pools);
      return {
        totalWeight: BigInt(now?.total_weight ?? "0"),
        pools: all.map(({ name, asset, funded, paid }) => ({ name, asset: assetOf(asset), funded, paid })),
      };
    },
  };

  async function free(client: TxClient, stake: StakeRow): Promise<number> {
    if (!(await one(client, sql.endStake, stake.id))) return 0;
    const name = { asset: "TOKEN", owner: stake.owner } as const;
    const unbonding = await accounts.openIn(client, { ...name, code: CHART.tokensUnbonding });
    const tokens = await accounts.openIn(client, { ...name, code: CHART.tokens });
    const transfers = [{ key: keyFor("released", stake.id), debit: unbonding, credit: tokens, amount: stake.amount }];
    const [out] = await postIn(client, [{ kind: "unstake", transfers }]);
    accepted(out);
    return 1;
  }
}

function stateOf(row: PoolRow): PoolState {
  return {
    ...{ acc: BigInt(row.acc), carry: BigInt(row.carry), dust: BigInt(row.dust), unallocated: row.unallocated },
    ...{ funded: row.funded, paid: row.paid, operations: row.operations },
  };
}

function stakeOf(row: StakeRow): Stake {
  return {
    ...{ id: row.id, amount: row.amount, lockDays: row.lock_days, state: row.state },
    ...{ unlocksAt: row.unlocks_at, releasesAt: row.releases_at, createdAt: row.created_at },
  };
}
