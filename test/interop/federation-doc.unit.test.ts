import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { INCOMING_ACTIVITIES } from "#modules/federation/index.ts";

test("FEDERATION.md lists exactly the activities that have an effect", () => {
  const text = readFileSync(resolve(import.meta.dirname, "../../FEDERATION.md"), "utf8");
  const [, section = ""] = text.split("## Activities");
  const [table = ""] = section.split("## Objects");
  const listed = [...table.matchAll(/^\| `(\w+)` /gm)].map(([, name = ""]) => name);
  assert.deepEqual(listed.sort(), Object.keys(INCOMING_ACTIVITIES).sort());
});
