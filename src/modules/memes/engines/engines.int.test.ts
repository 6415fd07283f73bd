import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { createGuardedFetch, type GuardedFetch } from "#platform/fetch/guarded.ts";
import { aiServices, type AiServices, type Fault } from "#test/support/ai-services.ts";
import { FORMATS } from "#shared/meme/formats.ts";
import { createChatEngine } from "./chat.ts";
import { EngineFailed, type EngineProblem } from "./failed.ts";
import { createGgufEngine, type LlamaPackage } from "./gguf.ts";
import { createGuard } from "./guard.ts";
import { createPictureEngine } from "./pictures.ts";
import { createService } from "./service.ts";
import type { CaptionEngine, CaptionRequest, CaptionVariant, EngineUsage, ImageEngine } from "./types.ts";

let services: AiServices;
let fetcher: GuardedFetch;
before(async () => {
  services = await aiServices();
  fetcher = createGuardedFetch({ version: "0", publicUrl: "http://localhost", trustedOrigins: [services.url] });
});
after(async () => {
  await services.close();
  await fetcher.close();
});
afterEach(() => {
  services.fault = undefined;
  services.answer = undefined;
  services.asked.length = 0;
});

const now = (): number => Date.now();
const guard = (): ReturnType<typeof createGuard> => createGuard({ parallel: 2, now });
const service = (base: string): ReturnType<typeof createService> => createService(fetcher, base, "secret", now);
const chat = (): CaptionEngine =>
  createChatEngine({ service: service(services.chatUrl), guard: guard(), model: undefined, now });
const pictures = (kind: "openai" | "a1111" | "comfyui"): ImageEngine =>
  createPictureEngine(kind, {
    service: service(kind === "openai" ? services.chatUrl : services.url),
    guard: guard(),
    model: "m",
    now,
  });

function request(more: Partial<CaptionRequest> = {}): CaptionRequest {
  return {
    prompt: "coffee",
    lang: "en",
    n: 4,
    formats: FORMATS,
    seed: 1,
    deadline: now() + 5000,
    signal: AbortSignal.timeout(10_000),
    ...more,
  };
}

async function all(
  engine: CaptionEngine,
  asked = request(),
): Promise<{ variants: CaptionVariant[]; usage: EngineUsage }> {
  const variants: CaptionVariant[] = [];
  const run = engine.generate(asked);
  for (;;) {
    const next = await run.next();
    if (next.done === true) return { variants, usage: next.value };
    variants.push(next.value);
  }
}

const fails = (problem: EngineProblem) => (error: unknown) => {
  assert.ok(error instanceof EngineFailed, String(error));
  assert.equal(error.problem, problem);
  return true;
};

test("chat: takes the first model of the service, sends the topic apart from the instruction, counts tokens", async () => {
  const { variants, usage } = await all(chat());
  assert.equal(variants.length, 4);
  assert.ok(variants.every((v) => v.captions.length === 2 && v.moods[0] === "smug"));
  assert.deepEqual(
    { model: usage.model, prompt: usage.promptTokens, completion: usage.completionTokens },
    { model: "tiny-model", prompt: 700, completion: 90 },
  );
  const sent = services.asked.find((a) => a.path === "/v1/chat/completions")?.body as {
    messages: { role: string; content: string }[];
  };
  assert.deepEqual(
    sent.messages.map((m) => m.role),
    ["system", "user"],
  );
  assert.ok(!sent.messages[0]?.content.includes("coffee"));
});

test("chat: an answer with words around it is understood; one without anything that fits is no answer", async () => {
  services.fault = "prose";
  assert.equal((await all(chat())).variants.length, 4);
  services.fault = "unfit";
  await assert.rejects(all(chat()), fails("bad_answer"));
});

test("chat: a service that knows no schemas is asked without one, from then on at once", async () => {
  services.fault = "no-schema";
  const engine = chat();
  assert.equal((await all(engine)).variants.length, 4);
  const before = services.asked.length;
  await all(engine);
  assert.equal(services.asked.length, before + 1);
  assert.equal(engine.capabilities().jsonSchema, false);
});

test("chat: what a model writes is cleaned, and a variant that does not fit is left out", async () => {
  services.answer = () => ({
    variants: [
      {
        format: "top-bottom",
        captions: ["{name} and <b>\u0000coffee</b>", "two\nlines"],
        moods: ["euphoric"],
        altScene: "x",
      },
      { format: "top-bottom", captions: ["word ".repeat(40), "b"], moods: [] },
      { format: "top-bottom", captions: ["", "b"], moods: [] },
      "nonsense",
    ],
  });
  const { variants } = await all(chat());
  assert.deepEqual(
    variants.map((v) => [v.captions, v.moods]),
    [[["name and b coffee/b", "two lines"], ["deadpan"]]],
  );
});

const FAULTS: [Fault, EngineProblem][] = [
  ["500", "unreachable"],
  ["401", "auth"],
  ["429", "rate"],
  ["bad-json", "bad_answer"],
  ["hang", "timeout"],
  ["slow-drip", "timeout"],
];
for (const [fault, problem] of FAULTS) {
  test(`every engine: ${fault} is ${problem}, within the deadline`, async () => {
    services.fault = fault;
    const deadline = (): number => now() + (problem === "timeout" ? 300 : 5000);
    await assert.rejects(all(chat(), request({ deadline: deadline() })), fails(problem));
    for (const kind of ["openai", "a1111", "comfyui"] as const) {
      const run = pictures(kind).generate({
        prompt: "p",
        width: 64,
        height: 64,
        n: 1,
        deadline: deadline(),
        signal: AbortSignal.timeout(10_000),
      });
      await assert.rejects(run.next(), fails(problem));
    }
  });
}

test("a 429 is left alone for as long as it says", async () => {
  services.fault = "429";
  const engine = chat();
  await assert.rejects(all(engine), (error) => error instanceof EngineFailed && error.retryAfter === 7);
  services.fault = undefined;
  services.asked.length = 0;
  await assert.rejects(all(engine), fails("resting"));
  assert.deepEqual(services.asked, []);
});

test("five failures open the circuit; it closes after a minute", async () => {
  let clock = 0;
  const g = createGuard({ parallel: 1, now: () => clock });
  const signal = new AbortController().signal;
  const run = (work: () => Promise<number>): Promise<number> => g.run(clock + 1000, signal, work);
  for (let i = 0; i < 5; i++)
    await assert.rejects(
      run(() => Promise.reject(new EngineFailed("unreachable", "x"))),
      fails("unreachable"),
    );
  await assert.rejects(
    run(async () => 1),
    fails("resting"),
  );
  clock += 60_001;
  assert.equal(await run(async () => 1), 1);
});

test("no more at once than the guard allows", async () => {
  const g = createGuard({ parallel: 2, now });
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 12 }, () =>
      g.run(now() + 5000, new AbortController().signal, async () => {
        most = Math.max(most, ++running);
        await new Promise((r) => setImmediate(r));
        running--;
      }),
    ),
  );
  assert.equal(most, 2);
});

for (const kind of ["openai", "a1111", "comfyui"] as const) {
  test(`pictures by ${kind}: whole bytes of a known type; half a picture is none`, async () => {
    const made: { bytes: Uint8Array; mime: string }[] = [];
    const run = pictures(kind).generate({
      prompt: "p",
      width: 64,
      height: 64,
      n: 2,
      seed: 5,
      deadline: now() + 5000,
      signal: AbortSignal.timeout(10_000),
    });
    for (let next = await run.next(); next.done !== true; next = await run.next()) made.push(next.value);
    assert.deepEqual(
      made.map((m) => [m.mime, Buffer.compare(Buffer.from(m.bytes), services.picture)]),
      [
        ["image/png", 0],
        ["image/png", 0],
      ],
    );
    services.fault = "truncated";
    const broken = pictures(kind).generate({
      prompt: "p",
      width: 64,
      height: 64,
      n: 1,
      deadline: now() + 5000,
      signal: AbortSignal.timeout(10_000),
    });
    await assert.rejects(broken.next(), fails("bad_answer"));
  });
}

test("a service is asked only where the operator said, and no redirect leads away from it", async () => {
  const stranger = createService(fetcher, "http://127.0.0.1:9", undefined, now);
  await assert.rejects(stranger.json("/models", { maxBytes: 1000, deadline: now() + 1000 }), fails("unreachable"));
});

test("gguf: a missing file and a missing package are told apart; a loaded model answers", async () => {
  const answers: LlamaPackage = {
    getLlama: async () => ({
      createGrammarForJsonSchema: async () => ({}),
      loadModel: async () => ({ createContext: async () => ({ getSequence: () => ({}), dispose: async () => {} }) }),
    }),
    LlamaChatSession: class {
      async prompt(text: string): Promise<string> {
        return JSON.stringify({
          variants: [{ format: "caption-bar", captions: [text.slice(7, 40)], moods: ["joy"], altScene: "" }],
        });
      }
    },
  };
  const missing = createGgufEngine({ path: "/nowhere/model.gguf", guard: guard(), now });
  assert.match((await missing.health()).detail, /no file \/nowhere\/model\.gguf/);
  const here = import.meta.filename;
  const uninstalled = createGgufEngine({ path: here, guard: guard(), now });
  assert.match((await uninstalled.health()).detail, /npm install/);
  const loaded = createGgufEngine({ path: here, guard: guard(), now, load: async () => answers });
  assert.deepEqual(
    (await all(loaded)).variants.map((v) => v.captions),
    [["coffee"]],
  );
});
