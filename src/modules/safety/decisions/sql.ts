import { statement } from "#platform/db/sql.ts";
import type { ActionKind, SlotValue } from "./kinds.ts";
import type { Source } from "./deps.ts";

export interface ActionRow {
  id: bigint;
  decision_id: bigint;
  case_id: bigint | null;
  kind: ActionKind;
  account_id: bigint | null;
  handle: string;
  post_id: bigint | null;
  params: { text?: string; name?: string };
  /** Wrapped, so that a base of null is not the same as none. */
  base: { value: SlotValue };
  reverses_id: bigint | null;
  source: Source;
  decided_by: bigint | null;
  rule: string | null;
  rule_version: number | null;
  reason: string;
  at: Date;
  expires_at: Date | null;
  /** The action that took it back. */
  reversed_by: bigint | null;
}
const columns = `a.id, a.decision_id, a.case_id, a.kind, a.account_id, a.handle, a.post_id, a.params, a.base, a.reverses_id, a.source, a.decided_by, a.rule, a.rule_version,
  a.reason, a.at, a.expires_at, (select r.id from mod_actions r where r.reverses_id = a.id) as reversed_by`;

export const insertAction = statement<
  [
    id: bigint,
    decision: bigint,
    caseId: bigint | null,
    kind: string,
    account: bigint | null,
    handle: string,
    post: bigint | null,
    params: string,
    base: string,
    reverses: bigint | null,
    source: string,
    by: bigint | null,
    rule: string | null,
    version: number | null,
    reason: string,
    at: Date,
    expires: Date | null,
  ],
  ActionRow
>(
  "safety.insertAction",
  `with a as (insert into mod_actions (id, decision_id, case_id, kind, account_id, handle, post_id, params, base, reverses_id, source, decided_by, rule, rule_version, reason, at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11, $12, $13, $14, $15, $16, $17) returning *)
   select a.id, a.decision_id, a.case_id, a.kind, a.account_id, a.handle, a.post_id, a.params, a.base, a.reverses_id, a.source, a.decided_by, a.rule, a.rule_version, a.reason, a.at, a.expires_at,
     null::int8 as reversed_by from a`,
);
export const actionById = statement<[id: bigint], ActionRow>(
  "safety.actionById",
  `select ${columns} from mod_actions a where a.id = $1`,
);
export const lockAction = statement<[id: bigint], { id: bigint }>(
  "safety.lockAction",
  `select id from mod_actions where id = $1 for update`,
);
export const actionsOfDecision = statement<[decision: bigint], ActionRow>(
  "safety.actionsOfDecision",
  `select ${columns} from mod_actions a where a.decision_id = $1 order by a.id`,
);
export const actionsOfAccount = statement<[account: bigint, limit: number], ActionRow>(
  "safety.actionsOfAccount",
  `select ${columns} from mod_actions a where a.account_id = $1 order by a.id desc limit $2::int`,
);
/** Actions of these kinds on a subject that are not taken back, oldest first. */
export const standing = statement<[account: bigint, post: bigint | null, kinds: string[]], ActionRow>(
  "safety.standing",
  `select ${columns} from mod_actions a where a.account_id = $1 and a.post_id is not distinct from $2 and a.kind = any($3::text[]) and a.reverses_id is null
     and not exists (select 1 from mod_actions r where r.reverses_id = a.id) order by a.id`,
);
export const expired = statement<[now: Date], { id: bigint }>(
  "safety.expiredActions",
  `select a.id from mod_actions a where a.expires_at <= $1 and a.reverses_id is null
     and not exists (select 1 from mod_actions r where r.reverses_id = a.id) order by a.expires_at limit 500`,
);

export const insertStatement = statement<
  [
    action: bigint,
    puid: string,
    account: bigint | null,
    ground: string,
    reference: string,
    facts: string,
    detected: boolean,
    decided: boolean,
    language: string,
    key: Uint8Array,
    appealUntil: Date,
  ],
  never
>(
  "safety.insertStatement",
  `insert into mod_statements (action_id, puid, account_id, ground, reference, facts, automated_detection, automated_decision, language, key, appeal_until)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);
export interface StatementRow {
  action_id: bigint;
  puid: string;
  account_id: bigint | null;
  ground: "illegal" | "terms";
  reference: string;
  facts: string;
  automated_detection: boolean;
  automated_decision: boolean;
  language: string;
  appeal_until: Date;
  sent_at: Date | null;
}
const statementColumns = `s.action_id, s.puid, s.account_id, s.ground, s.reference, s.facts, s.automated_detection, s.automated_decision, s.language, s.appeal_until, s.sent_at`;
export const statementsOf = statement<[actions: bigint[]], StatementRow>(
  "safety.statementsOf",
  `select ${statementColumns} from mod_statements s where s.action_id = any($1::int8[]) order by s.action_id`,
);
export const statementByKey = statement<[key: Uint8Array], StatementRow>(
  "safety.statementByKey",
  `select ${statementColumns} from mod_statements s where s.key = $1`,
);
/** Claims what is to be told: whoever gets the rows tells it. The key is made now, so that it exists nowhere but in the letter. */
export const claimUnsent = statement<[action: bigint, now: Date, key: Uint8Array], StatementRow>(
  "safety.claimUnsent",
  `update mod_statements s set sent_at = $2, key = $3 where s.action_id = $1 and s.sent_at is null returning ${statementColumns}`,
);

export const insertStrike = statement<
  [action: bigint, account: bigint, weight: number, at: Date, expires: Date],
  never
>(
  "safety.insertStrike",
  `insert into mod_strikes (action_id, account_id, weight, at, expires_at) values ($1, $2, $3, $4, $5)`,
);
export const deleteStrike = statement<[action: bigint], never>(
  "safety.deleteStrike",
  `delete from mod_strikes where action_id = $1`,
);
export interface StrikeRow {
  action_id: bigint;
  weight: number;
  at: Date;
  expires_at: Date;
}
export const strikesOf = statement<[account: bigint, now: Date], StrikeRow>(
  "safety.strikesOf",
  `select action_id, weight, at, expires_at from mod_strikes where account_id = $1 and expires_at > $2 order by at desc`,
);
