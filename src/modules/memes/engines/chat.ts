/** Captions from an OpenAI-compatible chat API: OpenAI, Ollama, llama.cpp, vLLM and their like. */
import { z } from "zod";
import { EngineFailed } from "./failed.ts";
import type { Guard } from "./guard.ts";
import { answerSchema, instruction, readAnswer, topicOf } from "./instructions.ts";
import type { Service } from "./service.ts";
import type { CaptionEngine } from "./types.ts";

const models = z.object({ data: z.array(z.object({ id: z.string().min(1) })).min(1) });
const completion = z.object({
  model: z.string().optional(),
  choices: z.array(z.object({ message: z.object({ content: z.string().nullable() }) })).min(1),
  usage: z.object({ prompt_tokens: z.number().int(), completion_tokens: z.number().int() }).partial().nullish(),
});

const MAX_ANSWER = 512 * 1024;
const HEALTH_MS = 3000;

export interface ChatOptions {
  service: Service;
  guard: Guard;
  /** Absent: the first one that is listed. */
  model: string | undefined;
  now: () => number;
}

export function createChatEngine({ service, guard, model, now }: ChatOptions): CaptionEngine {
  let found = model;
  async function modelId(deadline: number, signal?: AbortSignal): Promise<string> {
    if (found !== undefined) return found;
    const listed = models.safeParse(await service.json("/models", { maxBytes: MAX_ANSWER, deadline, signal }));
    const first = listed.data?.data[0];
    if (!first) throw new EngineFailed("bad_answer", "the service lists no model; set AI_MODEL");
    found = first.id;
    return found;
  }
  // Some services refuse a schema they do not know: then they are asked without one, and that is remembered.
  let schema = true;

  return {
    id: "chat",
    kind: "ai",
    capabilities: () => ({ langs: "any", vision: false, jsonSchema: schema }),
    async health() {
      try {
        return { ok: true, detail: await modelId(now() + HEALTH_MS) };
      } catch (error) {
        return { ok: false, detail: error instanceof Error ? error.message : "unknown" };
      }
    },
    async *generate(request) {
      const started = now();
      const ask = (id: string, strict: boolean): Promise<unknown> =>
        service.json("/chat/completions", {
          maxBytes: MAX_ANSWER,
          deadline: request.deadline,
          signal: request.signal,
          body: {
            model: id,
            temperature: 0.9,
            max_tokens: 250 * request.n,
            messages: [
              { role: "system", content: instruction(request) },
              { role: "user", content: topicOf(request) },
            ],
            response_format: strict
              ? {
                  type: "json_schema",
                  json_schema: { name: "memes", strict: true, schema: answerSchema(request.formats) },
                }
              : { type: "json_object" },
          },
        });
      const { variants, read, id } = await guard.run(request.deadline, request.signal, async () => {
        const id = await modelId(request.deadline, request.signal);
        let raw: unknown;
        try {
          raw = await ask(id, schema);
        } catch (error) {
          if (!schema || !(error instanceof EngineFailed) || !/answered 4(00|04|22)/.test(error.message)) throw error;
          schema = false;
          raw = await ask(id, false);
        }
        const parsed = completion.safeParse(raw);
        const content = parsed.data?.choices[0]?.message.content;
        if (!parsed.success || content == null)
          throw new EngineFailed("bad_answer", "no message in the engine's answer");
        return { variants: readAnswer(content, request), read: parsed.data, id };
      });
      yield* variants;
      const usage = read.usage ?? {};
      return {
        wallMs: now() - started,
        model: read.model ?? id,
        ...(usage.prompt_tokens === undefined ? {} : { promptTokens: usage.prompt_tokens }),
        ...(usage.completion_tokens === undefined ? {} : { completionTokens: usage.completion_tokens }),
      };
    },
  };
}
