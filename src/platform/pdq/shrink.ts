/** From pixels to the 64 x 64 cells a PDQ hash is made of. Part of `hash.ts`, which names the sources. */

/** 8 bits per channel, row by row. A fourth channel is passed over: flatten transparent pictures first. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 3 | 4;
}

/** A part of a picture, in pixels. It must lie within it. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const CELLS = 64;

const table = (factor: number): Float32Array => {
  const exact = Math.fround(factor);
  return Float32Array.from({ length: 256 }, (_, v) => exact * v);
};
const RED = table(0.299);
const GREEN = table(0.587);
const BLUE = table(0.114);

const at = (array: Float32Array, i: number): number => array[i] ?? 0;

/** Luma of one row of the area: red, green and blue weighted as the eye does. */
export function lumaRow(from: Pixels, area: Area, y: number, into: Float32Array): void {
  const { data, channels } = from;
  let p = ((area.top + y) * from.width + area.left) * channels;
  for (let x = 0; x < area.width; x++, p += channels) {
    into[x] = Math.fround(at(RED, data[p] ?? 0) + at(GREEN, data[p + 1] ?? 0)) + at(BLUE, data[p + 2] ?? 0);
  }
}

/** Inputs of the mean at i: from i - `before` to i + `after`. */
interface Reach {
  window: number;
  before: number;
  after: number;
}

function reachOf(size: number): Reach {
  const window = Math.floor((size + 127) / 128);
  const half = Math.floor((window + 2) / 2);
  return { window, before: window - half, after: half - 1 };
}

/** Middle of each of 64 cells along a line of this length. */
function middles(size: number): Int32Array {
  return Int32Array.from({ length: CELLS }, (_, i) => Math.floor(((i + 0.5) * size) / CELLS));
}

/** Running sums along a row, in single precision: what enters is added, then what leaves is taken away. Computing them afresh would change bits. */
function sumRow(from: Float32Array, size: number, reach: Reach, into: Float32Array): void {
  const { window, before, after } = reach;
  let sum = 0;
  let i = -after;
  for (; i < 0; i++) sum = Math.fround(sum + at(from, i + after));
  for (; i <= before && i + after < size; i++) into[i] = sum = Math.fround(sum + at(from, i + after));
  for (; i + after < size; i++)
    into[i] = sum = Math.fround(Math.fround(sum + at(from, i + after)) - at(from, i + after - window));
  for (; i < size; i++) into[i] = sum = Math.fround(sum - at(from, i - before - 1));
}

/** How many inputs the sum at i has. */
const inputs = (i: number, size: number, reach: Reach): number =>
  Math.min(i + reach.after, size - 1) - Math.max(i - reach.before, 0) + 1;

/** One column pass over rows that come one after the other. Keeps as many rows as the window needs. */
function columnPass(width: number, height: number, reach: Reach, give: (row: Float32Array, y: number) => void) {
  const kept = reach.window + 1;
  const ring = Array.from({ length: kept }, () => new Float32Array(width));
  const sums = new Float32Array(width);
  const mean = new Float32Array(width);
  const nothing = new Float32Array(width);
  const rowAt = (y: number): Float32Array => ring[y % kept] ?? nothing;

  /** Lets a row in and another one out, and gives the mean for row y. Adding or taking away nothing changes no bit. */
  function output(y: number, entering: Float32Array): void {
    const leaving = y > reach.before ? rowAt(y - reach.before - 1) : nothing;
    const count = inputs(y, height, reach);
    for (let x = 0; x < width; x++) {
      const sum = Math.fround(Math.fround(at(sums, x) + at(entering, x)) - at(leaving, x));
      sums[x] = sum;
      mean[x] = sum / count;
    }
    give(mean, y);
  }
  return {
    /** Where the caller writes row y before it calls `seen(y)`. */
    row: rowAt,
    seen(y: number): void {
      const entering = rowAt(y);
      if (y >= reach.after) output(y - reach.after, entering);
      else for (let x = 0; x < width; x++) sums[x] = at(sums, x) + at(entering, x);
      if (y === height - 1)
        for (let rest = Math.max(0, height - reach.after); rest < height; rest++) output(rest, nothing);
    },
  };
}

/**
 * Blurs twice (a box along rows, then along columns) and takes 64 x 64 pixels of the result. Everything is done row by row with a few rows in memory; of the
 * second pass only what is taken is computed. The bits are those of four whole passes.
 */
export function shrink(from: Pixels, area: Area): Float32Array {
  const { width, height } = area;
  const along = reachOf(width);
  const down = reachOf(height);
  const columns = middles(width);
  const rows = middles(height);
  const cells = new Float32Array(CELLS * CELLS);
  const sums = new Float32Array(width);
  const counts = Float32Array.from({ length: width }, (_, x) => inputs(x, width, along));
  // Neighbouring cells share a row when the picture is lower than 64.
  let cell = 0;
  const second = columnPass(CELLS, height, down, (mean, y) => {
    for (; cell < CELLS && rows[cell] === y; cell++) cells.set(mean, cell * CELLS);
  });
  const first = columnPass(width, height, down, (mean, y) => {
    sumRow(mean, width, along, sums);
    const taken = second.row(y);
    for (let j = 0; j < CELLS; j++) {
      const x = columns[j] ?? 0;
      taken[j] = at(sums, x) / at(counts, x);
    }
    second.seen(y);
  });
  const luma = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    lumaRow(from, area, y, luma);
    sumRow(luma, width, along, sums);
    const blurred = first.row(y);
    for (let x = 0; x < width; x++) blurred[x] = at(sums, x) / at(counts, x);
    first.seen(y);
  }
  return cells;
}
