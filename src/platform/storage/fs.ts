import { randomUUID } from "node:crypto";
import { copyFile, mkdir, open, opendir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { isBlobKey, type BlobInfo, type BlobStore } from "./blob.ts";

/** Blobs up to this size are read at once: cheaper than a stream. */
const WHOLE_BYTES = 512 * 1024;
const TEMP = ".tmp";

/**
 * Blobs as files: `<dir>/<ab>/<cd>/<key>`, where `ab` and `cd` are the first characters of the key, so that no folder grows too large.
 * A write goes to a temporary file, is synced and renamed: a crash leaves a whole blob or none.
 */
export function createFsBlobs(dir: string): BlobStore {
  const temp = join(dir, TEMP);

  function pathOf(key: string): string {
    if (!isBlobKey(key)) throw new Error("Not a key of the blob store");
    return join(dir, key.slice(0, 2), key.slice(2, 4), key);
  }

  async function write(path: string, source: Uint8Array | { file: string }): Promise<void> {
    if (!(source instanceof Uint8Array)) await copyFile(source.file, path);
    const handle = await open(path, source instanceof Uint8Array ? "wx" : "r+", 0o600);
    try {
      if (source instanceof Uint8Array) await handle.writeFile(source);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  return {
    async put(key, source) {
      const target = pathOf(key);
      const folder = dirname(target);
      await mkdir(temp, { recursive: true, mode: 0o700 });
      const created = await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = join(temp, randomUUID());
      try {
        await write(draft, source);
        await rename(draft, target);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      await syncFolder(folder);
      // A new folder is durable only when its parents are.
      if (created !== undefined) for (let up = folder; up !== dir;) await syncFolder((up = dirname(up)));
    },

    async get(key, range) {
      if (!isBlobKey(key)) return undefined;
      const handle = await open(pathOf(key)).catch(absent);
      if (!handle) return undefined;
      try {
        const { size } = await handle.stat();
        const start = range?.start ?? 0;
        const length = (range?.end ?? size - 1) - start + 1;
        if (length <= WHOLE_BYTES) {
          const body = new Uint8Array(length);
          const { bytesRead } = await handle.read(body, 0, length, start);
          await handle.close();
          if (bytesRead !== length) throw new Error("A blob is shorter than its file says");
          return { size, body };
        }
        const file = handle.createReadStream({ start, end: start + length - 1, highWaterMark: 256 * 1024 });
        return { size, body: Readable.toWeb(file) as ReadableStream<Uint8Array<ArrayBuffer>> };
      } catch (error) {
        await handle.close().catch(() => {});
        throw error;
      }
    },

    async stat(key) {
      if (!isBlobKey(key)) return undefined;
      return infoOf(pathOf(key), key);
    },

    async exists(key) {
      return (await this.stat(key)) !== undefined;
    },

    async delete(key) {
      await rm(pathOf(key), { force: true });
    },

    async *list() {
      for (const first of await foldersIn(dir)) {
        for (const second of await foldersIn(join(dir, first))) {
          const folder = await opendir(join(dir, first, second)).catch(absent);
          if (!folder) continue;
          for await (const entry of folder) {
            if (!entry.isFile() || !isBlobKey(entry.name)) continue;
            const info = await infoOf(join(dir, first, second, entry.name), entry.name);
            if (info) yield info;
          }
        }
      }
    },

    async tidy(before) {
      let removed = 0;
      for (const name of (await readdir(temp).catch(absent)) ?? []) {
        const path = join(temp, name);
        const found = await stat(path).catch(absent);
        if (!found || found.mtimeMs >= before.getTime()) continue;
        await rm(path, { force: true });
        removed++;
      }
      return removed;
    },
  };
}

async function infoOf(path: string, key: string): Promise<BlobInfo | undefined> {
  const found = await stat(path).catch(absent);
  return found?.isFile() ? { key, size: found.size, modifiedAt: found.mtime } : undefined;
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = (await readdir(path, { withFileTypes: true }).catch(absent)) ?? [];
  return entries.filter((e) => e.isDirectory() && e.name !== TEMP).map((e) => e.name);
}

/** For `.catch`: a missing file is no error here, everything else is. */
function absent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
    return undefined;
  throw error;
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r").catch(unsupported);
  if (!handle) return;
  try {
    await handle.sync().catch(unsupported);
  } finally {
    await handle.close();
  }
}

/** Some systems cannot open or sync a folder (Windows); there the rename alone must do. */
function unsupported(error: unknown): undefined {
  if (
    error instanceof Error &&
    "code" in error &&
    ["EISDIR", "EPERM", "EINVAL", "ENOTSUP"].includes(String(error.code))
  )
    return undefined;
  throw error;
}
