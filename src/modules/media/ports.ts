/** What the media module needs from those who keep pictures outside its own table. */
export interface MediaPorts {
  /**
   * Of these blob keys of avatars and headers, the ones that a profile (or the instance) shows. Without it the sweep leaves
   * such files alone.
   */
  profileImagesInUse?: (keys: string[]) => Promise<string[]>;
}
