/** Formats in which things in a place carry the words: signs, doors, packages. */
import { C, circle, fill, ink, line, n, path, rect } from "#shared/meme/art/draw.ts";
import type { Rect } from "#shared/meme/doc.ts";
import { type CaptionStyle, type Stage } from "#shared/meme/art/stage.ts";
import { card, grown, inside, rays, WHOLE } from "./parts.ts";

/** A sign as large as its promise, and the plate below that takes it back. */
export function roadSign(stage: Stage): string {
  const blue = "#2f5fae";
  const sign = { x: 70, y: 56, w: 940, h: 380 };
  const plate = { x: 40, y: 462, w: 640, h: 290 };
  const loud: CaptionStyle = { hand: "poster", max: 132, on: blue, upper: true };
  const small: CaptionStyle = { hand: "text", max: 58, on: C.white };
  const post = (x: number): string => rect(x, 400, 34, 640, 6, ink("#9aa3b5"));
  return (
    stage.scene(WHOLE, 850) +
    post(200) +
    post(526) +
    card(sign, blue, 44) +
    rect(sign.x + 20, sign.y + 20, sign.w - 40, sign.h - 40, 30, line(C.white, 9)) +
    stage.caption(0, grown(sign, -58, -48), loud) +
    (stage.has(1) && stage.shown(1) ? card(plate, C.white, 20) : "") +
    stage.caption(1, grown(plate, -26, -18), small) +
    stage.figure(0, { x: 862, y: 1030, s: 1.02, flip: true })
  );
}

/** Two doors, and somebody who stands between them. */
export function doors(stage: Stage): string {
  const paper = "#fff7e3";
  const sign: CaptionStyle = { hand: "poster", max: 78, on: paper };
  const who: CaptionStyle = { hand: "poster", max: 84, upper: true };
  const signs: readonly Rect[] = [
    { x: 30, y: 30, w: 496, h: 250 },
    { x: 554, y: 30, w: 496, h: 250 },
  ];
  const fitted = stage.fitEach(
    signs.map((box, at) => ({ n: at, w: box.w - 44, h: box.h - 30 })),
    sign,
  );
  const door = (x: number, leaf: string, panel: string, light: string): string =>
    path(`M${x - 60} 1080L${x + 20} 840H${x + 290}L${x + 370} 1080z`, fill(light, 0.35)) +
    rect(x - 24, 306, 358, 550, 10, ink("#6b4a38")) +
    rect(x, 330, 310, 526, 4, ink(leaf)) +
    rect(x + 44, 376, 222, 180, 8, ink(panel, 7)) +
    rect(x + 44, 604, 222, 200, 8, ink(panel, 7)) +
    circle(x + 262, 586, 20, ink(C.yellow, 7));
  let out =
    rect(0, 0, 1080, 860, 0, fill("#8e9ccb")) +
    [0, 1, 2, 3, 4, 5].map((i) => rect(i * 200 - 20, 0, 90, 860, 0, fill("#98a6d4"))).join("") +
    rect(0, 856, 1080, 224, 0, fill("#5d5578")) +
    door(80, "#4fae9b", "#6cc4b2", "#b8fff0") +
    door(690, "#dc5f52", "#ea8276", "#ffd0c8");
  signs.forEach((box, at) => {
    const one = fitted[at];
    if (!one) return;
    out += path(`M${n(box.x + box.w / 2)} ${n(box.y + box.h)}V310`, line(C.ink, 12)) + card(box, paper, 20);
    out += stage.put(at, one, grown(box, -22, -15), sign);
  });
  const label = stage.has(2);
  out += stage.figure(0, { x: 540, y: label ? 896 : 1000, s: 0.98 });
  return out + stage.caption(2, { x: 40, y: 912, w: 1000, h: 146 }, who);
}

/** Everything one needs, in one package. */
export function starterPack(stage: Stage): string {
  const yellow = "#ffd257";
  // Dark enough for white letters.
  const banner = "#c93a36";
  const title: CaptionStyle = { hand: "poster", max: 84, on: banner, upper: true, colour: C.white };
  const item: CaptionStyle = { hand: "poster", max: 76 };
  const boxes: readonly (Rect & { colour: string; tilt: number })[] = [
    { x: 24, y: 236, w: 356, h: 356, colour: "#fff6e0", tilt: -2 },
    { x: 700, y: 236, w: 356, h: 356, colour: "#e5f6f1", tilt: 2 },
    { x: 24, y: 640, w: 356, h: 356, colour: "#fde9ec", tilt: 1.5 },
    { x: 700, y: 640, w: 356, h: 356, colour: "#ebe6fa", tilt: -1.5 },
  ];
  const fitted = stage.fitEach(
    boxes.map((box, at) => ({ n: at + 1, w: box.w - 32, h: box.h - 44 })),
    item,
  );
  const bubble = { x: 400, y: 300, w: 280, h: 690 };
  let out =
    rect(0, 0, 1080, 1080, 0, fill(yellow)) +
    rays(540, 600, 20, fill("#ffbf3a")) +
    rect(0, 0, 1080, 196, 0, fill(banner)) +
    path("M0 196H1080", line(C.ink, 12)) +
    rect(455, 16, 170, 26, 13, ink(yellow, 7)) +
    stage.caption(0, { x: 30, y: 50, w: 1020, h: 138 }, title) +
    rect(bubble.x, bubble.y, bubble.w, bubble.h, 110, ink("#bfe6f4")) +
    inside(grown(bubble, 60, 0), stage.figure(0, { x: 540, y: 924, s: 0.98 })) +
    path(`M${bubble.x + 40} 460V420Q${bubble.x + 40} 350 ${bubble.x + 100} 342`, line(C.white, 14));
  boxes.forEach(({ colour, tilt, ...box }, at) => {
    const one = fitted[at];
    if (!one) return;
    const middle = `${n(box.x + box.w / 2)} ${n(box.y + box.h / 2)}`;
    out += `<g transform="rotate(${tilt} ${middle})">${card(box, colour, 22)}${rect(box.x + box.w / 2 - 60, box.y - 18, 120, 40, 4, fill("#f6e7b0", 0.9))}</g>`;
    out += stage.put(at + 1, one, grown(box, -16, -22), { ...item, on: colour });
  });
  return out;
}
