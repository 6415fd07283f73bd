import { isPgError } from "#platform/db/tx.ts";
import { one, type Db } from "#platform/db/sql.ts";
import { AppError, type ErrorCode } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { MAX_AMOUNT } from "#platform/money.ts";
import { isKey } from "./keys.ts";
import { postBatch } from "./sql.ts";
import { ENTRY_KINDS, type EntryIn, type EntryOut, type Refusal } from "./types.ts";

/** Lines in one call of the posting function: what a batch holds locked stays short. */
export const MAX_LINES = 2000;

const REFUSALS: Record<number, Refusal> = {
  10: "insufficient_funds",
  11: "limit_exceeded",
  12: "account_closed",
  13: "asset_mismatch",
  14: "period_closed",
  15: "hold_expired",
  16: "already_resolved",
  17: "capture_exceeds_hold",
  18: "idempotency_mismatch",
  19: "not_found",
};

function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return at !== undefined && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** Refuses what no database has to be asked about. Throws `AppError("unprocessable")`: such an entry is a mistake of the caller. */
export function checkEntry(entry: EntryIn): void {
  const wrong = (sentence: string): never => {
    throw new AppError("unprocessable", sentence);
  };
  if (entry.transfers.length === 0 || entry.transfers.length > MAX_LINES) wrong("An entry has 1 to 2000 transfers.");
  if (entry.effective !== undefined && !isDay(entry.effective)) wrong("The effective day of an entry is YYYY-MM-DD.");
  const keys = new Set<string>();
  const holds = new Set<string>();
  for (const t of entry.transfers) {
    if (!isKey(t.key)) wrong("The key of a transfer is a UUID in lower case.");
    if (keys.has(t.key)) wrong("A key occurs twice in an entry.");
    keys.add(t.key);
    if (t.amount <= 0n || t.amount > MAX_AMOUNT) wrong("The amount of a transfer is positive and within bounds.");
    if (t.debit === t.credit) wrong("A transfer needs two accounts.");
    if (t.hold && t.resolve) wrong("A transfer makes a hold or ends one.");
    if (t.resolve) {
      if (!isKey(t.resolve.hold)) wrong("The key of a hold is a UUID in lower case.");
      if (holds.has(t.resolve.hold)) wrong("An entry ends a hold once.");
      holds.add(t.resolve.hold);
    }
  }
  for (const hold of holds) if (keys.has(hold)) wrong("A hold cannot end in the entry that makes it.");
}

/**
 * Cuts entries into calls: within one, no key occurs twice and no hold is touched twice. What comes later sees what came before,
 * so the outcome is that of one after the other.
 */
export function segments(entries: readonly EntryIn[], maxLines = MAX_LINES): EntryIn[][] {
  const cut: EntryIn[][] = [];
  let current: EntryIn[] = [];
  let seen = new Set<string>();
  let lines = 0;
  for (const entry of entries) {
    const touched = entry.transfers.flatMap((t) => (t.resolve ? [t.key, t.resolve.hold] : [t.key]));
    if (current.length > 0 && (lines + entry.transfers.length > maxLines || touched.some((key) => seen.has(key)))) {
      cut.push(current);
      current = [];
      seen = new Set();
      lines = 0;
    }
    current.push(entry);
    for (const key of touched) seen.add(key);
    lines += entry.transfers.length;
  }
  if (current.length > 0) cut.push(current);
  return cut;
}

const quoted = (text: string): string => `"${text.replaceAll("\0", "").replaceAll(/["\\]/g, "\\$&")}"`;
const list = (items: readonly (string | number | bigint)[]): string => `{${items.join(",")}}`;
const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Posts one segment in one statement. `oneByOne` lets the exact judge decide from the start; the outcome is the same. */
export async function postSegment(
  db: Db,
  at: Date,
  entries: readonly EntryIn[],
  oneByOne = false,
): Promise<EntryOut[]> {
  const ids = new Set<Id>();
  for (const entry of entries) {
    for (const t of entry.transfers) ids.add(t.debit).add(t.credit);
  }
  const accounts = [...ids].sort(ascending);
  const position = new Map(accounts.map((id, i) => [id, i + 1]));
  const e = { kinds: [] as number[], docs: [] as string[], actors: [] as string[], reverses: [] as string[] };
  const memos: string[] = [];
  const effective: string[] = [];
  const l = { entries: [] as number[], lines: [] as number[], keys: [] as string[], codes: [] as number[] };
  const debits: number[] = [];
  const credits: number[] = [];
  const amounts: bigint[] = [];
  const types: number[] = [];
  const pending: string[] = [];
  const expires: string[] = [];
  const holds: string[] = [];
  for (const [i, entry] of entries.entries()) {
    e.kinds.push(ENTRY_KINDS[entry.kind]);
    e.docs.push(entry.doc?.toString() ?? "NULL");
    e.actors.push(entry.actor?.toString() ?? "NULL");
    e.reverses.push(entry.reverses?.toString() ?? "NULL");
    memos.push(entry.memo === undefined ? "NULL" : quoted(entry.memo));
    effective.push(entry.effective === undefined ? "NULL" : quoted(entry.effective));
    for (const [line, t] of entry.transfers.entries()) {
      l.entries.push(i + 1);
      l.lines.push(line);
      l.keys.push(t.key);
      l.codes.push(t.code ?? 0);
      debits.push(position.get(t.debit) ?? 0);
      credits.push(position.get(t.credit) ?? 0);
      amounts.push(t.amount);
      types.push(t.hold ? 1 : t.resolve ? (t.resolve.as === "post" ? 2 : 3) : 0);
      pending.push(t.resolve?.hold ?? "NULL");
      expires.push(t.hold?.expiresAt ? quoted(t.hold.expiresAt.toISOString()) : "NULL");
      holds.push(t.hold?.id.toString() ?? "NULL");
    }
  }
  const row = await one(
    db,
    postBatch,
    at,
    list(accounts),
    list(e.kinds),
    list(e.docs),
    list(e.actors),
    list(e.reverses),
    list(memos),
    list(effective),
    list(l.entries),
    list(l.lines),
    list(l.keys),
    list(debits),
    list(credits),
    list(amounts),
    list(l.codes),
    list(types),
    list(pending),
    list(expires),
    list(holds),
    oneByOne,
  );
  if (!row) throw new Error("the posting function gave no answer");
  return entries.map((_, i): EntryOut => {
    const verdict = row.verdicts[i] ?? -1;
    if (verdict === 0 || verdict === 1) return { ok: true, entry: row.entries[i] ?? 0n, replayed: verdict === 1 };
    const refusal = REFUSALS[verdict];
    if (refusal === undefined) throw new Error(`the posting function gave the unknown verdict ${verdict}`);
    return { ok: false, refusal, line: row.lines[i] ?? 0 };
  });
}

const SENTENCES: Record<Refusal, [ErrorCode, string]> = {
  insufficient_funds: ["payment_required", "There is not enough on this account."],
  limit_exceeded: ["unprocessable", "This would exceed the limit of the account."],
  account_closed: ["unprocessable", "The account is closed."],
  asset_mismatch: ["unprocessable", "The two accounts hold different assets."],
  period_closed: ["unprocessable", "The accounting period of this day is closed."],
  hold_expired: ["conflict", "What was held has been released because its time was over."],
  already_resolved: ["conflict", "What was held has already been used or released."],
  capture_exceeds_hold: ["unprocessable", "More was asked for than is held."],
  idempotency_mismatch: ["conflict", "This key was used for something else."],
  not_found: ["not_found", "There is no such account or hold."],
};

/** The error for a refused entry; its `reason` is the refusal. */
export function refusalError(refusal: Refusal): AppError {
  const [code, sentence] = SENTENCES[refusal];
  return new AppError(code, sentence, { reason: refusal });
}

/** The outcome of an accepted entry; throws `AppError` for a refused one. */
export function accepted(out: EntryOut | undefined): { entry: Id; replayed: boolean } {
  if (out?.ok === true) return out;
  throw out ? refusalError(out.refusal) : new Error("an entry got no answer");
}

const TRANSIENT = new Set(["40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "08000", "08003", "08006"]);
const LOST = /terminat|ECONNRE|EPIPE|ENOENT|ECONNREFUSED|timeout exceeded|not queryable|closed/i;

/** True for an error after which the same posting may simply be tried again: its keys see to it that nothing happens twice. */
export function isTransient(error: unknown): boolean {
  if (isPgError(error)) return error.code !== undefined && TRANSIENT.has(error.code);
  return error instanceof Error && LOST.test(error.message);
}
