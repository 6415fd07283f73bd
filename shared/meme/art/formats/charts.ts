/** Formats that measure something. */
import { C, circle, fill, ink, line, n, path, rect } from "#shared/meme/art/draw.ts";
import { thingFace } from "#shared/meme/art/moods.ts";
import { inkHeight, type CaptionStyle, type Stage } from "#shared/meme/art/stage.ts";
import { dots, WHOLE } from "./parts.ts";

/** A pie: one thin slice that worries, and the rest, which does not. */
export function chart(stage: Stage): string {
  const paper = "#fff4e0";
  const [cx, cy, r] = [360, 660, 300];
  const title: CaptionStyle = { hand: "poster", max: 88, on: paper };
  const label: CaptionStyle = { hand: "poster", max: 64, align: "left", on: paper };
  const heading = stage.fit(0, 1000, 230, title);
  const at = (degrees: number, radius: number): string => {
    const angle = ((degrees - 90) * Math.PI) / 180;
    return `${n(cx + radius * Math.cos(angle))} ${n(cy + radius * Math.sin(angle))}`;
  };
  const [from, to] = [38, 66];
  const labels = stage.fitAll(
    [
      { n: 1, w: 352, h: 330 },
      { n: 2, w: 352, h: 380 },
    ],
    label,
    640,
    0,
  );
  const [small, big] = labels;
  const swatch = (y: number, colour: string): string => rect(694, y, 50, 50, 12, ink(colour, 8));
  const smallHeight = small && small.lines.length > 0 ? inkHeight(small) : 0;
  const bigHeight = big && big.lines.length > 0 ? inkHeight(big) : 0;
  // Both legends are one block in the middle of the right side.
  const gap = 56;
  const block = smallHeight + bigHeight + gap + 2 * 64;
  const start = Math.max(300, cy - block / 2);
  const second = start + 64 + smallHeight + gap;
  return (
    rect(0, 0, 1080, 1080, 0, fill(paper)) +
    dots(WHOLE, C.amber, 0.16) +
    stage.put(0, heading, { x: 40, y: 34, w: 1000, h: Math.max(90, Math.min(230, inkHeight(heading) + 20)) }, title) +
    circle(cx + 12, cy + 16, r, fill(C.ink, 0.2)) +
    circle(cx, cy, r, ink(C.teal, 12)) +
    path(`M${n(cx - 230)} ${n(cy - 60)}A236 236 0 0 1 ${n(cx - 60)} ${n(cy - 230)}`, line("#6cc4bb", 22)) +
    thingFace("smug", cx - 46, cy + 50, 2.1, "#287f7a") +
    `<g transform="translate(${n(34)} ${n(-26)})">` +
    path(`M${cx} ${cy}L${at(from, r)}A${r} ${r} 0 0 1 ${at(to, r)}z`, ink(C.coral, 12)) +
    thingFace("panic", ...sliceFace(cx, cy, r, (from + to) / 2), 0.62, C.coral) +
    "</g>" +
    (stage.has(1) ? swatch(start, C.coral) : "") +
    (small ? stage.put(1, small, { x: 694, y: start + 64, w: 352, h: smallHeight }, { ...label, valign: "top" }) : "") +
    (stage.has(2) ? swatch(second, C.teal) : "") +
    (big ? stage.put(2, big, { x: 694, y: second + 64, w: 352, h: bigHeight }, { ...label, valign: "top" }) : "")
  );
}

function sliceFace(cx: number, cy: number, r: number, degrees: number): [number, number] {
  const angle = ((degrees - 90) * Math.PI) / 180;
  return [cx + r * 0.74 * Math.cos(angle), cy + r * 0.74 * Math.sin(angle) - 14];
}
