import type { FormatId } from "./formats.ts";

/**
 * A meme as data. What it looks like follows from it alone (`svg(doc)`), in the browser and on the server; it is what is
 * stored, edited, remixed and hashed. Lengths are in units of a picture 1080 wide and 1080 high.
 */
export interface MemeDoc {
  version: 1;
  format: FormatId;
  /** Language of the captions (BCP 47), e.g. `en`: decides how lines break and what a screen reader speaks. */
  lang: string;
  /** One for each box of the format, in its order. */
  captions: Caption[];
  /** One for each figure of the format, in its order. */
  cast: Figure[];
  scene: SceneId;
  /** Small variations of the drawing (position of clouds, props …), 0–65535. The same seed draws the same picture. */
  seed: number;
  /** A person's own picture instead of the drawn scene, where the format allows it. */
  photo?: Photo;
}

export interface Caption {
  /** At most 200 characters, no line breaks: lines are broken by the layout. May be empty. */
  text: string;
  /** Where it stands when somebody moved or resized it; absent: where the format puts it. */
  place?: Rect;
  /** Largest font size somebody allows, 40–240; absent: the format's. */
  maxSize?: number;
  /** `#rrggbb`; absent: the format's. The outline follows by contrast. */
  colour?: string;
}

export interface Figure {
  character: CharacterId;
  mood: Mood;
  prop?: PropId;
  /** Looks to the other side. */
  flip?: true;
}

export interface Photo {
  /** Which stored picture: the id of the viewer's own media attachment, a decimal snowflake. */
  mediaId: string;
  /** An approved template instead of one's own picture; `mediaId` is "0" then. */
  templateId?: string;
  /** What can be seen on it, for those who do not see it. */
  alt: string;
  /** Part of the picture that is shown, as fractions of its width and height; absent: all of it. */
  crop?: Rect;
  /** Width ÷ height of the stored picture. */
  aspect: number;
}

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export const CHARACTERS = ["purl", "tangle", "bobbin", "selvedge"] as const;
/** Purl the sheep, Tangle the cat, Bobbin the crow, Selvedge the robot. */
export type CharacterId = (typeof CHARACTERS)[number];

export const MOODS = [
  "deadpan",
  "joy",
  "panic",
  "smug",
  "sad",
  "angry",
  "tired",
  "shocked",
  "suspicious",
  "love",
] as const;
export type Mood = (typeof MOODS)[number];

export const PROPS = [
  "coffee",
  "laptop",
  "phone",
  "umbrella",
  "book",
  "wrench",
  "cake",
  "plant",
  "magnifier",
  "briefcase",
  "balloon",
  "crown",
] as const;
export type PropId = (typeof PROPS)[number];

export const SCENES = [
  "sunburst",
  "office",
  "kitchen",
  "bedroom-night",
  "street",
  "forest",
  "beach",
  "train",
  "gym",
  "classroom",
  "server-room",
  "supermarket",
  "living-room",
  "mountain",
  "rain",
  "space",
] as const;
export type SceneId = (typeof SCENES)[number];

/** How an engine came to a meme; decides the label and the digital source type. Never hidden. */
export type EngineKind = "stage" | "bank" | "ai";

/** Longest caption, in UTF-16 code units. */
export const MAX_CAPTION = 200;
