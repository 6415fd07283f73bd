import type { Focus, StoredFormat } from "./rules.ts";
import type { StoredMeta } from "./sql.ts";

/** Mastodon's MediaAttachment. `url` and `preview_url` are paths below the public origin; see `absoluteMedia`. */
export interface MediaJson {
  /** Decimal string. */
  id: string;
  type: "image" | "gifv" | "video" | "audio";
  url: string;
  preview_url: string;
  remote_url: string | null;
  preview_remote_url: string | null;
  text_url: null;
  meta: StoredMeta;
  /** The alt text. */
  description: string | null;
  blurhash: string | null;
}

/** A stored picture. */
export interface MediaItem {
  id: bigint;
  accountId: bigint;
  /** The post that carries it; null while it is an upload only. */
  postId: bigint | null;
  json: MediaJson;
}

export interface NewMedia {
  /** The uploaded file. */
  bytes: Uint8Array;
  /** As the client calls it. Never used for a decision, nor kept. */
  filename?: string | undefined;
  /** The alt text. */
  description?: string | undefined;
  focus?: Focus | undefined;
  /** Address the request came from: evidence, when the gate stops the picture, and nothing otherwise. */
  ip?: string | undefined;
}

/** A picture that Skein drew itself, with its files ready. */
export interface FinishedPicture {
  large: { bytes: Uint8Array; format: StoredFormat; width: number; height: number };
  /** Smaller, as WebP. */
  preview: { bytes: Uint8Array; width: number; height: number };
  blurhash: string;
  /** The alt text. */
  description: string;
  /** IRI of an IPTC digital source type. */
  sourceType: string;
  /** Address of the post whose picture this one is made from. */
  remixOf?: string | undefined;
}

export interface MediaChanges {
  description?: string | undefined;
  focus?: Focus | undefined;
}

/** An avatar or header, ready to be stored with a profile. */
export interface ProfileImage {
  /** Key in the blob store; give it to `removeBlobs` when the picture is replaced. */
  key: string;
  /** Paths below the public origin. Both are the same: of an animation only the first frame is kept. */
  url: string;
  static_url: string;
  blurhash: string;
}
