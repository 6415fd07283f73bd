import { parseArgs } from "node:util";
import { loadConfig } from "#platform/config/config.ts";
import { ConfigError } from "#platform/config/env.ts";
import { AppError } from "#platform/errors.ts";
import { createLog } from "#platform/log/log.ts";
import { accountCommands } from "./account.ts";
import { appealCommands } from "./appeal.ts";
import { auditCommands } from "./audit.ts";
import { backupCommands } from "./backup.ts";
import type { Command, Output } from "./command.ts";
import { UsageError } from "./command.ts";
import { databaseCommands } from "./database.ts";
import { demoCommands } from "./demo.ts";
import { domainCommands } from "./domain.ts";
import { ledgerCommands } from "./ledger.ts";
import { safetyCommands } from "./safety.ts";
import { safetyReportCommands } from "./safety-report.ts";

const commands: Command[] = [
  ...accountCommands,
  ...appealCommands,
  ...auditCommands,
  ...backupCommands,
  ...databaseCommands,
  ...domainCommands,
  ...ledgerCommands,
  ...safetyCommands,
  ...safetyReportCommands,
  ...demoCommands,
];

function usage(): string {
  return ["Usage: npm run -s skein -- <command> [--json]", "", ...commands.map((c) => `  skein ${c.usage}`)].join("\n");
}

const args = process.argv.slice(2);
const json = args.includes("--json");
const words = args.filter((a) => a !== "--json");
const command = commands.find((c) => c.words.every((w, i) => words[i] === w));

const out: Output = {
  result(value, text) {
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
  },
  say: (line) => void process.stderr.write(`${line}\n`),
};

let code = 0;
try {
  if (!command) {
    if (words.length === 0 || words[0] === "help") {
      out.say(usage());
      process.exit(words[0] === "help" ? 0 : 2);
    }
    throw new UsageError(`There is no command "${words.slice(0, 2).join(" ")}".\n\n${usage()}`);
  }
  const { values, flags, positionals } = parse(command, words.slice(command.words.length));
  await command.run({ config: loadConfig(), log: createLog("warn"), out, options: values, flags, names: positionals });
} catch (error) {
  code = error instanceof UsageError ? 2 : 1;
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof AppError) out.say(error.message);
  else out.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
process.exit(code);

function parse(
  c: Command,
  rest: string[],
): { values: Record<string, string | undefined>; flags: Set<string>; positionals: string[] } {
  try {
    const parsed = parseArgs({
      args: rest,
      options: {
        ...Object.fromEntries(c.options.map((o) => [o, { type: "string" as const }])),
        ...Object.fromEntries((c.flags ?? []).map((f) => [f, { type: "boolean" as const }])),
      },
      allowPositionals: true,
    });
    const given = parsed.positionals.length;
    if (given < c.names || given > c.names + (c.moreNames ?? 0))
      throw new Error(`expected ${c.names} name${c.names === 1 ? "" : "s"}`);
    const values: Record<string, string | undefined> = {};
    const flags = new Set<string>();
    for (const [name, value] of Object.entries(parsed.values)) {
      if (typeof value === "string") values[name] = value;
      else if (value === true) flags.add(name);
    }
    return { values, flags, positionals: parsed.positionals };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\nUsage: skein ${c.usage}`);
  }
}
