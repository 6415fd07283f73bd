/** The first picture of a meme: who stands where, in which mood, so that picture and text agree. */
import { CHARACTER_HINTS, FORMAT_SCENES, MOOD_WORDS, PROP_WORDS, ROLE_MOODS, SCENE_HINTS } from "./defaults-words.ts";
import { random } from "./art/draw.ts";
import {
  CHARACTERS,
  type CharacterId,
  type Figure,
  type MemeDoc,
  type Mood,
  type PropId,
  type SceneId,
} from "./doc.ts";
import { formatOf, type FormatId } from "./formats.ts";

export interface Wishes {
  /** One for each figure; what is missing follows from the captions. */
  moods?: readonly (Mood | undefined)[];
  /** One for each figure; null for empty hands. */
  props?: readonly (PropId | null | undefined)[];
  scene?: SceneId;
}

/** A complete document for these captions. The same arguments give the same document. */
export function defaultDoc(
  format: FormatId,
  captions: readonly string[],
  lang: string,
  seed: number,
  wishes: Wishes = {},
): MemeDoc {
  const spec = formatOf(format);
  const next = random(seed);
  const text = captions.join(" ").toLowerCase();
  const first = Math.floor(next() * CHARACTERS.length);
  const cast = Array.from({ length: spec.cast }, (_, n): Figure => {
    // Cats are cats: who is named stands in the picture.
    const said = SPLIT.has(format) ? (captions[n] ?? "").toLowerCase() : n === 0 ? text : "";
    const named = CHARACTER_HINTS.find(([, pattern]) => pattern.test(said))?.[0];
    const character = named ?? characterFor(format, first, n);
    const mood = wishes.moods?.[n] ?? moodFor(format, n, text, next);
    const wished = wishes.props?.[n];
    // One thing is enough, and hands that say something stay free.
    const prop =
      wished === undefined
        ? n === 0 && spec.cast < 3 && format !== "reject-prefer"
          ? propFor(text)
          : undefined
        : wished;
    return { character, mood, ...(prop ? { prop } : {}) };
  });
  return {
    version: 1,
    format,
    lang,
    captions: spec.boxes.map((_, n) => ({ text: captions[n] ?? "" })),
    cast,
    scene: wishes.scene ?? sceneFor(format, text, (captions[0] ?? "").toLowerCase(), next),
    seed: seed & 0xffff,
  };
}

/** Formats in which each figure has a caption of its own. */
const SPLIT: ReadonlySet<FormatId> = new Set(["two-panel", "dialogue", "expectation-reality"]);
/** Formats that show one person several times. */
const SAME: ReadonlySet<FormatId> = new Set(["two-panel", "reject-prefer", "four-step-ladder", "expectation-reality"]);

function characterFor(format: FormatId, first: number, n: number): CharacterId {
  const at = SAME.has(format) ? first : first + n;
  return CHARACTERS[at % CHARACTERS.length] ?? "purl";
}

function moodFor(format: FormatId, n: number, text: string, next: () => number): Mood {
  const { cast } = formatOf(format);
  const roles = ROLE_MOODS[format][n] ?? ["deadpan"];
  const chance = next();
  // Alone in the picture, somebody feels what the words say.
  const said = cast === 1 ? MOOD_WORDS.find(([, pattern]) => pattern.test(text))?.[0] : undefined;
  return said ?? roles[Math.floor(chance * roles.length)] ?? "deadpan";
}

function propFor(text: string): PropId | undefined {
  return PROP_WORDS.find(([, pattern]) => pattern.test(text))?.[0];
}

function sceneFor(format: FormatId, text: string, first: string, next: () => number): SceneId {
  const chance = next();
  const outside = FORMAT_SCENES[format];
  const plain: readonly SceneId[] = outside ?? ["sunburst", "sunburst", "living-room", "office", "street", "kitchen"];
  // Where there are two places, the first caption names the first; the other is its opposite.
  const said = SCENE_HINTS.find(([, pattern]) =>
    pattern.test(format === "two-panel" || format === "expectation-reality" ? first : text),
  )?.[0];
  if (said && (!outside || outside.includes(said))) return said;
  return plain[Math.floor(chance * plain.length)] ?? "sunburst";
}
