import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, symlink, utimes, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { BlobStore } from "./blob.ts";
import { createFsBlobs } from "./fs.ts";

let dir: string;
let blobs: BlobStore;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "skein-blobs-"));
  blobs = createFsBlobs(join(dir, "media"));
});
after(() => rm(dir, { recursive: true, force: true }));

const KEY = "0123456789abcdef-large.jpg";

async function read(key: string, range?: { start: number; end: number }): Promise<string | undefined> {
  const found = await blobs.get(key, range);
  return found && new Response(found.body).text();
}

test("a blob is stored, read whole and in part, told of, listed and deleted", async () => {
  await blobs.put(KEY, Buffer.from("hello blob"));
  assert.equal(await read(KEY), "hello blob");
  assert.equal(await read(KEY, { start: 6, end: 9 }), "blob");
  assert.equal((await blobs.stat(KEY))?.size, 10);
  assert.deepEqual(
    (await Array.fromAsync(blobs.list())).map((b) => b.key),
    [KEY],
  );
  assert.equal(await blobs.exists(KEY), true);
  await blobs.delete(KEY);
  await blobs.delete(KEY);
  assert.equal(await blobs.exists(KEY), false);
  assert.equal(await blobs.get(KEY), undefined);
});

test("a large blob is streamed, whole and in part", async () => {
  const bytes = Buffer.alloc(3_000_000, "0123456789");
  await blobs.put("large-large-large.png", bytes);
  const found = await blobs.get("large-large-large.png");
  assert.ok(found?.body instanceof ReadableStream);
  assert.deepEqual(Buffer.from(await new Response(found.body).arrayBuffer()), bytes);
  assert.equal((await read("large-large-large.png", { start: 10, end: 1_999_999 }))?.length, 1_999_990);
});

test("a file can be stored; a missing one leaves nothing behind", async () => {
  const file = join(dir, "given");
  await writeFile(file, "from a file");
  await blobs.put("from-a-file.webp", { file });
  assert.equal(await read("from-a-file.webp"), "from a file");
  await assert.rejects(blobs.put("from-nowhere.webp", { file: join(dir, "nowhere") }));
  assert.equal(await blobs.exists("from-nowhere.webp"), false);
  assert.deepEqual(await readdir(join(dir, "media/.tmp")), []);
});

test("only our own kind of names reaches the file system", async () => {
  await writeFile(join(dir, "secret.txt"), "secret");
  const names = [
    "../secret.txt",
    "..%2fsecret.txt",
    "/etc/passwd",
    "ab/cd/abcdefgh.jpg",
    ".tmp",
    "abcdefgh",
    "ABCDEFGH.jpg",
  ];
  for (const name of [...names, "abcdefgh.jpg\0", "abcd\\efgh.jpg", "abcdefgh..jpg", ""]) {
    assert.equal(await blobs.get(name), undefined, name);
    assert.equal(await blobs.stat(name), undefined, name);
    await assert.rejects(blobs.put(name, Buffer.from("x")), name);
    await assert.rejects(blobs.delete(name), name);
  }
});

test("a folder or a link to a folder under a blob's name is no blob", async () => {
  await mkdir(join(dir, "media/fo/ld"), { recursive: true });
  await mkdir(join(dir, "media/fo/ld/folder-folder.jpg"));
  await symlink(dir, join(dir, "media/fo/ld/folder-linked.jpg"));
  assert.equal(await blobs.stat("folder-folder.jpg"), undefined);
  assert.equal(await blobs.stat("folder-linked.jpg"), undefined);
});

test("remains of writes that were cut off go when they are old", async () => {
  const old = join(dir, "media/.tmp/old");
  await writeFile(old, "half");
  await utimes(old, new Date(1_000_000), new Date(1_000_000));
  await writeFile(join(dir, "media/.tmp/new"), "half");
  assert.equal(await blobs.tidy(new Date(2_000_000)), 1);
  assert.deepEqual(await readdir(join(dir, "media/.tmp")), ["new"]);
});
