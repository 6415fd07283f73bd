/** Small words of the drawings: numbers, colours, shapes. Everything is text in, text out. */

export const C = {
  ink: "#1d1b26",
  paper: "#fffaf0",
  cream: "#f6f1e7",
  white: "#ffffff",
  coral: "#f2784b",
  red: "#e04e45",
  yellow: "#ffcf5c",
  amber: "#f2a541",
  orange: "#f08a3c",
  teal: "#2f9c95",
  mint: "#9fdcc8",
  sky: "#a9dcef",
  blue: "#3f7cc4",
  navy: "#2b3358",
  night: "#1f2444",
  purple: "#7a5bb8",
  lilac: "#c9b6ea",
  pink: "#f6a9b6",
  rose: "#e8708a",
  green: "#6fb76a",
  leaf: "#3f8f58",
  brown: "#8f5f3f",
  wood: "#d19a62",
  tan: "#ecc892",
  grey: "#b9bccb",
  slate: "#6d7288",
} as const;

/** A number as short as a drawing needs it. */
export const n = (value: number): string => String(Number(value.toFixed(2)));

/** A shape with the bold line all drawings share. */
export const ink = (fill: string, width = 9): string =>
  `fill="${fill}" stroke="${C.ink}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"`;

/** A line without a filling. */
export const line = (colour: string, width: number): string =>
  `fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"`;

export const rect = (x: number, y: number, w: number, h: number, r: number, style: string): string =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}"${r > 0 ? ` rx="${n(r)}"` : ""} ${style}/>`;
export const circle = (x: number, y: number, r: number, style: string): string =>
  `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" ${style}/>`;
export const ellipse = (x: number, y: number, rx: number, ry: number, style: string): string =>
  `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" ${style}/>`;
export const path = (d: string, style: string): string => `<path d="${d}" ${style}/>`;
export const fill = (colour: string, opacity?: number): string =>
  opacity === undefined ? `fill="${colour}"` : `fill="${colour}" fill-opacity="${opacity}"`;

/** Moves, scales and turns a drawing. */
export function placed(
  inside: string,
  {
    x = 0,
    y = 0,
    s = 1,
    flip = false,
    turn = 0,
  }: { x?: number; y?: number; s?: number; flip?: boolean; turn?: number },
): string {
  const scale = flip ? ` scale(${n(-s)} ${n(s)})` : s === 1 ? "" : ` scale(${n(s)})`;
  const rotate = turn === 0 ? "" : ` rotate(${n(turn)})`;
  return `<g transform="translate(${n(x)} ${n(y)})${rotate}${scale}">${inside}</g>`;
}

/** Numbers from 0 up to 1 that look random and are the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A five-pointed or other star. */
export function star(x: number, y: number, r: number, inner: number, points: number, style: string): string {
  const at = (angle: number, radius: number): string =>
    `${n(x + radius * Math.sin(angle))} ${n(y - radius * Math.cos(angle))}`;
  const corners = Array.from({ length: points * 2 }, (_, i) => at((i * Math.PI) / points, i % 2 ? inner : r));
  return path(`M${corners.join("L")}z`, style);
}

/** A heart whose tip is at the bottom. */
export const heart = (x: number, y: number, s: number, style: string): string =>
  path(
    `M${n(x)} ${n(y + 0.9 * s)}C${n(x - 1.5 * s)} ${n(y - 0.1 * s)} ${n(x - 0.8 * s)} ${n(y - 1.1 * s)} ${n(x)} ${n(y - 0.35 * s)}` +
      `C${n(x + 0.8 * s)} ${n(y - 1.1 * s)} ${n(x + 1.5 * s)} ${n(y - 0.1 * s)} ${n(x)} ${n(y + 0.9 * s)}z`,
    style,
  );
