/** For tests of pictures: where the ink of captions is. */

export interface GlyphBox {
  caption: number;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** The extent of every glyph in a meme's SVG, outline included, in units of the picture. */
export function glyphsOf(svg: string): GlyphBox[] {
  const out: GlyphBox[] = [];
  let caption = -1;
  const pattern =
    /<g id="\w+-t(\d+)">|<path transform="matrix\(([\d.]+) 0 0 -([\d.]+) (-?[\d.]+) (-?[\d.]+)\)" d="([^"]*)"(?: stroke-width="(\d+)")?/g;
  for (const [, group, scaleX, scaleY, x, y, d = "", stroke] of svg.matchAll(pattern)) {
    if (group !== undefined) {
      caption = Number(group);
      continue;
    }
    const [sx, sy] = [Number(scaleX), Number(scaleY)];
    const pad = Number(stroke ?? 0) / 2;
    const box = extent(d);
    out.push({
      caption,
      x0: Number(x) + (box.x0 - pad) * sx,
      x1: Number(x) + (box.x1 + pad) * sx,
      y0: Number(y) - (box.y1 + pad) * sy,
      y1: Number(y) - (box.y0 - pad) * sy,
    });
  }
  return out;
}

const known = new Map<string, { x0: number; y0: number; x1: number; y1: number }>();

/** Extent of an outline: curves are followed, not their control points. */
function extent(d: string): { x0: number; y0: number; x1: number; y1: number } {
  const kept = known.get(d);
  if (kept) return kept;
  const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  const add = (x: number, y: number): void => {
    box.x0 = Math.min(box.x0, x);
    box.x1 = Math.max(box.x1, x);
    box.y0 = Math.min(box.y0, y);
    box.y1 = Math.max(box.y1, y);
  };
  let at: [number, number] = [0, 0];
  for (const [, command, rest = ""] of d.matchAll(/([MLQCZ])([^MLQCZ]*)/g)) {
    if (command === "Z") continue;
    const v = (rest.match(/-?[\d.]+/g) ?? []).map(Number);
    const points: [number, number][] = [at];
    for (let i = 0; i + 1 < v.length; i += 2) points.push([v[i] ?? 0, v[i + 1] ?? 0]);
    const end = points.at(-1) ?? at;
    if (command === "M" || command === "L") add(...end);
    else for (let t = 0; t <= 1; t += 1 / 16) add(...onCurve(points, t));
    at = end;
  }
  known.set(d, box);
  return box;
}

/** De Casteljau. */
function onCurve(points: readonly [number, number][], t: number): [number, number] {
  let left = [...points];
  while (left.length > 1)
    left = left.slice(1).map(([x, y], i) => {
      const [px, py] = left[i] ?? [x, y];
      return [px + (x - px) * t, py + (y - py) * t];
    });
  return left[0] ?? [0, 0];
}
