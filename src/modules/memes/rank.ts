/** How memes are ordered. The SQL of `sql-memes.ts` computes the same; a test compares both. */

/** Normal quantile of a two-sided interval of 95 %. */
export const Z = 1.96;
/** Hours added to the age, so that the first minutes do not decide. */
const HEAD_START = 2;
const GRAVITY = 1.5;

/** Votes as they weigh: those of new accounts together as much as their square root, so that a crowd made for the purpose moves little. */
export function weighed(all: number, fresh: number): number {
  return all - fresh + Math.sqrt(Math.max(0, fresh));
}

/**
 * Lower bound of the Wilson score interval (E. B. Wilson 1927): which share of "up" these votes speak for at least. 0 without votes.
 */
export function wilson(up: number, down: number): number {
  const n = up + down;
  if (n === 0) return 0;
  const p = up / n;
  const z2 = Z * Z;
  return (p + z2 / (2 * n) - Z * Math.sqrt((p * (1 - p) + z2 / (4 * n)) / n)) / (1 + z2 / n);
}

/** `W · log2(2 + n) / (age in hours + 2)^1.5`, W = {@link wilson}: many good votes in a short time. */
export function hot(up: number, down: number, ageHours: number): number {
  return (wilson(up, down) * Math.log2(2 + up + down)) / (Math.max(0, ageHours) + HEAD_START) ** GRAVITY;
}
