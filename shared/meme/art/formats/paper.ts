/** Formats that look like something printed or shown on a screen. */
import { C, circle, fill, ink, line, n, path, rect } from "#shared/meme/art/draw.ts";
import { thingFace } from "#shared/meme/art/moods.ts";
import type { Rect } from "#shared/meme/doc.ts";
import { inkHeight, type CaptionStyle, type Stage } from "#shared/meme/art/stage.ts";
import { card, dots, grown, WHOLE } from "./parts.ts";

/** A window with the changes of a version, and somebody who looks over its edge. */
export function patchNotes(stage: Stage): string {
  const frame = { x: 50, y: 50, w: 980, h: 960 };
  const bar = 84;
  const title: CaptionStyle = { hand: "text", max: 84, align: "left", on: C.white };
  const item: CaptionStyle = { hand: "text", max: 70, align: "left", on: C.white };
  const heading = stage.fit(0, 900, 160, title);
  const headingHeight = heading.lines.length > 0 ? inkHeight(heading) : 0;
  const top = frame.y + bar + 44;
  const rule = top + headingHeight + 32;
  const out =
    rect(0, 0, 1080, 1080, 0, fill("#7ccbc2")) +
    dots(WHOLE, "#ffffff", 0.28) +
    card(frame, C.white) +
    path("M50 134V76Q50 50 76 50H1004Q1030 50 1030 76V134z", ink("#d8cdf2")) +
    circle(100, 92, 15, ink(C.red, 6)) +
    circle(148, 92, 15, ink(C.yellow, 6)) +
    circle(196, 92, 15, ink(C.green, 6)) +
    rect(570, 72, 400, 40, 20, fill(C.white, 0.75)) +
    stage.put(0, heading, { x: 90, y: top, w: 900, h: headingHeight }, title) +
    path(`M90 ${n(rule)}H990`, line(C.grey, 6));
  const list = items(stage, [1, 2, 3], { x: 90, y: rule + 34, w: 880, h: 806 - rule }, item, [plus, wave, minus]);
  return out + list + stage.figure(0, { x: 850, y: 1192, s: 0.66, floating: true });
}

type Mark = (x: number, y: number) => string;

/** Lines of one size with marks before them, spread over a box. In a right-to-left script the marks stand at the right. */
function items(
  stage: Stage,
  numbers: readonly number[],
  box: Rect,
  style: CaptionStyle,
  marks: readonly Mark[],
): string {
  const inset = 92;
  const gap = 26;
  const w = box.w - inset;
  const fitted = stage.fitAll(
    numbers.map((n) => ({ n, w })),
    style,
    box.h,
    gap,
  );
  const heights = fitted.map((one) => (one.lines.length > 0 ? inkHeight(one) : 0));
  const used = heights.reduce((sum, h) => sum + h + gap, -gap);
  const extra = Math.max(0, Math.min(44, (box.h - used) / (numbers.length + 1)));
  let y = box.y + extra;
  let out = "";
  fitted.forEach((one, index) => {
    const number = numbers[index] ?? 0;
    const h = heights[index] ?? 0;
    const rtl = one.measured.levels.rtl;
    // Beside the capitals of the first line.
    const middle = y + one.size * (one.measured.rise - one.measured.cap / 2);
    if (h > 0 && stage.shown(number)) out += marks[index]?.(rtl ? box.x + box.w - 30 : box.x + 34, middle) ?? "";
    out += stage.put(number, one, { x: rtl ? box.x : box.x + inset, y, w, h }, { ...style, valign: "top" });
    y += h + gap + extra;
  });
  return out;
}

const plus = (x: number, y: number): string =>
  circle(x, y, 25, ink("#bfe8c4", 6)) + path(`M${n(x - 11)} ${n(y)}h22M${n(x)} ${n(y - 11)}v22`, line(C.ink, 7));
const minus = (x: number, y: number): string =>
  circle(x, y, 25, ink("#f8c1b8", 6)) + path(`M${n(x - 11)} ${n(y)}h22`, line(C.ink, 7));
const wave = (x: number, y: number): string =>
  circle(x, y, 25, ink("#ffe3a0", 6)) + path(`M${n(x - 12)} ${n(y + 3)}q6-12 12-3t12-3`, line(C.ink, 7));

/** A card with three steps, and a cook. */
export function recipe(stage: Stage): string {
  const paper = "#fffaf0";
  const frame = { x: 60, y: 50, w: 960, h: 880 };
  const title: CaptionStyle = { hand: "poster", max: 96, on: paper };
  const step: CaptionStyle = { hand: "text", max: 74, align: "left", on: paper };
  const heading = stage.fit(0, 860, 170, title);
  const h = heading.lines.length > 0 ? inkHeight(heading) : 40;
  const rule = frame.y + 40 + h + 34;
  const checks = Array.from(
    { length: 9 },
    (_, i) =>
      rect(i * 120, 0, 60, 1080, 0, fill("#e0584e", 0.45)) + rect(0, i * 120, 1080, 60, 0, fill("#e0584e", 0.45)),
  ).join("");
  const pips = [1, 2, 3].map((count): Mark => (x, y) => {
    const at =
      [
        [[0, 0]],
        [
          [-11, -11],
          [11, 11],
        ],
        [
          [-13, -13],
          [0, 0],
          [13, 13],
        ],
      ][count - 1] ?? [];
    return (
      rect(x - 30, y - 30, 60, 60, 16, ink(C.yellow, 7)) +
      at.map(([dx = 0, dy = 0]) => circle(x + dx, y + dy, 7, fill(C.ink))).join("")
    );
  });
  return (
    rect(0, 0, 1080, 1080, 0, fill("#fff1e6")) +
    checks +
    card(frame, paper, 18) +
    stage.put(0, heading, { x: 110, y: frame.y + 40, w: 860, h }, title) +
    path(`M110 ${n(rule)}q36-22 72 0t72 0t72 0t72 0t72 0t72 0t72 0t72 0t72 0t72 0t72 0t68 0`, line(C.coral, 7)) +
    items(stage, [1, 2, 3], { x: 100, y: rule + 30, w: 880, h: 740 - rule }, step, pips) +
    stage.figure(0, { x: 850, y: 1186, s: 0.7, floating: true, wear: hat })
  );
}

/** A cook's hat. */
const hat =
  circle(-52, -62, 46, ink(C.white)) +
  circle(52, -62, 46, ink(C.white)) +
  circle(0, -86, 54, ink(C.white)) +
  path("M-66-56H66L60 10Q0 26-60 10z", ink(C.white)) +
  path("M-60-58H60V-30H-60z", fill(C.white)) +
  path("M-30-34v30M0-36v34M30-34v30", line(C.grey, 6));

/** An error message with two buttons, neither of which helps. */
export function errorDialog(stage: Stage): string {
  const face = "#e9e4f5";
  const frame = { x: 60, y: 90, w: 960, h: 700 };
  const title: CaptionStyle = { hand: "text", max: 52, align: "left", on: C.navy };
  const message: CaptionStyle = { hand: "text", max: 70, align: "left", on: face };
  const button: CaptionStyle = { hand: "text", max: 54, on: C.white };
  const heading = stage.fit(0, 760, 150, title);
  const bar = Math.max(96, (heading.lines.length > 0 ? inkHeight(heading) : 0) + 44);
  const buttons = { y: frame.y + frame.h - 208, h: 180, w: 430 };
  const body = { x: 300, y: frame.y + bar + 34, w: 680, h: buttons.y - (frame.y + bar + 34) - 34 };
  const [one, two] = stage.fitEach(
    [
      { n: 2, w: buttons.w - 36, h: buttons.h - 16 },
      { n: 3, w: buttons.w - 36, h: buttons.h - 16 },
    ],
    button,
  );
  const middle = body.y + body.h / 2;
  let out =
    rect(0, 0, 1080, 1080, 0, fill("#6fa8d6")) +
    path("M0 820Q260 700 560 810T1080 760V1080H0z", fill("#7cc07f")) +
    path("M0 930Q360 830 640 930T1080 900V1080H0z", fill("#62a968")) +
    card({ ...frame, x: frame.x + 34, y: frame.y - 50 }, "#cfc8e2", 16) +
    card(frame, face, 16) +
    path(
      `M60 ${n(frame.y + bar)}V${frame.y + 16}Q60 ${frame.y} 76 ${frame.y}H1004Q1020 ${frame.y} 1020 ${frame.y + 16}V${n(frame.y + bar)}z`,
      ink(C.navy),
    ) +
    rect(932, frame.y + 20, 60, 56, 10, ink(C.red, 7)) +
    path(`M950 ${frame.y + 36}l24 24m0-24l-24 24`, line(C.white, 8)) +
    stage.put(0, heading, { x: 96, y: frame.y + 14, w: 800, h: bar - 28 }, title) +
    circle(180, middle, 84, ink(C.red)) +
    thingFace("shocked", 180, middle - 14, 0.95, C.red) +
    stage.caption(1, body, message);
  for (const [index, fitted] of [one, two].entries()) {
    if (!fitted) continue;
    const x = index === 0 ? 90 : 560;
    const key = { x, y: buttons.y, w: buttons.w, h: buttons.h };
    out += rect(x + 8, key.y + 10, key.w, key.h, 18, fill(C.ink, 0.3)) + rect(x, key.y, key.w, key.h, 18, ink(C.white));
    out += stage.put(2 + index, fitted, grown(key, -18, -8), button);
  }
  return out + stage.figure(0, { x: 540, y: 1180, s: 0.78, floating: true });
}
