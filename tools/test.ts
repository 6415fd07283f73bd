/**
 * `npm test`: every test, on a fresh machine.
 *
 * Usage: `npm test [-- [level …] [word …]]`. Levels: `unit`, `int`, `embedded`, `e2e` (all without one); words filter by
 * file name, e.g. `npm test -- int posts`. The last line is `N passed, N failed`; the exit code is 0 only when something
 * ran and nothing failed.
 *
 * Levels:
 * - unit: pure code, one process.
 * - int: integration tests; a process and a database each. Servers started by tests use an external database.
 * - embedded: the integration tests that start a server, once more with the server's own PostgreSQL.
 * - e2e: the real server with a real browser, one file at a time.
 */
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startTestCluster, type TestCluster } from "#test/support/cluster.ts";
import { ensureChromium } from "./test/browser.ts";
import type { Totals } from "./test/reporter.ts";
import { buildWebWhenStale } from "./test/web-build.ts";

const ROOT = resolve(import.meta.dirname, "..");

interface Level {
  name: "unit" | "int" | "embedded" | "e2e";
  title: string;
  files: string[];
  args: string[];
  env: Record<string, string>;
}

function find(pattern: string): string[] {
  return globSync(pattern, { cwd: ROOT, exclude: (name) => name === "node_modules" }).sort();
}

function startsServer(file: string): boolean {
  return readFileSync(join(ROOT, file), "utf8").includes("support/server.ts");
}

function levels(): Level[] {
  const integration = find("{src,shared,test,tools}/**/*.int.test.ts");
  return [
    {
      name: "unit",
      title: "unit tests",
      files: find("{src,shared,test,tools,web}/**/*.unit.test.ts"),
      args: ["--test-isolation=none", "--test-timeout=60000"],
      env: {},
    },
    {
      name: "int",
      title: "integration tests",
      files: integration,
      args: ["--test-concurrency=2", "--test-timeout=300000"],
      env: { SKEIN_TEST_START: "clone" },
    },
    {
      name: "embedded",
      title: "integration tests of the server, with its own PostgreSQL",
      files: integration.filter(startsServer),
      args: ["--test-concurrency=1", "--test-timeout=300000"],
      env: { SKEIN_TEST_START: "embedded" },
    },
    {
      name: "e2e",
      title: "browser tests",
      files: find("test/e2e/**/*.test.ts"),
      args: ["--test-concurrency=1", "--test-timeout=600000"],
      env: { SKEIN_TEST_START: "clone" },
    },
  ];
}

async function runLevel(level: Level, totalsFile: string, env: NodeJS.ProcessEnv): Promise<Totals> {
  const reporter = join(ROOT, "tools/test/reporter.ts");
  const child = spawn(
    process.execPath,
    ["--test", `--test-reporter=${reporter}`, "--test-reporter-destination=stdout", ...level.args, ...level.files],
    { cwd: ROOT, stdio: "inherit", env: { ...env, ...level.env, SKEIN_TEST_TOTALS: totalsFile } },
  );
  const code = await new Promise<number | null>((done) => child.once("exit", done));
  let totals: Totals;
  try {
    totals = JSON.parse(readFileSync(totalsFile, "utf8")) as Totals;
  } catch {
    console.error(`The run of the ${level.title} broke off (exit code ${code}).`);
    return { passed: 0, failed: 1, skipped: [] };
  } finally {
    rmSync(totalsFile, { force: true });
  }
  if (code !== 0 && totals.failed === 0) {
    console.error(`The run of the ${level.title} ended with exit code ${code}, although no test failed.`);
    totals.failed = 1;
  }
  return totals;
}

async function main(): Promise<Totals> {
  const sum: Totals = { passed: 0, failed: 0, skipped: [] };
  const all = levels();
  const words = process.argv.slice(2);
  const wantedLevels = words.filter((word) => all.some((level) => level.name === word));
  const filters = words.filter((word) => !wantedLevels.includes(word));
  const chosen = all
    .filter((level) => wantedLevels.length === 0 || wantedLevels.includes(level.name))
    .map((level) => ({ ...level, files: level.files.filter((f) => filters.every((word) => f.includes(word))) }))
    .filter((level) => level.files.length > 0);

  const env: NodeJS.ProcessEnv = { ...process.env };
  // A browser is looked for first: whoever has to install one should not wait for the other tests.
  if (chosen.some((level) => level.name === "e2e")) {
    const chromium = ensureChromium();
    if (!chromium) return { ...sum, failed: 1 };
    env["SKEIN_CHROMIUM"] = chromium;
  }
  if (chosen.some((level) => level.name !== "unit" && level.files.some(startsServer))) {
    if (!(await buildWebWhenStale())) return { ...sum, failed: 1 };
  }

  const scratch = mkdtempSync(join(tmpdir(), "skein-test-run-"));
  let cluster: TestCluster | undefined;
  try {
    for (const level of chosen) {
      console.log(`\n${level.title} (${level.files.length} files)`);
      if (level.name !== "unit" && !env["SKEIN_TEST_DATABASE_URL"]) {
        cluster = await startTestCluster();
        env["SKEIN_TEST_DATABASE_URL"] = cluster.url;
      }
      const totals = await runLevel(level, join(scratch, level.name), env);
      sum.passed += totals.passed;
      sum.failed += totals.failed;
      sum.skipped.push(...totals.skipped);
    }
  } finally {
    await cluster?.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
  return sum;
}

const major = Number(process.versions.node.split(".")[0]);
if (major < 26) {
  console.error(`test: needs Node 26, this is ${process.version}. Start it with "npm test".`);
  process.exit(1);
}

// Ctrl-C reaches the test processes too; wait for them, then stop the cluster.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});

let totals: Totals;
try {
  totals = await main();
} catch (error) {
  console.error(error);
  totals = { passed: 0, failed: 1, skipped: [] };
}
if (totals.skipped.length > 0) {
  console.log(`\n${totals.skipped.length} skipped:`);
  for (const line of totals.skipped) console.log(`  - ${line}`);
}
if (totals.passed + totals.failed === 0) console.log("\nNo test ran.");
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);
