import assert from "node:assert/strict";
import { mkdtemp, rm, utimes } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import { createTx } from "#platform/db/tx.ts";
import { createGuardedFetch, type GuardedFetch } from "#platform/fetch/guarded.ts";
import { createIds } from "#platform/ids.ts";
import { silentLog } from "#platform/log/log.ts";
import type { BlobStore } from "#platform/storage/blob.ts";
import { createFsBlobs } from "#platform/storage/fs.ts";
import { mediaDoor } from "#doors/media/index.ts";
import { testDatabase } from "#test/support/db.ts";
import {
  createMedia,
  rememberRemote,
  remotePath,
  type Media,
  type MediaPorts,
  type PictureAtGate,
  type RemoteKind,
  type RemoteMediaDeps,
  type RemoteVariant,
} from "./index.ts";

type Answer = (response: ServerResponse) => void;
interface Seen {
  path: string;
  headers: IncomingHttpHeaders;
}

const MINUTE = 60_000;
const ROOMY = 1024 * 1024 * 1024;
let dir: string;
let pool: Pool;
let blobs: BlobStore;
let fetcher: GuardedFetch;
let origin: string;
let now = Date.now();
const clock: Clock = { ms: () => now, now: () => new Date(now) };
const answers = new Map<string, Answer>();
const asked: Seen[] = [];
const opened: Media[] = [];
const server = createServer((request, response) => {
  asked.push({ path: request.url ?? "", headers: request.headers });
  const answer = answers.get(request.url ?? "");
  if (answer) answer(response);
  else response.writeHead(404).end();
});

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "skein-remote-media-"));
  pool = (await testDatabase()).pool();
  blobs = createFsBlobs(join(dir, "media"));
  fetcher = createGuardedFetch({
    version: "1.0.0",
    publicUrl: "https://skein.test",
    allowLoopback: true,
    limits: { burst: 1000, waiting: 1000 },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  origin = `http://127.0.0.1:${address.port}`;
});
afterEach(async () => {
  now = Date.now();
  asked.length = 0;
  answers.clear();
  await pool.query("delete from remote_media");
  await rm(join(dir, "media"), { recursive: true, force: true });
});
after(async () => {
  for (const one of opened) one.close();
  await fetcher.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(dir, { recursive: true, force: true });
});

function open(more: Partial<RemoteMediaDeps> & { ports?: MediaPorts; maxBytes?: number } = {}): Media {
  const { ports = {}, maxBytes = 16 * 1024 * 1024, ...remote } = more;
  const made = createMedia({
    pool,
    tx: createTx(pool),
    ids: createIds(clock, 1),
    clock,
    blobs,
    log: silentLog,
    limits: { maxBytes },
    ports,
    remote: { fetcher, mayFetch: () => Promise.resolve(true), budgetBytes: ROOMY, ...remote },
  });
  opened.push(made);
  return made;
}

type Ask = (name: string, kind?: RemoteKind, variant?: RemoteVariant) => Promise<Response>;
/** Looks at pictures through the door, as a browser does. */
function viewer(media: Media): Ask {
  const door = mediaDoor(blobs, media.remote);
  return async (name, kind = "attachment", variant = kind === "attachment" ? "large" : kind) => {
    const picture = { url: origin + name, kind };
    await rememberRemote(pool, [picture]);
    return door.request(remotePath(picture, variant));
  };
}

function serve(path: string, bytes: Uint8Array, type = "image/jpeg"): void {
  answers.set(path, (response) => void response.writeHead(200, { "content-type": type }).end(bytes));
}
const square = (edge = 64): ReturnType<typeof sharp> =>
  sharp({ create: { width: edge, height: edge, channels: 3, background: "#17566e" } });
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());
const files = async (): Promise<string[]> => (await Array.fromAsync(blobs.list())).map((b) => b.key);

/** A GIF whose frames differ. */
async function movie(frames: number, edge: number): Promise<Buffer> {
  const pixels = Buffer.alloc(edge * edge * frames * 3);
  for (let f = 0; f < frames; f++) pixels.fill(f * 60, f * edge * edge * 3, (f + 1) * edge * edge * 3);
  return sharp(pixels, { raw: { width: edge, height: edge * frames, channels: 3, pageHeight: edge } })
    .gif({ delay: Array.from({ length: frames }, () => 50) })
    .toBuffer();
}

test("a picture is fetched once, written anew without metadata, and served from then on", async () => {
  const photo = await square(900)
    .withExif({ IFD0: { Copyright: "secret" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 0/1" } })
    .jpeg()
    .toBuffer();
  serve("/photo.jpg", Buffer.concat([photo, Buffer.from("<script>alert(1)</script>")]));
  const look = viewer(open());
  const first = await look("/photo.jpg");
  assert.equal(first.status, 200);
  assert.equal(first.headers.get("content-type"), "image/jpeg");
  assert.equal(first.headers.get("cache-control"), "public, max-age=604800, immutable");
  assert.equal(first.headers.get("x-content-type-options"), "nosniff");
  assert.equal(first.headers.get("content-security-policy"), "default-src 'none'; sandbox");
  const large = await bytesOf(first);
  assert.equal(large.includes("script") || large.includes("secret"), false);
  const found = await sharp(large).metadata();
  assert.deepEqual([found.width, found.exif], [900, undefined]);
  const preview = await look("/photo.jpg", "attachment", "preview");
  assert.equal((await sharp(await bytesOf(preview)).metadata()).width, 640);
  assert.equal(asked.length, 1);
  // Nothing about who looks goes out.
  const { headers } = asked[0] ?? { headers: {} };
  assert.deepEqual(Object.keys(headers).sort(), ["accept", "accept-encoding", "connection", "host", "user-agent"]);
});

test("profile pictures are cut to size, and an animated emoji stays one", async () => {
  serve("/face.png", await square(800).png().toBuffer(), "image/png");
  serve("/blob.gif", await movie(4, 300), "application/octet-stream");
  serve("/still.png", await square(300).png().toBuffer(), "image/png");
  const look = viewer(open());
  const size = async (response: Response): Promise<unknown[]> => {
    const m = await sharp(await bytesOf(response), { animated: true }).metadata();
    return [m.format, m.width, m.pageHeight ?? m.height, m.pages ?? 1];
  };
  assert.deepEqual(await size(await look("/face.png", "avatar")), ["webp", 400, 400, 1]);
  assert.deepEqual(await size(await look("/face.png", "header")), ["webp", 1500, 500, 1]);
  assert.deepEqual(await size(await look("/blob.gif", "emoji")), ["webp", 128, 128, 4]);
  assert.deepEqual(await size(await look("/still.png", "emoji")), ["webp", 128, 128, 1]);
});

test("fifty viewers at once cause one fetch", async () => {
  const bytes = await square().jpeg().toBuffer();
  answers.set("/slow.jpg", (response) => {
    setImmediate(() => response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes));
  });
  const look = viewer(open());
  const all = await Promise.all(Array.from({ length: 50 }, () => look("/slow.jpg")));
  assert.deepEqual([...new Set(all.map((r) => r.status))], [200]);
  assert.equal(asked.length, 1);
  assert.equal((await files()).length, 2);
});

test("two processes that fetch the same picture keep one copy", async () => {
  serve("/both.jpg", await square().jpeg().toBuffer());
  const [one, two] = [viewer(open()), viewer(open())];
  const all = await Promise.all([one("/both.jpg"), two("/both.jpg")]);
  assert.deepEqual(
    all.map((r) => r.status),
    [200, 200],
  );
  assert.equal((await files()).length, 2);
});

test("what was not remembered is not fetched, nor is a variant that does not exist", async () => {
  serve("/photo.jpg", await square().jpeg().toBuffer());
  const media = open();
  const door = mediaDoor(blobs, media.remote);
  const unknown = remotePath({ url: `${origin}/photo.jpg`, kind: "attachment" }, "large");
  assert.equal((await door.request(unknown)).status, 404);
  assert.equal((await viewer(media)("/photo.jpg", "attachment", "avatar")).status, 404);
  assert.equal((await door.request("/media/remote/..%2f..%2fetc/large")).status, 404);
  assert.equal(asked.length, 0);
});

/** A real PNG of 60,000 x 60,000 black pixels, 1 bit each: small as a file. */
function pngBomb(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(60_000, 4);
  header[8] = 1;
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  // What follows the header is never looked at.
  return Buffer.concat([magic, chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.alloc(100_000)))]);
}

test("T17, T32, T33, T34: nothing but a picture is ever stored", async () => {
  const jpeg = await square().jpeg().toBuffer();
  const actor = JSON.stringify({ "@context": "https://www.w3.org/ns/activitystreams", type: "Person", id: origin });
  const cases: [name: string, bytes: Buffer, type: string][] = [
    ["an actor as a picture", Buffer.from(actor), "image/jpeg"],
    ["an actor as text", Buffer.from(actor), "text/plain"],
    ["a picture as text", jpeg, "text/plain"],
    ["a picture as a page", jpeg, "text/html"],
    ["SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), "image/svg+xml"],
    ["SVG called PNG", Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'), "image/png"],
    ["a page that starts as GIF", Buffer.from(`GIF89a=1;alert(1)//${" ".repeat(900)}`), "image/gif"],
    ["MVG", Buffer.from("push graphic-context\nviewbox 0 0 9 9\nfill 'url(https://evil.test/)'\n"), "image/png"],
    ["EPS", Buffer.from("%!PS-Adobe-3.0 EPSF-3.0\n"), "image/png"],
    ["PDF", Buffer.from("%PDF-1.7\n"), "image/jpeg"],
    ["a bomb", pngBomb(), "image/png"],
    ["too many frames", await movie(201, 8), "image/gif"],
    ["half a picture", jpeg.subarray(0, jpeg.length / 2), "image/jpeg"],
    ["nothing", Buffer.alloc(0), "image/jpeg"],
    ["too large", Buffer.concat([jpeg, Buffer.alloc(200_000)]), "image/jpeg"],
  ];
  const look = viewer(open({ maxBytes: 100_000 }));
  for (const [i, [name, bytes, type]] of cases.entries()) {
    serve(`/${i}`, bytes, type);
    const response = await look(`/${i}`);
    assert.equal(response.status, 404, name);
    assert.equal(response.headers.get("cache-control"), "public, max-age=60", name);
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain/, name);
  }
  assert.equal(asked.length, cases.length);
  assert.deepEqual(await files(), []);
});

test("a body without an end is cut off at the limit", async () => {
  let written = 0;
  answers.set("/endless", (response) => {
    response.writeHead(200, { "content-type": "image/jpeg" });
    const more = (): void => {
      while (!response.destroyed && written < 64 * 1024 * 1024) {
        written += 65_536;
        if (!response.write(Buffer.alloc(65_536, 0xff))) return void response.once("drain", more);
      }
    };
    more();
  });
  assert.equal((await viewer(open({ maxBytes: 100_000 }))("/endless")).status, 404);
  assert.ok(written < 32 * 1024 * 1024, `${written} bytes were written`);
});

test("a dead picture is asked for again after a minute, ten, an hour, a day", async () => {
  const look = viewer(open());
  const waits = [1, 10, 60, 1440, 1440];
  for (const [i, minutes] of waits.entries()) {
    assert.equal((await look("/dead.jpg")).status, 404);
    assert.equal(asked.length, i + 1);
    now += minutes * MINUTE - 1000;
    const again = await look("/dead.jpg");
    assert.equal(again.headers.get("cache-control"), "public, max-age=1");
    assert.equal(asked.length, i + 1);
    now += 1001;
  }
  serve("/dead.jpg", await square().jpeg().toBuffer());
  assert.equal((await look("/dead.jpg")).status, 200);
  const { rows } = await pool.query<{ failures: number; retry_at: Date | null }>(
    "select failures, retry_at from remote_media",
  );
  assert.deepEqual(rows, [{ failures: 0, retry_at: null }]);
});

test("while a profile picture cannot be had, the usual one is shown", async () => {
  const look = viewer(open());
  for (const kind of ["avatar", "header"] as const) {
    const response = await look("/gone.png", kind);
    assert.deepEqual([response.status, response.headers.get("location")], [302, `/img/${kind}.png`]);
  }
  assert.equal((await look("/gone.png", "emoji")).status, 404);
});

test("a host that does not answer is left alone for a minute, with all its pictures", async () => {
  answers.set("/cut-1.jpg", (response) => void response.destroy());
  const look = viewer(open());
  assert.equal((await look("/cut-1.jpg")).status, 404);
  const before = asked.length;
  serve("/fine.jpg", await square().jpeg().toBuffer());
  assert.equal((await look("/fine.jpg")).status, 404);
  assert.equal(asked.length, before);
  now += MINUTE + 1;
  assert.equal((await look("/fine.jpg")).status, 200);
});

test("few are fetched at once, and a busy host lets others pass", async () => {
  const bytes = await square().jpeg().toBuffer();
  let open_ = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const names = Array.from({ length: 8 }, (_, i) => `/many-${i}.jpg`);
  for (const name of names) {
    answers.set(name, (response) => {
      most = Math.max(most, ++open_);
      waiting.push(() => {
        open_--;
        response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes);
      });
      if (waiting.length === 3 || asked.length === names.length) for (const go of waiting.splice(0)) setImmediate(go);
    });
  }
  const look = viewer(open());
  const all = await Promise.all(names.map((name) => look(name)));
  assert.deepEqual([...new Set(all.map((r) => r.status))], [200]);
  assert.equal(most, 3);
});

test("a domain whose pictures are not wanted is not asked, and what was cached is not shown", async () => {
  serve("/photo.jpg", await square().jpeg().toBuffer());
  const hosts: string[] = [];
  let allowed = true;
  const mayFetch = (host: string): Promise<boolean> => {
    hosts.push(host);
    return Promise.resolve(allowed);
  };
  const media = open({ mayFetch });
  const look = viewer(media);
  assert.equal((await look("/photo.jpg")).status, 200);
  allowed = false;
  assert.equal((await look("/photo.jpg")).status, 404);
  assert.equal((await look("/other.jpg")).status, 404);
  assert.equal(asked.length, 1);
  assert.deepEqual([...new Set(hosts)], [new URL(origin).host]);
  assert.equal(await media.remote.dropHost("127.0.0.1"), 1);
  assert.deepEqual(await files(), []);
  allowed = true;
  assert.equal((await look("/photo.jpg")).status, 200);
  assert.equal(asked.length, 2);
});

test("a domain that is blocked while its picture is on the way leaves nothing behind", async () => {
  let allowed = true;
  const bytes = await square().jpeg().toBuffer();
  answers.set("/photo.jpg", (response) => {
    allowed = false;
    response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes);
  });
  assert.equal((await viewer(open({ mayFetch: () => Promise.resolve(allowed) }))("/photo.jpg")).status, 404);
  assert.deepEqual(await files(), []);
  assert.deepEqual((await pool.query("select 1 from remote_media where key is not null")).rows, []);
});

test("dropping a domain takes its subdomains, and no other", async () => {
  const media = open();
  const hosts = ["evil.test", "files.evil.test", "files.evil.test:8443", "notevil.test", "evil.test.example"];
  for (const [i, host] of hosts.entries()) {
    const key = String(i).repeat(32);
    await blobs.put(`${key}-remote-avatar.webp`, Buffer.from("x"));
    await pool.query(
      "insert into remote_media (digest, url, kind, host, key, mime, bytes, used_at) values ($1, $2, 'avatar', $3, $4, 'image/webp', 1, now())",
      [Buffer.alloc(16, i), `https://${host}/a`, host, key],
    );
  }
  assert.equal(await media.remote.dropHost("Evil.test"), 3);
  const left = (await pool.query<{ host: string }>("select host from remote_media where key is not null order by host"))
    .rows;
  assert.deepEqual(
    left.map((r) => r.host),
    ["evil.test.example", "notevil.test"],
  );
  assert.deepEqual((await files()).sort(), [
    `${"3".repeat(32)}-remote-avatar.webp`,
    `${"4".repeat(32)}-remote-avatar.webp`,
  ]);
});

test("the gate is asked before anything is stored; no and no answer keep the picture out", async () => {
  const bytes = await square().jpeg().toBuffer();
  serve("/photo.jpg", bytes);
  const gated: unknown[] = [];
  const admit = async (picture: PictureAtGate): Promise<boolean> => {
    gated.push([Buffer.from(picture.bytes).equals(bytes), picture.use, picture.scan.forms.length > 0, await files()]);
    if (gated.length === 1) throw new Error("the scanner is down");
    return gated.length > 2;
  };
  const look = viewer(open({ ports: { gate: { admit } } }));
  assert.equal((await look("/photo.jpg")).status, 503);
  now += MINUTE + 1;
  assert.equal((await look("/photo.jpg")).status, 404);
  now += 60 * MINUTE;
  assert.equal((await look("/photo.jpg")).status, 404);
  assert.deepEqual(gated, [
    [true, "remote_attachment", true, []],
    [true, "remote_attachment", true, []],
  ]);
  assert.deepEqual(await files(), []);
  now += 24 * 60 * MINUTE;
  assert.equal((await look("/photo.jpg")).status, 200);
});

test("beyond the budget the least recently used go, and come back when somebody looks", async () => {
  const names = ["/a.jpg", "/b.jpg", "/c.jpg"];
  for (const name of names) serve(name, await square(200).jpeg().toBuffer());
  const media = open();
  const look = viewer(media);
  for (const name of names) {
    assert.equal((await look(name)).status, 200);
    now += 2 * 60 * MINUTE;
  }
  // Looked at again: now "/b.jpg" is the one that nobody used for longest.
  assert.equal((await look("/a.jpg")).status, 200);
  const { rows } = await pool.query<{ bytes: bigint }>("select sum(bytes)::int8 as bytes from remote_media");
  const total = Number(rows[0]?.bytes ?? 0n);
  assert.equal(await media.remote.shrink(), 0);
  assert.equal(await open({ budgetBytes: total }).remote.shrink(), 0);
  assert.equal(await open({ budgetBytes: total - 1 }).remote.shrink(), 1);
  assert.equal((await files()).length, 4);
  assert.equal(asked.length, 3);
  for (const name of ["/a.jpg", "/c.jpg"]) assert.equal((await look(name)).status, 200);
  assert.equal(asked.length, 3);
  assert.equal((await look("/b.jpg")).status, 200);
  assert.equal(asked.length, 4);
});

test("looking is written down once an hour", async () => {
  serve("/a.jpg", await square().jpeg().toBuffer());
  const look = viewer(open());
  const used = async (): Promise<number | undefined> =>
    (await pool.query<{ used_at: Date }>("select used_at from remote_media")).rows[0]?.used_at.getTime();
  await look("/a.jpg");
  const first = now;
  now += 59 * MINUTE;
  await look("/a.jpg");
  assert.equal(await used(), first);
  now += 2 * MINUTE;
  await look("/a.jpg");
  assert.equal(await used(), now);
});

test("a file that disappeared is fetched anew", async () => {
  serve("/a.jpg", await square().jpeg().toBuffer());
  const look = viewer(open());
  await look("/a.jpg");
  for (const key of await files()) await blobs.delete(key);
  assert.equal((await look("/a.jpg")).status, 200);
  assert.equal(asked.length, 2);
});

test("the sweep leaves cached pictures alone and takes files without a row", async () => {
  serve("/a.jpg", await square().jpeg().toBuffer());
  const media = open();
  const look = viewer(media);
  assert.equal((await look("/a.jpg")).status, 200);
  await blobs.put(`${"f".repeat(32)}-remote-emoji.webp`, Buffer.from("x"));
  await blobs.put(`${"e".repeat(32)}-remote-large.png`, Buffer.from("x"));
  for (const key of await files())
    await utimes(join(dir, "media", key.slice(0, 2), key.slice(2, 4), key), new Date(now), new Date(now));
  now += 25 * 60 * MINUTE;
  assert.deepEqual(await media.sweepOrphans(), { uploads: 0, files: 2, drafts: 0 });
  assert.equal((await files()).length, 2);
  assert.equal((await look("/a.jpg")).status, 200);
  assert.equal(asked.length, 1);
});

test("when storing fails nothing remains, and the picture is asked for later", async () => {
  serve("/a.jpg", await square().jpeg().toBuffer());
  let puts = 0;
  const real = blobs;
  blobs = {
    ...real,
    put: (key, source) => (++puts === 2 ? Promise.reject(new Error("disk full")) : real.put(key, source)),
  };
  try {
    const look = viewer(open());
    assert.equal((await look("/a.jpg")).status, 404);
    assert.deepEqual(await files(), []);
    now += MINUTE + 1;
    assert.equal((await look("/a.jpg")).status, 200);
  } finally {
    blobs = real;
  }
});
