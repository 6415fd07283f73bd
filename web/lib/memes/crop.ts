/** Which part of a photo is shown: a rectangle of the shape somebody chose, made smaller by zooming and moved by dragging. */
import type { Rect } from "#shared/meme/doc.ts";

/** Width ÷ height of the part; `whole` is the photo's own. */
export const SHAPES = { whole: null, square: 1, wide: 3 / 2, bar: 2 } as const;
export type Shape = keyof typeof SHAPES;

export const MAX_ZOOM = 6;

export interface Framing {
  shape: Shape;
  /** 1 is as much as the shape allows. */
  zoom: number;
  /** Middle of the part, as fractions of the photo. */
  x: number;
  y: number;
}

/** The part as the document keeps it; undefined for all of it. */
export function cropOf({ shape, zoom, x, y }: Framing, aspect: number): Rect | undefined {
  if (shape === "whole" && zoom <= 1.001) return undefined;
  const wanted = SHAPES[shape] ?? aspect;
  const w = Math.min(1, wanted / aspect) / zoom;
  const h = Math.min(1, aspect / wanted) / zoom;
  const within = (middle: number, length: number): number => Math.min(Math.max(middle - length / 2, 0), 1 - length);
  const share = (value: number): number => Number(value.toFixed(5));
  return { x: share(within(x, w)), y: share(within(y, h)), w: share(w), h: share(h) };
}

/** What was chosen, read back from a document. */
export function framingOf(crop: Rect | undefined, aspect: number): Framing {
  if (!crop) return { shape: "whole", zoom: 1, x: 0.5, y: 0.5 };
  const ratio = (crop.w * aspect) / crop.h;
  const shapes = Object.keys(SHAPES) as Shape[];
  const shape = shapes.find((one) => Math.abs((SHAPES[one] ?? aspect) / ratio - 1) < 0.01) ?? "whole";
  const wanted = SHAPES[shape] ?? aspect;
  const zoom = Math.min(Math.max(Math.min(1, wanted / aspect) / crop.w, 1), MAX_ZOOM);
  return { shape, zoom, x: crop.x + crop.w / 2, y: crop.y + crop.h / 2 };
}
