/** "Your words, drawn by Skein": puts a person's own words into formats that suit how they are built. Invents nothing. */
import type { FormatId, FormatSpec, Mechanism } from "#shared/meme/formats.ts";
import { cleanPrompt } from "#modules/memes/bank/clean.ts";
import { languageOf } from "#modules/memes/bank/language.ts";
import { altOf, moodsFor } from "#modules/memes/bank/looks.ts";
import { hashOf } from "#modules/memes/bank/random.ts";
import { difference, DISTINCT, wordCount } from "#modules/memes/bank/words.ts";
import type { CaptionEngine, CaptionVariant } from "./types.ts";

const VERSUS = /\s+(?:vs\.?|versus|gegen|contre|contra|oder|or)\s+|\s*(?:対|より)\s*/iu;
const STEPS =
  /\s*(?:[,;.]\s*(?:and\s+|und\s+)?(?:then|next|finally|dann|danach)|\s+(?:and\s+|und\s+)?(?:then|dann)|→|->|=>)\s+/iu;
const COLON = /\s*[:：]\s+|：/u;
const CLAUSE = /^((?:when|if|while|wenn|während|falls|quand|cuando|quando)\s[^,]+),\s+(.+)$/iu;
const SENTENCE = /(?<=[.!?…])\s+|(?<=[。！？])/u;
const COMMA = /,\s+|、|，/u;
/** Japanese has no spaces: after a topic or time particle a line may turn. */
const PARTICLE = /^(.{2,}?(?:時に|時は|中に|のに|けど|から|まで|とき|ので|は|が))(.{3,})$/u;
const JOINING =
  /^(.{8,}?)\s+((?:until|but|because|while|although|so that|bis|aber|obwohl|weil|while|mais|pero)\s.+)$/iu;

/** How a text falls apart. `pair` are two thoughts, `sides` two things set against each other. */
type Shape = "sides" | "steps" | "dialogue" | "pair" | "whole";

interface Parts {
  shape: Shape;
  parts: string[];
}

/** Splits a text where it has a natural joint. Every part is part of the text. */
export function partsOf(text: string): Parts {
  const two = (shape: Shape, split: readonly (string | undefined)[]): Parts | undefined => {
    const [a, b] = split.map((part) => part?.trim());
    return a && b && split.length === 2 ? { shape, parts: [a, b] } : undefined;
  };
  const steps = text
    .replace(/^(?:first|at first|erst|zuerst)\s+/iu, "")
    .split(STEPS)
    .map((part) => part.trim());
  if (steps.length >= 3 && steps.length <= 4 && steps.every((s) => s !== "")) return { shape: "steps", parts: steps };
  const clause = CLAUSE.exec(text);
  const joined = JOINING.exec(text);
  const sentences = text
    .split(SENTENCE)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const commas = text
    .split(COMMA)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const particle = PARTICLE.exec(text);
  return (
    two("sides", text.split(VERSUS)) ??
    two("dialogue", text.split(COLON)) ??
    (clause ? two("pair", [clause[1], clause[2]]) : undefined) ??
    two("pair", sentences) ??
    (sentences.length >= 3 && sentences.length <= 4 ? { shape: "steps", parts: sentences } : undefined) ??
    (commas.length === 3 || commas.length === 4 ? { shape: "steps", parts: commas } : undefined) ??
    two("pair", commas) ??
    (joined ? two("pair", [joined[1], joined[2]]) : undefined) ??
    (particle ? two("pair", [particle[1], particle[2]]) : undefined) ?? { shape: "whole", parts: [text] }
  );
}

/** Formats for a shape, best first, and which parts go where; `all` is the whole text. */
const FITTING: Readonly<Record<Shape, readonly (readonly [FormatId, Mechanism])[]>> = {
  sides: [
    ["two-panel", "contrast"],
    ["reject-prefer", "contrast"],
    ["doors", "dilemma"],
    ["expectation-reality", "contrast"],
    ["caption-bar", "contrast"],
    ["top-bottom", "contrast"],
  ],
  steps: [
    ["four-step-ladder", "escalation"],
    ["timeline", "escalation"],
    ["caption-bar", "escalation"],
  ],
  dialogue: [
    ["dialogue", "role-mismatch"],
    ["top-bottom", "betrayed-expectation"],
    ["museum-label", "over-literal"],
    ["caption-bar", "over-literal"],
    ["road-sign", "over-literal"],
  ],
  pair: [
    ["top-bottom", "betrayed-expectation"],
    ["two-panel", "contrast"],
    ["expectation-reality", "betrayed-expectation"],
    ["dialogue", "role-mismatch"],
    ["road-sign", "over-literal"],
    ["caption-bar", "over-literal"],
  ],
  whole: [
    ["caption-bar", "over-literal"],
    ["top-bottom", "betrayed-expectation"],
    ["road-sign", "over-literal"],
    ["nature-doc", "over-literal"],
    ["museum-label", "over-literal"],
    ["dialogue", "role-mismatch"],
  ],
};

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** The parts in the boxes of a format; boxes without words stay empty. Undefined when something would not fit. */
function staged(spec: FormatSpec, { shape, parts }: Parts, whole: string): string[] | undefined {
  if (spec.id === "caption-bar") return [capital(whole)];
  const boxes = spec.boxes.map(() => "");
  // In these, a heading is not what the steps are: the person's first part would be a heading by accident.
  const from = shape === "steps" && spec.boxes[0]?.label && parts.length < boxes.length ? 1 : 0;
  if (parts.length + from > boxes.length) return undefined;
  for (const [i, part] of parts.entries()) boxes[i + from] = capital(part);
  return boxes;
}

function tooLong(spec: FormatSpec, captions: readonly string[]): boolean {
  return captions.some((text, i) => wordCount(text) > (spec.boxes[i]?.maxWords ?? 0) || text.length > 200);
}

export interface StageOptions {
  prompt: string;
  lang: string;
  n: number;
  formats: readonly FormatSpec[];
  seed: number;
  photo: boolean;
  /** Leave out variants whose captions are those of an earlier one, though the format is another. */
  distinct?: boolean;
}

/** The same words in up to `n` formats, best suited first. Empty only for a prompt without words. */
export function stageVariants(options: StageOptions): CaptionVariant[] {
  const { text, photo } = cleanPrompt(options.prompt);
  const whole = text === "" ? (photo ?? "") : text;
  if (whole === "") return [];
  const lang = languageOf(whole, options.lang);
  const allowed = new Map(options.formats.map((spec) => [spec.id, spec]));
  const own = partsOf(whole);
  const tries: [Parts, FormatId, Mechanism][] = FITTING[own.shape].map(([id, mechanism]) => [own, id, mechanism]);
  if (own.shape !== "whole")
    for (const [id, m] of FITTING.whole) tries.push([{ shape: "whole", parts: [whole] }, id, m]);
  const found: CaptionVariant[] = [];
  const used = new Set<FormatId>();
  for (const strict of [true, false]) {
    for (const [parts, id, mechanism] of tries) {
      if (found.length >= options.n) return found;
      const spec = allowed.get(id);
      if (!spec || used.has(id) || (options.photo && !spec.photo)) continue;
      const captions = staged(spec, parts, whole);
      // Only when nothing else is left may a box get more words than an engine should write: they are the person's.
      if (!captions || (tooLong(spec, captions) && (strict || found.length > 0))) continue;
      const joined = captions.join(" ");
      if (options.distinct && found.some((other) => difference(other.captions.join(" "), joined) < DISTINCT)) continue;
      used.add(id);
      const scene = "sunburst";
      const moods = moodsFor(id, hashOf(joined) + options.seed);
      found.push({ format: id, captions, moods, scene, altScene: altOf(scene, lang), confidence: 1, mechanism });
    }
  }
  return found;
}

/** The stage engine. Works in any language, needs nothing, cannot fail. */
export function createStageEngine(): CaptionEngine {
  return {
    id: "stage",
    kind: "stage",
    capabilities: () => ({ langs: "any", vision: false, jsonSchema: false }),
    health: () => Promise.resolve({ ok: true, detail: "ready" }),
    // eslint-disable-next-line require-await -- the interface is made for engines that wait
    async *generate(request) {
      const before = performance.now();
      const { prompt, lang, n, formats, seed, image } = request;
      const variants = stageVariants({ prompt, lang, n, formats, seed, photo: image !== undefined });
      for (const variant of variants) {
        if (request.signal.aborted) break;
        yield variant;
      }
      return { wallMs: performance.now() - before };
    },
  };
}
