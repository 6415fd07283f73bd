import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { AppError } from "#platform/errors.ts";
import { FORMAT, PIECE_BYTES, type About } from "./format.ts";
import { readArchive } from "./read.ts";
import { writeArchive } from "./write.ts";

let dir: string;
before(async () => void (dir = await mkdtemp(join(tmpdir(), "skein-archive-"))));
after(() => rm(dir, { recursive: true, force: true }));

const about: About = {
  format: FORMAT,
  skein: "0.1.0",
  created_at: "2026-01-02T03:04:05.000Z",
  public_url: "https://example.social",
  migrations: ["0001_platform"],
};
const counts = { tables: [], sequences: [], jobs: 0, media: { files: 2, bytes: 7 }, secrets: 0 };
const table = Buffer.alloc(3 * PIECE_BYTES, "1\tsome row\n");

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function write(file: string): Promise<void> {
  const archive = await writeArchive(file, about);
  await archive.entry("media/aaaaaaaa.jpg", 3, Buffer.from("abc"));
  await archive.entry("media/bbbbbbbb.jpg", 4, chunks(Buffer.from("defg"), 1));
  await archive.pieces("tables/t", chunks(table, 60_000));
  await archive.entry("media/empty-empty.jpg", 0, Buffer.alloc(0));
  await archive.finish(counts);
}

/** Everything a file holds, by name. */
async function contents(file: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const item of readArchive(file)) {
    if (item.kind === "about") found["about"] = item.about.public_url;
    else if (item.kind === "manifest") found["manifest"] = String(item.manifest.media.files);
    else {
      const name = item.kind === "jobs" ? "jobs" : `${item.kind} ${item.name}`;
      found[name] = (found[name] ?? "") + Buffer.concat(await Array.fromAsync(item.body)).toString();
    }
  }
  return found;
}

async function refused(file: string, why: RegExp): Promise<void> {
  await assert.rejects(contents(file), (error: unknown) => {
    assert.ok(error instanceof AppError, String(error));
    assert.match(error.message, why);
    return true;
  });
}

test("what is written is read again, and only its owner may read the file", async () => {
  const file = join(dir, "whole.tar.zst");
  await write(file);
  assert.deepEqual(await contents(file), {
    about: "https://example.social",
    "media aaaaaaaa.jpg": "abc",
    "media bbbbbbbb.jpg": "defg",
    "table t": table.toString(),
    "media empty-empty.jpg": "",
    manifest: "2",
  });
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(dir), ["whole.tar.zst"]);
});

test("a body that nobody reads is checked all the same", async () => {
  const file = join(dir, "skipped.tar.zst");
  await write(file);
  const kinds: string[] = [];
  for await (const item of readArchive(file)) kinds.push(item.kind);
  assert.deepEqual(kinds, ["about", "media", "media", "table", "table", "table", "media", "manifest"]);
});

test("a changed byte and a cut are noticed wherever they are", async () => {
  const file = join(dir, "good.tar.zst");
  const bad = join(dir, "bad.tar.zst");
  await write(file);
  const good = await readFile(file);
  for (let i = 0; i < 40; i++) {
    const bytes = Buffer.from(good);
    const at = Math.floor((i / 40) * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ 0x40;
    await writeFile(bad, bytes);
    await refused(bad, /is damaged or is no backup/);
    await writeFile(bad, good.subarray(0, at));
    await refused(bad, /is damaged or is no backup/);
  }
});

test("a change that was compressed again is named", async () => {
  const file = join(dir, "inner.tar.zst");
  await write(file);
  const tar = zstdDecompressSync(await readFile(file));
  const changed = Buffer.from(tar);
  changed.write("X", tar.indexOf("defg"));
  await writeFile(file, zstdCompressSync(changed));
  await refused(file, /the checksum of media\/bbbbbbbb\.jpg is wrong/);

  const sums = Buffer.from(tar);
  const other = Buffer.from(tar.subarray(tar.lastIndexOf("media/bbbbbbbb.jpg") - 66));
  sums.write(other.toString("latin1", 0, 1) === "0" ? "1" : "0", tar.lastIndexOf("media/bbbbbbbb.jpg") - 66, "latin1");
  await writeFile(file, zstdCompressSync(sums));
  await refused(file, /the checksum of media\/bbbbbbbb\.jpg is wrong/);
});

test("other files are refused with a sentence", async () => {
  const file = join(dir, "other.tar.zst");
  await refused(join(dir, "nowhere"), /There is no file/);
  await writeFile(file, "");
  await refused(file, /is damaged or is no backup/);
  await writeFile(file, "a letter to my aunt");
  await refused(file, /is damaged or is no backup/);
  await writeFile(file, zstdCompressSync(Buffer.alloc(4096)));
  await refused(file, /is damaged or is no backup/);
  const archive = await writeArchive(file, { ...about, format: 2 as 1 });
  await archive.finish(counts);
  await refused(file, /made by a newer Skein/);
});

test("a failure leaves neither the file nor a part of it, and the old file as it was", async () => {
  const own = await mkdtemp(join(dir, "fail-"));
  const file = join(own, "x.tar.zst");
  await writeFile(file, "the old one");
  const archive = await writeArchive(file, about);
  await assert.rejects(archive.entry("media/aaaaaaaa.jpg", 5, Buffer.from("abc")));
  await archive.discard();
  assert.deepEqual(await readdir(own), ["x.tar.zst"]);
  assert.equal(await readFile(file, "utf8"), "the old one");
});

test("stopping ends it with the reason that was given", async () => {
  const own = await mkdtemp(join(dir, "stop-"));
  const stop = new AbortController();
  const archive = await writeArchive(join(own, "x.tar.zst"), about, stop.signal);
  async function* endless(): AsyncGenerator<Buffer> {
    for (let n = 0; ; n++) {
      if (n === 50) stop.abort(new Error("enough"));
      yield Buffer.alloc(PIECE_BYTES / 8, n);
    }
  }
  await assert.rejects(archive.pieces("tables/t", endless()), /enough|abort/i);
  await archive.discard();
  assert.deepEqual(await readdir(own), []);
});
