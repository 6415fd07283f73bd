/** Formats in which somebody speaks. */
import type { Rect } from "#shared/meme/doc.ts";
import { C, circle, fill, ink, line, n, path, rect } from "#shared/meme/art/draw.ts";
import { FIGURE_HEIGHT } from "#shared/meme/art/figure.ts";
import { inkHeight, inkWidth, type CaptionStyle, type Stage } from "#shared/meme/art/stage.ts";
import { bubble, card, grown, inside, thinking, WHOLE } from "./parts.ts";

const SPOKEN: CaptionStyle = { hand: "text", max: 64, align: "left", on: C.white };

/** Two figures; the answer stands lower and to the right, as one reads. */
export function dialogue(stage: Stage): string {
  const fitted = stage.fitAll(
    [
      { n: 0, w: 640, h: 300 },
      { n: 1, w: 600, h: 300 },
    ],
    SPOKEN,
    410,
    0,
  );
  const [first, second] = fitted;
  if (!first || !second) return "";
  const s = 0.92;
  const feet = 1046;
  const head = feet - FIGURE_HEIGHT * s;
  const size = (one: typeof first, pad: number): { w: number; h: number } => ({
    w: Math.max(220, inkWidth(one)) + 2 * pad,
    h: (one.lines.length > 0 ? inkHeight(one) : 50) + 1.4 * pad,
  });
  const a = size(first, 40);
  const b = size(second, 40);
  const one: Rect = { x: 44, y: 40, ...a };
  const two: Rect = { x: 1080 - 44 - b.w, y: Math.max(40 + a.h + 22, head - 36 - b.h), ...b };
  const left = { x: 250, y: head + 18 };
  const right = { x: 826, y: head - 2 };
  // The tail of the first comes down beside the second bubble; a short one is enough to say who speaks.
  const tip = { x: Math.min(left.x, Math.max(120, two.x - 70)), y: Math.min(left.y - 24, one.y + one.h + 120) };
  return (
    stage.scene(WHOLE, 900) +
    stage.figure(0, { x: 256, y: feet, s }) +
    stage.figure(1, { x: 824, y: feet, s, flip: true }) +
    (stage.shown(0) ? bubble(one, tip) + (stage.has(0) ? "" : thinking(one)) : "") +
    stage.put(0, first, grown(one, -40, -26), SPOKEN) +
    (stage.shown(1) ? bubble(two, right) + (stage.has(1) ? "" : thinking(two)) : "") +
    stage.put(1, second, grown(two, -40, -26), SPOKEN)
  );
}

/** Questions from the left, answers from the right, and below them the two who do not understand each other. */
export function interview(stage: Stage): string {
  const style: CaptionStyle = { ...SPOKEN, max: 64 };
  const pad = 30;
  const rows = [0, 1, 2, 3].map((row) => ({ n: row, w: 760 }));
  const fitted = stage.fitAll(rows, style, 700 - 4 * 34 - 3 * 14, 14);
  const used = fitted.reduce((sum, one) => sum + (one.lines.length > 0 ? inkHeight(one) : 40) + 34, 14 * 3);
  // What the bubbles leave is for the heads.
  const s = Math.min(1.2, Math.max(0.78, (1004 - 30 - used - 30 - 40) / 345));
  const feet = 1004 + 185 * s;
  // Little text is not pressed against the edge.
  const calm = Math.min(16, Math.max(0, (640 - used) / 6));
  let y = 30 + calm;
  let bubbles = "";
  fitted.forEach((one, row) => {
    const mine = row % 2 === 1;
    const h = (one.lines.length > 0 ? inkHeight(one) : 40) + 34;
    const w = Math.max(200, inkWidth(one)) + 2 * pad;
    const box = { x: mine ? 1040 - w : 40, y, w, h };
    const on = mine ? "#d5f2e3" : C.white;
    const corner = mine
      ? `M${n(1040 - 54)} ${n(y + h - 6)}q30 26 50 30q-14-26-10-56z`
      : `M94 ${n(y + h - 6)}q-30 26-50 30q14-26 10-56z`;
    if (stage.shown(row)) {
      bubbles += path(corner, ink(on)) + rect(box.x, y, w, h, 34, ink(on)) + path(corner, fill(on));
      if (!stage.has(row)) bubbles += thinking(box);
    }
    bubbles += stage.put(row, one, grown(box, -pad, -17), { ...style, align: "left", on });
    y += h + 14 + calm;
  });
  return (
    rect(0, 0, 1080, 1080, 0, fill("#f3d9a8")) +
    path("M0 770H1080V1080H0z", fill("#e7c184")) +
    stage.figure(0, { x: 250, y: feet, s, floating: true }) +
    stage.figure(1, { x: 830, y: feet, s, floating: true, flip: true }) +
    rect(-20, 1004, 1120, 100, 12, ink(C.wood)) +
    path("M0 1032H1080", line("#b9834c", 8)) +
    rect(480, 976, 130, 22, 5, ink(C.white, 7)) +
    bubbles
  );
}

/** Judge above, accused in the dock, and a verdict for all to read. */
export function court(stage: Stage): string {
  const plate = "#ffe7b8";
  const style: CaptionStyle = { ...SPOKEN, max: 52 };
  const verdict: CaptionStyle = { hand: "poster", max: 76, on: plate, upper: true };
  const [charge, plea] = stage.fitAll(
    [
      { n: 0, w: 900, h: 200 },
      { n: 1, w: 520, h: 250 },
    ],
    style,
    450,
    0,
  );
  if (!charge || !plea) return "";
  const bubbleOf = (one: typeof charge): { w: number; h: number } => ({
    w: Math.max(200, inkWidth(one)) + 64,
    h: (one.lines.length > 0 ? inkHeight(one) : 44) + 48,
  });
  const a = { x: 40, y: 36, ...bubbleOf(charge) };
  const size = bubbleOf(plea);
  const b = { x: 1044 - size.w, y: Math.max(a.y + a.h + 24, 560 - size.h), ...size };
  const banner = { x: 50, y: 870, w: 980, h: 180 };
  const gavel = `<g transform="translate(438 596) rotate(-24)">${rect(-10, -12, 20, 112, 8, ink(C.brown, 8))}${rect(-56, -48, 112, 52, 10, ink(C.wood, 8))}</g>`;
  return (
    rect(0, 0, 1080, 1080, 0, fill("#d9a878")) +
    [0, 216, 432, 648, 864].map((x) => rect(x + 18, 20, 180, 720, 10, fill("#c9946a"))).join("") +
    rect(0, 800, 1080, 280, 0, fill("#8a5a3c")) +
    stage.figure(0, { x: 236, y: 770, s: 0.82, floating: true, wear: wig }) +
    rect(36, 640, 420, 220, 14, ink("#a5683f")) +
    rect(20, 616, 452, 44, 12, ink("#c48452")) +
    circle(246, 760, 46, ink(C.yellow)) +
    path("M246 728v60M218 740h56M218 740l-14 30h28zM274 740l-14 30h28z", line(C.ink, 6)) +
    gavel +
    stage.figure(1, { x: 800, y: 928, s: 0.68, floating: true, flip: true }) +
    path("M610 780V870M700 780V870M800 780V870M900 780V870M990 780V870", line(C.ink, 30)) +
    path("M610 780V870M700 780V870M800 780V870M900 780V870M990 780V870", line("#c48452", 14)) +
    rect(580, 758, 440, 38, 12, ink("#c48452")) +
    (stage.shown(0)
      ? bubble(a, { x: 236, y: Math.min(392, a.y + a.h + 140) }) + (stage.has(0) ? "" : thinking(a))
      : "") +
    stage.put(0, charge, grown(a, -32, -24), style) +
    (stage.shown(1)
      ? bubble(b, { x: 800, y: Math.min(b.y + b.h + 70, 606) }) + (stage.has(1) ? "" : thinking(b))
      : "") +
    stage.put(1, plea, grown(b, -32, -24), style) +
    card(banner, plate, 18) +
    stage.caption(2, grown(banner, -28, -12), verdict)
  );
}

const curls = (x: number): string => [0, 1, 2].map((i) => circle(x, 18 + i * 44, 27, ink("#f4f1ea", 8))).join("");
/** A judge's wig. */
const wig = curls(-112) + curls(112) + path("M-118 14Q-110-72 0-72T118 14Q60-26 0-24T-118 14z", ink("#f4f1ea"));

/** Somebody in the wild, hidden badly, and a narrator who whispers. */
export function natureDoc(stage: Stage): string {
  const whisper: CaptionStyle = { hand: "text", max: 58, on: C.ink };
  const title: CaptionStyle = { hand: "poster", max: 76, align: "left", on: C.yellow, upper: true };
  const text = stage.fit(1, 980, 300, whisper);
  const bar = text.lines.length > 0 ? Math.max(150, inkHeight(text) + 76) : 60;
  const heading = stage.fit(0, 660, 170, title);
  const label = { x: 40, y: 40, w: inkWidth(heading) + 56, h: inkHeight(heading) + 40 };
  const frame = { x: 0, y: 0, w: 1080, h: 1080 - bar };
  const bottom = frame.h;
  const clear = stage.has(0) ? label.y + label.h + 24 : 40;
  const s = Math.min(1.25, (bottom + 40 - clear) / 540);
  const blade = (x: number, h: number, lean: number): string =>
    `M${n(x - 15)} ${n(bottom + 8)}Q${n(x + lean * 0.3)} ${n(bottom - h * 0.6)} ${n(x + lean)} ${n(bottom - h)}Q${n(x + lean * 0.5 + 18)} ${n(bottom - h * 0.5)} ${n(x + 17)} ${n(bottom + 8)}z`;
  let grass = "";
  for (let x = 0, i = 0; x <= 1090; x += 34, i++) grass += blade(x, 90 + ((i * 53) % 70), ((i * 37) % 60) - 30);
  return (
    inside(
      frame,
      stage.scene(frame, bottom - 110) +
        stage.figure(0, { x: 560, y: bottom + 34, s, floating: true }) +
        path(grass, ink("#4f9a55", 7)),
    ) +
    rect(0, bottom, 1080, bar, 0, fill(C.ink)) +
    (stage.has(0) && stage.shown(0) ? rect(label.x, label.y, label.w, label.h, 8, ink(C.yellow)) : "") +
    stage.put(0, heading, grown(label, -28, -20), title) +
    stage.put(1, text, { x: 50, y: bottom + 30, w: 980, h: Math.max(0, bar - 60) }, whisper)
  );
}
