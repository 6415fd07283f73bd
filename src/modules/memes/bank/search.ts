/** Finds entries about a prompt: topics, then words by BM25. Says how sure it is, so that the engine need not guess. */
import { fillSlots, type Entry } from "./entries.ts";
import { STOP } from "./language.ts";
import type { Parsed, Term } from "./parse.ts";
import type { Topics } from "./topics.ts";
import { stem, wordsOf, type BankLang } from "./words.ts";

/** Below this the bank does not claim that an entry is about the prompt. */
export const TAU = 0.6;

const K1 = 1.2;
const B = 0.6;

interface Doc {
  entry: Entry;
  counts: ReadonlyMap<string, number>;
  length: number;
}

export interface Hit {
  entry: Entry;
  /** Share of the prompt's subject the entry is about, 0–1. */
  confidence: number;
  /** BM25 of the words, by the best of this search: 0–1. */
  words: number;
}

export interface Index {
  /** Entries with a topic or word of the prompt, unsorted. */
  find(parsed: Parsed): Hit[];
  /** Entries for every subject. */
  general(): readonly Entry[];
}

function docOf(entry: Entry, lang: BankLang): Doc {
  const counts = new Map<string, number>();
  let length = 0;
  for (const { text } of entry.boxes) {
    for (const word of wordsOf(fillSlots(text, () => " "))) {
      if (STOP[lang].has(word)) continue;
      const key = stem(word, lang);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      length += 1;
    }
  }
  return { entry, counts, length };
}

/** Builds the index of one language. About 30 ms for two thousand entries. */
export function createIndex(entries: readonly Entry[], lang: BankLang, topics: Topics): Index {
  const docs = entries.map((entry) => docOf(entry, lang));
  const byTopic = new Map<string, number[]>();
  const byWord = new Map<string, number[]>();
  const push = (map: Map<string, number[]>, key: string, i: number): void => {
    const list = map.get(key);
    if (list) list.push(i);
    else map.set(key, [i]);
  };
  docs.forEach((doc, i) => {
    for (const topic of doc.entry.topics) push(byTopic, topic, i);
    for (const word of doc.counts.keys()) push(byWord, word, i);
  });
  const average = docs.reduce((sum, doc) => sum + doc.length, 0) / Math.max(1, docs.length);
  const idf = (word: string): number => {
    const n = byWord.get(word)?.length ?? 0;
    return Math.log(1 + (docs.length - n + 0.5) / (n + 0.5));
  };
  const bm25 = (doc: Doc, terms: readonly Term[]): number => {
    let sum = 0;
    for (const term of terms) {
      for (const word of term.stem.split(" ")) {
        const count = doc.counts.get(word) ?? 0;
        if (count === 0) continue;
        const norm = count + K1 * (1 - B + (B * doc.length) / average);
        sum += (idf(word) * count * (K1 + 1)) / norm;
      }
    }
    return sum;
  };
  /** Whether an entry names something else of a topic and not what the prompt names. */
  const namesAnother = (doc: Doc, topic: string, term: Term): boolean => {
    if (says(doc, term)) return false;
    for (const word of doc.counts.keys())
      if (topics.startingWith(word, lang).some((known) => known.topic === topic)) return true;
    return false;
  };
  const says = (doc: Doc, term: Term): boolean => term.stem.split(" ").every((word) => doc.counts.has(word));
  const covered = (doc: Doc, term: Term): { share: number; topic: boolean } => {
    let best = { share: says(doc, term) ? 0.8 : 0, topic: false };
    for (const { id, sure } of term.topics) {
      const place = doc.entry.topics.indexOf(id);
      if (place < 0) continue;
      const apart = namesAnother(doc, id, term) ? (topics.get(id)?.broad ? 0.45 : 0.88) : 1;
      const share = sure * apart * (says(doc, term) ? 1 : place === 0 ? 0.95 : 0.9);
      if (share > best.share || !best.topic) best = { share: Math.max(share, best.share), topic: true };
    }
    return best;
  };
  const confidence = (doc: Doc, parsed: Parsed): number => {
    let all = 0;
    let sum = 0;
    let topical = false;
    for (const term of parsed.terms) {
      const { share, topic } = covered(doc, term);
      all += term.weight;
      sum += term.weight * share;
      topical ||= topic;
    }
    if (!topical || all === 0) return 0;
    const { sides } = parsed;
    if (sides && !onBothSides(doc.entry, sides)) return Math.min(sum / all, TAU - 0.05);
    // A joke that needs a second subject the prompt does not have is a little less about it.
    const named = new Set(parsed.terms.flatMap((term) => term.topics.map((t) => t.id)));
    const extra = doc.entry.topics.filter((id) => !named.has(id)).length;
    return Math.max(0, sum / all - 0.06 * extra);
  };
  const free = docs.filter((doc) => doc.entry.topics.length === 0).map((doc) => doc.entry);
  return {
    general: () => free,
    find(parsed) {
      const near = new Set<number>();
      for (const term of parsed.terms) {
        for (const { id } of term.topics) for (const i of byTopic.get(id) ?? []) near.add(i);
      }
      const hits: Hit[] = [];
      let top = 0;
      for (const i of near) {
        const doc = docs[i];
        if (!doc) continue;
        const words = bm25(doc, parsed.terms);
        top = Math.max(top, words);
        hits.push({ entry: doc.entry, confidence: confidence(doc, parsed), words });
      }
      if (top > 0) for (const hit of hits) hit.words /= top;
      return hits;
    },
  };
}

/** A joke about "cats vs dogs" has to be about both, unless one of them is no subject the bank knows apart. */
function onBothSides(entry: Entry, sides: { aTopics: string[]; bTopics: string[] }): boolean {
  const about = (topics: string[]): boolean => topics.some((id) => entry.topics.includes(id));
  return about(sides.aTopics) && about(sides.bTopics);
}
