import assert from "node:assert/strict";
import { test } from "node:test";
import { DIHEDRAL, MAX_DISTANCE, pdq, pdqDistance, pdqText } from "#platform/pdq/hash.ts";
import { TEST_PATTERN_PDQ, testPattern, testPatternHash } from "./test-pattern.ts";

test("the pattern has the hash that is written down, with full quality, at any size", () => {
  const found = pdq(testPattern());
  assert.equal(pdqText(found.hash), TEST_PATTERN_PDQ);
  assert.equal(found.quality, 100);
  for (const edge of [64, 128, 400, 2000])
    assert.ok(pdqDistance(pdq(testPattern(edge)).hash, testPatternHash()) <= MAX_DISTANCE, `${edge} pixels`);
});

test("no way to turn it looks like another", () => {
  const { dihedral } = pdq(testPattern());
  for (const a of DIHEDRAL)
    for (const b of DIHEDRAL) if (a !== b) assert.ok(pdqDistance(dihedral[a], dihedral[b]) > 2 * MAX_DISTANCE);
});
