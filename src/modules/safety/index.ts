import type { Pool } from "#platform/db/pool.ts";
import { one, run } from "#platform/db/sql.ts";
import type { Tx } from "#platform/db/tx.ts";
import { invalid, notFound } from "#platform/errors.ts";
import type { Publisher } from "#platform/events/publish.ts";
import type { Page } from "#platform/http/page.ts";
import type { Id, Ids } from "#platform/ids.ts";
import type { Signals } from "#platform/cache/signals.ts";
import type { Clock } from "#platform/clock.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { Log } from "#platform/log/log.ts";
import type { Mail } from "#platform/mail/mail.ts";
import type { Accounts } from "#modules/accounts/index.ts";
import type { Media } from "#modules/media/index.ts";
import type { Posts } from "#modules/posts/index.ts";
import { createAudit, type Audit } from "./audit/index.ts";
import { createBlocks, type Blocks } from "./blocks/index.ts";
import { createDecisions, type Decisions } from "./decisions/index.ts";
import { createMediaSafety, type MediaSafety } from "./media/index.ts";
import type { ReportEnvironment } from "./media/report-content.ts";
import { insertReport, listReports, reportById, reportsOfCase, setActed, setAssigned, type ReportRow } from "./sql.ts";

export type { Imported } from "./media/banks.ts";
export { EVIDENCE_KEY_FILE, evidenceKey, keyId, newEvidenceKeys, unseal } from "./media/evidence.ts";
export { BANK_KINDS, type BankKind, type CaseKind } from "./media/kinds.ts";
export { LIST_FORMATS, readList, type ListFormat } from "./media/lists.ts";
export {
  completed,
  INDUSTRY_CLASSES,
  packed,
  readReport,
  REPORT_ENVIRONMENTS,
  type ReportEnvironment,
} from "./media/report-content.ts";
export type { NewReportOfCase, ReportProgress } from "./media/reports.ts";
export type { Retention } from "./media/retention.ts";
export { REPORT_STATES, type MediaReportRow, type ReportState } from "./media/sql-reports.ts";
export type { CaseRow, CaseState, LogRow, OpeningRow } from "./media/sql-cases.ts";
export { createPdqIndex } from "./media/matcher.ts";
export { TEST_PATTERN_PDQ, testPattern } from "./media/test-pattern.ts";
export type { Audit, AuditEntry, AuditRow, Verified } from "./audit/index.ts";
export type { BlockKind, BlockRow, Blocks, NewBlock, Severity } from "./blocks/index.ts";
export type { Restriction, StandingView, AppealView } from "./decisions/appeals.ts";
export type { ModCaseView } from "./decisions/cases.ts";
export type { NewDecision } from "./decisions/decide.ts";
export type { Decider, Source } from "./decisions/deps.ts";
export type { Decisions } from "./decisions/index.ts";
export { ACTION_KINDS, type ActionKind, type NewAction } from "./decisions/kinds.ts";
export { NOTICE_CATEGORIES, type NoticeCategory } from "./decisions/priority.ts";
export type { ActionRow, StrikeRow } from "./decisions/sql.ts";
export { QUEUES, type ModCaseRow, type NoticeRow, type Queue } from "./decisions/sql-cases.ts";
export type { AppealRow } from "./decisions/sql-redress.ts";
export { languageOf, type Language } from "./decisions/text.ts";
export type { Explained } from "./decisions/told.ts";
export { wilson, type Share, type Transparency } from "./decisions/transparency.ts";
export type { ReportRow } from "./sql.ts";

export interface SafetyDeps {
  pool: Pool;
  tx: Tx;
  ids: Ids;
  publisher: Publisher;
  accounts: Accounts;
  posts: Posts;
  media: Media;
  clock: Clock;
  signals: Signals;
  log: Log;
  mail: Mail;
  secretsDir: string;
  publicUrl: string;
  domain: string;
  /** Which reports about known pictures this instance writes. */
  reportEnvironment: ReportEnvironment;
  /** Days for which evidence is kept at least. */
  evidenceDays: number;
  /** Milliseconds in which a person's decision can be taken back before anybody is told. */
  graceMs: number;
}

export interface NewReport {
  targetId: Id;
  postIds: readonly Id[];
  ruleIds: readonly Id[];
  category: "spam" | "legal" | "violation" | "other";
  /** Plain text, at most 1,000 characters. */
  comment: string;
  /** Tell the server of the accused person, too, without saying who complains. */
  forward: boolean;
}

/** Complaints, decisions, and the media gate. For members who see something, and moderators who decide. */
export interface Safety {
  /** Files a complaint. 404 for somebody who is not there, 422 for posts that are not theirs or cannot be seen. */
  report(reporterId: Id, report: NewReport): Promise<ReportRow>;
  /** A complaint of another server about people and posts here. Answers how many reports it became. */
  receive(complaint: { from: Id; text: string; accounts: readonly Id[]; posts: readonly Id[] }): Promise<number>;
  list(
    filter: { resolved: boolean; reporterId?: Id | undefined; targetId?: Id | undefined },
    page: Page,
  ): Promise<ReportRow[]>;
  get(id: Id): Promise<ReportRow>;
  /** The complaints of a case, oldest first. */
  ofCase(caseId: Id): Promise<ReportRow[]>;
  /** Closes a report, or opens it again with null. */
  resolve(id: Id, by: Id | null): Promise<ReportRow>;
  assign(id: Id, to: Id | null): Promise<ReportRow>;
  /** Cases, decisions, statements of reasons, appeals. */
  readonly decisions: Decisions;
  /** Networks, addresses and links that are not let in. */
  readonly blocks: Blocks;
  /** Who did what, in a log that shows whether anybody changed it. */
  readonly audit: Audit;
  /** Known pictures, and the gate that keeps them out. */
  readonly media: MediaSafety;
  readonly tasks: Task[];
}

const COMMENT = 1000;
const FOREIGN_POSTS = 40;

export function createSafety(deps: SafetyDeps): Safety {
  const found = (row: ReportRow | undefined): ReportRow => {
    if (!row) throw notFound();
    return row;
  };

  const audit = createAudit(deps);
  const decisions = createDecisions({ ...deps, audit });
  const blocks = createBlocks({ ...deps, audit });
  const media = createMediaSafety({ ...deps, audit, decisions });

  return {
    audit,
    blocks,
    decisions,
    media,
    tasks: [...audit.tasks, ...blocks.tasks, ...decisions.tasks, ...media.tasks],
    async report(reporterId, r) {
      const [target] = await deps.accounts.profiles.get([r.targetId]);
      if (!target) throw notFound();
      if (r.targetId === reporterId)
        throw invalid({ account_id: [{ error: "ERR_INVALID", description: "is yourself" }] });
      if ([...r.comment].length > COMMENT)
        throw invalid({
          comment: [{ error: "ERR_TOO_LONG", description: `is too long (maximum is ${COMMENT} characters)` }],
        });
      for (const postId of r.postIds) {
        const post = await deps.posts.views.get(reporterId, postId);
        if (post?.account_id !== r.targetId)
          throw invalid({ status_ids: [{ error: "ERR_INVALID", description: "names a post that is not theirs" }] });
      }
      const forward = r.forward && target.domain !== null;
      return deps.tx(async (db) => {
        const id = deps.ids.next();
        const row = found(
          await one(
            db,
            insertReport,
            id,
            reporterId,
            r.targetId,
            [...r.postIds],
            [...r.ruleIds],
            r.category,
            r.comment,
            forward,
          ),
        );
        await decisions.cases.addReport(db, id, r.targetId, target.username);
        await deps.publisher.publish(db, {
          id: id.toString(),
          type: "report.filed",
          targetId: r.targetId.toString(),
          postIds: r.postIds.map(String),
          comment: r.comment,
          forward,
        });
        return row;
      });
    },
    async receive(complaint) {
      const posts = (await deps.posts.views.contents(complaint.posts.slice(0, FOREIGN_POSTS))).filter(
        (p) => p.uri === null,
      );
      const accused = new Set([...complaint.accounts, ...posts.map((p) => p.account_id)]);
      const people = (await deps.accounts.profiles.get([...accused].slice(0, 10))).filter((a) => a.domain === null);
      const comment = [...complaint.text].slice(0, COMMENT).join("");
      await deps.tx(async (db) => {
        for (const person of people) {
          const own = posts.filter((p) => p.account_id === person.id).map((p) => p.id);
          const id = deps.ids.next();
          await one(db, insertReport, id, complaint.from, person.id, own, [], "other", comment, false);
          await decisions.cases.addReport(db, id, person.id, person.username);
        }
      });
      return people.length;
    },
    list: (filter, page) =>
      run(
        deps.pool,
        listReports,
        filter.resolved,
        filter.reporterId ?? null,
        filter.targetId ?? null,
        page.before,
        page.after,
        page.limit,
      ),
    ofCase: (caseId) => run(deps.pool, reportsOfCase, caseId),
    get: async (id) => found(await one(deps.pool, reportById, id)),
    async resolve(id, by) {
      const before = found(await one(deps.pool, reportById, id));
      const [target] = await deps.accounts.profiles.get([before.target_account_id]);
      return deps.tx(async (db) => {
        const row = found(await one(db, setActed, id, by));
        // Opened again it needs a case that is open.
        if (by !== null) await decisions.cases.reportClosed(db, id, by);
        else await decisions.cases.addReport(db, id, row.target_account_id, target?.username ?? "");
        return row;
      });
    },
    assign: async (id, to) => found(await one(deps.pool, setAssigned, id, to)),
  };
}
