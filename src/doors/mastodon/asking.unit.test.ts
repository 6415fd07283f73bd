import assert from "node:assert/strict";
import { test } from "node:test";
import { createAsking } from "./asking.ts";

test("a subject is due once in a quarter of an hour", () => {
  let now = 1_000_000;
  const asking = createAsking({ ms: () => now, now: () => new Date(now) });
  assert.deepEqual([asking.due(1n), asking.due(1n), asking.due(2n)], [true, false, true]);
  now += 15 * 60_000;
  assert.equal(asking.due(1n), true);
  assert.equal(asking.due(1n), false);
});

test("the memory is bounded", () => {
  const asking = createAsking({ ms: () => 0, now: () => new Date(0) });
  for (let id = 0n; id <= 5000n; id++) asking.due(id);
  assert.equal(asking.due(5000n), false);
  assert.equal(asking.due(0n), true);
});
