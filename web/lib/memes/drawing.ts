/** Draws memes in the browser, as the server does. Large: loaded when a page of the studio needs it, never with another. */
import { altText } from "#shared/meme/alt.ts";
import { defaultDoc } from "#shared/meme/defaults.ts";
import { withFormat } from "#shared/meme/change.ts";
import type { MemeDoc } from "#shared/meme/doc.ts";
import { stagings } from "#shared/meme/staging.ts";
import { svg, textsOf, type MemeSvg, type SvgOptions } from "#shared/meme/svg.ts";
import { openFaces } from "./faces.ts";
import { documentFrom } from "./form-doc.ts";

const api = "/api/skein/v1/memes";

export interface Drawing {
  /** Draws when everything a document needs is there; at once when it is. */
  draw(doc: MemeDoc, options?: SvgOptions): Promise<MemeSvg>;
  altText: typeof altText;
  defaultDoc: typeof defaultDoc;
  documentFrom: typeof documentFrom;
  stagings: typeof stagings;
  withFormat: typeof withFormat;
}

/** Opens the fonts that nearly every meme needs. */
export async function open(): Promise<Drawing> {
  const faces = await openFaces({
    catalogue: `${api}/fonts`,
    file: (id) => `${api}/fonts/${id}`,
    emoji: (name) => `${api}/emoji/${name}`,
  });
  await faces.prepare(["A"], document.documentElement.lang);
  return {
    altText,
    defaultDoc,
    documentFrom,
    stagings,
    withFormat,
    async draw(doc, options = {}) {
      await faces.prepare(textsOf(doc), doc.lang);
      return svg(doc, faces, options);
    },
  };
}
