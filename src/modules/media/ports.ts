import type { RemoteKind } from "./remote.ts";

/** What the media module needs from those who keep pictures outside its own table. */
export interface MediaPorts {
  /**
   * Of these blob keys of avatars and headers, the ones that a profile (or the instance) shows. Without it the sweep leaves
   * such files alone.
   */
  profileImagesInUse?: (keys: string[]) => Promise<string[]>;
  /**
   * May this picture of another server be shown? Gets the bytes as they came. Asked before anything of it is stored; false
   * keeps it out, and so does an error: what could not be looked at is not shown.
   */
  gate?: (bytes: Uint8Array, kind: RemoteKind) => Promise<boolean>;
}
