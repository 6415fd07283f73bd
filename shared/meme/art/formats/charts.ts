/** Formats that measure something. */
import { C, circle, fill, ink, line, n, path, rect } from "#shared/meme/art/draw.ts";
import { thingFace } from "#shared/meme/art/moods.ts";
import { inkHeight, type CaptionStyle, type Stage } from "#shared/meme/art/stage.ts";
import { dots, WHOLE } from "./parts.ts";

/** A pie: one thin slice that worries, and the rest, which does not. */
export function chart(stage: Stage): string {
  const paper = "#fff4e0";
  const title: CaptionStyle = { hand: "poster", max: 104, on: paper };
  const label: CaptionStyle = { hand: "poster", max: 72, align: "left", on: paper };
  const heading = stage.fit(0, 1000, 230, title);
  const headingHeight = heading.lines.length > 0 ? inkHeight(heading) : 0;
  const above = headingHeight > 0 ? 40 + headingHeight + 30 : 40;
  const [cx, r] = [352, 300];
  const cy = above + Math.max(r + 34, (1050 - above) / 2);
  const at = (degrees: number, radius: number): string => {
    const angle = ((degrees - 90) * Math.PI) / 180;
    return `${n(cx + radius * Math.cos(angle))} ${n(cy + radius * Math.sin(angle))}`;
  };
  const [from, to] = [38, 66];
  const w = 358;
  const labels = stage.fitAll(
    [
      { n: 1, w },
      { n: 2, w },
    ],
    label,
    1050 - above - 2 * 66 - 50,
    0,
  );
  const heights = labels.map((one) => (one.lines.length > 0 ? inkHeight(one) : 0));
  const block = heights.reduce((sum, h) => sum + (h > 0 ? h + 66 : 0), heights.every((h) => h > 0) ? 50 : 0);
  let y = cy - block / 2;
  let legend = "";
  labels.forEach((one, index) => {
    const h = heights[index] ?? 0;
    const shown = h > 0 && stage.shown(index + 1);
    const x = one.measured.levels.rtl ? 688 + w - 54 : 690;
    if (shown) legend += rect(x, y, 52, 52, 14, ink(index === 0 ? C.coral : C.teal, 8));
    legend += stage.put(index + 1, one, { x: 688, y: y + 66, w, h }, { ...label, valign: "top" });
    if (h > 0) y += h + 66 + 50;
  });
  const angle = (((from + to) / 2 - 90) * Math.PI) / 180;
  const slice = { x: cx + r * 0.74 * Math.cos(angle), y: cy + r * 0.74 * Math.sin(angle) - 14 };
  return (
    rect(0, 0, 1080, 1080, 0, fill(paper)) +
    dots(WHOLE, C.amber, 0.16) +
    stage.put(0, heading, { x: 40, y: 40, w: 1000, h: headingHeight }, title) +
    circle(cx + 12, cy + 16, r, fill(C.ink, 0.2)) +
    circle(cx, cy, r, ink(C.teal, 12)) +
    path(`M${n(cx - 230)} ${n(cy - 60)}A236 236 0 0 1 ${n(cx - 60)} ${n(cy - 230)}`, line("#6cc4bb", 22)) +
    thingFace("smug", cx - 46, cy + 50, 2.1, "#287f7a") +
    '<g transform="translate(34 -26)">' +
    path(`M${cx} ${n(cy)}L${at(from, r)}A${r} ${r} 0 0 1 ${at(to, r)}z`, ink(C.coral, 12)) +
    thingFace("panic", slice.x, slice.y, 0.62, C.coral) +
    "</g>" +
    legend
  );
}

/** Three ranks, each with a face that knows where it stands. */
export function tierList(stage: Stage): string {
  const ranks = [
    { colour: C.yellow, panel: "#fff7df", mood: "love" },
    { colour: C.mint, panel: "#effaf5", mood: "deadpan" },
    { colour: "#f08f80", panel: "#fff0ed", mood: "sad" },
  ] as const;
  const title: CaptionStyle = { hand: "poster", max: 92, on: C.navy, upper: true };
  const item: CaptionStyle = { hand: "poster", max: 92, align: "left" };
  const top = stage.has(0) ? 210 : 0;
  const h = (1080 - top) / 3;
  const fitted = stage.fitEach(
    [1, 2, 3].map((rank) => ({ n: rank, w: 690, h: h - 50 })),
    item,
  );
  let out = rect(0, 0, 1080, 1080, 0, fill(C.navy)) + stage.caption(0, { x: 40, y: 24, w: 1000, h: 162 }, title);
  ranks.forEach(({ colour, panel, mood }, rank) => {
    const y = top + rank * h;
    out += rect(0, y, 300, h, 0, fill(colour)) + rect(300, y, 780, h, 0, fill(panel));
    // The crown needs room above the first.
    const middle = y + h / 2 + (rank === 0 ? 26 : 0);
    out += circle(150, middle, 94, ink("#fff4d9")) + thingFace(mood, 150, middle - 14, 1.14, "#f5dfae");
    if (rank === 0) out += path(`M90 ${n(middle - 78)}l-10-54l38 24l32-40l32 40l38-24l-10 54z`, ink(C.amber));
    const one = fitted[rank];
    if (one) out += stage.put(rank + 1, one, { x: 345, y: y + 25, w: 690, h: h - 50 }, { ...item, on: panel });
  });
  const rules = [0, 1, 2].map((rank) => `M0 ${n(top + rank * h)}H1080`).join("");
  return (
    out + path(`${top > 0 ? rules : ""}M0 ${n(top + h)}H1080M0 ${n(top + 2 * h)}H1080M300 ${top}V1080`, line(C.ink, 12))
  );
}

/** Four stops on a way that goes down, and somebody who has arrived. */
export function timeline(stage: Stage): string {
  const style: CaptionStyle = { hand: "poster", max: 80, align: "left", on: C.white };
  const h = 220;
  // The last one is wide: somebody stands on it.
  const stops = [
    { x: 36, y: 40, w: 640, colour: C.green },
    { x: 116, y: 296, w: 640, colour: C.yellow },
    { x: 196, y: 552, w: 640, colour: C.orange },
    { x: 276, y: 808, w: 768, colour: C.red },
  ];
  const fitted = stage.fitEach(
    stops.map(({ w }, stop) => ({ n: stop, w: w - 118, h: h - 16 })),
    style,
  );
  let out = rect(0, 0, 1080, 1080, 0, fill("#dfeaf7")) + dots(WHOLE, C.blue, 0.12);
  // Pegs first: they end behind the cards.
  for (const { x, y } of stops.slice(1)) out += rect(x + 34, y - 60, 36, 80, 0, ink(C.grey));
  stops.forEach(({ x, y, w, colour }, stop) => {
    out += rect(x + 10, y + 12, w, h, 24, fill(C.ink, 0.2)) + rect(x, y, w, h, 24, ink(C.white));
    out += path(
      `M${x + 24} ${y}H${x + 86}V${y + h}H${x + 24}Q${x} ${y + h} ${x} ${y + h - 24}V${y + 24}Q${x} ${y} ${x + 24} ${y}z`,
      ink(colour),
    );
    out += dotsOf(x + 43, y + h / 2, stop + 1);
    const one = fitted[stop];
    if (one) out += stage.put(stop, one, { x: x + 102, y: y + 8, w: w - 118, h: h - 16 }, style);
  });
  return out + stage.figure(0, { x: 926, y: 806, s: 0.72 });
}

/** As many dots as the number of a step. */
function dotsOf(x: number, y: number, count: number): string {
  return Array.from({ length: count }, (_, i) => circle(x, y + (i - (count - 1) / 2) * 42, 13, ink(C.white, 7))).join(
    "",
  );
}
