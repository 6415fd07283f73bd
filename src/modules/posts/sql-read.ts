import { statement, type Statement } from "#platform/db/sql.ts";
import { postColumns, type PostRow } from "./sql.ts";

/**
 * What a list needs to know of a post for one viewer: its revision (the key of the rendered post), counters and the viewer's flags. Everything else is the same for everyone and cached.
 */
export interface CardRow {
  id: bigint;
  /** Key by which the list is paged. */
  edge: bigint;
  rev: number;
  account_id: bigint;
  boost_of_id: bigint | null;
  b_rev: number | null;
  b_account_id: bigint | null;
  /** Of the boosted post when this is a boost, else of the post itself, as all of the following. */
  has_poll: boolean;
  quote_of_id: bigint | null;
  quote_state: number | null;
  replies: number;
  boosts: number;
  favourites: number;
  quotes: number;
  /** Bits: 1 favourited, 2 boosted, 4 bookmarked, 8 conversation muted, 16 pinned, 32 follower of an author who lets followers quote. */
  flags: number;
}

export const FLAG = { favourited: 1, boosted: 2, bookmarked: 4, muted: 8, pinned: 16, mayQuote: 32 } as const;

/** A card as the database sends it: its numbers in one text. One column instead of twenty halves what a row costs on both sides of the connection. */
export interface CardText {
  card: string;
}

/** Reads the text that `cardsOf` selects. 0 stands for "none" in ids and revisions, -1 in states. */
export function decodeCard(text: string): CardRow {
  const f = text.split(",");
  const id = (n: number): bigint => BigInt(f[n] ?? "0");
  const int = (n: number): number => Number(f[n]);
  const orNull = (n: number): bigint | null => (f[n] === "0" ? null : id(n));
  const boosted = f[4] !== "0";
  const state = int(9);
  return {
    id: id(0),
    edge: f[1] === f[0] ? id(0) : id(1),
    rev: int(2),
    account_id: id(3),
    boost_of_id: orNull(4),
    b_rev: boosted ? int(5) : null,
    b_account_id: orNull(6),
    has_poll: f[7] === "1",
    quote_of_id: orNull(8),
    quote_state: state < 0 ? null : state,
    replies: int(10),
    boosts: int(11),
    favourites: int(12),
    quotes: int(13),
    flags: int(14),
  };
}

/**
 * Wraps the query of a list into the one select that every list of posts runs. `skeleton` yields `id` and `edge`; `$1` is the viewer (or null).
 * `feed` also leaves out muted people, `visible` does not. `tail` orders and limits.
 * Where both are one column, `tail` has to order by `k.id`: PostgreSQL hands the order of a sub-select on to one of its columns only, and takes the one that is joined. By `k.edge`
 * it would collect and sort the whole list for one page.
 */
export function cardsOf(skeleton: string, scope: "visible" | "feed", tail: string): string {
  return `select concat_ws(',', p.id, k.edge, p.rev, p.account_id, coalesce(p.boost_of_id, 0), coalesce(b.rev, 0), coalesce(b.account_id, 0),
  coalesce(b.has_poll, p.has_poll)::int, coalesce(case when b.id is null then p.quote_of_id else b.quote_of_id end, 0), coalesce(case when b.id is null then p.quote_state else b.quote_state end, -1),
  coalesce(ps.replies, 0), coalesce(ps.boosts, 0), coalesce(ps.favourites, 0), coalesce(ps.quotes, 0),
  case when $1::int8 is null then 0 else
    case when exists (select 1 from favourites f where f.account_id = $1 and f.post_id = coalesce(p.boost_of_id, p.id)) then 1 else 0 end
  + case when exists (select 1 from posts o where o.boost_of_id = coalesce(p.boost_of_id, p.id) and o.account_id = $1) then 2 else 0 end
  + case when exists (select 1 from bookmarks m where m.account_id = $1 and m.post_id = coalesce(p.boost_of_id, p.id)) then 4 else 0 end
  + case when exists (select 1 from conversation_mutes c where c.account_id = $1 and c.conversation_id = coalesce(b.conversation_id, p.conversation_id)) then 8 else 0 end
  + case when p.pinned_at is not null and p.account_id = $1 then 16 else 0 end
  + case when coalesce(b.quote_policy, p.quote_policy) = 1 and exists (select 1 from follows g where g.account_id = $1 and g.target_id = coalesce(b.account_id, p.account_id)) then 32 else 0 end end) as card
from (${skeleton}) k join ${scope}_posts($1) p on p.id = k.id
left join posts b on b.id = p.boost_of_id
left join post_stats ps on ps.post_id = coalesce(p.boost_of_id, p.id)
${tail}`;
}

/** A list in both directions: newest first, and upwards from `min_id`. */
export interface Both<P extends readonly unknown[]> {
  down: Statement<P, CardText>;
  up: Statement<P, CardText>;
}

/** Declares a paged list. `text` gets the direction (`desc` or `asc`) and must order its skeleton by it. */
export function both<P extends readonly unknown[]>(name: string, text: (direction: "desc" | "asc") => string): Both<P> {
  return { down: statement<P, CardText>(name, text("desc")), up: statement<P, CardText>(`${name}Up`, text("asc")) };
}

export const cardsByIds = statement<[viewer: bigint | null, ids: bigint[]], CardText>(
  "posts.cards",
  cardsOf(`select x as id, x as edge from unnest($2::int8[]) x`, "visible", ""),
);

/** What is the same for every viewer, for posts that are not in the cache. */
export const contents = statement<[ids: bigint[]], PostRow>(
  "posts.contents",
  `select ${postColumns} from posts p where p.id = any($1::int8[])`,
);

/** Newest public posts of somebody, withheld or not: for moderators. */
export const recentPublic = statement<[account: bigint, limit: number], { id: bigint }>(
  "posts.recentPublic",
  `select id from posts where account_id = $1 and visibility <= 1 and boost_of_id is null order by id desc limit $2::int`,
);

type AccountList = [
  viewer: bigint | null,
  account: bigint,
  before: bigint,
  after: bigint,
  limit: number,
  replies: boolean,
  boosts: boolean,
  tag: string | null,
];
const ofAccount = (direction: string, where: string): string =>
  cardsOf(
    `select o.id, o.id as edge from posts o where o.account_id = $2 and o.id < $3 and o.id > $4 and ${where}
       and ($6 or o.in_reply_to_account_id is null or o.in_reply_to_account_id = o.account_id) and ($7 or o.boost_of_id is null) and ($8::text is null or $8 = any (o.tags))
     order by o.id ${direction}`,
    "visible",
    `order by k.id ${direction} limit $5::int`,
  );
export const accountPosts = both<AccountList>("posts.ofAccount", (d) => ofAccount(d, "true"));
export const accountMedia = both<AccountList>("posts.mediaOfAccount", (d) =>
  ofAccount(d, "o.media <> '[]' and o.boost_of_id is null"),
);
export const accountPinned = statement<[viewer: bigint | null, account: bigint], CardText>(
  "posts.pinned",
  cardsOf(
    `select o.id, o.id as edge, o.pinned_at from posts o where o.account_id = $2 and o.pinned_at is not null`,
    "visible",
    "order by k.pinned_at desc",
  ),
);

type Edges = [viewer: bigint, before: bigint, after: bigint, limit: number];
const marked = (table: string, direction: string): string =>
  cardsOf(
    `select t.post_id as id, t.id as edge from ${table} t where t.account_id = $1 and t.id < $2 and t.id > $3 order by t.id ${direction}`,
    "visible",
    `order by k.edge ${direction} limit $4::int`,
  );
export const favourites = both<Edges>("posts.favourites", (d) => marked("favourites", d));
export const bookmarks = both<Edges>("posts.bookmarks", (d) => marked("bookmarks", d));

export const quotesOf = both<[viewer: bigint | null, post: bigint, before: bigint, after: bigint, limit: number]>(
  "posts.quotes",
  (d) =>
    cardsOf(
      `select q.id, q.id as edge from posts q where q.quote_of_id = $2 and q.quote_state = 1 and q.id < $3 and q.id > $4 order by q.id ${d}`,
      "visible",
      `order by k.id ${d} limit $5::int`,
    ),
);

interface PersonRow {
  edge: bigint;
  account_id: bigint;
}
type People = [viewer: bigint | null, post: bigint, before: bigint, after: bigint, limit: number];
const people = (source: string): string =>
  `select x.edge, x.account_id from (${source}) x join accounts a on a.id = x.account_id and a.suspended_at is null and a.deleted_at is null
   where x.account_id not in (select h.id from hidden_accounts($1) h) order by x.edge desc limit $5::int`;
export const favouritedBy = statement<People, PersonRow>(
  "posts.favouritedBy",
  people(`select f.id as edge, f.account_id from favourites f where f.post_id = $2 and f.id < $3 and f.id > $4`),
);
export const boostedBy = statement<People, PersonRow>(
  "posts.boostedBy",
  people(
    `select b.id as edge, b.account_id from posts b where b.boost_of_id = $2 and b.visibility <= 1 and b.id < $3 and b.id > $4`,
  ),
);

// Threads: upwards along the replies; a post the viewer may not see ends the way.
export const ancestors = statement<[viewer: bigint | null, post: bigint, limit: number], { id: bigint }>(
  "posts.ancestors",
  `with recursive up as (
     select p.id, p.in_reply_to_id, 0 as depth from visible_posts($1) p where p.id = $2
     union all
     select p.id, p.in_reply_to_id, up.depth + 1 from up join visible_posts($1) p on p.id = up.in_reply_to_id where up.depth < $3::int
   ) select id from up where depth > 0 order by depth desc`,
);
export const descendants = statement<
  [viewer: bigint | null, post: bigint, depth: number, limit: number],
  { id: bigint; in_reply_to_id: bigint }
>(
  "posts.descendants",
  `with recursive down as (
     select p.id, p.in_reply_to_id, 1 as depth from feed_posts($1) p where p.in_reply_to_id = $2
     union all
     select p.id, p.in_reply_to_id, down.depth + 1 from down join feed_posts($1) p on p.in_reply_to_id = down.id where down.depth < $3::int
   ) select id, in_reply_to_id from down order by id limit $4::int`,
);

export interface EditRow {
  at: Date;
  content: string;
  text: string;
  spoiler_text: string;
  sensitive: boolean;
  media: unknown[];
  poll_options: string[] | null;
}
export const edits = statement<[post: bigint], EditRow>(
  "posts.edits",
  `select at, content, text, spoiler_text, sensitive, media, poll_options from post_edits where post_id = $1 order by at`,
);

// Who may find a post by its words: its author; anyone, when author and post allow it; whoever took part in it.
export const search = statement<
  [
    viewer: bigint | null,
    query: string,
    account: bigint | null,
    before: bigint,
    after: bigint,
    limit: number,
    offset: number,
    media: boolean,
    poll: boolean,
    language: string | null,
  ],
  CardText
>(
  "posts.search",
  cardsOf(
    `select o.id, o.id as edge from posts o join accounts a on a.id = o.account_id
     where ($2 = '' or o.search @@ websearch_to_tsquery('simple', unaccented($2))) and o.boost_of_id is null and (o.restriction = 0 or o.account_id = $1)
       and ($3::int8 is null or o.account_id = $3) and o.id < $4 and o.id > $5 and (not $8 or o.media <> '[]') and (not $9 or o.has_poll) and ($10::text is null or o.language = $10)
       and (o.account_id = $1 or (a.indexable and o.visibility = 0)
         or exists (select 1 from favourites f where f.account_id = $1 and f.post_id = o.id)
         or exists (select 1 from bookmarks m where m.account_id = $1 and m.post_id = o.id)
         or exists (select 1 from mentions m where m.account_id = $1 and m.post_id = o.id)
         or exists (select 1 from poll_votes v where v.account_id = $1 and v.post_id = o.id)
         or exists (select 1 from posts r where r.account_id = $1 and r.boost_of_id = o.id)
         or exists (select 1 from posts r where r.account_id = $1 and r.in_reply_to_id = o.id)
         or exists (select 1 from posts r where r.account_id = $1 and r.quote_of_id = o.id))`,
    "feed",
    `order by k.edge desc limit $6::int offset $7::int`,
  ),
);

export interface TagRow {
  name: string;
  display: string;
}
export const tagByName = statement<[name: string], TagRow>(
  "posts.tag",
  `select name, display from tags where name = $1`,
);
// A tag that stands in no public post says what somebody wrote to a few.
export const searchTags = statement<[query: string, limit: number, offset: number], TagRow>(
  "posts.searchTags",
  `select g.name, g.display from tags g where g.name like '%' || $1 || '%'
     and exists (select 1 from post_tags t join posts p on p.id = t.post_id and p.visibility = 0 and not p.withheld and p.restriction = 0 where t.tag = g.name)
   order by (g.name = $1) desc, g.last_post_id desc limit $2::int offset $3::int`,
);
/** Use of tags per UTC day, newest first. Bounds are ids; a day is 86,400,000 ms shifted by the id's 16 low bits. */
export const tagHistory = statement<
  [names: string[], since: bigint],
  { tag: string; day: bigint; uses: bigint; accounts: bigint }
>(
  "posts.tagHistory",
  `select t.tag, ((t.post_id >> 16) / 86400000) as day, count(*) as uses, count(distinct t.account_id) as accounts
   from post_tags t join posts p on p.id = t.post_id and p.visibility = 0 and not p.withheld and p.restriction = 0 where t.tag = any($1::text[]) and t.post_id >= $2 group by t.tag, day order by t.tag, day desc`,
);
// Trends are what people here talk about: elsewhere others decide what is loud.
export const trendingTags = statement<[since: bigint, limit: number, offset: number], TagRow>(
  "posts.trendingTags",
  `select t.tag as name, max(g.display) as display
   from post_tags t join posts p on p.id = t.post_id and p.visibility = 0 and not p.withheld and p.restriction = 0 join accounts a on a.id = t.account_id and a.discoverable and a.silenced_at is null join tags g on g.name = t.tag
   where t.local and t.post_id >= $1 group by t.tag order by count(distinct t.account_id) desc, count(*) desc, t.tag limit $2::int offset $3::int`,
);
export const trendingPosts = statement<[viewer: bigint | null, since: bigint, limit: number, offset: number], CardText>(
  "posts.trendingPosts",
  cardsOf(
    `select o.id, o.id as edge, s.favourites + 2 * s.boosts + s.replies as score from posts o join post_stats s on s.post_id = o.id
     join accounts a on a.id = o.account_id and a.discoverable and a.silenced_at is null
     where o.id >= $2 and o.uri is null and o.visibility = 0 and o.boost_of_id is null and o.in_reply_to_id is null and not o.withheld and o.restriction = 0 and not o.sensitive and o.spoiler_text = ''
       and s.favourites + s.boosts > 0 order by score desc, o.id desc limit ($3::int + $4::int) * 2`,
    "feed",
    `order by k.score desc, k.edge desc limit $3::int offset $4::int`,
  ),
);

export const counts = statement<[], { posts: bigint }>(
  "posts.count",
  `select coalesce(sum(s.statuses), 0)::int8 as posts from account_stats s join accounts a on a.id = s.account_id and a.domain is null`,
);
/** Posts of this instance; by author, which reads no posts of others. */
export const weekly = statement<[from: bigint], { week: bigint; posts: bigint }>(
  "posts.weekly",
  `select (p.id >> 16) / 604800000 as week, count(*) as posts from accounts a join posts p on p.account_id = a.id and p.id >= $1 where a.domain is null group by 1`,
);
