/** Selvedge the robot: a screen for a face, a stitched edge, and an antenna that ends in a spool. */
import type { Character } from "./character.ts";
import { C, circle, fill, ink, line, path, rect } from "./draw.ts";

const SHELL = "#c4d0e0";
const SIDE = "#9fb0c6";
const SCREEN = "#1b2a41";
const GLOW = "#7ff0d6";

export const selvedge: Character = {
  face: {
    ...{
      x: 0,
      y: -366,
      gap: 48,
      r: 27,
      lid: SCREEN,
      white: GLOW,
      pupil: SCREEN,
      edge: SCREEN,
      edgeWidth: 0.06,
      brow: GLOW,
    },
    blush: "#e8708a",
    mouth: { y: 64, w: 28, line: GLOW, inside: "#0f4f55", tongue: "#e8708a", teeth: SCREEN },
  },
  halfWidth: 128,
  crown: -450,
  shoulder: { x: 92, y: -186 },
  limb: SIDE,
  hand: SHELL,
  armWidth: 22,
  body: () =>
    path("M-44-60V-20M44-60V-20", line(C.ink, 38)) +
    path("M-44-60V-20M44-60V-20", line(SIDE, 21)) +
    path("M-80-2q0-36 36-36t36 36zM8-2q0-36 36-36t36 36z", ink(C.slate)) +
    rect(-96, -216, 192, 164, 34, ink(SHELL)) +
    path("M-96-92h192v6q0 34-34 34h-124q-34 0-34-34z", ink(SIDE)) +
    // The selvedge: a red thread along the edge.
    path("M-72-190v84", line(C.white, 20)) +
    path("M-72-190v84", `fill="none" stroke="${C.red}" stroke-width="9" stroke-dasharray="13 9"`) +
    rect(-34, -190, 110, 70, 14, ink(SCREEN, 7)) +
    path("M-18-152h20l9-20l14 36l11-16h26", line(GLOW, 7)),
  head: (_mood, face) =>
    path("M0-448V-488", line(C.ink, 16)) +
    rect(-26, -526, 52, 14, 7, ink(C.wood, 7)) +
    rect(-20, -514, 40, 30, 4, ink(C.red, 7)) +
    path("M-18-504h36M-18-494h36", line("#a5322c", 4)) +
    rect(-26, -486, 52, 14, 7, ink(C.wood, 7)) +
    rect(-158, -384, 36, 72, 14, ink(C.coral)) +
    rect(122, -384, 36, 72, 14, ink(C.coral)) +
    rect(-18, -244, 36, 34, 6, ink(SIDE)) +
    rect(-138, -454, 276, 220, 56, ink(SHELL)) +
    rect(-112, -428, 224, 168, 38, ink(SCREEN, 8)) +
    path("M-86-402q10-12 30-12h50", line("#3d5575", 9)) +
    circle(-118, -244, 5, fill(C.slate)) +
    circle(118, -244, 5, fill(C.slate)) +
    face,
};
