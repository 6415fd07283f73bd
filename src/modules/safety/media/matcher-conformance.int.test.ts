import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { z } from "zod";
import { randomWords } from "#platform/pdq/generated.fixture.ts";
import { pdqFromText, pdqText } from "#platform/pdq/hash.ts";
import { conformanceFile, NO_CONFORMANCE_DATA } from "#test/support/conformance.ts";
import { createPdqIndex } from "./matcher.ts";

const file = conformanceFile("pdq/matcher.json");
const schema = z.object({
  seed: z.number(),
  count: z.number(),
  first: z.string(),
  last: z.string(),
  planted: z.array(z.object({ index: z.number(), hash: z.string() })),
  queries: z.array(z.object({ hash: z.string(), matches: z.array(z.tuple([z.number(), z.number()])) })),
});
const bytes = (text: string): Uint8Array => pdqFromText(text) ?? assert.fail(text);

test("every planted neighbour is found, and nothing else", { skip: file ? false : NO_CONFORMANCE_DATA }, () => {
  const data = schema.parse(JSON.parse(readFileSync(file ?? "", "utf8")));
  const next = randomWords(data.seed);
  const all = Array.from({ length: data.count }, (): Uint8Array => {
    const words = Array.from({ length: 8 }, next);
    const hash = Buffer.alloc(32);
    words.forEach((word, j) => hash.writeUInt32BE(word, 28 - 4 * j));
    return new Uint8Array(hash);
  });
  assert.deepEqual(
    [pdqText(all[0] ?? new Uint8Array()), pdqText(all.at(-1) ?? new Uint8Array())],
    [data.first, data.last],
  );
  for (const { index, hash } of data.planted) all[index] = bytes(hash);
  const index = createPdqIndex();
  index.add([...all.keys()], Buffer.concat(all));
  for (const query of data.queries) {
    const found = index.search(bytes(query.hash)).map(({ id, distance }): [number, number] => [id, distance]);
    assert.deepEqual(
      found.sort(([a, d], [b, e]) => d - e || a - b),
      query.matches,
    );
  }
});
