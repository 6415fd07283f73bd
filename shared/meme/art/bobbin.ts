/** Bobbin the crow: knows better, and has a beak instead of a mouth. */
import type { Mood } from "#shared/meme/doc.ts";
import type { Character } from "./character.ts";
import { C, ellipse, fill, ink, line, path } from "./draw.ts";

const FEATHER = "#46558f";
const DARK = "#35406f";
const BEAK = "#ffbe3d";
const LOWER = "#e59a22";

export const bobbin: Character = {
  face: {
    ...{ x: 0, y: -368, gap: 45, r: 34, lid: "#6373b3", white: C.white, pupil: C.ink, edge: C.ink, brow: C.ink },
    blush: "#c56f9b",
  },
  halfWidth: 112,
  crown: -448,
  shoulder: { x: 88, y: -200 },
  limb: DARK,
  hand: DARK,
  armWidth: 30,
  body: () =>
    path("M-40-50V-8m-26 0h50M40-50V-8m-24 0h50", line(C.ink, 26)) +
    path("M-40-50V-8m-26 0h50M40-50V-8m-24 0h50", line(BEAK, 11)) +
    path("M60-70L150-34L128-78L172-92L112-132z", ink(DARK)) +
    path("M0-262Q116-262 116-146Q116-34 0-34T-116-146Q-116-262 0-262z", ink(FEATHER)) +
    path("M0-206Q74-206 74-126Q74-52 0-52T-74-126Q-74-206 0-206z", fill("#8b98cf")) +
    path("M-34-150q10 16 24 0M10-150q12 16 26 0M-14-116q14 16 28 0", line("#6373b3", 8)),
  head: (mood, face) =>
    path(
      "M-30-448Q-58-500-84-494Q-62-476-66-448M4-456Q0-516 34-520Q26-486 44-452M-8-456Q-30-514-22-528Q2-502 18-456z",
      ink(FEATHER),
    ) +
    path("M0-466Q124-466 124-346Q124-240 0-240T-124-346Q-124-466 0-466z", ink(FEATHER)) +
    ellipse(0, -348, 96, 72, fill("#5c6aab")) +
    face +
    beak(mood),
};

const upper = "M-52-318Q-26-346 0-346T52-318Q30-296 0-268Q-30-296-52-318z";

/** The beak says what a mouth says elsewhere: open, closed, and which way its corners point. */
function beak(mood: Mood): string {
  const tall = mood === "shocked" ? 64 : mood === "joy" ? 50 : mood === "love" ? 34 : mood === "angry" ? 30 : 0;
  if (tall > 0) {
    const drop = `M-40-308Q-34 ${-268 + tall * 0.6} 0 ${-268 + tall}Q34 ${-268 + tall * 0.6} 40-308z`;
    const throat = `M-26-304Q-22 ${-276 + tall * 0.6} 0 ${-284 + tall}Q22 ${-276 + tall * 0.6} 26-304z`;
    return (
      path(drop, ink(LOWER)) +
      path(throat, fill("#8c2f39")) +
      path(`M-14 ${-282 + tall * 0.55}q14-16 28 0q-6 12-14 14q-8-2-14-14z`, fill(C.pink)) +
      path(upper, ink(BEAK))
    );
  }
  const corners: Partial<Record<Mood, string>> = {
    sad: "M-36-300Q0-330 36-300",
    panic: "M-40-306l14-12l14 12l14-12l14 12l14-12l14 10",
    smug: "M-34-306Q6-286 42-322",
    suspicious: "M-36-302Q0-314 38-312",
    tired: "M-34-302q17-14 34 0t34 0",
  };
  return (
    path(upper, ink(BEAK)) +
    path(corners[mood] ?? "M-36-306H36", line(C.ink, 8)) +
    path("M-14-330h6M8-330h6", line(LOWER, 6))
  );
}
