/** Which place is the opposite of which. */
import type { SceneId } from "#shared/meme/doc.ts";

/** The other place of a contrast. */
const ELSEWHERE: Record<SceneId, SceneId> = {
  sunburst: "rain",
  office: "beach",
  kitchen: "supermarket",
  "bedroom-night": "office",
  street: "living-room",
  forest: "server-room",
  beach: "office",
  train: "mountain",
  gym: "living-room",
  classroom: "forest",
  "server-room": "beach",
  supermarket: "kitchen",
  "living-room": "gym",
  mountain: "train",
  rain: "sunburst",
  space: "office",
};

/** Where the second of two panels is. */
export function otherScene(scene: SceneId): SceneId {
  return ELSEWHERE[scene];
}
