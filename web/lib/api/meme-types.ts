/** What `/api/skein/v1` says of memes and wallets. */
import type { MemeDoc } from "#shared/meme/doc.ts";
import type { FormatId } from "#shared/meme/formats.ts";
import type { Account } from "./types.ts";

export interface MemeEngine {
  id: string;
  kind: "stage" | "bank" | "ai";
  model: string | null;
  /** In the language of the request. */
  label: string;
}

export interface Meme {
  id: string;
  url: string;
  image_url: string;
  preview_url: string;
  alt: string;
  format: FormatId;
  captions: string[];
  document: MemeDoc;
  engine: MemeEngine;
  account: Account | null;
  remix_of: { id: string | null; account: Account | null } | null;
  root_id: string | null;
  depth: number;
  remixes: number;
  remix_policy: "anyone" | "followers" | "none";
  votes: { up: number; down: number; own: -1 | 0 | 1 };
  state: "draft" | "published";
  status_id: string | null;
  created_at: string;
  published_at: string | null;
}

export interface MemeVariant {
  id: string;
  format: FormatId;
  captions: string[];
  alt: string;
  image_url: string;
  preview_url: string;
  engine: MemeEngine;
  /** Decimal string. */
  credits: string;
  chips: string[];
  document: MemeDoc;
}

export interface MemeGeneration {
  id: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  prompt: string;
  language: string;
  engine: string;
  notice: string | null;
  price: string;
  charged: string;
  created_at: string;
  variants: MemeVariant[];
}

export interface Studio {
  formats: { id: FormatId; boxes: { role: string; maxWords: number }[]; cast: number; photo: boolean }[];
  engines: {
    id: string;
    kind: "stage" | "bank" | "ai";
    price: string;
    unit: "generation" | "variant";
    rests_until: string | null;
  }[];
  prices: Record<string, string>;
  coming: { item: string; price: string; from: string }[];
  limits: { prompt: number; variants: { min: number; max: number; usual: number }; published_a_day: number };
}

export interface Leader {
  account: Account;
  memes: number;
  up: number;
  score: number;
}

/** Amounts are decimal strings. */
export interface Wallet {
  credits: { available: string; held: string; next_expiry: string | null };
  tokens: { available: string; staked: string; unbonding: string };
}

export interface WalletEntry {
  id: string;
  at: string;
  asset: string;
  amount: string;
  balance: string;
  kind: string;
  reference: string | null;
}

export interface WalletHold {
  id: string;
  amount: string;
  reference: string | null;
  expires_at: string | null;
  created_at: string;
}

export interface WalletLot {
  id: string;
  kind: "paid" | "promo" | "stake_reward" | "daily" | "pool";
  granted: string;
  remaining: string;
  reason: string;
  expires_at: string | null;
}

export interface ProvenanceAnswer {
  known: boolean;
  meme: { id: string; url: string } | null;
  engine: MemeEngine | null;
  digital_source_type: string | null;
  manifest?: { state: "valid" | "invalid" | "none"; signer: string | null; agent: string | null };
}

export interface MemeTemplate {
  id: string;
  name: string;
  alt: string;
  /** Where captions go, in units of 1080. */
  zones: { x: number; y: number; w: number; h: number }[];
  licence: "own" | "CC0" | "CC-BY" | "CC-BY-SA";
  credit: string;
  /** Width ÷ height. */
  aspect: number;
  image_url: string;
  state: "pending" | "approved" | "refused";
  created_at: string;
}

export interface EngineHealth {
  id: string;
  ok: boolean;
  detail: string;
}

/** One engine on one day; amounts are decimal strings in euro. */
export interface EngineCosts {
  engine: string;
  day: string;
  calls: number;
  failed: number;
  cost: string;
  cap: string;
}

export interface Stake {
  id: string;
  amount: string;
  lock_days: number;
  state: "active" | "unbonding" | "released";
  unlocks_at: string;
  releases_at: string | null;
  created_at: string;
}
