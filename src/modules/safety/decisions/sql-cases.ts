import { statement } from "#platform/db/sql.ts";

export type Queue = "reports" | "notices" | "automatic" | "staff";
export const QUEUES: readonly Queue[] = ["reports", "notices", "automatic", "staff"];

export interface ModCaseRow {
  id: bigint;
  account_id: bigint | null;
  handle: string;
  queue: Queue;
  state: "open" | "decided" | "dismissed";
  priority: number;
  assigned_id: bigint | null;
  opened_at: Date;
  due_at: Date;
  closed_at: Date | null;
  closed_by: bigint | null;
  reports: bigint;
  notices: bigint;
  actions: bigint;
}
const columns = `c.id, c.account_id, c.handle, c.queue, c.state, c.priority, c.assigned_id, c.opened_at, c.due_at, c.closed_at, c.closed_by,
  (select count(*) from reports r where r.case_id = c.id) as reports, (select count(*) from mod_notices n where n.case_id = c.id) as notices,
  (select count(*) from mod_actions a where a.case_id = c.id and a.reverses_id is null) as actions`;

/** Opens a case, or answers the open one about the same person; the more urgent of both wins. */
export const openCase = statement<
  [id: bigint, account: bigint | null, handle: string, queue: string, priority: number, at: Date, due: Date],
  { id: bigint; opened: boolean }
>(
  "safety.openModCase",
  `insert into mod_cases (id, account_id, handle, queue, priority, opened_at, due_at) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (account_id) where state = 'open' do update set priority = greatest(mod_cases.priority, excluded.priority), due_at = least(mod_cases.due_at, excluded.due_at)
   returning id, id = $1 as opened`,
);
export const setPriority = statement<[id: bigint, priority: number], never>(
  "safety.setPriority",
  `update mod_cases set priority = $2 where id = $1 and state = 'open'`,
);
export const modCaseById = statement<[id: bigint], ModCaseRow>(
  "safety.modCaseById",
  `select ${columns} from mod_cases c where c.id = $1`,
);
export const lockModCase = statement<[id: bigint], { id: bigint; account_id: bigint | null; state: string }>(
  "safety.lockModCase",
  `select id, account_id, state from mod_cases where id = $1 for update`,
);
/** Most urgent first; the cursor is the last case of the page before. */
export const openCases = statement<[queue: string | null, after: bigint | null, limit: number], ModCaseRow>(
  "safety.openModCases",
  `select ${columns} from mod_cases c where c.state = 'open' and ($1::text is null or c.queue = $1)
     and ($2::int8 is null or (c.priority, -c.id) < (select p.priority, -p.id from mod_cases p where p.id = $2))
   order by c.priority desc, c.id limit $3::int`,
);
export const closedCases = statement<[queue: string | null, before: bigint | null, limit: number], ModCaseRow>(
  "safety.closedModCases",
  `select ${columns} from mod_cases c where c.state <> 'open' and ($1::text is null or c.queue = $1) and ($2::int8 is null or c.id < $2) order by c.id desc limit $3::int`,
);
export const countOpen = statement<[], { queue: Queue; n: bigint; late: bigint }>(
  "safety.countOpenCases",
  `select queue, count(*) as n, count(*) filter (where due_at < now()) as late from mod_cases where state = 'open' group by queue`,
);
export const closeCase = statement<[id: bigint, state: string, by: bigint | null, at: Date], { id: bigint }>(
  "safety.closeModCase",
  `update mod_cases set state = $2, closed_by = $3, closed_at = $4 where id = $1 and state = 'open' returning id`,
);
export const assignCase = statement<[id: bigint, to: bigint | null], { id: bigint }>(
  "safety.assignModCase",
  `update mod_cases set assigned_id = $2 where id = $1 returning id`,
);
export const closeReports = statement<[caseId: bigint, by: bigint | null, at: Date], never>(
  "safety.closeReports",
  `update reports set acted_at = $3, acted_by_id = $2, updated_at = $3 where case_id = $1 and acted_at is null`,
);
/** A case whose reports were all closed one by one has nothing left, unless something else is in it. */
export const closeEmptied = statement<[report: bigint, by: bigint | null, at: Date], { id: bigint }>(
  "safety.closeEmptied",
  `update mod_cases c set state = 'dismissed', closed_by = $2, closed_at = $3 from reports x
   where x.id = $1 and c.id = x.case_id and c.state = 'open' and c.queue = 'reports'
     and not exists (select 1 from reports r where r.case_id = c.id and r.acted_at is null)
     and not exists (select 1 from mod_notices n where n.case_id = c.id and n.answered_at is null) returning c.id`,
);
/** Who complained in a case, once each, and how often this person's complaints led to something. */
export const reportersOf = statement<
  [caseId: bigint],
  { account_id: bigint; category: string; acted: bigint; dismissed: bigint }
>(
  "safety.reportersOf",
  `select x.account_id, x.category,
     (select count(distinct c.id) from reports r join mod_cases c on c.id = r.case_id where r.account_id = x.account_id and c.state = 'decided') as acted,
     (select count(distinct c.id) from reports r join mod_cases c on c.id = r.case_id where r.account_id = x.account_id and c.state = 'dismissed') as dismissed
   from (select distinct on (account_id) account_id, category from reports where case_id = $1 order by account_id, (category = 'legal') desc, id) x`,
);

export interface NoticeRow {
  id: bigint;
  case_id: bigint;
  url: string;
  post_id: bigint | null;
  category: string;
  law: string;
  explanation: string;
  name: string;
  email: string;
  language: string;
  received_at: Date;
  answered_at: Date | null;
  outcome: "acted" | "not_acted" | null;
}
const noticeColumns = `id, case_id, url, post_id, category, law, explanation, name, email, language, received_at, answered_at, outcome`;
export const insertNotice = statement<
  [
    id: bigint,
    caseId: bigint,
    url: string,
    post: bigint | null,
    category: string,
    law: string,
    explanation: string,
    name: string,
    email: string,
    language: string,
    receipt: Uint8Array,
    at: Date,
  ],
  never
>(
  "safety.insertNotice",
  `insert into mod_notices (id, case_id, url, post_id, category, law, explanation, name, email, language, receipt, received_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
);
export const noticeByReceipt = statement<[receipt: Uint8Array], NoticeRow>(
  "safety.noticeByReceipt",
  `select ${noticeColumns} from mod_notices where receipt = $1`,
);
export const noticesOf = statement<[caseId: bigint], NoticeRow>(
  "safety.noticesOf",
  `select ${noticeColumns} from mod_notices where case_id = $1 order by id`,
);
export const answerNotices = statement<[caseId: bigint, outcome: string, at: Date], NoticeRow>(
  "safety.answerNotices",
  `update mod_notices set outcome = $2, answered_at = $3 where case_id = $1 and answered_at is null returning ${noticeColumns}`,
);
export const attachReport = statement<[report: bigint, caseId: bigint], never>(
  "safety.attachReport",
  `update reports set case_id = $2 where id = $1`,
);
