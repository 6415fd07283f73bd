import { exec, one, run } from "#platform/db/sql.ts";
import { AppError } from "#platform/errors.ts";
import { FetchFailed, type GuardedFetch } from "#platform/fetch/guarded.ts";
import type { EncodedPicture } from "./codec.ts";
import type { Decoder } from "./decoder.ts";
import type { PassGate } from "./gate.ts";
import type { MediaDeps } from "./index.ts";
import type { RemoteKind, RemoteVariant } from "./remote.ts";
import { isPictureFormat, refused, sniff, storedFormat, storedType, type MediaLimits } from "./rules.ts";
import type { Scan } from "./scan.ts";
import { createSlots, LineFull } from "./slots.ts";
import {
  dropRemoteHost,
  evictRemote,
  failRemote,
  keepRemote,
  loseRemote,
  remoteByDigest,
  touchRemote,
  type CachedRow,
  type RemoteRow,
} from "./sql-remote.ts";
import { newMediaKey, remoteBlobKey } from "./urls.ts";

/** What is needed to show pictures of other servers. */
export interface RemoteMediaDeps {
  fetcher: Pick<GuardedFetch, "bytes">;
  /** May pictures of this host (`name` or `name:port`) be shown? Asked for every viewer, so a new rule holds at once. */
  mayFetch(host: string): Promise<boolean>;
  /** Bytes of all cached files together. */
  budgetBytes: number;
}

export type RemoteFile =
  /** `key` of the blob store. */
  | { state: "here"; key: string }
  /** Nobody mentioned such a picture, or it has no such variant. */
  | { state: "unknown" }
  /** Not to be had for `retryMs` milliseconds. `busy` when that is because of us, not of the picture. */
  | { state: "away"; kind: RemoteKind; retryMs: number; busy: boolean };

/** The cache of pictures of other servers. Only what was decoded and written anew here is ever stored or shown. */
export interface RemoteMedia {
  /** The file of a remembered picture, by the 32 hex digits of its path; fetched when it is not here yet. Never rejects because of the other server. */
  find(digest: string, variant: string): Promise<RemoteFile>;
  /** Removes the cached files of a domain and its subdomains; answers how many pictures. They come back when `mayFetch` allows it and somebody looks. */
  dropHost(domain: string): Promise<number>;
  /** The files of a cached picture. */
  filesOf(row: CachedRow): string[];
  /** Removes the least recently used files beyond the budget; answers how many pictures. For an hourly job. */
  shrink(): Promise<number>;
}

type Got = { key: string; mime: string } | { retryMs: number; busy: boolean };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Until a picture is asked for again, by the number of failures. */
const RETRIES = [MINUTE, 10 * MINUTE, HOUR, 24 * HOUR];
const VARIANTS: Readonly<Record<RemoteKind, readonly RemoteVariant[]>> = {
  attachment: ["large", "preview"],
  avatar: ["avatar"],
  header: ["header"],
  emoji: ["emoji"],
};
const MEGA = 1024 * 1024;
const MAX_BYTES: Readonly<Record<RemoteKind, number>> = {
  attachment: 16 * MEGA,
  avatar: 8 * MEGA,
  header: 8 * MEGA,
  emoji: 2 * MEGA,
};
const ACCEPT = "image/webp, image/png, image/jpeg, image/gif, image/avif;q=0.9";
const FETCH_MS = 15_000;
/** A viewer waits no longer than that; the fetch goes on. */
const PATIENCE_MS = 20_000;
const SLICE = 200;
/** Servers that are remembered as not answering. */
const MAX_ABSENT = 1000;

/** Buckets without proper types say "octet-stream". Whatever is called a document or a text stays out, whatever its bytes are. */
function isPictureType(contentType: string): boolean {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return (
    type === "" || type === "application/octet-stream" || type === "binary/octet-stream" || type.startsWith("image/")
  );
}

export function createRemoteMedia(
  deps: Pick<MediaDeps, "pool" | "clock" | "blobs" | "log"> & { remote?: RemoteMediaDeps | undefined },
  limits: MediaLimits,
  decoder: Decoder,
  passGate: PassGate,
  closed: () => boolean,
): RemoteMedia {
  const { pool, clock, blobs, log } = deps;
  /** One fetch per picture, however many look at it. */
  const flights = new Map<string, Promise<Got>>();
  const fetches = createSlots({ total: 6, perKey: 3, waiting: 256 });
  // One at a time, so that an upload waits for one of these pictures at most.
  const decodes = createSlots({ total: 1, perKey: 1, waiting: 64 });
  /** Hosts that do not answer, until when (ms). Their other pictures would hold up everyone else's. */
  const absent = new Map<string, number>();
  let storedBytes = 0;

  function markAbsent(host: string): void {
    absent.delete(host);
    for (const [oldest] of absent) {
      if (absent.size < MAX_ABSENT) break;
      absent.delete(oldest);
    }
    absent.set(host, clock.ms() + MINUTE);
  }

  const filesOf = (row: CachedRow): string[] =>
    VARIANTS[row.kind].map((v) => remoteBlobKey(row.key, v, v === "preview" ? "webp" : storedFormat(row.mime)));

  async function remove(rows: readonly CachedRow[]): Promise<void> {
    for (const key of rows.flatMap(filesOf))
      await blobs.delete(key).catch((err: unknown) => log.warn({ err }, "a cached picture could not be removed"));
  }

  /** The picture, checked and written anew. */
  async function obtain(
    digest: Buffer,
    row: RemoteRow,
    remote: RemoteMediaDeps,
  ): Promise<Map<RemoteVariant, EncodedPicture>> {
    const maxBytes = Math.min(MAX_BYTES[row.kind], limits.maxBytes);
    const { body, contentType } = await fetches.run(row.host, () =>
      remote.fetcher.bytes(row.url, { accept: ACCEPT, maxBytes, timeoutMs: FETCH_MS }),
    );
    if (!isPictureType(contentType)) throw new FetchFailed("wrong_type", "Not sent as a picture");
    const format = sniff(body);
    if (!isPictureFormat(format)) throw refused(format, limits);
    const [made, scan] = await decodes.run("", () => decoded(body, row.kind));
    await passGate({
      use: `remote_${row.kind}`,
      key: digest.toString("hex"),
      by: { url: row.url },
      bytes: body,
      scan,
    });
    return made;
  }

  async function decoded(body: Uint8Array, kind: RemoteKind): Promise<[Map<RemoteVariant, EncodedPicture>, Scan]> {
    if (kind === "attachment") {
      const { large, preview, scan } = await decoder.attachment(body);
      const files: [RemoteVariant, EncodedPicture][] = [
        ["large", large],
        ["preview", preview],
      ];
      return [new Map(files), scan];
    }
    const { picture, scan } = kind === "emoji" ? await decoder.emoji(body) : await decoder.profile(body, kind);
    return [new Map<RemoteVariant, EncodedPicture>([[kind, picture]]), scan];
  }

  /** Files first, then the row: what a crash leaves between is found by the sweep. */
  async function store(
    digest: Buffer,
    row: RemoteRow,
    made: ReadonlyMap<RemoteVariant, EncodedPicture>,
    remote: RemoteMediaDeps,
  ): Promise<Got> {
    const key = newMediaKey();
    const [first] = made.values();
    if (!first) throw new Error("The picture process made nothing");
    const mime = storedType(first.format);
    const cached: CachedRow = { key, mime, kind: row.kind };
    let bytes = 0;
    try {
      for (const [variant, picture] of made) {
        await blobs.put(remoteBlobKey(key, variant, picture.format), picture.bytes);
        bytes += picture.bytes.length;
      }
      if (!(await one(pool, keepRemote, digest, key, mime, BigInt(bytes), clock.now()))) {
        await remove([cached]);
        const theirs = await one(pool, remoteByDigest, digest);
        return theirs?.key && theirs.mime ? { key: theirs.key, mime: theirs.mime } : { retryMs: MINUTE, busy: true };
      }
    } catch (error) {
      await remove([cached]);
      throw error;
    }
    // The domain may have been blocked, and its files removed, while this one was on its way.
    if (!(await remote.mayFetch(row.host))) {
      await exec(pool, loseRemote, digest, key);
      await remove([cached]);
      return { retryMs: HOUR, busy: false };
    }
    storedBytes += bytes;
    if (storedBytes > remote.budgetBytes / 16) {
      // Much came in since the last job: the disk must not fill up meanwhile.
      storedBytes = 0;
      void shrink().catch((err: unknown) => log.warn({ err }, "the cache of remote pictures could not be cut"));
    }
    return { key, mime };
  }

  async function failed(digest: Buffer, row: RemoteRow, error: unknown): Promise<Got> {
    // Our own trouble says nothing about the picture.
    const ours =
      closed() ||
      error instanceof LineFull ||
      (error instanceof AppError && error.code === "unavailable") ||
      (error instanceof FetchFailed && error.reason === "rate");
    if (ours) return { retryMs: 5000, busy: true };
    const reason = error instanceof FetchFailed || error instanceof AppError ? error.reason : undefined;
    if (reason === undefined) log.error({ err: error }, "a picture of another server could not be stored");
    else log.debug({ reason, kind: row.kind }, "a picture of another server was not taken");
    if (["dns", "network", "tls", "timeout", "media_too_slow"].includes(reason ?? "")) markAbsent(row.host);
    const failures = reason === "media_blocked" ? RETRIES.length : Math.min(row.failures + 1, RETRIES.length);
    const retryMs = RETRIES[failures - 1] ?? MINUTE;
    await exec(pool, failRemote, digest, failures, new Date(clock.ms() + retryMs));
    return { retryMs, busy: false };
  }

  async function get(digest: Buffer, remote: RemoteMediaDeps): Promise<Got> {
    // Read again: whoever was in flight may have landed since the caller looked.
    const row = await one(pool, remoteByDigest, digest);
    if (!row) return { retryMs: HOUR, busy: false };
    if (row.key !== null && row.mime !== null) return { key: row.key, mime: row.mime };
    const wait = Math.max(row.retry_at?.getTime() ?? 0, absent.get(row.host) ?? 0) - clock.ms();
    if (wait > 0) return { retryMs: wait, busy: false };
    try {
      return await store(digest, row, await obtain(digest, row, remote), remote);
    } catch (error) {
      return failed(digest, row, error);
    }
  }

  function fly(name: string, digest: Buffer, remote: RemoteMediaDeps): Promise<Got> {
    const under = flights.get(name);
    if (under) return under;
    const flight = get(digest, remote).finally(() => flights.delete(name));
    flights.set(name, flight);
    return flight;
  }

  async function shrink(): Promise<number> {
    const { remote } = deps;
    if (!remote) return 0;
    return inSlices(() => run(pool, evictRemote, BigInt(remote.budgetBytes), SLICE));
  }
  /** Rows let go first, then the files go: a crash between leaves files that the sweep finds. */
  async function inSlices(slice: () => Promise<CachedRow[]>): Promise<number> {
    for (let removed = 0; ;) {
      const rows = await slice();
      await remove(rows);
      removed += rows.length;
      if (rows.length < SLICE) return removed;
    }
  }

  return {
    async find(name, variant) {
      const { remote } = deps;
      if (!remote || !/^[0-9a-f]{32}$/.test(name)) return { state: "unknown" };
      const digest = Buffer.from(name, "hex");
      const row = await one(pool, remoteByDigest, digest);
      const known = row ? VARIANTS[row.kind].find((v) => v === variant) : undefined;
      if (!row || known === undefined) return { state: "unknown" };
      if (!(await remote.mayFetch(row.host))) return { state: "away", kind: row.kind, retryMs: HOUR, busy: false };
      const here = (key: string, mime: string): { state: "here"; key: string } => ({
        state: "here",
        key: remoteBlobKey(key, known, known === "preview" ? "webp" : storedFormat(mime)),
      });
      if (row.key !== null && row.mime !== null) {
        const file = here(row.key, row.mime);
        if (await blobs.exists(file.key)) {
          const hourAgo = new Date(clock.ms() - HOUR);
          if (row.used_at === null || row.used_at < hourAgo)
            await exec(pool, touchRemote, digest, clock.now(), hourAgo);
          return file;
        }
        await exec(pool, loseRemote, digest, row.key);
      }
      const late = Promise.withResolvers<Got>();
      const timer = setTimeout(() => late.resolve({ retryMs: 5000, busy: true }), PATIENCE_MS);
      const got = await Promise.race([fly(name, digest, remote), late.promise]).finally(() => clearTimeout(timer));
      return "key" in got ? here(got.key, got.mime) : { state: "away", kind: row.kind, ...got };
    },
    dropHost: (domain) => inSlices(() => run(pool, dropRemoteHost, domain.toLowerCase(), SLICE)),
    shrink,
    filesOf,
  };
}
