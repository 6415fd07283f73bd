/**
 * `npm run check`: lint, format, types, module boundaries, unit tests. Every step runs, also after a failure, so that
 * one run shows everything there is to repair. Needs no database and no browser.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const bin = (path: string): string => join(ROOT, "node_modules", path);

interface Step {
  name: string;
  args: string[];
  /** The step is left out, and says so, while this file does not exist. */
  needs?: string;
}

/** The build makes the web app's messages by a plugin; the type check needs them too. Same settings as in vite.config.ts. */
const MESSAGES = [
  ...[bin("@inlang/paraglide-js/bin/run.js"), "compile", "--silent", "--project", "./project.inlang"],
  ...["--outdir", "./web/lib/paraglide", "--strategy", "globalVariable", "baseLocale"],
  ...["--disable-async-local-storage", "--no-emit-ts-declarations", "--no-emit-readme"],
];

const STEPS: Step[] = [
  // First: what the other steps need to see of the web app is generated.
  { name: "web: messages", args: MESSAGES, needs: "web/routes" },
  { name: "web: routes", args: [bin("@sveltejs/kit/svelte-kit.js"), "sync"], needs: "web/routes" },
  { name: "lint", args: [bin("oxlint/bin/oxlint"), "--type-aware", "--tsconfig", "tsconfig.server.json"] },
  { name: "format", args: [bin("oxfmt/bin/oxfmt"), "--check"] },
  { name: "types", args: [bin("@typescript/native/bin/tsc"), "-p", "tsconfig.server.json"] },
  {
    name: "web: types",
    args: [bin("svelte-check/bin/svelte-check"), "--tsgo", "--tsconfig", "tsconfig.json", "--fail-on-warnings"],
    needs: "web/routes",
  },
  { name: "lockfile", args: [join(ROOT, "tools/check-lockfile.ts")] },
  { name: "boundaries", args: [join(ROOT, "tools/check-boundaries.ts")] },
  { name: "unit tests", args: [join(ROOT, "tools/test.ts"), "unit"] },
];

const major = Number(process.versions.node.split(".")[0]);
if (major < 26) {
  console.error(`check: needs Node 26, this is ${process.version}. Start it with "npm run check".`);
  process.exit(1);
}

const wanted = process.argv.slice(2);
const failed: string[] = [];
for (const step of STEPS) {
  if (wanted.length > 0 && !wanted.some((word) => step.name.includes(word))) continue;
  if (step.needs && !existsSync(join(ROOT, step.needs))) {
    console.log(`- ${step.name}: left out, there is no ${step.needs}`);
    continue;
  }
  const before = performance.now();
  const run = spawnSync(process.execPath, step.args, { cwd: ROOT, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  if (run.status === 0) {
    console.log(`✓ ${step.name} (${seconds} s)`);
    continue;
  }
  failed.push(step.name);
  console.log(`✗ ${step.name} (${seconds} s)`);
  if (run.error) console.log(run.error.message);
  console.log(`${run.stdout}${run.stderr}`.trimEnd());
}
if (failed.length > 0) {
  console.log(`\nFailed: ${failed.join(", ")}`);
  process.exit(1);
}
