/** Pictures as files: what is in them, that nothing is drawn where it must not be, and that a photo stays whole. */
import { deepEqual, equal, match, notDeepEqual, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { defaultDoc } from "#shared/meme/defaults.ts";
import type { MemeDoc } from "#shared/meme/doc.ts";
import { FORMATS, formatOf, type FormatId } from "#shared/meme/formats.ts";
import { createRenderer, RefusedPhotoError } from "./index.ts";

const renderer = createRenderer();
const SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation";
const doc = defaultDoc("top-bottom", ["Only one more episode", "It is bright outside"], "en", 5);

test("WebP, JPEG and PNG in both sizes, saying how they came to be", async () => {
  for (const format of ["webp", "jpeg", "png"] as const) {
    for (const px of [540, 1080] as const) {
      const bytes = await renderer.render(doc, { format, px, sourceType: SOURCE });
      const found = await sharp(bytes).metadata();
      deepEqual([found.format, found.width, found.height, found.hasAlpha], [format, px, px, false]);
      ok(found.xmp?.toString().includes(`Iptc4xmpExt:DigitalSourceType="${SOURCE}"`));
    }
  }
});

test("the same document gives the same bytes", async () => {
  const [one, two] = await Promise.all([0, 1].map(() => renderer.render(doc, { format: "webp", px: 540 })));
  deepEqual(one, two);
});

test("an animation has sixteen frames, ends with the finished picture and begins without the punchline", async () => {
  for (const format of ["gif", "webp"] as const) {
    const bytes = await renderer.animate(doc, { format, px: 540, sourceType: SOURCE });
    const found = await sharp(bytes, { animated: true }).metadata();
    deepEqual([found.format, found.pages, found.width, found.pageHeight], [format, 16, 540, 540]);
    const frame = (page: number): Promise<Buffer> => sharp(bytes, { page }).greyscale().raw().toBuffer();
    const [first, last, still] = await Promise.all([
      frame(0),
      frame(15),
      sharp(await renderer.render(doc, { format: "png", px: 540 }))
        .greyscale()
        .raw()
        .toBuffer(),
    ]);
    ok(difference(last, still) < 6, "the last frame is the picture");
    ok(difference(first, still) > difference(last, still), "the first frame is not");
  }
});

test("every format draws something else for every text, and fills the picture to its edges", async () => {
  for (const format of FORMATS) {
    const draw = async (text: string): Promise<Buffer> =>
      sharp(
        await renderer.render(
          defaultDoc(
            format.id,
            format.boxes.map(() => text),
            "en",
            3,
          ),
          { format: "png", px: 540 },
        ),
      )
        .raw()
        .toBuffer();
    const [one, two, empty] = [await draw("one thing"), await draw("another thing"), await draw("")];
    notDeepEqual(one, two, format.id);
    notDeepEqual(one, empty, format.id);
    ok((await sharp(empty, { raw: { width: 540, height: 540, channels: 3 } }).stats()).entropy > 0.3, format.id);
  }
});

test("nothing in a picture refers to anything outside of it", async () => {
  for (const format of FORMATS) {
    const text = await renderer.svg(
      defaultDoc(
        format.id,
        format.boxes.map(() => `"><script>&🐑`),
        "en",
        3,
      ),
    );
    ok(!/<script|<text|<style|style=|foreignObject|https?:(?!\/\/www\.w3\.org\/2000\/svg)/.test(text), format.id);
    for (const [, target] of text.matchAll(/href="([^"]*)"/g)) match(target ?? "", /^#/);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    equal(new Set(ids).size, ids.length, format.id);
  }
});

// Formats whose drawing stays where it is when a caption comes or goes.
const STEADY: readonly (readonly [FormatId, readonly number[]])[] = [
  ["doors", [0, 1]],
  ["timeline", [0, 1, 2, 3]],
  ["forecast", [0, 1, 2, 3]],
  ["starter-pack", [0, 1, 2, 3, 4]],
  ["error-dialog", [2, 3]],
];
const SAMPLES = ["ÄÖÜ gypq", "مرحبا بالعالم", "🐑🔥", "Ẩn Ộ", "קצת (עברית)", "jÅjÅjÅ", "क्योंकि टूट", "猫、犬。"];

test("no pixel of a caption is outside of its box", async () => {
  const draw = async (one: MemeDoc): Promise<Buffer> =>
    sharp(await renderer.render(one, { format: "png", px: 1080 }))
      .greyscale()
      .raw()
      .toBuffer();
  for (const [format, boxes] of STEADY) {
    const { boxes: specs } = formatOf(format);
    const empty = await draw(
      defaultDoc(
        format,
        specs.map(() => ""),
        "en",
        3,
      ),
    );
    for (const n of boxes) {
      const text = SAMPLES[(n + format.length) % SAMPLES.length] ?? "";
      const plain = defaultDoc(
        format,
        specs.map(() => ""),
        "en",
        3,
      );
      const one = { ...plain, captions: plain.captions.map((caption, at) => (at === n ? { text } : caption)) };
      const [box] = (await renderer.check(one)).slice(n);
      const drawn = await draw(one);
      let changed = 0;
      for (let at = 0; at < drawn.length; at++) {
        if (Math.abs((drawn[at] ?? 0) - (empty[at] ?? 0)) < 24) continue;
        changed++;
        const [x, y] = [at % 1080, Math.floor(at / 1080)];
        const { rect } = box ?? { rect: { x: 0, y: 0, w: 0, h: 0 } };
        const inside = x >= rect.x - 1 && y >= rect.y - 1 && x <= rect.x + rect.w && y <= rect.y + rect.h;
        ok(inside, `${format}, box ${n}, “${text}”: ink at ${x}, ${y} outside of ${JSON.stringify(rect)}`);
      }
      ok(changed > 500, `${format}, box ${n}, “${text}” is drawn`);
    }
  }
});

async function stripes(width: number, height: number): Promise<Buffer> {
  // Red on the left, blue on the right: both must be seen.
  const left = { create: { width: Math.round(width / 8), height, channels: 3 as const, background: "#ff0000" } };
  const right = { create: { width: Math.round(width / 8), height, channels: 3 as const, background: "#0000ff" } };
  return sharp({ create: { width, height, channels: 3, background: "#00ff00" } })
    .composite([
      { input: await sharp(left).png().toBuffer(), left: 0, top: 0 },
      { input: await sharp(right).png().toBuffer(), left: width - Math.round(width / 8), top: 0 },
    ])
    .jpeg({ quality: 95 })
    .toBuffer();
}

function count(raw: Buffer, is: (r: number, g: number, b: number) => boolean): number {
  let found = 0;
  for (let at = 0; at < raw.length; at += 3) if (is(raw[at] ?? 0, raw[at + 1] ?? 0, raw[at + 2] ?? 0)) found++;
  return found;
}
const red = (r: number, g: number, b: number): boolean => r > 200 && g < 60 && b < 60;
const blue = (r: number, g: number, b: number): boolean => b > 200 && r < 60 && g < 60;

test("a photo is shown whole between the captions, wide or tall; a crop shows that part only", async () => {
  for (const [width, height] of [
    [1600, 500],
    [500, 1600],
    [1000, 1000],
  ] as const) {
    const photo = await stripes(width, height);
    const shown = async (
      more: Partial<NonNullable<MemeDoc["photo"]>>,
      format: "top-bottom" | "caption-bar",
    ): Promise<Buffer> => {
      const plain = defaultDoc(format, ["A caption", "And one more"], "en", 1);
      const withPhoto: MemeDoc = { ...plain, photo: { mediaId: "1", alt: "Stripes", aspect: width / height, ...more } };
      return sharp(await renderer.render(withPhoto, { format: "png", px: 540, photo }))
        .raw()
        .toBuffer();
    };
    for (const format of ["top-bottom", "caption-bar"] as const) {
      const whole = await shown({}, format);
      ok(count(whole, red) > 500 && count(whole, blue) > 500, `${format}, ${width} × ${height}`);
      const ratio = count(whole, red) / count(whole, blue);
      ok(ratio > 0.9 && ratio < 1.1, "both edges are equally wide");
    }
    const cropped = await shown({ crop: { x: 0, y: 0, w: 0.5, h: 1 } }, "top-bottom");
    ok(count(cropped, red) > 500 && count(cropped, blue) === 0);
  }
});

test("what is no picture, is broken, or could refer to other files is refused", async () => {
  const withPhoto: MemeDoc = { ...doc, photo: { mediaId: "1", alt: "", aspect: 1 } };
  const draw = (photo: Uint8Array): Promise<Uint8Array> =>
    renderer.render(withPhoto, { format: "webp", px: 540, photo });
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  const broken = (await stripes(400, 300)).subarray(0, 900);
  for (const bytes of [svg, broken, Buffer.from("no picture"), Buffer.alloc(0)])
    await rejects(draw(bytes), (error) => error instanceof RefusedPhotoError);
});

test("sizes and faults are known without drawing", async () => {
  const boxes = await renderer.check(defaultDoc("doors", ["word ".repeat(60).slice(0, 199), "b", "c"], "en", 1));
  equal(boxes.length, 3);
  equal(boxes[0]?.overflow, true);
  equal(boxes[1]?.overflow, false);
});

function difference(a: Buffer, b: Buffer): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += Math.abs((a[at] ?? 0) - (b[at] ?? 0));
  return sum / a.length;
}
