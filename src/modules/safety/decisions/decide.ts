import { randomBytes } from "node:crypto";
import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { ROLES, type ModeratedAccount } from "#modules/accounts/index.ts";
import type { AuditEntry } from "#modules/safety/audit/index.ts";
import { nameOf, personOf, sourceOf, type Decider, type DecisionsDeps, type Source } from "./deps.ts";
import { createEffects } from "./effects.ts";
import {
  ACTION_KINDS,
  checkAction,
  combine,
  KIND_RULES,
  type ActionKind,
  type NewAction,
  type Slot,
  type SlotValue,
} from "./kinds.ts";
import {
  actionById,
  deleteStrike,
  insertAction,
  insertStatement,
  insertStrike,
  lockAction,
  standing,
  type ActionRow,
} from "./sql.ts";
import {
  answerNotices,
  closeCase,
  closeReports,
  lockModCase,
  openCase,
  type NoticeRow,
  type Queue,
} from "./sql-cases.ts";
import { languageOf } from "./text.ts";

export interface NewDecision {
  /** The case it belongs to; without one it comes to the open case about the account, or a new one. */
  caseId?: Id | undefined;
  account: Id;
  actions: readonly NewAction[];
  by: Decider;
  ground: "illegal" | "terms";
  /** The law, or the rule of this server, in words that the person understands. */
  reference: string;
  /** What happened. Never how a hash was matched. */
  facts: string;
}

export interface Deciding {
  /** Carries out what was decided, all of it or nothing, and promises to tell the person. 403 against staff of the own or a higher role, 404 for whom or what is not there, 422 for what makes no sense. */
  decide(decision: NewDecision): Promise<ActionRow[]>;
  /** The same in a transaction of the caller; rules only. */
  decideIn(db: TxClient, decision: NewDecision): Promise<ActionRow[]>;
  /** Takes one action back: what it did is undone unless another one that stands says the same. 409 when it was taken back already. */
  undo(actionId: Id, by: Decider, reason: string): Promise<ActionRow>;
  undoIn(
    db: TxClient,
    actionId: Id,
    by: Decider | { expiry: true } | { appeal: Id },
    reason: string,
  ): Promise<ActionRow>;
  /** One action about an account, for callers that know states only: nothing happens when such an action stands already. */
  ensure(
    account: Id,
    kind: ActionKind,
    by: Decider,
    why: string | Pick<NewDecision, "ground" | "reference" | "facts">,
  ): Promise<void>;
  /** Takes back every action of this kind about an account that stands; also ends a state that no action is known for. */
  lift(account: Id, kind: ActionKind, by: Decider, reason: string): Promise<void>;
  /** Closes a case for good. Answers the notices that are to be answered. */
  close(db: TxClient, caseId: Id, state: "decided" | "dismissed", by: Id | null): Promise<NoticeRow[]>;
}

const LIMITS = { reference: 500, facts: 5000, actions: 20 };
/** What is named when a client cannot say more. */
const DEFAULT_REFERENCE = "The rules of this server";
/** Months in which somebody may object (Article 20 of Regulation (EU) 2022/2065 asks for six), in days. */
const APPEAL_DAYS = 184;
const STRIKE_DAYS = 180;
const DAY_MS = 86_400_000;
const CASE_DUE_MS = 3 * DAY_MS;

/** Kinds that change the same state of a subject. */
const kindsOf = (slot: Slot, post: boolean): string[] =>
  ACTION_KINDS.filter((k) => (post ? KIND_RULES[k].slot.post : KIND_RULES[k].slot.account) === slot);

export function createDeciding(deps: DecisionsDeps): Deciding {
  const effects = createEffects(deps);

  const blank = (field: string): Error => invalid({ [field]: [{ error: "ERR_BLANK", description: "can't be blank" }] });

  function cut(text: string, max: number, field: string): string {
    const clean = text.trim();
    if ([...clean].length > max)
      throw invalid({
        [field]: [{ error: "ERR_TOO_LONG", description: `is too long (maximum is ${max} characters)` }],
      });
    return clean;
  }

  /** Nobody decides about themselves, nor about staff of the own or a higher role; no program decides about staff. */
  async function mayDecide(db: TxClient, by: Decider, target: ModeratedAccount, accountWide: boolean): Promise<void> {
    const forbidden = new AppError("forbidden", "This action is not allowed", { reason: "role" });
    if ("operator" in by || "gate" in by) return;
    if ("rule" in by) {
      if (accountWide && target.role !== "user") throw forbidden;
      return;
    }
    if (by.person === target.id) throw forbidden;
    const actor = await deps.accounts.moderation.lock(db, by.person);
    const rank = (role: string): number => ROLES.findIndex((r) => r === role);
    if (rank(actor.role) < rank("moderator") || (target.domain === null && rank(actor.role) <= rank(target.role)))
      throw forbidden;
  }

  async function caseOf(db: TxClient, decision: NewDecision, handle: string): Promise<Id> {
    if (decision.caseId !== undefined) {
      const found = await one(db, lockModCase, decision.caseId);
      if (!found) throw notFound();
      if (found.account_id !== decision.account)
        throw invalid({ case_id: [{ error: "ERR_INVALID", description: "is about somebody else" }] });
      return found.id;
    }
    const queue: Queue = "person" in decision.by || "operator" in decision.by ? "staff" : "automatic";
    const at = deps.clock.now();
    const due = new Date(at.getTime() + CASE_DUE_MS);
    const opened = await one(db, openCase, deps.ids.next(), decision.account, handle, queue, 20, at, due);
    if (!opened) throw new Error("The case could not be opened");
    return opened.id;
  }

  /** Sets a slot to what follows from its actions; `base` is what was there before the oldest one. */
  async function settle(
    db: TxClient,
    slot: Slot,
    subject: { account: Id; post: Id | null },
    base: SlotValue,
    left: readonly ActionRow[],
  ): Promise<void> {
    await effects.write(db, slot, subject, combine(slot, base, left));
  }

  async function act(
    db: TxClient,
    decision: NewDecision,
    action: NewAction,
    to: { target: ModeratedAccount; decisionId: Id; caseId: Id; source: Source; entries: AuditEntry[] },
  ): Promise<ActionRow> {
    const slot = checkAction(action);
    const post = action.postId ?? null;
    const subject = { account: decision.account, post };
    if (post !== null && (await deps.posts.moderation.lock(db, post)).accountId !== decision.account)
      throw invalid({ post_id: [{ error: "ERR_INVALID", description: "is not a post of this account" }] });
    const before = await run(db, standing, subject.account, post, kindsOf(slot, post !== null));
    const oldest = before[0];
    const base = oldest ? oldest.base.value : await effects.read(db, slot, subject);
    const { by } = decision;
    const at = deps.clock.now();
    const { name, text } = action.params ?? {};
    const params = {
      ...(action.kind === "label" && name !== undefined ? { name } : {}),
      ...(action.kind === "content_warning" && text !== undefined ? { text: text.trim() } : {}),
    };
    const row = await one(
      db,
      insertAction,
      deps.ids.next(),
      to.decisionId,
      to.caseId,
      action.kind,
      decision.account,
      to.target.username,
      post,
      JSON.stringify(params),
      JSON.stringify({ value: base }),
      null,
      to.source,
      personOf(by),
      "rule" in by ? by.rule : null,
      "rule" in by ? by.version : null,
      decision.facts,
      at,
      action.ttlSeconds === undefined ? null : new Date(at.getTime() + action.ttlSeconds * 1000),
    );
    if (!row) throw new Error("The action could not be stored");
    await settle(db, slot, subject, base, [...before, row]);
    const automated = to.source === "rule" || to.source === "gate";
    await exec(
      db,
      insertStatement,
      row.id,
      `${deps.domain.replace(/[^A-Za-z0-9]+/g, "-")}_${row.id}`.slice(0, 500),
      decision.account,
      decision.ground,
      decision.reference,
      decision.facts,
      automated,
      automated,
      languageOf(to.target.language),
      // Replaced by the one in the letter; until then nobody knows it.
      randomBytes(32),
      new Date(at.getTime() + APPEAL_DAYS * DAY_MS),
    );
    const { strike } = KIND_RULES[action.kind];
    if (strike > 0 && !automated && to.target.domain === null)
      await exec(db, insertStrike, row.id, decision.account, strike, at, new Date(at.getTime() + STRIKE_DAYS * DAY_MS));
    to.entries.push({
      actor: personOf(by),
      verb: `action.${action.kind}`,
      object: post === null ? `account:${decision.account}` : `post:${post}`,
      data: {
        action: row.id.toString(),
        case: to.caseId.toString(),
        by: nameOf(by),
        ground: decision.ground,
        ...params,
      },
    });
    return row;
  }

  const self: Deciding = {
    decide: (decision) => deps.tx((db) => self.decideIn(db, decision)),

    async decideIn(db, raw) {
      if (raw.actions.length === 0) throw blank("actions");
      if (raw.actions.length > LIMITS.actions)
        throw invalid({ actions: [{ error: "ERR_TOO_LONG", description: `are at most ${LIMITS.actions}` }] });
      const decision = {
        ...raw,
        reference: cut(raw.reference, LIMITS.reference, "reference"),
        facts: cut(raw.facts, LIMITS.facts, "facts"),
      };
      if (decision.reference === "") throw blank("reference");
      for (const action of decision.actions) checkAction(action);
      const { by } = decision;
      const target = await deps.accounts.moderation.lock(db, decision.account);
      await mayDecide(
        db,
        by,
        target,
        decision.actions.some((a) => a.postId === undefined),
      );
      const caseId = await caseOf(db, decision, target.username);
      const source = sourceOf(by);
      const entries: AuditEntry[] = [];
      const to = { target, decisionId: deps.ids.next(), caseId, source, entries };
      const rows: ActionRow[] = [];
      for (const action of decision.actions) rows.push(await act(db, decision, action, to));
      // After everything that is locked: whoever holds the end of the log must not wait for a post.
      for (const entry of entries) await deps.audit.append(db, entry);
      const person = "person" in by || "operator" in by;
      // What a program decided stays open until somebody has looked; what the gate stopped has a case of its own kind.
      if (person || "gate" in by) await self.close(db, caseId, "decided", personOf(by));
      await deps.publisher.enqueue(db, {
        task: "safety.tellDecision",
        payload: { decisionId: to.decisionId.toString() },
        key: `safety.tellDecision:${to.decisionId}`,
        runAt: new Date(deps.clock.ms() + (person ? deps.graceMs : 0)),
      });
      return rows;
    },

    undo: (actionId, by, reason) => deps.tx((db) => self.undoIn(db, actionId, by, reason)),

    async undoIn(db, actionId, by, reason) {
      if (!(await one(db, lockAction, actionId))) throw notFound();
      const action = await one(db, actionById, actionId);
      if (!action || action.reverses_id !== null) throw notFound();
      if (action.reversed_by !== null) throw new AppError("conflict", "This was taken back already.");
      const why = cut(reason, LIMITS.facts, "reason");
      const person = "appeal" in by ? by.appeal : "expiry" in by ? null : personOf(by);
      const post = action.post_id;
      const slot = checkAction({
        kind: action.kind,
        params: action.params,
        ...(post === null ? {} : { postId: post }),
      });
      const target =
        action.account_id === null
          ? undefined
          : await deps.accounts.moderation.lock(db, action.account_id).catch(ignoreGone);
      if (target && "person" in by) await mayDecide(db, by, target, post === null);
      const row = await one(
        db,
        insertAction,
        deps.ids.next(),
        action.decision_id,
        action.case_id,
        action.kind,
        action.account_id,
        action.handle,
        post,
        JSON.stringify(action.params),
        JSON.stringify(action.base),
        action.id,
        "appeal" in by ? "appeal" : "expiry" in by ? "expiry" : sourceOf(by),
        person,
        "rule" in by ? by.rule : null,
        "rule" in by ? by.version : null,
        why,
        deps.clock.now(),
        null,
      );
      if (!row) throw new Error("The reversal could not be stored");
      if (target && action.account_id !== null) {
        const subject = { account: action.account_id, post };
        const left = await run(db, standing, action.account_id, post, kindsOf(slot, post !== null));
        // A post that was deleted meanwhile has no state to go back to.
        await settle(db, slot, subject, action.base.value, left).catch(ignoreGone);
      }
      await exec(db, deleteStrike, action.id);
      await deps.audit.append(db, {
        actor: person,
        verb: `undo.${action.kind}`,
        object: post === null ? `account:${action.account_id ?? ""}` : `post:${post}`,
        data: {
          action: action.id.toString(),
          undo: row.id.toString(),
          by: "appeal" in by ? "appeal" : "expiry" in by ? "expiry" : nameOf(by),
        },
      });
      if (!("appeal" in by))
        await deps.publisher.enqueue(db, {
          task: "safety.tellUndone",
          payload: { actionId: action.id.toString() },
          key: `safety.tellUndone:${action.id}`,
        });
      return row;
    },

    ensure: (account, kind, by, why) =>
      deps.tx(async (db) => {
        const slot = checkAction({ kind });
        await deps.accounts.moderation.lock(db, account);
        const there = await run(db, standing, account, null, [kind]);
        if (there.length > 0 && slot !== "none") return;
        // A text comes from clients that have one field for everything.
        const reasons =
          typeof why === "string" ? { ground: "terms" as const, reference: DEFAULT_REFERENCE, facts: why } : why;
        await self.decideIn(db, { account, by, ...reasons, actions: [{ kind }] });
      }),

    lift: (account, kind, by, reason) =>
      deps.tx(async (db) => {
        const slot = checkAction({ kind });
        const subject = { account, post: null };
        const target = await deps.accounts.moderation.lock(db, account);
        await mayDecide(db, by, target, true);
        for (const action of await run(db, standing, account, null, [kind]))
          await self.undoIn(db, action.id, by, reason);
        if ((await effects.read(db, slot, subject)) !== true) return;
        // From before there were actions, or set by another program.
        await effects.write(db, slot, subject, false);
        await deps.audit.append(db, {
          actor: personOf(by),
          verb: `undo.${kind}`,
          object: `account:${account}`,
          data: { by: nameOf(by) },
        });
      }),

    async close(db, caseId, state, by) {
      const at = deps.clock.now();
      if (!(await one(db, closeCase, caseId, state, by, at))) return [];
      await exec(db, closeReports, caseId, by, at);
      const answered = await run(db, answerNotices, caseId, state === "decided" ? "acted" : "not_acted", at);
      await deps.audit.append(db, { actor: by, verb: `case.${state}`, object: `case:${caseId}`, data: {} });
      for (const notice of answered)
        await deps.publisher.enqueue(db, {
          task: "safety.answerNotice",
          payload: { noticeId: notice.id.toString(), caseId: caseId.toString() },
          key: `safety.answerNotice:${notice.id}`,
          runAt: new Date(deps.clock.ms() + deps.graceMs),
        });
      return answered;
    },
  };
  return self;
}

/** Whoever or whatever is gone needs nothing any more. */
function ignoreGone(error: unknown): undefined {
  if (error instanceof AppError && error.code === "not_found") return undefined;
  throw error;
}
