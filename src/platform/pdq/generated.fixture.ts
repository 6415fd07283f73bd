/** Pictures from a seed, for tests: generated, so that no picture of anybody is needed. Numbers are xorshift32 (Marsaglia, 2003). */
import type { Pixels } from "./shrink.ts";

export interface Layers {
  gradient: number;
  rects: number;
  discs: number;
  stripes: readonly [a: number, b: number, period: number] | null;
  contrast: number;
  noise: number;
  grey: number;
  mirror: number;
}

export const PLAIN: Layers = {
  gradient: 1,
  rects: 6,
  discs: 6,
  stripes: null,
  contrast: 256,
  noise: 0,
  grey: 0,
  mirror: 0,
};

/** Unsigned 32-bit numbers; the first 32 are dropped. */
export function randomWords(seed: number): () => number {
  let s = seed >>> 0;
  const next = (): number => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return s >>> 0;
  };
  for (let i = 0; i < 32; i++) next();
  return next;
}

/** Draws the layers in this order: base, gradient, rectangles, discs, stripes, contrast, noise, grey, mirror. */
export function generated(seed: number, width: number, height: number, layers: Layers = PLAIN): Pixels {
  const next = randomWords(seed);
  const triple = (): [number, number, number] => [next() % 256, next() % 256, next() % 256];
  const base = triple();
  const dx = triple();
  const dy = triple();
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, p = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++, p++) {
        if (layers.gradient === 0) data[p] = base[c] ?? 0;
        else {
          const way = Math.floor(((dx[c] ?? 0) * x) / width) + Math.floor(((dy[c] ?? 0) * y) / height);
          const t = ((base[c] ?? 0) + way) % 510;
          data[p] = t > 255 ? 510 - t : t;
        }
      }
  for (let n = 0; n < layers.rects; n++) {
    const [x0, y0] = [next() % width, next() % height];
    const w = 1 + (next() % Math.max(1, width >> 1));
    const h = 1 + (next() % Math.max(1, height >> 1));
    const colour = triple();
    for (let y = y0; y < Math.min(height, y0 + h); y++)
      for (let x = x0; x < Math.min(width, x0 + w); x++) data.set(colour, (y * width + x) * 3);
  }
  for (let n = 0; n < layers.discs; n++) {
    const [cx, cy] = [next() % width, next() % height];
    const r = 1 + (next() % Math.max(1, Math.min(width, height) >> 2));
    const colour = triple();
    for (let y = Math.max(0, cy - r); y <= Math.min(height - 1, cy + r); y++)
      for (let x = Math.max(0, cx - r); x <= Math.min(width - 1, cx + r); x++)
        if ((x - cx) ** 2 + (y - cy) ** 2 <= r * r) data.set(colour, (y * width + x) * 3);
  }
  const { stripes, contrast, noise } = layers;
  const change = (to: (v: number, x: number, y: number) => number): void => {
    for (let p = 0; p < data.length; p++) {
      const pixel = Math.floor(p / 3);
      data[p] = to(data[p] ?? 0, pixel % width, Math.floor(pixel / width));
    }
  };
  if (stripes) {
    const [a, b, period] = stripes;
    change((v, x, y) => (Math.floor((a * x + b * y) / period) % 2 === 0 ? v : 255 - v));
  }
  if (contrast < 256) change((v) => Math.floor((v * contrast + 128 * (256 - contrast)) / 256));
  if (noise > 0) change((v) => Math.min(255, Math.max(0, v + (next() % (2 * noise + 1)) - noise)));
  if (layers.grey === 1) for (let p = 0; p < data.length; p += 3) data.fill(data[p] ?? 0, p + 1, p + 3);
  if (layers.mirror === 1)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width >> 1; x++) {
        const from = (y * width + x) * 3;
        data.copyWithin((y * width + width - 1 - x) * 3, from, from + 3);
      }
  return { data, width, height, channels: 3 };
}
