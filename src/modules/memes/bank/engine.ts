/**
 * The joke bank: finds own jokes about what a prompt is about, and where it knows none, says so by leaving the punchline
 * to the person. No model runs. The same request with the same seed and history has the same answer.
 */
import { random as seeded } from "#shared/meme/art/draw.ts";
import type { FormatId, FormatSpec } from "#shared/meme/formats.ts";
import { armOf, type CaptionEngine, type CaptionRequest, type CaptionVariant } from "#modules/memes/engines/types.ts";
import { stageVariants } from "#modules/memes/engines/stage.ts";
import type { Entry } from "./entries.ts";
import { fillEntry, fillIns } from "./fill.ts";
import { loadBank, type Bank } from "./load.ts";
import { altOf, moodsFor, propsFor } from "./looks.ts";
import { parsePrompt, termsOf, type Parsed } from "./parse.ts";
import { betaSample, hashOf, type Random } from "./random.ts";
import { TAU, type Hit } from "./search.ts";
import { difference, DISTINCT, wordCount, type BankLang } from "./words.ts";

/** A filled entry on its way to the person. */
interface Candidate {
  entry: Entry;
  captions: string[];
  confidence: number;
  score: number;
}

/** Most entries that are looked at closely: filling and comparing costs more than finding. */
const POOL = 160;
/** Jokes that are about less of the prompt than this are not even shown behind fill-ins. */
const NEAR = 0.42;
/** What a format or mechanism that is there already takes off the next one of the same. */
const SAME_FORMAT = 0.55;
const SAME_MECHANISM = 0.15;
/** A joke in at most so many words; longer ones only where the format has many boxes. */
const WORDS = 30;

/** What formats say "A against B" in their boxes' roles. */
const CONTRASTING: ReadonlySet<FormatId> = new Set(["two-panel", "reject-prefer", "doors", "chart", "dialogue"]);

export interface BankDeps {
  /** A bank that is loaded already; absent: the data files are read at the first generation. */
  bank?: Bank;
}

/** The bank engine. Reads its data at the first use, under 300 ms. */
export function createBankEngine(deps: BankDeps = {}): CaptionEngine {
  let loaded = deps.bank;
  const bank = (): Bank => (loaded ??= loadBank());
  return {
    id: "bank",
    kind: "bank",
    capabilities: () => ({ langs: ["en", "de"], vision: false, jsonSchema: false }),
    async health() {
      const count = bank().entries("en").length + bank().entries("de").length;
      return Promise.resolve({ ok: count > 0, detail: `${count} jokes` });
    },
    // eslint-disable-next-line require-await -- the interface is made for engines that wait
    async *generate(request) {
      const before = performance.now();
      for (const variant of bankVariants(bank(), request)) {
        if (request.signal.aborted || Date.now() > request.deadline) break;
        yield variant;
      }
      return { wallMs: performance.now() - before };
    },
  };
}

/** All variants of a request: confident jokes first, then jokes for any subject, fill-ins and the person's own words. */
export function* bankVariants(bank: Bank, request: CaptionRequest): Generator<CaptionVariant> {
  const parsed = parsePrompt(request.prompt, request.lang, bank.topics, request.image?.alt);
  const photo = request.image !== undefined || parsed.kind === "photo";
  const formats = request.formats.filter((spec) => !photo || spec.photo);
  const { n, seed } = request;
  const staged = (): CaptionVariant[] => stageVariants({ ...request, formats, photo, distinct: true });
  const lang = parsed.bankLang;
  if (!lang) {
    yield* staged();
    return;
  }
  const chosen: string[] = [];
  const isNew = (captions: readonly string[]): boolean => {
    const text = captions.join(" ");
    return chosen.every((other) => difference(other, text) >= DISTINCT);
  };
  const random = seeded(seed ^ hashOf(parsed.text));
  const jokes = candidates(bank, parsed, lang, request, formats, random);
  let left = n;
  const used = new Set<FormatId>();
  for (const joke of choose(jokes.sure, n, isNew, chosen)) {
    left -= 1;
    used.add(joke.entry.format);
    yield variantOf(joke, bank, parsed, lang, seed);
  }
  if (left === 0) return;
  const rest = filler(bank, parsed, lang, formats, seed, [jokes.any, jokes.near], staged());
  // Formats that are there already come last; with a few distinct ones left they are still better than nothing.
  for (const again of [false, true]) {
    for (const variant of rest) {
      if (left === 0) return;
      if ((!again && used.has(variant.format)) || !isNew(variant.captions)) continue;
      chosen.push(variant.captions.join(" "));
      used.add(variant.format);
      left -= 1;
      yield variant;
    }
  }
}

function candidates(
  bank: Bank,
  parsed: Parsed,
  lang: BankLang,
  request: CaptionRequest,
  formats: readonly FormatSpec[],
  random: Random,
): { sure: Candidate[]; near: Candidate[]; any: Candidate[] } {
  const index = bank.index(lang);
  const allowed = new Set(formats.map((spec) => spec.id));
  const { history, parent } = request;
  const arms = new Map<string, number>();
  const draw = (entry: Entry): number => {
    const arm = armOf(entry.format, entry.mechanism);
    let value = arms.get(arm);
    if (value === undefined) {
      const votes = history?.votes.get(arm);
      value = betaSample(votes?.up ?? 0, votes?.down ?? 0, random);
      arms.set(arm, value);
    }
    return value;
  };
  const usable = (entry: Entry): boolean => allowed.has(entry.format) && !history?.seen.has(entry.id);
  const rate = (hit: Hit): number => {
    const { entry, confidence, words } = hit;
    const worn = Math.log1p(history?.worn.get(entry.id) ?? 0) * 0.3;
    const shape =
      (parsed.kind === "contrast" && CONTRASTING.has(entry.format) ? 0.6 : 0) +
      (parsed.kind === "sequence" && "S1" in entry.needs ? 1.2 : 0) +
      (parsed.kind === "photo" && entry.format === "caption-bar" ? 0.3 : 0) +
      (parent?.format === entry.format ? 0.8 : 0);
    return 2.4 * confidence + 0.9 * words + 1.1 * draw(entry) + 0.4 * random() + shape - worn;
  };
  const pool = (hits: Hit[]): Candidate[] =>
    hits
      .filter((hit) => usable(hit.entry))
      .map((hit) => ({ hit, score: rate(hit) }))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, POOL)
      .flatMap(({ hit, score }) => {
        const captions = ordered(bank, hit.entry, parsed, fillEntry(hit.entry, parsed));
        return captions ? [{ entry: hit.entry, captions, confidence: hit.confidence, score }] : [];
      });
  // A photo is about what can be seen and what was typed; a joke about either is fine there.
  const tau = parsed.kind === "photo" ? TAU * 0.4 : TAU;
  const hits = index.find(parsed);
  const sure = pool(hits.filter((hit) => hit.confidence >= tau));
  // About half of what was asked for: shown behind fill-ins, never as the answer.
  const near = pool(hits.filter((hit) => hit.confidence >= NEAR && hit.confidence < tau));
  const any = pool(
    index
      .general()
      .filter((entry) => formatsOf(entry, parsed))
      .map((entry) => ({ entry, confidence: TAU - 0.1, words: 0 })),
  );
  // The person's own steps are surely what they want to see.
  const steps = any.filter((c) => parsed.kind === "sequence" && "S1" in c.entry.needs);
  const own = steps
    .filter((c, i) => steps.findIndex((other) => other.entry.format === c.entry.format) === i)
    .slice(0, 2);
  for (const c of own) sure.push({ ...c, confidence: Math.max(TAU + 0.1, c.confidence), score: c.score + 0.3 });
  return { sure: sure.toSorted((a, b) => b.score - a.score), near, any };
}

/** Jokes for any subject that only fill a heading say little about a contrast: those want both sides named. */
function formatsOf(entry: Entry, parsed: Parsed): boolean {
  if (parsed.kind === "contrast") return "A" in entry.needs || "SAID" in entry.needs;
  return Object.keys(entry.needs).length > 0;
}

/** "dogs vs cats" wants the dog in the first panel, whatever order the entry was written in. */
function ordered(bank: Bank, entry: Entry, parsed: Parsed, captions: string[] | undefined): string[] | undefined {
  const { sides } = parsed;
  if (!captions || !sides || entry.format !== "two-panel") return captions;
  const about = (text: string | undefined, topics: readonly string[]): boolean =>
    termsOf(text ?? "", entry.lang, bank.topics).some((term) => term.topics.some(({ id }) => topics.includes(id)));
  const [first, second] = captions;
  const swapped = about(first, sides.bTopics) && !about(first, sides.aTopics) && about(second, sides.aTopics);
  return swapped ? captions.toReversed() : captions;
}

/** Takes the best, then the best that is not too like what is there. */
function* choose(
  from: Candidate[],
  n: number,
  isNew: (captions: readonly string[]) => boolean,
  chosen: string[],
): Generator<Candidate> {
  const formats = new Map<string, number>();
  const mechanisms = new Map<string, number>();
  const pool = [...from];
  for (let taken = 0; taken < n && pool.length > 0;) {
    let best = -1;
    let bestScore = -Infinity;
    for (const [i, c] of pool.entries()) {
      const same =
        SAME_FORMAT * (formats.get(c.entry.format) ?? 0) + SAME_MECHANISM * (mechanisms.get(c.entry.mechanism) ?? 0);
      if (c.score - same > bestScore) {
        bestScore = c.score - same;
        best = i;
      }
    }
    const [next] = pool.splice(best, 1);
    if (!next) return;
    if (!isNew(next.captions) || wordCount(next.captions.join(" ")) > WORDS + 4) continue;
    chosen.push(next.captions.join(" "));
    formats.set(next.entry.format, (formats.get(next.entry.format) ?? 0) + 1);
    mechanisms.set(next.entry.mechanism, (mechanisms.get(next.entry.mechanism) ?? 0) + 1);
    taken += 1;
    yield next;
  }
}

function variantOf(joke: Candidate, bank: Bank, parsed: Parsed, lang: BankLang, seed: number): CaptionVariant {
  const { entry, captions, confidence } = joke;
  // An entry about two subjects takes place where the prompt's is, if only one of them was named.
  const named = new Set(parsed.terms.flatMap((term) => term.topics.map((t) => t.id)));
  const topic = bank.topics.get(
    entry.topics.find((id) => named.has(id)) ?? entry.topics[0] ?? named.values().next().value ?? "",
  );
  const scene = topic?.scene ?? "sunburst";
  const moods = entry.moods.length > 0 ? [...entry.moods] : moodsFor(entry.format, hashOf(entry.id) + seed);
  return {
    format: entry.format,
    captions,
    moods: captions[0] === entry.boxes[0]?.text || entry.format !== "two-panel" ? moods : moods.toReversed(),
    props: propsFor(entry.format, topic),
    scene,
    altScene: altOf(scene, lang),
    confidence: Math.round(Math.min(1, confidence) * 100) / 100,
    mechanism: entry.mechanism,
    sourceIds: [entry.id],
  };
}

/** What is shown where the bank is not sure, in turns: an honest fill-in, a joke for any subject, the own words staged. */
function filler(
  bank: Bank,
  parsed: Parsed,
  lang: BankLang,
  formats: readonly FormatSpec[],
  seed: number,
  jokes: readonly [any: readonly Candidate[], near: readonly Candidate[]],
  staged: readonly CaptionVariant[],
): CaptionVariant[] {
  const ids = new Set(formats.map((spec) => spec.id));
  const topic = bank.topics.get(parsed.terms.flatMap((term) => term.topics)[0]?.id ?? "");
  const scene = topic?.scene ?? "sunburst";
  const empty = fillIns(parsed, lang, ids, seed).map((fill): CaptionVariant => ({
    format: fill.format,
    captions: fill.captions,
    moods: moodsFor(fill.format, seed),
    props: propsFor(fill.format, topic),
    scene,
    altScene: altOf(scene, lang),
    confidence: 0,
    mechanism: fill.mechanism,
    chips: fill.chips,
  }));
  const [any, near] = jokes.map((list) => list.map((joke) => variantOf(joke, bank, parsed, lang, seed)));
  const own = staged.filter((variant) => variant.captions.every((text) => text !== ""));
  // Own words that already make two boxes are a finished meme; a fill-in comes first where they do not.
  const first = parsed.kind === "contrast" || parsed.kind === "sequence" ? own : [];
  const turns: CaptionVariant[] = [...first];
  const most = Math.max(empty.length, any?.length ?? 0, near?.length ?? 0, own.length);
  for (let i = 0; i < most; i++) {
    for (const list of [empty, any, near, own]) {
      const next = list?.[i];
      if (next) turns.push(next);
    }
  }
  return turns;
}
