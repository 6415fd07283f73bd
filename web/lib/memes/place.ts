/** Where captions may stand: moving, resizing, snapping. All lengths in units of a picture 1080 wide and high. */
import type { Rect } from "#shared/meme/doc.ts";

export const SIDE = 1080;
/** What an arrow key moves or resizes by. */
export const STEP = 8;
const SMALLEST = { w: 160, h: 60 } as const;
/** How far a caption may stick out. */
const OUT = 120;

/** A line that something lined up with: shown while it is dragged. */
export interface Guide {
  axis: "x" | "y";
  at: number;
}

export interface Snapped {
  rect: Rect;
  guides: Guide[];
}

/** Which sides a handle pulls. */
export interface Pull {
  x: -1 | 0 | 1;
  y: -1 | 0 | 1;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), Math.max(low, high));

/** Whole numbers, of a size that can hold a word, and not out of sight. */
export function tidy({ x, y, w, h }: Rect): Rect {
  const wide = clamp(Math.round(w), SMALLEST.w, SIDE);
  const high = clamp(Math.round(h), SMALLEST.h, SIDE);
  return {
    x: clamp(Math.round(x), -OUT, SIDE + OUT - wide),
    y: clamp(Math.round(y), -OUT, SIDE + OUT - high),
    w: wide,
    h: high,
  };
}

/** Moves a box, and lines it up with the middle, the margins and other boxes where it comes near. */
export function moved(from: Rect, dx: number, dy: number, others: readonly Rect[], near: number): Snapped {
  const rect = tidy({ ...from, x: from.x + dx, y: from.y + dy });
  const guides: Guide[] = [];
  const x = nearest([rect.x, rect.x + rect.w / 2, rect.x + rect.w], linesOf(others, "x", "w"), near);
  const y = nearest([rect.y, rect.y + rect.h / 2, rect.y + rect.h], linesOf(others, "y", "h"), near);
  if (x) guides.push({ axis: "x", at: x.line });
  if (y) guides.push({ axis: "y", at: y.line });
  return { rect: { ...rect, x: Math.round(rect.x + (x?.by ?? 0)), y: Math.round(rect.y + (y?.by ?? 0)) }, guides };
}

/** Pulls sides of a box; the other sides stay. */
export function resized(
  from: Rect,
  pull: Pull,
  dx: number,
  dy: number,
  others: readonly Rect[],
  near: number,
): Snapped {
  const guides: Guide[] = [];
  const along = (axis: "x" | "y", size: "w" | "h", side: -1 | 0 | 1, by: number): { start: number; length: number } => {
    const start = from[axis];
    const end = start + from[size];
    if (side === 0) return { start, length: from[size] };
    const edge = clamp((side < 0 ? start : end) + by, -OUT, SIDE + OUT);
    const snap = nearest([edge], linesOf(others, axis, size), near);
    const at = snap ? snap.line : edge;
    const length = Math.max(SMALLEST[size], side < 0 ? end - at : at - start);
    if (snap) guides.push({ axis, at: snap.line });
    return side < 0 ? { start: end - length, length } : { start, length };
  };
  const across = along("x", "w", pull.x, dx);
  const down = along("y", "h", pull.y, dy);
  return { rect: tidy({ x: across.start, y: down.start, w: across.length, h: down.length }), guides };
}

const MARGIN = 40;

function linesOf(others: readonly Rect[], axis: "x" | "y", size: "w" | "h"): number[] {
  const own = others.flatMap((rect) => [rect[axis], rect[axis] + rect[size] / 2, rect[axis] + rect[size]]);
  // The middle first: among lines equally near it is the one somebody means.
  return [SIDE / 2, MARGIN, SIDE - MARGIN, 0, SIDE, ...own];
}

function nearest(
  edges: readonly number[],
  lines: readonly number[],
  near: number,
): { line: number; by: number } | null {
  let best: { line: number; by: number } | null = null;
  for (const line of lines)
    for (const edge of edges) {
      const by = line - edge;
      if (Math.abs(by) <= near && (!best || Math.abs(by) < Math.abs(best.by))) best = { line, by };
    }
  return best;
}
