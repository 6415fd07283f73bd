/** Compares with the answers of the reference implementation for generated pictures, where the data is there. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { z } from "zod";
import { conformanceFile, NO_CONFORMANCE_DATA } from "#test/support/conformance.ts";
import { generated } from "./generated.fixture.ts";
import { DCT_MATRIX, DIHEDRAL, pdq, pdqText } from "./hash.ts";

const file = conformanceFile("pdq/pixel-buffers.json");
const schema = z.object({
  dctMatrixSha256: z.string(),
  cases: z.array(
    z.object({
      id: z.string(),
      seed: z.number(),
      width: z.number(),
      height: z.number(),
      layers: z.object({
        gradient: z.number(),
        rects: z.number(),
        discs: z.number(),
        stripes: z.tuple([z.number(), z.number(), z.number()]).nullable(),
        contrast: z.number(),
        noise: z.number(),
        grey: z.number(),
        mirror: z.number(),
      }),
      rgbSha256: z.string(),
      quality: z.number(),
      hash: z.string(),
      dihedralQuality: z.number(),
      dihedral: z.record(z.string(), z.string()),
    }),
  ),
});
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test(
  "hash, quality and the eight turned hashes are the reference's in every bit",
  { skip: file ? false : NO_CONFORMANCE_DATA },
  () => {
    const data = schema.parse(JSON.parse(readFileSync(file ?? "", "utf8")));
    assert.equal(sha256(new Uint8Array(DCT_MATRIX.buffer)), data.dctMatrixSha256);
    for (const one of data.cases) {
      const picture = generated(one.seed, one.width, one.height, one.layers);
      assert.equal(sha256(picture.data), one.rgbSha256, `${one.id}: the generator`);
      const found = pdq(picture);
      assert.deepEqual([found.quality, pdqText(found.hash)], [one.quality, one.hash], one.id);
      assert.equal(found.dihedralQuality, one.dihedralQuality, one.id);
      for (const how of DIHEDRAL) assert.equal(pdqText(found.dihedral[how]), one.dihedral[how], `${one.id} ${how}`);
    }
    assert.ok(data.cases.length > 0);
  },
);
