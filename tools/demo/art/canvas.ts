import sharp from "sharp";
import { mix, type Mood } from "./color.ts";
import { createRandom, noiseLine, type Random } from "./random.ts";

/** A picture in the making: SVG pieces in the order of painting. */
export interface Canvas {
  readonly w: number;
  readonly h: number;
  readonly r: Random;
  add(...svg: string[]): void;
  /** Registers a gradient, filter or clip and answers `url(#id)`. */
  def(make: (id: string) => string): string;
  svg(): string;
}

export const n = (v: number): string => (Math.round(v * 10) / 10).toString();

export function createCanvas(w: number, h: number, r: Random): Canvas {
  const defs: string[] = [];
  const body: string[] = [];
  return {
    w,
    h,
    r,
    add: (...svg) => void body.push(...svg),
    def(make) {
      const id = `d${defs.length}`;
      defs.push(make(id));
      return `url(#${id})`;
    },
    svg: () =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"><defs>${defs.join("")}</defs>${body.join("")}</svg>`,
  };
}

type Stop = [offset: number, color: string, opacity?: number];
const stopsOf = (stops: readonly Stop[]): string =>
  stops
    .map(([o, c, a]) => `<stop offset="${o}" stop-color="${c}"${a === undefined ? "" : ` stop-opacity="${a}"`}/>`)
    .join("");

/** A gradient from top to bottom, or along the given direction (fractions of the painted box). */
export function linear(
  c: Canvas,
  stops: readonly Stop[],
  dir: [number, number, number, number] = [0, 0, 0, 1],
): string {
  const [x1, y1, x2, y2] = dir;
  return c.def(
    (id) => `<linearGradient id="${id}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}">${stopsOf(stops)}</linearGradient>`,
  );
}

export function radial(c: Canvas, stops: readonly Stop[], at: [number, number, number] = [0.5, 0.5, 0.5]): string {
  return c.def(
    (id) => `<radialGradient id="${id}" cx="${at[0]}" cy="${at[1]}" r="${at[2]}">${stopsOf(stops)}</radialGradient>`,
  );
}

export function blur(c: Canvas, radius: number): string {
  return c.def(
    (id) =>
      `<filter id="${id}" x="-40%" y="-40%" width="180%" height="180%"><feGaussianBlur stdDeviation="${radius}"/></filter>`,
  );
}

export function rect(x: number, y: number, w: number, h: number, fill: string, more = ""): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" fill="${fill}" ${more}/>`;
}
export function circle(x: number, y: number, radius: number, fill: string, more = ""): string {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}" ${more}/>`;
}
export function ellipse(x: number, y: number, rx: number, ry: number, fill: string, more = ""): string {
  return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}" ${more}/>`;
}
export function path(d: string, fill: string, more = ""): string {
  return `<path d="${d}" fill="${fill}" ${more}/>`;
}
export function line(d: string, color: string, width: number, more = ""): string {
  return `<path d="${d}" fill="none" stroke="${color}" stroke-width="${n(width)}" stroke-linecap="round" stroke-linejoin="round" ${more}/>`;
}
export function group(svg: string, transform: string, more = ""): string {
  return `<g transform="${transform}" ${more}>${svg}</g>`;
}

/** Sky with a sun or moon and its glow. */
export function sky(c: Canvas, m: Mood, sun: { x: number; y: number; size: number } | undefined, to = 1): void {
  c.add(
    rect(
      0,
      0,
      c.w,
      c.h,
      linear(c, [
        [0, m.sky[0]],
        [0.55 * to, m.sky[1]],
        [to, m.sky[2]],
      ]),
    ),
  );
  if (!sun) return;
  const [x, y, size] = [sun.x * c.w, sun.y * c.h, sun.size * c.h];
  c.add(
    circle(
      x,
      y,
      size * 7,
      radial(c, [
        [0, m.light, 0.75],
        [0.25, m.light, 0.28],
        [1, m.light, 0],
      ]),
    ),
  );
  c.add(circle(x, y, size, m.light));
}

/** Long soft clouds. */
export function clouds(c: Canvas, color: string, from: number, to: number, count: number, opacity: number): void {
  const soft = blur(c, c.h * 0.012);
  for (let i = 0; i < count; i++) {
    const [x, y] = [c.r.range(-0.1, 1.1) * c.w, c.r.range(from, to) * c.h];
    const long = c.r.range(0.1, 0.32) * c.w;
    const parts = Array.from({ length: 4 }, () =>
      ellipse(
        x + c.r.range(-0.6, 0.6) * long,
        y + c.r.range(-0.012, 0.012) * c.h,
        long * c.r.range(0.3, 0.8),
        c.h * c.r.range(0.005, 0.016),
        color,
      ),
    );
    c.add(
      `<g filter="${soft}" opacity="${n(opacity * c.r.range(0.5, 1) * 10) === "0" ? 0.1 : (opacity * c.r.range(0.5, 1)).toFixed(2)}">${parts.join("")}</g>`,
    );
  }
}

/** The outline of hills: y for every x, closed at the bottom. */
export function ridge(
  c: Canvas,
  base: number,
  amplitude: number,
  roughness: number,
  octaves = 5,
): { d: string; y: (x: number) => number } {
  const noise = noiseLine(c.r, octaves);
  const shift = c.r.range(0, 100);
  const y = (x: number): number => (base + amplitude * noise((x / c.w) * roughness + shift)) * c.h;
  let d = `M0 ${c.h}`;
  for (let x = 0; x <= c.w; x += 6) d += `L${x} ${n(y(x))}`;
  return { d: `${d}L${c.w} ${n(y(c.w))}L${c.w} ${c.h}Z`, y };
}

/** Hills behind hills, paler with distance, with mist in the valleys. */
export function hills(
  c: Canvas,
  m: Mood,
  o: { from: number; to: number; layers: number; height?: number; rough?: number },
): (x: number) => number {
  let last: (x: number) => number = () => c.h;
  for (let i = 0; i < o.layers; i++) {
    const t = o.layers === 1 ? 1 : i / (o.layers - 1);
    const color = mix(mix(m.sky[2], m.far, 0.55), m.near, t ** 1.25);
    const base = o.from + (o.to - o.from) * t;
    const made = ridge(c, base, (o.height ?? 0.06) * (0.6 + 0.6 * t), (o.rough ?? 3) + t * 2);
    c.add(
      path(
        made.d,
        linear(c, [
          [0, color],
          [1, mix(color, t < 0.8 ? m.sky[2] : m.near, 0.4)],
        ]),
      ),
    );
    last = made.y;
  }
  return last;
}

export interface Finish {
  /** 0 to 1. */
  grain?: number;
  vignette?: number;
}

const grains = new Map<string, Buffer>();

/** Film grain, always the same for a size. */
function grainOf(w: number, h: number, strength: number): Buffer {
  const name = `${w}x${h}x${strength}`;
  const known = grains.get(name);
  if (known) return known;
  const r = createRandom(4711);
  const made = Buffer.alloc(w * h * 4);
  for (let at = 0; at < made.length; at += 4) {
    const v = 128 + (r.next() + r.next() - 1) * 255 * strength;
    made[at] = made[at + 1] = made[at + 2] = Math.max(0, Math.min(255, v));
    made[at + 3] = 255;
  }
  grains.set(name, made);
  return made;
}

/** Renders the picture as JPEG, with grain and a darker rim. */
export async function render(c: Canvas, finish: Finish = {}): Promise<Buffer> {
  const vignette = finish.vignette ?? 0.28;
  const strength = finish.grain ?? 0.14;
  const rim = radial(
    c,
    [
      [0.55, "#000", 0],
      [1, "#0a0e12", vignette],
    ],
    [0.5, 0.5, 0.78],
  );
  if (vignette > 0) c.add(rect(0, 0, c.w, c.h, rim));
  const picture = sharp(Buffer.from(c.svg()));
  if (strength > 0) {
    picture.composite([
      { input: grainOf(c.w, c.h, strength), raw: { width: c.w, height: c.h, channels: 4 }, blend: "soft-light" },
    ]);
  }
  return picture.removeAlpha().jpeg({ quality: 90 }).toBuffer();
}
