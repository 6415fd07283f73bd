/** The drawing code and its fonts, loaded once for all pages of a visit. */
import type { Drawing } from "./drawing.ts";

let loading: Promise<Drawing> | undefined;
let loaded: Drawing | undefined;

/** Loads it. A failure is not kept: the next who asks tries again. */
export function drawing(): Promise<Drawing> {
  loading ??= import("./drawing.ts").then(({ open }) => open()).then((found) => (loaded = found));
  loading.catch(() => (loading = undefined));
  return loading;
}

/** What is there already. */
export const drawingNow = (): Drawing | undefined => loaded;

/** An SVG as the address of a picture; give it back with `URL.revokeObjectURL`. */
export const addressOf = (svg: string): string => URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
