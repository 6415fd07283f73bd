import { AppError } from "#platform/errors.ts";

/** What an upload may be, and how long it may take. */
export interface MediaLimits {
  /** Bytes of the uploaded file. */
  maxBytes: number;
  /** Pixels of a picture; of an animation, all frames together. */
  maxPixels: number;
  /** Frames of an animation. */
  maxFrames: number;
  /** Characters of an alt text. */
  maxDescription: number;
  /** Milliseconds one picture may take in the worker. */
  timeoutMs: number;
  /** Pictures that may wait for the worker. */
  maxWaiting: number;
  /** Bytes of all pictures that wait for the worker. */
  maxWaitingBytes: number;
  /** Milliseconds without work after which the worker ends. */
  idleMs: number;
  /** Milliseconds after which an upload without a post is removed. */
  orphanMs: number;
}

export const MEDIA_LIMITS: Readonly<MediaLimits> = Object.freeze({
  maxBytes: 16 * 1024 * 1024,
  // "50 megapixels" counted in powers of two, as camera sensors are: 8192 x 6144 is within.
  maxPixels: 50 * 1024 * 1024,
  maxFrames: 200,
  maxDescription: 1500,
  timeoutMs: 20_000,
  maxWaiting: 32,
  maxWaitingBytes: 96 * 1024 * 1024,
  idleMs: 30_000,
  orphanMs: 24 * 60 * 60 * 1000,
});

/** The large picture fits this square; animations a smaller one, because every frame counts. */
export const LARGE_EDGE = 3840;
export const ANIMATION_EDGE = 1280;
export const PREVIEW_EDGE = 640;
export const PROFILE_SIZES = Object.freeze({
  avatar: { width: 400, height: 400 },
  header: { width: 1500, height: 500 },
});
export type ProfileKind = keyof typeof PROFILE_SIZES;
/** Custom emoji of other servers fit this square. */
export const EMOJI_EDGE = 128;

/** Formats that are decoded, with the media types clients are told. */
export const PICTURE_TYPES = Object.freeze({
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  avif: "image/avif",
  gif: "image/gif",
});
export type PictureFormat = keyof typeof PICTURE_TYPES;

/** Formats that are written: every client shows them. */
export type StoredFormat = "jpg" | "png" | "webp";
const STORED_TYPES: Readonly<Record<StoredFormat, string>> = {
  jpg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
};

export function storedType(format: StoredFormat): string {
  return STORED_TYPES[format];
}

/** The format of a stored file by its media type. */
export function storedFormat(type: string): StoredFormat {
  if (type === STORED_TYPES.png) return "png";
  return type === STORED_TYPES.webp ? "webp" : "jpg";
}

/** Why a file is refused. */
export type Refusal =
  | "empty"
  | "too_large"
  | "unknown"
  | "svg"
  | "heic"
  | "video"
  | "other_picture"
  | "damaged"
  | "too_many_pixels"
  | "too_many_frames"
  | "too_slow";

const mega = (n: number): string => String(Math.floor(n / (1024 * 1024)));

/** The sentence an uploader reads. */
export function refusalSentence(refusal: Refusal, limits: MediaLimits): string {
  switch (refusal) {
    case "empty":
      return "The file is empty.";
    case "too_large":
      return `The file is too large: pictures may have at most ${mega(limits.maxBytes)} MB.`;
    case "unknown":
      return "The file is not a picture. Allowed are JPEG, PNG, WebP, AVIF and GIF.";
    case "svg":
      return "SVG files are not accepted. Allowed are JPEG, PNG, WebP, AVIF and GIF.";
    case "heic":
      return "HEIC pictures cannot be read here. Please convert the picture to JPEG first.";
    case "video":
      return "Videos and sound are not accepted. Allowed are pictures: JPEG, PNG, WebP, AVIF and GIF.";
    case "other_picture":
      return "This kind of picture is not accepted. Allowed are JPEG, PNG, WebP, AVIF and GIF.";
    case "damaged":
      return "The picture is damaged or incomplete and could not be read.";
    case "too_many_pixels":
      return `The picture has too many pixels: at most ${mega(limits.maxPixels)} megapixels are allowed, of an animation all frames together.`;
    case "too_many_frames":
      return `The animation is too long: at most ${limits.maxFrames} frames are allowed.`;
    case "too_slow":
      return "The picture took too long to read. Please upload a smaller version.";
  }
}

/** The error of a refused file: 422 with the sentence, and the refusal as the machine-readable reason. */
export function refused(refusal: Refusal, limits: MediaLimits): AppError {
  const sentence = refusalSentence(refusal, limits);
  return new AppError("unprocessable", `Validation failed: File: ${sentence}`, {
    reason: `media_${refusal}`,
    details: { file: [{ error: "ERR_INVALID", description: sentence }] },
  });
}

const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
const startsWith = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((b, i) => bytes[i] === b);

const HEIC_BRANDS = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx"]);
const AVIF_BRANDS = new Set(["avif", "avis"]);

/**
 * Tells the format by content; names and declared types are not looked at, because anybody can write anything there.
 * Only the first bytes count: whether the rest is a whole picture is the decoder's to find out.
 */
export function sniff(bytes: Uint8Array): PictureFormat | Refusal {
  if (bytes.length === 0) return "empty";
  if (startsWith(bytes, 0xff, 0xd8, 0xff)) return "jpeg";
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png";
  const head = ascii(bytes, 0, 12);
  if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return "gif";
  if (head.startsWith("RIFF")) {
    if (head.endsWith("WEBP")) return "webp";
    return head.endsWith("AVI ") || head.endsWith("WAVE") ? "video" : "unknown";
  }
  if (head.slice(4, 8) === "ftyp") return sniffBoxes(bytes);
  if (
    startsWith(bytes, 0x1a, 0x45, 0xdf, 0xa3) ||
    head.startsWith("OggS") ||
    head.startsWith("ID3") ||
    head.startsWith("fLaC")
  )
    return "video";
  if (startsWith(bytes, 0x49, 0x49, 0x2a, 0x00) || startsWith(bytes, 0x4d, 0x4d, 0x00, 0x2a)) return "other_picture";
  if (head.startsWith("BM") && bytes.length > 26 && bytes[6] === 0 && bytes[7] === 0) return "other_picture";
  if (startsWith(bytes, 0xff, 0x0a) || head.slice(4, 8) === "JXL " || head.startsWith("8BPS")) return "other_picture";
  return looksLikeSvg(bytes) ? "svg" : "unknown";
}

/** ISO base media files: AVIF, HEIC and videos share the container and differ in their brands. */
function sniffBoxes(bytes: Uint8Array): PictureFormat | Refusal {
  const length = Math.min(
    ((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0),
    256,
  );
  const brands = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= Math.min(length, bytes.length); at += 4) brands.push(ascii(bytes, at, at + 4));
  if (brands.some((b) => AVIF_BRANDS.has(b))) return "avif";
  if (brands.some((b) => HEIC_BRANDS.has(b)) || brands[0] === "mif1" || brands[0] === "msf1") return "heic";
  return "video";
}

function looksLikeSvg(bytes: Uint8Array): boolean {
  const text = new TextDecoder("utf-8").decode(bytes.subarray(0, 1024)).trimStart().toLowerCase();
  return text.startsWith("<svg") || ((text.startsWith("<?xml") || text.startsWith("<!")) && text.includes("<svg"));
}

export function isPictureFormat(found: PictureFormat | Refusal): found is PictureFormat {
  return found in PICTURE_TYPES;
}

/** What the header of a picture says. */
export interface PictureHeader {
  width: number;
  /** Of one frame. */
  height: number;
  frames: number;
}

/** Decides by the header alone, before a single pixel is decoded. */
export function judgeHeader(
  header: PictureHeader,
  limits: Pick<MediaLimits, "maxPixels" | "maxFrames">,
): Refusal | undefined {
  if (!(header.width > 0 && header.height > 0 && header.frames > 0)) return "damaged";
  if (header.frames > limits.maxFrames) return "too_many_frames";
  if (header.width * header.height * header.frames > limits.maxPixels) return "too_many_pixels";
  return undefined;
}

/** PNG files below this many bytes per pixel are screenshots and drawings; JPEG would smear their edges. */
const FLAT_BYTES_PER_PIXEL = 0.5;

/**
 * The format the large picture is stored in. JPEG is shown by everything and cheap to write; drawings stay lossless;
 * WebP carries animation, and the transparency of photos.
 */
export function largeFormat(of: {
  input: PictureFormat;
  animated: boolean;
  transparent: boolean;
  bytes: number;
  pixels: number;
}): StoredFormat {
  if (of.animated) return "webp";
  const flat = (of.input === "png" && of.bytes < of.pixels * FLAT_BYTES_PER_PIXEL) || of.input === "gif";
  if (flat) return "png";
  return of.transparent ? "webp" : "jpg";
}

/** Width and height after fitting into a square, never enlarged. */
export function fit(width: number, height: number, edge: number): { width: number; height: number } {
  const scale = Math.min(1, edge / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A focal point: (0, 0) is the middle, x grows to the right, y to the top, both within -1 to 1. */
export interface Focus {
  x: number;
  y: number;
}

/** Brings a focal point into its bounds. Throws 422 when it is no number. */
export function checkFocus(focus: Focus): Focus {
  if (!Number.isFinite(focus.x) || !Number.isFinite(focus.y)) {
    throw new AppError("unprocessable", "Validation failed: Focus must be two numbers between -1.0 and 1.0", {
      details: { focus: [{ error: "ERR_INVALID", description: "must be two numbers between -1.0 and 1.0" }] },
    });
  }
  const clamp = (n: number): number => Math.round(Math.min(1, Math.max(-1, n)) * 10_000) / 10_000 || 0;
  return { x: clamp(focus.x), y: clamp(focus.y) };
}

/** Trims an alt text. Throws 422 when it is too long. */
export function checkDescription(text: string, limits: Pick<MediaLimits, "maxDescription">): string {
  const clean = text.replaceAll("\u0000", "").trim();
  if (Array.from(clean).length > limits.maxDescription) {
    const problem = `is too long (maximum is ${limits.maxDescription} characters)`;
    throw new AppError("unprocessable", `Validation failed: Description ${problem}`, {
      details: { description: [{ error: "ERR_TOO_LONG", description: problem }] },
    });
  }
  return clean;
}

/** Why a picture cannot go with a post; undefined when it can. */
export function attachProblem(
  row: { account_id: bigint; post_id: bigint | null } | undefined,
  accountId: bigint,
  postId: bigint,
): string | undefined {
  // Unknown and foreign look alike, so that ids tell nothing.
  if (!row || row.account_id !== accountId) return "Validation failed: a picture was not found. Please upload it again";
  if (row.post_id !== null && row.post_id !== postId)
    return "Validation failed: a picture already belongs to another post. Please upload it again";
  return undefined;
}
