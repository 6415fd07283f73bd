import { lumaRow, type Area, type Pixels } from "./shrink.ts";

/** How far a pixel of a border may be from the border's own brightness: JPEG leaves that much. */
const TOLERANCE = 14;
/** Share of a line's pixels that may be further away. */
const STRAY = 0.02;
/** What remains must be this share of each side; less is a detail, not the picture. */
const LEAST = 0.2;

/** True when a line is of one brightness. */
function isFlat(values: Float32Array, count: number): boolean {
  // The middle value and not the mean: a few stray pixels must not move it.
  const middle = values.slice(0, count).sort()[count >> 1] ?? 0;
  let stray = 0;
  for (let i = 0; i < count; i++) if (Math.abs((values[i] ?? 0) - middle) > TOLERANCE) stray++;
  return stray <= count * STRAY;
}

function lumaColumn(pixels: Pixels, area: Area, x: number, into: Float32Array): void {
  const one = new Float32Array(1);
  for (let y = 0; y < area.height; y++) {
    lumaRow(pixels, { left: area.left + x, top: area.top, width: 1, height: area.height }, y, one);
    into[y] = one[0] ?? 0;
  }
}

/**
 * The picture without uniform borders: lines of one brightness at each side, which may differ from side to side. A white border of 5 % alone makes
 * a PDQ hash useless; copies are often framed or letterboxed. Undefined when there is no border, or nothing worth looking at within.
 */
export function withoutBorder(pixels: Pixels): Area | undefined {
  const area: Area = { left: 0, top: 0, width: pixels.width, height: pixels.height };
  const line = new Float32Array(Math.max(pixels.width, pixels.height));
  const flatRow = (y: number): boolean => {
    lumaRow(pixels, area, y, line);
    return isFlat(line, area.width);
  };
  const flatColumn = (x: number): boolean => {
    lumaColumn(pixels, area, x, line);
    return isFlat(line, area.height);
  };
  while (area.height > 0 && flatRow(0)) {
    area.top++;
    area.height--;
  }
  while (area.height > 0 && flatRow(area.height - 1)) area.height--;
  while (area.width > 0 && area.height > 0 && flatColumn(0)) {
    area.left++;
    area.width--;
  }
  while (area.width > 0 && area.height > 0 && flatColumn(area.width - 1)) area.width--;
  if (area.width === pixels.width && area.height === pixels.height) return undefined;
  if (area.width < pixels.width * LEAST || area.height < pixels.height * LEAST) return undefined;
  return area;
}
