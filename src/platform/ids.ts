import { randomInt } from "node:crypto";
import type { Clock } from "./clock.ts";

/**
 * Snowflake ids: milliseconds since 1970 in the upper bits, then 4 bits process slot and 12 bits counter. 64-bit, positive, time-sorted; decimal strings in JSON.
 * The layout is fixed by docs/adr/0009.
 */
export type Id = bigint;

const COUNTER_BITS = 12n;
const LOW_BITS = 16n;
const COUNTER_MAX = 0xfff;

/** Greatest id PostgreSQL's `bigint` holds; the upper bound of open pages. */
export const MAX_ID: Id = 9223372036854775807n;

/** The smallest id of a moment. */
export function idFloor(at: Date): Id {
  return BigInt(at.getTime()) << LOW_BITS;
}

/** The moment an id was minted for. */
export function idTime(id: Id): Date {
  return new Date(Number(id >> LOW_BITS));
}

/** Parses an id from the outside: 1 to 19 digits within `bigint`; undefined for anything else. */
export function parseId(text: string): Id | undefined {
  if (!/^\d{1,19}$/.test(text)) return undefined;
  const id = BigInt(text);
  return id > MAX_ID ? undefined : id;
}

export interface Ids {
  /** A new id, greater than every id this process minted before. */
  next(): Id;
  /** An id for a moment in the past (imported posts): random low bits, the caller retries on conflict. */
  at(moment: Date): Id;
}

/** Makes the id source of one process. `slot` is 0 to 15 and leased in the database, so that no two processes share it. */
export function createIds(clock: Clock, slot: number): Ids {
  if (!Number.isInteger(slot) || slot < 0 || slot > 15) throw new Error(`Process slot ${slot} is not 0 to 15`);
  const slotBits = BigInt(slot) << COUNTER_BITS;
  let lastMs = 0;
  let counter = 0;
  return {
    next() {
      // The clock may step back: then the last millisecond goes on counting.
      const ms = Math.max(clock.ms(), lastMs);
      if (ms > lastMs) {
        lastMs = ms;
        counter = 0;
      } else if (++counter > COUNTER_MAX) {
        lastMs += 1;
        counter = 0;
      }
      return (BigInt(lastMs) << LOW_BITS) | slotBits | BigInt(counter);
    },
    at(moment) {
      return (BigInt(moment.getTime()) << LOW_BITS) | BigInt(randomInt(0x10000));
    },
  };
}
