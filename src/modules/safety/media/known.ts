import { one, run } from "#platform/db/sql.ts";
import { MAX_DISTANCE, MIN_QUALITY, pdqDistance } from "#platform/pdq/hash.ts";
import type { Scan } from "#modules/media/index.ts";
import type { MediaSafetyDeps } from "./deps.ts";
import { gravity, type CaseKind } from "./kinds.ts";
import { createPdqIndex, type Match } from "./matcher.ts";
import { entriesById, exactEntries, lastEntry, pdqEntries } from "./sql.ts";
import { TEST_PATTERN_PDQ, testPatternHash } from "./test-pattern.ts";

/** A picture is one of those in a bank. */
export interface Hit {
  kind: CaseKind;
  bank: string;
  item: string;
  /** Null for the test pattern. */
  entryId: bigint | null;
  algorithm: string;
  /** Bits, 0 for an exact hash. */
  distance: number;
}

/** What a picture is compared by. */
export interface Prints {
  /** Digests of the file: SHA-256, SHA-1, MD5. */
  exact: Buffer[];
  /** PDQ hashes of all its forms, turned and mirrored; only those that say something. */
  pdq: Uint8Array[];
}

export function printsOf(scan: Scan): Prints {
  return {
    exact: [scan.sha256, scan.sha1, scan.md5].map((digest) => Buffer.from(digest)),
    pdq: scan.forms.filter((form) => form.quality >= MIN_QUALITY).flatMap((form) => form.hashes),
  };
}

/** Known pictures. The index of PDQ hashes lies in memory and grows with the banks; what it finds is looked up in the database, which knows what was withdrawn. */
export interface Known {
  /** The gravest and nearest hit, or undefined. Rejects when the banks cannot be read. */
  find(prints: Prints): Promise<Hit | undefined>;
  /** The same among entries after this one only. Other entries that happen to be found by their digests count as well. */
  among(entriesAfter: bigint): Promise<(prints: Prints) => Promise<Hit | undefined>>;
}

const SLICE = 20_000;
/** What is added to the index at once. */
const BATCH = 100_000;

/** An index of entries after `after` that follows the database. */
function following(deps: MediaSafetyDeps, after: bigint) {
  const index = createPdqIndex();
  let seen = after;
  let loading: Promise<void> | undefined;

  async function load(upTo: bigint): Promise<void> {
    let ids: number[] = [];
    let hashes: Uint8Array[] = [];
    for (let from = seen; ;) {
      const rows = await run(deps.pool, pdqEntries, from, upTo, SLICE);
      for (const row of rows) {
        ids.push(Number(row.id));
        hashes.push(row.hash);
      }
      const more = rows.length === SLICE;
      if (ids.length > 0 && (!more || ids.length >= BATCH)) {
        index.add(ids, Buffer.concat(hashes));
        [ids, hashes] = [[], []];
      }
      if (!more) break;
      from = rows.at(-1)?.id ?? upTo;
    }
    seen = upTo;
  }

  return async (): Promise<typeof index> => {
    for (;;) {
      const last = (await one(deps.pool, lastEntry))?.id ?? 0n;
      if (last <= seen) return index;
      loading ??= load(last).finally(() => (loading = undefined));
      await loading;
    }
  };
}

export function createKnown(deps: MediaSafetyDeps): Known {
  const all = following(deps, 0n);

  const better = (a: Hit, b: Hit): number => gravity(a.kind) - gravity(b.kind) || a.distance - b.distance;

  async function find(prints: Prints, search: (hash: Uint8Array) => Match[]): Promise<Hit | undefined> {
    const nearest = new Map<bigint, number>();
    for (const hash of prints.pdq)
      for (const { id, distance } of search(hash)) {
        const known = nearest.get(BigInt(id));
        if (known === undefined || distance < known) nearest.set(BigInt(id), distance);
      }
    const exact = await run(deps.pool, exactEntries, prints.exact);
    const near = nearest.size === 0 ? [] : await run(deps.pool, entriesById, [...nearest.keys()]);
    const hits: Hit[] = [...exact, ...near].map((entry) => ({
      kind: entry.kind,
      bank: entry.bank,
      item: entry.item,
      entryId: entry.id,
      algorithm: entry.crop ? `${entry.algorithm} of a crop` : entry.algorithm,
      distance: nearest.get(entry.id) ?? 0,
    }));
    const pattern = Math.min(...prints.pdq.map((hash) => pdqDistance(hash, testPatternHash())));
    if (pattern <= MAX_DISTANCE)
      hits.push({
        kind: "test",
        bank: "Skein test pattern",
        item: TEST_PATTERN_PDQ,
        entryId: null,
        algorithm: "pdq",
        distance: pattern,
      });
    return hits.sort(better)[0];
  }

  return {
    async find(prints) {
      const index = await all();
      return find(prints, (hash) => index.search(hash));
    },
    async among(entriesAfter) {
      const index = await following(deps, entriesAfter)();
      return (prints) => find(prints, (hash) => index.search(hash));
    },
  };
}
