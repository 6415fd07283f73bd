/** What a format draws with: its captions, figures and place, and a record of how large each caption became. */
import type { Caption, Figure, MemeDoc, Rect, SceneId } from "#shared/meme/doc.ts";
import type { Faces, Hand } from "#shared/meme/layout/faces.ts";
import { fitTogether, FLOOR, measure, type Fitted, type Measured } from "#shared/meme/layout/fit.ts";
import { drawText, inkHeight, inkWidth } from "#shared/meme/layout/text.ts";
import { against, contrast, READABLE } from "./contrast.ts";
import { C, fill, rect } from "./draw.ts";
import { figure, type Stand } from "./figure.ts";
import { scene } from "./scenes.ts";

/** What became of a caption. */
export interface BoxResult {
  /** Where it may be; moving it in an editor begins here. */
  rect: Rect;
  /** Font size in a picture 1080 wide; 0 for an empty caption. */
  size: number;
  /** Too long to be legible: somebody has to shorten it. */
  overflow: boolean;
  /** English name of a script that no font here can draw; what it would have drawn is left out. */
  missingFont?: string;
}

export interface CaptionStyle {
  hand: Hand;
  /** Largest size, unless the caption allows another. */
  max: number;
  align?: "left" | "centre" | "right";
  valign?: "top" | "middle" | "bottom";
  /** What it stands on: a colour, or absent for a picture, on which it gets an outline. */
  on?: string;
  /** Its colour when nobody chose one. */
  colour?: string;
  upper?: true;
}

export interface StageOptions {
  /** Address of the photo; without it a photo meme shows its frame. */
  photoHref?: string;
  /** Moment of an animation, 0 to 1: captions appear one after the other, figures sway. Absent: the finished picture. */
  moment?: number;
}

/** Below this, more is done to keep captions large. */
const SMALL = 50;

/** The part of a box that a caption fills when it need not fill all. */
const AIR = 0.9;

const NOBODY: readonly Figure[] = [
  { character: "purl", mood: "deadpan" },
  { character: "tangle", mood: "deadpan" },
  { character: "bobbin", mood: "deadpan" },
  { character: "selvedge", mood: "deadpan" },
];

export type Stage = ReturnType<typeof createStage>;

export function createStage(doc: MemeDoc, faces: Faces, id: string, options: StageOptions = {}) {
  const boxes: BoxResult[] = doc.captions.map(() => ({ rect: { x: 0, y: 0, w: 0, h: 0 }, size: 0, overflow: false }));
  const { moment } = options;

  const captionOf = (n: number): Caption => doc.captions[n] ?? { text: "" };
  const has = (n: number): boolean => captionOf(n).text.trim() !== "";

  function outlined(n: number, style: CaptionStyle): boolean {
    const { colour = style.colour, place } = captionOf(n);
    // Moved somewhere else, nobody knows what it stands on.
    return (
      style.on === undefined || place !== undefined || (colour !== undefined && contrast(colour, style.on) < READABLE)
    );
  }

  function measured(n: number, style: CaptionStyle): Measured {
    const { text, maxSize } = captionOf(n);
    const max = Math.max(FLOOR, Math.min(240, maxSize ?? style.max));
    const more = style.upper ? { upper: true as const } : {};
    return measure(text, doc.lang, faces, { hand: style.hand, max, outlined: outlined(n, style), ...more });
  }

  interface Item {
    n: number;
    w: number;
    h?: number;
  }

  /** One size for all, in the narrower hand when the wider one would become small. */
  function fitAll(items: readonly Item[], style: CaptionStyle, height: number, gap: number): Fitted[] {
    const fitted = fitTogether(
      items.map(({ n, w, h }) => ({ measured: measured(n, style), w, ...(h === undefined ? {} : { h }) })),
      height,
      gap,
    );
    if (style.hand === "poster" || fitted.every(({ size }) => size >= SMALL)) return fitted;
    const narrow = fitAll(items, { ...style, hand: "poster" }, height, gap);
    return (narrow[0]?.size ?? 0) > (fitted[0]?.size ?? 0) * 1.05 ? narrow : fitted;
  }

  function fitOne(n: number, w: number, h: number, style: CaptionStyle): Fitted {
    const [fitted] = fitAll([{ n, w, h }], style, h, 0);
    if (!fitted) throw new Error("one caption gives one fit");
    return fitted;
  }

  function fitInside(n: number, { w, h }: Rect, style: CaptionStyle): Fitted {
    const calm = fitOne(n, w * AIR, h * AIR, style);
    return calm.size >= SMALL ? calm : fitOne(n, w, h, style);
  }

  /** Captions come one after the other; each has appeared a little before its share of the time is over. */
  const shown = (n: number): boolean => moment === undefined || moment * doc.captions.length >= n;

  /** Draws a fitted caption into its place, and records it. */
  function put(n: number, fitted: Fitted, box: Rect, style: CaptionStyle): string {
    const caption = captionOf(n);
    const found = caption.place ? fitOne(n, caption.place.w, caption.place.h, style) : fitted;
    const place = caption.place ?? box;
    const [missingFont] = found.measured.missing;
    boxes[n] = {
      rect: place,
      size: has(n) ? found.size : 0,
      overflow: has(n) && found.overflow,
      ...(missingFont === undefined ? {} : { missingFont }),
    };
    if (!shown(n)) return "";
    const colour = caption.colour ?? style.colour ?? (style.on === undefined ? C.white : against(style.on));
    return drawText(found, place, faces, {
      align: style.align ?? "centre",
      valign: style.valign ?? "middle",
      fill: colour,
      ...(outlined(n, style) ? { outline: against(colour) } : {}),
      id: `${id}-t${n}`,
    });
  }

  return {
    doc,
    id,
    boxes,
    has,
    /** Whether a caption takes room where the format puts it: neither empty nor moved elsewhere. */
    flows: (n: number): boolean => has(n) && captionOf(n).place === undefined,
    shown,
    put,
    options,
    /** Fits one caption without drawing it, to learn how much room it needs. */
    fit: fitOne,
    /** Fits captions that share a height, as items of a list, to one size. */
    fitAll,
    /** Fits captions that each have a box to one size, unless one long caption would make all the others small. */
    fitEach(items: readonly (Item & { h: number })[], style: CaptionStyle): Fitted[] {
      const sum = items.reduce((height, { h }) => height + h, 0);
      const calm = fitAll(
        items.map(({ n, w, h }) => ({ n, w: w * AIR, h: h * AIR })),
        style,
        sum,
        0,
      );
      if (calm.every(({ size }) => size >= SMALL)) return calm;
      const same = fitAll(items, style, sum, 0);
      return same.every(({ size }) => size >= SMALL) ? same : items.map(({ n, w, h }) => fitOne(n, w, h, style));
    },
    /** Fits and draws one caption. */
    caption: (n: number, box: Rect, style: CaptionStyle): string => put(n, fitInside(n, box, style), box, style),
    /** Draws a figure of the cast. */
    figure(n: number, stand: Stand): string {
      const sway = moment === undefined ? 0 : Math.sin(moment * Math.PI * 8 + n * 2) * 2.2;
      return figure(this.who(n), { ...stand, turn: (stand.turn ?? 0) + sway });
    },
    who: (n: number): Figure =>
      doc.cast[n] ?? doc.cast[0] ?? NOBODY[n % NOBODY.length] ?? { character: "purl", mood: "deadpan" },
    scene: (frame: Rect, ground?: number, which: SceneId = doc.scene): string => scene(which, doc.seed, frame, ground),
    photo: (frame: Rect): string => photoIn(doc, frame, options.photoHref),
  };
}

/** The photo, whole, in the middle of a frame: what somebody photographed is never cut off unless they cropped it. */
function photoIn({ photo }: MemeDoc, frame: Rect, href: string | undefined): string {
  if (!photo) return "";
  const crop = photo.crop ?? { x: 0, y: 0, w: 1, h: 1 };
  // In units of the photo's height.
  const part = { x: crop.x * photo.aspect, y: crop.y, w: crop.w * photo.aspect, h: crop.h };
  const scale = Math.min(frame.w / part.w, frame.h / part.h);
  const w = part.w * scale;
  const h = part.h * scale;
  const at = { x: frame.x + (frame.w - w) / 2, y: frame.y + (frame.h - h) / 2 };
  const num = (value: number): string => String(Number(value.toFixed(2)));
  const inside =
    href === undefined
      ? rect(0, 0, w, h, 0, fill(C.slate))
      : `<image href="${escapeAttribute(href)}" x="${num(-part.x * scale)}" y="${num(-part.y * scale)}" width="${num(photo.aspect * scale)}" height="${num(scale)}" preserveAspectRatio="none"/>`;
  return `<svg x="${num(at.x)}" y="${num(at.y)}" width="${num(w)}" height="${num(h)}" viewBox="0 0 ${num(w)} ${num(h)}">${inside}</svg>`;
}

function escapeAttribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

export { inkHeight, inkWidth };
