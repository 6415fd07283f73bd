import { digest } from "#platform/crypto/secrets.ts";
import { one, run } from "#platform/db/sql.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { ROLES } from "#modules/accounts/index.ts";
import type { Deciding } from "./decide.ts";
import { personOf, type Decider, type DecisionsDeps } from "./deps.ts";
import { actionById, actionsOfAccount, statementByKey, strikesOf, type ActionRow, type StrikeRow } from "./sql.ts";
import {
  appealsOf,
  closedAppeals,
  decideAppeal,
  insertAppeal,
  lockAppeal,
  openAppeals,
  ownReports,
  type AppealRow,
} from "./sql-redress.ts";
import type { Explain, Explained } from "./told.ts";

/** A decision about somebody, and what became of the objection. */
export interface Restriction extends Explained {
  appeal: AppealRow | undefined;
}

export interface AppealView {
  appeal: AppealRow;
  action: ActionRow;
  explained: Explained | undefined;
}

/** How somebody stands with moderation: what was decided, strikes that still count, and what became of own complaints. */
export interface StandingView {
  restrictions: Restriction[];
  strikes: StrikeRow[];
  reports: { id: Id; targetId: Id; category: string; outcome: "open" | "acted" | "not_acted"; closedAt: Date | null }[];
}

export interface Redress {
  standing(accountId: Id): Promise<StandingView>;
  /** What the key of a letter leads to; undefined for any other. For people who cannot log in. */
  byKey(key: string): Promise<Restriction | undefined>;
  /**
   * Objects to an action. 404 for what is not about this person or was never told, 422 without a reason, after the time is over, twice, or when it was taken back.
   */
  appeal(accountId: Id, actionId: Id, text: string): Promise<AppealRow>;
  appealByKey(key: string, text: string): Promise<AppealRow>;
  list(state: "open" | "closed", cursor: Id | null, limit: number): Promise<AppealView[]>;
  /** Decides an objection. 403 for who decided the first time, or about staff of the own role; 409 when it is decided. Overturned takes the action back. */
  review(id: Id, by: Decider, outcome: "upheld" | "overturned", answer: string): Promise<AppealRow>;
}

const MAX_TEXT = 5000;
const DUE_MS = 14 * 86_400_000;

export function createRedress(deps: DecisionsDeps, deciding: Deciding, explain: Explain): Redress {
  async function withAppeals(explained: readonly Explained[]): Promise<Restriction[]> {
    const ids = explained.map((e) => e.action.id);
    const appeals = new Map(
      (ids.length === 0 ? [] : await run(deps.pool, appealsOf, ids)).map((a) => [a.action_id, a]),
    );
    return explained.map((e) => ({ ...e, appeal: appeals.get(e.action.id) }));
  }

  async function byKey(key: string): Promise<Restriction | undefined> {
    if (key.length < 20 || key.length > 100) return undefined;
    const statement = await one(deps.pool, statementByKey, digest(key));
    const action = statement && (await one(deps.pool, actionById, statement.action_id));
    return action && (await withAppeals(await explain.explain([action])))[0];
  }

  function problem(text: string): AppError {
    return new AppError("unprocessable", text, { details: { text: [{ error: "ERR_INVALID", description: text }] } });
  }

  function textOf(text: string): string {
    const clean = text.trim();
    if (clean === "") throw invalid({ text: [{ error: "ERR_BLANK", description: "can't be blank" }] });
    if ([...clean].length > MAX_TEXT)
      throw invalid({
        text: [{ error: "ERR_TOO_LONG", description: `is too long (maximum is ${MAX_TEXT} characters)` }],
      });
    return clean;
  }

  async function object(restriction: Restriction | undefined, text: string): Promise<AppealRow> {
    if (!restriction || restriction.statement.sent_at === null) throw notFound();
    const { action, statement } = restriction;
    const clean = textOf(text);
    if (action.reversed_by !== null) throw problem("This was taken back already.");
    if (statement.appeal_until < deps.clock.now()) throw problem("The time to object is over.");
    return deps.tx(async (db) => {
      const at = deps.clock.now();
      const row = await one(
        db,
        insertAppeal,
        deps.ids.next(),
        action.id,
        action.account_id,
        clean,
        at,
        new Date(at.getTime() + DUE_MS),
        action.decided_by,
      );
      if (!row) throw problem("You have objected to this already.");
      await deps.audit.append(db, {
        actor: action.account_id,
        verb: "appeal.filed",
        object: `action:${action.id}`,
        data: { appeal: row.id.toString() },
      });
      return row;
    });
  }

  async function view(rows: AppealRow[]): Promise<AppealView[]> {
    const views: AppealView[] = [];
    for (const appeal of rows) {
      const action = await one(deps.pool, actionById, appeal.action_id);
      if (action) views.push({ appeal, action, explained: (await explain.explain([action]))[0] });
    }
    return views;
  }

  return {
    async standing(accountId) {
      const actions = (await run(deps.pool, actionsOfAccount, accountId, 200)).filter((a) => a.reverses_id === null);
      const explained = (await explain.explain(actions)).filter((e) => e.statement.sent_at !== null);
      const reports = await run(deps.pool, ownReports, accountId);
      return {
        restrictions: await withAppeals(explained),
        strikes: await run(deps.pool, strikesOf, accountId, deps.clock.now()),
        reports: reports.map((r) => ({
          id: r.id,
          targetId: r.target_account_id,
          category: r.category,
          outcome: r.state === "decided" ? "acted" : r.state === "dismissed" ? "not_acted" : "open",
          closedAt: r.closed_at,
        })),
      };
    },
    byKey,
    async appeal(accountId, actionId, text) {
      const action = await one(deps.pool, actionById, actionId);
      if (!action || action.account_id !== accountId || action.reverses_id !== null) throw notFound();
      const [restriction] = await withAppeals(await explain.explain([action]));
      return object(restriction, text);
    },
    appealByKey: async (key, text) => object(await byKey(key), text),
    list: async (state, cursor, limit) =>
      view(await run(deps.pool, state === "open" ? openAppeals : closedAppeals, cursor, limit)),
    review: (id, by, outcome, answer) =>
      deps.tx(async (db) => {
        const appeal = await one(db, lockAppeal, id);
        if (!appeal) throw notFound();
        if (appeal.outcome !== null) throw new AppError("conflict", "This objection is decided already.");
        const reviewer = personOf(by);
        if (reviewer !== null) {
          const { role } = await deps.accounts.moderation.lock(db, reviewer);
          if (ROLES.indexOf(role) < 1) throw new AppError("forbidden", "This action is not allowed");
          if (reviewer === appeal.first_decider || reviewer === appeal.account_id)
            throw new AppError("forbidden", "Somebody else than the first time has to decide about an objection.", {
              reason: "second_person_needed",
            });
        }
        const clean = answer.trim();
        if (outcome === "upheld") textOf(answer);
        else if ([...clean].length > MAX_TEXT) textOf(answer);
        const row = await one(db, decideAppeal, id, reviewer, outcome, clean, deps.clock.now());
        if (!row) throw new AppError("conflict", "This objection is decided already.");
        if (outcome === "overturned") {
          const action = await one(db, actionById, appeal.action_id);
          if (action?.reversed_by === null)
            await deciding.undoIn(db, appeal.action_id, reviewer === null ? by : { appeal: reviewer }, clean);
        }
        await deps.audit.append(db, {
          actor: reviewer,
          verb: `appeal.${outcome}`,
          object: `action:${appeal.action_id}`,
          data: { appeal: id.toString() },
        });
        await deps.publisher.enqueue(db, {
          task: "safety.tellAppeal",
          payload: { appealId: id.toString() },
          key: `safety.tellAppeal:${id}`,
        });
        return row;
      }),
  };
}
