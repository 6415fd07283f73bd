import { statement } from "#platform/db/sql.ts";
import type { Imposed } from "./sql-moderation.ts";

// What writes posts.

export const insertPost = statement<
  [
    id: bigint,
    account: bigint,
    visibility: number,
    replyTo: bigint | null,
    replyToAccount: bigint | null,
    quoteOf: bigint | null,
    quoteAccount: bigint | null,
    quoteState: number | null,
    conversation: bigint,
    sensitive: boolean,
    hasPoll: boolean,
    spoiler: string,
    text: string,
    content: string,
    language: string | null,
    quotePolicy: number,
    tags: string[],
    mentions: string,
    media: string,
    appName: string | null,
    appWebsite: string | null,
    searchText: string,
    mentioned: bigint[],
    fanOut: boolean,
    replyPolicy: number,
  ],
  { id: bigint }
>(
  "posts.insert",
  `with p as (
     insert into posts (id, account_id, visibility, in_reply_to_id, in_reply_to_account_id, quote_of_id, quote_of_account_id, quote_state, conversation_id, sensitive, has_poll,
       spoiler_text, text, content, language, quote_policy, tags, mentions, media, app_name, app_website, search, reply_policy)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18::jsonb, $19::jsonb, $20, $21, to_tsvector('simple', unaccented($22)), $25)
     returning id, account_id
   ), m as (insert into mentions (post_id, account_id) select p.id, x from p, unnest($23::int8[]) x)
   , f as (insert into pending_fanouts (post_id, account_id) select id, account_id from p where $24)
   select id from p`,
);

export const insertTags = statement<[post: bigint, account: bigint, names: string[], shown: string[]], never>(
  "posts.insertTags",
  `with t as (insert into tags (name, display, last_post_id) select n, d, $1 from unnest($3::text[], $4::text[]) x(n, d)
     on conflict (name) do update set last_post_id = greatest(tags.last_post_id, excluded.last_post_id))
   insert into post_tags (tag, post_id, account_id) select n, $1, $2 from unnest($3::text[]) n on conflict do nothing`,
);
export const clearTags = statement<[post: bigint], never>(
  "posts.clearTags",
  `delete from post_tags where post_id = $1`,
);

export const claimKey = statement<[account: bigint, key: string, post: bigint], { post_id: bigint }>(
  "posts.claimKey",
  `insert into idempotency_keys (account_id, key, post_id) values ($1, $2, $3)
   on conflict (account_id, key) do update set post_id = case when idempotency_keys.at < now() - interval '1 hour' then excluded.post_id else idempotency_keys.post_id end,
     at = case when idempotency_keys.at < now() - interval '1 hour' then now() else idempotency_keys.at end
   returning post_id`,
);
export const sweepKeys = statement<[], never>(
  "posts.sweepKeys",
  `delete from idempotency_keys where at < now() - interval '1 day'`,
);

export const addPostStats = statement<
  [post: bigint, replies: number, boosts: number, favourites: number, quotes: number],
  never
>(
  "posts.addStats",
  `insert into post_stats (post_id, replies, boosts, favourites, quotes) values ($1, greatest(0, $2::int), greatest(0, $3::int), greatest(0, $4::int), greatest(0, $5::int))
   on conflict (post_id) do update set replies = greatest(0, post_stats.replies + $2::int), boosts = greatest(0, post_stats.boosts + $3::int),
     favourites = greatest(0, post_stats.favourites + $4::int), quotes = greatest(0, post_stats.quotes + $5::int)`,
);

export interface PostRow {
  id: bigint;
  account_id: bigint;
  visibility: number;
  in_reply_to_id: bigint | null;
  in_reply_to_account_id: bigint | null;
  boost_of_id: bigint | null;
  boost_of_account_id: bigint | null;
  quote_of_id: bigint | null;
  quote_state: number | null;
  conversation_id: bigint;
  rev: number;
  sensitive: boolean;
  has_poll: boolean;
  spoiler_text: string;
  text: string;
  content: string;
  language: string | null;
  quote_policy: number;
  tags: string[];
  mentions: StoredMention[];
  media: unknown[];
  app_name: string | null;
  app_website: string | null;
  edited_at: Date | null;
  pinned: boolean;
  /** Object id and page of a post of another server; null for posts of this instance. */
  uri: string | null;
  url: string | null;
  emojis: StoredPostEmoji[];
  /** What it answers or quotes, while we do not have that. */
  in_reply_to_uri: string | null;
  quote_uri: string | null;
  /** See `REPLY_POLICY`. */
  reply_policy: number;
  /** FEP-044f: address of the permission to quote. */
  quote_approval: string | null;
  /** See `RESTRICTIONS`. */
  restriction: number;
  /** What moderators say about it. */
  labels: string[];
  imposed: Imposed | null;
}

/** A custom emoji of another server; `url` is a path of ours that fetches it. */
export interface StoredPostEmoji {
  shortcode: string;
  url: string;
  static_url: string;
}

/** A person named in a post. */
export interface StoredMention {
  id: string;
  username: string;
  acct: string;
  /** Page of a person of another server. */
  url?: string | undefined;
  /** Actor id of a person of another server. */
  uri?: string | undefined;
}

export const postColumns = `p.id, p.account_id, p.visibility, p.in_reply_to_id, p.in_reply_to_account_id, p.boost_of_id, p.boost_of_account_id, p.quote_of_id, p.quote_state, p.conversation_id, p.rev,
  p.sensitive, p.has_poll, p.spoiler_text, p.text, p.content, p.language, p.quote_policy, p.tags, p.mentions, p.media, p.app_name, p.app_website, p.edited_at, p.pinned_at is not null as pinned,
  p.uri, p.url, p.emojis, p.in_reply_to_uri, p.quote_uri, p.reply_policy, p.quote_approval, p.restriction, p.labels, p.imposed`;

/** A post if the viewer may see it. */
export const visiblePost = statement<[viewer: bigint | null, id: bigint], PostRow>(
  "posts.visible",
  `select ${postColumns} from visible_posts($1) p where p.id = $2`,
);

export const lockOwn = statement<[id: bigint, account: bigint], PostRow>(
  "posts.lockOwn",
  `select ${postColumns} from posts p where p.id = $1 and p.account_id = $2 for update`,
);

export const updatePost = statement<
  [
    id: bigint,
    spoiler: string,
    text: string,
    content: string,
    sensitive: boolean,
    language: string | null,
    tags: string[],
    mentions: string,
    media: string,
    hasPoll: boolean,
    searchText: string,
    quotePolicy: number,
  ],
  { id: bigint }
>(
  "posts.update",
  `update posts set spoiler_text = $2, text = $3, content = $4, sensitive = $5, language = $6, tags = $7, mentions = $8::jsonb, media = $9::jsonb, has_poll = $10,
     search = to_tsvector('simple', unaccented($11)), quote_policy = $12, edited_at = now(), rev = rev + 1
   where id = $1 returning id`,
);
export const setQuotePolicy = statement<[id: bigint, policy: number], never>(
  "posts.setQuotePolicy",
  `update posts set quote_policy = $2, rev = rev + 1 where id = $1`,
);

export const insertEdit = statement<
  [
    post: bigint,
    at: Date,
    content: string,
    text: string,
    spoiler: string,
    sensitive: boolean,
    media: string,
    options: string[] | null,
  ],
  never
>(
  "posts.insertEdit",
  `insert into post_edits (post_id, at, content, text, spoiler_text, sensitive, media, poll_options) values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8) on conflict do nothing`,
);

export const syncMentions = statement<[post: bigint, accounts: bigint[]], { account_id: bigint }>(
  "posts.syncMentions",
  `with gone as (delete from mentions where post_id = $1 and account_id <> all ($2::int8[]))
   insert into mentions (post_id, account_id) select $1, x from unnest($2::int8[]) x on conflict do nothing returning account_id`,
);

export const boostersOf = statement<[id: bigint], { account_id: bigint }>(
  "posts.boostersOf",
  `select account_id from posts where boost_of_id = $1 order by account_id`,
);
/** Answers lose what they point to: whoever has them rendered must render anew. */
export const bumpAnswers = statement<[id: bigint], never>(
  "posts.bumpAnswers",
  `update posts set rev = rev + 1 where in_reply_to_id = $1 or quote_of_id = $1`,
);
export const uriOf = statement<[id: bigint], { uri: string | null }>(
  "posts.uriOf",
  `select uri from posts where id = $1`,
);
export const deletePost = statement<[id: bigint], never>("posts.delete", `delete from posts where id = $1`);

export const insertBoost = statement<
  [
    id: bigint,
    account: bigint,
    visibility: number,
    of: bigint,
    ofAccount: bigint,
    conversation: bigint,
    uri: string | null,
  ],
  { id: bigint }
>(
  "posts.insertBoost",
  `with p as (
     insert into posts (id, account_id, visibility, boost_of_id, boost_of_account_id, conversation_id, uri, withheld) select $1, $2, $3, $4, $5, $6, $7, coalesce((select o.withheld from posts o where o.id = $4), false)
     on conflict do nothing returning id, account_id
   ), f as (insert into pending_fanouts (post_id, account_id) select id, account_id from p)
   select id from p`,
);
export const findBoost = statement<[of: bigint, account: bigint], { id: bigint }>(
  "posts.findBoost",
  `select id from posts where boost_of_id = $1 and account_id = $2`,
);

export const insertFavourite = statement<[account: bigint, post: bigint, id: bigint], { id: bigint }>(
  "posts.favourite",
  `insert into favourites (account_id, post_id, id) values ($1, $2, $3) on conflict do nothing returning id`,
);
export const deleteFavourite = statement<[account: bigint, post: bigint], { id: bigint }>(
  "posts.unfavourite",
  `delete from favourites where account_id = $1 and post_id = $2 returning id`,
);
export const insertBookmark = statement<[account: bigint, post: bigint, id: bigint], { id: bigint }>(
  "posts.bookmark",
  `insert into bookmarks (account_id, post_id, id) values ($1, $2, $3) on conflict do nothing returning id`,
);
export const deleteBookmark = statement<[account: bigint, post: bigint], { id: bigint }>(
  "posts.unbookmark",
  `delete from bookmarks where account_id = $1 and post_id = $2 returning id`,
);
export const muteConversation = statement<[account: bigint, conversation: bigint], never>(
  "posts.muteConversation",
  `insert into conversation_mutes (account_id, conversation_id) values ($1, $2) on conflict do nothing`,
);
export const unmuteConversation = statement<[account: bigint, conversation: bigint], never>(
  "posts.unmuteConversation",
  `delete from conversation_mutes where account_id = $1 and conversation_id = $2`,
);
export const lockPins = statement<[account: bigint], { n: bigint }>(
  "posts.countPins",
  `select count(*) as n from (select id from posts where account_id = $1 and pinned_at is not null for update) x`,
);
export const setPinned = statement<[id: bigint, pinned: boolean], never>(
  "posts.setPinned",
  `update posts set pinned_at = case when $2 then coalesce(pinned_at, now()) end where id = $1`,
);
export const setQuoteState = statement<[id: bigint, state: number], never>(
  "posts.setQuoteState",
  `update posts set quote_state = $2, rev = rev + 1 where id = $1`,
);

export const withholdAuthor = statement<[account: bigint, withheld: boolean], never>(
  "posts.withholdAuthor",
  `update posts set withheld = $2 where (account_id = $1 or (boost_of_id is not null and boost_of_account_id = $1)) and withheld <> $2
     and ($2 or (not refused and restriction < 2 and not exists (select 1 from posts w where w.id = posts.boost_of_id and w.restriction >= 2) and not exists (select 1 from accounts a where a.id in (posts.account_id, posts.boost_of_account_id) and a.id <> $1 and a.suspended_at is not null)))`,
);
export const someOfAuthor = statement<[account: bigint, limit: number], { id: bigint }>(
  "posts.someOfAuthor",
  `select id from posts where account_id = $1 order by id limit $2::int`,
);
export const forgetInteractions = statement<[account: bigint], never>(
  "posts.forgetInteractions",
  `with f as (delete from favourites where account_id = $1 returning post_id),
     s as (update post_stats set favourites = greatest(0, favourites - 1) where post_id in (select post_id from f)),
     b as (delete from bookmarks where account_id = $1)
   delete from mentions where account_id = $1`,
);
