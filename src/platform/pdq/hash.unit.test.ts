import assert from "node:assert/strict";
import { test } from "node:test";
import { generated, PLAIN, randomWords, type Layers } from "./generated.fixture.ts";
import { MAX_DISTANCE, pdq, pdqDistance, pdqFromText, pdqText, popcount, type Dihedral, type Pixels } from "./hash.ts";
import { withoutBorder } from "./trim.ts";

/** Vectors of our own: the seed, size and layers of a generated picture, and its quality, hash, and two of its turned hashes. */
const VECTORS: [seed: number, width: number, height: number, layers: Layers, ...expected: (number | string)[]][] = [
  [
    11,
    320,
    240,
    PLAIN,
    100,
    "959a4edcd1236ad166669b1d6af161b288cd9d0d6bb2e4edda450f325243f0e1",
    "a4d986c41b315bb446ec37ab5e2e5a9bd3b1a5e42b3538dbc4d0b327a926c924",
    "f18cd1914e640ee111b962fe0b5b0fce86e4f0317e606d8e9185e672fc739c71",
  ],
  [
    12,
    64,
    64,
    { ...PLAIN, noise: 20 },
    100,
    "f33a981733cdef243ed0809becb2736e4f24ffc0c01d3033bfda7d2cc06e0218",
    "d6626c393b5c16a31ac4e533b9c94e330c48d6b5929631c6a52f8e59c71a9bcf",
    "8337396c6e0943f60f91b066ec9c3b665b1d83e0c6c36c93f07adb08924fce9a",
  ],
  [
    13,
    257,
    129,
    { ...PLAIN, stripes: [2, 3, 17], mirror: 1 },
    100,
    "751655cd75415555d54d55dc775057755558d55d47505341454d555d77701459",
    "0840fffda202ffec0000fffe0332fffb4400ffe50102fff84ccdeefb8000a6a2",
    "5d152b00f757043d5555c8435667423c1155dcf45457b8ad19983ba6d555d3f7",
  ],
  [
    14,
    5,
    700,
    { ...PLAIN, grey: 1 },
    100,
    "61d82b4a9b6264d9749d9b26348d9e27348dde37318c8b626e5b69da9b26348d",
    "25526733daadd01c655ee436255a1bc99aa50fe325526533daadf01c655ee436",
    "70073ae68ff8ad49b00bb163700fce9ccff05ab670073be68ff8a549300bb163",
  ],
  [
    16,
    129,
    128,
    { ...PLAIN, contrast: 20 },
    4,
    "e1c9c4b51e4235c10b61b41cde3ede3b6394c3f661cd8c769ee339c1cc23299c",
    "c75a3c1dd4a5c8f32b1f88e56bc8671ad0ed4783cb5ab82e8721b90e2b5a26d1",
    "920f694881f095a67e4addb03e8d324f85b812d41e0fcd7bd274ec5b760f7384",
  ],
];

test("generated pictures have the hashes written down here, bit by bit", () => {
  for (const [seed, width, height, layers, quality, hash, rotated, flipped] of VECTORS) {
    const found = pdq(generated(seed, width, height, layers));
    assert.deepEqual(
      [found.quality, pdqText(found.hash), pdqText(found.dihedral.rotate90), pdqText(found.dihedral.flipMinus1)],
      [quality, hash, rotated, flipped],
      `seed ${seed}`,
    );
  }
});

test("a fourth channel and a picture around change nothing", () => {
  const inner = generated(21, 200, 150);
  const outer: Pixels = { data: new Uint8Array(300 * 250 * 4), width: 300, height: 250, channels: 4 };
  for (let y = 0; y < 150; y++)
    for (let x = 0; x < 200; x++) {
      const from = (y * 200 + x) * 3;
      outer.data.set(inner.data.subarray(from, from + 3), ((y + 60) * 300 + x + 30) * 4);
    }
  assert.deepEqual(pdq(outer, { left: 30, top: 60, width: 200, height: 150 }), pdq(inner));
});

test("a picture that is really mirrored or turned is near the hash computed for that", () => {
  const picture = generated(22, 640, 480);
  const turned = (to: (x: number, y: number) => [number, number], width: number, height: number): Pixels => {
    const data = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [fx, fy] = to(x, y);
        data.set(picture.data.subarray((fy * 640 + fx) * 3, (fy * 640 + fx) * 3 + 3), (y * width + x) * 3);
      }
    return { data, width, height, channels: 3 };
  };
  const all = pdq(picture).dihedral;
  const near = (name: Dihedral, pixels: Pixels): void =>
    assert.ok(pdqDistance(all[name], pdq(pixels).hash) <= MAX_DISTANCE, name);
  near(
    "flipY",
    turned((x, y) => [639 - x, y], 640, 480),
  );
  near(
    "flipX",
    turned((x, y) => [x, 479 - y], 640, 480),
  );
  near(
    "rotate180",
    turned((x, y) => [639 - x, 479 - y], 640, 480),
  );
  near(
    "rotate90",
    turned((x, y) => [639 - y, x], 480, 640),
  );
  near(
    "rotate270",
    turned((x, y) => [y, 479 - x], 480, 640),
  );
  assert.deepEqual(pdq(turned((x, y) => [y, x], 480, 640)).hash, all.flipPlus1);
});

test("flat and tiny pictures have no quality", () => {
  const flat: Pixels = { data: new Uint8Array(100 * 100 * 3).fill(90), width: 100, height: 100, channels: 3 };
  assert.equal(pdq(flat).quality, 0);
  const tiny = pdq(generated(23, 4, 400));
  assert.equal(tiny.quality, 0);
  assert.equal(pdqText(tiny.hash), "0".repeat(64));
});

test("a uniform border is found, with its noise; a picture without one is left alone", () => {
  const inner = generated(24, 300, 200);
  assert.equal(withoutBorder(inner), undefined);
  const next = randomWords(5);
  const framed: Pixels = { data: new Uint8Array(360 * 260 * 3), width: 360, height: 260, channels: 3 };
  for (let p = 0; p < framed.data.length; p++) framed.data[p] = 245 + (next() % 8);
  for (let y = 0; y < 200; y++) framed.data.set(inner.data.subarray(y * 900, (y + 1) * 900), ((y + 40) * 360 + 20) * 3);
  const area = withoutBorder(framed);
  assert.deepEqual(area, { left: 20, top: 40, width: 300, height: 200 });
  assert.deepEqual(pdq(framed, area).hash, pdq(inner).hash);
  assert.ok(pdqDistance(pdq(framed).hash, pdq(inner).hash) > MAX_DISTANCE, "with the border it is another picture");
  const flat: Pixels = { data: new Uint8Array(300).fill(7), width: 10, height: 10, channels: 3 };
  assert.equal(withoutBorder(flat), undefined);
});

test("text and bits", () => {
  assert.equal(pdqFromText("zz"), undefined);
  const text = "0123456789abcdef".repeat(4);
  assert.equal(pdqText(pdqFromText(text.toUpperCase()) ?? new Uint8Array()), text);
  for (const n of [0, 1, -1, 0x80000000, 0x12345678])
    assert.equal(popcount(n), [...(n >>> 0).toString(2)].filter((bit) => bit === "1").length);
});
