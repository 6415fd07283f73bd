/** Orders of memes: what costs nothing is answered at once, what a model has to do becomes a job with a hold in the ledger. */
import { randomInt } from "node:crypto";
import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import { idTime, type Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { keyFor } from "#modules/ledger/index.ts";
import type { MemesDeps } from "./deps.ts";
import type { EngineName, EngineRoom } from "./engine-room.ts";
import { languageOf } from "./bank/language.ts";
import { LIMITS } from "./limits.ts";
import { moderation } from "./heavy.ts";
import type { Pictures } from "./pictures.ts";
import { createPrices, type Prices } from "./prices.ts";
import { createSettling, SIGNAL } from "./settle.ts";
import { browserTask, createWorking } from "./work.ts";
import { refusal } from "./refusal.ts";
import * as sql from "./sql-generations.ts";
import type { GenerationRow, VariantRow } from "./sql-generations.ts";

export interface Wish {
  prompt: string;
  variants: number;
  /** Absent: the language of the prompt. */
  language: string | undefined;
  /** `stage`, `bank`, `ai`, `chat`, `gguf`, `picture`, `browser`; absent: the joke bank. */
  engine: string | undefined;
  /** What the model of the person's own browser answered, as it came. Only with engine `browser`; empty when it failed. */
  answer?: string | undefined;
  /** One's own upload under the captions. */
  photoId: Id | undefined;
  idempotencyKey: string | undefined;
}

export interface Generation {
  row: GenerationRow;
  variants: VariantRow[];
}

/** Messages and JSON schema for a model that runs in a browser. */
export interface BrowserTask {
  system: string;
  prompt: string;
  schema: object;
}

export interface Generating {
  /** Answers at once: with the variants, or with an order that is being worked on. 402 without enough credits, 422 for what is not made here, 429 beyond the limits. */
  start(accountId: Id, wish: Wish): Promise<Generation>;
  /** What the model of somebody's own browser is to be told about a prompt. 422 for a prompt that nothing is made of. */
  instructions(wish: Pick<Wish, "prompt" | "variants" | "language">): Promise<BrowserTask>;
  get(accountId: Id, id: Id): Promise<Generation>;
  /** Ends an order; what was shown is paid, the rest is given back. */
  cancel(accountId: Id, id: Id): Promise<Generation>;
  /** Calls back whenever something of this generation changes, until the returned function is called. */
  watch(id: Id, changed: () => void): () => void;
  prices: Prices;
  tasks: readonly Task[];
}

export function createGenerating(deps: MemesDeps, room: EngineRoom, pictures: Pictures): Generating {
  const prices = createPrices(deps);
  const settling = createSettling(deps);
  const working = createWorking(deps, room, prices, settling);
  const watchers = new Map<string, Set<() => void>>();
  deps.signals.on(SIGNAL, (key) => {
    for (const changed of watchers.get(key) ?? []) changed();
    if (key.startsWith("cancel ")) working.abort(BigInt(key.slice(7)));
  });

  /** Who asks again and again gets the variants when there are some. */
  const load = async (row: GenerationRow & { there?: number }): Promise<Generation> => ({
    row,
    variants: row.there === 0 ? [] : await run(deps.pool, sql.variantsOf, row.id),
  });

  /** Refuses what is beyond the limits. Answers the priority of the job: those who ask for much wait a little longer. */
  async function allowed(accountId: Id, name: EngineName): Promise<number> {
    const now = deps.clock.ms();
    const used = await one(deps.pool, sql.load, accountId, new Date(now - 86_400_000), new Date(now - 60_000));
    const priority = Math.min(10, used?.lately ?? 0);
    if (deps.unlimited === true || !used) return priority;
    const refuse = (text: string, retryAfter: number): never => {
      throw new AppError("rate_limited", text, { retryAfter });
    };
    if (used.open >= LIMITS.open) refuse(`${LIMITS.open} generations are under way. Wait for one of them.`, 5);
    if (used.all >= LIMITS.day.all)
      refuse(`At most ${LIMITS.day.all} generations a day. Tomorrow there is room again.`, 3600);
    if (name === "stage" || name === "bank" || name === "browser") return priority;
    const young = deps.clock.ms() - idTime(accountId).getTime() < LIMITS.newAccountMs;
    const most = young ? LIMITS.day.paidWhenNew : LIMITS.day.paid;
    if (used.paid >= most) refuse(`At most ${most} generations by a model a day. Stage and joke bank go on.`, 3600);
    return priority;
  }

  /** One line of text, without what does not belong into one. */
  const line = (text: string): string =>
    text
      .normalize("NFC")
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
      .trim();

  /** Refuses a prompt that is empty, too long, or of which nothing is made here: before any engine is asked. Answers its language. */
  async function judge(prompt: string, language: string | undefined, photo: boolean): Promise<string> {
    if (prompt === "" && !photo)
      throw invalid({ prompt: [{ error: "ERR_BLANK", description: "has to say what the meme is about" }] });
    if ([...prompt].length > LIMITS.prompt)
      throw invalid({
        prompt: [{ error: "ERR_TOO_LONG", description: `is too long (maximum is ${LIMITS.prompt} characters)` }],
      });
    const lang = language ?? languageOf(prompt, "en");
    const judged = (await moderation()).screenPrompt(prompt, lang);
    if (!judged.ok) throw refusal(judged, "prompt", lang);
    return lang;
  }

  async function start(accountId: Id, wish: Wish): Promise<Generation> {
    const prompt = line(wish.prompt);
    if (wish.idempotencyKey !== undefined) {
      const known = await one(deps.pool, sql.generationByKey, accountId, wish.idempotencyKey);
      if (known && known.prompt !== prompt)
        throw new AppError("conflict", "This Idempotency-Key was used for another prompt", {
          reason: "idempotency_mismatch",
        });
      if (known) return load(known);
    }
    // Before anything is asked, held or stored.
    const lang = await judge(prompt, wish.language, wish.photoId !== undefined);
    const name = room.resolve(wish.engine);
    if (name === "browser" && wish.answer === undefined)
      throw invalid({
        answer: [
          { error: "ERR_BLANK", description: "is what your browser's model said; without one choose another engine" },
        ],
      });
    const priority = await allowed(accountId, name);
    const price = await prices.of(name, wish.variants);
    if (price > 0n) await prices.daily(accountId);
    const photo = await working.photoOf(accountId, wish.photoId);
    const id = deps.ids.next();
    const waiting = name !== "stage" && name !== "bank" && name !== "browser";
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
    // Nothing is there yet.
    if (waiting) return { row, variants: [] };
    if (name === "browser") return load(await working.said(row, wish.answer ?? "", photo));
    return load(await working.embedded(row, name, photo));
  }

  return {
    start,
    prices,
    async instructions(wish) {
      const prompt = line(wish.prompt);
      const lang = await judge(prompt, wish.language, false);
      return browserTask(prompt, lang, wish.variants);
    },
    async get(accountId, id) {
      const row = await one(deps.pool, sql.generationOf, id, accountId);
      if (!row) throw notFound();
      return load(row);
    },
    async cancel(accountId, id) {
      const row = await one(deps.pool, sql.generationOf, id, accountId);
      if (!row) throw notFound();
      const ended = await settling.finish(row, "cancelled", null);
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
      { name: "memes.generate", timeLimitMs: 120_000, run: (payload) => working.work(BigInt(String(payload["id"]))) },
      {
        // A process died over its work: its lease is over, somebody else takes it up.
        name: "memes.sweepGenerations",
        cron: "* * * * *",
        async run() {
          for (const { id } of await run(deps.pool, sql.stale, 100))
            await working
              .work(id)
              .catch((err: unknown) => deps.log.warn({ err }, "a generation could not be taken up again"));
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
