import type { Pool } from "#platform/db/pool.ts";
import { one, run } from "#platform/db/sql.ts";
import type { Tx } from "#platform/db/tx.ts";
import { invalid, notFound } from "#platform/errors.ts";
import type { Publisher } from "#platform/events/publish.ts";
import type { Page } from "#platform/http/page.ts";
import type { Id, Ids } from "#platform/ids.ts";
import type { Clock } from "#platform/clock.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { Log } from "#platform/log/log.ts";
import type { Accounts } from "#modules/accounts/index.ts";
import type { Media } from "#modules/media/index.ts";
import type { Posts } from "#modules/posts/index.ts";
import { createMediaSafety, type MediaSafety } from "./media/index.ts";
import { insertReport, listReports, reportById, setActed, setAssigned, type ReportRow } from "./sql.ts";

export type { Imported } from "./media/banks.ts";
export { EVIDENCE_KEY_FILE, evidenceKey, keyId, newEvidenceKeys, unseal } from "./media/evidence.ts";
export { BANK_KINDS, type BankKind, type CaseKind } from "./media/kinds.ts";
export { LIST_FORMATS, readList, type ListFormat } from "./media/lists.ts";
export type { CaseRow, CaseState, LogRow, OpeningRow } from "./media/sql-cases.ts";
export { TEST_PATTERN_PDQ, testPattern } from "./media/test-pattern.ts";
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
  log: Log;
  secretsDir: string;
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

/** Complaints, and the media gate. For members who see something, and moderators who decide. */
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
  /** Closes a report, or opens it again with null. */
  resolve(id: Id, by: Id | null): Promise<ReportRow>;
  assign(id: Id, to: Id | null): Promise<ReportRow>;
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

  const media = createMediaSafety(deps);

  return {
    media,
    tasks: media.tasks,
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
          await one(db, insertReport, deps.ids.next(), complaint.from, person.id, own, [], "other", comment, false);
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
    get: async (id) => found(await one(deps.pool, reportById, id)),
    resolve: async (id, by) => found(await one(deps.pool, setActed, id, by)),
    assign: async (id, to) => found(await one(deps.pool, setAssigned, id, to)),
  };
}
