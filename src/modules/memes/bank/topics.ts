/** The everyday subjects the bank knows: their words in both languages, and where a joke about them takes place. */
import { z } from "zod";
import { PROPS, SCENES, type PropId, type SceneId } from "#shared/meme/doc.ts";
import { stem, wordsOf, type BankLang } from "./words.ts";

/** What the grammar has to know of a noun. `mass` has no plural and no "a"; m, f, n are German genders, `pl` is plural. */
export type NounKind = "sg" | "mass" | "pl" | "m" | "f" | "n";

export interface Topic {
  id: string;
  scene: SceneId;
  prop: PropId;
  /** Different things under one roof: pizza is no lasagne, though both are found here. */
  broad: boolean;
}

/** A word or phrase of a topic, as it was written. */
export interface TopicWord {
  topic: string;
  text: string;
  stems: string[];
  /** Absent for words that are no nouns. */
  noun?: NounKind;
}

const lineSchema = z.object({
  id: z.string().regex(/^[a-z0-9]+\*?$/),
  scene: z.enum(SCENES),
  prop: z.enum(PROPS),
  en: z.string().min(1),
  de: z.string().min(1),
});

const MARK: Readonly<Record<string, NounKind>> = { "=": "mass", "+": "pl" };
const GENDER: Readonly<Record<string, NounKind>> = { m: "m", f: "f", n: "n", p: "pl" };

function wordOf(part: string, topic: string, lang: BankLang): TopicWord {
  let text = part.trim();
  let noun: NounKind | undefined = lang === "en" ? "sg" : undefined;
  if (text.startsWith("!")) {
    text = text.slice(1);
    noun = undefined;
  } else if (lang === "en") {
    const mark = MARK[text[0] ?? ""];
    if (mark) {
      noun = mark;
      text = text.slice(1);
    }
  } else {
    noun = GENDER[text[0] ?? ""];
    if (!noun || text[1] !== " ") throw new Error(`topic ${topic}: no gender in "${part}"`);
    text = text.slice(2);
  }
  return { topic, text, stems: wordsOf(text).map((word) => stem(word, lang)), ...(noun ? { noun } : {}) };
}

/** The topic table. */
export interface Topics {
  get(id: string): Topic | undefined;
  ids(): string[];
  /** Words and phrases by their first stem, longest first. */
  startingWith(stemmed: string, lang: BankLang): readonly TopicWord[];
  /** Whether some word of a topic has this stem, alone or in a phrase. */
  knows(stemmed: string, lang: BankLang): boolean;
  /** Topics of a single known word, for the parts of German compounds. */
  single(stemmed: string, lang: BankLang): readonly TopicWord[];
}

/** Reads the table: `id | scene | prop | English words | German words`, comments with #. Throws on a wrong line. */
export function parseTopics(text: string): Topics {
  const topics = new Map<string, Topic>();
  const first: Record<BankLang, Map<string, TopicWord[]>> = { en: new Map(), de: new Map() };
  const all: Record<BankLang, Set<string>> = { en: new Set(), de: new Set() };
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [id, scene, prop, en, de] = line.split("|").map((cell) => cell.trim());
    const row = lineSchema.parse({ id, scene, prop, en, de });
    const topic = row.id.replace("*", "");
    if (topics.has(topic)) throw new Error(`topic ${topic} is there twice`);
    topics.set(topic, { id: topic, scene: row.scene, prop: row.prop, broad: row.id.endsWith("*") });
    for (const lang of ["en", "de"] as const) {
      for (const part of row[lang].split(",")) {
        const word = wordOf(part, topic, lang);
        const key = word.stems[0];
        if (key === undefined) throw new Error(`topic ${topic}: empty word`);
        const found = first[lang].get(key);
        if (found) found.push(word);
        else first[lang].set(key, [word]);
        for (const stemmed of word.stems) all[lang].add(stemmed);
      }
    }
  }
  for (const lang of ["en", "de"] as const)
    for (const words of first[lang].values()) words.sort((a, b) => b.stems.length - a.stems.length);
  return {
    get: (id) => topics.get(id),
    ids: () => [...topics.keys()],
    startingWith: (stemmed, lang) => first[lang].get(stemmed) ?? [],
    knows: (stemmed, lang) => all[lang].has(stemmed),
    single: (stemmed, lang) => (first[lang].get(stemmed) ?? []).filter((word) => word.stems.length === 1),
  };
}
