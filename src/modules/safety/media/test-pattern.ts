/**
 * The Skein test pattern: a picture of nothing that every gate has to stop, as virus scanners stop the EICAR file. Whoever runs an instance can upload it, in any format and
 * size, and see that the gate is at work. It is on no list and harms nobody: the account goes on.
 */
import { pdqFromText, type Pixels } from "#platform/pdq/hash.ts";

/** PDQ of the pattern. A unit test computes it anew. */
export const TEST_PATTERN_PDQ = "86c96b1dda79c38528736f05a2cfbb115acb446e2920f0fae5ac1ce35f06d43a";

const TILES = 8;
/** Red, green and blue of 8 x 8 tiles, as digits from 0 (dark) to 9 (bright), row by row. */
const MOSAIC = [
  "900 119 882 033 707 090 224 991",
  "045 980 101 768 919 202 855 010",
  "669 002 755 190 030 898 101 577",
  "110 868 043 992 505 011 970 304",
  "797 301 088 000 949 664 020 899",
  "003 959 610 878 100 085 937 202",
  "890 012 995 303 776 000 181 968",
  "202 777 001 859 020 993 606 110",
];
const LEVEL = 28;

/** Draws it: tiles, a ring and a disc off the middle, so that no way to turn it looks like another. */
export function testPattern(edge = 1024): Pixels {
  const colours = MOSAIC.map((row) => row.split(" ").map((tile) => [...tile].map((digit) => Number(digit) * LEVEL)));
  const data = new Uint8Array(edge * edge * 3);
  for (let y = 0, p = 0; y < edge; y++)
    for (let x = 0; x < edge; x++, p += 3) {
      const [u, v] = [(x + 0.5) / edge, (y + 0.5) / edge];
      const colour = colours[Math.floor(v * TILES)]?.[Math.floor(u * TILES)] ?? [0, 0, 0];
      const ring = Math.hypot(u - 0.5, v - 0.5);
      const disc = Math.hypot(u - 0.28, v - 0.7) < 0.11;
      data.set(disc ? [252, 252, 252] : ring > 0.3 && ring < 0.345 ? [0, 0, 0] : colour, p);
    }
  return { data, width: edge, height: edge, channels: 3 };
}

/** The pattern's hash as bytes. */
export function testPatternHash(): Uint8Array {
  return pdqFromText(TEST_PATTERN_PDQ) ?? new Uint8Array(32);
}
