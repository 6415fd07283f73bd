import { statement } from "#platform/db/sql.ts";
import type { EngineKind, MemeDoc } from "#shared/meme/doc.ts";

export interface GenerationRow {
  id: bigint;
  account_id: bigint;
  prompt: string;
  lang: string;
  n: number;
  engine: string;
  photo_id: bigint | null;
  photo_alt: string | null;
  seed: number;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  notice: string | null;
  hold_id: bigint | null;
  price: bigint;
  captured: bigint;
  attempts: number;
  created_at: Date;
}
const columns =
  "id, account_id, prompt, lang, n, engine, photo_id, photo_alt, seed, state, notice, hold_id, price, captured, attempts, created_at";

export interface VariantRow {
  id: bigint;
  generation_id: bigint;
  account_id: bigint;
  position: number;
  doc: MemeDoc;
  alt: string;
  engine: string;
  engine_kind: EngineKind;
  model: string | null;
  mechanism: string | null;
  chips: string[];
  source_ids: string[];
  price: bigint;
  key: string;
  photo_key: string | null;
}
const variantColumns =
  "id, generation_id, account_id, position, doc, alt, engine, engine_kind, model, mechanism, chips, source_ids, price, key, photo_key";

export const insertGeneration = statement<
  [
    id: bigint,
    account: bigint,
    idempotencyKey: string | null,
    prompt: string,
    lang: string,
    n: number,
    engine: string,
    photo: bigint | null,
    photoAlt: string | null,
    seed: number,
    state: string,
    price: bigint,
    hold: bigint | null,
    at: Date,
  ],
  GenerationRow
>(
  "memes.insertGeneration",
  `insert into meme_generations (id, account_id, idempotency_key, prompt, lang, n, engine, photo_id, photo_alt, seed, state, price, hold_id, created_at, lease_until)
   values ($1, $2, $3, $4, $5, $6::int, $7, $8, $9, $10::int, $11, $12, $13, $14::timestamptz, $14::timestamptz + interval '30 s')
   on conflict (account_id, idempotency_key) do nothing returning ${columns}`,
);
export const generationByKey = statement<[account: bigint, key: string], GenerationRow>(
  "memes.generationByKey",
  `select ${columns} from meme_generations where account_id = $1 and idempotency_key = $2`,
);
/** With how many variants are there. */
export const generationOf = statement<[id: bigint, account: bigint], GenerationRow & { there: number }>(
  "memes.generationOf",
  `select ${columns}, (select count(*)::int from meme_variants v where v.generation_id = meme_generations.id) as there from meme_generations where id = $1 and account_id = $2`,
);
/** How many are open now, and how many there were since a moment, of engines that cost something and of all, and since a later moment. */
export const load = statement<
  [account: bigint, since: Date, lately: Date],
  { open: number; paid: number; all: number; lately: number }
>(
  "memes.load",
  `select (count(*) filter (where state in ('queued', 'running')))::int as open, (count(*) filter (where engine not in ('stage', 'bank')))::int as paid, count(*)::int as all,
     (count(*) filter (where created_at >= $3))::int as lately
   from meme_generations where account_id = $1 and created_at >= $2`,
);
/** Takes a generation for half a minute, with how many variants are there; nobody when it is another's, or over. */
export const claim = statement<[id: bigint], GenerationRow & { there: number }>(
  "memes.claim",
  `update meme_generations set state = 'running', attempts = attempts + 1, lease_until = now() + interval '30 s'
   where id = $1 and (state = 'queued' or (state = 'running' and lease_until < now()))
   returning ${columns}, (select count(*)::int from meme_variants v where v.generation_id = meme_generations.id) as there`,
);
export const renew = statement<[id: bigint], never>(
  "memes.renewLease",
  `update meme_generations set lease_until = now() + interval '30 s' where id = $1 and state = 'running'`,
);
export const stale = statement<[limit: number], { id: bigint; account_id: bigint }>(
  "memes.stale",
  `select id, account_id from meme_generations where state in ('queued', 'running') and lease_until < now() order by lease_until limit $1::int`,
);
export const lockGeneration = statement<[id: bigint], GenerationRow>(
  "memes.lockGeneration",
  `select ${columns} from meme_generations where id = $1 for update`,
);
/** Ends a generation that is under way, and sets what each shown variant of a model costs; nothing when the hold is over. No row when it has ended already. */
export const settle = statement<
  [id: bigint, state: string, notice: string | null, held: boolean, at: Date],
  GenerationRow
>(
  "memes.settle",
  `with due as (
     select g.id, case when $4 and g.hold_id is not null then g.price / g.n else 0 end as each,
       (select count(*) from meme_variants v where v.generation_id = g.id and v.engine_kind = 'ai') as shown
     from meme_generations g where g.id = $1
   ), p as (
     update meme_variants v set price = due.each from due where v.generation_id = due.id and v.engine_kind = 'ai' and v.price <> due.each
       and exists (select 1 from meme_generations g where g.id = due.id and g.state in ('queued', 'running'))
   )
   update meme_generations g set state = $2, notice = coalesce($3, g.notice), captured = due.each * least(due.shown, g.n), finished_at = $5, lease_until = null
   from due where g.id = due.id and g.state in ('queued', 'running') returning ${columns
     .split(", ")
     .map((c) => `g.${c}`)
     .join(", ")}`,
);
/** Variants as a JSON array of their columns, when the generation has not ended. A place that is taken stays so. */
export const insertVariants = statement<[generation: bigint, variants: string], never>(
  "memes.insertVariants",
  `with g as (select id, account_id from meme_generations where id = $1 and state in ('queued', 'running') for update)
   insert into meme_variants (id, generation_id, account_id, position, doc, alt, engine, engine_kind, model, mechanism, chips, source_ids, price, key, photo_key)
   select v.id, g.id, g.account_id, v.position, v.doc, v.alt, v.engine, v.engine_kind, v.model, v.mechanism, v.chips, v.source_ids, v.price, v.key, v.photo_key
   from g, json_to_recordset($2::json) v(id int8, position int, doc jsonb, alt text, engine text, engine_kind text, model text, mechanism text, chips text[], source_ids text[], price int8, key text, photo_key text)
   on conflict do nothing`,
);
export const variantsOf = statement<[generation: bigint], VariantRow>(
  "memes.variantsOf",
  `select ${variantColumns} from meme_variants where generation_id = $1 order by position`,
);
export const variantOf = statement<[id: bigint, account: bigint], VariantRow>(
  "memes.variantOf",
  `select ${variantColumns} from meme_variants where id = $1 and account_id = $2`,
);
export const variantByKey = statement<[key: string], VariantRow>(
  "memes.variantByKey",
  `select ${variantColumns} from meme_variants where key = $1`,
);
export const sweepGenerations = statement<[before: Date, limit: number], { key: string }>(
  "memes.sweepGenerations",
  `with g as (select id from meme_generations where created_at < $1 and state not in ('queued', 'running') order by id limit $2::int),
     v as (select v.key, v.id from meme_variants v join g on g.id = v.generation_id),
     gone as (delete from meme_generations where id in (select id from g))
   select v.key from v where not exists (select 1 from memes m where m.key = v.key)`,
);

/** Everything somebody asked for, with the words they typed; answers the names of the files. */
export const removeGenerationsOf = statement<[account: bigint], { key: string }>(
  "memes.removeGenerationsOf",
  `with v as (select key from meme_variants where account_id = $1), g as (delete from meme_generations where account_id = $1),
     s as (delete from meme_seen where account_id = $1)
   select v.key from v where not exists (select 1 from memes m where m.key = v.key)`,
);

// What engines cost.

/** Counts a call against the day's budget before it is made; no row when the budget does not allow it. */
export const reserveCost = statement<[engine: string, day: string, cost: bigint, cap: bigint], { cost: bigint }>(
  "memes.reserveCost",
  `insert into meme_engine_days as d (engine, day, cost, calls) select $1, $2::date, $3::int8, 1 where $3::int8 <= $4::int8
   on conflict (engine, day) do update set cost = d.cost + excluded.cost, calls = d.calls + 1 where d.cost + excluded.cost <= $4 returning cost`,
);
export const correctCost = statement<
  [engine: string, day: string, by: bigint, failed: number, captured: bigint],
  never
>(
  "memes.correctCost",
  `update meme_engine_days set cost = greatest(0, cost + $3), failed = failed + $4::int, captured = captured + $5 where engine = $1 and day = $2::date`,
);
export const costs = statement<
  [since: string],
  { engine: string; day: string; cost: bigint; calls: number; failed: number; captured: bigint }
>(
  "memes.costs",
  `select engine, day::text as day, cost, calls, failed, captured from meme_engine_days where day >= $1::date order by day desc, engine`,
);
export const prices = statement<[at: Date], { item: string; price: bigint }>(
  "memes.prices",
  `select distinct on (item) item, price from meme_prices where effective_from <= $1 order by item, effective_from desc`,
);
export const comingPrices = statement<[at: Date], { item: string; price: bigint; effective_from: Date }>(
  "memes.comingPrices",
  `select item, price, effective_from from meme_prices where effective_from > $1 order by effective_from, item`,
);

// What the joke bank learns from.

export const seenSources = statement<[account: bigint, since: Date], { source_id: string }>(
  "memes.seenSources",
  `select source_id from meme_seen where account_id = $1 and at >= $2`,
);
export const rememberSeen = statement<[account: bigint, sources: string[], at: Date], never>(
  "memes.rememberSeen",
  `insert into meme_seen (account_id, source_id, at) select $1, s, $3 from unnest($2::text[]) s on conflict (account_id, source_id) do update set at = excluded.at`,
);
export const forgetSeen = statement<[before: Date], never>("memes.forgetSeen", `delete from meme_seen where at < $1`);
export const wornSources = statement<[since: Date, limit: number], { source_id: string; n: number }>(
  "memes.wornSources",
  `select source_id, count(*)::int as n from meme_seen where at >= $1 group by source_id order by 2 desc limit $2::int`,
);
export const armVotes = statement<[], { arm: string; up: bigint; down: bigint }>(
  "memes.armVotes",
  `select format || '/' || mechanism as arm, sum(up)::bigint as up, sum(down)::bigint as down from memes
   where mechanism is not null and state = 'published' and age <= 1 and up + down > 0 group by 1`,
);

// Where files come from.

export const rememberFile = statement<
  [
    sha256: Buffer,
    key: string,
    meme: bigint | null,
    engine: string,
    kind: string,
    model: string | null,
    sourceType: string,
    mime: string,
    at: Date,
  ],
  never
>(
  "memes.rememberFile",
  `insert into meme_files (sha256, key, meme_id, engine, engine_kind, model, source_type, mime, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (sha256) do update set meme_id = coalesce(excluded.meme_id, meme_files.meme_id)`,
);
export const fileBySha = statement<
  [sha256: Buffer],
  { meme_id: bigint | null; engine: string; engine_kind: EngineKind; model: string | null; source_type: string }
>("memes.fileBySha", `select meme_id, engine, engine_kind, model, source_type from meme_files where sha256 = $1`);
export const fileOfMeme = statement<[key: string, meme: bigint], never>(
  "memes.fileOfMeme",
  `update meme_files set meme_id = $2 where key = $1`,
);
