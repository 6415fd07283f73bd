import { migrate, migrationStatus } from "#platform/db/migrate.ts";
import { withDatabase, type Command } from "./command.ts";

export const databaseCommands: Command[] = [
  {
    words: ["db", "migrate"],
    usage: "db migrate [--json]",
    options: [],
    names: 0,
    run: ({ config, log, out }) =>
      withDatabase(config, log, async (url) => {
        const applied = await migrate(url, log);
        out.result(
          { applied },
          applied.length === 0 ? "The database is up to date." : `Applied: ${applied.join(", ")}`,
        );
      }),
  },
  {
    words: ["db", "status"],
    usage: "db status [--json]",
    options: [],
    names: 0,
    run: ({ config, log, out }) =>
      withDatabase(config, log, async (url) => {
        const status = await migrationStatus(url);
        out.result(
          status,
          `Applied: ${status.applied.join(", ") || "none"}\nPending: ${status.pending.join(", ") || "none"}`,
        );
      }),
  },
];
