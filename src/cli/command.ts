import type { Config } from "#platform/config/config.ts";
import { startEmbedded } from "#platform/db/embedded.ts";
import { migrate } from "#platform/db/migrate.ts";
import type { Log } from "#platform/log/log.ts";
import { serverPid } from "#platform/data-dir.ts";
import { createApp, type App } from "../app.ts";

/** Wrong use of a command: exit code 2. */
export class UsageError extends Error {}

export interface Output {
  /** One JSON value with `--json`, else a line for people, on stdout. */
  result(value: unknown, text: string): void;
  /** A message on stderr. */
  say(line: string): void;
}

export interface Invocation {
  config: Config;
  log: Log;
  out: Output;
  options: Record<string, string | undefined>;
  /** The flags that were given. */
  flags: ReadonlySet<string>;
  names: string[];
}

export interface Command {
  /** The words it is called by, e.g. `account create`. */
  words: string[];
  usage: string;
  /** Names of `--option value` pairs. */
  options: string[];
  /** Names of `--flag` switches. */
  flags?: string[];
  /** How many positional names it takes. */
  names: number;
  /** How many more it may take. */
  moreNames?: number;
  run(call: Invocation): Promise<void>;
}

/** Runs work against the database: the running server's, or the embedded one, started for the call. */
export async function withDatabase<T>(config: Config, log: Log, work: (url: string) => Promise<T>): Promise<T> {
  if (config.databaseUrl !== undefined) return work(config.databaseUrl);
  const embedded = await startEmbedded({ dataDir: config.dataDir, log });
  try {
    return await work(embedded.url);
  } finally {
    // A cluster that a running server uses is not ours to stop, also when the server came after us and found it running.
    if (serverPid(config.dataDir) === undefined) await embedded.stop();
  }
}

/** Runs work with the whole application beside a running server, or without one. Jobs that it adds run in the server, or here when there is none. */
export async function withApp<T>(call: Invocation, work: (app: App) => Promise<T>): Promise<T> {
  return withDatabase(call.config, call.log, async (url) => {
    await migrate(url, call.log);
    const app = await createApp({ config: call.config, databaseUrl: url, log: call.log, exclusive: false });
    try {
      const result = await work(app);
      if (serverPid(call.config.dataDir) === undefined && call.config.databaseUrl === undefined) await app.jobs.drain();
      return result;
    } finally {
      await app.close();
    }
  });
}
