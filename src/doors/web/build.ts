import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  globSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "#platform/config/env.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const STAMP = join(ROOT, "build/web/.source");
const HANDLER = join(ROOT, "build/web/handler.js");

/** Fingerprint of everything the built web app depends on. */
export function sourceFingerprint(): string {
  const skip = (path: string): boolean => path.includes("paraglide") || path.includes("node_modules");
  const files = globSync(
    ["web/**/*.*", "shared/**/*.*", "project.inlang/**/*.{json,js}", "vite.config.ts", "package-lock.json"],
    { cwd: ROOT, exclude: skip },
  )
    // Folders of routes may have dots in their names.
    .filter((path) => statSync(join(ROOT, path)).isFile())
    .sort();
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

/** True when the built web app belongs to the sources that are here. */
export function webIsBuilt(): boolean {
  return existsSync(HANDLER) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === sourceFingerprint();
}

/**
 * Builds the web app when its sources have changed since the last build: once after an installation or update. Says what it does, since it takes a while.
 * Throws `ConfigError` with the builder's output when it fails.
 */
export async function buildWeb(say: (line: string) => void): Promise<void> {
  if (webIsBuilt()) return;
  const release = await lockBuild();
  try {
    if (!webIsBuilt()) await runBuilder(say);
  } finally {
    release();
  }
}

/** Two builders at once would delete each other's files: the second waits. A lock older than five minutes was left behind. */
async function lockBuild(): Promise<() => void> {
  mkdirSync(join(ROOT, "build"), { recursive: true });
  const lock = join(ROOT, "build/.building");
  for (;;) {
    try {
      closeSync(openSync(lock, "wx"));
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (age > 300_000) rmSync(lock, { force: true });
      else await sleep(200);
    }
  }
}

async function runBuilder(say: (line: string) => void): Promise<void> {
  say("Building the web app (once after an update, about half a minute) …");
  const fingerprint = sourceFingerprint();
  const child = spawn(process.execPath, [join(ROOT, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "error"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (t: string) => (output += t));
  child.stderr.setEncoding("utf8").on("data", (t: string) => (output += t));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  if (code !== 0) throw new ConfigError(`The web app could not be built:\n${output}`);
  mkdirSync(join(ROOT, "build/web"), { recursive: true });
  writeFileSync(STAMP, fingerprint);
}

export { HANDLER as WEB_HANDLER };
