/** Memes as files: SVG to WebP, JPEG, PNG, GIF. The work happens in threads of the library, a few pictures at a time. */
import { availableParallelism } from "node:os";
import sharp, { type Sharp } from "sharp";
import type { MemeDoc } from "#shared/meme/doc.ts";
import { svg, textsOf, type BoxResult, type SvgOptions } from "#shared/meme/svg.ts";
import { createFonts, type ServerFonts } from "./fonts.ts";
import { photoHref } from "./photo.ts";
import { createSlots } from "./slots.ts";
import { xmpOf } from "./xmp.ts";

export type { FontCatalogue, ServerFonts } from "./fonts.ts";
export { RefusedPhotoError } from "./photo.ts";

export interface RenderOptions {
  format: "webp" | "jpeg" | "png";
  px: 540 | 1080;
  /** Bytes of the photo of `doc.photo`: JPEG, PNG, WebP or GIF. */
  photo?: Uint8Array | undefined;
  /** IRI of an IPTC digital source type, written into the file. */
  sourceType?: string | undefined;
}

export interface AnimateOptions {
  format: "webp" | "gif";
  px: 540 | 1080;
  photo?: Uint8Array | undefined;
  /** Not in GIF files, which have no place for it that the library writes. */
  sourceType?: string | undefined;
}

export interface Renderer {
  /** The picture as bytes. Throws `RefusedPhotoError` for a photo that cannot be decoded. */
  render(doc: MemeDoc, options: RenderOptions): Promise<Uint8Array>;
  /** The captions one after the other while the figures sway, in 16 frames. */
  animate(doc: MemeDoc, options: AnimateOptions): Promise<Uint8Array>;
  /** How large each caption becomes, and what is wrong with it, without drawing a picture. */
  check(doc: MemeDoc): Promise<BoxResult[]>;
  /** The SVG, as the browser makes it too. */
  svg(doc: MemeDoc, options?: SvgOptions): Promise<string>;
  /** Fonts and emoji, for the browser. */
  fonts: ServerFonts;
}

const FRAMES = 16;
const FRAME_MS = 190;
/** The finished picture stays long enough to be read. */
const LAST_MS = 2600;

export interface RendererOptions {
  /** Pictures that are drawn at the same time; one for each processor when absent. */
  parallel?: number;
}

/** Opens fonts when they are first needed; keeps them and what was shaped. */
export function createRenderer(options: RendererOptions = {}): Renderer {
  // Nothing is kept between pictures, and each takes one thread: others go on serving requests.
  sharp.cache(false);
  sharp.concurrency(1);
  const fonts = createFonts();
  const slots = createSlots(options.parallel ?? Math.max(1, Math.min(4, availableParallelism())));

  async function drawn(doc: MemeDoc, more: SvgOptions): Promise<ReturnType<typeof svg>> {
    await fonts.faces.prepare(textsOf(doc), doc.lang);
    return svg(doc, fonts.faces, more);
  }

  async function withPhoto(doc: MemeDoc, px: number, photo: Uint8Array | undefined): Promise<SvgOptions> {
    return photo && doc.photo ? { px, photoHref: await photoHref(photo, px) } : { px };
  }

  return {
    fonts,
    check: async (doc) => (await drawn(doc, {})).boxes,
    svg: async (doc, more = {}) => (await drawn(doc, more)).svg,
    render: (doc, { format, px, photo, sourceType }) =>
      slots.run(async () => {
        const { svg: text } = await drawn(doc, await withPhoto(doc, px, photo));
        const picture = sharp(Buffer.from(text)).flatten({ background: "#ffffff" });
        return encoded(marked(picture, sourceType), format);
      }),
    animate: (doc, { format, px, photo, sourceType }) =>
      slots.run(async () => {
        const more = await withPhoto(doc, px, photo);
        const frames: Buffer[] = [];
        for (let frame = 0; frame < FRAMES; frame++) {
          const moment = frame === FRAMES - 1 ? {} : { moment: frame / (FRAMES - 1) };
          const { svg: text } = await drawn(doc, { ...more, ...moment });
          frames.push(await sharp(Buffer.from(text)).flatten({ background: "#ffffff" }).raw().toBuffer());
        }
        const raw = { width: px, height: px * FRAMES, channels: 3, pageHeight: px } as const;
        const film = sharp(Buffer.concat(frames), { raw });
        const delay = Array.from({ length: FRAMES }, (_, frame) => (frame === FRAMES - 1 ? LAST_MS : FRAME_MS));
        if (format === "gif") return film.gif({ loop: 0, delay, effort: 4, dither: 0.4 }).toBuffer();
        return marked(film, sourceType).webp({ loop: 0, delay, quality: 78, effort: 2 }).toBuffer();
      }),
  };
}

function marked(picture: Sharp, sourceType: string | undefined): Sharp {
  return sourceType === undefined ? picture : picture.withXmp(xmpOf(sourceType));
}

function encoded(picture: Sharp, format: RenderOptions["format"]): Promise<Buffer> {
  switch (format) {
    case "webp":
      return picture.webp({ quality: 82, effort: 2 }).toBuffer();
    case "jpeg":
      // Full colour resolution: red letters would have frayed edges otherwise.
      return picture.jpeg({ quality: 85, chromaSubsampling: "4:4:4" }).toBuffer();
    case "png":
      return picture.png({ compressionLevel: 7 }).toBuffer();
  }
}
