/** Formats that look like something printed or shown on a screen. */
import { C, circle, fill, ink, line, n, path, rect } from "#shared/meme/art/draw.ts";
import { inkHeight, type CaptionStyle, type Stage } from "#shared/meme/art/stage.ts";
import { card, dots, WHOLE } from "./parts.ts";

/** A window with the changes of a version, and somebody who looks over its edge. */
export function patchNotes(stage: Stage): string {
  const frame = { x: 60, y: 60, w: 960, h: 930 };
  const bar = 84;
  const title: CaptionStyle = { hand: "text", max: 74, align: "left", on: C.white };
  const item: CaptionStyle = { hand: "text", max: 60, align: "left", on: C.white };
  const heading = stage.fit(0, 880, 150, title);
  const headingHeight = heading.lines.length > 0 ? inkHeight(heading) : 0;
  const top = frame.y + bar + 40;
  const listTop = top + headingHeight + 62;
  const room = 812 - listTop;
  const gap = 30;
  const items = stage.fitAll(
    [1, 2, 3].map((change) => ({ n: change, w: 790 })),
    item,
    room,
    gap,
  );
  const used = items.reduce((sum, one) => sum + inkHeight(one), 0) + gap * 2;
  const extra = Math.max(0, Math.min(40, (room - used) / 3));
  let out =
    rect(0, 0, 1080, 1080, 0, fill("#7ccbc2")) +
    dots(WHOLE, "#ffffff", 0.28) +
    card(frame, C.white) +
    path(`M60 ${frame.y + bar}V86Q60 60 86 60H994Q1020 60 1020 86V${frame.y + bar}z`, ink("#d8cdf2")) +
    circle(110, 102, 15, ink(C.red, 6)) +
    circle(158, 102, 15, ink(C.yellow, 6)) +
    circle(206, 102, 15, ink(C.green, 6)) +
    rect(560, 82, 400, 40, 20, fill(C.white, 0.75)) +
    stage.put(0, heading, { x: 104, y: top, w: 880, h: headingHeight }, title) +
    path(`M104 ${n(top + headingHeight + 30)}H976`, line(C.grey, 6));
  let y = listTop + extra / 2;
  const marks = [plus, wave, minus];
  items.forEach((one, index) => {
    const h = inkHeight(one);
    const middle =
      y +
      (one.lines.length > 0
        ? one.size * one.measured.cap * 0.5 + one.size * (one.measured.rise - one.measured.cap)
        : 0);
    if (one.lines.length > 0 && stage.shown(index + 1)) out += marks[index]?.(132, middle) ?? "";
    out += stage.put(index + 1, one, { x: 190, y, w: 790, h }, { ...item, valign: "top" });
    y += h + gap + extra;
  });
  return out + stage.figure(0, { x: 850, y: 1130, s: 0.62, floating: true });
}

const plus = (x: number, y: number): string =>
  circle(x, y, 25, ink("#bfe8c4", 6)) + path(`M${n(x - 11)} ${n(y)}h22M${n(x)} ${n(y - 11)}v22`, line(C.ink, 7));
const minus = (x: number, y: number): string =>
  circle(x, y, 25, ink("#f8c1b8", 6)) + path(`M${n(x - 11)} ${n(y)}h22`, line(C.ink, 7));
const wave = (x: number, y: number): string =>
  circle(x, y, 25, ink("#ffe3a0", 6)) + path(`M${n(x - 12)} ${n(y + 3)}q6-12 12-3t12-3`, line(C.ink, 7));
