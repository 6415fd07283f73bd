/** What a variant looks like: moods, props and scene, and the sentence that says so to who does not see it. */
import type { Mood, PropId, SceneId } from "#shared/meme/doc.ts";
import { formatOf, type FormatId } from "#shared/meme/formats.ts";
import { USUAL_MOODS } from "./entries.ts";
import type { Topic } from "./topics.ts";

const PLACES: Readonly<Record<SceneId, { en: string; de: string }>> = {
  sunburst: { en: "Rays of colour behind it.", de: "Farbige Strahlen im Hintergrund." },
  office: { en: "In an office.", de: "In einem Büro." },
  kitchen: { en: "In a kitchen.", de: "In einer Küche." },
  "bedroom-night": { en: "In a bedroom at night.", de: "Nachts in einem Schlafzimmer." },
  street: { en: "On a street.", de: "Auf einer Straße." },
  forest: { en: "In a forest.", de: "In einem Wald." },
  beach: { en: "On a beach.", de: "An einem Strand." },
  train: { en: "On a train.", de: "In einem Zug." },
  gym: { en: "In a gym.", de: "In einem Fitnessstudio." },
  classroom: { en: "In a classroom.", de: "In einem Klassenzimmer." },
  "server-room": { en: "In a server room.", de: "In einem Serverraum." },
  supermarket: { en: "In a supermarket.", de: "In einem Supermarkt." },
  "living-room": { en: "In a living room.", de: "In einem Wohnzimmer." },
  mountain: { en: "On a mountain.", de: "Auf einem Berg." },
  rain: { en: "In the rain.", de: "Im Regen." },
  space: { en: "In space.", de: "Im Weltall." },
};

/** The scene in words, in German for German captions and in English for all others. */
export function altOf(scene: SceneId, lang: string): string {
  return PLACES[scene][lang === "de" ? "de" : "en"];
}

/** The moods the format usually has; `turn` picks among those that fit equally well. */
export function moodsFor(format: FormatId, turn: number): Mood[] {
  return USUAL_MOODS[format].map((choices) => choices[turn % choices.length] ?? "deadpan");
}

/** The subject's prop for the first figure: one is a hint, four would be a stock-taking. */
export function propsFor(format: FormatId, topic: Topic | undefined): (PropId | null)[] {
  return Array.from({ length: formatOf(format).cast }, (_, i) => (i === 0 && topic ? topic.prop : null));
}
