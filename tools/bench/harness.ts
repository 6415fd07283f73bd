/** Starts what benchmarks measure: the real server on seeded data, and the bare limit. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { runningPid, startEmbedded } from "#platform/db/embedded.ts";
import { migrate } from "#platform/db/migrate.ts";
import { createPool } from "#platform/db/pool.ts";
import { migrateJobs } from "#platform/jobs/worker.ts";
import { silentLog } from "#platform/log/log.ts";
import { cpuMs } from "./cpu.ts";
import { seed, type Seeded, type SeedOptions } from "./seed.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** One measured figure. */
export interface Result {
  bench: string;
  what: string;
  value: number;
  unit: "×" | "ms" | "MB" | "kB" | "s" | "rows";
  /** Fails when exceeded; absent for information. */
  limit?: number;
}

/** A benchmark. It cleans up after itself. */
export interface Bench {
  name: string;
  /** What it needs, in one line for `--list`. */
  about: string;
  /** Left out unless asked for by name. */
  slow?: boolean;
  run(report: (result: Omit<Result, "bench">) => void): Promise<void>;
}

export interface RunningServer {
  port: number;
  pid: number;
  /** Process ids whose trees make up the server: Node and PostgreSQL. */
  pids: number[];
  /** Milliseconds from the start of the process until it was ready. */
  readyMs: number;
  stop(): Promise<void>;
}

/** A new folder, and a function that removes it. */
export function scratch(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), "skein-bench-"));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts the server on a data directory with its embedded PostgreSQL (durable, as in production). */
export async function startServer(dataDir: string, env: Record<string, string> = {}): Promise<RunningServer> {
  const port = await freePort();
  const before = performance.now();
  const child = spawn(process.execPath, ["src/main.ts"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      PORT: String(port),
      DATA_DIR: dataDir,
      // Rate limits out of the way; nothing else differs that matters here.
      SKEIN_ENV: "test",
      SKEIN_LOG_LEVEL: "warn",
      ...env,
    },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The server did not start:\n${output}`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) break;
    if (performance.now() - before > 120_000) {
      child.kill("SIGKILL");
      throw new Error(`The server was not ready after 120 s:\n${output}`);
    }
    await delay(5);
  }
  const readyMs = performance.now() - before;
  const database = runningPid(join(dataDir, "postgres"));
  const pid = child.pid ?? 0;
  return {
    port,
    pid,
    pids: database === undefined ? [pid] : [pid, database],
    readyMs,
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** Creates a data directory with a migrated and seeded database, stopped again. */
export async function seededData(
  dataDir: string,
  options: SeedOptions,
  more?: (url: string, seeded: Seeded) => Promise<void>,
): Promise<Seeded> {
  const cluster = await startEmbedded({ dataDir, log: silentLog });
  try {
    await migrate(cluster.url, silentLog);
    const pool = createPool(cluster.url, silentLog, { max: 1 });
    await migrateJobs(pool);
    await pool.end();
    const seeded = await seed(cluster.url, options);
    await more?.(cluster.url, seeded);
    return seeded;
  } finally {
    await cluster.stop();
  }
}

let usual: { dir: string; remove: () => void; seeded: Promise<Seeded> } | undefined;

/** The usual data (1,000 people, 200,000 posts), made once for all benchmarks that only read it. */
export async function usualData(): Promise<{ dir: string; seeded: Seeded }> {
  if (!usual) {
    const { dir, remove } = scratch();
    usual = { dir, remove, seeded: seededData(dir, {}) };
  }
  return { dir: usual.dir, seeded: await usual.seeded };
}

/** Removes what `usualData` made. */
export function removeUsualData(): void {
  usual?.remove();
  usual = undefined;
}

/** Starts the bare limit, serving each text at `/0`, `/1`, …. */
export async function startBaseline(texts: readonly string[]): Promise<RunningServer> {
  const { dir, remove } = scratch();
  const files = texts.map((text, n) => {
    const file = join(dir, `${n}.json`);
    writeFileSync(file, text);
    return file;
  });
  const before = performance.now();
  const child = spawn(process.execPath, [join(ROOT, "tools/bench/baseline.ts"), ...files], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout);
  const [line] = (await once(lines, "line")) as [string];
  remove();
  const pid = child.pid ?? 0;
  return { port: Number(line), pid, pids: [pid], readyMs: performance.now() - before, stop: () => stop(child) };
}

/** CPU milliseconds per operation that a piece of work costs the given processes. */
export async function cpuPerOperation(
  pids: readonly number[],
  count: number,
  work: () => Promise<unknown>,
): Promise<number> {
  const before = cpuMs(pids);
  await work();
  return (cpuMs(pids) - before) / count;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
