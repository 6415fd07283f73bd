/** Where a generation ends: variants are stored, and what was shown is paid, in one commit. */
import { exec, one } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { keyFor } from "#modules/ledger/index.ts";
import { altText } from "#shared/meme/alt.ts";
import { defaultDoc } from "#shared/meme/defaults.ts";
import type { EngineKind, MemeDoc, Photo } from "#shared/meme/doc.ts";
import type { MemesDeps } from "./deps.ts";
import type { CaptionVariant } from "./engines/types.ts";
import { newKey } from "./photo.ts";
import * as sql from "./sql-generations.ts";
import type { GenerationRow } from "./sql-generations.ts";

/** Name of the signal that tells of a change of a generation; its key is the id. */
export const SIGNAL = "meme";

/** A variant that an engine gave, and whose words it is. */
export interface Made {
  variant: CaptionVariant;
  engine: string;
  kind: EngineKind;
  model: string | null;
  photo?: { key: string; photo: Photo } | undefined;
}

export interface Settling {
  /** Stores variants from a place on, in one commit. A place that is taken stays so: another try came that far. */
  store(row: GenerationRow, from: number, all: readonly Made[]): Promise<void>;
  /**
   * Ends a generation, and takes for what was shown: once, whoever comes first. `last` are variants that are stored with it; they are not when it has ended already. 404 for an unknown one.
   */
  finish(
    order: GenerationRow,
    state: "done" | "failed" | "cancelled",
    notice: string | null,
    last?: readonly Made[],
  ): Promise<GenerationRow>;
}

/** Reasons of the ledger that say: this hold is over, nothing can be taken. */
const OVER = new Set(["hold_expired", "already_resolved"]);

export function createSettling(deps: MemesDeps): Settling {
  function docOf(row: GenerationRow, position: number, v: CaptionVariant, photo: Photo | undefined): MemeDoc {
    const drawn = defaultDoc(v.format, v.captions, row.lang, (row.seed + position) % 65536, {
      moods: v.moods,
      ...(v.props ? { props: v.props } : {}),
      ...(v.scene ? { scene: v.scene } : {}),
    });
    return photo ? { ...drawn, photo } : drawn;
  }

  /** `each` is what a shown variant of a model costs, as far as that is known; the end sets it right. */
  async function insert(
    db: TxClient,
    row: GenerationRow,
    from: number,
    all: readonly Made[],
    each: bigint,
  ): Promise<void> {
    const variants = all.map((made, n) => {
      const doc = docOf(row, from + n, made.variant, made.photo?.photo);
      return {
        id: deps.ids.next().toString(),
        position: from + n,
        doc,
        alt: altText(doc, row.lang),
        engine: made.engine,
        engine_kind: made.kind,
        model: made.model,
        mechanism: made.variant.mechanism ?? null,
        chips: made.variant.chips ?? [],
        source_ids: made.variant.sourceIds ?? [],
        price: (made.kind === "ai" ? each : 0n).toString(),
        key: newKey(),
        photo_key: made.photo?.key ?? null,
      };
    });
    await exec(db, sql.insertVariants, row.id, JSON.stringify(variants));
  }

  const tell = (db: TxClient, id: Id): Promise<void> => deps.signals.send(db, SIGNAL, id.toString());

  async function end(
    order: GenerationRow,
    state: "done" | "failed" | "cancelled",
    notice: string | null,
    last: readonly Made[],
    held: boolean,
  ): Promise<GenerationRow> {
    const { id, hold_id: hold } = order;
    return deps.tx(async (db) => {
      if (last.length > 0) await insert(db, order, 0, last, held ? order.price / BigInt(order.n) : 0n);
      const settled = await one(db, sql.settle, id, state, notice, held, deps.clock.now());
      if (!settled) {
        const ended = await one(db, sql.lockGeneration, id);
        if (!ended) throw notFound();
        return ended;
      }
      await tell(db, id);
      // Last: the accounts stay locked until the commit.
      if (hold !== null && held) {
        const { captured: amount, account_id: user } = settled;
        if (amount > 0n)
          await deps.ledger.credits.captureIn(db, { hold, amount, key: keyFor("meme capture", id), user });
        else await deps.ledger.credits.releaseIn(db, { hold, user });
      }
      return settled;
    });
  }

  return {
    async store(row, from, all) {
      if (all.length === 0) return;
      await deps.tx(async (db) => {
        await insert(db, row, from, all, 0n);
        await tell(db, row.id);
      });
    },
    finish: (order, state, notice, last = []) =>
      end(order, state, notice, last, order.hold_id !== null).catch((error: unknown) => {
        // Whoever held it too long has lost it: it ends without being paid.
        if (error instanceof AppError && OVER.has(error.reason ?? "")) return end(order, state, notice, last, false);
        throw error;
      }),
  };
}
