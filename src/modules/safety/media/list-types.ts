/** One form for lists of hashes, whatever they came as. */
export type Algorithm = "pdq" | "sha256" | "sha1" | "md5";

/** One hash of one listed picture. */
export interface ListedHash {
  /** How the list names the picture; for lists without names the hash itself. */
  item: string;
  algorithm: Algorithm;
  hash: Buffer;
}

export interface HashList {
  hashes: ListedHash[];
  /** Names of pictures that are no longer listed: their hashes must stop matching. */
  withdrawn: string[];
  /** How many lines or records were passed over, by reason. */
  skipped: Record<string, number>;
}

const LENGTHS: Readonly<Record<Algorithm, number>> = { pdq: 32, sha256: 32, sha1: 20, md5: 16 };
const MAX_ITEM = 200;

/** The hash from its digits; undefined when it is none, or says nothing (all zero, as PDQ of a picture without content). */
export function hashOf(algorithm: Algorithm, text: string): Buffer | undefined {
  const digits = text.trim();
  if (!/^[0-9a-fA-F]*$/.test(digits) || digits.length !== LENGTHS[algorithm] * 2) return undefined;
  const hash = Buffer.from(digits, "hex");
  return hash.every((byte) => byte === 0) ? undefined : hash;
}

/** Collects what a reader finds. Of two records of one picture the later one counts. */
export function collect(): {
  skip(reason: string): void;
  take(item: string, algorithm: Algorithm | undefined, text: string): void;
  withdraw(item: string): void;
  list(): HashList;
} {
  const hashes: ListedHash[] = [];
  const withdrawn = new Set<string>();
  const skipped: Record<string, number> = {};
  const skip = (reason: string): void => void (skipped[reason] = (skipped[reason] ?? 0) + 1);
  return {
    skip,
    take(item, algorithm, text) {
      if (algorithm === undefined) return skip("other kind of hash");
      const hash = hashOf(algorithm, text);
      if (!hash) return skip(`not a ${algorithm} hash`);
      const name = item.slice(0, MAX_ITEM);
      withdrawn.delete(name);
      hashes.push({ item: name, algorithm, hash });
    },
    withdraw: (item) => void withdrawn.add(item.slice(0, MAX_ITEM)),
    list: () => ({ hashes: hashes.filter((h) => !withdrawn.has(h.item)), withdrawn: [...withdrawn], skipped }),
  };
}
