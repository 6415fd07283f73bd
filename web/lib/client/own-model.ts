/** The model that some browsers bring along (the Prompt API, github.com/webmachinelearning/prompt-api): asked in the page, judged by the server. */

type Availability = "unavailable" | "downloadable" | "downloading" | "available";
interface Session {
  prompt(text: string, options: { responseConstraint: object; signal: AbortSignal }): Promise<string>;
  destroy?(): void;
}
interface LanguageModel {
  availability(options: object): Promise<Availability>;
  create(options: object): Promise<Session>;
}

const ASK_MS = 90_000;

const model = (): LanguageModel | undefined => {
  const found = (globalThis as { LanguageModel?: Partial<LanguageModel> }).LanguageModel;
  return typeof found?.availability === "function" && typeof found.create === "function"
    ? (found as LanguageModel)
    : undefined;
};

const languages = (lang: string): object => ({
  expectedInputs: [{ type: "text", languages: [...new Set(["en", lang])] }],
  expectedOutputs: [{ type: "text", languages: [lang] }],
});

/** Whether this browser has a model for the language; `load` says that it would have to be fetched first. */
export async function ownModel(lang: string): Promise<"here" | "load" | undefined> {
  const state = await model()
    ?.availability(languages(lang))
    .catch(() => "unavailable" as const);
  return state === "available" ? "here" : state === "downloadable" || state === "downloading" ? "load" : undefined;
}

/** What the model answers; an empty text when it fails: the server then says so, and another engine stands in. */
export async function askOwnModel(
  task: { system: string; prompt: string; schema: object },
  lang: string,
): Promise<string> {
  const signal = AbortSignal.timeout(ASK_MS);
  try {
    const session = await model()?.create({
      ...languages(lang),
      initialPrompts: [{ role: "system", content: task.system }],
      signal,
    });
    const answer = await session?.prompt(task.prompt, { responseConstraint: task.schema, signal });
    session?.destroy?.();
    return answer ?? "";
  } catch {
    return "";
  }
}
