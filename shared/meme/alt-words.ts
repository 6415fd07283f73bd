/** Cast, moods, things and places in English and German, as parts of a sentence. */
import type { CharacterId, Mood, PropId, SceneId } from "./doc.ts";

export type Words = readonly [en: string, de: string];

export const FIGURE_WORDS: Record<CharacterId, Words> = {
  purl: ["Purl the sheep", "Purl, das Schaf,"],
  tangle: ["Tangle the cat", "Tangle, die Katze,"],
  bobbin: ["Bobbin the crow", "Bobbin, die Krähe,"],
  selvedge: ["Selvedge the robot", "Selvedge, der Roboter,"],
};

export const MOOD_WORDS: Record<Mood, Words> = {
  deadpan: ["looks on without expression", "schaut ohne jede Regung"],
  joy: ["beams with both arms up", "strahlt mit erhobenen Armen"],
  panic: ["panics, hands to the face", "gerät in Panik, die Hände am Gesicht"],
  smug: ["grins smugly", "grinst selbstgefällig"],
  sad: ["looks sad, with a tear", "schaut traurig, mit einer Träne"],
  angry: ["fumes with clenched teeth", "tobt mit zusammengebissenen Zähnen"],
  tired: ["can hardly keep its eyes open", "hält kaum die Augen offen"],
  shocked: ["stares with an open mouth", "starrt mit offenem Mund"],
  suspicious: ["squints suspiciously", "kneift misstrauisch die Augen zusammen"],
  love: ["has hearts for eyes", "hat Herzen in den Augen"],
};

export const PROP_WORDS: Record<PropId, Words> = {
  coffee: ["a cup of coffee", "eine Tasse Kaffee"],
  laptop: ["a laptop", "einen Laptop"],
  phone: ["a phone", "ein Telefon"],
  umbrella: ["an umbrella", "einen Regenschirm"],
  book: ["a book", "ein Buch"],
  wrench: ["a wrench", "einen Schraubenschlüssel"],
  cake: ["a piece of cake", "ein Stück Kuchen"],
  plant: ["a potted plant", "eine Topfpflanze"],
  magnifier: ["a magnifying glass", "eine Lupe"],
  briefcase: ["a briefcase", "eine Aktentasche"],
  balloon: ["a red balloon", "einen roten Luftballon"],
  crown: ["a crown", "eine Krone"],
};

export const SCENE_WORDS: Record<SceneId, Words> = {
  sunburst: ["in front of bright rays", "vor bunten Strahlen"],
  office: ["in an office", "im Büro"],
  kitchen: ["in a kitchen", "in der Küche"],
  "bedroom-night": ["in a bedroom at night", "nachts im Schlafzimmer"],
  street: ["in a street", "auf der Straße"],
  forest: ["in a forest", "im Wald"],
  beach: ["on a beach", "am Strand"],
  train: ["in a train", "im Zug"],
  gym: ["in a gym", "im Fitnessstudio"],
  classroom: ["in a classroom", "im Klassenzimmer"],
  "server-room": ["in a server room", "im Serverraum"],
  supermarket: ["in a supermarket", "im Supermarkt"],
  "living-room": ["in a living room", "im Wohnzimmer"],
  mountain: ["in the mountains", "in den Bergen"],
  rain: ["in the rain", "im Regen"],
  space: ["on a moon in space", "auf einem Mond im Weltall"],
};
