/** Printed things: the label in a museum, the receipt of a till. */
import { C, circle, fill, ink, line, n, path, rect } from "#shared/meme/art/draw.ts";
import { thingFace } from "#shared/meme/art/moods.ts";
import { inkHeight, type CaptionStyle, type Stage } from "#shared/meme/art/stage.ts";
import { card, dots, WHOLE } from "./parts.ts";

/** A portrait on a wall, and the label that explains too much. */
export function museumLabel(stage: Stage): string {
  const paper = "#fffaf0";
  const frame = { x: 480, y: 60, w: 556, h: 900 };
  const w = frame.w - 64;
  const styles: readonly CaptionStyle[] = [
    { hand: "poster", max: 76, align: "left", on: paper },
    { hand: "text", max: 46, align: "left", on: paper, colour: "#5b6078" },
    { hand: "text", max: 50, align: "left", on: paper },
  ];
  // Each part takes what it needs; the longest comes last and gets the rest.
  const heights = [230, 300, 0];
  const fitted = styles.map((style, part) => {
    const taken = (heights[0] ?? 0) + (heights[1] ?? 0);
    const one = stage.fit(part, w, part < 2 ? (heights[part] ?? 0) : frame.h - 84 - taken - 60, style);
    heights[part] = one.lines.length > 0 ? inkHeight(one) : 0;
    return one;
  });
  const total = heights.reduce((sum, h) => sum + h + (h > 0 ? 30 : 0), -30);
  const h = Math.max(260, total + 84);
  const label = { x: frame.x, y: Math.max(frame.y, 430 - h / 2), w: frame.w, h };
  let y = label.y + (h - total) / 2;
  let texts = "";
  fitted.forEach((one, part) => {
    const height = heights[part] ?? 0;
    const style = styles[part];
    if (style) texts += stage.put(part, one, { x: label.x + 32, y, w, h: height }, { ...style, valign: "top" });
    if (height > 0) y += height + 30;
  });
  const portrait = { x: 66, y: 130, w: 330, h: 480 };
  return (
    rect(0, 0, 1080, 1080, 0, fill("#6c8f8a")) +
    path("M231-20L-90 860H552z", fill("#ffffff", 0.1)) +
    rect(0, 850, 1080, 230, 0, fill("#b98659")) +
    rect(0, 834, 1080, 26, 0, fill("#f0e2c8")) +
    rect(30, 94, 402, 552, 10, ink("#e3b04b", 12)) +
    rect(48, 112, 366, 516, 4, ink("#f3cf7a", 6)) +
    `<svg x="66" y="130" width="330" height="480" viewBox="66 130 330 480">${rect(portrait.x, portrait.y, portrait.w, portrait.h, 0, fill("#3d5a63"))}${circle(231, 330, 165, fill("#5d8288"))}${stage.figure(0, { x: 231, y: 676, s: 0.92, floating: true })}</svg>` +
    rect(66, 130, 330, 480, 2, line(C.ink, 8)) +
    rope +
    card(label, paper, 8) +
    texts
  );
}

const rope =
  path("M90 740V985M380 740V985", line(C.ink, 34)) +
  path("M90 740V985M380 740V985", line("#e3b04b", 18)) +
  circle(90, 730, 26, ink("#e3b04b")) +
  circle(380, 730, 26, ink("#e3b04b")) +
  path("M40 996q50-34 100 0zM330 996q50-34 100 0z", ink("#e3b04b")) +
  path("M90 770Q235 930 380 770M380 770Q430 850 500 870M90 770Q50 840-20 856", line(C.ink, 36)) +
  path("M90 770Q235 930 380 770M380 770Q430 850 500 870M90 770Q50 840-20 856", line("#b8323f", 20));

/** A long receipt; the sum is what hurts. */
export function receipt(stage: Stage): string {
  const paper = "#fffdf6";
  const box = { x: 90, y: 36, w: 760, h: 990 };
  const w = box.w - 100;
  const shop: CaptionStyle = { hand: "poster", max: 84, on: paper, upper: true };
  const item: CaptionStyle = { hand: "text", max: 54, align: "left", on: paper };
  const sum: CaptionStyle = { hand: "poster", max: 80, align: "left", on: "#ffe9a8" };
  const tight = stage.fit(0, w, 130, shop);
  const head = tight.overflow ? stage.fit(0, w, 210, shop) : tight;
  const headHeight = head.lines.length > 0 ? inkHeight(head) : 60;
  const total = stage.fit(4, w - 40, 160, sum);
  const totalHeight = total.lines.length > 0 ? Math.max(90, inkHeight(total) + 48) : 90;
  const listTop = box.y + 40 + headHeight + 50;
  const totalTop = box.y + box.h - 132 - totalHeight;
  const fitted = stage.fitAll(
    [1, 2, 3].map((n) => ({ n, w })),
    item,
    totalTop - 40 - listTop,
    20,
  );
  const heights = fitted.map((one) => (one.lines.length > 0 ? inkHeight(one) : 0));
  const gap = Math.min(64, (totalTop - 36 - listTop - heights.reduce((a, b) => a + b, 0)) / 3);
  let y = listTop + gap / 3;
  let list = "";
  fitted.forEach((one, index) => {
    list += stage.put(index + 1, one, { x: box.x + 50, y, w, h: heights[index] ?? 0 }, { ...item, valign: "top" });
    y += (heights[index] ?? 0) + gap;
  });
  const teeth = Array.from({ length: 15 }, (_, i) => `l-25.33 ${i % 2 ? 26 : -26}l-25.33 ${i % 2 ? -26 : 26}`).join("");
  const sheet = (dx: number, dy: number): string => `M${box.x + dx} ${box.y + dy}h760V${box.y + box.h + dy}${teeth}z`;
  const stripes = [0, 14, 22, 44, 52, 70, 90, 98, 120, 134, 142, 164, 178, 196, 204, 226, 240]
    .map((dx, i) => `M${box.x + 230 + dx} ${box.y + box.h - 108}v${62}`.concat(i % 3 === 0 ? `m5 0v-62` : ""))
    .join("");
  const dashed = (at: number): string =>
    `<path d="M${box.x + 50} ${n(at)}h660" ${line(C.slate, 6)} stroke-dasharray="16 16"/>`;
  return (
    rect(0, 0, 1080, 1080, 0, fill("#f4a08e")) +
    dots(WHOLE, "#ffffff", 0.25) +
    path(sheet(14, 16), fill(C.ink, 0.22)) +
    path(sheet(0, 0), ink(paper)) +
    stage.put(0, head, { x: box.x + 50, y: box.y + 40, w, h: headHeight }, shop) +
    dashed(listTop - 28) +
    list +
    dashed(totalTop - 22) +
    rect(box.x + 34, totalTop, box.w - 68, totalHeight, 12, fill("#ffe9a8")) +
    stage.put(4, total, { x: box.x + 70, y: totalTop + 12, w: w - 40, h: totalHeight - 24 }, sum) +
    path(stripes, line(C.ink, 6)) +
    wallet
  );
}

const wallet = `<g transform="translate(900 890) rotate(-6)">${path("M-128-70Q-60-130 90-96L104-60z", ink("#fff3dd"))}${rect(-140, -76, 270, 200, 34, ink("#8a5a3c"))}${rect(74, -8, 76, 60, 22, ink("#a5714c"))}${circle(108, 22, 10, ink(C.yellow, 6))}${thingFace("panic", -32, 6, 0.95, "#8a5a3c")}</g>`;
