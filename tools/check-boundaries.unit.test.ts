import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkBoundaries, checkHiddenImports } from "./check-boundaries.ts";

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

test("a configuration that lost the rule about outgoing requests is noticed", () => {
  const folder = mkdtempSync(join(tmpdir(), "skein-boundaries-test-"));
  try {
    const config = readFileSync(join(import.meta.dirname, "../.oxlintrc.json"), "utf8");
    const file = join(folder, "oxlintrc.json");
    writeFileSync(
      file,
      config.replaceAll('"undici"', '"something-else"').replaceAll('"name": "fetch"', '"name": "fetched"'),
    );
    const problems = checkBoundaries(file);
    assert.ok(problems.some((p) => p.includes("src/doors/mastodon/") && p.includes("undici")));
    assert.ok(problems.some((p) => p.includes("src/modules/posts/") && p.includes("fetch")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("imports at run time are looked for as well", () => {
  assert.deepEqual(checkHiddenImports(), []);
  const folder = mkdtempSync(join(tmpdir(), "skein-boundaries-test-"));
  try {
    mkdirSync(join(folder, "platform/fetch"), { recursive: true });
    writeFileSync(join(folder, "platform/fetch/a.ts"), 'await import("node:http");');
    writeFileSync(join(folder, "b.ts"), "const { request } = await import('node:http');");
    writeFileSync(join(folder, "c.ts"), 'process.getBuiltinModule("net").connect(1);');
    writeFileSync(join(folder, "d.ts"), 'await import("node:fs");');
    assert.equal(checkHiddenImports(folder).length, 2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
