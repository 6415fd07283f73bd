/** Repeatable chance: the same seed gives the same world. */
export interface Chance {
  /** 0 to n - 1. */
  below(n: number): number;
  /** True in `percent` of 100 cases. */
  yes(percent: number): boolean;
  pick<T>(list: readonly T[]): T | undefined;
}

/** Mulberry32. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { below, yes: (percent) => next() * 100 < percent, pick: (list) => list[below(list.length)] };
}
