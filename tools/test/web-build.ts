/** Builds the web app before tests that start the server: two servers at once must not both build it. */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** Builds when a source is newer than the build. Returns false, with the builder's output, when that failed. */
export function buildWebWhenStale(): boolean {
  if (!existsSync(join(ROOT, "web/routes"))) return true;
  const built = join(ROOT, "build/web/handler.js");
  if (existsSync(built) && statSync(built).mtimeMs > newestSource()) return true;
  console.log("Building the web app …");
  const vite = join(ROOT, "node_modules/vite/bin/vite.js");
  const done = spawnSync(process.execPath, [vite, "build"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.status === 0) return true;
  console.error(`The web app could not be built:\n${done.stdout}${done.stderr}`);
  return false;
}

function newestSource(): number {
  const files = globSync(["web/**/*", "shared/**/*", "vite.config.ts", "package-lock.json"], {
    cwd: ROOT,
    exclude: (name) => name === "paraglide" || name === "node_modules",
  });
  return Math.max(...files.map((file) => statSync(join(ROOT, file)).mtimeMs));
}
