import assert from "node:assert/strict";
import { test } from "node:test";
import { corpus } from "#test/fixtures/activitypub/corpus.ts";
import { readDocument } from "./jsonld.ts";
import { readObject } from "./read.ts";

const NOW = new Date("2026-06-01T00:00:00Z");

for (const { name, document, expect } of corpus()) {
  test(name, async () => {
    const read = readObject(document, NOW);
    assert.partialDeepStrictEqual(comparable(read), expect);
    assert.deepEqual(await readDocument(document, NOW), read);
  });
}

/** Dates as text, undefined as null, as in the expectations. */
function comparable(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, entry: unknown) => entry ?? null));
}
