/** Who gets what of the monthly pool. Pure: the same votes give the same shares, whoever counts. */
import { wilson } from "./rank.ts";

/** Raised when anything below changes: a report says which formula made it. */
export const FORMULA = 1;

export const POOL_RULES = {
  /** Voters that count have been here this long, and were active on as many days. */
  accountDays: 30,
  activeDays: 5,
  /** Distinct trusted voters a meme needs. */
  minVoters: 25,
  /** Largest share of the pool for one person, in hundredths. */
  cap: 5n,
  /** Share of a remix that goes up the chain, halved per level, so many levels. */
  upwards: 0.3,
  levels: 3,
} as const;

export interface PoolVoter {
  id: bigint;
  /** Days since sign-up at the end of the month. */
  days: number;
  activeDays: number;
  /** What accounts of one person have in common: network and device. Equal ones are one cluster; null: nothing known. */
  device: string | null;
}

export interface PoolMeme {
  id: bigint;
  author: bigint;
  parent: bigint | null;
  up: readonly bigint[];
  down: readonly bigint[];
}

export interface PoolInput {
  amount: bigint;
  memes: readonly PoolMeme[];
  voters: readonly PoolVoter[];
  /** Who runs the place gets nothing. */
  staff: ReadonlySet<bigint>;
}

export interface PoolShare {
  account: bigint;
  score: number;
  /** Distinct trusted voters of the best meme. */
  voters: number;
  amount: bigint;
}

/** Groups accounts that act as one: same device, or votes for each other. */
function clusters(input: PoolInput): Map<bigint, bigint> {
  const parent = new Map<bigint, bigint>(input.voters.map((v) => [v.id, v.id]));
  const root = (id: bigint): bigint => {
    let at = id;
    for (let next = parent.get(at); next !== undefined && next !== at; next = parent.get(at)) at = next;
    return at;
  };
  const join = (a: bigint, b: bigint): void => {
    if (!parent.has(a) || !parent.has(b)) return;
    const [low, high] = [root(a), root(b)].sort((x, y) => (x < y ? -1 : 1));
    if (low !== undefined && high !== undefined) parent.set(high, low);
  };
  const byDevice = new Map<string, bigint>();
  for (const v of [...input.voters].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (v.device === null) continue;
    const first = byDevice.get(v.device);
    if (first === undefined) byDevice.set(v.device, v.id);
    else join(first, v.id);
  }
  const votedFor = new Map<bigint, Set<bigint>>();
  for (const meme of input.memes)
    for (const voter of meme.up) {
      const set = votedFor.get(voter) ?? new Set();
      set.add(meme.author);
      votedFor.set(voter, set);
    }
  for (const [voter, authors] of votedFor)
    for (const author of authors) if (author !== voter && votedFor.get(author)?.has(voter)) join(voter, author);
  return new Map([...parent.keys()].map((id) => [id, root(id)]));
}

/** A cluster of n weighs as much as sqrt(n) people. */
function weight(ids: readonly bigint[], cluster: ReadonlyMap<bigint, bigint>): number {
  const sizes = new Map<bigint, number>();
  for (const id of ids) {
    const root = cluster.get(id) ?? id;
    sizes.set(root, (sizes.get(root) ?? 0) + 1);
  }
  let sum = 0;
  for (const n of sizes.values()) sum += Math.sqrt(n);
  return sum;
}

/** Shares in order of account. Their sum is at most the amount: what the cap cuts off, and what is left by rounding down, stays in the pool. */
export function poolShares(input: PoolInput): PoolShare[] {
  const trusted = new Set(
    input.voters
      .filter((v) => v.days >= POOL_RULES.accountDays && v.activeDays >= POOL_RULES.activeDays)
      .map((v) => v.id),
  );
  const cluster = clusters(input);
  const memes = new Map(input.memes.map((m) => [m.id, m]));
  const scores = new Map<bigint, { score: number; voters: number }>();
  const add = (account: bigint, score: number, voters: number): void => {
    const found = scores.get(account) ?? { score: 0, voters: 0 };
    scores.set(account, { score: found.score + score, voters: Math.max(found.voters, voters) });
  };
  for (const meme of [...input.memes].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    // One's own cluster does not judge one's own work.
    const own = cluster.get(meme.author);
    const counts = (id: bigint): boolean =>
      trusted.has(id) && id !== meme.author && (own === undefined || cluster.get(id) !== own);
    const up = meme.up.filter(counts);
    const down = meme.down.filter(counts);
    if (up.length + down.length < POOL_RULES.minVoters) continue;
    const [upWeight, downWeight] = [weight(up, cluster), weight(down, cluster)];
    let score = wilson(upWeight, downWeight) * Math.sqrt(upWeight + downWeight);
    // Whose idea it was gets a part, the nearest one most.
    let share = POOL_RULES.upwards * score;
    let above = meme.parent === null ? undefined : memes.get(meme.parent);
    for (let level = 0; above && level < POOL_RULES.levels; level++) {
      if (above.author !== meme.author) {
        add(above.author, share, 0);
        score -= share;
      }
      share /= 2;
      above = above.parent === null ? undefined : memes.get(above.parent);
    }
    add(meme.author, score, up.length + down.length);
  }
  for (const id of input.staff) scores.delete(id);
  const total = [...scores.values()].reduce((sum, s) => sum + s.score, 0);
  if (total <= 0) return [];
  const cap = (input.amount * POOL_RULES.cap) / 100n;
  return [...scores]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, { score, voters }]) => {
      // Shares in millionths: whole numbers from here on.
      const part = BigInt(Math.floor((score / total) * 1_000_000));
      const amount = (input.amount * part) / 1_000_000n;
      return { account, score, voters, amount: amount > cap ? cap : amount };
    });
}
