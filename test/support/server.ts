/**
 * Starts the real server, as an operator would, on a free loopback port with a fresh data directory.
 *
 * Two ways to give it a database: `clone` (a clone of the test template, handed over as DATABASE_URL: fast) and
 * `embedded` (the server's own PostgreSQL in its data directory). Without a wish SKEIN_TEST_START decides; `npm test`
 * runs every file that starts a server once with each.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { runningPid } from "#platform/db/embedded.ts";
import { testDatabase, type TestDatabase } from "./db.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 30_000;

export interface StartOptions {
  /** `clone`, `embedded`, or the connection string of a database. Default: SKEIN_TEST_START, else `clone`. */
  database?: string;
  /** An existing data directory, for restarts; the caller removes it. Default: a new one, removed at the end. */
  dataDir?: string;
  /** Further environment variables. */
  env?: Record<string, string>;
  /** Keep this port, for restarts under the same origin. */
  port?: number;
}

export interface TestServer {
  /** Public origin without a trailing slash. */
  url: string;
  port: number;
  dataDir: string;
  /** Connection string of the cloned database; undefined with an embedded one. */
  databaseUrl: string | undefined;
  /** The server's process. */
  process: ChildProcess;
  /** Everything the server printed so far, stdout and stderr. */
  output(): string;
  /** The one-time token of the set-up link the server printed; undefined when it printed none. */
  setupToken(): string | undefined;
  /** Fetches a path of the server. Redirects are not followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Asks the server to stop (SIGTERM) and gives its exit code. */
  stop(): Promise<number | null>;
  /** Kills the server at once (SIGKILL), as a power cut would; an embedded PostgreSQL goes on running. */
  kill9(): Promise<void>;
  /** Starts the server again on the same data, port and database. The old one must be gone. */
  restart(env?: Record<string, string>): Promise<TestServer>;
}

const running = new Set<ChildProcess>();
const ownDirs = new Set<string>();

after(async () => {
  for (const child of running) {
    child.kill("SIGTERM");
    await Promise.race([once(child, "exit"), delay(STOP_WITHIN_MS, undefined, { ref: false })]);
    child.kill("SIGKILL");
  }
  for (const dir of ownDirs) await removeDataDir(dir);
});

/** Starts a server and waits until it is ready. */
export async function startSkein(options: StartOptions = {}): Promise<TestServer> {
  const wish = options.database ?? process.env["SKEIN_TEST_START"] ?? "clone";
  let clone: TestDatabase | undefined;
  if (wish === "clone") clone = await testDatabase();
  const databaseUrl = wish === "embedded" ? undefined : (clone?.url ?? wish);
  const port = options.port ?? (await freePort());
  let dataDir = options.dataDir;
  if (dataDir === undefined) {
    dataDir = mkdtempSync(join(tmpdir(), "skein-data-"));
    ownDirs.add(dataDir);
  }

  const env: Record<string, string> = {
    ...inherited(),
    PORT: String(port),
    DATA_DIR: dataDir,
    SKEIN_ENV: "test",
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...options.env,
  };
  const child = spawn(process.execPath, ["src/main.ts"], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));

  const url = env["PUBLIC_URL"]?.startsWith("http:") ? env["PUBLIC_URL"] : `http://localhost:${port}`;
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const exit = async (): Promise<number | null> => {
    if (!gone()) await once(child, "exit");
    return child.exitCode;
  };

  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (gone()) throw new Error(`The server ended with exit code ${child.exitCode} before it was ready:\n${output}`);
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`The server was not ready after ${READY_WITHIN_MS / 1000} s:\n${output}`);
    }
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) break;
    await delay(20);
  }

  return {
    url,
    port,
    dataDir,
    databaseUrl,
    process: child,
    output: () => output,
    setupToken: () => /\/setup\?token=([\w.~-]+)/.exec(output)?.[1],
    fetch: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual", ...init }),
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
      const code = await exit();
      clearTimeout(timer);
      return code;
    },
    kill9: async () => {
      child.kill("SIGKILL");
      await exit();
    },
    restart: (more) =>
      startSkein({ ...options, database: databaseUrl ?? "embedded", dataDir, port, env: { ...options.env, ...more } }),
  };
}

/** Variables a server process needs from ours; nothing that configures Skein is passed on by accident. */
function inherited(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of ["PATH", "HOME", "TMPDIR", "LANG", "NODE_COMPILE_CACHE"]) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** A port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** Stops the embedded PostgreSQL of a data directory, when one runs there, and removes the directory. */
export async function removeDataDir(dataDir: string): Promise<void> {
  const cluster = join(dataDir, "postgres");
  const pid = runningPid(cluster);
  if (pid !== undefined) {
    process.kill(pid, "SIGQUIT");
    const deadline = Date.now() + STOP_WITHIN_MS;
    while (runningPid(cluster) !== undefined && Date.now() < deadline) await delay(20);
  }
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  ownDirs.delete(dataDir);
}
