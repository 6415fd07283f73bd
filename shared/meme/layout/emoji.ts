/** Emoji in a text: where they are, and what their pictures are called. */

const EMOJI = /\p{RGI_Emoji}|\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?/v;
const STICKY = new RegExp(EMOJI.source, "vy");
const ALL = new RegExp(EMOJI.source, "vg");
const ZWJ = "\u200D";

/** The emoji that begins at this place of a text, or the empty string. */
export function emojiAt(text: string, at: number): string {
  STICKY.lastIndex = at;
  return STICKY.exec(text)?.[0] ?? "";
}

/** File name of an emoji's picture: its code points in hexadecimal; the variation selector counts only between joiners. */
export function emojiName(emoji: string): string {
  const shown = emoji.includes(ZWJ) ? emoji : emoji.replaceAll("\uFE0F", "");
  return [...shown].map((char) => (char.codePointAt(0) ?? 0).toString(16)).join("-");
}

/** Names of all emoji in a text. */
export function emojiIn(text: string): string[] {
  return [...text.matchAll(ALL)].map(([emoji]) => emojiName(emoji));
}
