/** Whether colours can be told apart. @see https://www.w3.org/TR/WCAG22/#contrast-minimum */
import { C } from "./draw.ts";

/** The least ratio between text and what it stands on. */
export const READABLE = 4.5;

function luminance(hex: string): number {
  const value = Number.parseInt(hex.slice(1), 16);
  const [r, g, b] = [value >> 16, (value >> 8) & 255, value & 255].map((byte) => {
    const part = byte / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

/** Ratio of two colours given as `#rrggbb`, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** Ink or white, whichever can be read better on or around a colour. One of them always reaches `READABLE`. */
export function against(colour: string): string {
  const best = contrast(colour, C.ink) >= contrast(colour, C.white) ? C.ink : C.white;
  // Our ink is not quite black: for the few colours in the middle that need it, pure black is.
  return contrast(colour, best) >= READABLE ? best : "#000000";
}
