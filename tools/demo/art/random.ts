/** Repeatable chance: the same seed gives the same demo, picture for picture. */
export interface Random {
  /** 0 up to, not including, 1. */
  next(): number;
  /** A number from a to b. */
  range(a: number, b: number): number;
  /** A whole number from a to b, both included. */
  int(a: number, b: number): number;
  pick<T>(list: readonly T[]): T;
  chance(probability: number): boolean;
  shuffled<T>(list: readonly T[]): T[];
}

/** A 32-bit hash of a text (FNV-1a), to derive seeds from names. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Mulberry32: small, fast, good enough for pictures and dates. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (a: number, b: number): number => a + Math.floor(next() * (b - a + 1));
  return {
    next,
    int,
    range: (a, b) => a + next() * (b - a),
    chance: (p) => next() < p,
    pick: (list) => {
      const found = list[int(0, list.length - 1)];
      if (found === undefined) throw new Error("Nothing to pick from");
      return found;
    },
    shuffled: (list) => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(0, i);
        const [a, b] = [copy[i], copy[j]];
        if (a !== undefined && b !== undefined) [copy[i], copy[j]] = [b, a];
      }
      return copy;
    },
  };
}

/** Smooth noise along a line, -1 to 1: several octaves of interpolated random values. */
export function noiseLine(r: Random, octaves = 5): (x: number) => number {
  const values = Array.from({ length: 256 }, () => r.range(-1, 1));
  const at = (x: number): number => {
    const i = Math.floor(x);
    const f = x - i;
    const s = f * f * (3 - 2 * f);
    return (values[i & 255] ?? 0) * (1 - s) + (values[(i + 1) & 255] ?? 0) * s;
  };
  return (x) => {
    let sum = 0;
    let weight = 0;
    for (let o = 0, f = 1, a = 1; o < octaves; o++, f *= 2.03, a *= 0.5) {
      sum += at(x * f + o * 17.3) * a;
      weight += a;
    }
    return sum / weight;
  };
}
