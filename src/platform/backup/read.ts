import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";
import { AppError } from "#platform/errors.ts";
import {
  ABOUT,
  CHECKSUMS_BYTES,
  FORMAT,
  MANIFEST,
  MANIFEST_BYTES,
  parseAbout,
  parseManifest,
  partOf,
  type About,
  type Manifest,
} from "./format.ts";

/** What a backup consists of, in the order of the file: `about` first, `manifest` last. The body of an entry is read completely or not at all. */
export type ArchiveItem =
  | { kind: "about"; about: About }
  | { kind: "media" | "secret" | "table"; name: string; size: number; body: AsyncIterable<Uint8Array> }
  | { kind: "jobs"; size: number; body: AsyncIterable<Uint8Array> }
  | { kind: "manifest"; manifest: Manifest };

class Damaged extends Error {}

/**
 * Reads a backup and checks it on the way: every checksum, the order, and that nothing is missing at the end. An entry's
 * checksum is compared after its body was given out, so whoever acts on the bodies needs a way back until the end.
 * Throws `AppError("unprocessable")` with a sentence when the file is damaged or is no backup of this format.
 */
export async function* readArchive(file: string, signal?: AbortSignal): AsyncGenerator<ArchiveItem> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  const tar = extract();
  const read = pipeline(source, createZstdDecompress(), tar, signal ? { signal } : {});
  read.catch(() => {});
  let pending: string[] = [];
  let pendingBytes = 0;
  const checksums: string[] = [];
  let manifest: Manifest | undefined;
  let first = true;

  async function explain(error: unknown): Promise<unknown> {
    source.destroy();
    tar.destroy();
    // The stream that broke first knows the reason.
    const reason = await read.then(
      () => error,
      (e: unknown) => (error instanceof Damaged || error instanceof AppError ? error : e),
    );
    return sentence(file, reason, signal);
  }

  async function* hashed(body: AsyncIterable<unknown>, hash: Hash): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body) {
        if (!(chunk instanceof Uint8Array)) throw new Damaged("an entry is no bytes");
        hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      throw await explain(error);
    }
  }

  try {
    for await (const entry of tar) {
      const { name, type } = entry.header;
      const size = entry.header.size ?? 0;
      if (manifest) throw new Damaged("there is something behind its end");
      if (type !== "file" && type !== "contiguous-file") throw new Damaged(`${name} is no file`);
      if (first !== (name === ABOUT)) throw new Damaged("it does not begin as a backup does");
      first = false;
      const hash = createHash("sha256");
      const body = hashed(entry, hash);
      if (name === MANIFEST) {
        manifest = parseManifest(await whole(body, size, MANIFEST_BYTES));
        if (pending.length > 0 || manifest.checksums.join() !== checksums.join())
          throw new Damaged("its checksums are not those of its manifest");
        continue;
      }
      const part = partOf(name);
      if (part?.kind === "checksums") {
        const text = await whole(body, size, 2 * CHECKSUMS_BYTES);
        const wrong = firstDifference(pending, text);
        if (wrong !== undefined) throw new Damaged(`the checksum of ${wrong} is wrong`);
        checksums.push(hash.digest("hex"));
        pending = [];
        pendingBytes = 0;
        continue;
      }
      if (name === ABOUT) yield { kind: "about", about: readAbout(await whole(body, size, MANIFEST_BYTES)) };
      else if (!part) throw new Damaged(`it has an entry ${name}, which this version does not know`);
      else yield { ...part, size, body };
      // Whoever was not interested left it for us: the checksum is compared all the same.
      for await (const _ of body);
      const line = `${hash.digest("hex")}  ${name}\n`;
      pending.push(line);
      pendingBytes += line.length;
      if (pendingBytes > 2 * CHECKSUMS_BYTES) throw new Damaged("checksums are missing");
    }
    await read;
    if (!manifest) throw new Damaged("its end is missing");
  } catch (error) {
    throw await explain(error);
  } finally {
    source.destroy();
    tar.destroy();
  }
  yield { kind: "manifest", manifest };
}

async function whole(body: AsyncIterable<Uint8Array>, size: number, most: number): Promise<string> {
  if (size > most) throw new Damaged("one of its lists is too long");
  return Buffer.concat(await Array.fromAsync(body)).toString("utf8");
}

/** Name of the first entry whose line differs. */
function firstDifference(lines: readonly string[], text: string): string | undefined {
  const given = text.split(/(?<=\n)/);
  for (let i = 0; i < Math.max(lines.length, given.length); i++) {
    if (lines[i] !== given[i]) return (lines[i] ?? given[i] ?? "").slice(66).trim();
  }
  return undefined;
}

function readAbout(text: string): About {
  const { format }: { format?: unknown } = JSON.parse(text);
  if (typeof format === "number" && format > FORMAT)
    throw new AppError(
      "unprocessable",
      `This backup has format ${format}, made by a newer Skein. Restore it with that version.`,
    );
  return parseAbout(text);
}

function sentence(file: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof AppError || signal?.aborted) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return new AppError("not_found", `There is no file ${file}.`, { cause: error });
  if (code === "EACCES" || code === "EISDIR")
    return new AppError("forbidden", `${file} cannot be read (${code}).`, { cause: error });
  const why = error instanceof Error ? error.message : String(error);
  const shown =
    error instanceof Damaged || code.startsWith("ZSTD") || code.startsWith("Z_") ? why : "its content cannot be read";
  return new AppError("unprocessable", `${file} is damaged or is no backup of Skein: ${shown}.`, { cause: error });
}
