import { readFile, writeFile } from "node:fs/promises";
import { AppError } from "#platform/errors.ts";
import {
  completed,
  packed,
  readReport,
  REPORT_ENVIRONMENTS,
  REPORT_STATES,
  unseal,
  type ReportEnvironment,
} from "#modules/safety/index.ts";
import { UsageError, withApp, type Command, type Invocation } from "./command.ts";

function required(call: Invocation, name: string): string {
  const value = call.options[name];
  if (value === undefined || value.trim() === "") throw new UsageError(`--${name} is missing.`);
  return value;
}
function caseOf(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new UsageError(`${text}: this is no case's number.`);
  return BigInt(text);
}
function oneOf<T extends string>(text: string | undefined, name: string, allowed: readonly T[]): T {
  const found = allowed.find((a) => a === text);
  if (found === undefined) throw new UsageError(`--${name} ${text ?? ""}: allowed are ${allowed.join(", ")}.`);
  return found;
}
const environmentOf = (call: Invocation): ReportEnvironment =>
  oneOf(call.options["environment"], "environment", REPORT_ENVIRONMENTS);
/** Not given is not the same as no. */
function yesNo(call: Invocation, name: string): boolean | undefined {
  const value = call.options[name];
  return value === undefined ? undefined : oneOf(value, name, ["yes", "no"]) === "yes";
}
async function bytesOf(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new AppError("not_found", `${file} could not be read.`, { cause });
  });
}
async function keep(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(file, bytes, { mode: 0o600, flag: "wx" }).catch((cause: unknown) => {
    throw new AppError("conflict", `${file} could not be written, or is there already.`, { cause });
  });
}

/** Reports about cases of the media gate. Nothing here talks to an authority. */
export const safetyReportCommands: Command[] = [
  {
    words: ["safety", "report", "prepare"],
    usage:
      "safety report prepare <case> --environment test|production --first-name <name> --last-name <name> --email <address> [--viewed yes|no] [--public yes|no] [--json]",
    options: ["environment", "first-name", "last-name", "email", "viewed", "public"],
    names: 1,
    async run(call) {
      const id = caseOf(call.names[0] ?? "");
      const input = {
        environment: environmentOf(call),
        reporter: {
          ...{ firstName: required(call, "first-name"), lastName: required(call, "last-name") },
          email: required(call, "email"),
        },
        ...{ viewed: yesNo(call, "viewed"), publiclyAvailable: yesNo(call, "public") },
      };
      await withApp(call, async ({ safety }) => {
        const row = await safety.media.reports.prepare(id, null, input);
        call.out.result(
          { case: id.toString(), environment: row.environment, state: row.state },
          `The ${row.environment} report of case ${id} is written. Nothing was sent. Next: skein safety report export ${id} <out.zip> --environment ${row.environment}`,
        );
      });
    },
  },
  {
    words: ["safety", "report", "export"],
    usage: "safety report export <case> <out.zip> --environment test|production [--json]",
    options: ["environment"],
    names: 2,
    async run(call) {
      const [id, file = ""] = [caseOf(call.names[0] ?? ""), call.names[1]];
      const environment = environmentOf(call);
      await withApp(call, async ({ safety }) => {
        await keep(file, await safety.media.reports.export(id, null, environment));
        call.out.result({ case: id.toString(), environment, file }, `Wrote ${file}. Nothing was sent.`);
      });
    },
  },
  {
    words: ["safety", "report", "progress"],
    usage:
      "safety report progress <case> --environment test|production --state submitted|uploaded|described|finished --report <number> [--file <number>] [--json]",
    options: ["environment", "state", "report", "file"],
    names: 1,
    async run(call) {
      const id = caseOf(call.names[0] ?? "");
      const state = oneOf(call.options["state"], "state", REPORT_STATES);
      if (state === "prepared") throw new UsageError("--state prepared: use skein safety report prepare.");
      const progress = {
        ...{ environment: environmentOf(call), state, report: required(call, "report") },
        file: call.options["file"],
      };
      await withApp(call, async ({ safety }) => {
        const row = await safety.media.reports.advance(id, null, progress);
        call.out.result(
          { case: id.toString(), state: row.state, report: row.remote_report, file: row.remote_file },
          `The ${row.environment} report of case ${id} is ${row.state}.`,
        );
      });
    },
  },
  {
    // On the machine with the private key, far from the server: no database.
    words: ["safety", "report", "complete"],
    usage:
      "safety report complete <report.json> <sealed file> <out.zip> --key <private.pem> [--report <number> --file <number>] [--json]",
    options: ["key", "report", "file"],
    names: 3,
    async run(call) {
      const [json = "", sealed = "", file = ""] = call.names;
      const key = (await bytesOf(required(call, "key"))).toString();
      const [number, fileNumber] = [call.options["report"], call.options["file"]];
      if ((number === undefined) !== (fileNumber === undefined))
        throw new UsageError("--report and --file belong together.");
      const content = readReport((await bytesOf(json)).toString());
      const { about, picture } = unseal(key, caseOf(content.case), await bytesOf(sealed));
      const numbers =
        number !== undefined && fileNumber !== undefined ? { report: number, file: fileNumber } : undefined;
      await keep(file, packed(completed(content, about), { picture, numbers }));
      call.out.result(
        { file, environment: content.environment, base: content.base },
        `Wrote ${file} for ${content.base}. It holds the picture: nobody has to open it, and the report says whether somebody did.`,
      );
    },
  },
  {
    words: ["safety", "evidence", "check"],
    usage: "safety evidence check <case> [--json]",
    options: [],
    names: 1,
    async run(call) {
      const id = caseOf(call.names[0] ?? "");
      await withApp(call, async ({ safety }) => {
        const audit = await safety.audit.verify();
        if (!audit.ok) throw new AppError("conflict", `The audit log is broken at line ${audit.firstBroken}.`);
        if (!(await safety.media.keeping.intact(id)))
          throw new AppError("conflict", `The evidence of case ${id} is not what was sealed.`);
        call.out.result({ case: id.toString(), intact: true }, `The evidence of case ${id} is what was sealed.`);
      });
    },
  },
];
