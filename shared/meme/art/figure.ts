/** A figure: a body that stands on y = 0 and is about 500 high, arms that say what the mood is, a prop in one hand. */
import type { Figure, Mood } from "#shared/meme/doc.ts";
import { bobbin } from "./bobbin.ts";
import { C, circle, ink, line, n, path, placed } from "./draw.ts";
import { aura, faceOf } from "./moods.ts";
import { propOf, propPlace } from "./props.ts";
import { purl } from "./purl.ts";
import { selvedge } from "./selvedge.ts";
import { tangle } from "./tangle.ts";
import type { Character } from "./character.ts";

const CAST: Record<Figure["character"], Character> = { purl, tangle, bobbin, selvedge };

/** Height of a figure from its feet to the highest hair, and half its width with arms. */
export const FIGURE_HEIGHT = 500;
export const FIGURE_REACH = 190;

type Point = readonly [x: number, y: number];
interface Arm {
  elbow: Point;
  hand: Point;
}

const both = (elbow: Point, hand: Point): { left: Arm; right: Arm } => ({
  left: { elbow: [-elbow[0], elbow[1]], hand: [-hand[0], hand[1]] },
  right: { elbow, hand },
});

/** Where hands go, for shoulders at (±88, -205) and a chin at -235. */
const POSES: Record<Mood, { left: Arm; right: Arm }> = {
  deadpan: both([136, -150], [122, -88]),
  joy: both([168, -205], [172, -318]),
  panic: both([178, -170], [112, -272]),
  smug: both([176, -160], [92, -112]),
  sad: both([120, -140], [96, -74]),
  angry: both([172, -200], [146, -118]),
  tired: both([112, -130], [112, -56]),
  shocked: both([176, -150], [160, -262]),
  suspicious: { left: { elbow: [-168, -130], hand: [-52, -222] }, right: { elbow: [150, -130], hand: [40, -132] } },
  love: both([146, -120], [26, -172]),
};
/** How an arm holds something up. */
const HOLDING: Arm = { elbow: [168, -112], hand: [132, -172] };

export interface Stand {
  x: number;
  /** Where the feet are. */
  y: number;
  /** 1 is 500 high. */
  s: number;
  /** Looks to the other side, in addition to the figure's own wish. */
  flip?: boolean;
  /** Degrees, around the feet. */
  turn?: number;
  /** Other places for hands than the mood's. */
  arms?: { left?: Arm; right?: Arm };
  /** Worn on the head, drawn around the point where it sits. */
  wear?: string;
  /** Without shadow on the ground: for heads that look out from behind something. */
  floating?: boolean;
}

/** Draws a figure. */
export function figure({ character, mood, prop, flip }: Figure, stand: Stand): string {
  const who = CAST[character];
  const pose = POSES[mood];
  const left = stand.arms?.left ?? pose.left;
  const right = stand.arms?.right ?? (prop && prop !== "crown" ? HOLDING : pose.right);
  const inside =
    (stand.floating ? "" : `<ellipse cx="0" cy="2" rx="135" ry="20" fill="${C.ink}" fill-opacity=".18"/>`) +
    who.body(mood) +
    who.head(mood, faceOf(mood, who.face)) +
    (stand.wear ? placed(stand.wear, { y: who.crown }) : "") +
    aura(mood, who.face.x, who.face.y, who.halfWidth) +
    arm(left, who, -1) +
    (prop === "crown"
      ? placed(propOf(prop), { y: who.crown, s: 0.82 })
      : prop
        ? placed(propOf(prop), propPlace(prop, right.hand))
        : "") +
    arm(right, who, 1);
  const mirrored = (flip === true) !== (stand.flip === true);
  return placed(inside, { x: stand.x, y: stand.y, s: stand.s, flip: mirrored, turn: stand.turn ?? 0 });
}

function arm({ elbow, hand }: Arm, who: Character, side: -1 | 1): string {
  const { x, y } = who.shoulder;
  const d = `M${n(side * x)} ${n(y)}Q${n(elbow[0])} ${n(elbow[1])} ${n(hand[0])} ${n(hand[1])}`;
  return (
    path(d, line(C.ink, who.armWidth + 17)) +
    circle(hand[0], hand[1], who.armWidth * 0.74, ink(who.hand, 9)) +
    path(d, line(who.limb, who.armWidth))
  );
}
