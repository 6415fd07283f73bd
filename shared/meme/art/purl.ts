/** Purl the sheep: a cloud of fleece with a dark, earnest face. */
import type { Character } from "./character.ts";
import { C, circle, ink, path, fill } from "./draw.ts";

const SKIN = "#4c4260";
const WOOL = C.cream;
const SHADE = "#e3dccd";

/** Circles of the fleece: drawn once with a line and once without, so that only the silhouette keeps it. */
const FLEECE = [
  [-78, -100, 56],
  [78, -100, 56],
  [0, -78, 64],
  [-96, -168, 54],
  [96, -168, 54],
  [0, -150, 96],
  [-48, -214, 56],
  [48, -214, 56],
] as const;
const CAP = [
  [-56, -420, 36],
  [0, -446, 46],
  [56, -420, 36],
  [-26, -412, 34],
  [28, -410, 34],
] as const;

const cloud = (circles: readonly (readonly [number, number, number])[]): string =>
  circles.map(([x, y, r]) => circle(x, y, r, ink(WOOL))).join("") +
  circles.map(([x, y, r]) => circle(x, y, r - 4, fill(WOOL))).join("");

const curl = (x: number, y: number): string =>
  path(`M${x - 15} ${y}q4-16 18-13q13 4 9 17`, `fill="none" stroke="${SHADE}" stroke-width="8" stroke-linecap="round"`);

export const purl: Character = {
  face: {
    ...{ x: 0, y: -345, gap: 37, r: 27, lid: "#675a80", white: C.white, pupil: C.ink, edge: C.ink, brow: "#f0e9f7" },
    blush: "#d9768c",
    mouth: { y: 66, w: 24, line: "#f6eefb", inside: "#a8354a", tongue: C.pink, teeth: C.white },
  },
  halfWidth: 100,
  crown: -458,
  shoulder: { x: 92, y: -192 },
  limb: SKIN,
  hand: SKIN,
  armWidth: 25,
  body: () =>
    path("M-46-70V-10M46-70V-10", `fill="none" stroke="${C.ink}" stroke-width="48" stroke-linecap="round"`) +
    path("M-46-70V-12M46-70V-12", `fill="none" stroke="${SKIN}" stroke-width="31" stroke-linecap="round"`) +
    cloud(FLEECE) +
    curl(-62, -104) +
    curl(58, -122) +
    curl(-6, -66),
  head: (_mood, face) =>
    path("M-84-372q-62-26-86 14q34 40 88 20z", ink(SKIN)) +
    path("M84-372q62-26 86 14q-34 40-88 20z", ink(SKIN)) +
    path("M-112-366q-22-3-36 10q20 15 42 9zM112-366q22-3 36 10q-20 15-42 9z", fill("#d9768c")) +
    path("M-92-378q0-62 92-62t92 62q4 90-34 130q-24 24-58 24t-58-24q-38-40-34-130z", ink(SKIN)) +
    cloud(CAP) +
    curl(-30, -424) +
    curl(34, -430) +
    path("M-13-296q13 9 26 0", `fill="none" stroke="${C.ink}" stroke-width="7" stroke-linecap="round"`) +
    face,
};
