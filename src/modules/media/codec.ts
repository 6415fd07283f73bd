import { encode as encodeBlurhash } from "blurhash";
import sharp, { type Sharp, type SharpOptions } from "sharp";
import {
  ANIMATION_EDGE,
  EMOJI_EDGE,
  fit,
  isPictureFormat,
  judgeHeader,
  LARGE_EDGE,
  largeFormat,
  PREVIEW_EDGE,
  PROFILE_SIZES,
  sniff,
  type MediaLimits,
  type PictureFormat,
  type ProfileKind,
  type Refusal,
  type StoredFormat,
} from "./rules.ts";
import {
  cropsOf,
  digestsOf,
  formOf,
  formsOf,
  framesOf,
  isTransparent,
  type Form,
  type RawPixels,
  type Scan,
} from "./scan.ts";

// Loaded by the picture process only. One picture at a time on one thread, nothing kept between two.
sharp.cache(false);
sharp.concurrency(1);
// Deny every loader, then allow the five formats: the library can read many more.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadNsgifBuffer",
    "VipsForeignLoadHeifBuffer",
  ],
});

export interface EncodedPicture {
  format: StoredFormat;
  bytes: Uint8Array;
  width: number;
  height: number;
}

export interface Attachment {
  large: EncodedPicture;
  /** Still and small. */
  preview: EncodedPicture;
  blurhash: string;
  scan: Scan;
}

export interface ProfilePicture {
  picture: EncodedPicture;
  blurhash: string;
  scan: Scan;
}

export interface Emoji {
  picture: EncodedPicture;
  scan: Scan;
}

/** A refusal on its way to the parent process. */
export class RefusedError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

type Limits = Pick<MediaLimits, "maxPixels" | "maxFrames" | "timeoutMs">;

interface Opened {
  format: PictureFormat;
  frames: number;
  hasAlpha: boolean;
  /** Size of one frame, upright. */
  width: number;
  height: number;
  pipeline(animated: boolean): Sharp;
}

/** Reads the header only and decides by it. */
async function openPicture(bytes: Uint8Array, limits: Limits): Promise<Opened> {
  const format = sniff(bytes);
  if (!isPictureFormat(format)) throw new RefusedError(format);
  const canMove = format === "gif" || format === "webp";
  const options: SharpOptions = {
    // "error" refuses cut and broken files, but takes photos of cameras that write a few odd bytes.
    failOn: "error",
    limitInputPixels: limits.maxPixels,
    sequentialRead: true,
  };
  const read = (more: SharpOptions): Sharp =>
    sharp(bytes, { ...options, ...more }).timeout({ seconds: Math.ceil(limits.timeoutMs / 1000) });
  // The header is judged by our own rule, which can say what is wrong.
  const header = await sharp(bytes, { ...options, limitInputPixels: false, animated: canMove }).metadata();
  const frames = header.pages ?? 1;
  const stored = { width: header.width, height: header.pageHeight ?? header.height };
  const problem = judgeHeader({ ...stored, frames: canMove ? frames : 1 }, limits);
  if (problem) throw new RefusedError(problem);
  const turned = (header.orientation ?? 1) >= 5;
  return {
    format,
    frames: canMove ? frames : 1,
    hasAlpha: header.hasAlpha,
    width: turned ? stored.height : stored.width,
    height: turned ? stored.width : stored.height,
    pipeline: (animated) => {
      const opened = read({ animated: animated && canMove });
      return animated ? opened : opened.autoOrient();
    },
  };
}

interface Raw extends RawPixels {
  data: Buffer;
}

/** Decodes one frame upright, in sRGB, scaled to fit: everything still is made of these pixels, decoded once. */
async function decode(opened: Opened, edge: number): Promise<Raw> {
  const { data, info } = await opened
    .pipeline(false)
    .resize({ ...fit(opened.width, opened.height, edge), fit: "fill" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3 || info.channels === 4) {
    return { data, width: info.width, height: info.height, channels: info.channels };
  }
  // Grey pictures become RGB, so that the rest knows two cases only.
  const grey: SharpOptions = { raw: { width: info.width, height: info.height, channels: info.channels } };
  const rgb = await sharp(data, grey).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  return { data: rgb.data, width: info.width, height: info.height, channels: rgb.info.channels === 4 ? 4 : 3 };
}

const fromRaw = (raw: Raw): Sharp =>
  sharp(raw.data, { raw: { width: raw.width, height: raw.height, channels: raw.channels } });

async function written(pipeline: Sharp, format: StoredFormat): Promise<EncodedPicture> {
  const { data, info } = await pipeline.toBuffer({ resolveWithObject: true });
  return { format, bytes: data, width: info.width, height: info.pageHeight ?? info.height };
}

function encodeLarge(raw: Raw, format: StoredFormat, sharpEdges: boolean): Promise<EncodedPicture> {
  const opaque = raw.channels === 4 && format === "jpg" ? fromRaw(raw).removeAlpha() : fromRaw(raw);
  if (format === "png") return written(opaque.png({ compressionLevel: 7 }), format);
  if (format === "webp") return written(opaque.webp({ quality: 85, effort: 2 }), format);
  // Pictures that were lossless before may hold text: full colour resolution for them.
  const quality = sharpEdges ? 90 : 85;
  return written(opaque.jpeg({ quality, chromaSubsampling: sharpEdges ? "4:4:4" : "4:2:0" }), format);
}

async function blurhashOf(raw: Raw): Promise<string> {
  const small = fromRaw(raw)
    .flatten({ background: "#ffffff" })
    .resize(32, 32, { fit: "fill", kernel: "linear" })
    .ensureAlpha();
  const { data } = await small.raw().toBuffer({ resolveWithObject: true });
  const [x, y] = raw.width >= raw.height ? [4, 3] : [3, 4];
  return encodeBlurhash(new Uint8ClampedArray(data), 32, 32, x, y);
}

/** Pixels of all frames of an animation together that are looked at; with many frames each is smaller. */
const FRAME_PIXELS = 16 * 1024 * 1024;

/** Every frame is looked at: what is shown for a moment is shown. */
async function scanFrames(opened: Opened): Promise<Form[]> {
  const edge = Math.max(64, Math.min(PREVIEW_EDGE, Math.floor(Math.sqrt(FRAME_PIXELS / opened.frames))));
  const { data, info } = await opened
    .pipeline(true)
    .resize({ ...fit(opened.width, opened.height, edge), fit: "fill" })
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`Frames with ${info.channels} channels`);
  return framesOf({ data, width: info.width, height: info.height, channels: 3 }, opened.frames);
}

/** Looks at a picture without writing it anew, in full size; `crops` adds the hashes of cropped copies. */
export async function scanPicture(bytes: Uint8Array, crops: boolean, limits: Limits): Promise<Scan> {
  const opened = await openPicture(bytes, limits);
  const raw = await decode(opened, Infinity);
  const forms = formsOf(raw);
  if (opened.frames > 1) forms.push(...(await scanFrames(opened)));
  if (crops) {
    const small = fit(raw.width, raw.height, CROP_EDGE);
    forms.push(...cropsOf(small.width === raw.width ? raw : await shrink(raw, small)));
  }
  return { ...digestsOf(bytes), forms };
}

/** Larger pictures are hashed at this size: 2 to 4 of 31 bits away from the hash of the whole, for a quarter of the time. Banks hash the whole. */
const SCAN_EDGE = 2048;

async function forScan(raw: Raw): Promise<Raw> {
  const small = fit(raw.width, raw.height, SCAN_EDGE);
  return small.width === raw.width && small.height === raw.height ? raw : shrink(raw, small);
}

/** A hundred hashes of the whole picture would take too long. */
const CROP_EDGE = 768;

/** Decodes an upload and writes it anew: upright, in sRGB, without metadata. Throws `RefusedError`, or whatever the decoder says. */
export async function encodeAttachment(bytes: Uint8Array, limits: Limits): Promise<Attachment> {
  const opened = await openPicture(bytes, limits);
  const animated = opened.frames > 1;
  const raw = await decode(opened, animated ? PREVIEW_EDGE : LARGE_EDGE);
  const small = fit(raw.width, raw.height, PREVIEW_EDGE);
  const previewRaw = small.width === raw.width && small.height === raw.height ? raw : await shrink(raw, small);
  const preview = await written(fromRaw(previewRaw).webp({ quality: 76, effort: 3 }), "webp");
  const blurhash = await blurhashOf(previewRaw);
  const forms = formsOf(await forScan(raw));
  if (animated) forms.push(...(await scanFrames(opened)));
  const scan = { ...digestsOf(bytes), forms };
  if (animated) {
    const target = fit(opened.width, opened.height, ANIMATION_EDGE);
    const frames = opened.pipeline(true).resize({ ...target, fit: "fill" });
    const large = await written(frames.webp({ quality: 80, effort: 1, mixed: true }), "webp");
    return { large: { ...large, ...target }, preview, blurhash, scan };
  }
  const format = largeFormat({
    input: opened.format,
    animated,
    transparent: opened.hasAlpha && isTransparent(raw),
    bytes: bytes.length,
    pixels: opened.width * opened.height,
  });
  return { large: await encodeLarge(raw, format, opened.format === "png"), preview, blurhash, scan };
}

async function shrink(raw: Raw, to: { width: number; height: number }): Promise<Raw> {
  const { data, info } = await fromRaw(raw)
    .resize({ ...to, fit: "fill" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: raw.channels };
}

/** Cuts a profile picture to its size around the middle. Of an animation the first frame stays. */
export async function encodeProfile(bytes: Uint8Array, kind: ProfileKind, limits: Limits): Promise<ProfilePicture> {
  const opened = await openPicture(bytes, limits);
  const raw = await decode(opened, LARGE_EDGE);
  const size = PROFILE_SIZES[kind];
  const { data, info } = await fromRaw(raw)
    .resize({ ...size, fit: "cover" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const cut: Raw = { data, width: info.width, height: info.height, channels: raw.channels };
  return {
    picture: await written(fromRaw(cut).webp({ quality: 82, effort: 4 }), "webp"),
    blurhash: await blurhashOf(cut),
    // What is cut away may be a frame around what nobody may show.
    scan: { ...digestsOf(bytes), forms: [...formsOf(await forScan(raw)), formOf("cut", cut)] },
  };
}

/** Makes a custom emoji small. An animation stays one. */
export async function encodeEmoji(bytes: Uint8Array, limits: Limits): Promise<Emoji> {
  const opened = await openPicture(bytes, limits);
  const target = fit(opened.width, opened.height, EMOJI_EDGE);
  const whole = await decode(opened, PREVIEW_EDGE);
  const forms = formsOf(whole);
  if (opened.frames === 1) {
    const small = whole.width === target.width && whole.height === target.height ? whole : await shrink(whole, target);
    const picture = await written(fromRaw(small).webp({ quality: 90, effort: 3 }), "webp");
    return { picture, scan: { ...digestsOf(bytes), forms } };
  }
  forms.push(...(await scanFrames(opened)));
  const frames = opened.pipeline(true).resize({ ...target, fit: "fill" });
  const picture = { ...(await written(frames.webp({ quality: 85, effort: 1, mixed: true }), "webp")), ...target };
  return { picture, scan: { ...digestsOf(bytes), forms } };
}
