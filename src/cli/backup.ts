import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkBackup, restoreBackup } from "#platform/backup/restore.ts";
import { createBackup } from "#platform/backup/create.ts";
import { systemClock } from "#platform/clock.ts";
import type { Config } from "#platform/config/config.ts";
import { lockDataDir, secretsDir } from "#platform/data-dir.ts";
import { AppError } from "#platform/errors.ts";
import { createFsBlobs } from "#platform/storage/fs.ts";
import { withDatabase, type Command } from "./command.ts";
import { isRemoteBlob } from "#modules/media/index.ts";

/** Ctrl-C and a service manager's stop end a backup in order: the unfinished file goes, and so does a database that was started for the call. */
async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const abort = (): void => stop.abort(new AppError("unavailable", "Stopped before it was complete."));
  process.once("SIGINT", abort).once("SIGTERM", abort);
  try {
    return await work(stop.signal);
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    process.off("SIGINT", abort).off("SIGTERM", abort);
  }
}

function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

function places(config: Config): { blobs: ReturnType<typeof createFsBlobs>; secretsDir: string } {
  return { blobs: createFsBlobs(join(config.dataDir, "media")), secretsDir: secretsDir(config.dataDir) };
}

export const backupCommands: Command[] = [
  {
    words: ["backup", "create"],
    usage: "backup create <file> [--force] [--json]",
    options: [],
    flags: ["force"],
    names: 1,
    run: ({ config, log, out, names: [file = ""], flags }) =>
      stoppable(async (signal) => {
        // Otherwise the call would make an empty instance and back that up.
        if (config.databaseUrl === undefined && !existsSync(join(config.dataDir, "postgres", "PG_VERSION")))
          throw new AppError("not_found", `There is no Skein in ${config.dataDir}: nothing to back up.`);
        const report = await withDatabase(config, log, (databaseUrl) =>
          createBackup(
            file,
            {
              databaseUrl,
              ...places(config),
              skip: isRemoteBlob,
              version: config.version,
              publicUrl: config.publicUrl,
              now: systemClock.now(),
            },
            { replace: flags.has("force"), signal },
          ),
        );
        out.result(
          report,
          `Wrote ${report.file} (${size(report.bytes)}): ${report.rows} rows of ${report.tables} tables, ${report.media.files} media files, ${report.jobs} waiting jobs.`,
        );
      }),
  },
  {
    words: ["backup", "verify"],
    usage: "backup verify <file> [--json]",
    options: [],
    names: 1,
    run: ({ out, names: [file = ""] }) =>
      stoppable(async (signal) => {
        const { about, manifest } = await checkBackup(file, signal);
        const rows = manifest.tables.reduce((sum, t) => sum + t.rows, 0);
        out.result(
          {
            ...about,
            rows,
            tables: manifest.tables,
            jobs: manifest.jobs,
            media: manifest.media,
            secrets: manifest.secrets,
          },
          `${file} is complete: ${about.public_url} on ${about.created_at}, Skein ${about.skein}, ${rows} rows, ${manifest.media.files} media files.`,
        );
      }),
  },
  {
    words: ["backup", "restore"],
    usage: "backup restore <file> [--force] [--json]",
    options: [],
    flags: ["force"],
    names: 1,
    run: ({ config, log, out, names: [file = ""], flags }) =>
      stoppable(async (signal) => {
        // First of all: a damaged file must not leave so much as an empty folder behind.
        const { about } = await checkBackup(file, signal);
        if (about.public_url !== config.publicUrl)
          out.say(
            `This is a backup of ${about.public_url}, and PUBLIC_URL is ${config.publicUrl} here. Handles and links are made of it: for the real instance set PUBLIC_URL to the old value.`,
          );
        // Held until we are through, so that no server starts meanwhile; refuses when one runs.
        const lock = lockDataDir(config.dataDir);
        try {
          const report = await withDatabase(config, log, (databaseUrl) =>
            restoreBackup(
              file,
              {
                databaseUrl,
                ...places(config),
                scratchDir: config.dataDir,
                occupiedWhen: "users",
                shared: config.databaseUrl !== undefined,
                log,
              },
              { force: flags.has("force"), signal },
            ),
          );
          out.result(
            report,
            `Restored ${report.public_url} as of ${report.created_at}: ${report.rows} rows, ${report.media.files} media files, ${report.jobs} waiting jobs.${report.migrated.length > 0 ? ` Then migrated: ${report.migrated.join(", ")}.` : ""}`,
          );
        } finally {
          lock.release();
        }
      }),
  },
];
