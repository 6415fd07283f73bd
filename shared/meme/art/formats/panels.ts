/** Formats that are pictures beside or under one another. */
import { C, fill, line, n, path, rect, star } from "#shared/meme/art/draw.ts";
import { FIGURE_HEIGHT } from "#shared/meme/art/figure.ts";
import { inkHeight, type CaptionStyle, type Stage } from "#shared/meme/art/stage.ts";
import { check, cross, inside, rays, WHOLE } from "./parts.ts";
import { otherScene } from "./scenery.ts";

const LOUD: CaptionStyle = { hand: "poster", max: 116, upper: true };

/** Setup above, punchline below, and between them as much figure as there is room for. */
export function topBottom(stage: Stage): string {
  const [edge, air] = [30, 16];
  const both = stage.fitAll(
    [
      { n: 0, w: 1000, h: 330 },
      { n: 1, w: 1000, h: 330 },
    ],
    LOUD,
    540,
    0,
  );
  const [first, second] = both;
  if (!first || !second) return "";
  const above = stage.flows(0) ? inkHeight(first) : 0;
  const below = stage.flows(1) ? inkHeight(second) : 0;
  const top = edge + above;
  const bottom = 1080 - edge - below;
  const captions =
    stage.put(0, first, { x: 40, y: edge, w: 1000, h: above }, { ...LOUD, valign: "top" }) +
    stage.put(1, second, { x: 40, y: bottom, w: 1000, h: below }, { ...LOUD, valign: "bottom" });
  if (stage.doc.photo) {
    const frame = { x: 0, y: top + (stage.flows(0) ? air : -edge), w: 1080, h: 0 };
    frame.h = bottom - (stage.flows(1) ? air : -edge) - frame.y;
    return rect(0, 0, 1080, 1080, 0, fill(C.ink)) + stage.photo(frame) + captions;
  }
  const feet = Math.min(1000, bottom - air - 8);
  const room = feet - top - air;
  const s = Math.min(1.34, room / (FIGURE_HEIGHT + 26));
  return stage.scene(WHOLE, feet - 60) + stage.figure(0, { x: 540, y: feet, s }) + captions;
}

function sideBySide(stage: Stage, bands: readonly [string, string]): string {
  const style: CaptionStyle = { hand: "poster", max: 84 };
  const fitted = stage.fitEach(
    [
      { n: 0, w: 475, h: 400 },
      { n: 1, w: 475, h: 400 },
    ],
    style,
  );
  const tallest = Math.max(...fitted.map((one) => (one.lines.length > 0 ? inkHeight(one) : 0)));
  const band = tallest === 0 ? 0 : Math.max(150, tallest + 64);
  let out = "";
  for (const side of [0, 1] as const) {
    const x = side * 545;
    const frame = { x, y: band, w: 535, h: 1080 - band };
    const s = Math.min(1.22, (frame.h - 90) / (FIGURE_HEIGHT + 40));
    const feet = 1080 - Math.max(46, (frame.h - s * FIGURE_HEIGHT) * 0.28);
    const drawn = stage.scene(frame, feet - 80, side === 0 ? stage.doc.scene : otherScene(stage.doc.scene));
    out += inside(frame, drawn + stage.figure(side, { x: x + 262, y: feet, s, flip: side === 1 }));
    const on = bands[side];
    out += rect(x, 0, 535, band, 0, fill(on));
    const one = fitted[side];
    if (one) out += stage.put(side, one, { x: x + 30, y: 24, w: 475, h: Math.max(0, band - 48) }, { ...style, on });
  }
  if (band > 0) out += path(`M0 ${n(band)}H1080`, line(C.ink, 10));
  return out + rect(533, 0, 14, 1080, 0, fill(C.ink));
}

export function twoPanel(stage: Stage): string {
  return sideBySide(stage, ["#fff3d6", "#d9f1ec"]);
}

export function expectationReality(stage: Stage): string {
  return sideBySide(stage, ["#ffe79a", "#cdd3e6"]);
}

/** One figure twice: pushing the one away, pointing at the other. */
export function rejectPrefer(stage: Stage): string {
  const rows = [
    { ground: "#f4a08e", ray: "#ee8b78", panel: "#fff1ec" },
    { ground: "#8fd6bd", ray: "#79c8ad", panel: "#effaf4" },
  ] as const;
  const style: CaptionStyle = { hand: "poster", max: 96, align: "left" };
  const fitted = stage.fitEach(
    [
      { n: 0, w: 560, h: 400 },
      { n: 1, w: 560, h: 400 },
    ],
    style,
  );
  let out = "";
  rows.forEach(({ ground, ray, panel }, row) => {
    const y = row * 545;
    const cell = { x: 0, y, w: 440, h: 535 };
    const arms =
      row === 0
        ? { right: { elbow: [150, -196], hand: [196, -252] } as const }
        : { right: { elbow: [150, -176], hand: [206, -222] } as const };
    const backdrop = rect(0, y, 440, 535, 0, fill(ground)) + rays(210, y + 300, 14, fill(ray));
    out += inside(cell, backdrop + stage.figure(row, { x: 196, y: y + 512, s: 0.92, arms, turn: row === 0 ? -5 : 3 }));
    out += rect(440, y, 640, 535, 0, fill(panel));
    const one = fitted[row];
    if (one) out += stage.put(row, one, { x: 484, y: y + 34, w: 560, h: 400 }, { ...style, on: panel });
    out += row === 0 ? cross(1010, y + 474, 36) : check(1010, y + 474, 36);
  });
  return out + path("M440 0V1080M0 540H1080", line(C.ink, 12));
}

/** Four steps; the head glows more with each. */
export function ladder(stage: Stage): string {
  const steps = [
    { cell: "#b9d9ea", ray: "#b9d9ea", panel: "#f3f9fc" },
    { cell: "#8fd6c9", ray: "#a6e2d6", panel: "#eefaf7" },
    { cell: "#ffc25c", ray: "#ffd98f", panel: "#fff6e2" },
    { cell: "#5b3f9e", ray: "#8a63d6", panel: "#f3edff" },
  ] as const;
  const style: CaptionStyle = { hand: "poster", max: 80, align: "left" };
  const fitted = stage.fitEach(
    [0, 1, 2, 3].map((step) => ({ n: step, w: 620, h: 240 })),
    style,
  );
  let out = "";
  steps.forEach(({ cell, ray, panel }, step) => {
    const y = step * 270;
    const frame = { x: 690, y, w: 390, h: 270 };
    const centre = { x: 885, y: y + 150 };
    let drawn = rect(frame.x, y, 390, 270, 0, fill(cell));
    if (step > 0) drawn += rays(centre.x, centre.y, 8 + step * 4, fill(ray));
    if (step > 1)
      drawn += `<circle cx="${centre.x}" cy="${centre.y}" r="${118 + step * 6}" fill="#fff" fill-opacity=".35"/>`;
    if (step > 2)
      drawn += [
        [730, 50, 26],
        [1040, 70, 20],
        [720, 214, 16],
        [1050, 226, 24],
      ]
        .map(([x = 0, dy = 0, r = 0]) => star(x, y + dy, r, r * 0.45, 4, fill(C.yellow)))
        .join("");
    const s = 0.72 + step * 0.03;
    out += inside(frame, drawn + stage.figure(step, { x: centre.x, y: y + 44 + 505 * s, s }));
    out += rect(0, y, 690, 270, 0, fill(panel)) + rect(0, y, 22, 270, 0, fill(cell));
    const one = fitted[step];
    if (one) out += stage.put(step, one, { x: 46, y: y + 15, w: 620, h: 240 }, { ...style, on: panel });
  });
  return out + path("M690 0V1080M0 270H1080M0 540H1080M0 810H1080", line(C.ink, 10));
}

/** A bar of text over a picture. */
export function captionBar(stage: Stage): string {
  const style: CaptionStyle = { hand: "text", max: 76, align: "left", on: C.white };
  const fitted = stage.fit(0, 990, 380, style);
  const bar = !stage.flows(0) ? 0 : Math.max(140, inkHeight(fitted) + 84);
  const frame = { x: 0, y: bar, w: 1080, h: 1080 - bar };
  const text =
    rect(0, 0, 1080, bar, 0, fill(C.white)) +
    stage.put(0, fitted, { x: 45, y: 30, w: 990, h: Math.max(0, bar - 60) }, style);
  if (stage.doc.photo) return rect(0, 0, 1080, 1080, 0, fill(C.ink)) + stage.photo(frame) + text;
  const s = Math.min(1.45, (frame.h - 110) / (FIGURE_HEIGHT + 20));
  const feet = 1080 - 54;
  return inside(frame, stage.scene(frame, feet - 110) + stage.figure(0, { x: 540, y: feet, s })) + text;
}
