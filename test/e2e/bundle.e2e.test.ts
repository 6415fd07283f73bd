/** Scripts and styles of every page stay within their budgets. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { test } from "node:test";

const ROOT = resolve(import.meta.dirname, "../..");

test("first-load scripts and styles of the built pages are within their budgets", () => {
  const run = spawnSync(process.execPath, ["tools/check-bundle.ts"], { cwd: ROOT, encoding: "utf8" });
  assert.equal(run.status, 0, run.stdout + run.stderr);
});
