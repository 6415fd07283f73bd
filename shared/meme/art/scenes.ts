/** The sixteen places a meme can happen in. */
import type { SceneId } from "#shared/meme/doc.ts";
import { n, random } from "./draw.ts";
import {
  bedroomNight,
  classroom,
  gym,
  kitchen,
  livingRoom,
  office,
  serverRoom,
  supermarket,
  train,
} from "./scenes-indoor.ts";
import { beach, forest, mountain, rain, space, street, sunburst } from "./scenes-outdoor.ts";

const SCENES: Record<SceneId, (random: () => number) => string> = {
  sunburst,
  office,
  kitchen,
  "bedroom-night": bedroomNight,
  street,
  forest,
  beach,
  train,
  gym,
  classroom,
  "server-room": serverRoom,
  supermarket,
  "living-room": livingRoom,
  mountain,
  rain,
  space,
};

/** Where the ground begins in a scene 1080 high: figures stand below it. */
export const GROUND = 780;

/**
 * A scene in a frame. It keeps its proportions; what is too much is cut off at the sides and above. With `ground` the
 * picture is moved, and enlarged where it must be, until the ground begins there at the latest, so that nobody floats.
 */
export function scene(
  id: SceneId,
  seed: number,
  frame: { x: number; y: number; w: number; h: number },
  ground?: number,
): string {
  let scale = Math.max(frame.w, frame.h) / 1080;
  // From the upper edge of the frame to the ground, and from there to the lower edge.
  const above = (ground ?? frame.y + frame.h * 0.74) - frame.y;
  const below = frame.h - above;
  scale = Math.max(scale, below / (1080 - GROUND));
  const [w, h] = [frame.w / scale, frame.h / scale];
  const x = (1080 - w) / 2;
  const y = Math.max(0, Math.min(1080 - h, GROUND - above / scale));
  const view = `viewBox="${n(x)} ${n(y)} ${n(w)} ${n(h)}"`;
  return `<svg x="${n(frame.x)}" y="${n(frame.y)}" width="${n(frame.w)}" height="${n(frame.h)}" ${view}>${SCENES[id](random(seed))}</svg>`;
}
