import assert from "node:assert/strict";
import { test } from "node:test";
import type { BlobStore } from "#platform/storage/blob.ts";
import type { RemoteFile } from "#modules/media/index.ts";
import { mediaDoor, parseRange } from "./index.ts";

const KEY = "0123456789abcdef0123456789abcdef-large.jpg";
const BYTES = new TextEncoder().encode("0123456789");
const blobs: Pick<BlobStore, "get" | "stat"> = {
  get: (key, range) =>
    Promise.resolve(
      key === KEY ? { size: 10, body: BYTES.slice(range?.start ?? 0, (range?.end ?? 9) + 1) } : undefined,
    ),
  stat: (key) => Promise.resolve(key === KEY ? { key, size: 10, modifiedAt: new Date(0) } : undefined),
};
const DIGEST = "0123456789abcdef0123456789abcdef";
const AWAY = { state: "away", retryMs: 5000 } as const;
const REMOTES: Record<string, RemoteFile> = {
  [`${DIGEST} large`]: { state: "here", key: KEY },
  [`${DIGEST} preview`]: { ...AWAY, kind: "attachment", busy: false },
  [`${DIGEST} emoji`]: { ...AWAY, kind: "emoji", busy: true },
  [`${DIGEST} avatar`]: { ...AWAY, kind: "avatar", busy: false },
  [`${DIGEST} header`]: { ...AWAY, kind: "header", busy: true },
};
const door = mediaDoor(blobs, {
  find: (digest, variant) => Promise.resolve(REMOTES[`${digest} ${variant}`] ?? { state: "unknown" }),
});

async function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  return door.request(path, { method, headers });
}

test("a file is served for ever, and as nothing but a picture", async () => {
  const response = await ask(`/media/${KEY}`);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "0123456789");
  assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(response.headers.get("content-type"), "image/jpeg");
  assert.equal(response.headers.get("content-length"), "10");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(response.headers.get("content-security-policy"), "default-src 'none'; sandbox");
  assert.equal(response.headers.get("set-cookie"), null);
});

test("HEAD tells the same without a body", async () => {
  const response = await ask(`/media/${KEY}`, {}, "HEAD");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-length"), "10");
  assert.equal(await response.text(), "");
});

test("who has it already gets 304", async () => {
  const etag = (await ask(`/media/${KEY}`)).headers.get("etag") ?? "";
  for (const held of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    assert.equal((await ask(`/media/${KEY}`, { "If-None-Match": held })).status, 304, held);
  }
  assert.equal((await ask(`/media/${KEY}`, { "If-None-Match": '"other"' })).status, 200);
});

test("a range is answered in part, an impossible one is refused", async () => {
  const part = await ask(`/media/${KEY}`, { Range: "bytes=2-4" });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), "bytes 2-4/10");
  assert.equal(part.headers.get("content-length"), "3");
  assert.equal(await part.text(), "234");
  const beyond = await ask(`/media/${KEY}`, { Range: "bytes=10-" });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers.get("content-range"), "bytes */10");
  const changed = await ask(`/media/${KEY}`, { Range: "bytes=2-4", "If-Range": '"old"' });
  assert.equal(changed.status, 200);
});

test("ranges are read as RFC 9110 says", () => {
  assert.deepEqual(parseRange("bytes=0-", 10), { start: 0, end: 9 });
  assert.deepEqual(parseRange("bytes=5-100", 10), { start: 5, end: 9 });
  assert.deepEqual(parseRange("bytes=-3", 10), { start: 7, end: 9 });
  assert.deepEqual(parseRange("bytes=-30", 10), { start: 0, end: 9 });
  assert.equal(parseRange("bytes=-0", 10), "unsatisfiable");
  const ignoredOnes = [undefined, "", "bytes=-", "bytes=4-2", "bytes=0-1,3-4", "items=0-1", "bytes=a-b"];
  for (const ignored of ignoredOnes) assert.equal(parseRange(ignored, 10), undefined);
});

test("anything else is 404", async () => {
  const paths = [
    "/media/unknown-file.jpg",
    "/media/x",
    "/media/",
    "/media/..%2f..%2fetc%2fpasswd",
    `/media/${KEY}.svg`,
    "/media/constructor",
  ];
  for (const path of paths) {
    const response = await ask(path);
    assert.equal(response.status, 404, path);
  }
  const response = await ask("/media/unknown-file.jpg");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal((await ask(`/media/${KEY}`, {}, "POST")).status, 404);
});

test("a picture of another server is shown, or what stands for it", async () => {
  const here = await ask(`/media/remote/${DIGEST}/large`);
  assert.equal(here.status, 200);
  assert.equal(await here.text(), "0123456789");
  assert.equal(here.headers.get("cache-control"), "public, max-age=604800, immutable");
  assert.equal(here.headers.get("content-security-policy"), "default-src 'none'; sandbox");
  assert.equal(here.headers.get("set-cookie"), null);
  const away = await ask(`/media/remote/${DIGEST}/preview`);
  assert.deepEqual([away.status, away.headers.get("cache-control")], [404, "public, max-age=5"]);
  const busy = await ask(`/media/remote/${DIGEST}/emoji`);
  assert.deepEqual(
    [busy.status, busy.headers.get("retry-after"), busy.headers.get("cache-control")],
    [503, "5", "no-store"],
  );
  for (const kind of ["avatar", "header"]) {
    const instead = await ask(`/media/remote/${DIGEST}/${kind}`);
    assert.deepEqual([instead.status, instead.headers.get("location")], [302, `/img/${kind}.png`]);
    assert.equal(instead.headers.get("x-content-type-options"), "nosniff");
  }
  assert.equal((await ask(`/media/remote/${DIGEST}/other`)).status, 404);
  assert.equal((await ask(`/media/remote/${DIGEST}`)).status, 404);
});

test("a cached picture of another server is not to be had by its key", async () => {
  assert.equal((await ask("/media/0123456789abcdef0123456789abcdef-remote-large.jpg")).status, 404);
});
