import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import { pack } from "tar-stream";
import { ABOUT, CHECKSUMS_BYTES, MANIFEST, PIECE_BYTES, pieceName, type About, type Manifest } from "./format.ts";

/** A backup that is being written. Everything is held in memory a piece at a time only. */
export interface ArchiveWriter {
  /** Adds one entry of known size. Throws when the body has another size. */
  entry(name: string, size: number, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** Adds bytes of unknown length as numbered pieces of a folder. */
  pieces(folder: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** Adds checksums and manifest, and puts the file in its place. Returns its bytes. */
  finish(manifest: Omit<Manifest, "checksums">): Promise<number>;
  /** Ends the writing and removes what there is; fine after `finish` too. */
  discard(): Promise<void>;
}

/**
 * Opens a backup for writing, beside its final place. It is readable by its owner only, and appears under its name when it is complete and durable.
 * Errors of the file system come from the next call. An aborted `signal` ends the writing.
 */
export async function writeArchive(file: string, about: About, signal?: AbortSignal): Promise<ArchiveWriter> {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString("hex")}.part`);
  const mtime = new Date(about.created_at);
  const tar = pack();
  const zstd = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const out = createWriteStream(draft, { flags: "wx", mode: 0o600, flush: true });
  await once(out, "open");
  const written = pipeline(tar, zstd, out, signal ? { signal } : {});
  // It is awaited where it matters; until then its failure is no unhandled one.
  written.catch(() => {});
  const closing = new Promise<void>((resolve) => void out.once("close", resolve));
  let closed = false;

  let lines: string[] = [];
  let lineBytes = 0;
  const checksums: string[] = [];

  async function raw(name: string, size: number, body: AsyncIterable<Uint8Array>): Promise<string> {
    signal?.throwIfAborted();
    if (out.errored) throw out.errored;
    const hash = createHash("sha256");
    const done = Promise.withResolvers<void>();
    done.promise.catch(() => {});
    const sink = tar.entry({ name, size, mode: 0o600, mtime }, (error) =>
      error ? done.reject(error) : done.resolve(),
    );
    // Told through `done`; without a listener the event would end the process.
    sink.on("error", () => {});
    try {
      for await (const chunk of body) {
        signal?.throwIfAborted();
        hash.update(chunk);
        if (sink.write(chunk)) continue;
        const drained = Promise.withResolvers<void>();
        sink.once("drain", drained.resolve);
        // When the file cannot be written any more, no drain will come.
        await Promise.race([drained.promise, done.promise, written]);
      }
      sink.end(null);
      await Promise.race([done.promise, written]);
    } catch (error) {
      sink.destroy(error instanceof Error ? error : null);
      // The reason, where there is one, is a better message than "the stream was destroyed".
      if (out.errored ?? zstd.errored) await written;
      throw error;
    }
    return hash.digest("hex");
  }

  async function closeChecksums(): Promise<void> {
    if (lines.length === 0) return;
    const text = Buffer.from(lines.join(""));
    lines = [];
    lineBytes = 0;
    checksums.push(await raw(pieceName("checksums", checksums.length + 1), text.length, single(text)));
  }

  async function entry(name: string, size: number, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const sum = await raw(name, size, body instanceof Uint8Array ? single(body) : body);
    const line = `${sum}  ${name}\n`;
    lines.push(line);
    lineBytes += line.length;
    if (lineBytes >= CHECKSUMS_BYTES) await closeChecksums();
  }

  async function discard(): Promise<void> {
    if (closed) return;
    closed = true;
    tar.destroy();
    await written.catch(() => {});
    await closing;
    await rm(draft, { force: true });
  }

  try {
    const text = Buffer.from(`${JSON.stringify(about, null, 2)}\n`);
    await entry(ABOUT, text.length, text);
  } catch (error) {
    await discard();
    throw error;
  }

  return {
    entry,
    discard,
    async pieces(folder, body) {
      let number = 0;
      let piece: Uint8Array[] = [];
      let bytes = 0;
      const flush = async (): Promise<void> => {
        const whole = Buffer.concat(piece);
        piece = [];
        bytes = 0;
        await entry(pieceName(folder, ++number), whole.length, whole);
      };
      for await (const chunk of body) {
        piece.push(chunk);
        bytes += chunk.length;
        if (bytes >= PIECE_BYTES) await flush();
      }
      if (bytes > 0) await flush();
    },
    async finish(counts) {
      await closeChecksums();
      const text = Buffer.from(`${JSON.stringify({ ...counts, checksums } satisfies Manifest, null, 2)}\n`);
      await raw(MANIFEST, text.length, single(text));
      tar.finalize();
      await written;
      await closing;
      await rename(draft, file);
      closed = true;
      await syncFolder(dirname(file));
      return out.bytesWritten;
    },
  };
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** The new name is durable only when the folder is; some systems cannot sync one, there the rename must do. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
