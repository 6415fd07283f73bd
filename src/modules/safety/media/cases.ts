import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Page } from "#platform/http/page.ts";
import type { Id } from "#platform/ids.ts";
import { note, type MediaSafetyDeps } from "./deps.ts";
import {
  approveOpening,
  caseById,
  decideCase,
  evidenceOf,
  handOut,
  insertOpening,
  listCases,
  lockCase,
  lockOpening,
  logOf,
  openingsOf,
  otherFreeze,
  type CaseRow,
  type CaseState,
  type LogRow,
  type OpeningRow,
} from "./sql-cases.ts";
import { confirm, unconfirm } from "./sql-reports.ts";
import { muteEntry } from "./sql.ts";

/** What was stopped, and what people decided about it. Nothing here shows a picture. */
export interface Cases {
  list(state: CaseState | undefined, page: Page): Promise<CaseRow[]>;
  /** 404 for an unknown one. */
  get(id: Id): Promise<{ case: CaseRow; openings: OpeningRow[]; log: LogRow[] }>;
  /**
   * Says whether the gate was right. Two people can confirm a case one after the other. When it was not, the hash is muted here and the account unfrozen, unless another case holds it. The reason is kept.
   */
  decide(id: Id, by: Id, outcome: "confirmed" | "overturned", reason: string): Promise<CaseRow>;
  /** Asks to open the evidence. 422 without a reason, 409 when there is none. */
  requestOpening(id: Id, by: Id, reason: string): Promise<OpeningRow>;
  /** The second person agrees. 403 for the one who asked. */
  approveOpening(id: Id, openingId: Id, by: Id): Promise<OpeningRow>;
  /** The sealed package, for an hour after it was agreed to, for the two persons only. Each time is logged. */
  evidence(id: Id, openingId: Id, by: Id): Promise<Uint8Array>;
}

const HOUR = 60 * 60 * 1000;
const MAX_REASON = 1000;

function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason === "") throw invalid({ reason: [{ error: "ERR_BLANK", description: "can't be blank" }] });
  if ([...reason].length > MAX_REASON)
    throw invalid({
      reason: [{ error: "ERR_TOO_LONG", description: `is too long (maximum is ${MAX_REASON} characters)` }],
    });
  return reason;
}

export function createCases(deps: MediaSafetyDeps): Cases {
  const found = <T>(row: T | undefined): T => {
    if (row === undefined) throw notFound();
    return row;
  };

  return {
    list: (state, page) => run(deps.pool, listCases, state ?? null, page.before, page.after, page.limit),
    async get(id) {
      const row = found(await one(deps.pool, caseById, id));
      return { case: row, openings: await run(deps.pool, openingsOf, [id]), log: await run(deps.pool, logOf, id) };
    },
    async decide(id, by, outcome, text) {
      const reason = reasonOf(text);
      const { row, unfreeze } = await deps.tx(async (db) => {
        const before = found(await one(db, lockCase, id));
        const after = found(await one(db, decideCase, id, outcome, reason, by, deps.clock.now()));
        if (outcome === "confirmed") await exec(db, confirm, id, by, deps.clock.now());
        else await exec(db, unconfirm, [id]);
        if (outcome === "overturned" && before.entry_id !== null)
          await exec(db, muteEntry, before.entry_id, deps.clock.now());
        await note(deps, db, { actor: by, action: `case.${outcome}`, caseId: id, detail: reason });
        const held = before.account_id !== null && (await one(db, otherFreeze, before.account_id, id)) !== undefined;
        return { row: after, unfreeze: outcome === "overturned" && before.frozen_at !== null && !held };
      });
      if (unfreeze && row.account_id !== null) {
        await deps.decisions.lift(row.account_id, "suspend", { operator: true }, reason);
        await deps.tx((db) => note(deps, db, { actor: by, action: "account.unfreeze", caseId: id }));
      }
      return row;
    },
    async requestOpening(id, by, text) {
      const reason = reasonOf(text);
      return deps.tx(async (db) => {
        const row = found(await one(db, lockCase, id));
        if (row.evidence !== "sealed") throw new AppError("conflict", "There is no evidence for this case.");
        const made = found(await one(db, insertOpening, deps.ids.next(), id, by, reason, deps.clock.now()));
        await note(deps, db, { actor: by, action: "evidence.request", caseId: id, detail: reason });
        return made;
      });
    },
    approveOpening: (id, openingId, by) =>
      deps.tx(async (db) => {
        const opening = found(await one(db, lockOpening, id, openingId));
        if (opening.requested_by === by)
          throw new AppError("forbidden", "Somebody else has to agree: nobody opens evidence alone.");
        const row = await one(db, approveOpening, openingId, by, deps.clock.now());
        if (!row) throw new AppError("conflict", "This was agreed to already.");
        await note(deps, db, { actor: by, action: "evidence.approve", caseId: id });
        return row;
      }),
    evidence: (id, openingId, by) =>
      deps.tx(async (db) => {
        const opening = found(await one(db, lockOpening, id, openingId));
        if (opening.requested_by !== by && opening.approved_by !== by) throw notFound();
        if (opening.approved_at === null)
          throw new AppError("forbidden", "A second person has to agree first.", { reason: "second_person_needed" });
        if (deps.clock.ms() - opening.approved_at.getTime() > HOUR)
          throw new AppError("forbidden", "The hour after the agreement is over. Please ask again.");
        const { sealed } = found(await one(db, evidenceOf, id));
        await exec(db, handOut, openingId, deps.clock.now());
        await note(deps, db, { actor: by, action: "evidence.handed_out", caseId: id });
        return sealed;
      }),
  };
}
