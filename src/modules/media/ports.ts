import type { Scan } from "./scan.ts";

/** What a picture is going to be here. */
export type PictureUse =
  | "upload"
  | "avatar"
  | "header"
  | "meme"
  | "remote_attachment"
  | "remote_avatar"
  | "remote_header"
  | "remote_emoji";

/** Who brings a picture. */
export interface Bringer {
  /** Absent for pictures of other servers. */
  accountId?: bigint | undefined;
  /** Address the request came from. */
  ip?: string | undefined;
  /** Address of a picture of another server. */
  url?: string | undefined;
}

/** A picture before anything of it is stored. */
export interface PictureAtGate {
  use: PictureUse;
  /** Under this name `withhold` finds it later: the random part of an upload's files, a blob's key, or the digest of a remote address. */
  key: string;
  by: Bringer;
  /** As it came. */
  bytes: Uint8Array;
  scan: Scan;
}

/** Decides whether a picture may be kept and shown. */
export interface MediaGate {
  /** True: store it. False: it must not be here, and whoever has to know was told. Rejects when it cannot tell; then nothing is stored either. */
  admit(picture: PictureAtGate): Promise<boolean>;
  /** Pictures with these keys are not here any more, or were not stored after all. */
  forget?(keys: readonly string[]): Promise<void>;
}

/** What the media module needs from those who keep pictures outside its own table. */
export interface MediaPorts {
  /**
   * Of these blob keys of avatars and headers, the ones that a profile (or the instance) shows. Without it the sweep leaves
   * such files alone.
   */
  profileImagesInUse?: (keys: string[]) => Promise<string[]>;
  /** Asked for every picture, after it was decoded and before anything of it is stored. Without one everything passes. */
  gate?: MediaGate;
}
