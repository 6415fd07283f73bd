/** The parts of the studio that weigh something: picture library, fonts, rules, jokes. Loaded when the first meme is made, not with every start. */
import { defaultDoc } from "#shared/meme/defaults.ts";
import { FORMATS } from "#shared/meme/formats.ts";
import type { ServerFonts, Renderer } from "./render/index.ts";
import type * as Moderation from "./moderation/index.ts";
import type { CaptionEngine } from "./engines/types.ts";

export const moderation = (): Promise<typeof Moderation> => import("./moderation/index.ts");

/** A meme as most are: drawing it opens the fonts. */
const FIRST = defaultDoc("top-bottom", ["Opening the studio", "before anybody asks"], "en", 1);

/** Opens what the first meme needs and goes the whole way once, so that nobody waits for it: called when somebody comes near. Failing is not worth a word, whoever asks next is told. */
export async function warmUp(renderer: ReturnType<typeof lazyRenderer>, bank: CaptionEngine): Promise<void> {
  const joke = async (): Promise<void> => {
    const { screenPrompt, screenCaptions } = await moderation();
    const [prompt, lang] = ["opening the studio in the morning", "en"];
    screenPrompt(prompt, lang);
    const signal = AbortSignal.timeout(10_000);
    const request = { prompt, lang, n: 4, formats: FORMATS, seed: 1, deadline: Number.MAX_SAFE_INTEGER, signal };
    for await (const variant of bank.generate(request)) screenCaptions(variant.captions);
  };
  await Promise.allSettled([joke(), renderer.render(FIRST, { format: "webp", px: 540 })]);
}

/** A renderer without a studio around it, for tests and benchmarks. */
export const openRenderer = async (): Promise<Renderer> => (await import("./render/index.ts")).createRenderer();

/** A renderer that opens its library when it is first used. */
export function lazyRenderer(): Omit<Renderer, "fonts"> & { fonts(): Promise<ServerFonts> } {
  let opening: Promise<Renderer> | undefined;
  const open = (): Promise<Renderer> => {
    opening ??= import("./render/index.ts").then((m) => m.createRenderer());
    return opening;
  };
  return {
    render: async (...args) => (await open()).render(...args),
    animate: async (...args) => (await open()).animate(...args),
    check: async (...args) => (await open()).check(...args),
    svg: async (...args) => (await open()).svg(...args),
    fonts: async () => (await open()).fonts,
  };
}

/** The joke bank, which reads its entries when somebody wants a joke. */
export function lazyBank(): CaptionEngine {
  let opening: Promise<CaptionEngine> | undefined;
  const open = (): Promise<CaptionEngine> => {
    opening ??= import("./bank/engine.ts").then((m) => m.createBankEngine());
    return opening;
  };
  return {
    id: "bank",
    kind: "bank",
    capabilities: () => ({ langs: ["en", "de"], vision: false, jsonSchema: false }),
    health: async () => (await open()).health(),
    async *generate(request) {
      return yield* (await open()).generate(request);
    },
  };
}
