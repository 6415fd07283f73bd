/**
 * What every engine of the meme studio has in common, whether it stages words, searches the joke bank or asks a model.
 * Engines only write captions or make pictures: moderation, credits, rendering and storing happen around them.
 */
import type { EngineKind, Mood, PropId, SceneId } from "#shared/meme/doc.ts";
import type { FormatId, FormatSpec, Mechanism } from "#shared/meme/formats.ts";

export type { EngineKind } from "#shared/meme/doc.ts";

/** What somebody asks for. The prompt has passed moderation before an engine sees it. */
export interface CaptionRequest {
  /** As it was typed; an engine that puts it into captions takes markup and injection fragments out first. */
  prompt: string;
  /** BCP 47. What the captions should be in when the prompt does not say by itself, as with one word. */
  lang: string;
  /** How many variants, 1–8. */
  n: number;
  /** The formats to choose from. */
  formats: readonly FormatSpec[];
  /** A person's own photo: what can be seen on it, and its bytes for engines that can look at pictures. */
  image?: { alt?: string; bytes?: Uint8Array; mime: string };
  /** The meme that is remixed. */
  parent?: { format: FormatId; captions: readonly string[] };
  /** The same request with the same seed and history has the same answer where no model is involved. */
  seed: number;
  /** Milliseconds since 1970: nothing may come later. */
  deadline: number;
  signal: AbortSignal;
  /** What the instance knows about earlier jokes. Absent: nothing has been shown and nobody has voted. */
  history?: JokeHistory;
}

/** What a ranker learns from. All of it may be empty. */
export interface JokeHistory {
  /** Source ids this person saw in the last 30 days: they are left out. */
  seen: ReadonlySet<string>;
  /** How often a source was shown on this instance lately, by id, already decayed; what is worn out comes later. */
  worn: ReadonlyMap<string, number>;
  /** Votes by `<format>/<mechanism>`, see `armOf`. */
  votes: ReadonlyMap<string, { up: number; down: number }>;
}

/** The name of an arm of the ranker: votes are counted by format and mechanism. */
export function armOf(format: FormatId, mechanism: Mechanism): string {
  return `${format}/${mechanism}`;
}

export interface CaptionVariant {
  format: FormatId;
  /** One for each box of the format. An empty one is for the person to fill. */
  captions: string[];
  /** One for each figure of the format. */
  moods: Mood[];
  /** One for each figure of the format, null where it holds nothing. */
  props?: (PropId | null)[];
  scene?: SceneId;
  /** What a screen reader says about the scene, in the language of the captions; the captions themselves are not in it. */
  altScene: string;
  /** 0–1: how sure the engine is that this is about the prompt. */
  confidence: number;
  mechanism?: Mechanism;
  /** Ids of the bank entries used. */
  sourceIds?: string[];
  /** Short beginnings for the empty box of a fill-in. */
  chips?: string[];
}

/** What a generation has used, for prices and for the operator. */
export interface EngineUsage {
  promptTokens?: number;
  completionTokens?: number;
  images?: number;
  gpuMs?: number;
  wallMs: number;
  /** Millionths of the operator's currency. */
  providerCostMicros?: bigint;
  model?: string;
  modelDigest?: string;
}

export interface CaptionEngine {
  readonly id: string;
  readonly kind: EngineKind;
  capabilities(): { langs: string[] | "any"; vision: boolean; jsonSchema: boolean };
  health(): Promise<{ ok: boolean; detail: string }>;
  /** Variants as they come, at most `n`. Throws when the engine fails; ends early when the signal aborts. */
  generate(request: CaptionRequest): AsyncGenerator<CaptionVariant, EngineUsage>;
}

export interface ImageRequest {
  prompt: string;
  negative?: string;
  width: number;
  height: number;
  n: number;
  seed?: number;
  /** A picture to start from. */
  init?: Uint8Array;
  /** Milliseconds since 1970. */
  deadline: number;
  signal: AbortSignal;
}

export interface ImageEngine {
  readonly id: string;
  capabilities(): { sizes: [number, number][]; img2img: boolean; seed: boolean };
  health(): Promise<{ ok: boolean; detail: string }>;
  generate(request: ImageRequest): AsyncGenerator<{ bytes: Uint8Array; mime: string; seed?: number }, EngineUsage>;
}
