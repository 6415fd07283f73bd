import type { MediaItem, MediaJson } from "./types.ts";
import { storedFormat, type Focus } from "./rules.ts";
import type { KeyRow, MediaRow, StoredSize } from "./sql.ts";
import { blobKey, pathOf } from "./urls.ts";

export function sizeOf(width: number, height: number): StoredSize {
  return { width, height, size: `${width}x${height}`, aspect: Math.round((width / height) * 1e6) / 1e6 };
}

export const CENTRE: Focus = { x: 0, y: 0 };

/** The blob keys of all files of a picture. */
export function blobsOf(row: KeyRow): string[] {
  return [blobKey(row.key, "large", storedFormat(row.mime)), blobKey(row.key, "preview", "webp")];
}

/** A row as Mastodon's MediaAttachment, with paths for URLs. */
export function mediaJson(row: MediaRow): MediaJson {
  return {
    id: String(row.id),
    type: row.kind,
    url: pathOf(blobKey(row.key, "large", storedFormat(row.mime))),
    preview_url: pathOf(blobKey(row.key, "preview", "webp")),
    remote_url: null,
    preview_remote_url: null,
    text_url: null,
    meta: {
      original: row.meta.original,
      small: row.meta.small,
      focus: row.meta.focus,
      ...(row.meta.digital_source_type === undefined ? {} : { digital_source_type: row.meta.digital_source_type }),
      ...(row.meta.remix_of === undefined ? {} : { remix_of: row.meta.remix_of }),
    },
    description: row.description === "" ? null : row.description,
    blurhash: row.blurhash,
  };
}

/** Puts the public origin (no trailing slash) before the paths; absolute URLs stay. Films and sounds of other servers have no preview. */
export function absoluteMedia<T extends { url: string; preview_url: string | null }>(json: T, publicUrl: string): T {
  const absolute = <U extends string | null>(url: U): U | string => (url?.startsWith("/") ? publicUrl + url : url);
  return { ...json, url: absolute(json.url), preview_url: absolute(json.preview_url) };
}

export function mediaItem(row: MediaRow): MediaItem {
  return { id: row.id, accountId: row.account_id, postId: row.post_id, json: mediaJson(row) };
}
