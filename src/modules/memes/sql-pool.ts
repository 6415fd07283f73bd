import { statement } from "#platform/db/sql.ts";

export interface PoolRow {
  month: number;
  state: "held" | "paid";
  formula: number;
  snapshot_sha256: Buffer;
  amount: bigint;
  paid: bigint;
  closed_at: Date;
  payable_at: Date;
  paid_at: Date | null;
}
const columns = "month, state, formula, snapshot_sha256, amount, paid, closed_at, payable_at, paid_at";

export const poolOf = statement<[month: number], PoolRow>(
  "memes.pool",
  `select ${columns} from meme_pools where month = $1::int`,
);
export const payablePools = statement<[now: Date], PoolRow>(
  "memes.payablePools",
  `select ${columns} from meme_pools where state = 'held' and payable_at <= $1 order by month`,
);
export const insertPool = statement<
  [month: number, formula: number, sha256: Buffer, amount: bigint, at: Date, payableAt: Date],
  PoolRow
>(
  "memes.insertPool",
  `insert into meme_pools (month, state, formula, snapshot_sha256, amount, closed_at, payable_at) values ($1::int, 'held', $2::int, $3, $4, $5, $6) on conflict do nothing returning ${columns}`,
);
export const insertShares = statement<
  [month: number, accounts: bigint[], scores: number[], voters: number[], amounts: bigint[]],
  never
>(
  "memes.insertPoolShares",
  `insert into meme_pool_shares (month, account_id, score, voters, amount) select $1::int, * from unnest($2::int8[], $3::float8[], $4::int4[], $5::int8[])`,
);
export const shares = statement<[month: number], { account_id: bigint; score: number; voters: number; amount: bigint }>(
  "memes.poolShares",
  `select account_id, score, voters, amount from meme_pool_shares where month = $1::int order by amount desc, account_id`,
);
export const setPaid = statement<[month: number, paid: bigint, at: Date], never>(
  "memes.setPoolPaid",
  `update meme_pools set state = 'paid', paid = $2, paid_at = $3 where month = $1::int and state = 'held'`,
);
/** What people paid for memes in a time, in thousandths of a credit. */
export const capturedBetween = statement<[from: Date, to: Date], { captured: bigint }>(
  "memes.capturedBetween",
  `select coalesce(sum(captured), 0)::int8 as captured from meme_generations where finished_at >= $1 and finished_at < $2`,
);
export const memesBetween = statement<
  [from: Date, to: Date],
  { id: bigint; account_id: bigint; parent_id: bigint | null }
>(
  "memes.memesBetween",
  `select id, account_id, parent_id from memes where state = 'published' and published_at >= $1 and published_at < $2 order by id`,
);
export const votesBetween = statement<
  [memes: bigint[], to: Date],
  { meme_id: bigint; account_id: bigint; value: number; at: Date }
>(
  "memes.votesBetween",
  `select meme_id, account_id, value, at from meme_votes where meme_id = any($1::int8[]) and at < $2 order by meme_id, account_id`,
);
/** On how many days somebody wrote something. */
export const writingDays = statement<
  [accounts: bigint[], from: bigint, to: bigint],
  { account_id: bigint; days: number }
>(
  "memes.writingDays",
  `select p.account_id, count(distinct (p.id >> 16) / 86400000)::int as days from posts p
   where p.account_id = any($1::int8[]) and p.id >= $2 and p.id < $3 group by p.account_id`,
);
