import { Hono, type Context } from "hono";
import type { BlobStore, ByteRange } from "#platform/storage/blob.ts";
import { isRemoteBlob, REMOTE_PATH, type RemoteMedia } from "#modules/media/index.ts";

/** Content types by file ending: ours alone, nothing is guessed and nothing an uploader said is believed. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["jpg", "image/jpeg"],
  ["png", "image/png"],
  ["webp", "image/webp"],
]);

/** Headers of every answer, also of errors. */
const COMMON: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  // Should a browser ever take a file for a document, it can do nothing.
  "Content-Security-Policy": "default-src 'none'; sandbox",
  // Web clients on other origins show and draw these pictures.
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

/** Our own files never change. */
const FOR_EVER = "public, max-age=31536000, immutable";
/** Pictures of others may have to disappear: a week. */
const A_WEEK = "public, max-age=604800, immutable";
/** Shown instead while a profile picture of another server is not to be had. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ["avatar", "/img/avatar.png"],
  ["header", "/img/header.png"],
]);

/**
 * Serves the files of the blob store, `GET` and `HEAD` of `/media/<key>`, and pictures of other servers under
 * `/media/remote/<digest>/<variant>`. What lies under a key never changes (see `modules/media/urls.ts`), so the key itself is
 * the entity tag and answers may be cached for ever. No cookies are read or set. Single byte ranges are answered with 206;
 * several at once get the whole file, which HTTP allows.
 */
export function mediaDoor(blobs: Pick<BlobStore, "get" | "stat">, remote: Pick<RemoteMedia, "find">): Hono {
  const door = new Hono();

  async function serve(c: Context, key: string, cacheControl: string): Promise<Response> {
    const type = TYPES.get(key.slice(key.lastIndexOf(".") + 1));
    const info = type === undefined ? undefined : await blobs.stat(key);
    if (type === undefined || !info) return missing();
    const etag = `"${key}"`;
    const headers: Record<string, string> = {
      ...COMMON,
      "Cache-Control": cacheControl,
      "Content-Type": type,
      "Accept-Ranges": "bytes",
      ETag: etag,
      "Last-Modified": info.modifiedAt.toUTCString(),
    };
    if (matches(c.req.header("If-None-Match"), etag)) return new Response(null, { status: 304, headers });
    const ifRange = c.req.header("If-Range");
    const range = ifRange === undefined || ifRange === etag ? parseRange(c.req.header("Range"), info.size) : undefined;
    if (range === "unsatisfiable") {
      return new Response(null, { status: 416, headers: { ...COMMON, "Content-Range": `bytes */${info.size}` } });
    }
    headers["Content-Length"] = String(range ? range.end - range.start + 1 : info.size);
    if (range) headers["Content-Range"] = `bytes ${range.start}-${range.end}/${info.size}`;
    const status = range ? 206 : 200;
    if (c.req.method === "HEAD") return new Response(null, { status, headers });
    const blob = await blobs.get(key, range);
    return blob ? new Response(blob.body, { status, headers }) : missing();
  }

  // Hono answers HEAD with the GET handler.
  door.get("/media/:key", async (c) => {
    const key = c.req.param("key");
    return isRemoteBlob(key) ? missing() : serve(c, key, FOR_EVER);
  });
  door.get(`${REMOTE_PATH}:digest/:variant`, async (c) => {
    const found = await remote.find(c.req.param("digest"), c.req.param("variant"));
    if (found.state === "here") return serve(c, found.key, A_WEEK);
    if (found.state === "unknown") return missing();
    const seconds = Math.max(1, Math.min(60, Math.ceil(found.retryMs / 1000)));
    const headers = { ...COMMON, "Cache-Control": `public, max-age=${seconds}` };
    const instead = DEFAULTS.get(found.kind);
    if (instead !== undefined) return new Response(null, { status: 302, headers: { ...headers, Location: instead } });
    if (!found.busy) return missing(headers);
    return new Response("Please try again\n", {
      status: 503,
      headers: { ...COMMON, "Content-Type": TEXT, "Cache-Control": "no-store", "Retry-After": String(seconds) },
    });
  });
  return door;
}

const TEXT = "text/plain; charset=utf-8";

function missing(headers: Readonly<Record<string, string>> = {}): Response {
  return new Response("Not found\n", {
    status: 404,
    headers: { ...COMMON, "Content-Type": TEXT, "Cache-Control": "public, max-age=60", ...headers },
  });
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((part) => part.trim() === "*" || part.trim().replace(/^W\//, "") === etag);
}

/** One range of a file of `size` bytes; undefined for none, several, or one that is not understood (RFC 9110: ignore it). */
export function parseRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  if (!match) return undefined;
  const [, from = "", to = ""] = match;
  if (from === "" && to === "") return undefined;
  if (from === "") {
    const suffix = Number(to);
    return suffix === 0 || size === 0 ? "unsatisfiable" : { start: Math.max(0, size - suffix), end: size - 1 };
  }
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < start) return undefined;
  return start >= size ? "unsatisfiable" : { start, end };
}
