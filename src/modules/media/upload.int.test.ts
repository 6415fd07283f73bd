import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { createTx, type Tx } from "#platform/db/tx.ts";
import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import { AppError } from "#platform/errors.ts";
import { createIds } from "#platform/ids.ts";
import { silentLog } from "#platform/log/log.ts";
import type { BlobStore } from "#platform/storage/blob.ts";
import { createFsBlobs } from "#platform/storage/fs.ts";
import { testDatabase } from "#test/support/db.ts";
import { createMedia, type Media, type MediaLimits, type MediaPorts } from "./index.ts";

let dir: string;
let pool: Pool;
let tx: Tx;
let blobs: BlobStore;
let media: Media;
let now = Date.now();
const clock: Clock = { ms: () => now, now: () => new Date(now) };
const ids = createIds(clock, 1);
const ANNA = 1n;
const BEN = 2n;
const opened: Media[] = [];

function open(more: { limits?: Partial<MediaLimits>; ports?: MediaPorts; blobs?: BlobStore; tx?: Tx } = {}): Media {
  const made = createMedia({ pool, tx, ids, clock, blobs, log: silentLog, ...more });
  opened.push(made);
  return made;
}

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "skein-media-"));
  pool = (await testDatabase()).pool();
  await pool.query("insert into accounts (id, username) values (1, 'anna'), (2, 'ben')");
  tx = createTx(pool);
  blobs = createFsBlobs(join(dir, "media"));
  media = open();
});
afterEach(async () => {
  now = Date.now();
  await pool.query("delete from media");
  await rm(join(dir, "media"), { recursive: true, force: true });
});
after(async () => {
  for (const one of opened) one.close();
  await rm(dir, { recursive: true, force: true });
});

const gradient = (width: number, height: number, alpha = false): Sharp => {
  const channels = alpha ? 4 : 3;
  const pixels = Buffer.alloc(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels.set(
        [(x * 255) / width, (y * 255) / height, 90, (x * 255) / width].slice(0, channels),
        (y * width + x) * channels,
      );
    }
  }
  return sharp(pixels, { raw: { width, height, channels } });
};

/** A GIF whose frames differ. */
async function movie(frames: number, edge = 16): Promise<Buffer> {
  const pixels = Buffer.alloc(edge * edge * frames * 3);
  for (let f = 0; f < frames; f++) {
    const from = f * edge * edge * 3;
    pixels.fill((f * 37) % 256, from, from + edge * edge * 3);
    pixels[from] = f % 256;
  }
  const strip = sharp(pixels, { raw: { width: edge, height: edge * frames, channels: 3, pageHeight: edge } });
  return strip.gif({ delay: Array.from({ length: frames }, () => 50), interFrameMaxError: 0 }).toBuffer();
}

async function stored(url: string): Promise<Buffer> {
  const found = await blobs.get(url.slice("/media/".length));
  assert.ok(found, `no file for ${url}`);
  return Buffer.from(await new Response(found.body).arrayBuffer());
}

async function nothingStored(): Promise<void> {
  assert.deepEqual((await pool.query("select id from media")).rows, []);
  assert.deepEqual(await Array.fromAsync(blobs.list()), []);
  assert.deepEqual(await readdir(join(dir, "media/.tmp")).catch(() => []), []);
}

async function refusedFor(reason: string, bytes: Uint8Array, by: Media = media): Promise<void> {
  await assert.rejects(by.upload(ANNA, { bytes }), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, "unprocessable");
    assert.equal(error.reason, reason);
    assert.match(error.message, /^Validation failed: File: .+\.$/);
    return true;
  });
  await nothingStored();
}

test("an upload is Mastodon's MediaAttachment, with two files and a row", async () => {
  const bytes = await gradient(1200, 800).jpeg().toBuffer();
  const item = await media.upload(ANNA, {
    bytes,
    filename: "x.exe",
    description: " a gradient ",
    focus: { x: 0.5, y: -0.2 },
  });
  const { json } = item;
  assert.equal(json.id, String(item.id));
  assert.equal(json.type, "image");
  assert.equal(json.description, "a gradient");
  assert.match(json.url, /^\/media\/[0-9a-f]{32}-large\.jpg$/);
  assert.match(json.preview_url, /^\/media\/[0-9a-f]{32}-preview\.webp$/);
  assert.deepEqual(json.meta.original, { width: 1200, height: 800, size: "1200x800", aspect: 1.5 });
  assert.deepEqual(json.meta.small, { width: 640, height: 427, size: "640x427", aspect: 1.498829 });
  assert.deepEqual(json.meta.focus, { x: 0.5, y: -0.2 });
  assert.equal(json.blurhash?.length, 28);
  assert.equal((await sharp(await stored(json.url)).metadata()).width, 1200);
  assert.equal((await sharp(await stored(json.preview_url)).metadata()).format, "webp");
  assert.deepEqual((await media.get(ANNA, item.id)).json, json);
  await assert.rejects(media.get(BEN, item.id), { code: "not_found" });
});

test("every format is taken, and stored as one that every client shows", async () => {
  const cases: [string, Buffer, string][] = [
    ["jpeg", await gradient(80, 60).jpeg().toBuffer(), "jpeg"],
    ["photo as png", await gradient(80, 60).png({ compressionLevel: 0 }).toBuffer(), "jpeg"],
    [
      "drawing as png",
      await sharp({ create: { width: 80, height: 60, channels: 3, background: "#17566e" } })
        .png()
        .toBuffer(),
      "png",
    ],
    ["webp", await gradient(80, 60).webp().toBuffer(), "jpeg"],
    ["transparent webp", await gradient(80, 60, true).webp().toBuffer(), "webp"],
    ["avif", await gradient(80, 60).avif({ effort: 0 }).toBuffer(), "jpeg"],
    ["gif", await gradient(80, 60).gif().toBuffer(), "png"],
    ["grey png", await gradient(80, 60).greyscale().png({ compressionLevel: 0 }).toBuffer(), "jpeg"],
    ["16 bit png", await gradient(80, 60).toColourspace("rgb16").png({ compressionLevel: 0 }).toBuffer(), "jpeg"],
    ["cmyk jpeg", await gradient(80, 60).toColourspace("cmyk").jpeg().toBuffer(), "jpeg"],
  ];
  for (const [name, bytes, format] of cases) {
    const { json } = await media.upload(ANNA, { bytes });
    const found = await sharp(await stored(json.url)).metadata();
    assert.equal(found.format, format, name);
    assert.deepEqual([found.width, found.height], [80, 60], name);
    assert.equal(found.space, "srgb", name);
  }
});

test("a photo loses its place and all other metadata, and stands upright", async () => {
  const bytes = await gradient(300, 200)
    .withIccProfile("p3")
    .withExif({ IFD0: { Copyright: "secret owner" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 0/1" } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const given = await sharp(bytes).metadata();
  assert.ok(given.exif && given.icc && given.orientation === 6);
  const { json } = await media.upload(ANNA, { bytes });
  assert.equal(json.meta.original.size, "200x300");
  for (const url of [json.url, json.preview_url]) {
    const file = await stored(url);
    const found = await sharp(file).metadata();
    assert.deepEqual([found.exif, found.icc, found.xmp, found.iptc, found.orientation], Array.from({ length: 5 }), url);
    assert.equal(file.includes("secret"), false);
  }
  // Turned to the right, the left edge becomes the top: red grows downwards now.
  const { data } = await sharp(await stored(json.url))
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.ok((data[0] ?? 255) < 60 && (data[data.length - 3] ?? 0) > 200);
});

test("what is hidden behind the end of a picture does not survive", async () => {
  const picture = await gradient(40, 40).gif().toBuffer();
  const bytes = Buffer.concat([picture, Buffer.from("<script>alert(1)</script>PK\u0003\u0004")]);
  const { json } = await media.upload(ANNA, { bytes });
  assert.equal((await stored(json.url)).includes("script"), false);
});

test("large pictures are made to fit", async () => {
  const { json } = await media.upload(ANNA, { bytes: await gradient(5000, 1000).jpeg().toBuffer() });
  assert.equal(json.meta.original.size, "3840x768");
  assert.equal(json.meta.small.size, "640x128");
});

test("an animation stays one, with a still preview", async () => {
  const { json } = await media.upload(ANNA, { bytes: await movie(200) });
  assert.equal(json.type, "image");
  const large = await sharp(await stored(json.url), { animated: true }).metadata();
  assert.equal(large.pages, 200);
  assert.equal(large.delay?.[0], 50);
  assert.equal(json.meta.original.size, "16x16");
  assert.equal((await sharp(await stored(json.preview_url), { animated: true }).metadata()).pages ?? 1, 1);
});

test("what is no picture is refused with the reason, and nothing remains", async () => {
  const jpeg = await gradient(400, 300).jpeg().toBuffer();
  const png = await gradient(400, 300).png().toBuffer();
  await refusedFor("media_empty", Buffer.alloc(0));
  await refusedFor("media_unknown", Buffer.from("just a text\n"));
  await refusedFor("media_unknown", Buffer.alloc(5000));
  await refusedFor("media_svg", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'));
  await refusedFor("media_unknown", Buffer.from("%PDF-1.7\n"));
  await refusedFor(
    "media_heic",
    Buffer.from("\u0000\u0000\u0000\u001cftypheic\u0000\u0000\u0000\u0000mif1heic", "latin1"),
  );
  await refusedFor(
    "media_video",
    Buffer.from("\u0000\u0000\u0000\u0018ftypisom\u0000\u0000\u0000\u0000mp42", "latin1"),
  );
  await refusedFor("media_damaged", jpeg.subarray(0, jpeg.length / 2));
  await refusedFor("media_damaged", png.subarray(0, png.length - 200));
  await refusedFor("media_damaged", jpeg.subarray(0, 30));
  await refusedFor(
    "media_damaged",
    Buffer.concat([Buffer.from("GIF89a"), Buffer.from("=1;alert(document.domain)//".repeat(40))]),
  );
  await refusedFor(
    "media_damaged",
    Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from("<?php phpinfo(); ?>".repeat(40))]),
  );
});

/** A real PNG of 30,000 x 30,000 black pixels, 1 bit each: small as a file. */
function pngBomb(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(30_000, 0);
  header.writeUInt32BE(30_000, 4);
  header[8] = 1;
  const pixels = deflateSync(Buffer.alloc(30_000 * (1 + 30_000 / 8)), { level: 1 });
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([magic, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

/** A GIF of many frames on a wide canvas, each frame a single dot: 1 KB that wants 4 bytes per pixel and frame. */
function gifBomb(edge: number, frames: number): Buffer {
  const [low, high] = [edge & 255, edge >> 8];
  const head = Buffer.from([low, high, low, high, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  return Buffer.concat([
    Buffer.from("GIF89a"),
    head,
    ...Array.from({ length: frames }, () => frame),
    Buffer.from([0x3b]),
  ]);
}

test("bombs are refused by their header", async () => {
  await refusedFor("media_too_many_pixels", pngBomb());
  await refusedFor("media_too_many_frames", await movie(201));
  await refusedFor("media_too_many_pixels", gifBomb(1000, 60));
  const padding = Buffer.alloc(16 * 1024 * 1024);
  await refusedFor("media_too_large", Buffer.concat([await gradient(9, 9).jpeg().toBuffer(), padding]));
});

test("a picture that takes too long is given up, and the next one works", async () => {
  const hasty = open({ limits: { timeoutMs: 1 } });
  const bytes = await gradient(3000, 3000).png().toBuffer();
  await refusedFor("media_too_slow", bytes, hasty);
  assert.equal(hasty.workerPid, undefined);
  const patient = open({ limits: { timeoutMs: 20_000 } });
  assert.ok((await patient.upload(ANNA, { bytes })).id);
});

test("a picture process that dies takes only its own picture with it", async () => {
  const bytes = await gradient(2000, 2000).png().toBuffer();
  const other = open();
  await other
    .profileImage(await gradient(50, 50).png().toBuffer(), "avatar")
    .then((image) => other.removeBlobs([image.key]));
  const pid = other.workerPid;
  assert.ok(pid);
  const first = other.upload(ANNA, { bytes });
  const second = other.upload(ANNA, { bytes });
  process.kill(pid, "SIGKILL");
  await assert.rejects(first, { code: "unprocessable", reason: "media_damaged" });
  assert.ok((await second).id);
  assert.notEqual(other.workerPid, pid);
});

test("the server does not load the decoder, and an idle process ends", async () => {
  assert.equal(open().workerPid, undefined);
  const short = open({ limits: { idleMs: 1 } });
  await short.upload(ANNA, { bytes: await gradient(20, 20).jpeg().toBuffer() });
  const deadline = Date.now() + 10_000;
  while (short.workerPid !== undefined && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(short.workerPid, undefined);
  assert.ok((await short.upload(ANNA, { bytes: await gradient(20, 20).jpeg().toBuffer() })).id);
  const script =
    'await import("#modules/media/index.ts"); const seen = process.report.getReport().sharedObjects; process.exitCode = seen.some((s) => s.includes("sharp")) ? 1 : 0;';
  assert.equal(
    spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: join(import.meta.dirname, "../../..") })
      .status,
    0,
  );
});

test("more pictures than may wait are sent away", async () => {
  const small = open({ limits: { maxWaiting: 1 } });
  const bytes = await gradient(800, 800).png().toBuffer();
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => small.upload(ANNA, { bytes })));
  const busy = results.filter((r) => r.status === "rejected");
  assert.equal(busy.length, 2);
  for (const r of busy)
    assert.ok(r.reason instanceof AppError && r.reason.code === "unavailable" && r.reason.retryAfter);
});

test("when storing fails, no row and no file remains", async () => {
  const bytes = await gradient(60, 60).jpeg().toBuffer();
  let puts = 0;
  const fullDisk: BlobStore = {
    ...blobs,
    put: (key, source) => (++puts === 2 ? Promise.reject(new Error("disk full")) : blobs.put(key, source)),
  };
  await assert.rejects(open({ blobs: fullDisk }).upload(ANNA, { bytes }), /disk full/);
  await nothingStored();
  await assert.rejects(
    open({ tx: () => Promise.reject(new Error("database gone")) }).upload(ANNA, { bytes }),
    /database gone/,
  );
  await nothingStored();
  // The account does not exist: the row is refused by its foreign key.
  await assert.rejects(media.upload(999n, { bytes }));
  await nothingStored();
});

test("bad alt texts and focal points are refused before any work", async () => {
  const bytes = await gradient(60, 60).jpeg().toBuffer();
  await assert.rejects(media.upload(ANNA, { bytes, description: "x".repeat(1501) }), { code: "unprocessable" });
  await assert.rejects(media.upload(ANNA, { bytes, focus: { x: Number.NaN, y: 0 } }), { code: "unprocessable" });
  await nothingStored();
});

test("avatars and headers are cut to size and stripped", async () => {
  const photo = await gradient(900, 300)
    .withExif({ IFD0: { Copyright: "secret" } })
    .jpeg()
    .toBuffer();
  const avatar = await media.profileImage(photo, "avatar");
  assert.equal(avatar.url, `/media/${avatar.key}`);
  assert.equal(avatar.static_url, avatar.url);
  const found = await sharp(await stored(avatar.url)).metadata();
  assert.deepEqual([found.width, found.height, found.exif], [400, 400, undefined]);
  const header = await media.profileImage(await movie(3), "header");
  const wide = await sharp(await stored(header.url), { animated: true }).metadata();
  assert.deepEqual([wide.width, wide.height, wide.pages ?? 1], [1500, 500, 1]);
  await media.removeBlobs([avatar.key, header.key]);
  await assert.rejects(media.profileImage(Buffer.from("no picture"), "avatar"), { reason: "media_unknown" });
  await nothingStored();
});

const oneDay = 24 * 60 * 60 * 1000;

/** Makes every file look as old as the moved clock says. */
async function age(): Promise<void> {
  for await (const blob of blobs.list()) {
    await utimes(
      join(dir, "media", blob.key.slice(0, 2), blob.key.slice(2, 4), blob.key),
      new Date(now),
      new Date(now),
    );
  }
}

test("the sweep takes old uploads without a post, and files without a row", async () => {
  const bytes = await gradient(60, 60).jpeg().toBuffer();
  const forgotten = await media.upload(ANNA, { bytes });
  const posted = await media.upload(ANNA, { bytes });
  await tx((db) => media.attach(db, ANNA, [posted.id], 77n));
  await blobs.put("f".repeat(32) + "-large.jpg", bytes);
  const used = await media.profileImage(bytes, "avatar");
  const unused = await media.profileImage(bytes, "header");
  assert.deepEqual(await media.sweepOrphans(), { uploads: 0, files: 0, drafts: 0 });
  await age();
  now += oneDay + 60_000;
  const fresh = await media.upload(ANNA, { bytes });
  const sweeping = open({
    ports: { profileImagesInUse: (keys) => Promise.resolve(keys.filter((key) => key === used.key)) },
  });
  // The fresh files bear the real time, which is before the moved clock: make them as young as their row.
  for (const url of [fresh.json.url, fresh.json.preview_url]) {
    const key = url.slice("/media/".length);
    await utimes(join(dir, "media", key.slice(0, 2), key.slice(2, 4), key), new Date(now), new Date(now));
  }
  assert.deepEqual(await sweeping.sweepOrphans(), { uploads: 1, files: 2, drafts: 0 });
  assert.equal(await blobs.exists(used.key), true);
  assert.equal(await blobs.exists(unused.key), false);
  await assert.rejects(media.get(ANNA, forgotten.id), { code: "not_found" });
  assert.ok((await stored(posted.json.url)).length > 0);
  assert.ok((await stored(fresh.json.url)).length > 0);
  assert.deepEqual(await sweeping.sweepOrphans(), { uploads: 0, files: 0, drafts: 0 });
});
