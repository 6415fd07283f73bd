import { statement } from "#platform/db/sql.ts";

// Numbers beyond what a bigint holds come as text.

/** Orders everything about staking: who holds it may change stakes, pools and the total weight. */
export const lockStaking = statement<[], { total_weight: string; daily_rate: bigint; daily_budget: bigint }>(
  "ledger.lockStaking",
  `select total_weight, daily_rate, daily_budget from ledger_staking where id = 1 for update`,
);

export const stakingNow = statement<[], { total_weight: string; daily_rate: bigint; daily_budget: bigint }>(
  "ledger.stakingNow",
  `select total_weight, daily_rate, daily_budget from ledger_staking where id = 1`,
);

export const addWeight = statement<[by: string], never>(
  "ledger.addWeight",
  `update ledger_staking set total_weight = total_weight + $1::text::numeric where id = 1`,
);

export const setDaily = statement<[rate: bigint, budget: bigint], never>(
  "ledger.setDaily",
  `update ledger_staking set daily_rate = $1, daily_budget = $2 where id = 1`,
);

export interface PoolRow {
  id: bigint;
  asset: number;
  account: bigint;
  name: string;
  acc: string;
  carry: string;
  dust: string;
  unallocated: bigint;
  funded: bigint;
  paid: bigint;
  operations: bigint;
}

export const pools = statement<[], PoolRow>(
  "ledger.pools",
  `select id, asset, account, name, acc, carry, dust, unallocated, funded, paid, operations from ledger_pools order by id`,
);

export const insertPool = statement<[id: bigint, asset: number, account: bigint, name: string], never>(
  "ledger.insertPool",
  `insert into ledger_pools (id, asset, account, name) values ($1, $2, $3, $4) on conflict do nothing`,
);

export const updatePool = statement<
  [
    id: bigint,
    acc: string,
    carry: string,
    dust: string,
    unallocated: bigint,
    funded: bigint,
    paid: bigint,
    operations: bigint,
  ],
  never
>(
  "ledger.updatePool",
  `update ledger_pools set acc = $2::text::numeric, carry = $3::text::numeric, dust = $4::text::numeric, unallocated = $5, funded = $6, paid = $7, operations = $8
   where id = $1`,
);

export interface StakeRow {
  id: bigint;
  owner: bigint;
  amount: bigint;
  lock_days: number;
  weight: string;
  state: "active" | "unbonding" | "released";
  unlocks_at: Date;
  releases_at: Date | null;
  key: string;
  created_at: Date;
}

const STAKE =
  "s.id, s.owner, s.amount, s.lock_days, s.weight, s.state, s.unlocks_at, s.releases_at, s.key, s.created_at";

export const insertStake = statement<
  [id: bigint, owner: bigint, amount: bigint, lockDays: number, weight: string, unlocksAt: Date, key: string, at: Date],
  never
>(
  "ledger.insertStake",
  `insert into ledger_stakes (id, owner, amount, lock_days, weight, unlocks_at, key, created_at) values ($1, $2, $3, $4, $5::text::numeric, $6, $7, $8)`,
);

export const insertDebts = statement<[stake: bigint], never>(
  "ledger.insertDebts",
  `insert into ledger_stake_debts (stake, pool, acc) select $1, p.id, p.acc from ledger_pools p`,
);

/** A new pool owes nothing for the time before it. */
export const insertPoolDebts = statement<[pool: bigint], never>(
  "ledger.insertPoolDebts",
  `insert into ledger_stake_debts (stake, pool, acc) select s.id, $1, 0 from ledger_stakes s where s.state = 'active' on conflict do nothing`,
);

export const setDebts = statement<[stakes: bigint[], pool: bigint, acc: string], never>(
  "ledger.setDebts",
  `update ledger_stake_debts set acc = $3::text::numeric where stake = any ($1) and pool = $2`,
);

export const deleteDebts = statement<[stake: bigint], never>(
  "ledger.deleteDebts",
  `delete from ledger_stake_debts where stake = $1`,
);

export const stakeById = statement<[id: bigint], StakeRow>(
  "ledger.stakeById",
  `select ${STAKE} from ledger_stakes s where s.id = $1`,
);

export const stakeByKey = statement<[key: string], StakeRow>(
  "ledger.stakeByKey",
  `select ${STAKE} from ledger_stakes s where s.key = $1`,
);

export const stakesOf = statement<[owner: bigint], StakeRow>(
  "ledger.stakesOf",
  `select ${STAKE} from ledger_stakes s where s.owner = $1 and s.state <> 'released' order by s.id desc`,
);

export const debtsOf = statement<[stake: bigint], { pool: bigint; acc: string }>(
  "ledger.debtsOf",
  `select pool, acc from ledger_stake_debts where stake = $1`,
);

/** Active stakes that a pool has not paid up to the present index. */
export const unpaid = statement<
  [pool: bigint, acc: string, limit: number],
  { stake: bigint; owner: bigint; weight: string; acc: string }
>(
  "ledger.unpaid",
  `select d.stake, s.owner, s.weight, d.acc from ledger_stake_debts d join ledger_stakes s on s.id = d.stake
   where d.pool = $1 and d.acc < $2::text::numeric and s.state = 'active' order by d.stake limit $3::int`,
);

export const beginUnbonding = statement<[id: bigint, releasesAt: Date], never>(
  "ledger.beginUnbonding",
  `update ledger_stakes set state = 'unbonding', releases_at = $2 where id = $1 and state = 'active'`,
);

export const dueStakes = statement<[at: Date, limit: number], StakeRow>(
  "ledger.dueStakes",
  `select ${STAKE} from ledger_stakes s where s.state = 'unbonding' and s.releases_at <= $1 order by s.releases_at limit $2::int`,
);

export const endStake = statement<[id: bigint], { id: bigint }>(
  "ledger.endStake",
  `update ledger_stakes set state = 'released' where id = $1 and state = 'unbonding' returning id`,
);

export const insertAccrual = statement<
  [pool: bigint, day: string, amount: bigint, totalWeight: string, acc: string, rate: bigint, budget: bigint],
  { day: string }
>(
  "ledger.insertAccrual",
  `insert into ledger_accruals (pool, day, amount, total_weight, acc, rate, budget) values ($1, $2, $3, $4::text::numeric, $5::text::numeric, $6, $7)
   on conflict do nothing returning day::text as day`,
);

export const accruals = statement<
  [pool: bigint, limit: number],
  { day: string; amount: bigint; total_weight: string; acc: string; rate: bigint; budget: bigint }
>(
  "ledger.accruals",
  `select day::text as day, amount, total_weight, acc, rate, budget from ledger_accruals where pool = $1 order by day desc limit $2::int`,
);
