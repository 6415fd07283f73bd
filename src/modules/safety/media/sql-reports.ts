import { statement } from "#platform/db/sql.ts";
import type { ReportEnvironment } from "./report-content.ts";

export const REPORT_STATES = ["prepared", "submitted", "uploaded", "described", "finished"] as const;
export type ReportState = (typeof REPORT_STATES)[number];

export interface MediaReportRow {
  id: bigint;
  case_id: bigint;
  environment: ReportEnvironment;
  content: string;
  state: ReportState;
  remote_report: string | null;
  remote_file: string | null;
  prepared_by: bigint | null;
  prepared_at: Date;
  changed_at: Date;
}
const columns = `id, case_id, environment, content, state, remote_report, remote_file, prepared_by, prepared_at, changed_at`;

/** Says a report anew as long as nothing of it was handed in. Answers nothing afterwards. */
export const putReport = statement<
  [id: bigint, caseId: bigint, environment: string, content: string, by: bigint | null, at: Date],
  MediaReportRow
>(
  "safety.putMediaReport",
  `insert into media_reports (id, case_id, environment, content, prepared_by, prepared_at, changed_at) values ($1, $2, $3, $4, $5, $6, $6)
   on conflict (case_id, environment) do update set content = excluded.content, prepared_by = excluded.prepared_by, prepared_at = excluded.prepared_at, changed_at = excluded.changed_at
   where media_reports.state = 'prepared' returning ${columns}`,
);
export const lockReport = statement<[caseId: bigint, environment: string], MediaReportRow>(
  "safety.lockMediaReport",
  `select ${columns} from media_reports where case_id = $1 and environment = $2 for update`,
);
export const reportOf = statement<[caseId: bigint, environment: string], MediaReportRow>(
  "safety.mediaReportOf",
  `select ${columns} from media_reports where case_id = $1 and environment = $2`,
);
export const advanceReport = statement<
  [id: bigint, state: string, report: string, file: string | null, at: Date],
  MediaReportRow
>(
  "safety.advanceMediaReport",
  `update media_reports set state = $2, remote_report = $3, remote_file = $4, changed_at = $5 where id = $1 returning ${columns}`,
);

export const confirm = statement<[caseId: bigint, account: bigint, at: Date], never>(
  "safety.confirmMediaCase",
  `insert into media_confirmations (case_id, account_id, at) values ($1, $2, $3) on conflict do nothing`,
);
/** What was agreed to does not hold any more. */
export const unconfirm = statement<[cases: bigint[]], never>(
  "safety.unconfirmMediaCases",
  `delete from media_confirmations where case_id = any($1)`,
);
export const confirmations = statement<[caseId: bigint], { account_id: bigint }>(
  "safety.mediaConfirmations",
  `select account_id from media_confirmations where case_id = $1 order by at, account_id`,
);

export const setHold = statement<[caseId: bigint, reason: string | null], never>(
  "safety.setMediaHold",
  `update media_cases set hold_reason = $2 where id = $1`,
);
export const setReleased = statement<[caseId: bigint, at: Date | null], never>(
  "safety.setMediaReleased",
  `update media_cases set released_at = $2 where id = $1`,
);
export const retentionOf = statement<
  [caseId: bigint],
  { hold_reason: string | null; released_at: Date | null; sealed_at: Date | null }
>(
  "safety.mediaRetention",
  `select c.hold_reason, c.released_at, e.sealed_at from media_cases c left join media_evidence e on e.case_id = c.id where c.id = $1`,
);
/** Deletes evidence whose time is over: released, held by nobody, decided, and not in the middle of a report. */
export const purge = statement<[sealedBefore: Date, limit: number], { case_id: bigint }>(
  "safety.purgeEvidence",
  `with due as (
     select c.id from media_cases c join media_evidence e on e.case_id = c.id
     where e.sealed_at < $1 and c.released_at is not null and c.hold_reason is null and c.state in ('confirmed', 'overturned')
       and not exists (select from media_reports r where r.case_id = c.id and r.environment = 'production' and r.state <> 'finished')
     order by e.sealed_at limit $2::int for update of c skip locked),
   gone as (delete from media_evidence e using due where e.case_id = due.id returning e.case_id)
   update media_cases c set evidence = 'purged' from gone where c.id = gone.case_id returning c.id as case_id`,
);
