/** The reward index: how a pool's money is shared among stakes, to the last unit. Decides only; no input or output. */

/** What one unit of weight has earned is kept times this. */
export const SCALE = 10n ** 30n;

/** Lock tiers: days, and the multiplier of the weight in hundredths. */
export const LOCK_TIERS: readonly { days: number; hundredths: bigint }[] = [
  { days: 30, hundredths: 100n },
  { days: 90, hundredths: 125n },
  { days: 180, hundredths: 150n },
];

export const UNBONDING_DAYS = 7;

/** Money of a pool, in its asset's minor units; `acc`, `carry` and `dust` times `SCALE`. */
export interface PoolState {
  acc: bigint;
  /** What the last division left over; part of the next funding. */
  carry: bigint;
  /** What settlements rounded away; stays in the pool's account and is nobody's. */
  dust: bigint;
  /** Funded while nobody staked. */
  unallocated: bigint;
  funded: bigint;
  paid: bigint;
  operations: bigint;
}

/** The weight of a stake; undefined for a lock that is not offered. */
export function weightOf(amount: bigint, lockDays: number): bigint | undefined {
  const tier = LOCK_TIERS.find((t) => t.days === lockDays);
  return tier && amount * tier.hundredths;
}

/** Shares an amount among all weight there is; waits for the first stake when there is none. */
export function fund(pool: PoolState, amount: bigint, totalWeight: bigint): PoolState {
  const funded = pool.funded + amount;
  if (totalWeight === 0n) return { ...pool, funded, unallocated: pool.unallocated + amount };
  const share = (amount + pool.unallocated) * SCALE + pool.carry;
  return {
    ...pool,
    ...{ funded, unallocated: 0n, acc: pool.acc + share / totalWeight, carry: share % totalWeight },
  };
}

/** Pays what a stake earned since it was paid up to `debt`, rounded down. */
export function settle(pool: PoolState, weight: bigint, debt: bigint): { pool: PoolState; pay: bigint } {
  const owed = (pool.acc - debt) * weight;
  const pay = owed / SCALE;
  return {
    pay,
    pool: { ...pool, paid: pool.paid + pay, dust: pool.dust + (owed % SCALE), operations: pool.operations + 1n },
  };
}

/**
 * What a day gives in credits: `rate` (credits per token, times 10^6) on the weight, at most the budget. Minor units: a token has
 * 10^6 of them, a credit 10^3, and weight counts hundredths.
 */
export function dailyAmount(totalWeight: bigint, rate: bigint, budget: bigint): bigint {
  const wanted = (totalWeight * rate * 1000n) / (100n * 1_000_000n * 1_000_000n);
  return wanted < budget ? wanted : budget;
}
