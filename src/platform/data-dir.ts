import { randomBytes } from "node:crypto";
import { mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "#platform/config/env.ts";

/** Marks a data directory as in use by one server. */
export interface DataDirLock {
  release(): void;
}

/** Creates the data directory (0700) and takes its lock. Throws `ConfigError` when a server runs on it; a lock left by a killed one is taken over. */
export function lockDataDir(dataDir: string): DataDirLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "skein.pid");
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const fd = openSync(file, "wx", 0o600);
      writeSync(fd, `${process.pid}\n`);
      closeSync(fd);
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      const pid = serverPid(dataDir);
      if (pid !== undefined)
        throw new ConfigError(
          `Skein already runs on ${dataDir} (process ${pid}). Stop it first, or set DATA_DIR to another folder.`,
        );
      rmSync(file, { force: true });
    }
  }
  throw new ConfigError(`The lock ${file} could not be taken.`);
}

/** Process id of the server that runs on a data directory, when one does. */
export function serverPid(dataDir: string): number | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(join(dataDir, "skein.pid"), "utf8"));
    if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return undefined;
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return undefined;
    return undefined;
  }
  try {
    // After a power cut the number may belong to another program.
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("node")) return undefined;
  } catch {
    // No /proc on this system: trust the signal.
  }
  return pid;
}

/** Folder for secrets that an instance cannot do without, such as keys it signs with. Every file in it is part of a backup. The database's password is none: a new cluster makes a new one. */
export function secretsDir(dataDir: string): string {
  return join(dataDir, "secrets");
}

/** The secret of the one-time set-up link: kept until an owner exists, so that a restart does not invalidate a link that was sent. */
export function setupSecret(dataDir: string): string {
  const file = join(dataDir, "setup-token");
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    const made = randomBytes(24).toString("base64url");
    writeFileSync(file, made, { mode: 0o600 });
    return made;
  }
}

export function forgetSetupSecret(dataDir: string): void {
  rmSync(join(dataDir, "setup-token"), { force: true });
}
