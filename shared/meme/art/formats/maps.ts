/** Weather and maps. */
import type { Rect } from "#shared/meme/doc.ts";
import { C, circle, ellipse, fill, ink, line, n, path, rect } from "#shared/meme/art/draw.ts";
import { thingFace } from "#shared/meme/art/moods.ts";
import { type CaptionStyle, type Stage } from "#shared/meme/art/stage.ts";
import { card, cloud, cross, grown, storm, sun, WHOLE, dots } from "./parts.ts";

/** Three days, and somebody from the weather service who is sorry. */
export function forecast(stage: Stage): string {
  const days = [
    { sky: "#ffe9a6", draw: sun },
    { sky: "#cfe0ee", draw: cloud },
    { sky: "#a9b0d6", draw: storm },
  ] as const;
  const title: CaptionStyle = { hand: "poster", max: 84, on: C.navy };
  const day: CaptionStyle = { hand: "poster", max: 66, on: C.white };
  const fitted = stage.fitEach(
    [1, 2, 3].map((one) => ({ n: one, w: 316, h: 322 })),
    day,
  );
  let out =
    rect(0, 0, 1080, 1080, 0, fill("#4f86c6")) +
    path("M-20 700Q300 620 560 720T1100 660V1100H-20z", fill("#5f97d6")) +
    dots(WHOLE, C.white, 0.1) +
    rect(0, 0, 1080, 176, 0, fill(C.navy)) +
    path("M0 176H1080", line(C.yellow, 12)) +
    stage.caption(0, { x: 40, y: 20, w: 1000, h: 136 }, title);
  days.forEach(({ sky, draw }, index) => {
    const box = { x: 24 + index * 348, y: 212, w: 336, h: 544 };
    out += card(box, C.white, 28);
    out += path(`M${box.x} ${box.y + 208}V${box.y + 28}q0-28 28-28h280q28 0 28 28v180z`, ink(sky));
    out += draw(box.x + 168, box.y + 104 - (index === 2 ? 20 : 0), index === 0 ? 0.88 : 0.84);
    const one = fitted[index];
    if (one) out += stage.put(index + 1, one, { x: box.x + 10, y: box.y + 220, w: 316, h: 322 }, day);
  });
  return (
    out +
    stage.figure(0, { x: 790, y: 1162, s: 0.78, floating: true, flip: true }) +
    rect(-20, 990, 1120, 140, 16, ink("#dfe7f4")) +
    path("M0 1046H1080", line("#b4c3dc", 10)) +
    rect(150, 950, 150, 30, 8, ink(C.white, 7)) +
    path("M410 990V930M386 930h48", line(C.ink, 16))
  );
}

/** A country nobody has been to, and its weather. */
export function weatherMap(stage: Stage): string {
  const title: CaptionStyle = { hand: "poster", max: 84, on: C.white };
  const place: CaptionStyle = { hand: "poster", max: 66, on: C.white };
  const land =
    "M300 250Q420 190 540 240T770 230Q880 280 850 400T900 590Q960 720 860 830T640 960Q520 1030 400 960T230 860Q120 780 190 650T170 460Q180 300 300 250z";
  const rows = [
    { icon: { x: 330, y: 372 }, box: { x: 480, y: 252, w: 564, h: 216 }, draw: sun },
    { icon: { x: 760, y: 612 }, box: { x: 36, y: 502, w: 564, h: 216 }, draw: cloud },
    { icon: { x: 320, y: 856 }, box: { x: 480, y: 752, w: 564, h: 216 }, draw: storm },
  ] as const;
  const fitted = stage.fitEach(
    rows.map(({ box }, row) => ({ n: row + 1, w: box.w - 44, h: box.h - 16 })),
    place,
  );
  let out =
    rect(0, 0, 1080, 1080, 0, fill("#8ccbe4")) +
    path(
      "M60 380q30-22 60 0t60 0M880 1010q30-22 60 0t60 0M930 330q26-20 52 0t52 0M40 960q26-20 52 0t52 0",
      line("#c3e6f3", 9),
    ) +
    `<g transform="translate(10 14)">${path(land, fill(C.ink, 0.18))}</g>` +
    path(land, ink("#a9d18a")) +
    path(
      "M196 470Q420 540 560 470T868 470M186 716Q380 660 560 740T914 700",
      `${line("#7fae66", 7)} stroke-dasharray="20 18"`,
    );
  out += stage.has(0) ? card({ x: 50, y: 36, w: 980, h: 172 }, C.white) : "";
  out += stage.caption(0, { x: 74, y: 44, w: 932, h: 156 }, title);
  rows.forEach(({ icon, box, draw }, row) => {
    out += draw(icon.x, icon.y, 1.05);
    const one = fitted[row];
    if (!one) return;
    if (stage.has(row + 1) && stage.shown(row + 1)) out += card(box, C.white, 22);
    out += stage.put(row + 1, one, grown(box, -22, -8), place);
  });
  return out;
}

/** An old map: a way, a cross, and where the monsters are. */
export function treasureMap(stage: Stage): string {
  const parchment = "#f3dfb1";
  const light = "#fbf0d2";
  const title: CaptionStyle = { hand: "poster", max: 88, on: light };
  const label: CaptionStyle = { hand: "poster", max: 62, on: light };
  const boxes: readonly Rect[] = [
    { x: 52, y: 780, w: 476, h: 240 },
    { x: 552, y: 238, w: 476, h: 240 },
    { x: 552, y: 780, w: 476, h: 240 },
  ];
  const fitted = stage.fitEach(
    boxes.map((box, at) => ({ n: at + 1, w: box.w - 36, h: box.h - 16 })),
    label,
  );
  const edge =
    "M40 60Q200 30 420 52T800 44T1044 60Q1060 300 1036 540T1046 1030Q820 1050 600 1030T250 1046T36 1030Q20 800 42 560T40 60z";
  let out =
    rect(0, 0, 1080, 1080, 0, fill("#9a6b45")) +
    `<g transform="translate(10 12)">${path(edge, fill(C.ink, 0.25))}</g>` +
    path(edge, ink(parchment)) +
    path("M60 300Q200 250 330 330T420 560Q380 690 220 680T60 560", fill("#d9c58a")) +
    path("M1020 500Q860 480 760 560T720 740H1020z", fill("#a9cfc6")) +
    path("M110 420l40-70l40 70M180 440l46-84l46 84M260 560q16-40 32 0M310 590q16-40 32 0", line("#8a6a3f", 9)) +
    `<path d="M250 768Q250 640 400 624T610 572T752 524" ${line(C.red, 13)} stroke-dasharray="4 32"/>` +
    compass(190, 590) +
    pin(250, 760) +
    cross(790, 520, 34) +
    monster;
  out += stage.has(0) ? ribbon : "";
  out += stage.caption(0, { x: 106, y: 72, w: 868, h: 152 }, title);
  fitted.forEach((one, at) => {
    const box = boxes[at];
    if (!box) return;
    if (stage.has(at + 1) && stage.shown(at + 1)) out += rect(box.x, box.y, box.w, box.h, 18, ink(light));
    out += stage.put(at + 1, one, grown(box, -18, -8), label);
  });
  return out;
}

const ribbon =
  path("M24 112H140V212H24L60 162zM1056 112H940V212H1056L1020 162z", ink("#d9b56a")) +
  rect(90, 66, 900, 164, 12, ink("#fbf0d2"));

const pin = (x: number, y: number): string =>
  path(
    `M${n(x)} ${n(y)}Q${n(x - 66)} ${n(y - 84)} ${n(x - 50)} ${n(y - 124)}A54 54 0 0 1 ${n(x + 50)} ${n(y - 124)}Q${n(x + 66)} ${n(y - 84)} ${n(x)} ${n(y)}z`,
    ink(C.coral),
  ) + thingFace("joy", x, y - 122, 0.5, C.coral);

const compass = (x: number, y: number): string =>
  circle(x - 40, y - 10, 58, `fill="none" stroke="#8a6a3f" stroke-width="7"`) +
  path(`M${n(x - 40)} ${n(y - 84)}l16 74l-16 74l-16-74z`, ink("#d9534a", 6)) +
  path(`M${n(x - 40)} ${n(y + 64)}l-16-74h32z`, ink("#fbf0d2", 6));

/** Its back comes out of the water three times. */
const monster =
  path("M700 740q36-96 84-12M800 744q40-100 90-12", line(C.ink, 50)) +
  path("M700 740q36-96 84-12M800 744q40-100 90-12", line("#5aa38f", 32)) +
  path("M926 752V650H984V752z", ink("#5aa38f")) +
  path("M886 560l18-26l22 18l26-26l22 26l26-16l10 30z", ink("#3f8672", 7)) +
  circle(950, 612, 68, ink("#5aa38f")) +
  thingFace("smug", 946, 598, 0.72, "#478a77") +
  ellipse(860, 762, 176, 14, fill("#a9cfc6")) +
  path("M690 762q24-18 48 0t48 0t48 0t48 0t48 0t48 0t40 0", line("#e6f3ee", 8));
