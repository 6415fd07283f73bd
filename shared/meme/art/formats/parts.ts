/** Pieces several formats share: bubbles, cards, signs. */
import type { Rect } from "#shared/meme/doc.ts";
import { C, circle, fill, ink, line, n, path, rect } from "#shared/meme/art/draw.ts";
import { thingFace } from "#shared/meme/art/moods.ts";

/** A speech bubble with a tail that points at somebody's mouth. The tail leaves the side nearest to it. */
export function bubble({ x, y, w, h }: Rect, to: { x: number; y: number }, colour: string = C.white): string {
  const r = Math.min(56, h / 2, w / 2);
  const base = Math.max(x + r + 34, Math.min(x + w - r - 34, to.x));
  const [left, right] = [base - 34, base + 34];
  const tip = `${n(to.x)} ${n(to.y)}`;
  const bottom = y + h;
  const d =
    `M${n(x + r)} ${n(y)}H${n(x + w - r)}Q${n(x + w)} ${n(y)} ${n(x + w)} ${n(y + r)}V${n(bottom - r)}Q${n(x + w)} ${n(bottom)} ${n(x + w - r)} ${n(bottom)}` +
    `H${n(right)}Q${n((right + to.x) / 2 + 6)} ${n((bottom + to.y) / 2)} ${tip}Q${n((left + to.x) / 2 - 2)} ${n((bottom + to.y) / 2 - 8)} ${n(left)} ${n(bottom)}` +
    `H${n(x + r)}Q${n(x)} ${n(bottom)} ${n(x)} ${n(bottom - r)}V${n(y + r)}Q${n(x)} ${n(y)} ${n(x + r)} ${n(y)}z`;
  return path(d, ink(colour));
}

/** A card with the bold line and a hard shadow. */
export function card({ x, y, w, h }: Rect, colour: string, r = 26): string {
  return rect(x + 12, y + 14, w, h, r, fill(C.ink, 0.25)) + rect(x, y, w, h, r, ink(colour));
}

/** Grows a rectangle to all sides; negative: shrinks it. */
export function grown({ x, y, w, h }: Rect, by: number, byY = by): Rect {
  return { x: x - by, y: y - byY, w: w + 2 * by, h: h + 2 * byY };
}

export function cross(x: number, y: number, r: number): string {
  const a = r * 0.42;
  return (
    circle(x, y, r, ink(C.red)) +
    path(
      `M${n(x - a)} ${n(y - a)}L${n(x + a)} ${n(y + a)}M${n(x + a)} ${n(y - a)}L${n(x - a)} ${n(y + a)}`,
      line(C.white, r * 0.28),
    )
  );
}

export function check(x: number, y: number, r: number): string {
  return (
    circle(x, y, r, ink(C.leaf)) +
    path(
      `M${n(x - r * 0.46)} ${n(y + r * 0.02)}L${n(x - r * 0.1)} ${n(y + r * 0.38)}L${n(x + r * 0.48)} ${n(y - r * 0.34)}`,
      line(C.white, r * 0.28),
    )
  );
}

/** Rays from a point, clipped by the frame they are drawn into. */
export function rays(x: number, y: number, count: number, style: string, reach = 1200): string {
  const at = (i: number): string => `${n(x + reach * Math.cos(i))} ${n(y + reach * Math.sin(i))}`;
  const step = (2 * Math.PI) / count;
  return path(
    Array.from({ length: count }, (_, i) => `M${n(x)} ${n(y)}L${at(i * step)}L${at(i * step + step / 2)}z`).join(""),
    style,
  );
}

/** Dots in a grid: a calm pattern for what lies on it. */
export function dots(frame: Rect, colour: string, opacity: number, step = 54): string {
  let out = "";
  for (let row = 0, y = frame.y + step / 2; y < frame.y + frame.h; row++, y += step)
    for (let x = frame.x + (row % 2 ? step : step / 2); x < frame.x + frame.w; x += step) out += `M${n(x)} ${n(y)}h.1`;
  return path(out, `${line(colour, 12)} stroke-opacity="${opacity}"`);
}

/** Draws into a frame: nothing leaves it. Coordinates stay those of the picture. */
export function inside({ x, y, w, h }: Rect, drawing: string): string {
  return `<svg x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" viewBox="${n(x)} ${n(y)} ${n(w)} ${n(h)}">${drawing}</svg>`;
}

export const WHOLE: Rect = { x: 0, y: 0, w: 1080, h: 1080 };

/** What stands in an empty bubble: somebody is still thinking. */
export function thinking({ x, y, w, h }: Rect): string {
  return [-1, 0, 1].map((i) => circle(x + w / 2 + i * 46, y + h / 2, 13, fill(C.slate))).join("");
}

/** Sun, cloud and thunderstorm with faces, about 200 wide. */
export function sun(x: number, y: number, s: number): string {
  const beams = Array.from({ length: 12 }, (_, i) => {
    const [sin, cos] = [Math.sin((i * Math.PI) / 6), Math.cos((i * Math.PI) / 6)];
    return `M${n(x + sin * 86 * s)} ${n(y + cos * 86 * s)}L${n(x + sin * 112 * s)} ${n(y + cos * 112 * s)}`;
  }).join("");
  return (
    path(beams, line(C.ink, 26 * s)) +
    path(beams, line(C.yellow, 12 * s)) +
    circle(x, y, 72 * s, ink(C.yellow)) +
    thingFace("joy", x, y - 8 * s, 0.72 * s, C.yellow)
  );
}

const puff = (x: number, y: number, s: number): string =>
  `M${n(x - 80 * s)} ${n(y + 50 * s)}a${n(44 * s)} ${n(44 * s)} 0 0 1 ${n(2 * s)} ${n(-86 * s)}a${n(66 * s)} ${n(66 * s)} 0 0 1 ${n(124 * s)} ${n(-12 * s)}` +
  `a${n(50 * s)} ${n(50 * s)} 0 0 1 ${n(38 * s)} ${n(98 * s)}z`;

export function cloud(x: number, y: number, s: number): string {
  return path(puff(x, y, s), ink("#e6ecf4")) + thingFace("deadpan", x, y - 8 * s, 0.72 * s, "#c9d4e2");
}

export function storm(x: number, y: number, s: number): string {
  const bolt = `M${n(x - 4 * s)} ${n(y + 40 * s)}l${n(-34 * s)} ${n(56 * s)}h${n(30 * s)}l${n(-14 * s)} ${n(50 * s)}l${n(58 * s)} ${n(-72 * s)}h${n(-30 * s)}l${n(22 * s)} ${n(-34 * s)}z`;
  return (
    path(bolt, ink(C.yellow)) +
    path(puff(x, y, s), ink("#7c86a8")) +
    thingFace("angry", x, y - 8 * s, 0.72 * s, "#5c668a")
  );
}
