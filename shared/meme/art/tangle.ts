/** Tangle the cat: ginger, striped, with a thread around the neck that leads to nowhere. */
import type { Character } from "./character.ts";
import { C, circle, fill, ink, line, path } from "./draw.ts";

const FUR = "#f39a4a";
const STRIPE = "#cf6f2a";
const BELLY = "#ffe6c4";

export const tangle: Character = {
  face: {
    ...{ x: 0, y: -355, gap: 48, r: 30, lid: "#e08a3c", white: C.white, pupil: C.ink, edge: C.ink, brow: C.ink },
    blush: "#e8663f",
    mouth: { y: 68, w: 25, line: C.ink, inside: "#8c2f39", tongue: C.pink, teeth: C.white },
  },
  halfWidth: 122,
  crown: -432,
  shoulder: { x: 74, y: -192 },
  limb: FUR,
  hand: BELLY,
  armWidth: 27,
  body: () =>
    // The tail is a thick line that ends in a knot of yarn.
    path("M66-44Q190-20 186-120Q184-170 214-190", line(C.ink, 45)) +
    path("M66-44Q190-20 186-120Q184-170 214-190", line(FUR, 28)) +
    path("M178-76l28-6M174-132l27 6", line(STRIPE, 12)) +
    path("M-88-20Q-122-214 0-226Q122-214 88-20Q84 0 62 0H-62Q-84 0-88-20z", ink(FUR)) +
    path("M-50-24Q-66-150 0-160Q66-150 50-24Q46-12 34-12H-34Q-46-12-50-24z", fill(BELLY)) +
    path("M-92-96l26 8M-94-140l26 10M92-96l-26 8M94-140l-26 10", line(STRIPE, 12)) +
    path("M-78-6q-2-32 30-32t34 32zM14-6q2-32 34-32t30 32z", ink(BELLY)),
  head: (_mood, face) =>
    path("M-112-390Q-124-486-104-496Q-78-494-36-440zM112-390Q124-486 104-496Q78-494 36-440z", ink(FUR)) +
    path("M-98-404Q-106-462-98-470Q-82-464-58-434zM98-404Q106-462 98-470Q82-464 58-434z", fill("#f7b3a0")) +
    path("M0-446Q138-446 138-346Q138-236 0-236T-138-346Q-138-446 0-446z", ink(FUR)) +
    path("M-22-438l4 34M22-438l-4 34M0-440v42", line(STRIPE, 13)) +
    path("M-132-330l28 4M-126-298l27-4M132-330l-28 4M126-298l-27-4", line(STRIPE, 11)) +
    path("M0-304q44-4 60 26q-10 34-60 34t-60-34q16-30 60-26z", fill(BELLY)) +
    path("M-13-312h26q-2 15-13 17q-11-2-13-17z", ink("#d9536b", 5)) +
    path("M-78-284l-84-10M-76-268l-80 14M78-284l84-10M76-268l80 14", line(C.ink, 5)) +
    scarf +
    face,
};

const scarf =
  path("M-84-226Q0-190 84-226", line(C.ink, 38)) +
  path("M-84-226Q0-190 84-226", line(C.teal, 22)) +
  path("M40-206q16 40-4 74", line(C.ink, 26)) +
  path("M40-206q16 40-4 74", line(C.teal, 12)) +
  circle(38, -206, 19, ink(C.teal, 8));
