/** An exact ledger in memory, written from the rules and not from the SQL: what the real one must answer, entry by entry. */
import type { EntryIn, EntryOut, Refusal } from "#modules/ledger/index.ts";

export interface OracleAccount {
  bound: 0 | 1 | 2 | 3;
  limit: bigint;
  asset: string;
  closed: boolean;
  d: bigint;
  dp: bigint;
  c: bigint;
  cp: bigint;
}

interface OracleHold {
  debit: bigint;
  credit: bigint;
  amount: bigint;
  expiresAt: number;
  open: boolean;
}

export interface Oracle {
  accounts: Map<bigint, OracleAccount>;
  /** Keys of what was posted, with the text of the entry they belong to. */
  posted: Map<string, { entry: string; keys: number }>;
  holds: Map<string, OracleHold>;
}

export type Answer = { ok: true; replayed: boolean } | { ok: false; refusal: Refusal };

/** Whether a real answer is the one expected. */
export function agrees(wanted: Answer, given: EntryOut): boolean {
  if (wanted.ok && given.ok) return wanted.replayed === given.replayed;
  return !wanted.ok && !given.ok && wanted.refusal === given.refusal;
}

/** Everything about an entry that a repetition must have in common; when a hold ends does not belong to it. */
export function textOf(entry: EntryIn): string {
  const lines = entry.transfers.map((t) =>
    [
      t.key,
      t.debit,
      t.credit,
      t.amount,
      t.code ?? 0,
      t.hold ? 1 : 0,
      t.resolve?.as ?? "",
      t.resolve?.hold ?? "",
    ].join(),
  );
  return [entry.kind, entry.doc ?? "", entry.reverses ?? "", ...lines].join(";");
}

/** Posts one entry in memory. */
export function apply(oracle: Oracle, entry: EntryIn, nowMs: number): Answer {
  const no = (refusal: Refusal): Answer => ({ ok: false, refusal });
  const known = entry.transfers.map((t) => oracle.posted.get(t.key));
  if (known.some((k) => k !== undefined)) {
    const text = textOf(entry);
    return known.every((k) => k?.entry === text && k.keys === entry.transfers.length)
      ? { ok: true, replayed: true }
      : no("idempotency_mismatch");
  }
  for (const t of entry.transfers) {
    if (!t.resolve) continue;
    const hold = oracle.holds.get(t.resolve.hold);
    if (!hold || hold.debit !== t.debit || hold.credit !== t.credit) return no("not_found");
    if (!hold.open) return no("already_resolved");
    if (t.resolve.as === "post" && hold.expiresAt <= nowMs) return no("hold_expired");
    if (t.amount > hold.amount || (t.resolve.as === "void" && t.amount !== hold.amount))
      return no("capture_exceeds_hold");
  }
  for (const t of entry.transfers) {
    const [debit, credit] = [oracle.accounts.get(t.debit), oracle.accounts.get(t.credit)];
    if (!debit || !credit) return no("not_found");
    if (debit.asset !== credit.asset) return no("asset_mismatch");
    if (!t.resolve && (debit.closed || credit.closed)) return no("account_closed");
  }
  const before = new Map<bigint, OracleAccount>();
  const touch = (id: bigint): OracleAccount => {
    const account = oracle.accounts.get(id);
    if (!account) throw new Error("an account vanished");
    if (!before.has(id)) before.set(id, { ...account });
    return account;
  };
  for (const t of entry.transfers) {
    const [debit, credit] = [touch(t.debit), touch(t.credit)];
    if (t.hold) {
      debit.dp += t.amount;
      credit.cp += t.amount;
      continue;
    }
    if (t.resolve) {
      const held = oracle.holds.get(t.resolve.hold)?.amount ?? 0n;
      debit.dp -= held;
      credit.cp -= held;
      if (t.resolve.as === "void") continue;
    }
    debit.d += t.amount;
    credit.c += t.amount;
  }
  // Which line is to blame decides between the two refusals: the first line that touches an account in the red, its debit side first.
  for (const t of entry.transfers) {
    for (const id of [t.debit, t.credit]) {
      const a = touch(id);
      if (roomOf(a) >= 0n) continue;
      for (const [account, old] of before) oracle.accounts.set(account, old);
      return no(a.bound === 1 ? "insufficient_funds" : "limit_exceeded");
    }
  }
  const text = textOf(entry);
  for (const t of entry.transfers) {
    oracle.posted.set(t.key, { entry: text, keys: entry.transfers.length });
    if (t.hold) {
      const expiresAt = t.hold.expiresAt?.getTime() ?? Infinity;
      oracle.holds.set(t.key, { debit: t.debit, credit: t.credit, amount: t.amount, expiresAt, open: true });
    }
    const hold = t.resolve && oracle.holds.get(t.resolve.hold);
    if (hold) hold.open = false;
  }
  return { ok: true, replayed: false };
}

function roomOf(a: OracleAccount): bigint {
  if (a.bound === 0) return 0n;
  return a.bound === 2 ? a.d - a.c - a.cp : a.c + (a.bound === 3 ? a.limit : 0n) - a.d - a.dp;
}

/** An independent copy, to try what would happen. */
export function copyOf(oracle: Oracle): Oracle {
  return {
    accounts: new Map([...oracle.accounts].map(([id, a]) => [id, { ...a }])),
    posted: new Map(oracle.posted),
    holds: new Map([...oracle.holds].map(([key, h]) => [key, { ...h }])),
  };
}
