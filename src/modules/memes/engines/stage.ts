/** "Your words, drawn by Skein": puts a person's own words into formats that suit how they are built. Invents nothing. */
import type { FormatId, FormatSpec, Mechanism } from "#shared/meme/formats.ts";
import { FITTING, partsOf, staged, type Parts } from "#shared/meme/staging.ts";
import { cleanPrompt } from "#modules/memes/bank/clean.ts";
import { languageOf } from "#modules/memes/bank/language.ts";
import { altOf, moodsFor } from "#modules/memes/bank/looks.ts";
import { hashOf } from "#modules/memes/bank/random.ts";
import { difference, DISTINCT, wordCount } from "#modules/memes/bank/words.ts";
import type { CaptionEngine, CaptionVariant } from "./types.ts";

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
