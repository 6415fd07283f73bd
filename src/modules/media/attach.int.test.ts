import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import sharp from "sharp";
import { systemClock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import { createTx, type Tx } from "#platform/db/tx.ts";
import { createIds } from "#platform/ids.ts";
import { silentLog } from "#platform/log/log.ts";
import type { BlobStore } from "#platform/storage/blob.ts";
import { createFsBlobs } from "#platform/storage/fs.ts";
import { testDatabase } from "#test/support/db.ts";
import { absoluteMedia, createMedia, type Media, type MediaItem } from "./index.ts";

let dir: string;
let pool: Pool;
let tx: Tx;
let blobs: BlobStore;
let media: Media;
let picture: Buffer;
const ANNA = 1n;
const BEN = 2n;
const POST = 70n;
const OTHER_POST = 71n;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "skein-attach-"));
  pool = (await testDatabase()).pool();
  await pool.query("insert into accounts (id, username) values (1, 'anna'), (2, 'ben')");
  tx = createTx(pool);
  blobs = createFsBlobs(join(dir, "media"));
  media = createMedia({ pool, tx, ids: createIds(systemClock, 1), clock: systemClock, blobs, log: silentLog });
  picture = await sharp({ create: { width: 30, height: 20, channels: 3, background: "#2f6b3a" } })
    .jpeg()
    .toBuffer();
});
afterEach(() => pool.query("delete from media"));
after(async () => {
  media.close();
  await rm(dir, { recursive: true, force: true });
});

const upload = (accountId = ANNA): Promise<MediaItem> => media.upload(accountId, { bytes: picture });
const unattachable = { code: "unprocessable", reason: "media_not_attachable" };

test("pictures are attached in the order asked for, once each, and stay for edits", async () => {
  const [a, b, c] = [await upload(), await upload(), await upload()];
  const json = await tx((db) => media.attach(db, ANNA, [c.id, a.id, c.id, b.id], POST));
  assert.deepEqual(
    json.map((m) => m.id),
    [c.id, a.id, b.id].map(String),
  );
  assert.equal((await media.get(ANNA, a.id)).postId, POST);
  const again = await tx((db) => media.attach(db, ANNA, [b.id, c.id], POST));
  assert.deepEqual(
    again.map((m) => m.id),
    [b.id, c.id].map(String),
  );
  assert.deepEqual(
    (await media.forPosts([POST, OTHER_POST])).get(POST)?.map((m) => m.id),
    [a.id, b.id, c.id].map(String),
  );
  assert.deepEqual(await tx((db) => media.attach(db, ANNA, [], POST)), []);
});

test("unknown, foreign and taken pictures are refused, and nothing is attached", async () => {
  const [mine, foreign, taken] = [await upload(), await upload(BEN), await upload()];
  await tx((db) => media.attach(db, ANNA, [taken.id], OTHER_POST));
  for (const bad of [123n, foreign.id, taken.id]) {
    await assert.rejects(
      tx((db) => media.attach(db, ANNA, [mine.id, bad], POST)),
      unattachable,
    );
  }
  assert.equal((await media.get(ANNA, mine.id)).postId, null);
});

test("of two posts that want the same picture at once, one gets it", async () => {
  const { id } = await upload();
  const results = await Promise.allSettled(
    [POST, OTHER_POST].map((post) => tx((db) => media.attach(db, ANNA, [id], post))),
  );
  assert.deepEqual(results.map((r) => r.status).sort(), ["fulfilled", "rejected"]);
});

test("a transaction that is rolled back attaches nothing", async () => {
  const { id } = await upload();
  const failing = tx(async (db) => {
    await media.attach(db, ANNA, [id], POST);
    throw new Error("the post failed");
  });
  await assert.rejects(failing, /the post failed/);
  assert.equal((await media.get(ANNA, id)).postId, null);
});

test("an edit lets go of pictures, which can be attached anew", async () => {
  const [a, b] = [await upload(), await upload()];
  await tx((db) => media.attach(db, ANNA, [a.id, b.id], POST));
  await tx((db) => media.detachMissing(db, POST, [b.id]));
  assert.equal((await media.get(ANNA, a.id)).postId, null);
  assert.equal((await media.get(ANNA, b.id)).postId, POST);
  await tx((db) => media.detachMissing(db, POST, []));
  assert.equal((await tx((db) => media.attach(db, ANNA, [b.id, a.id], OTHER_POST))).length, 2);
});

test("a let-go picture has a whole day again before the sweep", async () => {
  const { id } = await upload();
  await tx((db) => media.attach(db, ANNA, [id], POST));
  await pool.query("update media set created_at = now() - interval '30 days'");
  await tx((db) => media.detachMissing(db, POST, []));
  assert.equal((await media.sweepOrphans()).uploads, 0);
  assert.equal((await media.get(ANNA, id)).id, id);
});

test("alt text and focal point of an upload can be changed by its owner, until a post carries it", async () => {
  const { id } = await upload();
  const changed = await media.update(ANNA, id, { description: "moss", focus: { x: 1, y: 0.5 } });
  assert.equal(changed.json.description, "moss");
  assert.deepEqual(changed.json.meta.focus, { x: 1, y: 0.5 });
  const kept = await media.update(ANNA, id, { focus: { x: 0, y: 0 } });
  assert.equal(kept.json.description, "moss");
  assert.equal((await media.update(ANNA, id, { description: "" })).json.description, null);
  await assert.rejects(media.update(BEN, id, { description: "mine" }), { code: "not_found" });
  await assert.rejects(media.update(ANNA, 5n, {}), { code: "not_found" });
  await tx((db) => media.attach(db, ANNA, [id], POST));
  await assert.rejects(media.update(ANNA, id, { description: "late" }), { code: "not_found" });
});

test("an edit changes alt texts of the post's own pictures only", async () => {
  const [a, b, free] = [await upload(), await upload(), await upload()];
  await tx((db) => media.attach(db, ANNA, [a.id, b.id], POST));
  const json = await tx((db) =>
    media.updateAttached(db, ANNA, POST, [
      { id: b.id, description: "second" },
      { id: a.id, focus: { x: 0.1, y: 0.2 } },
    ]),
  );
  assert.deepEqual(
    json.map((m) => [m.id, m.description]),
    [
      [String(b.id), "second"],
      [String(a.id), null],
    ],
  );
  assert.deepEqual(json[1]?.meta.focus, { x: 0.1, y: 0.2 });
  await assert.rejects(
    tx((db) => media.updateAttached(db, ANNA, POST, [{ id: free.id, description: "x" }])),
    { code: "unprocessable" },
  );
  await assert.rejects(
    tx((db) => media.updateAttached(db, BEN, POST, [{ id: a.id, description: "x" }])),
    { code: "unprocessable" },
  );
});

test("an upload is removed with its files, unless a post carries it", async () => {
  const [a, b] = [await upload(), await upload()];
  const key = a.json.url.slice("/media/".length);
  await assert.rejects(media.remove(BEN, a.id), { code: "not_found" });
  await media.remove(ANNA, a.id);
  assert.equal(await blobs.exists(key), false);
  await assert.rejects(media.remove(ANNA, a.id), { code: "not_found" });
  await tx((db) => media.attach(db, ANNA, [b.id], POST));
  await assert.rejects(media.remove(ANNA, b.id), { code: "unprocessable" });
  assert.equal(await blobs.exists(b.json.url.slice("/media/".length)), true);
});

test("all pictures of an account go, and only those", async () => {
  const [a, b, other] = [await upload(), await upload(), await upload(BEN)];
  await tx((db) => media.attach(db, ANNA, [a.id], POST));
  assert.equal(await media.removeAllOf(ANNA), 2);
  for (const item of [a, b]) assert.equal(await blobs.exists(item.json.url.slice("/media/".length)), false);
  assert.equal(await blobs.exists(other.json.url.slice("/media/".length)), true);
  assert.equal((await media.get(BEN, other.id)).id, other.id);
});

test("the door makes paths absolute, once", async () => {
  const { json } = await upload();
  const absolute = absoluteMedia(json, "https://skein.example");
  assert.equal(absolute.url, `https://skein.example${json.url}`);
  assert.deepEqual(absoluteMedia(absolute, "https://skein.example"), absolute);
});
