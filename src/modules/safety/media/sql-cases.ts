import { statement } from "#platform/db/sql.ts";
import type { CaseKind } from "./kinds.ts";

export type CaseState = "open" | "review" | "confirmed" | "overturned";

export interface CaseRow {
  id: bigint;
  use: string;
  key: string;
  account_id: bigint | null;
  handle: string;
  url: string | null;
  kind: CaseKind;
  bank: string;
  item: string;
  entry_id: bigint | null;
  algorithm: string;
  distance: number;
  sha256: Uint8Array;
  found_by: "gate" | "rescan";
  evidence: "sealed" | "no_key" | "none" | "purged";
  freezes: boolean;
  frozen_at: Date | null;
  state: CaseState;
  state_reason: string;
  decided_by: bigint | null;
  decided_at: Date | null;
  opened_at: Date;
}
const columns = `id, use, key, account_id, handle, url, kind, bank, item, entry_id, algorithm, distance, sha256, found_by, evidence, freezes, frozen_at, state, state_reason, decided_by, decided_at, opened_at`;

/** Answers nothing when this picture has a case already. */
export const insertCase = statement<
  [
    id: bigint,
    use: string,
    key: string,
    account: bigint | null,
    handle: string,
    url: string | null,
    kind: string,
    bank: string,
    item: string,
    entry: bigint | null,
    algorithm: string,
    distance: number,
    sha256: Uint8Array,
    foundBy: string,
    evidence: string,
    freeze: boolean,
    at: Date,
  ],
  { id: bigint }
>(
  "safety.insertCase",
  `insert into media_cases (id, use, key, account_id, handle, url, kind, bank, item, entry_id, algorithm, distance, sha256, found_by, evidence, freezes, opened_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::int2, $13, $14, $15, $16, $17) on conflict (use, key) do nothing returning id`,
);
export const caseById = statement<[id: bigint], CaseRow>(
  "safety.caseById",
  `select ${columns} from media_cases where id = $1`,
);
export const lockCase = statement<[id: bigint], CaseRow>(
  "safety.lockCase",
  `select ${columns} from media_cases where id = $1 for update`,
);
export const listCases = statement<[state: string | null, before: bigint, after: bigint, limit: number], CaseRow>(
  "safety.listCases",
  `select ${columns} from media_cases where ($1::text is null or state = $1) and id < $2 and id > $3 order by id desc limit $4::int`,
);
export const setFrozen = statement<[id: bigint, at: Date], never>(
  "safety.setCaseFrozen",
  `update media_cases set frozen_at = coalesce(frozen_at, $2) where id = $1`,
);
export const decideCase = statement<[id: bigint, state: string, reason: string, by: bigint | null, at: Date], CaseRow>(
  "safety.decideCase",
  `update media_cases set state = $2, state_reason = $3, decided_by = $4, decided_at = $5 where id = $1 returning ${columns}`,
);
/** Decisions that rest on entries which are no longer listed have to be looked at again. */
export const reviewCases = statement<[entries: bigint[], reason: string], { id: bigint }>(
  "safety.reviewCases",
  `update media_cases set state = 'review', state_reason = $2 where entry_id = any($1) and state in ('open', 'confirmed') returning id`,
);
/** Another case for which this account is frozen. */
export const otherFreeze = statement<[account: bigint, id: bigint], { id: bigint }>(
  "safety.otherFreeze",
  `select id from media_cases where account_id = $1 and id <> $2 and freezes and state <> 'overturned' limit 1`,
);

export const insertEvidence = statement<[id: bigint, keyId: string, sealed: Uint8Array, at: Date], never>(
  "safety.insertEvidence",
  `insert into media_evidence (case_id, key_id, sealed, sealed_at) values ($1, $2, $3, $4)`,
);
export const evidenceOf = statement<[id: bigint], { sealed: Uint8Array }>(
  "safety.evidenceOf",
  `select sealed from media_evidence where case_id = $1`,
);

export interface OpeningRow {
  id: bigint;
  case_id: bigint;
  requested_by: bigint;
  reason: string;
  requested_at: Date;
  approved_by: bigint | null;
  approved_at: Date | null;
  handed_out_at: Date | null;
}
const opening = `id, case_id, requested_by, reason, requested_at, approved_by, approved_at, handed_out_at`;
export const insertOpening = statement<[id: bigint, caseId: bigint, by: bigint, reason: string, at: Date], OpeningRow>(
  "safety.insertOpening",
  `insert into media_openings (id, case_id, requested_by, reason, requested_at) values ($1, $2, $3, $4, $5) returning ${opening}`,
);
export const lockOpening = statement<[caseId: bigint, id: bigint], OpeningRow>(
  "safety.lockOpening",
  `select ${opening} from media_openings where case_id = $1 and id = $2 for update`,
);
export const openingsOf = statement<[cases: bigint[]], OpeningRow>(
  "safety.openingsOf",
  `select ${opening} from media_openings where case_id = any($1) order by id`,
);
export const approveOpening = statement<[id: bigint, by: bigint, at: Date], OpeningRow>(
  "safety.approveOpening",
  `update media_openings set approved_by = $2, approved_at = $3 where id = $1 and approved_at is null returning ${opening}`,
);
export const handOut = statement<[id: bigint, at: Date], OpeningRow>(
  "safety.handOut",
  `update media_openings set handed_out_at = coalesce(handed_out_at, $2) where id = $1 returning ${opening}`,
);

export const insertLog = statement<
  [id: bigint, at: Date, actor: bigint | null, action: string, caseId: bigint | null, detail: string],
  never
>(
  "safety.insertGateLog",
  `insert into media_gate_log (id, at, actor_id, action, case_id, detail) values ($1, $2, $3, $4, $5, $6)`,
);
export interface LogRow {
  id: bigint;
  at: Date;
  actor_id: bigint | null;
  action: string;
  detail: string;
}
export const logOf = statement<[caseId: bigint], LogRow>(
  "safety.gateLogOf",
  `select id, at, actor_id, action, detail from media_gate_log where case_id = $1 order by id`,
);
