import assert from "node:assert/strict";
import { test } from "node:test";
import { pdqDistance } from "#platform/pdq/hash.ts";
import { createPdqIndex, type Match } from "./matcher.ts";

/** Numbers from a seed (mulberry32). */
function numbers(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}
const hashFrom = (next: () => number): Uint8Array => Uint8Array.from({ length: 32 }, () => next() & 255);

/** The same hash with exactly `bits` different ones. */
function near(hash: Uint8Array, bits: number, next: () => number): Uint8Array {
  const copy = hash.slice();
  const chosen = new Set<number>();
  while (chosen.size < bits) chosen.add(next() % 256);
  for (const bit of chosen) copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
const sorted = (matches: Match[]): Match[] => [...matches].sort((a, b) => a.id - b.id);

for (const count of [1, 500, 6000]) {
  test(`${count} hashes: what is found is what comparing with each finds`, () => {
    const next = numbers(count);
    const all = Array.from({ length: count }, () => hashFrom(next));
    // Crowds around some of them, on both sides of the bound.
    for (let i = 0; i < count / 4; i++) {
      const centre = all[next() % Math.min(count, 5)] ?? hashFrom(next);
      all[next() % count] = near(centre, 20 + (next() % 24), next);
    }
    const index = createPdqIndex();
    // In portions, as lists grow.
    for (let from = 0; from < count; from += 1777) {
      const slice = all.slice(from, from + 1777);
      index.add(
        slice.map((_, i) => from + i + 1),
        Buffer.concat(slice),
      );
    }
    assert.equal(index.size, count);
    for (let q = 0; q < 200; q++) {
      const base = all[next() % count] ?? hashFrom(next);
      const query = near(base, [0, 1, 16, 30, 31, 32, 60][q % 7] ?? 0, next);
      const expected = all
        .map((hash, i) => ({ id: i + 1, distance: pdqDistance(hash, query) }))
        .filter((match) => match.distance <= 31);
      assert.deepEqual(sorted(index.search(query)), expected);
    }
  });
}

test("an index of nothing finds nothing; wrong lengths are refused", () => {
  const index = createPdqIndex();
  assert.deepEqual(index.search(new Uint8Array(32)), []);
  assert.throws(() => index.search(new Uint8Array(31)));
  assert.throws(() => index.add([1], new Uint8Array(33)));
});
