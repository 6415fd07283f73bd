/** A person's photo on its way into a meme: decoded within limits, made small, and put into the SVG as data. */
import sharp from "sharp";

/** The photo is none, is broken, or is too large. */
export class RefusedPhotoError extends Error {}

const MAX_PIXELS = 50_000_000;
const SECONDS = 10;

// Only what people's pictures come in. SVG in particular must never be read here: it can refer to other files.
const SIGNATURES: readonly (readonly [at: number, text: string])[] = [
  [0, "\xFF\xD8\xFF"],
  [0, "\x89PNG\r\n\x1A\n"],
  [8, "WEBP"],
  [0, "GIF8"],
];

/** A data address of the photo, upright, in sRGB, no larger than it is shown. */
export async function photoHref(bytes: Uint8Array, px: number): Promise<string> {
  const head = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  if (!SIGNATURES.some(([at, text]) => head.startsWith(text, at))) throw new RefusedPhotoError("not a picture");
  try {
    const jpeg = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "error", sequentialRead: true, pages: 1 })
      .timeout({ seconds: SECONDS })
      .autoOrient()
      // A crop shows a part at full width: twice the size keeps that sharp.
      .resize(px * 2, px * 2, { fit: "inside", withoutEnlargement: true })
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .jpeg({ quality: 90, chromaSubsampling: "4:4:4" })
      .toBuffer();
    return `data:image/jpeg;base64,${jpeg.toString("base64")}`;
  } catch (error) {
    throw new RefusedPhotoError("the picture cannot be read", { cause: error });
  }
}
