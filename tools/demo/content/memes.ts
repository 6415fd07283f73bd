import type { Mood, PropId, SceneId } from "#shared/meme/doc.ts";
import type { FormatId } from "#shared/meme/formats.ts";

/** A meme somebody in the demo made with words of their own. */
export interface DemoMeme {
  by: string;
  lang: "en" | "de";
  format: FormatId;
  captions: readonly string[];
  moods?: readonly Mood[];
  props?: readonly (PropId | null)[];
  scene?: SceneId;
  text?: string;
  /** Hours ago. */
  ago: number;
  /** How many of the others laugh, in hundredths. */
  liked: number;
  /** Position of the meme it is a remix of. */
  remixOf?: number;
}

export const MEMES: readonly DemoMeme[] = [
  {
    by: "oskar_speiche",
    lang: "de",
    format: "two-panel",
    captions: ["Radweg im Prospekt", "Radweg um acht Uhr morgens"],
    moods: ["joy", "panic"],
    scene: "street",
    ago: 90,
    liked: 60,
  },
  {
    by: "wren",
    lang: "en",
    format: "top-bottom",
    captions: ["I only came for the bread", "I live at the market now"],
    moods: ["smug"],
    scene: "supermarket",
    ago: 70,
    liked: 45,
  },
  {
    by: "petra_beet",
    lang: "de",
    format: "four-step-ladder",
    captions: ["Eine Zucchini", "Drei Zucchini", "Zucchini vor der Tür der Nachbarn", "Die Nachbarn ziehen weg"],
    ago: 52,
    liked: 72,
    text: "Es ist August.",
  },
  {
    by: "idris_bakes",
    lang: "en",
    format: "expectation-reality",
    captions: ["a rustic country loaf", "a discus"],
    moods: ["love", "sad"],
    scene: "kitchen",
    ago: 47,
    liked: 64,
  },
  {
    by: "lumi",
    lang: "en",
    format: "dialogue",
    captions: ["Did you sleep well?", "I was awake for all of it"],
    moods: ["joy", "tired"],
    scene: "bedroom-night",
    ago: 40,
    liked: 38,
  },
  {
    by: "bahnhofskater",
    lang: "de",
    format: "forecast",
    captions: ["Bahnsteig 4", "Fünf Minuten", "Zehn Minuten", "Heute nur Hoffnung"],
    scene: "train",
    ago: 33,
    liked: 66,
    text: "Für die Jahreszeit zu spät.",
  },
  {
    by: "nadja_linie4",
    lang: "de",
    format: "road-sign",
    captions: ["Haltestelle verlegt", "wohin, sagt der Bus, wenn er kommt"],
    ago: 26,
    liked: 41,
  },
  {
    by: "emeka",
    lang: "en",
    format: "reject-prefer",
    captions: ["Labelling the cables", "Remembering the cables"],
    ago: 21,
    liked: 55,
  },
  {
    by: "frieda_flickt",
    lang: "de",
    format: "museum-label",
    captions: ["Die Lieblingshose", "Flicken auf Flicken, Hose vermutet", "Der Künstler weigert sich, sie auszuziehen"],
    ago: 15,
    liked: 50,
  },
  {
    by: "quill",
    lang: "en",
    format: "patch-notes",
    captions: [
      "Weekend 2.0",
      "Sunday evening now starts on Sunday morning",
      "Fixed a bug where people rested",
      "Laundry: unchanged",
    ],
    ago: 12,
    liked: 47,
  },
  {
    by: "igelhilfe",
    lang: "de",
    format: "nature-doc",
    captions: ["Der Igel im Herbst", "Er wiegt 600 Gramm und glaubt, er sei unsichtbar"],
    scene: "forest",
    moods: ["suspicious"],
    ago: 9,
    liked: 70,
  },
  {
    by: "rook",
    lang: "en",
    format: "error-dialog",
    captions: ["Monday", "Monday has stopped responding. Wait for Friday?", "Wait", "Cry"],
    ago: 6,
    liked: 44,
  },
  {
    by: "carlo_roestet",
    lang: "de",
    format: "chart",
    captions: ["Worum es beim Kaffee geht", "Kaffee", "zehn Minuten niemand"],
    ago: 4,
    liked: 58,
  },
  {
    by: "brigid",
    lang: "en",
    format: "expectation-reality",
    captions: ["a rustic country loaf", "a very good doorstop"],
    moods: ["love", "smug"],
    scene: "kitchen",
    ago: 3,
    liked: 40,
    remixOf: 3,
    text: "Mine rose. Out of spite.",
  },
  {
    by: "hanne",
    lang: "de",
    format: "doors",
    captions: ["Früh ins Bett", "Noch ein Kapitel", "Ich, jeden Abend"],
    ago: 2,
    liked: 33,
  },
];
