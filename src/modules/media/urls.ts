import { randomBytes } from "node:crypto";
import type { StoredFormat } from "./rules.ts";

/**
 * The design of media URLs.
 *
 * `/media/<32 hex digits>-<variant>.<ending>`, one segment, the same as the key in the blob store:
 *
 * - The digits are 128 random bits per picture, not the id: who does not know a URL cannot guess it, so the pictures of a
 *   followers-only post are as private as the post's readers keep them.
 * - `variant` is `large` (the picture), `preview` (still, 640 pixels), `avatar` or `header`; `ending` is one of jpg, png,
 *   webp and decides the content type.
 * - What lies under a URL never changes: new bytes get a new URL. So answers may be cached for ever, a changed avatar is
 *   seen at once, and a copy of the blob folder serves the same URLs on another machine.
 * - Modules keep and hand out paths; the door that presents an entity puts the public origin before them. Thus an
 *   instance can change its address or put a cache in front without touching a row.
 */
export const MEDIA_PATH = "/media/";

export type Variant = "large" | "preview" | "avatar" | "header" | "emoji";

/** The random part that all files of one picture share. */
export function newMediaKey(): string {
  return randomBytes(16).toString("hex");
}

export function blobKey(key: string, variant: Variant, format: StoredFormat): string {
  return `${key}-${variant}.${format}`;
}

const REMOTE = "-remote-";

/**
 * The key of a cached picture of another server: `<32 hex digits>-remote-<variant>.<ending>`. It is served under the path of
 * `remotePath` only, where somebody looks first whether it may still be shown.
 */
export function remoteBlobKey(key: string, variant: Variant, format: StoredFormat): string {
  return `${key}${REMOTE}${variant}.${format}`;
}

export function isRemoteBlob(blob: string): boolean {
  return blob.includes(REMOTE);
}

export function pathOf(blob: string): string {
  return MEDIA_PATH + blob;
}

/** The random part of one of our blob keys; undefined for foreign names. */
export function keyOfBlob(blob: string): { key: string; variant: Variant; remote: boolean } | undefined {
  const match = /^([0-9a-f]{32})-(remote-)?(large|preview|avatar|header|emoji)\.(?:jpg|png|webp)$/.exec(blob);
  const [, key, remote, variant] = match ?? [];
  if (!key || !isVariant(variant)) return undefined;
  return { key, variant, remote: remote !== undefined };
}

function isVariant(name: string | undefined): name is Variant {
  return name === "large" || name === "preview" || name === "avatar" || name === "header" || name === "emoji";
}
