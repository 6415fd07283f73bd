import type { TxClient } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";
import type { Asset } from "#platform/money.ts";
import type { LotKind, LotRow } from "./sql-credits.ts";
import type { Key } from "./types.ts";

/** Something given to a user. Amounts in minor units. */
export interface Grant {
  user: Id;
  asset: Extract<Asset, "CREDIT" | "TOKEN">;
  amount: bigint;
  /** The same key gives once, however often it is asked. */
  key: Key;
  /** Shown to the user. */
  reason: string;
  /** Kind of the lot; default `promo`. Tokens have no lots. */
  kind?: LotKind;
  /** Lower ones are spent first; default 10 for free credits, 100 for paid ones. */
  priority?: number;
  /** null or absent: never. */
  expiresAt?: Date | null;
  /** Micro-euro that were paid; only with kind `paid`. */
  paid?: bigint;
  /** Who gave it. */
  actor?: Id;
  /** The account that pays: a pool of credits that were issued already. Absent: they are issued. */
  from?: Id;
}

export interface Granted {
  entry: Id;
  /** The lot; undefined for tokens. */
  lot: Id | undefined;
  replayed: boolean;
}

/** Credits set aside for a piece of work. */
export interface Hold {
  id: Id;
  amount: bigint;
  captured: bigint;
  state: "open" | "captured" | "released" | "expired";
  reference: string | null;
  expiresAt: Date | null;
  createdAt: Date;
}

export interface HoldRequest {
  user: Id;
  /** Thousandths of a credit. */
  amount: bigint;
  key: Key;
  expiresAt: Date;
  /** What it is for, such as `meme_job:123`; shown to the user. */
  reference: string;
}

/** What a user has. Credits in thousandths, tokens in millionths. */
export interface Wallet {
  credits: { available: bigint; held: bigint; next_expiry: Date | null };
  tokens: { available: bigint; staked: bigint; unbonding: bigint };
}

export interface Credits {
  /** Gives credits (as a lot) or tokens. Throws `idempotency_mismatch` for a key that gave something else, `unavailable` with reason `coverage` when the reserve does not cover it. */
  grant(grant: Grant): Promise<Granted>;
  grantIn(db: TxClient, grant: Grant): Promise<Granted>;
  /** Sets credits aside: free before paid, what expires soonest first. Throws 402 `insufficient_credits`. The same key answers the same hold. */
  holdIn(db: TxClient, request: HoldRequest): Promise<Hold & { replayed: boolean }>;
  /** Uses `amount` of a hold (0 to all of it) and gives the rest back to the lots it came from. Throws `hold_expired`, `already_resolved`, `capture_exceeds_hold`; the same key again has no effect. */
  captureIn(db: TxClient, request: { hold: Id; amount: bigint; key: Key; user?: Id | undefined }): Promise<Hold>;
  /** Gives everything back. A hold that is released or expired already stays so; one that was captured throws `already_resolved`. */
  releaseIn(db: TxClient, request: { hold: Id; user?: Id | undefined }): Promise<Hold>;
  /** Gives back some of what a hold used, to the lots it came from; a lot whose time is over gets 7 more days. Throws `capture_exceeds_hold` for more than was used. */
  refundIn(db: TxClient, request: { hold: Id; amount: bigint; key: Key; reason: string }): Promise<void>;
  /** Refuses what the reserve would not cover. Nothing is refused while no rule is set. */
  covered(db: TxClient, amount: bigint): Promise<void>;
  /** Takes what is left of a lot away. */
  voidLot(lot: Id): Promise<void>;
  hold(id: Id): Promise<Hold | undefined>;
  /** Lots with something left, in the order in which they are spent. */
  lots(user: Id): Promise<LotRow[]>;
  /** Open holds, newest first. */
  holds(user: Id): Promise<Hold[]>;
  wallet(user: Id): Promise<Wallet>;
  /** Releases holds whose time is over. Answers how many. */
  sweepHolds(): Promise<number>;
  /** Takes lots away whose time is over. Answers how many. */
  expireLots(): Promise<number>;
}
