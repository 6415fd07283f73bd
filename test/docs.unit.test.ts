import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { envSchema } from "#platform/config/env.ts";

const ROOT = resolve(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const variables = Object.keys(envSchema.shape).sort();

test("the operator's manual lists exactly the variables Skein reads", () => {
  const rows = read("docs/operate/configuration.md").matchAll(/^\|([^|]+)\|/gm);
  const listed = [...rows].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map((m) => m[1] ?? ""),
  );
  assert.deepEqual(listed.sort(), variables);
});

test("the example of an environment lists them too", () => {
  const names = [...read("skein.example.env").matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map((m) => m[1] ?? "");
  assert.deepEqual(names.sort(), variables);
});

test("links between documents lead somewhere", () => {
  const broken: string[] = [];
  for (const file of globSync(["*.md", "docs/**/*.md"], { cwd: ROOT })) {
    for (const [, target = ""] of read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      if (!existsSync(resolve(ROOT, dirname(file), target))) broken.push(`${file}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

test("every decision is in the list of decisions", () => {
  const list = read("docs/adr/README.md");
  const records = globSync("docs/adr/[0-9]*.md", { cwd: ROOT }).map((file) => file.slice("docs/adr/".length));
  assert.deepEqual(
    records.filter((name) => !list.includes(`](${name})`)),
    [],
  );
  assert.equal(new Set(records.map((name) => name.slice(0, 4))).size, records.length, "two records with one number");
});
