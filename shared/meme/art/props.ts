/** Things to hold. Each is drawn around the point where the hand is, about 100 high. */
import type { PropId } from "#shared/meme/doc.ts";
import { C, circle, ellipse, fill, ink, line, path, rect } from "./draw.ts";

const PROPS: Record<PropId, () => string> = {
  coffee: () =>
    path("M32-38q40-6 40 22t-44 24", line(C.ink, 22)) +
    path("M32-38q40-6 40 22t-44 24", line(C.white, 8)) +
    path("M-38-52H38L32 30Q30 40 20 40H-20Q-30 40-32 30z", ink(C.white)) +
    path("M-36-24H36L33 8H-33z", fill(C.coral)) +
    path("M-16-72q-10-14 0-26t0-26M14-72q-10-14 0-26t0-26", line(C.ink, 15)) +
    path("M-16-72q-10-14 0-26t0-26M14-72q-10-14 0-26t0-26", line(C.white, 6)),
  laptop: () =>
    path("M-76-92H76V4H-76z", ink(C.slate)) +
    rect(-62, -79, 124, 70, 4, fill("#bfe6f2")) +
    path("M-46-62h54M-46-44h76M-46-26h38", line(C.blue, 8)) +
    path("M-96 4H96L84 26H-84z", ink(C.grey)),
  phone: () =>
    rect(-32, -92, 64, 112, 14, ink(C.night)) +
    rect(-22, -78, 44, 76, 4, fill("#9be3f2")) +
    path("M-12-60h24M-12-46h16", line(C.blue, 7)) +
    circle(0, 8, 5, fill(C.grey)),
  umbrella: () =>
    path("M0 40V-190", line(C.ink, 22)) +
    path("M0 40V-190", line(C.wood, 8)) +
    path(
      "M-136-150Q-120-262 0-262T136-150Q112-172 90-150Q68-172 45-150Q22-172 0-150Q-22-172-45-150Q-68-172-90-150Q-112-172-136-150z",
      ink(C.red),
    ) +
    path("M-45-150Q-40-230 0-262Q40-230 45-150", line(C.ink, 7)) +
    path("M0-262v-18", line(C.ink, 12)),
  book: () =>
    path("M-66-70Q-30-84 0-64Q30-84 66-70V22Q30 8 0 28Q-30 8-66 22z", ink(C.teal)) +
    path("M-54-72Q-26-80 0-62Q26-80 54-72V8Q26 0 0 16Q-26 0-54 8z", ink(C.paper, 6)) +
    path("M0-62V14M-42-54q18-4 30 3M-42-36q18-4 30 3M12-51q14-7 30-3M12-33q14-7 30-3", line(C.grey, 6)),
  wrench: () =>
    path("M-12 46V-52Q-44-66-40-104L-14-84H14L40-104Q44-66 12-52V46Q10 58 0 58T-12 46z", ink(C.grey)) +
    circle(0, 36, 6, fill(C.slate)),
  cake: () =>
    ellipse(0, 26, 82, 15, ink(C.white)) +
    path("M-62-28H62V20Q0 36-62 20z", ink("#f6d7a7")) +
    path(
      "M-66-40Q-66-56-44-56H44Q66-56 66-40V-20Q54-4 42-20Q28-2 14-20Q0-2-14-20Q-28-2-42-20Q-54-4-66-20z",
      ink(C.pink),
    ) +
    rect(-7, -98, 14, 42, 4, ink(C.sky, 6)) +
    path("M0-134q18 20 0 34q-18-14 0-34z", ink(C.yellow, 6)),
  plant: () =>
    path("M0-40Q-6-90-4-112", line(C.leaf, 10)) +
    path(
      "M-4-84Q-70-84-72-134Q-10-134-4-84zM-2-66Q60-66 68-114Q6-118-2-66zM-4-108Q-28-150 4-180Q34-146-4-108z",
      ink(C.green, 8),
    ) +
    path("M-44-42H44L34 34H-34z", ink(C.coral)) +
    path("M-50-58H50V-36H-50z", ink("#d9623a")),
  magnifier: () =>
    path("M0 46V-30", line(C.ink, 32)) +
    path("M0 46V-30", line(C.brown, 16)) +
    circle(0, -82, 56, ink(C.amber)) +
    circle(0, -82, 41, ink("#d8f1f8", 6)) +
    path("M-24-92q6-20 26-22", line(C.white, 9)),
  briefcase: () =>
    path("M-28 6V-14Q-28-24-18-24H18Q28-24 28-14V6", line(C.ink, 15)) +
    rect(-78, 6, 156, 104, 16, ink(C.brown)) +
    path("M-78 52H78", line(C.ink, 7)) +
    rect(-16, 40, 32, 26, 6, ink(C.yellow, 6)),
  balloon: () =>
    path("M0 10Q-22-60 4-110", line(C.ink, 6)) +
    path("M4-116Q-58-160-58-216A62 62 0 0 1 66-216Q66-160 4-116z", ink(C.red)) +
    path("M-6-104L4-120L14-104z", ink(C.red, 6)) +
    path("M-34-222q4-26 28-32", line("#f6a39c", 10)),
  crown: () =>
    path("M-70-6L-84-92L-36-52L0-108L36-52L84-92L70-6z", ink(C.yellow)) +
    path("M-70-6H70V18H-70z", ink(C.amber)) +
    circle(0, 6, 8, fill(C.red)) +
    circle(-40, 6, 7, fill(C.teal)) +
    circle(40, 6, 7, fill(C.teal)) +
    circle(-84, -96, 11, ink(C.red, 7)) +
    circle(84, -96, 11, ink(C.red, 7)) +
    circle(0, -112, 11, ink(C.red, 7)),
};

/** The drawing of a thing. */
export function propOf(prop: PropId): string {
  return PROPS[prop]();
}

/** How it lies in a hand at this point. */
export function propPlace(
  prop: PropId,
  [x, y]: readonly [number, number],
): { x: number; y: number; s?: number; turn?: number } {
  if (prop === "laptop") return { x: x + 22, y: y - 8, s: 0.86, turn: -4 };
  if (prop === "wrench" || prop === "magnifier") return { x, y: y - 16, turn: 16 };
  if (prop === "umbrella") return { x: x + 4, y, turn: 20, s: 0.78 };
  if (prop === "balloon") return { x, y, turn: 15 };
  if (prop === "book" || prop === "cake") return { x: x + 10, y: y - 18, s: 0.9 };
  if (prop === "plant" || prop === "coffee") return { x: x + 8, y: y - 18 };
  return { x, y };
}
