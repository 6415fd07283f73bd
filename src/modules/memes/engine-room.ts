/** Which engines there are, what they may cost, and how they are called. */
import type { MemesDeps } from "./deps.ts";
import { lazyBank } from "./heavy.ts";
import { createChatEngine } from "./engines/chat.ts";
import { createGgufEngine } from "./engines/gguf.ts";
import { createGuard } from "./engines/guard.ts";
import { createPictureEngine } from "./engines/pictures.ts";
import { createService } from "./engines/service.ts";
import { createStageEngine } from "./engines/stage.ts";
import type { CaptionEngine, EngineKind, ImageEngine } from "./engines/types.ts";
import { invalid } from "#platform/errors.ts";

/** What can be asked for by name. `picture` is captions over a picture that a model makes; `browser` is the model of the person's own browser, which the page asks and whose answer it sends. */
export const ENGINE_NAMES = ["stage", "bank", "chat", "gguf", "picture", "browser"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export interface EngineRoom {
  stage: CaptionEngine;
  bank: CaptionEngine;
  /** Models that write captions, by name. */
  models: ReadonlyMap<"chat" | "gguf", CaptionEngine>;
  pictures: ImageEngine | undefined;
  /** Which engine a wish means: a name, `ai` for whichever model there is, nothing for the joke bank. 422 for one that is not here. */
  resolve(wish: string | undefined): EngineName;
  /** The engine of this name; undefined when it is not here any more. */
  find(name: string): EngineName | undefined;
  /** The engine that writes the captions for it. */
  writer(name: EngineName): CaptionEngine;
  /** What a call costs in micro-euro, by estimate. */
  estimate(name: EngineName, n: number): bigint;
}

const PARALLEL = { chat: 4, gguf: 1, pictures: 1 };

export function createEngineRoom(deps: MemesDeps): EngineRoom {
  const { ai, services } = deps;
  const now = (): number => deps.clock.ms();
  const stage = createStageEngine();
  const bank = lazyBank();
  const models = new Map<"chat" | "gguf", CaptionEngine>();
  if (ai.baseUrl !== undefined)
    models.set(
      "chat",
      createChatEngine({
        service: createService(services, ai.baseUrl, ai.apiKey, now),
        guard: createGuard({ parallel: PARALLEL.chat, now }),
        model: ai.model,
        now,
      }),
    );
  if (ai.ggufPath !== undefined)
    models.set(
      "gguf",
      createGgufEngine({ path: ai.ggufPath, guard: createGuard({ parallel: PARALLEL.gguf, now }), now }),
    );
  const pictures =
    ai.imageUrl === undefined
      ? undefined
      : createPictureEngine(ai.imageKind, {
          service: createService(services, ai.imageUrl, ai.apiKey, now),
          guard: createGuard({ parallel: PARALLEL.pictures, now }),
          model: ai.imageModel,
          now,
        });

  const model = (): "chat" | "gguf" | undefined => [...models.keys()][0];
  return {
    stage,
    bank,
    models,
    pictures,
    resolve(wish) {
      if (wish === undefined || wish === "" || wish === "auto") return "bank";
      const absent = (what: string): never => {
        throw invalid({ engine: [{ error: "ERR_INVALID", description: what }] });
      };
      if (wish === "stage" || wish === "bank" || wish === "browser") return wish;
      if (wish === "ai") return model() ?? absent("cannot be ai: no model is configured on this server");
      if (wish === "chat" || wish === "gguf")
        return models.has(wish) ? wish : absent("is not configured on this server");
      if (wish === "picture") return pictures ? wish : absent("is not configured on this server");
      return absent(`is none of ${ENGINE_NAMES.join(", ")}, ai`);
    },
    find(name) {
      const found = ENGINE_NAMES.find((n) => n === name);
      // Nobody but the page can ask it.
      if (found === "browser") return undefined;
      const gone = found === "picture" ? !pictures : (found === "chat" || found === "gguf") && !models.has(found);
      return gone ? undefined : found;
    },
    writer(name) {
      if (name === "stage") return stage;
      if (name === "bank") return bank;
      const chosen = name === "picture" ? model() : name;
      return (chosen !== undefined && chosen !== "browser" && models.get(chosen)) || bank;
    },
    estimate(name, n) {
      if (name === "stage" || name === "bank" || name === "gguf" || name === "browser") return 0n;
      const words = models.has("chat") ? ai.captionCost : 0n;
      return name === "picture" ? words + ai.imageCost * BigInt(n) : words;
    },
  };
}

/** What people read beside every meme. There is no way to hide it. */
export function engineLabel(engine: string, kind: EngineKind, model: string | null, lang: string): string {
  const de = lang.startsWith("de");
  if (kind === "stage") return de ? "Deine Worte, gezeichnet von Skein" : "Your words, drawn by Skein";
  if (kind === "bank")
    return de
      ? "Witzesammlung und Zeichenmaschine. Kein KI-Modell lief."
      : "Joke bank and comic engine. No AI model ran.";
  if (engine === "browser")
    return de ? "KI: das Modell im Browser der Person" : "AI: the model in the person's own browser";
  const via = { chat: "OpenAI-API", gguf: "llama.cpp", picture: "image engine" }[engine] ?? engine;
  return `${de ? "KI" : "AI"}: ${model ?? engine} via ${via}`;
}
