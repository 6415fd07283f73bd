/**
 * Finds every known hash within 31 bits of a given one, by multi-index hashing (Norouzi, Punjani, Fleet: "Fast search in Hamming space with
 * multi-index hashing", CVPR 2012). A hash is cut into 16 slices of 16 bits. Two hashes that differ in at most 31 bits have a slice in which they differ in at
 * most one, because 16 slices of two would be 32. So 16 x 17 look-ups find every candidate, and the whole distance decides: nothing is missed.
 */
import { MAX_DISTANCE, popcount } from "#platform/pdq/hash.ts";

export interface Match {
  /** As given to `add`. */
  id: number;
  /** Differing bits, 0 to 31. */
  distance: number;
}

export interface PdqIndex {
  readonly size: number;
  /** Adds hashes of 32 bytes that lie one after the other; ids are whole numbers up to 2^53. */
  add(ids: readonly number[], hashes: Uint8Array): void;
  /** Everything within 31 bits, in no particular order. */
  search(hash: Uint8Array): Match[];
}

const BYTES = 32;
const WORDS = 8;
const SLICES = 16;
const BUCKETS = 65_536;
/** Below that many, comparing with each is faster than an index, and smaller. */
const PLAIN = 4096;
/** Hashes per part: what grows is built anew, so parts stay small enough to be built in a tenth of a second. */
const PART = 131_072;

const at = (array: Uint32Array | Float64Array | Uint8Array, i: number): number => array[i] ?? 0;

function wordsOf(hashes: Uint8Array, count: number): Uint32Array {
  const words = new Uint32Array(count * WORDS);
  const view = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  for (let i = 0; i < words.length; i++) words[i] = view.getUint32(i * 4);
  return words;
}

interface Part {
  count: number;
  search(query: Uint32Array, into: Match[]): void;
}

/** Distance of entry i, or more than 31: the rest is not counted then. */
function distanceTo(words: Uint32Array, i: number, query: Uint32Array): number {
  let distance = 0;
  for (let w = 0; w < WORDS && distance <= MAX_DISTANCE; w++)
    distance += popcount(at(words, i * WORDS + w) ^ at(query, w));
  return distance;
}

function plainPart(ids: Float64Array, words: Uint32Array): Part {
  return {
    count: ids.length,
    search(query, into) {
      for (let i = 0; i < ids.length; i++) {
        const distance = distanceTo(words, i, query);
        if (distance <= MAX_DISTANCE) into.push({ id: at(ids, i), distance });
      }
    },
  };
}

const sliceOf = (words: Uint32Array, i: number, slice: number): number => {
  const word = at(words, i * WORDS + (slice >> 1));
  return slice % 2 === 0 ? word >>> 16 : word & 0xffff;
};

/** Which entries of a part were compared in this search; one for all parts, so that it stays in the processor's cache. */
interface Seen {
  marks: Uint32Array;
  round: number;
}

function indexedPart(ids: Float64Array, words: Uint32Array, seen: Seen): Part {
  const count = ids.length;
  // Sorted by counting, per slice: the entries of a bucket lie together.
  const starts = Array.from({ length: SLICES }, () => new Uint32Array(BUCKETS + 1));
  const orders = starts.map((start, slice) => {
    for (let i = 0; i < count; i++) start[sliceOf(words, i, slice) + 1] = at(start, sliceOf(words, i, slice) + 1) + 1;
    for (let b = 0; b < BUCKETS; b++) start[b + 1] = at(start, b + 1) + at(start, b);
    const next = start.slice();
    const order = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const bucket = sliceOf(words, i, slice);
      order[at(next, bucket)] = i;
      next[bucket] = at(next, bucket) + 1;
    }
    return order;
  });
  return {
    count,
    search(query, into) {
      // An entry may lie in several buckets; it is compared once per search.
      const { marks } = seen;
      if (++seen.round > 0xffffffff) {
        marks.fill(0);
        seen.round = 1;
      }
      const { round } = seen;
      for (let slice = 0; slice < SLICES; slice++) {
        const [start, order] = [starts[slice], orders[slice]];
        if (!start || !order) continue;
        const exact = sliceOf(query, 0, slice);
        for (let flip = -1; flip < 16; flip++) {
          const bucket = flip < 0 ? exact : exact ^ (1 << flip);
          for (let o = at(start, bucket), end = at(start, bucket + 1); o < end; o++) {
            const i = at(order, o);
            if (at(marks, i) === round) continue;
            marks[i] = round;
            const distance = distanceTo(words, i, query);
            if (distance <= MAX_DISTANCE) into.push({ id: at(ids, i), distance });
          }
        }
      }
    },
  };
}

/** An index that only grows. About 140 bytes per hash. */
export function createPdqIndex(): PdqIndex {
  const full: Part[] = [];
  let last: Part | undefined;
  let openIds = new Float64Array(0);
  let openWords = new Uint32Array(0);
  let size = 0;
  const seen: Seen = { marks: new Uint32Array(PART), round: 0 };

  const build = (ids: Float64Array, words: Uint32Array): Part =>
    ids.length < PLAIN ? plainPart(ids, words) : indexedPart(ids, words, seen);

  return {
    get size() {
      return size;
    },
    add(ids, hashes) {
      if (hashes.length !== ids.length * BYTES) throw new Error("A PDQ hash has 32 bytes");
      const allIds = new Float64Array(openIds.length + ids.length);
      allIds.set(openIds);
      allIds.set(ids, openIds.length);
      const allWords = new Uint32Array(allIds.length * WORDS);
      allWords.set(openWords);
      allWords.set(wordsOf(hashes, ids.length), openWords.length);
      let from = 0;
      for (; allIds.length - from >= PART; from += PART)
        full.push(build(allIds.slice(from, from + PART), allWords.slice(from * WORDS, (from + PART) * WORDS)));
      openIds = allIds.slice(from);
      openWords = allWords.slice(from * WORDS);
      // Built when somebody searches: a list that comes in slices would have it built again and again.
      last = undefined;
      size += ids.length;
    },
    search(hash) {
      if (hash.length !== BYTES) throw new Error("A PDQ hash has 32 bytes");
      const query = wordsOf(hash, 1);
      const found: Match[] = [];
      for (const part of full) part.search(query, found);
      if (openIds.length > 0) (last ??= build(openIds, openWords)).search(query, found);
      return found;
    },
  };
}
