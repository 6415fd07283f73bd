/** The work on a generation: asking engines, moderating what they say, and falling back visibly when they fail. */
import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, invalid } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { EngineKind, Photo } from "#shared/meme/doc.ts";
import { FORMATS } from "#shared/meme/formats.ts";
import type { MemesDeps } from "./deps.ts";
import type { EngineName, EngineRoom } from "./engine-room.ts";
import { EngineFailed } from "./engines/failed.ts";
import { answerSchema, instruction, readAnswer, topicOf } from "./engines/instructions.ts";
import type { CaptionRequest, CaptionVariant } from "./engines/types.ts";
import { createHistory } from "./history.ts";
import { moderation } from "./heavy.ts";
import { LIMITS } from "./limits.ts";
import { keepPhoto } from "./photo.ts";
import type { Prices } from "./prices.ts";
import type { Made, Settling } from "./settle.ts";
import * as sql from "./sql-generations.ts";
import type { GenerationRow } from "./sql-generations.ts";

/** A picture of one's own under the captions: where its copy lies, and what a drawing has to know of it. */
export type KeptPhoto = { key: string; photo: Photo };

export interface Working {
  /** Keeps a copy of somebody's upload; 422 for what is not theirs. */
  photoOf(accountId: Id, id: Id | undefined): Promise<KeptPhoto | undefined>;
  /** Variants that no model writes, and the end of the generation. */
  embedded(row: GenerationRow, name: "stage" | "bank", photo: KeptPhoto | undefined): Promise<GenerationRow>;
  /** Reads what the model of somebody's browser said, and ends the generation; the joke bank stands in, with a word about it, for what cannot be used. */
  said(row: GenerationRow, answer: string, photo: KeptPhoto | undefined): Promise<GenerationRow>;
  /** The job. It may run again after a crash: what is stored is not asked for once more. */
  work(id: Id): Promise<void>;
  /** Ends the asking for a generation in this process. */
  abort(id: Id): void;
}

const RENEW_MS = 10_000;

/** What the model of a browser is told: the same as the others. */
export function browserTask(
  prompt: string,
  lang: string,
  n: number,
): { system: string; prompt: string; schema: object } {
  const asked = { prompt, n, lang, formats: FORMATS, seed: 0, deadline: 0, signal: new AbortController().signal };
  return { system: instruction(asked), prompt: topicOf(asked), schema: answerSchema(FORMATS) };
}

export function createWorking(deps: MemesDeps, room: EngineRoom, prices: Prices, settling: Settling): Working {
  const { store, finish } = settling;
  const history = createHistory(deps);
  const running = new Map<Id, AbortController>();

  async function photoOf(accountId: Id, id: Id | undefined): Promise<{ key: string; photo: Photo } | undefined> {
    if (id === undefined) return undefined;
    const file = await deps.media.file(accountId, id).catch((error: unknown) => {
      if (error instanceof AppError && error.code === "not_found")
        throw invalid({ photo_id: [{ error: "ERR_INVALID", description: "is not a picture of yours" }] });
      throw error;
    });
    const photo = { mediaId: id.toString(), alt: file.description, aspect: file.width / file.height };
    return { key: await keepPhoto(deps, accountId, file.bytes), photo };
  }

  function request(row: GenerationRow, n: number, deadline: number, signal: AbortSignal): CaptionRequest {
    const photo = row.photo_id !== null || row.engine === "picture";
    return {
      prompt: row.prompt,
      lang: row.lang,
      n,
      formats: photo ? FORMATS.filter((f) => f.photo) : FORMATS,
      ...(row.photo_id === null ? {} : { image: { alt: row.photo_alt ?? "", mime: "image/webp" } }),
      seed: row.seed,
      deadline,
      signal,
    };
  }

  const fine = async (v: CaptionVariant): Promise<boolean> => (await moderation()).screenCaptions(v.captions).ok;

  /** Variants that no model writes: they are there in milliseconds, and cost nothing. */
  async function embedded(
    row: GenerationRow,
    name: "stage" | "bank",
    photo: KeptPhoto | undefined,
    notice: string | null = null,
  ): Promise<GenerationRow> {
    const engine = name === "stage" ? room.stage : room.bank;
    const asked = request(row, row.n, deps.clock.ms() + LIMITS.captionsDeadlineMs, new AbortController().signal);
    if (name === "bank") asked.history = await history.of(row.account_id);
    const made: Made[] = [];
    const sources: string[] = [];
    for await (const variant of engine.generate(asked)) {
      if (!(await fine(variant))) continue;
      // What the bank has no joke for, it stages: that is a person's own words, and labelled so.
      const kind: EngineKind = (variant.sourceIds?.length ?? 0) > 0 ? engine.kind : "stage";
      made.push({ variant, engine: kind === "stage" ? "stage" : name, kind, model: null, photo });
      sources.push(...(variant.sourceIds ?? []));
    }
    const ended = await finish(row, "done", notice, made);
    await history.remember(row.account_id, sources);
    return ended;
  }

  /** The job. It may run again after a crash: what is stored is not asked for once more. */
  async function work(id: Id): Promise<void> {
    const row = await one(deps.pool, sql.claim, id);
    if (!row) return;
    // A process may have died over it before: what it stored was shown.
    if (row.there > 0) return void (await finish(row, "done", null));
    if (row.attempts > LIMITS.attempts) return fallBack(row, "engine_gave_up");
    const name = room.find(row.engine);
    // Whoever runs this place has taken the engine away meanwhile.
    if (!name) return fallBack(row, "engine_unreachable");
    const abort = new AbortController();
    running.set(id, abort);
    const lease = setInterval(() => void exec(deps.pool, sql.renew, id).catch(() => {}), RENEW_MS);
    const estimate = room.estimate(name, row.n);
    try {
      if (name === "stage" || name === "bank") {
        const photo = row.photo_id === null ? undefined : await photoOf(row.account_id, row.photo_id);
        return void (await embedded(row, name, photo));
      }
      if (!(await prices.afford(name, estimate))) return await fallBack(row, "engine_resting");
      const { shown, last } = await ask(row, name, abort.signal);
      if (shown === 0) return await fallBack(row, "engine_refused");
      await finish(row, "done", shown < row.n ? "engine_fewer" : null, last);
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!(error instanceof EngineFailed)) throw error;
      deps.log.warn({ engine: name, problem: error.problem, detail: error.message }, "a meme engine failed");
      await prices.failed(name, estimate);
      const come = (await run(deps.pool, sql.variantsOf, id)).filter((v) => v.engine_kind === "ai").length;
      if (come > 0) await finish(row, "done", "engine_fewer");
      else await fallBack(row, `engine_${error.problem}`);
    } finally {
      clearInterval(lease);
      running.delete(id);
    }
  }

  /** Asks the engine. Answers how many variants passed moderation, and those that are to be stored with the end; pictures, which come one by one, are stored by then. */
  async function ask(
    row: GenerationRow,
    name: EngineName,
    signal: AbortSignal,
  ): Promise<{ shown: number; last: Made[] }> {
    const writer = room.writer(name);
    const deadline = deps.clock.ms() + (name === "picture" ? LIMITS.pictureDeadlineMs : LIMITS.captionsDeadlineMs);
    const kept = row.photo_id === null ? undefined : await photoOf(row.account_id, row.photo_id);
    const asked = request(row, row.n, deadline, signal);
    const image = name === "picture" ? room.pictures : undefined;
    const captions: CaptionVariant[] = [];
    const words = writer.generate(asked);
    let model: string | null = null;
    for (;;) {
      const next = await words.next();
      if (next.done === true) {
        model = next.value.model ?? null;
        break;
      }
      if (await fine(next.value)) captions.push(next.value);
    }
    if (!image) {
      const last = captions.map((variant) => ({ variant, engine: name, kind: writer.kind, model, photo: kept }));
      return { shown: last.length, last };
    }
    const made = image.generate({
      prompt: row.prompt,
      width: 1024,
      height: 1024,
      n: captions.length,
      seed: row.seed,
      deadline,
      signal,
    });
    let position = 0;
    for (const variant of captions) {
      const next = await made.next();
      if (next.done === true) break;
      // Decoded and written anew before it is shown, as every picture of a stranger.
      const upload = await deps.media
        .upload(row.account_id, { bytes: next.value.bytes, description: row.prompt })
        .catch((error: unknown) => {
          // Damaged, or stopped at the gate: not shown, not paid, and no reason to ask for it three times.
          if (error instanceof AppError) throw new EngineFailed("bad_answer", error.message, { cause: error });
          throw error;
        });
      const photo = await photoOf(row.account_id, upload.id);
      await store(row, position++, [
        {
          variant,
          engine: "picture",
          kind: "ai",
          model: deps.ai.imageModel ?? image.id,
          photo,
        },
      ]);
    }
    return { shown: position, last: [] };
  }

  /** The engine gave nothing: what was held is given back, and the joke bank answers for free, with a word about it. */
  async function fallBack(row: GenerationRow, notice: string): Promise<void> {
    const photo =
      row.photo_id === null ? undefined : await photoOf(row.account_id, row.photo_id).catch(() => undefined);
    await embedded(row, "bank", photo, notice);
  }

  async function said(row: GenerationRow, answer: string, photo: KeptPhoto | undefined): Promise<GenerationRow> {
    let read: CaptionVariant[];
    try {
      read = readAnswer(answer, request(row, row.n, 0, new AbortController().signal));
    } catch (error) {
      if (!(error instanceof EngineFailed)) throw error;
      return embedded(row, "bank", photo, `engine_${error.problem}`);
    }
    const made: Made[] = [];
    for (const variant of read)
      if (await fine(variant)) made.push({ variant, engine: "browser", kind: "ai", model: null, photo });
    if (made.length === 0) return embedded(row, "bank", photo, "engine_refused");
    return finish(row, "done", made.length < row.n ? "engine_fewer" : null, made);
  }

  return { photoOf, embedded, said, work, abort: (id) => running.get(id)?.abort() };
}
