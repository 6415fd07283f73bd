import type { Mood } from "#shared/meme/doc.ts";
import type { FaceSpec } from "./moods.ts";

/** How a member of the cast is drawn. Feet stand on y = 0, the chin is at about -235, the top at about -500. */
export interface Character {
  face: FaceSpec;
  /** Half the width of the head at the eyes. */
  halfWidth: number;
  /** Where a crown sits on the head. */
  crown: number;
  shoulder: { x: number; y: number };
  limb: string;
  hand: string;
  armWidth: number;
  /** Everything below and behind the head. */
  body(mood: Mood): string;
  /** The head around its face. */
  head(mood: Mood, face: string): string;
}
