/** From a prompt to variants: what costs nothing at once, what a model has to do as a job with a hold in the ledger. */
import { randomInt } from "node:crypto";
import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import { idTime, type Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { keyFor, type Key } from "#modules/ledger/index.ts";
import { defaultDoc } from "#shared/meme/defaults.ts";
import { altText } from "#shared/meme/alt.ts";
import type { EngineKind, MemeDoc, Photo } from "#shared/meme/doc.ts";
import { FORMATS } from "#shared/meme/formats.ts";
import type { MemesDeps } from "./deps.ts";
import type { EngineName, EngineRoom } from "./engine-room.ts";
import { EngineFailed } from "./engines/failed.ts";
import type { CaptionRequest, CaptionVariant } from "./engines/types.ts";
import { languageOf } from "./bank/language.ts";
import { LIMITS } from "./limits.ts";
import { moderation } from "./heavy.ts";
import type { Pictures } from "./pictures.ts";
import { createPrices, type Prices } from "./prices.ts";
import { keepPhoto, newKey } from "./photo.ts";
import { refusal } from "./refusal.ts";
import { createHistory } from "./history.ts";
import * as sql from "./sql-generations.ts";
import type { GenerationRow, VariantRow } from "./sql-generations.ts";

export interface Wish {
  prompt: string;
  variants: number;
  /** Absent: the language of the prompt. */
  language: string | undefined;
  /** `stage`, `bank`, `ai`, `chat`, `gguf`, `picture`; absent: the joke bank. */
  engine: string | undefined;
  /** One's own upload under the captions. */
  photoId: Id | undefined;
  idempotencyKey: string | undefined;
}

export interface Generation {
  row: GenerationRow;
  variants: VariantRow[];
}

export interface Generating {
  /** Answers at once: with the variants, or with an order that is being worked on. 402 without enough credits, 422 for what is not made here, 429 beyond the limits. */
  start(accountId: Id, wish: Wish): Promise<Generation>;
  get(accountId: Id, id: Id): Promise<Generation>;
  /** Ends an order; what was shown is paid, the rest is given back. */
  cancel(accountId: Id, id: Id): Promise<Generation>;
  /** Calls back whenever something of this generation changes, until the returned function is called. */
  watch(id: Id, changed: () => void): () => void;
  prices: Prices;
  tasks: readonly Task[];
}

const SIGNAL = "meme";
const RENEW_MS = 10_000;

export function createGenerating(deps: MemesDeps, room: EngineRoom, pictures: Pictures): Generating {
  const prices = createPrices(deps);
  const history = createHistory(deps);
  const watchers = new Map<string, Set<() => void>>();
  const running = new Map<Id, AbortController>();
  deps.signals.on(SIGNAL, (key) => {
    for (const changed of watchers.get(key) ?? []) changed();
    if (key.startsWith("cancel ")) running.get(BigInt(key.slice(7)))?.abort();
  });

  const load = async (row: GenerationRow): Promise<Generation> => ({
    row,
    variants: await run(deps.pool, sql.variantsOf, row.id),
  });

  async function allowed(accountId: Id, name: EngineName): Promise<void> {
    if (deps.unlimited === true) return;
    const since = new Date(deps.clock.ms() - 86_400_000);
    const used = await one(deps.pool, sql.load, accountId, since);
    const refuse = (text: string, retryAfter: number): never => {
      throw new AppError("rate_limited", text, { retryAfter });
    };
    if (!used) return;
    if (used.open >= LIMITS.open) refuse(`${LIMITS.open} generations are under way. Wait for one of them.`, 5);
    if (used.all >= LIMITS.day.all)
      refuse(`At most ${LIMITS.day.all} generations a day. Tomorrow there is room again.`, 3600);
    if (name === "stage" || name === "bank") return;
    const young = deps.clock.ms() - idTime(accountId).getTime() < LIMITS.newAccountMs;
    const most = young ? LIMITS.day.paidWhenNew : LIMITS.day.paid;
    if (used.paid >= most) refuse(`At most ${most} generations by a model a day. Stage and joke bank go on.`, 3600);
  }

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

  function docOf(row: GenerationRow, position: number, v: CaptionVariant, photo: Photo | undefined): MemeDoc {
    const drawn = defaultDoc(v.format, v.captions, row.lang, (row.seed + position) % 65536, {
      moods: v.moods,
      ...(v.props ? { props: v.props } : {}),
      ...(v.scene ? { scene: v.scene } : {}),
    });
    return photo ? { ...drawn, photo } : drawn;
  }

  interface Made {
    variant: CaptionVariant;
    engine: string;
    kind: EngineKind;
    model: string | null;
    photo?: { key: string; photo: Photo } | undefined;
  }

  /** Stores variants from a place on, in one commit. A place that is taken stays so: another try came that far. */
  async function store(row: GenerationRow, from: number, all: readonly Made[]): Promise<void> {
    if (all.length === 0) return;
    await deps.tx(async (db) => {
      for (const [n, made] of all.entries()) {
        const doc = docOf(row, from + n, made.variant, made.photo?.photo);
        await exec(
          db,
          sql.insertVariant,
          deps.ids.next(),
          row.id,
          row.account_id,
          from + n,
          JSON.stringify(doc),
          altText(doc, row.lang),
          made.engine,
          made.kind,
          made.model,
          made.variant.mechanism ?? null,
          made.variant.chips ?? [],
          made.variant.sourceIds ?? [],
          newKey(),
          made.photo?.key ?? null,
        );
      }
      await deps.signals.send(db, SIGNAL, row.id.toString());
    });
  }

  const fine = async (v: CaptionVariant): Promise<boolean> => (await moderation()).screenCaptions(v.captions).ok;

  /** Variants that no model writes: they are there in milliseconds, and cost nothing. */
  async function embedded(
    row: GenerationRow,
    name: "stage" | "bank",
    from: number,
    n: number,
    photo: Awaited<ReturnType<typeof photoOf>>,
  ): Promise<number> {
    const engine = name === "stage" ? room.stage : room.bank;
    const asked = request(row, n, deps.clock.ms() + LIMITS.captionsDeadlineMs, new AbortController().signal);
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
    await store(row, from, made);
    await history.remember(row.account_id, sources);
    return made.length;
  }

  async function start(accountId: Id, wish: Wish): Promise<Generation> {
    const prompt = wish.prompt
      .normalize("NFC")
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
      .trim();
    if (wish.idempotencyKey !== undefined) {
      const known = await one(deps.pool, sql.generationByKey, accountId, wish.idempotencyKey);
      if (known && known.prompt !== prompt)
        throw new AppError("conflict", "This Idempotency-Key was used for another prompt", {
          reason: "idempotency_mismatch",
        });
      if (known) return load(known);
    }
    if (prompt === "" && wish.photoId === undefined)
      throw invalid({ prompt: [{ error: "ERR_BLANK", description: "has to say what the meme is about" }] });
    if ([...prompt].length > LIMITS.prompt)
      throw invalid({
        prompt: [{ error: "ERR_TOO_LONG", description: `is too long (maximum is ${LIMITS.prompt} characters)` }],
      });
    const lang = wish.language ?? languageOf(prompt, "en");
    // Before anything is asked, held or stored.
    const judged = (await moderation()).screenPrompt(prompt, lang);
    if (!judged.ok) throw refusal(judged, "prompt", lang);
    const name = room.resolve(wish.engine);
    await allowed(accountId, name);
    const price = await prices.of(name, wish.variants);
    if (price > 0n) await prices.daily(accountId);
    const photo = await photoOf(accountId, wish.photoId);
    const id = deps.ids.next();
    const waiting = name !== "stage" && name !== "bank";
    const priority = await prices.priority(accountId);
    const row = await deps.tx(async (db) => {
      const hold =
        price === 0n
          ? undefined
          : await deps.ledger.credits.holdIn(db, {
              user: accountId,
              amount: price,
              key: keyFor("meme hold", id),
              expiresAt: new Date(deps.clock.ms() + LIMITS.holdMs),
              reference: `meme_generation:${id}`,
            });
      const inserted = await one(
        db,
        sql.insertGeneration,
        id,
        accountId,
        wish.idempotencyKey ?? null,
        prompt,
        lang,
        wish.variants,
        name,
        wish.photoId ?? null,
        photo?.photo.alt ?? null,
        randomInt(65_536),
        waiting ? "queued" : "running",
        price,
        hold?.id ?? null,
        deps.clock.now(),
      );
      // The same key at the same moment: the other one won, and nothing of this one remains.
      if (!inserted)
        throw new AppError("conflict", "This Idempotency-Key is being used right now", {
          reason: "idempotency_in_use",
        });
      if (waiting)
        await deps.publisher.enqueue(db, {
          task: "memes.generate",
          payload: { id: id.toString() },
          key: `meme:${id}`,
          maxAttempts: 3,
          priority,
        });
      return inserted;
    });
    if (waiting) return load(row);
    await embedded(row, name, 0, row.n, photo);
    return load(await finish(row, "done", null));
  }

  /** Ends a generation, and takes for what was shown: once, whoever comes first. */
  async function finish(
    order: Pick<GenerationRow, "id" | "hold_id">,
    state: "done" | "failed" | "cancelled",
    notice: string | null,
  ): Promise<GenerationRow> {
    const { id } = order;
    const hold = order.hold_id === null ? undefined : await deps.ledger.credits.hold(order.hold_id);
    return deps.tx(async (db) => {
      const locked = await one(db, sql.lockGeneration, id);
      if (!locked) throw notFound();
      if (locked.state !== "queued" && locked.state !== "running") return locked;
      const shown = (await run(db, sql.variantsOf, id)).filter((v) => v.engine_kind === "ai").length;
      const each = locked.price / BigInt(locked.n);
      // Whoever held it too long has lost it: nothing is taken then.
      const held = hold !== undefined && hold.state === "open";
      const due = held ? each * BigInt(Math.min(shown, locked.n)) : 0n;
      if (due > 0n) await exec(db, sql.priceVariants, id, each);
      const settled = await one(
        db,
        sql.settle,
        id,
        state,
        notice,
        locked.hold_id === null ? 0n : due,
        deps.clock.now(),
      );
      await deps.signals.send(db, SIGNAL, id.toString());
      // Last: the accounts stay locked until the commit.
      if (locked.hold_id !== null && held) await takeOrRelease(db, locked.hold_id, due, keyFor("meme capture", id));
      return settled ?? locked;
    });
  }

  async function takeOrRelease(
    db: Parameters<Parameters<typeof deps.tx>[0]>[0],
    hold: Id,
    due: bigint,
    key: Key,
  ): Promise<void> {
    if (due > 0n) await deps.ledger.credits.captureIn(db, { hold, amount: due, key });
    else await deps.ledger.credits.releaseIn(db, { hold });
  }

  /** The job. It may run again after a crash: what is stored is not asked for once more. */
  async function work(id: Id): Promise<void> {
    const row = await one(deps.pool, sql.claim, id);
    if (!row) return;
    // A process may have died over it before: what it stored was shown.
    const there = await run(deps.pool, sql.variantsOf, id);
    if (there.length > 0) return void (await finish(row, "done", null));
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
        await embedded(row, name, 0, row.n, photo);
        return void (await finish(row, "done", null));
      }
      if (!(await prices.afford(name, estimate))) return await fallBack(row, "engine_resting");
      const shown = await ask(row, name, abort.signal);
      if (shown === 0) return await fallBack(row, "engine_refused");
      await finish(row, "done", shown < row.n ? "engine_fewer" : null);
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

  /** Asks the engine and stores what passes moderation. Answers how many did. */
  async function ask(row: GenerationRow, name: EngineName, signal: AbortSignal): Promise<number> {
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
      await store(
        row,
        0,
        captions.map((variant) => ({ variant, engine: name, kind: writer.kind, model, photo: kept })),
      );
      return captions.length;
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
    return position;
  }

  /** The engine gave nothing: what was held is given back, and the joke bank answers for free, with a word about it. */
  async function fallBack(row: GenerationRow, notice: string): Promise<void> {
    const photo =
      row.photo_id === null ? undefined : await photoOf(row.account_id, row.photo_id).catch(() => undefined);
    await embedded(row, "bank", 0, row.n, photo);
    await finish(row, "done", notice);
  }

  return {
    start,
    prices,
    async get(accountId, id) {
      const row = await one(deps.pool, sql.generationOf, id, accountId);
      if (!row) throw notFound();
      return load(row);
    },
    async cancel(accountId, id) {
      const row = await one(deps.pool, sql.generationOf, id, accountId);
      if (!row) throw notFound();
      const ended = await finish(row, "cancelled", null);
      // Whichever process is at it.
      await deps.signals.send(deps.pool, SIGNAL, `cancel ${id}`);
      return load(ended);
    },
    watch(id, changed) {
      const key = id.toString();
      const set = watchers.get(key) ?? new Set();
      set.add(changed);
      watchers.set(key, set);
      return () => {
        set.delete(changed);
        if (set.size === 0) watchers.delete(key);
      };
    },
    tasks: [
      { name: "memes.generate", timeLimitMs: 120_000, run: (payload) => work(BigInt(String(payload["id"]))) },
      {
        // A process died over its work: its lease is over, somebody else takes it up.
        name: "memes.sweepGenerations",
        cron: "* * * * *",
        async run() {
          for (const { id } of await run(deps.pool, sql.stale, 100))
            await work(id).catch((err: unknown) => deps.log.warn({ err }, "a generation could not be taken up again"));
        },
      },
      {
        name: "memes.forget",
        cron: "23 * * * *",
        timeLimitMs: 600_000,
        async run() {
          const month = new Date(deps.clock.ms() - LIMITS.draftDays * 86_400_000);
          const gone = await run(deps.pool, sql.sweepGenerations, month, 1000);
          await pictures.remove(gone.map((g) => g.key));
          await exec(deps.pool, sql.forgetSeen, month);
        },
      },
    ],
  };
}
