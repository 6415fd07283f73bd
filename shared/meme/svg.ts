/**
 * A meme as SVG. Pure: the same document gives the same string in the browser and on the server, so what somebody edits is
 * what is published.
 */
import { DRAW } from "#shared/meme/art/formats/index.ts";
import { createStage, type BoxResult, type StageOptions } from "#shared/meme/art/stage.ts";
import type { MemeDoc } from "./doc.ts";
import type { Faces } from "./layout/faces.ts";

export type { BoxResult } from "#shared/meme/art/stage.ts";

/** Raised whenever the same document looks different from then on: part of the key of stored pictures. */
export const RENDERER_VERSION = 1;

export interface SvgOptions extends StageOptions {
  /** Width and height in pixels; the drawing itself is always 1080 units wide. */
  px?: number;
}

export interface MemeSvg {
  svg: string;
  /** One for each caption, in order. */
  boxes: BoxResult[];
}

/**
 * Draws a meme. Fonts and emoji must have been prepared (`faces.prepare(textsOf(doc))`): what is not there is missing.
 * The result contains no scripts, no `<text>` and no styles, and refers to nothing but `photoHref`.
 */
export function svg(doc: MemeDoc, faces: Faces, options: SvgOptions = {}): MemeSvg {
  // Several memes stand on one page: ids must not meet.
  const stage = createStage(doc, faces, `m${fingerprint(JSON.stringify(doc))}`, options);
  const drawing = DRAW[doc.format](stage);
  const px = options.px ?? 1080;
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${px}" height="${px}" viewBox="0 0 1080 1080">${drawing}</svg>`,
    boxes: stage.boxes,
  };
}

/** Everything in a document that needs a font. */
export function textsOf(doc: MemeDoc): string[] {
  return doc.captions.map(({ text }) => text);
}

/** FNV-1a, 32 bits, in base 36. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
