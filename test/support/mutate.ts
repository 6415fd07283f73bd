/** Seeded damage to JSON documents, for fuzzing: the same seed gives the same damage. */
import type { Json } from "./hostile-peer.ts";

export interface Random {
  /** A whole number from 0 to n - 1. */
  below(n: number): number;
  pick<T>(from: readonly T[]): T;
  chance(p: number): boolean;
}

/** Mulberry32: small, fast and good enough to choose what to break. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    pick: <T>(from: readonly T[]): T => {
      const found = from[below(from.length)];
      if (found === undefined) throw new RangeError("nothing to pick from");
      return found;
    },
    chance: (p) => next() < p,
  };
}

const KEYS = [
  "id",
  "type",
  "actor",
  "object",
  "attributedTo",
  "to",
  "cc",
  "content",
  "inReplyTo",
  "tag",
  "url",
  "name",
  "target",
];
const MORE_KEYS = [
  "quote",
  "instrument",
  "result",
  "oneOf",
  "published",
  "updated",
  "@id",
  "@type",
  "@context",
  "__proto__",
];
const NASTY: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  9007199254740991,
  "",
  "\u0000",
  "\ud800",
  "\u202e\u2066x",
  "x".repeat(3000),
  "'; drop table posts; --",
  "<script>alert(1)</script><img src=x onerror=alert(1)>",
  "9999-99-99T99:99:99Z",
  "0000-01-01T00:00:00Z",
  "javascript:alert(1)",
  "http://[::1",
  "constructor",
  [],
  {},
  [[[[]]]],
  [null, null],
  { "@value": "x" },
  { "@id": "_:b0" },
  { constructor: { prototype: { polluted: true } } },
];

interface Place {
  holder: Json | unknown[];
  key: string | number;
}

function places(value: unknown, found: Place[], depth: number): void {
  if (typeof value !== "object" || value === null || depth > 8) return;
  const holder = value as Json | unknown[];
  const keys = Array.isArray(holder) ? holder.map((_, i) => i) : Object.keys(holder);
  for (const key of keys) {
    found.push({ holder, key });
    places((holder as Record<string | number, unknown>)[key], found, depth + 1);
  }
}

export interface Material {
  /** Documents to begin with, and to take parts from. */
  documents: readonly Json[];
  /** Addresses that mean something. */
  addresses: readonly string[];
  types: readonly string[];
}

/** A damaged copy of one of the documents. */
export function mutated(from: Json, rng: Random, material: Material): Json {
  const root = structuredClone(from);
  for (let n = 1 + rng.below(4); n > 0; n--) {
    const all: Place[] = [];
    places(root, all, 0);
    if (all.length === 0) return root;
    const { holder, key } = rng.pick(all);
    const at = holder as Record<string | number, unknown>;
    switch (rng.below(9)) {
      case 0:
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete at[key];
        break;
      case 1:
        at[key] = structuredClone(rng.pick(NASTY));
        break;
      case 2:
      case 3:
        at[key] = rng.pick(material.addresses);
        break;
      case 4:
        at[key] = [structuredClone(at[key]), rng.pick(material.addresses)];
        break;
      case 5: {
        const other: Place[] = [];
        places(rng.pick(material.documents), other, 0);
        const taken = other.length === 0 ? undefined : rng.pick(other);
        at[key] = taken && structuredClone((taken.holder as Record<string | number, unknown>)[taken.key]);
        break;
      }
      case 6:
        at[key] = structuredClone(rng.pick(material.documents));
        break;
      case 7:
        root["type"] = rng.pick(material.types);
        break;
      default:
        if (!Array.isArray(holder)) {
          const name = rng.pick(rng.chance(0.7) ? KEYS : MORE_KEYS);
          Object.defineProperty(holder, name, { value: at[key], enumerable: true, configurable: true, writable: true });
        }
    }
  }
  return root;
}
