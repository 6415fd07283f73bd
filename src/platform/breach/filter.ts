import { createReadStream, closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

// A Bloom filter in a file: 14.4 bit for each key and 10 places, so that one in a thousand of other keys is taken for one. The keys are SHA-1 hashes, which are as
// good as random: two numbers out of each give all places (Kirsch and Mitzenmacher, "Less hashing, same performance").

const MAGIC = Buffer.from("skeinbf1");
const HEADER = 32;
const BITS_PER_KEY = 14.4;
const PLACES = 10;

/** The places of a key of 20 bytes. Below 2^53 whatever `bits` a file can have. */
function* places(key: Buffer, bits: number): Generator<number> {
  const first = key.readUIntLE(0, 6) % bits;
  const step = key.readUIntLE(6, 6) % bits;
  for (let i = 0; i < PLACES; i++) yield (first + i * step) % bits;
}

async function eachHash(file: string, found: (hash: string) => void): Promise<void> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number++;
    if (line === "") continue;
    const hash = /^([0-9A-Fa-f]{40})(?::\d+)?$/.exec(line.trim())?.[1];
    if (hash === undefined)
      throw new Error(
        `${file}, line ${number}: not a SHA-1 of 40 hexadecimal digits, with or without a colon and a count.`,
      );
    found(hash);
  }
}

/**
 * Writes the filter of a list: one SHA-1 in hexadecimal per line, as Have I Been Pwned's downloads have them (`HASH:count`). Needs 1.8 bytes of memory per line.
 * Answers how many lines there were and how large the file is. Nothing is left behind when it fails.
 */
export async function buildFilter(list: string, out: string): Promise<{ keys: number; bytes: number }> {
  let keys = 0;
  await eachHash(list, () => keys++);
  if (keys === 0) throw new Error(`${list} has no hashes.`);
  const bytes = Math.ceil((keys * BITS_PER_KEY) / 8);
  const bitmap = Buffer.alloc(bytes);
  await eachHash(list, (hash) => {
    for (const place of places(Buffer.from(hash, "hex"), bytes * 8)) {
      const at = Math.floor(place / 8);
      bitmap[at] = (bitmap[at] ?? 0) | (1 << (place % 8));
    }
  });
  const header = Buffer.alloc(HEADER);
  MAGIC.copy(header);
  header.writeBigUInt64LE(BigInt(bytes), 8);
  header.writeBigUInt64LE(BigInt(keys), 16);
  const draft = `${out}.part`;
  try {
    const fd = openSync(draft, "w", 0o644);
    try {
      for (const part of [header, bitmap]) for (let at = 0; at < part.length;) at += writeSync(fd, part, at);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, out);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  return { keys, bytes: bytes + HEADER };
}

export interface Filter {
  /** True for every key of the list, and for one in a thousand others. `key` is a SHA-1 (20 bytes). Reads ten bytes of the file. */
  has(key: Buffer): boolean;
  close(): void;
}

/** Opens a filter. Throws when the file is missing, no filter, or not whole. */
export function openFilter(file: string): Filter {
  const fd = openSync(file, "r");
  const header = Buffer.alloc(HEADER);
  const got = readSync(fd, header, 0, HEADER, 0);
  const bytes = got === HEADER && header.subarray(0, 8).equals(MAGIC) ? Number(header.readBigUInt64LE(8)) : 0;
  if (bytes === 0 || fstatSync(fd).size !== bytes + HEADER) {
    closeSync(fd);
    throw new Error(
      `${file} is no filter of breached passwords, or not whole. Build it with: skein safety breach-filter <list> <file>`,
    );
  }
  const byte = Buffer.alloc(1);
  return {
    has(key) {
      for (const place of places(key, bytes * 8)) {
        if (readSync(fd, byte, 0, 1, HEADER + Math.floor(place / 8)) !== 1) return false;
        if ((byte.readUInt8(0) & (1 << (place % 8))) === 0) return false;
      }
      return true;
    },
    close: () => closeSync(fd),
  };
}
