import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import sharp, { type Sharp } from "sharp";
import { createC2pa, SOURCE_TYPE_BASE, type Origin, type SignedMime } from "./c2pa.ts";
import { signingIdentity } from "./certificate.ts";

const folder = mkdtempSync(join(tmpdir(), "skein-c2pa-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const identity = () => signingIdentity(folder, "skein.example", new Date());
const c2pa = createC2pa(identity);
const DRAWN: Origin = { sourceType: "algorithmicMedia", agent: "Comic engine", version: "1", photo: false };

const picture = (): Sharp =>
  sharp({
    create: {
      width: 320,
      height: 320,
      channels: 3,
      background: "#f2784b",
      noise: { type: "gaussian", mean: 120, sigma: 40 },
    },
  });
const FILES: Record<SignedMime, () => Promise<Buffer>> = {
  "image/webp": () => picture().webp().toBuffer(),
  "image/jpeg": () => picture().jpeg().toBuffer(),
  "image/png": () => picture().png().toBuffer(),
  "image/gif": () => picture().gif().toBuffer(),
};

for (const [mime, make] of Object.entries(FILES) as [SignedMime, () => Promise<Buffer>][]) {
  test(`${mime}: signed is valid and says what made it; one changed byte anywhere in the picture is invalid`, async () => {
    const plain = await make();
    assert.equal((await c2pa.read(plain, mime)).state, "none");
    const signed = await c2pa.sign(plain, mime, DRAWN);
    assert.deepEqual(await c2pa.read(signed, mime), {
      state: "valid",
      sourceType: `${SOURCE_TYPE_BASE}algorithmicMedia`,
      agent: "Comic engine",
      signer: "meme studio of skein.example",
    });
    assert.ok(signed.length - plain.length < 16_384, "the manifest is small");
    assert.equal((await sharp(signed).metadata()).width, 320);
    for (const part of [0.3, 0.5, 0.7, 0.9]) {
      const changed = signed.slice();
      const at = Math.floor(changed.length * part);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal((await c2pa.read(changed, mime)).state, "invalid", `byte ${at} of ${changed.length}`);
    }
  });
}

test("a remix and a photo are named as ingredients, and stay valid", async () => {
  const plain = await FILES["image/webp"]();
  const signed = await c2pa.sign(plain, "image/webp", {
    sourceType: "humanEdits",
    agent: "Comic engine",
    version: "1",
    photo: true,
    parent: "https://skein.example/memes/1",
  });
  const read = await c2pa.read(signed, "image/webp");
  assert.equal(read.state, "valid");
  assert.equal(read.sourceType, `${SOURCE_TYPE_BASE}humanEdits`);
});

test("the identity is made once, and nobody else may read its key", async () => {
  const [first, second] = [await identity(), await identity()];
  assert.deepEqual(first, second);
  assert.equal(statSync(join(folder, "c2pa-key.pem")).mode & 0o777, 0o600);
});

test("what is no picture at all is no valid one", async () => {
  assert.notEqual((await c2pa.read(Buffer.from("not a picture"), "image/webp")).state, "valid");
});
