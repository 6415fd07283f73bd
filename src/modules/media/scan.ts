/** What the picture process tells of a picture besides its new files: fingerprints, by which a known picture is found again. */
import { createHash } from "node:crypto";
import { DIHEDRAL, pdq, pdqText, type Area, type Pixels } from "#platform/pdq/hash.ts";
import { withoutBorder } from "#platform/pdq/trim.ts";

/** What of the picture was hashed: all of it, the part within a uniform border, what a profile shows of it, a frame of an animation, or a crop for a bank. */
export type FormName = "whole" | "trimmed" | "cut" | "frame" | "crop";

export interface Form {
  name: FormName;
  /** 0 to 100. */
  quality: number;
  /** PDQ of 32 bytes each: the picture as it is, then turned and mirrored. */
  hashes: Uint8Array[];
}

/** Fingerprints of one file: of its bytes, and of what can be seen. */
export interface Scan {
  sha256: Uint8Array;
  sha1: Uint8Array;
  md5: Uint8Array;
  forms: Form[];
}

/** Decoded pixels; a fourth channel is opacity. */
export interface RawPixels {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 3 | 4;
}

/** Puts a background of one brightness (0 to 255) behind a picture. */
function flattened(raw: RawPixels, background: number): Pixels {
  const { width, height, data } = raw;
  const flat = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < flat.length; from += 4, to += 3) {
    const opacity = data[from + 3] ?? 0;
    for (let c = 0; c < 3; c++)
      flat[to + c] = Math.round(((data[from + c] ?? 0) * opacity + background * (255 - opacity)) / 255);
  }
  return { data: flat, width, height, channels: 3 };
}

/** True when anything shines through. */
export function isTransparent(raw: RawPixels): boolean {
  if (raw.channels === 3) return false;
  for (let at = 3; at < raw.data.length; at += 4) if (raw.data[at] !== 255) return true;
  return false;
}

function form(name: FormName, pixels: Pixels, area?: Area): Form {
  const found = pdq(pixels, area);
  const hashes = new Map([[pdqText(found.hash), found.hash]]);
  for (const how of DIHEDRAL) hashes.set(pdqText(found.dihedral[how]), found.dihedral[how]);
  return { name, quality: Math.max(found.quality, found.dihedralQuality), hashes: [...hashes.values()] };
}

/** All forms of a still picture. Who looks at a transparent one sees it on white or on black: both are hashed. */
export function formsOf(raw: RawPixels): Form[] {
  const grounds = isTransparent(raw) ? [flattened(raw, 255), flattened(raw, 0)] : [raw];
  return grounds.flatMap((pixels) => {
    const within = withoutBorder(pixels);
    return [form("whole", pixels), ...(within ? [form("trimmed", pixels, within)] : [])];
  });
}

/** One more form of the same picture. */
export function formOf(name: FormName, raw: RawPixels): Form {
  return form(name, isTransparent(raw) ? flattened(raw, 255) : raw);
}

/** Frames of an animation that lie below each other. A frame like one before it is left out. */
export function framesOf(strip: RawPixels, frames: number): Form[] {
  const height = Math.floor(strip.height / frames);
  const size = strip.width * height * strip.channels;
  const seen = new Map<string, Form>();
  for (let i = 0; i < frames; i++) {
    const data = strip.data.subarray(i * size, (i + 1) * size);
    const found = formOf("frame", { ...strip, data, height });
    const name = pdqText(found.hashes[0] ?? new Uint8Array());
    if (!seen.has(name)) seen.set(name, found);
  }
  return [...seen.values()];
}

/** Cuts per side, in hundredths, that a bank knows of its own pictures: ten per direction, a hundred together. */
const CUTS: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 2],
  [0, 4],
  [0, 6],
  [2, 0],
  [2, 2],
  [2, 4],
  [4, 0],
  [4, 2],
  [6, 0],
];

/** Hashes of slightly cropped copies. A crop of 5 % moves a PDQ hash beyond recognition, so a bank that has the picture itself keeps these as well. */
export function cropsOf(raw: RawPixels): Form[] {
  const pixels = isTransparent(raw) ? flattened(raw, 255) : raw;
  return CUTS.flatMap(([left, right]) =>
    CUTS.map(([top, bottom]) => {
      const area: Area = {
        left: Math.round((pixels.width * left) / 100),
        top: Math.round((pixels.height * top) / 100),
        width: Math.round((pixels.width * (100 - left - right)) / 100),
        height: Math.round((pixels.height * (100 - top - bottom)) / 100),
      };
      const found = pdq(pixels, area);
      return { name: "crop" as const, quality: found.quality, hashes: [found.hash] };
    }),
  );
}

export function digestsOf(bytes: Uint8Array): Omit<Scan, "forms"> {
  const digest = (name: string): Uint8Array => new Uint8Array(createHash(name).update(bytes).digest());
  return { sha256: digest("sha256"), sha1: digest("sha1"), md5: digest("md5") };
}
