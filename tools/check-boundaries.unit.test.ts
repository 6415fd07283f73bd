import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkBoundaries } from "./check-boundaries.ts";

test("every planted import is judged as the layer table says", () => {
  assert.deepEqual(checkBoundaries(), []);
});

test("a configuration that lost a layer rule is noticed", () => {
  const folder = mkdtempSync(join(tmpdir(), "skein-boundaries-test-"));
  try {
    const config = JSON.parse(readFileSync(join(import.meta.dirname, "../.oxlintrc.json"), "utf8")) as {
      overrides: { files: string[] }[];
    };
    config.overrides = config.overrides.filter((o) => !o.files.includes("src/modules/posts/**"));
    const file = join(folder, "oxlintrc.json");
    writeFileSync(file, JSON.stringify(config));
    const problems = checkBoundaries(file);
    assert.ok(problems.length > 0);
    assert.ok(problems.every((p) => p.includes("src/modules/posts/")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
