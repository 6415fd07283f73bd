/** Moods: what eyes, brows and mouth do. Every character has its own face; a mood is the same on all of them. */
import type { Mood } from "#shared/meme/doc.ts";
import { C, circle, ellipse, fill, heart, line, n, path } from "./draw.ts";

/** Where a character's face is and what it is made of. */
export interface FaceSpec {
  /** Centre between the eyes. */
  x: number;
  y: number;
  /** Half the distance of the eyes, and their radius. */
  gap: number;
  r: number;
  /** Colour of the lids: that of the face. */
  lid: string;
  white: string;
  pupil: string;
  /** Line around eyes. */
  edge: string;
  /** Its width in radii; 0.22 when absent. */
  edgeWidth?: number;
  brow: string;
  /** Mouth: distance below the eyes, half width, its line; absent for those who draw their own. */
  mouth?: { y: number; w: number; line: string; inside: string; tongue: string; teeth: string };
  /** Blush and bags under the eyes. */
  blush: string;
}

interface Eyes {
  /** Where the upper lid ends: -1 wide open, 0 half, 1 closed. */
  lid?: number;
  /** Degrees by which lids fall outwards; negative: inwards, as in anger. */
  tilt?: number;
  /** Where the lower lid begins. */
  lower?: number;
  pupil: { x: number; y: number; r: number };
  size?: number;
  /** Degrees by which brows fall outwards, and how far they are above the eye in radii. */
  brow?: { tilt: number; lift: number; left?: number };
}

const EYES: Record<Exclude<Mood, "joy" | "love">, Eyes> = {
  deadpan: { lid: -0.12, pupil: { x: 0.06, y: 0.2, r: 0.36 } },
  panic: { size: 1.22, pupil: { x: 0, y: 0.04, r: 0.2 }, brow: { tilt: 24, lift: 1.5 } },
  smug: { lid: -0.02, lower: 0.72, pupil: { x: 0.36, y: 0.2, r: 0.38 }, brow: { tilt: -8, lift: 1.25, left: 1.75 } },
  sad: { lid: -0.45, tilt: 20, pupil: { x: 0, y: 0.24, r: 0.5 }, brow: { tilt: 24, lift: 1.36 } },
  angry: { lid: -0.28, tilt: -24, pupil: { x: 0.04, y: 0.12, r: 0.3 }, brow: { tilt: -24, lift: 1.0 } },
  tired: { lid: 0.28, tilt: 8, pupil: { x: 0, y: 0.46, r: 0.36 } },
  shocked: { size: 1.2, pupil: { x: 0, y: 0, r: 0.3 }, brow: { tilt: 6, lift: 1.75 } },
  suspicious: {
    lid: -0.06,
    tilt: -7,
    lower: 0.5,
    pupil: { x: 0.42, y: 0.2, r: 0.34 },
    brow: { tilt: -16, lift: 0.9, left: 1.5 },
  },
};

/** Eyes, brows and mouth of a face. */
export function faceOf(mood: Mood, face: FaceSpec): string {
  const eyes = mood === "joy" ? joyEyes(face) : mood === "love" ? heartEyes(face) : pair(EYES[mood], face);
  const mouth = face.mouth ? mouthOf(mood, { ...face.mouth, x: face.x, y: face.y + face.mouth.y }) : "";
  return under(mood, face) + eyes + mouth;
}

function pair(eyes: Eyes, face: FaceSpec): string {
  return eye(-1, eyes, face) + eye(1, eyes, face);
}

function eye(side: -1 | 1, eyes: Eyes, face: FaceSpec): string {
  const r = face.r * (eyes.size ?? 1);
  const x = face.x + side * face.gap;
  const edge = `stroke="${face.edge}" stroke-width="${n(face.r * (face.edgeWidth ?? 0.22))}" stroke-linejoin="round"`;
  const p = eyes.pupil;
  let out = circle(x, face.y, r, `${fill(face.white)} ${edge}`);
  out += circle(x + p.x * r, face.y + p.y * r, p.r * r, fill(face.pupil));
  if (p.r > 0.25)
    out += circle(x + p.x * r - p.r * r * 0.35, face.y + (p.y - p.r * 0.35) * r, p.r * r * 0.3, fill(face.white));
  const lid = (t: number, turn: number): string =>
    `<g transform="translate(${n(x)} ${n(face.y)}) rotate(${n(turn)})">${path(segment(r, t), `${fill(face.lid)} ${edge}`)}</g>`;
  if (eyes.lower !== undefined) out += lid(-eyes.lower, 180);
  if (eyes.lid !== undefined) out += lid(eyes.lid, side * (eyes.tilt ?? 0));
  const brow = eyes.brow;
  if (brow) {
    const lift = side < 0 && brow.left !== undefined ? brow.left : brow.lift;
    const turn = side * brow.tilt;
    const arc = `M${n(-r * 0.85)} 0Q0 ${n(-r * 0.34)} ${n(r * 0.85)} 0`;
    out += `<g transform="translate(${n(x)} ${n(face.y - r * lift)}) rotate(${n(turn)})">${path(arc, line(face.brow, face.r * 0.34))}</g>`;
  }
  return out;
}

/** The part of a circle above a chord at `t` radii below its centre. */
function segment(r: number, t: number): string {
  const a = Math.sqrt(1 - t * t) * r;
  return `M${n(-a)} ${n(t * r)}A${n(r)} ${n(r)} 0 ${t > 0 ? 1 : 0} 1 ${n(a)} ${n(t * r)}z`;
}

function joyEyes({ x, y, gap, r, brow }: FaceSpec): string {
  const arc = (cx: number): string =>
    path(
      `M${n(cx - r * 0.9)} ${n(y + r * 0.4)}Q${n(cx)} ${n(y - r * 1.3)} ${n(cx + r * 0.9)} ${n(y + r * 0.4)}`,
      line(brow, r * 0.42),
    );
  return arc(x - gap) + arc(x + gap);
}

function heartEyes({ x, y, gap, r, edge }: FaceSpec): string {
  const style = `${fill(C.red)} stroke="${edge}" stroke-width="${n(r * 0.2)}" stroke-linejoin="round"`;
  return heart(x - gap, y, r * 1.05, style) + heart(x + gap, y, r * 1.05, style);
}

/** Blush, bags and tears: what lies on the skin. */
function under(mood: Mood, { x, y, gap, r, blush }: FaceSpec): string {
  if (mood === "joy" || mood === "love") {
    const cheek = (cx: number): string => ellipse(cx, y + r * 1.45, r * 0.62, r * 0.36, fill(blush));
    return cheek(x - gap * 1.45) + cheek(x + gap * 1.45);
  }
  if (mood === "tired") {
    const bag = (cx: number): string =>
      path(
        `M${n(cx - r * 0.8)} ${n(y + r * 1.05)}Q${n(cx)} ${n(y + r * 1.75)} ${n(cx + r * 0.8)} ${n(y + r * 1.05)}`,
        line(blush, r * 0.26),
      );
    return bag(x - gap) + bag(x + gap);
  }
  return "";
}

type Mouth = NonNullable<FaceSpec["mouth"]> & { x: number };

function mouthOf(mood: Mood, m: Mouth): string {
  const { x, y, w } = m;
  const stroke = line(m.line, w * 0.26);
  const open = `${fill(m.inside)} stroke="${m.line}" stroke-width="${n(w * 0.22)}" stroke-linejoin="round"`;
  const at = (dx: number, dy: number): string => `${n(x + dx * w)} ${n(y + dy * w)}`;
  switch (mood) {
    case "deadpan":
      return path(`M${at(-0.75, 0.1)}L${at(0.75, 0.1)}`, stroke);
    case "joy":
    case "love": {
      const deep = mood === "joy" ? 1.15 : 0.8;
      const lips = `M${at(-1, -0.15)}L${at(1, -0.15)}Q${at(1, deep)} ${at(0, deep)}Q${at(-1, deep)} ${at(-1, -0.15)}z`;
      const tongue = `M${at(-0.55, deep * 0.66)}Q${at(0, deep * 0.2)} ${at(0.55, deep * 0.66)}Q${at(0.3, deep * 0.92)} ${at(0, deep * 0.92)}Q${at(-0.3, deep * 0.92)} ${at(-0.55, deep * 0.66)}z`;
      return path(lips, open) + path(tongue, fill(m.tongue));
    }
    case "panic":
    case "angry": {
      const bend = mood === "angry" ? -0.42 : 0;
      const wide = mood === "angry" ? 1 : 1.08;
      const lips =
        `M${at(-wide, 0.36)}Q${at(0, -0.3 + bend)} ${at(wide, 0.36)}Q${at(wide + 0.12, 0.6)} ${at(wide - 0.1, 0.72)}` +
        `Q${at(0, 0.5 + bend)} ${at(-wide + 0.1, 0.72)}Q${at(-wide - 0.12, 0.6)} ${at(-wide, 0.36)}z`;
      const style = `fill="${m.teeth}" stroke="${m.line}" stroke-width="${n(w * 0.2)}" stroke-linejoin="round"`;
      const gaps = [-0.54, -0.18, 0.18, 0.54].map((dx) => {
        const bow = (1 - dx * dx) * (bend - 0.33) * 0.5;
        return `M${at(dx, 0.34 + bow)}L${at(dx, 0.68 + bow * 0.75)}`;
      });
      return path(lips, style) + path(gaps.join(""), line(m.line, w * 0.12));
    }
    case "smug":
      return (
        path(`M${at(-0.6, 0.22)}Q${at(0.35, 0.6)} ${at(0.95, -0.3)}`, stroke) +
        path(`M${at(0.82, -0.46)}Q${at(1.02, -0.34)} ${at(1.14, -0.18)}`, line(m.line, w * 0.2))
      );
    case "sad":
      return path(`M${at(-0.8, 0.5)}Q${at(0, -0.4)} ${at(0.8, 0.5)}`, stroke);
    case "tired":
      return path(`M${at(-0.7, 0.15)}Q${at(-0.35, -0.2)} ${at(0, 0.15)}T${at(0.7, 0.15)}`, stroke);
    case "shocked":
      return ellipse(x, y + w * 0.4, w * 0.5, w * 0.72, open);
    case "suspicious":
      return path(`M${at(-0.65, 0.35)}Q${at(0.1, -0.1)} ${at(0.75, 0)}`, stroke);
  }
}

/** What hangs in the air around a head: sweat, hearts, lines of surprise. `w` is half the width of the head. */
export function aura(mood: Mood, x: number, y: number, w: number): string {
  const drop = (dx: number, dy: number, s: number): string => {
    const [px, py] = [x + dx * w, y + dy * w];
    return path(
      `M${n(px)} ${n(py - 20 * s)}Q${n(px + 17 * s)} ${n(py + 6 * s)} ${n(px)} ${n(py + 10 * s)}Q${n(px - 17 * s)} ${n(py + 6 * s)} ${n(px)} ${n(py - 20 * s)}z`,
      `${fill("#8fd8f5")} stroke="${C.ink}" stroke-width="5" stroke-linejoin="round"`,
    );
  };
  const small = `${fill(C.red)} stroke="${C.ink}" stroke-width="5" stroke-linejoin="round"`;
  switch (mood) {
    case "panic":
      return drop(-1.22, -0.75, 1.15) + drop(1.26, -0.5, 1) + drop(-1.42, -0.1, 0.8);
    case "sad":
      return drop(0.6, 0.42, 0.95);
    case "love":
      return (
        heart(x - 1.28 * w, y - 0.72 * w, 19, small) +
        heart(x + 1.3 * w, y - 0.95 * w, 25, small) +
        heart(x + 1.5 * w, y - 0.32 * w, 14, small)
      );
    case "shocked": {
      const rays = [-52, -26, 26, 52].map((angle) => {
        const [sin, cos] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
        return `M${n(x + sin * w * 1.34)} ${n(y - cos * w * 1.34)}L${n(x + sin * w * 1.68)} ${n(y - cos * w * 1.68)}`;
      });
      return path(rays.join(""), line(C.ink, 17)) + path(rays.join(""), line(C.white, 8));
    }
    case "angry": {
      const [px, py] = [x + w * 1.12, y - w * 0.86];
      const mark = `M${n(px - 22)} ${n(py - 7)}q15 0 15-15M${n(px + 7)} ${n(py - 22)}q0 15 15 15M${n(px + 22)} ${n(py + 7)}q-15 0-15 15M${n(px - 7)} ${n(py + 22)}q0-15-15-15`;
      return path(mark, line(C.ink, 15)) + path(mark, line(C.red, 8));
    }
    case "tired": {
      const z = (px: number, py: number, s: number): string => `M${n(px)} ${n(py)}h${n(s)}l${n(-s)} ${n(s)}h${n(s)}`;
      const zs = z(x + w * 1.05, y - w * 0.85, 22) + z(x + w * 1.36, y - w * 1.25, 30);
      return path(zs, line(C.ink, 16)) + path(zs, line(C.white, 7));
    }
    case "smug": {
      const [px, py] = [x + w * 1.22, y - w * 0.7];
      return path(
        `M${n(px)} ${n(py - 26)}q4 22 24 26q-20 4-24 26q-4-22-24-26q20-4 24-26z`,
        `${fill(C.yellow)} stroke="${C.ink}" stroke-width="5" stroke-linejoin="round"`,
      );
    }
    default:
      return "";
  }
}

/** A plain box with a face: for things that look back. */
export function thingFace(mood: Mood, x: number, y: number, s: number, skin: string): string {
  const mouth = { y: 42 * s, w: 26 * s, line: C.ink, inside: "#7c2636", tongue: C.rose, teeth: C.white };
  return faceOf(mood, {
    x,
    y,
    gap: 38 * s,
    r: 25 * s,
    lid: skin,
    white: C.white,
    pupil: C.ink,
    edge: C.ink,
    brow: C.ink,
    blush: C.rose,
    mouth,
  });
}
