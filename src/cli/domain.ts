import { readFile, writeFile } from "node:fs/promises";
import { AppError } from "#platform/errors.ts";
import type { DomainPolicyRow, Severity } from "#modules/federation/index.ts";
import { UsageError, withApp, type Command } from "./command.ts";

const SEVERITIES: readonly Severity[] = ["silence", "suspend", "noop"];

function severityOf(text: string): Severity {
  const found = SEVERITIES.find((s) => s === text);
  if (!found) throw new UsageError(`--severity ${text}: allowed are ${SEVERITIES.join(", ")}.`);
  return found;
}

function asJson(row: DomainPolicyRow): Record<string, unknown> {
  return { ...row, id: row.id.toString(), created_at: row.created_at.toISOString() };
}

function line(row: DomainPolicyRow): string {
  const more = [row.reject_media ? "no media" : "", row.reject_reports ? "no reports" : "", row.private_comment]
    .filter(Boolean)
    .join(", ");
  return `${row.domain}\t${row.severity}${more === "" ? "" : `\t${more}`}`;
}

/** What holds for other servers, from the command line. A running server knows of it at once. */
export const domainCommands: Command[] = [
  {
    words: ["domain", "list"],
    usage: "domain list [--json]",
    options: [],
    names: 0,
    run: (call) =>
      withApp(call, async ({ federation }) => {
        const rules = await federation.policies.list();
        const allowed = (await federation.policies.allows()).map((a) => a.domain);
        call.out.result(
          { blocks: rules.map(asJson), allows: allowed },
          [...rules.map(line), ...allowed.map((domain) => `${domain}\tallowed`)].join("\n") || "There are no rules.",
        );
      }),
  },
  {
    words: ["domain", "block"],
    usage:
      "domain block <domain> [--severity silence|suspend|noop] [--reject-media] [--reject-reports] [--comment <for staff>] [--public-comment <for everyone>] [--obfuscate] [--json]",
    options: ["severity", "comment", "public-comment"],
    flags: ["reject-media", "reject-reports", "obfuscate"],
    names: 1,
    async run(call) {
      const [domain = ""] = call.names;
      const severity = severityOf(call.options["severity"] ?? "suspend");
      await withApp(call, async ({ federation }) => {
        const row = await federation.policies.put({
          domain,
          severity,
          rejectMedia: call.flags.has("reject-media"),
          rejectReports: call.flags.has("reject-reports"),
          privateComment: call.options["comment"] ?? "",
          publicComment: call.options["public-comment"] ?? "",
          obfuscate: call.flags.has("obfuscate"),
        });
        call.out.result(asJson(row), `${row.domain}: ${row.severity}.`);
      });
    },
  },
  {
    words: ["domain", "unblock"],
    usage: "domain unblock <domain> [--json]",
    options: [],
    names: 1,
    run: (call) =>
      withApp(call, async ({ federation }) => {
        const [domain = ""] = call.names;
        const row = await federation.policies.remove(domain);
        if (!row) throw new AppError("not_found", `There is no rule for ${domain}.`);
        call.out.result(asJson(row), `There is no rule for ${row.domain} any more.`);
      }),
  },
  {
    words: ["domain", "allow"],
    usage: "domain allow <domain> [--json]",
    options: [],
    names: 1,
    run: (call) =>
      withApp(call, async ({ federation }) => {
        const [domain = ""] = call.names;
        const row = await federation.policies.allow(domain);
        const note = call.config.limitedFederation
          ? ""
          : " It matters only with SKEIN_LIMITED_FEDERATION=1; now every server is allowed.";
        call.out.result({ domain: row.domain }, `${row.domain} is allowed.${note}`);
      }),
  },
  {
    words: ["domain", "disallow"],
    usage: "domain disallow <domain> [--json]",
    options: [],
    names: 1,
    run: (call) =>
      withApp(call, async ({ federation }) => {
        const [domain = ""] = call.names;
        const row = await federation.policies.disallow(domain);
        if (!row) throw new AppError("not_found", `${domain} is not on the list.`);
        call.out.result({ domain: row.domain }, `${row.domain} is not allowed any more.`);
      }),
  },
  {
    words: ["domain", "import"],
    usage: "domain import <file> [--json]",
    options: [],
    names: 1,
    async run(call) {
      const [file = ""] = call.names;
      const text = await readFile(file, "utf8").catch((cause: unknown) => {
        throw new AppError("not_found", `${file} could not be read.`, { cause });
      });
      await withApp(call, async ({ federation }) => {
        const done = await federation.policies.importCsv(text);
        call.out.result(done, `${done.added} added, ${done.changed} changed, ${done.skipped} skipped.`);
      });
    },
  },
  {
    words: ["domain", "export"],
    usage: "domain export [<file>] [--json]",
    options: [],
    names: 0,
    moreNames: 1,
    run: (call) =>
      withApp(call, async ({ federation }) => {
        const [file] = call.names;
        const csv = await federation.policies.exportCsv();
        const rules = csv.trimEnd().split("\n").length - 1;
        if (file === undefined) {
          call.out.result({ csv }, csv.trimEnd());
          return;
        }
        await writeFile(file, csv);
        call.out.result({ file, rules }, `Wrote ${rules} rules to ${file}.`);
      }),
  },
];
