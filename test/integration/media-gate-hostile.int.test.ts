/** Pictures made to break the decoder, to slip past the gate, or to make it stop the wrong ones. All generated. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { generated } from "#platform/pdq/generated.fixture.ts";
import { pdq, pdqText } from "#platform/pdq/hash.ts";
import { readList } from "#modules/safety/index.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { signUp, type Person } from "#test/support/people.ts";

let app: TestApp;
let anna: Person;
before(async () => {
  app = await testApp({ SKEIN_REGISTRATIONS: "open" });
  anna = await signUp(app, "anna");
});

const seeded = (seed: number, width = 640, height = 480): Sharp =>
  sharp(generated(seed, width, height).data, { raw: { width, height, channels: 3 } });
async function upload(bytes: Uint8Array): Promise<Response> {
  const form = new FormData();
  form.set("file", new Blob([Uint8Array.from(bytes)]), "picture");
  return app.fetch("/api/v2/media", {
    method: "POST",
    headers: { cookie: anna.cookie, origin: app.url },
    body: form,
  });
}
async function bank(name: string, ...lines: string[]): Promise<void> {
  const { banks } = app.app.safety.media;
  await banks.create(name, "spam");
  await banks.importList(name, readList(`algorithm,hash\n${lines.join("\n")}`, "csv"));
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
function header(width: number, height: number, depth: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data[8] = depth;
  return chunk("IHDR", data);
}
const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const END = chunk("IEND", Buffer.alloc(0));

function gif(frames: number): Buffer {
  const screen = Buffer.from([...Buffer.from("GIF89a"), 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
  const frame = Buffer.from([0x21, 0xf9, 4, 0, 5, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  return Buffer.concat([screen, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

/** A PNG with more frames than its picture (the APNG extension). */
async function animatedPng(frames: number): Promise<Buffer> {
  const png = await seeded(5, 32, 32).png().toBuffer();
  const counts = Buffer.alloc(8);
  counts.writeUInt32BE(frames, 0);
  const control = (n: number): Buffer => {
    const data = Buffer.alloc(26);
    data.writeUInt32BE(n, 0);
    data.writeUInt32BE(32, 4);
    data.writeUInt32BE(32, 8);
    return chunk("fcTL", data);
  };
  const extra = Array.from({ length: frames - 1 }, (_, i) => {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(i * 2 + 2);
    return Buffer.concat([
      control(i * 2 + 1),
      chunk("fdAT", Buffer.concat([number, deflateSync(Buffer.alloc(32 * 97))])),
    ]);
  });
  const afterHeader = SIGNATURE.length + 25;
  return Buffer.concat([
    png.subarray(0, afterHeader),
    chunk("acTL", counts),
    control(0),
    png.subarray(afterHeader, png.length - 12),
    ...extra,
    END,
  ]);
}

/** The most memory the picture process ever had. */
function peakMb(): number {
  const pid = app.app.media.workerPid;
  assert.ok(pid, "the picture process runs");
  const [, kb] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kb) / 1024;
}

test("T34 bombs are refused by their header or cost little, and the picture process stays small", async () => {
  const refusals: Record<string, Buffer> = {
    "60,000 x 60,000 at one bit": Buffer.concat([
      SIGNATURE,
      header(60_000, 60_000, 1),
      chunk("IDAT", deflateSync(Buffer.alloc(7501 * 1000))),
      END,
    ]),
    "100,000 frames": gif(100_000),
  };
  for (const [name, bytes] of Object.entries(refusals)) {
    const response = await upload(bytes);
    assert.ok([413, 422].includes(response.status), `${name}: ${response.status} ${await response.text()}`);
  }
  const heavy = Buffer.concat([
    SIGNATURE,
    header(16, 16, 8),
    chunk("iCCP", Buffer.concat([Buffer.from("x\0\0"), Buffer.alloc(50 * 1024 * 1024, 7)])),
    END,
  ]);
  await assert.rejects(app.app.media.upload(BigInt(anna.id), { bytes: heavy }), { reason: "media_too_large" });
  const small = await seeded(6, 16, 16).png().toBuffer();
  const packedProfile = Buffer.concat([
    small.subarray(0, SIGNATURE.length + 25),
    chunk("iCCP", Buffer.concat([Buffer.from("x\0\0"), deflateSync(Buffer.alloc(50 * 1024 * 1024))])),
    small.subarray(SIGNATURE.length + 25),
  ]);
  // What comes through is written anew: one frame, no profile.
  for (const bytes of [packedProfile, await animatedPng(500)]) {
    const response = await upload(bytes);
    assert.ok([200, 422].includes(response.status), `${response.status}`);
    if (response.status !== 200) continue;
    const { url }: { url: string } = await response.json();
    const kept = Buffer.from(await (await app.fetch(new URL(url).pathname)).arrayBuffer());
    const { pages, icc } = await sharp(kept).metadata();
    assert.deepEqual([pages ?? 1, (icc?.length ?? 0) < 10_000], [1, true]);
  }
  const sequence = await seeded(7, 64, 64).avif({ effort: 0 }).toBuffer();
  sequence.write("avis", 8, "latin1");
  assert.ok([200, 422].includes((await upload(sequence)).status));
  assert.equal((await upload(await seeded(8).png().toBuffer())).status, 200, "an honest picture afterwards");
  assert.ok(peakMb() < 512, `${peakMb()} MB`);
});

test("T57 a listed picture is found mirrored, turned, recompressed, grey, written on and resized", async () => {
  const seeds = [101, 102, 103];
  await bank("changed", ...seeds.map((seed) => `pdq,${pdqText(pdq(generated(seed, 640, 480)).hash)}`));
  const words = Buffer.from(
    `<svg width="640" height="480"><text x="40" y="250" font-size="60" fill="white" stroke="black">look at this</text></svg>`,
  );
  const changes: Record<string, (original: Sharp) => Sharp> = {
    mirrored: (s) => s.flop().png(),
    "upside down": (s) => s.flip().png(),
    "turned by 90": (s) => s.rotate(90).png(),
    "turned by 180": (s) => s.rotate(180).png(),
    "turned by 270": (s) => s.rotate(270).png(),
    "JPEG of quality 20": (s) => s.jpeg({ quality: 20 }),
    grey: (s) => s.greyscale().png(),
    "written on": (s) => s.composite([{ input: words }]).png(),
    small: (s) => s.resize(200).png(),
    large: (s) => s.resize(1400).jpeg(),
  };
  for (const seed of seeds)
    for (const [name, change] of Object.entries(changes)) {
      const response = await upload(await change(seeded(seed)).toBuffer());
      assert.equal(response.status, 422, `${seed} ${name}`);
      assert.match(await response.text(), /This picture cannot be published here/, `${seed} ${name}`);
    }
  assert.equal((await upload(await seeded(104).png().toBuffer())).status, 200, "another picture");
});

test("T58 pictures without features match by an exact hash only", async () => {
  const flat = (grey: number, edge = 300): Sharp =>
    sharp({ create: { width: edge, height: edge, channels: 3, background: { r: grey, g: grey, b: grey } } });
  const faint = generated(9, 300, 300, {
    ...{ gradient: 0, rects: 1, discs: 0, stripes: null, contrast: 4, noise: 0, grey: 1, mirror: 0 },
  });
  const faintHash = pdq(faint);
  assert.ok(faintHash.quality < 50, `quality ${faintHash.quality}`);
  const flatPixels = new Uint8Array(300 * 300 * 3).fill(90);
  const flatHash = pdqText(pdq({ data: flatPixels, width: 300, height: 300, channels: 3 }).hash);
  const tiny = await seeded(10, 4, 4).png().toBuffer();
  const exact = await flat(90).png().toBuffer();
  const scanned = await app.app.media.scan(new Uint8Array(exact), false);
  await bank(
    "featureless",
    `pdq,${"0".repeat(64)}`,
    `pdq,${flatHash}`,
    `pdq,${pdqText(faintHash.hash)}`,
    `sha256,${Buffer.from(scanned.sha256).toString("hex")}`,
  );
  const innocent: Record<string, Buffer> = {
    "flat, lighter": await flat(120).png().toBuffer(),
    "flat, the same in another format": await flat(90).jpeg().toBuffer(),
    faint: await sharp(faint.data, { raw: { width: 300, height: 300, channels: 3 } })
      .png()
      .toBuffer(),
    "4 x 4": tiny,
  };
  for (const [name, bytes] of Object.entries(innocent)) assert.equal((await upload(bytes)).status, 200, name);
  assert.equal((await upload(exact)).status, 422, "the file itself");
});
