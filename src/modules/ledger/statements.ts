import { run } from "#platform/db/sql.ts";
import { AppError } from "#platform/errors.ts";
import { MAX_ID, type Id } from "#platform/ids.ts";
import type { Asset } from "#platform/money.ts";
import { assetOf } from "./accounts.ts";
import { CHART } from "./chart.ts";
import { keyFor } from "./keys.ts";
import * as sql from "./sql.ts";
import { entryKind, type EntryIn, type EntryKind, type Key, type LedgerDeps } from "./types.ts";

/** One line of an account. Amounts in minor units with the sign of their effect on credits minus debits. */
export interface StatementLine {
  entry: Id;
  line: number;
  key: Key;
  kind: EntryKind;
  /** The other account. */
  other: Id;
  amount: bigint;
  /** Credits minus debits after this line; null for rollup accounts, which have it per day only. */
  balance: bigint | null;
  asset: Asset;
  memo: string | null;
  /** YYYY-MM-DD. */
  effective: string;
  recordedAt: Date;
}

export interface StatementPage {
  /** Newest first. */
  lines: StatementLine[];
  /** Continue with entries before this one; undefined at the end. */
  next: Id | undefined;
}

/** One row of a user's statement. Amounts in minor units of the asset. */
export interface WalletEntry {
  /** Identifies the entry; pages go by it. */
  id: Id;
  at: Date;
  asset: Asset;
  /** Negative: less than before. */
  amount: bigint;
  /** Credits or free tokens after it; what is held counts until it is used. */
  balance: bigint;
  kind: EntryKind;
  reference: string | null;
}

export interface TrialRow {
  code: number;
  name: string;
  asset: Asset;
  /** Turnover of the period. */
  debits: bigint;
  credits: bigint;
  /** Credits minus debits at its end. */
  balance: bigint;
}

/** Bounds of a page of entries: exclusive. */
export interface EntryPage {
  before?: Id;
  limit: number;
}

export interface Statements {
  statement(account: Id, page: EntryPage): Promise<StatementPage>;
  /** What changed a user's credits and free tokens, newest first. */
  entries(user: Id, page: EntryPage): Promise<WalletEntry[]>;
  /** Turnover between two days (YYYY-MM-DD, inclusive) and balances at the end of the second, from the transfers alone. */
  trialBalance(from: string, to: string): Promise<TrialRow[]>;
  /** The entry that takes another one back: mirrored, once. Throws 404, and `unprocessable` for entries with holds. Posting it is up to the caller. */
  reversalOf(entry: Id, memo: string, actor?: Id): Promise<EntryIn>;
}

export function createStatements({ pool }: LedgerDeps): Statements {
  return {
    async statement(account, { before = MAX_ID, limit }) {
      const rows = await run(pool, sql.statementPage, account, before, limit + 1);
      const lines = rows.map(lineOf);
      if (lines.length <= limit) return { lines, next: undefined };
      // A page ends where an entry ends. An entry that is longer than the page is shown whole.
      const cut = lines[limit]?.entry;
      const whole = lines.slice(0, limit).filter((l) => l.entry !== cut);
      if (whole.length > 0) return { lines: whole, next: whole.at(-1)?.entry };
      const all = await run(pool, sql.statementPage, account, (cut ?? 0n) + 1n, 2000);
      return { lines: all.filter((r) => r.entry === cut).map(lineOf), next: cut };
    },
    async entries(user, { before = MAX_ID, limit }) {
      const accounts = await run(pool, sql.accountsOfOwner, user, [CHART.credits, CHART.tokens]);
      if (accounts.length === 0) return [];
      const ids = accounts.map((a) => a.id);
      const rows = await run(pool, sql.entriesPage, ids, before, limit);
      return rows.map((r) => ({
        ...{ id: r.entry, at: r.recorded_at, asset: assetOf(r.asset), amount: r.amount, balance: r.after },
        ...{ kind: entryKind(r.kind), reference: r.memo },
      }));
    },
    async trialBalance(from, to) {
      const rows = await run(pool, sql.trialBalance, from, to);
      return rows.map(({ asset, ...r }) => ({ ...r, asset: assetOf(asset) }));
    },
    async reversalOf(entry, memo, actor) {
      const lines = await run(pool, sql.entryLines, entry);
      if (lines.length === 0) throw new AppError("not_found", "There is no such entry.", { reason: "not_found" });
      if (lines.some((l) => l.type !== 0))
        throw new AppError("unprocessable", "Holds are released or refunded, not reversed.");
      return {
        ...{ kind: "reversal", reverses: entry, memo },
        ...(actor === undefined ? {} : { actor }),
        transfers: lines.map((l) => ({
          ...{ key: keyFor("reversal", l.key), debit: l.credit, credit: l.debit, amount: l.amount, code: l.code },
        })),
      };
    },
  };
}

function lineOf(r: sql.StatementRow): StatementLine {
  return {
    ...{ entry: r.entry, line: r.line, key: r.key, kind: entryKind(r.kind), other: r.other, amount: r.amount },
    ...{ balance: r.after, asset: assetOf(r.asset), memo: r.memo, effective: r.effective, recordedAt: r.recorded_at },
  };
}
