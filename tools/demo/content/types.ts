import type { Recipe, Shape } from "../art/index.ts";
import type { Likeness } from "../art/portrait.ts";

export type Topic =
  | "weaving"
  | "dyeing"
  | "birds"
  | "bikes"
  | "garden"
  | "baking"
  | "code"
  | "rivers"
  | "trains"
  | "sky"
  | "books"
  | "maps"
  | "animals"
  | "town";

/** Somebody who does not exist. */
export interface Person {
  username: string;
  name: string;
  lang: "de" | "en";
  note: string;
  likeness: Likeness;
  /** What the avatar shows. */
  avatarAlt: string;
  header?: Recipe;
  headerAlt?: string;
  fields?: [name: string, value: string][];
  topics: Topic[];
  bot?: true;
  locked?: true;
}

export interface Photo {
  recipe: Recipe;
  alt: string;
  shape?: Shape;
  focus?: [x: number, y: number];
}

export type Season = "spring" | "summer" | "autumn" | "winter";

export interface Extras {
  lang?: "de" | "en";
  /** Said only in this season: the loader looks for a day that fits. */
  season?: Season;
  /** Days ago, for what must be recent (open polls); otherwise the loader spreads the posts. */
  daysAgo?: number;
  cw?: string;
  visibility?: "unlisted" | "private";
  photos?: Photo[];
  /** Days the poll runs; options get votes in the given proportion. */
  poll?: { options: string[]; weights: number[]; days: number; multiple?: true };
  /** How many people care: 0 hardly anybody, 1 as usual, 2 many, 3 everybody. */
  heat?: 0 | 1 | 2 | 3;
  /** On top of the author's profile. */
  pinned?: true;
}

/** A post with its answers. */
export interface Entry extends Extras {
  by: string;
  text: string;
  answers: Entry[];
}

/** Writes a post: who, what, then extras and answers in any number. */
export function say(by: string, text: string, ...more: (Extras | Entry)[]): Entry {
  const answers: Entry[] = [];
  let extras: Extras = {};
  for (const part of more) {
    if ("by" in part) answers.push(part);
    else extras = { ...extras, ...part };
  }
  return { ...extras, by, text, answers };
}

/** A photo for `say`. */
export function photo(recipe: Recipe, alt: string, shape: Shape = "photo"): Photo {
  return { recipe, alt, shape };
}
