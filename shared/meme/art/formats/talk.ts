/** Formats in which somebody speaks. */
import type { Rect } from "#shared/meme/doc.ts";
import { C } from "#shared/meme/art/draw.ts";
import { FIGURE_HEIGHT } from "#shared/meme/art/figure.ts";
import { inkHeight, inkWidth, type CaptionStyle, type Stage } from "#shared/meme/art/stage.ts";
import { bubble, grown, WHOLE } from "./parts.ts";

const SPOKEN: CaptionStyle = { hand: "text", max: 64, align: "left", on: C.white };

/** Two figures; the answer stands lower and to the right, as one reads. */
export function dialogue(stage: Stage): string {
  const fitted = stage.fitAll(
    [
      { n: 0, w: 640, h: 300 },
      { n: 1, w: 600, h: 300 },
    ],
    SPOKEN,
    390,
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
  // The tail of the first comes down beside the second bubble.
  const tip = { x: Math.min(left.x, Math.max(120, two.x - 70)), y: left.y - 24 };
  return (
    stage.scene(WHOLE, 900) +
    stage.figure(0, { x: 256, y: feet, s }) +
    stage.figure(1, { x: 824, y: feet, s, flip: true }) +
    (stage.shown(0) ? bubble(one, tip) : "") +
    stage.put(0, first, grown(one, -40, -26), SPOKEN) +
    (stage.shown(1) ? bubble(two, right) : "") +
    stage.put(1, second, grown(two, -40, -26), SPOKEN)
  );
}
