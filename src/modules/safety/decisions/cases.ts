import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { Deciding } from "./decide.ts";
import type { DecisionsDeps } from "./deps.ts";
import { reportPriority } from "./priority.ts";
import { actionsOfAccount, strikesOf, type ActionRow, type StrikeRow } from "./sql.ts";
import {
  assignCase,
  attachReport,
  closedCases,
  closeEmptied,
  countOpen,
  lockModCase,
  modCaseById,
  noticesOf,
  openCase,
  openCases,
  reportersOf,
  setPriority,
  type ModCaseRow,
  type NoticeRow,
  type Queue,
} from "./sql-cases.ts";

export interface ModCaseView {
  case: ModCaseRow;
  notices: NoticeRow[];
  /** What was decided about this person before and in this case, newest first; reversals are rows of their own. */
  actions: ActionRow[];
  strikes: StrikeRow[];
}

/** Everything that is said about one person, until somebody decides. */
export interface ModCases {
  /** Open ones by urgency, closed ones newest first. `cursor` is the last case of the page before. */
  list(
    state: "open" | "closed",
    queue: Queue | undefined,
    cursor: Id | undefined,
    limit: number,
  ): Promise<ModCaseRow[]>;
  counts(): Promise<{ queue: Queue; open: number; late: number }[]>;
  /** 404 for an unknown one. */
  get(id: Id): Promise<ModCaseView>;
  assign(id: Id, to: Id | null): Promise<void>;
  /** Nothing is to be done. Complaints and notices are answered. 409 when it is closed. */
  dismiss(id: Id, by: Id): Promise<void>;
  /** Puts a complaint into the case about its subject, in the transaction that files it. */
  addReport(db: TxClient, reportId: Id, account: Id, handle: string): Promise<Id>;
  /** After a complaint was closed by itself: a case that has nothing else left is closed, too. */
  reportClosed(db: TxClient, reportId: Id, by: Id): Promise<void>;
}

const DUE_MS = 3 * 86_400_000;
const HISTORY = 100;

export function createModCases(deps: DecisionsDeps, deciding: Deciding): ModCases {
  return {
    list: (state, queue, cursor, limit) =>
      run(deps.pool, state === "open" ? openCases : closedCases, queue ?? null, cursor ?? null, limit),
    counts: async () =>
      (await run(deps.pool, countOpen)).map((c) => ({ queue: c.queue, open: Number(c.n), late: Number(c.late) })),
    async get(id) {
      const row = await one(deps.pool, modCaseById, id);
      if (!row) throw notFound();
      const now = deps.clock.now();
      return {
        case: row,
        notices: await run(deps.pool, noticesOf, id),
        actions: row.account_id === null ? [] : await run(deps.pool, actionsOfAccount, row.account_id, HISTORY),
        strikes: row.account_id === null ? [] : await run(deps.pool, strikesOf, row.account_id, now),
      };
    },
    async assign(id, to) {
      await deps.tx(async (db) => {
        if (to !== null && (await deps.accounts.moderation.lock(db, to)).role === "user")
          throw invalid({ account_id: [{ error: "ERR_INVALID", description: "is not a moderator" }] });
        if (!(await one(db, assignCase, id, to))) throw notFound();
      });
    },
    async dismiss(id, by) {
      await deps.tx(async (db) => {
        const found = await one(db, lockModCase, id);
        if (!found) throw notFound();
        if (found.state !== "open") throw new AppError("conflict", "This case is closed already.");
        if (found.account_id === by)
          throw new AppError("forbidden", "Somebody else has to decide about you.", { reason: "role" });
        await deciding.close(db, id, "dismissed", by);
      });
    },
    async addReport(db, reportId, account, handle) {
      const at = deps.clock.now();
      const due = new Date(at.getTime() + DUE_MS);
      const opened = await one(db, openCase, deps.ids.next(), account, handle, "reports", 0, at, due);
      if (!opened) throw new Error("The case could not be opened");
      await exec(db, attachReport, reportId, opened.id);
      const before = await one(db, modCaseById, opened.id);
      const reporters = await run(db, reportersOf, opened.id);
      const priority = reportPriority(
        reporters.map((r) => ({ category: r.category, acted: Number(r.acted), dismissed: Number(r.dismissed) })),
      );
      if (before && priority > before.priority) await exec(db, setPriority, opened.id, priority);
      return opened.id;
    },
    async reportClosed(db, reportId, by) {
      await one(db, closeEmptied, reportId, by, deps.clock.now());
    },
  };
}
