import { one, run } from "#platform/db/sql.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { note, type MediaSafetyDeps } from "./deps.ts";
import {
  packed,
  readReport,
  REPORT_BASES,
  type IndustryClass,
  type ReportContent,
  type ReportEnvironment,
} from "./report-content.ts";
import { lockCase, openingsOf, type CaseRow } from "./sql-cases.ts";
import {
  advanceReport,
  confirmations,
  lockReport,
  putReport,
  REPORT_STATES,
  reportOf,
  type MediaReportRow,
  type ReportState,
} from "./sql-reports.ts";

export interface NewReportOfCase {
  /** Has to be the one this instance is set to. */
  environment: ReportEnvironment;
  /** The person who answers for the report. */
  reporter: { firstName: string; lastName: string; email: string };
  /** Whether somebody here looked at the picture. Has to be said once its evidence was handed out; before that only "no" is possible. */
  viewed?: boolean | undefined;
  /** Whether anybody could see it here. Has to be said for pictures that were stored; others never could be seen. */
  publiclyAvailable?: boolean | undefined;
  /** A person's judgement, so only with `viewed`. */
  industryClass?: IndustryClass | undefined;
}

export interface ReportProgress {
  environment: ReportEnvironment;
  state: Exclude<ReportState, "prepared">;
  /** The authority's number of the report. */
  report: string;
  /** The authority's number of the file, from `uploaded` on. */
  file?: string | undefined;
}

/** Reports about cases to authorities. Skein writes them and remembers how far they are; people hand them in. */
export interface MediaReports {
  /** 404 where none was prepared. */
  get(caseId: Id, environment: ReportEnvironment): Promise<MediaReportRow>;
  /**
   * Writes the report of a case, or writes it anew as long as it was not handed in. 409 for a case that is doubtful or overturned, for one that rests on a perceptual hash and was not
   * confirmed by two people, for the other environment, and when it was handed in. 422 for what is untrue or not said.
   */
  prepare(caseId: Id, by: Id | null, input: NewReportOfCase): Promise<MediaReportRow>;
  /** The report as a ZIP. 404 where none was prepared. Logged. */
  export(caseId: Id, by: Id | null, environment: ReportEnvironment): Promise<Buffer>;
  /** Remembers a step. The same step again changes nothing; a step that is left out, another number, and the other environment are 409. */
  advance(caseId: Id, by: Id | null, progress: ReportProgress): Promise<MediaReportRow>;
}

const EXACT: readonly string[] = ["sha256", "sha1", "md5"];
const PEOPLE = 2;

const wrong = (field: string, description: string): AppError =>
  invalid({ [field]: [{ error: "ERR_INVALID", description }] });
const found = <T>(row: T | undefined): T => {
  if (row === undefined) throw notFound();
  return row;
};

/** The one who answers for a report has to be reachable. */
function reachable({ firstName, lastName, email }: NewReportOfCase["reporter"]): void {
  for (const [field, name] of [
    ["first_name", firstName],
    ["last_name", lastName],
  ] as const)
    if (name.trim() === "" || [...name].length > 100) throw wrong(field, "must have 1 to 100 characters");
  if (email.length > 254 || !/^[^\s@<>]+@[^\s@<>]+$/.test(email)) throw wrong("email", "must be a mail address");
}

export function createMediaReports(deps: MediaSafetyDeps): MediaReports {
  function rightEnvironment(environment: ReportEnvironment): void {
    if (environment !== deps.reportEnvironment)
      throw new AppError(
        "conflict",
        `This instance writes ${deps.reportEnvironment} reports only. An operator changes that with SKEIN_REPORTS.`,
      );
  }

  function reportable(row: CaseRow, confirmed: number, environment: ReportEnvironment): void {
    if (row.state === "overturned" || row.state === "review")
      throw new AppError("conflict", "This case is overturned or in doubt. Decide it first.");
    if (row.kind === "test" && environment === "production")
      throw new AppError("conflict", "The test pattern is reported to the test environment only.");
    if (!EXACT.includes(row.algorithm) && (row.state !== "confirmed" || confirmed < PEOPLE))
      throw new AppError(
        "conflict",
        "This picture only looks like a listed one. Two people have to confirm the case before it is reported.",
        { reason: "second_person_needed" },
      );
  }

  function truth(
    row: CaseRow,
    handedOut: boolean,
    input: NewReportOfCase,
  ): Pick<ReportContent["file"], "viewed" | "publicly_available" | "industry_class"> {
    if (handedOut && input.viewed === undefined)
      throw wrong("viewed", "has to be said: the evidence was handed out. Ask the two who had it whether they looked");
    if (!handedOut && input.viewed === true) throw wrong("viewed", "cannot be true: the evidence was never handed out");
    const viewed = input.viewed === true;
    if (input.industryClass !== undefined && !viewed)
      throw wrong("industry_class", "is for people who looked at the picture. Leave it out");
    if (row.found_by === "gate" && input.publiclyAvailable === true)
      throw wrong("publicly_available", "cannot be true: the gate stopped the picture before anybody could see it");
    if (row.found_by === "rescan" && input.publiclyAvailable === undefined)
      throw wrong("publicly_available", "has to be said: the picture was stored here before it was known");
    return {
      viewed,
      publicly_available: input.publiclyAvailable === true,
      industry_class: input.industryClass ?? null,
    };
  }

  return {
    get: async (caseId, environment) => found(await one(deps.pool, reportOf, caseId, environment)),
    async prepare(caseId, by, input) {
      rightEnvironment(input.environment);
      reachable(input.reporter);
      return deps.tx(async (db) => {
        const row = found(await one(db, lockCase, caseId));
        const people = (await run(db, confirmations, caseId)).map((c) => c.account_id.toString());
        reportable(row, people.length, input.environment);
        const handedOut = (await run(db, openingsOf, [caseId])).some((o) => o.handed_out_at !== null);
        const content: ReportContent = {
          format: "skein media report 1",
          environment: input.environment,
          base: REPORT_BASES[input.environment],
          case: caseId.toString(),
          kind: row.kind,
          at: row.opened_at.toISOString(),
          domain: deps.domain,
          reporter: {
            first_name: input.reporter.firstName,
            last_name: input.reporter.lastName,
            email: input.reporter.email,
          },
          account:
            row.handle === ""
              ? null
              : {
                  ...{ id: row.account_id?.toString() ?? null, username: row.handle },
                  url: `${deps.publicUrl}/@${row.handle}`,
                },
          source: row.url,
          match: { bank: row.bank, item: row.item, algorithm: row.algorithm, distance: row.distance },
          confirmed_by: row.state === "confirmed" ? people : [],
          file: {
            name: `case-${caseId}.bin`,
            ...{ sha256: Buffer.from(row.sha256).toString("hex"), sha1: null, md5: null },
            bytes: row.found_by === "gate" ? "as received" : "as stored",
            ...truth(row, handedOut, input),
          },
          ip: null,
        };
        const made = await one(
          db,
          putReport,
          deps.ids.next(),
          caseId,
          input.environment,
          JSON.stringify(content),
          by,
          deps.clock.now(),
        );
        if (!made)
          throw new AppError("conflict", "This report was handed in already. What is new is told to the authority.");
        await note(deps, db, { actor: by ?? undefined, action: "report.prepare", caseId, detail: input.environment });
        return made;
      });
    },
    export: (caseId, by, environment) =>
      deps.tx(async (db) => {
        rightEnvironment(environment);
        // What was right when it was prepared may be in doubt since.
        const row = found(await one(db, lockCase, caseId));
        const report = found(await one(db, lockReport, caseId, environment));
        reportable(row, (await run(db, confirmations, caseId)).length, environment);
        const content = readReport(report.content);
        // Somebody may have had the evidence since the report was written.
        const handedOut = (await run(db, openingsOf, [caseId])).some(
          (o) => o.handed_out_at !== null && o.handed_out_at > report.prepared_at,
        );
        if (handedOut && report.state === "prepared" && !content.file.viewed)
          throw new AppError("conflict", "The evidence was handed out after this report was written. Write it anew.");
        await note(deps, db, { actor: by ?? undefined, action: "report.export", caseId, detail: environment });
        const { remote_report: number, remote_file: file } = report;
        return packed(content, number !== null && file !== null ? { numbers: { report: number, file } } : {});
      }),
    advance: (caseId, by, progress) =>
      deps.tx(async (db) => {
        rightEnvironment(progress.environment);
        const row = found(await one(db, lockCase, caseId));
        const report = found(await one(db, lockReport, caseId, progress.environment));
        const [is, wanted] = [REPORT_STATES.indexOf(report.state), REPORT_STATES.indexOf(progress.state)];
        if (report.remote_report !== null && report.remote_report !== progress.report)
          throw new AppError("conflict", `This report has the number ${report.remote_report} already.`);
        const file = progress.file ?? report.remote_file;
        if (report.remote_file !== null && report.remote_file !== file)
          throw new AppError("conflict", `The file of this report has the number ${report.remote_file} already.`);
        if (wanted <= is) return report;
        if (wanted !== is + 1)
          throw new AppError("conflict", `This report is ${report.state}; the next step is ${REPORT_STATES[is + 1]}.`);
        if (wanted === 1) reportable(row, (await run(db, confirmations, caseId)).length, progress.environment);
        if (wanted >= 2 && file === null) throw wrong("file", "is missing: the number that the file was given");
        const after = found(
          await one(
            db,
            advanceReport,
            report.id,
            progress.state,
            progress.report,
            wanted === 1 ? null : file,
            deps.clock.now(),
          ),
        );
        await note(deps, db, {
          ...{ actor: by ?? undefined, action: `report.${progress.state}`, caseId },
          detail: `${progress.environment} ${progress.report}`,
        });
        return after;
      }),
  };
}
