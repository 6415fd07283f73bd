import { statement } from "#platform/db/sql.ts";
import type { EngineKind, MemeDoc } from "#shared/meme/doc.ts";

export type RemixPolicy = "anyone" | "followers" | "none";

export interface MemeRow {
  id: bigint;
  account_id: bigint;
  doc: MemeDoc;
  alt: string;
  engine: string;
  engine_kind: EngineKind;
  model: string | null;
  key: string;
  photo_key: string | null;
  parent_id: bigint | null;
  root_id: bigint | null;
  depth: number;
  parent_account_id: bigint | null;
  remix_policy: RemixPolicy;
  state: "draft" | "published" | "removed";
  post_id: bigint | null;
  mechanism: string | null;
  up: number;
  down: number;
  remixes: number;
  hot: number;
  wilson: number;
  impressions: number;
  age: number;
  created_at: Date;
  published_at: Date | null;
}

const columns = (m: string): string =>
  [
    "id",
    "account_id",
    "doc",
    "alt",
    "engine",
    "engine_kind",
    "model",
    "key",
    "photo_key",
    "parent_id",
    "root_id",
    "depth",
    "parent_account_id",
    "remix_policy",
    "state",
    "post_id",
    "mechanism",
    "up",
    "down",
    "remixes",
    "hot",
    "wilson",
    "impressions",
    "age",
    "created_at",
    "published_at",
  ]
    .map((c) => `${m}.${c}`)
    .join(", ");

export const insertMeme = statement<
  [
    id: bigint,
    account: bigint,
    doc: string,
    alt: string,
    lang: string,
    format: string,
    mechanism: string | null,
    engine: string,
    kind: string,
    model: string | null,
    variant: bigint | null,
    key: string,
    photoKey: string | null,
    parent: bigint | null,
    root: bigint | null,
    depth: number,
    parentAccount: bigint | null,
    at: Date,
  ],
  MemeRow
>(
  "memes.insert",
  `insert into memes as m (id, account_id, doc, alt, lang, format, mechanism, engine, engine_kind, model, variant_id, key, photo_key, parent_id, root_id, depth, parent_account_id, created_at)
   values ($1, $2, $3::text::jsonb, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::int, $17, $18) returning ${columns("m")}`,
);

export const memeById = statement<[id: bigint], MemeRow>(
  "memes.byId",
  `select ${columns("m")} from memes m where m.id = $1 and m.state <> 'removed'`,
);
export const memeByKey = statement<[key: string], MemeRow>(
  "memes.byKey",
  `select ${columns("m")} from memes m where m.key = $1 and m.state <> 'removed'`,
);
export const lockMeme = statement<[id: bigint], MemeRow>(
  "memes.lock",
  `select ${columns("m")} from memes m where m.id = $1 and m.state <> 'removed' for update`,
);
/** Published ones whose post this viewer may see, and one's own. */
export const visibleMeme = statement<[viewer: bigint | null, id: bigint], MemeRow>(
  "memes.visible",
  `select ${columns("m")} from memes m where m.id = $2 and m.state <> 'removed'
     and (m.account_id = $1 or (m.state = 'published' and exists (select 1 from visible_posts($1) p where p.id = m.post_id)))`,
);
export const memesOfAccount = statement<[account: bigint, before: bigint, limit: number], MemeRow>(
  "memes.ofAccount",
  `select ${columns("m")} from memes m where m.account_id = $1 and m.id < $2 and m.state <> 'removed' order by m.id desc limit $3::int`,
);
export const memesOfPosts = statement<[posts: bigint[]], { post_id: bigint | null; id: bigint }>(
  "memes.ofPosts",
  `select m.post_id, m.id from memes m where m.post_id = any($1::int8[]) and m.state = 'published'`,
);
export const remixesOf = statement<[viewer: bigint | null, root: bigint, before: bigint, limit: number], MemeRow>(
  "memes.remixes",
  `select ${columns("m")} from memes m join visible_posts($1) p on p.id = m.post_id
   where m.root_id = $2 and m.id < $3 and m.state = 'published' order by m.id desc limit $4::int`,
);

export const publish = statement<[id: bigint, post: bigint, remixPolicy: string, alt: string, at: Date], MemeRow>(
  "memes.publish",
  `update memes m set state = 'published', post_id = $2, remix_policy = $3, alt = $4, published_at = $5 where m.id = $1 and m.state = 'draft' returning ${columns("m")}`,
);
export const countRemix = statement<[id: bigint, by: number], never>(
  "memes.countRemix",
  `update memes set remixes = greatest(0, remixes + $2::int) where id = $1`,
);
/** The picture goes, the line that says whose idea it was stays with the remixes. */
export const removeOfPosts = statement<[posts: bigint[]], { id: bigint; key: string; parent_id: bigint | null }>(
  "memes.removeOfPosts",
  `update memes set state = 'removed', post_id = null where post_id = any($1::int8[]) and state = 'published' returning id, key, parent_id`,
);
/** A new name for the picture: what lay under the old one never changes. */
export const updateDraft = statement<
  [id: bigint, doc: string, alt: string, lang: string, format: string, key: string, photoKey: string | null],
  MemeRow
>(
  "memes.updateDraft",
  `update memes m set doc = $2::text::jsonb, alt = $3, lang = $4, format = $5, key = $6, photo_key = $7, mechanism = null
   where m.id = $1 and m.state = 'draft' returning ${columns("m")}`,
);
export const removeDraft = statement<[id: bigint, account: bigint], { key: string }>(
  "memes.removeDraft",
  `delete from memes where id = $1 and account_id = $2 and state = 'draft' returning key`,
);
/** Published ones leave with their posts; whatever else there is of somebody leaves here. */
export const removeMemesOf = statement<[account: bigint], { key: string }>(
  "memes.removeMemesOf",
  `delete from memes where account_id = $1 and state <> 'published' returning key`,
);
export const sweepDrafts = statement<[before: Date, limit: number], { key: string }>(
  "memes.sweepDrafts",
  `delete from memes where id in (select id from memes where state = 'draft' and created_at < $1 order by created_at limit $2::int) returning key`,
);

// Votes. The formulas are those of rank.ts.

const HOURS = "(extract(epoch from ($1::timestamptz - m.published_at)) / 3600)::float8";

export const ownVote = statement<[meme: bigint, account: bigint], { value: number; fresh: boolean }>(
  "memes.ownVote",
  `select value, fresh from meme_votes where meme_id = $1 and account_id = $2`,
);
export const setVote = statement<[meme: bigint, account: bigint, value: number, fresh: boolean, at: Date], never>(
  "memes.setVote",
  `insert into meme_votes (meme_id, account_id, value, fresh, at) values ($1, $2, $3::int, $4, $5) on conflict (meme_id, account_id) do update set value = excluded.value, at = excluded.at`,
);
export const dropVote = statement<[meme: bigint, account: bigint], never>(
  "memes.dropVote",
  `delete from meme_votes where meme_id = $1 and account_id = $2`,
);
export const countVote = statement<
  [at: Date, meme: bigint, up: number, down: number, freshUp: number, freshDown: number],
  MemeRow
>(
  "memes.countVote",
  `update memes m set up = v.up, down = v.down, fresh_up = v.fresh_up, fresh_down = v.fresh_down,
     wilson = meme_wilson(meme_weight(v.up, v.fresh_up), meme_weight(v.down, v.fresh_down)),
     hot = meme_hot(meme_weight(v.up, v.fresh_up), meme_weight(v.down, v.fresh_down), ${HOURS})
   from (select o.id, o.up + $3::int as up, o.down + $4::int as down, o.fresh_up + $5::int as fresh_up, o.fresh_down + $6::int as fresh_down from memes o where o.id = $2) v
   where m.id = v.id returning ${columns("m")}`,
);
export const ownVotes = statement<[account: bigint, memes: bigint[]], { meme_id: bigint; value: number }>(
  "memes.ownVotes",
  `select meme_id, value from meme_votes where account_id = $1 and meme_id = any($2::int8[])`,
);

// Time goes by: young memes cool, and leave the top of the day and of the month.

export const cool = statement<[now: Date, from: bigint, upTo: bigint], never>(
  "memes.cool",
  `update memes m set hot = meme_hot(meme_weight(m.up, m.fresh_up), meme_weight(m.down, m.fresh_down), ${HOURS}) where m.id > $2 and m.id <= $3 and m.state = 'published' and m.up + m.down > 0`,
);
export const age = statement<[dayAgo: Date, monthAgo: Date], never>(
  "memes.age",
  `update memes set age = case when published_at < $2 then 2 else 1 end
   where state = 'published' and age < 2 and ((age = 0 and published_at < $1) or published_at < $2)`,
);

// The wall.

const walled = (order: string, where: string): string =>
  `select ${columns("m")} from memes m join visible_posts($1) p on p.id = m.post_id and p.visibility = 0
   where m.state = 'published' and ($2::text is null or m.format = $2) and ${where} order by ${order} limit $5::int`;
type Wall = [viewer: bigint | null, format: string | null, value: number, before: bigint, limit: number];
export const wallHot = statement<Wall, MemeRow>(
  "memes.wallHot",
  walled("m.hot desc, m.id desc", "(m.hot, m.id) < ($3::float8, $4)"),
);
export const wallTop = {
  day: statement<Wall, MemeRow>(
    "memes.wallTopDay",
    walled("m.wilson desc, m.id desc", "m.age = 0 and (m.wilson, m.id) < ($3::float8, $4)"),
  ),
  month: statement<Wall, MemeRow>(
    "memes.wallTopMonth",
    walled("m.wilson desc, m.id desc", "m.age <= 1 and (m.wilson, m.id) < ($3::float8, $4)"),
  ),
  all: statement<Wall, MemeRow>(
    "memes.wallTopAll",
    walled("m.wilson desc, m.id desc", "(m.wilson, m.id) < ($3::float8, $4)"),
  ),
} as const;
export const wallNew = statement<Wall, MemeRow>(
  "memes.wallNew",
  walled("m.id desc", "$3::float8 is not null and m.id < $4"),
);
/** New ones that few have seen: they get places among the hot ones, so that early luck decides less. */
export const wallFresh = statement<[viewer: bigint | null, limit: number], MemeRow>(
  "memes.wallFresh",
  `select ${columns("m")} from memes m join visible_posts($1) p on p.id = m.post_id and p.visibility = 0
   where m.state = 'published' and m.age = 0 and m.impressions < 100 order by m.impressions, m.id limit $2::int`,
);
export const countSeen = statement<[ids: bigint[], times: number[]], never>(
  "memes.countSeen",
  `update memes m set impressions = m.impressions + s.n from (select unnest($1::int8[]) as id, unnest($2::int4[]) as n order by 1) s where m.id = s.id and m.impressions < 100`,
);
export const leaders = statement<
  [since: Date, limit: number],
  { account_id: bigint; score: number; memes: bigint; up: bigint }
>(
  "memes.leaders",
  `select m.account_id, sum(m.wilson * sqrt(m.up + m.down))::float8 as score, count(*) as memes, sum(m.up)::bigint as up
   from memes m where m.state = 'published' and m.age <= 1 and m.published_at >= $1 and m.up + m.down > 0
   group by m.account_id order by 2 desc, 1 limit $2::int`,
);
