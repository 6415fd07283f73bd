/** Captions from a model file on this machine, through the optional package node-llama-cpp. */
import { access } from "node:fs/promises";
import { EngineFailed } from "./failed.ts";
import type { Guard } from "./guard.ts";
import { answerSchema, instruction, readAnswer, topicOf } from "./instructions.ts";
import type { CaptionEngine } from "./types.ts";

/** What is used of the package; it is no dependency, so its types are not here. */
interface Llama {
  loadModel(options: { modelPath: string }): Promise<Model>;
  createGrammarForJsonSchema(schema: object): Promise<object>;
}
interface Model {
  createContext(options: { contextSize: number }): Promise<Context>;
}
interface Context {
  getSequence(): object;
  dispose(): Promise<void>;
}
interface Session {
  prompt(
    text: string,
    options: {
      grammar: object;
      signal: AbortSignal;
      stopOnAbortSignal: boolean;
      temperature: number;
      maxTokens: number;
    },
  ): Promise<string>;
}
export interface LlamaPackage {
  getLlama(options: { build: "never" }): Promise<Llama>;
  LlamaChatSession: new (options: { contextSequence: object; systemPrompt: string }) => Session;
}

export interface GgufOptions {
  path: string;
  guard: Guard;
  now: () => number;
  /** Loads the package; replaced in tests. */
  load?: () => Promise<LlamaPackage>;
}

const PACKAGE = "node-llama-cpp";

async function installed(): Promise<LlamaPackage> {
  try {
    const found: LlamaPackage = await import(PACKAGE);
    return found;
  } catch (cause) {
    throw new EngineFailed(
      "unreachable",
      `AI_GGUF_PATH needs the package ${PACKAGE}: npm install --no-save ${PACKAGE}`,
      { cause },
    );
  }
}

export function createGgufEngine({ path, guard, now, load = installed }: GgufOptions): CaptionEngine {
  let loading: Promise<{ llama: Llama; model: Model; Session: LlamaPackage["LlamaChatSession"] }> | undefined;
  const model = (): NonNullable<typeof loading> => {
    loading ??= (async () => {
      await access(path).catch((cause: unknown) => {
        throw new EngineFailed("unreachable", `AI_GGUF_PATH: there is no file ${path}`, { cause });
      });
      const { getLlama, LlamaChatSession } = await load();
      // Nothing is compiled or downloaded on this machine.
      const llama = await getLlama({ build: "never" });
      return { llama, model: await llama.loadModel({ modelPath: path }), Session: LlamaChatSession };
    })().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };

  return {
    id: "gguf",
    kind: "ai",
    capabilities: () => ({ langs: "any", vision: false, jsonSchema: true }),
    async health() {
      try {
        await model();
        return { ok: true, detail: path.split("/").at(-1) ?? path };
      } catch (error) {
        return { ok: false, detail: error instanceof Error ? error.message : "unknown" };
      }
    },
    async *generate(request) {
      const started = now();
      const variants = await guard.run(request.deadline, request.signal, async () => {
        const { llama, model: loaded, Session } = await model();
        const grammar = await llama.createGrammarForJsonSchema(answerSchema(request.formats));
        const context = await loaded.createContext({ contextSize: 4096 });
        try {
          const session = new Session({ contextSequence: context.getSequence(), systemPrompt: instruction(request) });
          const left = AbortSignal.any([request.signal, AbortSignal.timeout(Math.max(1, request.deadline - now()))]);
          const text = await session.prompt(topicOf(request), {
            grammar,
            signal: left,
            stopOnAbortSignal: false,
            temperature: 0.9,
            maxTokens: 250 * request.n,
          });
          return readAnswer(text, request);
        } catch (error) {
          if (error instanceof EngineFailed) throw error;
          throw new EngineFailed(
            now() >= request.deadline ? "timeout" : "bad_answer",
            "the local model gave no answer",
            { cause: error },
          );
        } finally {
          await context.dispose();
        }
      });
      yield* variants;
      return { wallMs: now() - started, model: path.split("/").at(-1) ?? path };
    },
  };
}
