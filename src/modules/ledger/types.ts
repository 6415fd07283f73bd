import type { Pool } from "#platform/db/pool.ts";
import type { Tx } from "#platform/db/tx.ts";
import type { Clock } from "#platform/clock.ts";
import type { Ids, Id } from "#platform/ids.ts";
import type { Log } from "#platform/log/log.ts";

/** A UUID chosen by the caller: it names the transfer and makes posting it twice impossible. */
export type Key = string;

/** Why an entry was refused. A refused entry is not stored: the same keys may be tried again. */
export type Refusal =
  | "insufficient_funds"
  | "limit_exceeded"
  | "account_closed"
  | "asset_mismatch"
  | "period_closed"
  | "hold_expired"
  | "already_resolved"
  | "capture_exceeds_hold"
  | "idempotency_mismatch"
  | "not_found";

/** What an entry is, for statements. The numbers are stored: never change one. */
export const ENTRY_KINDS = {
  manual: 0,
  grant: 1,
  purchase: 2,
  hold: 3,
  capture: 4,
  release: 5,
  hold_expired: 6,
  lot_expired: 7,
  refund: 8,
  reversal: 9,
  stake: 10,
  unbonding: 11,
  unstake: 12,
  pool_funding: 13,
  stake_reward: 14,
  presale_purchase: 15,
  presale_refund: 16,
  presale_delivery: 17,
  presale_setup: 18,
  top_up: 19,
  spend: 20,
} as const;

export type EntryKind = keyof typeof ENTRY_KINDS;

const KIND_NAMES = new Map<number, EntryKind>(
  (Object.keys(ENTRY_KINDS) as EntryKind[]).map((name) => [ENTRY_KINDS[name], name]),
);

/** The name of a stored kind. */
export function entryKind(stored: number): EntryKind {
  return KIND_NAMES.get(stored) ?? "manual";
}

/** One movement of one amount, from the debit to the credit account. */
export interface TransferIn {
  key: Key;
  debit: Id;
  credit: Id;
  /** Minor units, positive, at most `MAX_AMOUNT`. Of a void: what is held. */
  amount: bigint;
  /** A number of the caller's for his own reports; 0 when absent. */
  code?: number;
  /** Holds the amount instead of moving it, until it is resolved or its time is over. */
  hold?: { id: Id; expiresAt: Date | null };
  /** Ends a hold, named by the key of the transfer that made it: `post` moves the amount (or less; the rest is free again), `void` moves nothing. */
  resolve?: { hold: Key; as: "post" | "void" };
}

/** Transfers that happen together or not at all. */
export interface EntryIn {
  kind: EntryKind;
  transfers: readonly TransferIn[];
  /** A document it belongs to. */
  doc?: Id;
  /** The person who did it. */
  actor?: Id;
  /** The entry it takes back. */
  reverses?: Id;
  /** Reason or reference; shown to the owner of the account. */
  memo?: string;
  /** The day it counts for, as YYYY-MM-DD; today when absent. */
  effective?: string;
}

export type EntryOut =
  | { ok: true; entry: Id; /** It was posted before, under the same keys. */ replayed: boolean }
  | { ok: false; refusal: Refusal; /** Position of the transfer that is to blame. */ line: number };

/** Minor units. `posted` is credits minus debits; `available` is what may still be spent. */
export interface Balance {
  account: Id;
  posted: bigint;
  available: bigint;
  /** Held on the debit side. */
  held: bigint;
  /** On its way in. */
  incoming: bigint;
  debits: bigint;
  credits: bigint;
}

/** Outstanding credits times the cost to serve one must stay within the reserve. Amounts in micro-euro. */
export interface CoverageRule {
  reserve: bigint;
  /** Cost to serve one whole credit. */
  costPerCredit: bigint;
}

/** What the ledger needs from outside. */
export interface LedgerDeps {
  pool: Pool;
  tx: Tx;
  ids: Ids;
  clock: Clock;
  log: Log;
  /** Asked before credits are given away; undefined (the default) checks nothing. */
  coverage?: () => CoverageRule | undefined;
  /** Whether presales may be opened and bought from; default off. */
  presale?: boolean;
  /** How many calls of the posting function run at the same time; default 2. With 1, separate calls of `post` keep their order, too. */
  writers?: number;
}
