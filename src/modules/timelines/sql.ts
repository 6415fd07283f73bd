import { statement } from "#platform/db/sql.ts";
import { both, cardsOf } from "#modules/posts/index.ts";

// Reads of posts, follows and account_stats outside their modules are listed in ARCHITECTURE.md: the home timeline is a join by nature.

/** What a follower does not get from an author: boosts when switched off, other languages, answers to people the follower does not follow, or to what is not here. */
const wanted = (follow: string, post: string, reader: string): string =>
  `(${follow}.show_reblogs or ${post}.boost_of_id is null)
   and (${follow}.languages is null or ${post}.boost_of_id is not null or ${post}.language is null or ${post}.language = any (${follow}.languages))
   and (${post}.in_reply_to_account_id is null or ${post}.in_reply_to_account_id = ${post}.account_id or ${post}.in_reply_to_account_id = ${reader}
     or exists (select 1 from follows ff where ff.account_id = ${reader} and ff.target_id = ${post}.in_reply_to_account_id))
   and (${post}.in_reply_to_uri is null or ${post}.in_reply_to_id is not null)
   and (${post}.visibility < 3 or exists (select 1 from mentions mm where mm.post_id = ${post}.id and mm.account_id = ${reader}))`;

type Read = [viewer: bigint, before: bigint, after: bigint, limit: number];

const written = (d: string): string =>
  `(select h.post_id as id, h.post_id as edge from home h where h.owner_id = $1 and h.post_id < $2 and h.post_id > $3 order by h.post_id ${d})`;
// What some moments need as well: posts whose fan-out has not finished (one's own too, which nobody wants to wait for), and authors with too many followers to write to each.
const unwritten = (d: string): string => `
  (select q.post_id, q.post_id from pending_fanouts q where q.account_id = $1 and q.post_id < $2 and q.post_id > $3
     and not exists (select 1 from home h where h.owner_id = $1 and h.post_id = q.post_id) order by q.post_id ${d})
  union all
  (select q.post_id, q.post_id from pending_fanouts q join follows f on f.account_id = $1 and f.target_id = q.account_id join posts o on o.id = q.post_id
   where q.post_id < $2 and q.post_id > $3 and ${wanted("f", "o", "$1")} and not exists (select 1 from home h where h.owner_id = $1 and h.post_id = q.post_id) order by q.post_id ${d})
  union all
  (select x.id, x.id from big_accounts g join follows f on f.account_id = $1 and f.target_id = g.account_id cross join lateral
     (select o.id from posts o where o.account_id = g.account_id and o.id > g.since_id and o.id < $2 and o.id > $3 and ${wanted("f", "o", "$1")} order by o.id ${d} limit $4::int * 2) x
   where not exists (select 1 from home h where h.owner_id = $1 and h.post_id = x.id) and not exists (select 1 from pending_fanouts q where q.post_id = x.id) order by x.id ${d})`;
const homeOf = (rows: string, d: string): string =>
  cardsOf(`select id, edge from (${rows}) s order by edge ${d}`, "feed", `order by k.edge ${d} limit $4::int`);
export const home = both<Read>("timelines.home", (d) => homeOf(`${written(d)} union all ${unwritten(d)}`, d));
/** The same while nothing is unwritten, which is most of the time: setting up a plan of half the size costs half. */
export const homeWritten = both<Read>("timelines.homeWritten", (d) => homeOf(written(d), d));
export const somethingUnwritten = statement<[], { found: boolean }>(
  "timelines.unwritten",
  `select exists (select 1 from pending_fanouts) or exists (select 1 from big_accounts) as found`,
);

// Merged from the authors: for readers who follow very many, and for pages older than what is written.
export const merged = both<Read>("timelines.merged", (d) =>
  cardsOf(
    `(select o.id, o.id as edge from posts o where o.account_id = $1 and o.id < $2 and o.id > $3 order by o.id ${d} limit $4::int * 2)
     union all
     (select x.id, x.id as edge from follows f cross join lateral
       (select o.id from posts o where o.account_id = f.target_id and o.id < $2 and o.id > $3 and ${wanted("f", "o", "$1")} order by o.id ${d} limit $4::int * 2) x where f.account_id = $1)`,
    "feed",
    `order by k.edge ${d} limit $4::int`,
  ),
);

/** The newest post id that a reader's home could show: what an empty poll needs. Counts invisible ones too, so it may be too new but never too old. */
export const newest = statement<[viewer: bigint, after: bigint], { found: boolean }>(
  "timelines.newest",
  `select exists (select 1 from home h where h.owner_id = $1 and h.post_id > $2)
       or exists (select 1 from pending_fanouts q where q.account_id = $1 and q.post_id > $2)
       or exists (select 1 from pending_fanouts q join follows f on f.account_id = $1 and f.target_id = q.account_id where q.post_id > $2)
       or exists (select 1 from big_accounts g join follows f on f.account_id = $1 and f.target_id = g.account_id
                  where exists (select 1 from posts o where o.account_id = g.account_id and o.id > $2)) as found`,
);

/** Whose posts a public list shows. */
export type Origin = "all" | "local" | "remote";
/** One list for each: a condition that comes as a parameter could not use the index of its part. */
const perOrigin = <T>(make: (origin: Origin, suffix: string) => T): Readonly<Record<Origin, T>> => ({
  all: make("all", ""),
  local: make("local", "Local"),
  remote: make("remote", "Remote"),
});

type Public = [viewer: bigint | null, before: bigint, after: bigint, limit: number];
const ORIGIN: Readonly<Record<Origin, string>> = {
  all: "",
  local: "and o.uri is null",
  remote: "and o.uri is not null",
};
// The author is asked for row by row, not joined: a join would be planned for all rows, with a sort, though a page needs the first few. For the same reason the lists below
// are ordered by `k.id`: what the skeleton is ordered by passes as the order of the column that is joined, and as no other's.
const publicPosts = (d: string, origin: Origin, media: boolean): string =>
  cardsOf(
    `select o.id, o.id as edge from posts o where o.visibility = 0 and o.boost_of_id is null and not o.withheld and o.restriction = 0 ${ORIGIN[origin]} ${media ? "and o.media <> '[]'" : ""}
       and (o.in_reply_to_account_id is null or o.in_reply_to_account_id = o.account_id) and (o.in_reply_to_uri is null or o.in_reply_to_id is not null)
       and (select a.silenced_at is null from accounts a where a.id = o.account_id) and o.id < $2 and o.id > $3 order by o.id ${d}`,
    "feed",
    `order by k.id ${d} limit $4::int`,
  );
export const publicTimeline = perOrigin((origin, suffix) =>
  both<Public>(`timelines.public${suffix}`, (d) => publicPosts(d, origin, false)),
);
export const publicMedia = perOrigin((origin, suffix) =>
  both<Public>(`timelines.publicMedia${suffix}`, (d) => publicPosts(d, origin, true)),
);

type Tagged<T> = [
  viewer: bigint | null,
  tags: T,
  before: bigint,
  after: bigint,
  limit: number,
  all: string[],
  none: string[],
  media: boolean,
];
const TAG_ORIGIN: Readonly<Record<Origin, string>> = { all: "", local: "and t.local", remote: "and not t.local" };
const taggedBy = (tag: string, d: string, origin: Origin): string =>
  `select t.post_id as id, t.post_id as edge from post_tags t
     where t.tag = ${tag} ${TAG_ORIGIN[origin]} and t.post_id < $3 and t.post_id > $4
       and (select o.visibility = 0 and o.restriction = 0 and (not $8 or o.media <> '[]') and o.tags @> $6 and not (o.tags && $7) from posts o where o.id = t.post_id)
       and (select a.silenced_at is null from accounts a where a.id = t.account_id) order by t.post_id ${d}`;
const tagged = (d: string, skeleton: string): string => cardsOf(skeleton, "feed", `order by k.id ${d} limit $5::int`);
// One tag reads its index in order. Of several the beginnings are merged: several times a page, as some of it may be hidden.
export const tagTimeline = perOrigin((origin, suffix) =>
  both<Tagged<string>>(`timelines.tag${suffix}`, (d) => tagged(d, taggedBy("$2", d, origin))),
);
export const tagsTimeline = perOrigin((origin, suffix) =>
  both<Tagged<string[]>>(`timelines.tags${suffix}`, (d) =>
    tagged(
      d,
      `select distinct x.id, x.edge from unnest($2::text[]) g(tag) cross join lateral (${taggedBy("g.tag", d, origin)} limit $5::int * 4) x order by x.id ${d}`,
    ),
  ),
);

export interface HomeState {
  floor_id: bigint;
  /** False while it is being built, and when nobody read it for so long that nothing was written to it. */
  ready: boolean;
  follows: number;
}
export const homeState = statement<[owner: bigint], HomeState>(
  "timelines.state",
  `select h.floor_id, h.built_at is not null and h.active_at > now() - interval '13 days' as ready, s.following as follows from home_states h join account_stats s on s.account_id = h.owner_id where h.owner_id = $1`,
);
export const lockHome = statement<[owner: bigint], { locked: string }>(
  "timelines.lock",
  `select pg_advisory_xact_lock(hashtextextended($1::text, 72))::text as locked`,
);
export const touchHome = statement<[owner: bigint], never>(
  "timelines.touch",
  `update home_states set active_at = now() where owner_id = $1`,
);
/** First step of building: from its commit on, fan-outs write to this home. Must be committed before the rows are read. */
export const openHome = statement<[owner: bigint], never>(
  "timelines.open",
  `insert into home_states (owner_id, floor_id, active_at, built_at) values ($1, 0, now(), null)
   on conflict (owner_id) do update set active_at = now(), built_at = null, floor_id = 0`,
);
export const clearHome = statement<[owner: bigint], never>("timelines.clear", `delete from home where owner_id = $1`);

/** Writes a home anew: the newest `per` wanted posts of every followed author that is not merged at read time, cut to `keep` rows. */
export const buildHome = statement<[owner: bigint, keep: number, per: number], { n: bigint }>(
  "timelines.build",
  `with rows as (
     select x.id from follows f cross join lateral
       (select o.id from posts o where o.account_id = f.target_id and ${wanted("f", "o", "$1")} order by o.id desc limit $3::int) x
     where f.account_id = $1
     union all (select o.id from posts o where o.account_id = $1 order by o.id desc limit $3::int)
     order by 1 desc limit $2::int
   ), ins as (insert into home (owner_id, post_id) select $1, id from rows on conflict do nothing returning post_id)
   select count(*) as n from ins`,
);
/** From where on a home is complete: below the oldest of `keep` rows when it is full, else from the beginning. An author may have more than `per` posts above that: then from there. */
export const setState = statement<[owner: bigint, keep: number, per: number], { floor_id: bigint }>(
  "timelines.setState",
  `insert into home_states (owner_id, floor_id, active_at, built_at)
   select $1, greatest(
     case when (select count(*) from home where owner_id = $1) >= $2::int then coalesce((select min(post_id) from home where owner_id = $1), 0) else 0 end,
     coalesce((select max(x.id) + 1 from follows f cross join lateral
       (select o.id from posts o where o.account_id = f.target_id order by o.id desc offset $3::int limit 1) x where f.account_id = $1), 0),
     coalesce((select o.id + 1 from posts o where o.account_id = $1 order by o.id desc offset $3::int limit 1), 0)), now(), now()
   on conflict (owner_id) do update set floor_id = excluded.floor_id, active_at = now(), built_at = now() returning floor_id`,
);

export interface FanoutPost {
  id: bigint;
  account_id: bigint;
  followers: number;
  /** Merged at read time: nothing is written. */
  big: boolean;
  /** The author is merged from some later post on; this one, which was on its way then, is still written. */
  promoted: boolean;
}
export const fanoutPost = statement<[post: bigint], FanoutPost>(
  "timelines.fanoutPost",
  `select q.post_id as id, q.account_id, s.followers, coalesce(b.since_id < q.post_id, false) as big, b.account_id is not null as promoted from pending_fanouts q join account_stats s on s.account_id = q.account_id
   left join big_accounts b on b.account_id = q.account_id where q.post_id = $1`,
);
/** Of these people, the ones in whose home a post stands: written there, theirs, or merged at read time. */
export const readersOf = statement<[post: bigint, owners: bigint[]], { owner_id: bigint }>(
  "timelines.readersOf",
  `select h.owner_id from home h where h.post_id = $1 and h.owner_id = any($2::int8[])
   union select o.account_id from posts o where o.id = $1 and o.account_id = any($2::int8[])
   union select f.account_id from posts o join big_accounts b on b.account_id = o.account_id join follows f on f.target_id = o.account_id
     where o.id = $1 and f.account_id = any($2::int8[]) and ${wanted("f", "o", "f.account_id")}`,
);
/** Writes one post to the homes of the next followers (by follow id) who read here within the last days; returns where to go on. */
export const fanoutChunk = statement<
  [post: bigint, author: bigint, afterFollow: bigint, chunk: number],
  { last: bigint | null; n: bigint }
>(
  "timelines.fanoutChunk",
  `with f as (select f.account_id, f.id, f.show_reblogs, f.languages from follows f where f.target_id = $2 and f.id > $3 order by f.id limit $4::int),
     ins as (insert into home (owner_id, post_id)
       select f.account_id, o.id from f join posts o on o.id = $1 join home_states h on h.owner_id = f.account_id
       where h.active_at > now() - interval '14 days' and o.id >= h.floor_id and ${wanted("f", "o", "f.account_id")} on conflict do nothing)
   select max(id) as last, count(*) as n from f`,
);
/**
 * Writes posts of other servers that came in together to the homes of their followers, and takes them off the list of pending ones, in one statement. Authors with
 * more than `most` local followers are left for `fanoutPost`; answers which were done.
 */
export const fanoutMany = statement<[posts: bigint[], most: number], { post_id: bigint }>(
  "timelines.fanoutMany",
  `with q as (select q.post_id, q.account_id from pending_fanouts q join account_stats s on s.account_id = q.account_id
       where q.post_id = any($1::int8[]) and s.followers <= $2::int and not exists (select 1 from big_accounts b where b.account_id = q.account_id)),
     ins as (insert into home (owner_id, post_id)
       select f.account_id, o.id from q join posts o on o.id = q.post_id join follows f on f.target_id = q.account_id join home_states h on h.owner_id = f.account_id
       where h.active_at > now() - interval '14 days' and o.id >= h.floor_id and ${wanted("f", "o", "f.account_id")} on conflict do nothing)
   delete from pending_fanouts p using q where p.post_id = q.post_id returning p.post_id`,
);
/** The last step: the author's own home gets the post, and from this commit on nobody looks for it among the pending ones. */
export const finishFanout = statement<[post: bigint], never>(
  "timelines.finishFanout",
  `with gone as (delete from pending_fanouts where post_id = $1 returning post_id, account_id)
   insert into home (owner_id, post_id) select h.owner_id, g.post_id from gone g join home_states h on h.owner_id = g.account_id where g.post_id >= h.floor_id on conflict do nothing`,
);
export const stuckFanouts = statement<[before: bigint], { post_id: bigint; account_id: bigint }>(
  "timelines.stuckFanouts",
  `select post_id, account_id from pending_fanouts where post_id < $1 order by post_id limit 500`,
);
export const promote = statement<[account: bigint, since: bigint], never>(
  "timelines.promote",
  `insert into big_accounts (account_id, since_id) select $1, least($2, coalesce((select min(post_id) - 1 from pending_fanouts where account_id = $1), $2)) on conflict do nothing`,
);

/** After a follow: the author's newest posts come into the follower's home, down to its floor. */
export const addAuthor = statement<[owner: bigint, author: bigint, per: number], never>(
  "timelines.addAuthor",
  `insert into home (owner_id, post_id)
   select $1, x.id from follows f join home_states h on h.owner_id = $1 cross join lateral
     (select o.id from posts o where o.account_id = f.target_id and o.id >= h.floor_id and ${wanted("f", "o", "$1")} order by o.id desc limit $3::int) x
   where f.account_id = $1 and f.target_id = $2 on conflict do nothing`,
);
/** When the author has more posts above the floor than were copied, the home is complete only from there on. */
export const raiseFloor = statement<[owner: bigint, author: bigint, per: number], never>(
  "timelines.raiseFloor",
  `update home_states h set floor_id = greatest(h.floor_id, coalesce((select o.id + 1 from posts o where o.account_id = $2 order by o.id desc offset $3::int limit 1), 0)) where h.owner_id = $1`,
);
/** Takes an author's posts out of a home: after an unfollow (kept when followed again meanwhile), or before they are written anew. */
export const removeAuthor = statement<[owner: bigint, author: bigint, always: boolean], never>(
  "timelines.removeAuthor",
  `delete from home h using posts o where h.owner_id = $1 and o.id = h.post_id and o.account_id = $2
     and ($3 or not exists (select 1 from follows f where f.account_id = $1 and f.target_id = $2))`,
);
export const trimHomes = statement<[keep: number, slack: number], { owner_id: bigint; cut: bigint }>(
  "timelines.trim",
  `with big as (select owner_id from home group by owner_id having count(*) > $1::int + $2::int limit 1000),
     edge as (select b.owner_id, (select h.post_id from home h where h.owner_id = b.owner_id order by h.post_id desc offset $1::int limit 1) as cut from big b),
     gone as (delete from home h using edge e where h.owner_id = e.owner_id and h.post_id <= e.cut)
   update home_states s set floor_id = greatest(s.floor_id, e.cut + 1) from edge e where s.owner_id = e.owner_id returning s.owner_id, e.cut`,
);
export const dropIdle = statement<[], never>(
  "timelines.dropIdle",
  `with idle as (delete from home_states where active_at < now() - interval '30 days' returning owner_id) delete from home h using idle where h.owner_id = idle.owner_id`,
);

export interface MarkerRow {
  timeline: string;
  last_read_id: bigint;
  version: number;
  updated_at: Date;
}
export const markers = statement<[account: bigint], MarkerRow>(
  "timelines.markers",
  `select timeline, last_read_id, version, updated_at from markers where account_id = $1`,
);
export const setMarker = statement<[account: bigint, timeline: string, id: bigint], MarkerRow>(
  "timelines.setMarker",
  `insert into markers (account_id, timeline, last_read_id) values ($1, $2, $3)
   on conflict (account_id, timeline) do update set last_read_id = excluded.last_read_id, version = markers.version + 1, updated_at = now()
   returning timeline, last_read_id, version, updated_at`,
);
