import { statement } from "#platform/db/sql.ts";

export interface ReportRow {
  id: bigint;
  account_id: bigint;
  target_account_id: bigint;
  post_ids: bigint[];
  rule_ids: bigint[];
  category: string;
  comment: string;
  forwarded: boolean;
  assigned_id: bigint | null;
  acted_by_id: bigint | null;
  acted_at: Date | null;
  updated_at: Date;
}
const columns = `id, account_id, target_account_id, post_ids, rule_ids, category, comment, forwarded, assigned_id, acted_by_id, acted_at, updated_at`;

export const insertReport = statement<
  [
    id: bigint,
    account: bigint,
    target: bigint,
    posts: bigint[],
    rules: bigint[],
    category: string,
    comment: string,
    forwarded: boolean,
  ],
  ReportRow
>(
  "safety.insertReport",
  `insert into reports (id, account_id, target_account_id, post_ids, rule_ids, category, comment, forwarded) values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
);
export const reportById = statement<[id: bigint], ReportRow>(
  "safety.reportById",
  `select ${columns} from reports where id = $1`,
);
export const reportsOfCase = statement<[caseId: bigint], ReportRow>(
  "safety.reportsOfCase",
  `select ${columns} from reports where case_id = $1 order by id limit 200`,
);
export const listReports = statement<
  [resolved: boolean, reporter: bigint | null, target: bigint | null, before: bigint, after: bigint, limit: number],
  ReportRow
>(
  "safety.listReports",
  `select ${columns} from reports where (acted_at is not null) = $1 and ($2::int8 is null or account_id = $2) and ($3::int8 is null or target_account_id = $3)
     and id < $4 and id > $5 order by id desc limit $6::int`,
);
export const setActed = statement<[id: bigint, by: bigint | null], ReportRow>(
  "safety.setActed",
  `update reports set acted_by_id = $2, acted_at = case when $2::int8 is not null then now() end, updated_at = now() where id = $1 returning ${columns}`,
);
export const setAssigned = statement<[id: bigint, to: bigint | null], ReportRow>(
  "safety.setAssigned",
  `update reports set assigned_id = $2, updated_at = now() where id = $1 returning ${columns}`,
);
