import { statement } from "#platform/db/sql.ts";

// Posts of other servers. Many arrive at once, so they are written many at once.

/** What is stored of one, as it goes into the JSON parameter of `receive`. Ids are decimal strings. */
export interface ReceivedJson {
  id: string;
  account_id: string;
  uri: string;
  url: string | null;
  visibility: number;
  in_reply_to_id: string | null;
  in_reply_to_account_id: string | null;
  in_reply_to_uri: string | null;
  quote_of_id: string | null;
  quote_of_account_id: string | null;
  quote_state: number | null;
  quote_uri: string | null;
  quote_approval: string | null;
  conversation_id: string;
  sensitive: boolean;
  has_poll: boolean;
  spoiler_text: string;
  content: string;
  language: string | null;
  quote_policy: number;
  reply_policy: number;
  tags: string[];
  mentions: unknown;
  media: unknown;
  emojis: unknown;
  edited_at: string | null;
  /** Null when nobody may find the post by its words. */
  words: string | null;
  mentioned: string[];
  withheld: boolean;
  refused: boolean;
  /** False for posts that are fetched as background: nobody's home shows them. */
  fan_out: boolean;
}

/** Stores posts; what is there already (by its uri) stays as it is. Answers the stored ones. */
export const receive = statement<[posts: string], { id: bigint }>(
  "posts.receive",
  `with j as (select id, account_id, uri, url, visibility, in_reply_to_id, in_reply_to_account_id, in_reply_to_uri, quote_of_id, quote_of_account_id, quote_state, quote_uri, quote_approval, conversation_id, sensitive, has_poll, spoiler_text, content, language, quote_policy, reply_policy, tags, mentions, media, emojis, edited_at, words, mentioned, withheld, refused, fan_out
     from jsonb_to_recordset($1::jsonb) x(id int8, account_id int8, uri text, url text, visibility int2, in_reply_to_id int8, in_reply_to_account_id int8,
     in_reply_to_uri text, quote_of_id int8, quote_of_account_id int8, quote_state int2, quote_uri text, quote_approval text, conversation_id int8, sensitive bool, has_poll bool,
     spoiler_text text, content text, language text, quote_policy int2, reply_policy int2, tags text[], mentions jsonb, media jsonb, emojis jsonb, edited_at timestamptz, words text,
     mentioned int8[], withheld bool, refused bool, fan_out bool)),
   p as (insert into posts (id, account_id, uri, url, visibility, in_reply_to_id, in_reply_to_account_id, in_reply_to_uri, quote_of_id, quote_of_account_id, quote_state, quote_uri,
       quote_approval, conversation_id, sensitive, has_poll, spoiler_text, content, language, quote_policy, reply_policy, tags, mentions, media, emojis, edited_at, search, withheld, refused)
     select id, account_id, uri, url, visibility, in_reply_to_id, in_reply_to_account_id, in_reply_to_uri, quote_of_id, quote_of_account_id, quote_state, quote_uri, quote_approval,
       conversation_id, sensitive, has_poll, spoiler_text, content, language, quote_policy, reply_policy, tags, mentions, media, emojis, edited_at,
       case when words is not null then to_tsvector('simple', unaccented(words)) end, withheld, refused from j
     on conflict do nothing returning id, account_id, visibility, in_reply_to_id, quote_of_id, quote_state),
   m as (insert into mentions (post_id, account_id) select j.id, a from p join j using (id) cross join unnest(j.mentioned) a on conflict do nothing),
   f as (insert into pending_fanouts (post_id, account_id) select p.id, p.account_id from p join j using (id) where j.fan_out),
   c as (select x.id, sum(x.r)::int as r, sum(x.q)::int as q from
       (select in_reply_to_id as id, 1 as r, 0 as q from p where in_reply_to_id is not null and visibility <= 1
        union all select quote_of_id, 0, 1 from p where quote_of_id is not null and quote_state = 1 and visibility <= 1) x group by x.id order by x.id),
   s as (insert into post_stats (post_id, replies, quotes) select id, r, q from c
     on conflict (post_id) do update set replies = post_stats.replies + excluded.replies, quotes = post_stats.quotes + excluded.quotes)
   select id from p`,
);

/** Hashtags of received posts, three arrays side by side. */
export const receiveTags = statement<[posts: bigint[], accounts: bigint[], names: string[], shown: string[]], never>(
  "posts.receiveTags",
  `with x as (select y.post, y.account, y.name, y.shown from unnest($1::int8[], $2::int8[], $3::text[], $4::text[]) y(post, account, name, shown)),
   t as (insert into tags (name, display, last_post_id) select name, min(shown), max(post) from x group by name order by name
     on conflict (name) do update set last_post_id = greatest(tags.last_post_id, excluded.last_post_id))
   insert into post_tags (tag, post_id, account_id, local) select name, post, account, false from x on conflict do nothing`,
);

export const receivePoll = statement<
  [
    post: bigint,
    options: string[],
    votes: number[],
    voters: number,
    multiple: boolean,
    expires: Date | null,
    closed: Date | null,
  ],
  never
>(
  "posts.receivePoll",
  `insert into polls (post_id, options, votes, voters, multiple, hide_totals, expires_at, closed_at) values ($1, $2, $3, $4, $5, false, $6, $7)
   on conflict (post_id) do update set votes = case when polls.options = excluded.options then excluded.votes else polls.votes end, voters = greatest(polls.voters, excluded.voters),
     expires_at = excluded.expires_at, closed_at = coalesce(polls.closed_at, excluded.closed_at)`,
);

const waiting = (which: "p" | "c"): string =>
  `select c.id, p.id as parent from posts c join posts p on p.uri = c.in_reply_to_uri
   where ${which}.id = any($1::int8[]) and c.in_reply_to_uri is not null and c.in_reply_to_id is null and c.id <> p.id order by c.id`;
/** Posts that came before what they answer: by the new parents, or (what another connection stored meanwhile) by the new children. */
export const waitingAnswers = statement<[parents: bigint[]], { id: bigint; parent: bigint }>(
  "posts.waitingAnswers",
  waiting("p"),
);
export const waitingSelves = statement<[children: bigint[]], { id: bigint; parent: bigint }>(
  "posts.waitingSelves",
  waiting("c"),
);
/** One adoption at a time, so that two that would close a circle together see each other. */
export const lockAdoptions = statement<[], { locked: string }>(
  "posts.lockAdoptions",
  `select pg_advisory_xact_lock(7204, 1)::text as locked`,
);
/** Puts a post below what it answers, unless that stands somewhere below it: strangers' posts can name each other, and no walk leaves a circle. */
export const adoptAnswer = statement<
  [child: bigint, parent: bigint],
  { id: bigint; conversation_id: bigint; new_conversation: bigint }
>(
  "posts.adoptAnswer",
  `with recursive up as (
     select q.id, q.in_reply_to_id from posts q where q.id = $2
     union
     select q.id, q.in_reply_to_id from up join posts q on q.id = up.in_reply_to_id),
   u as (
     update posts c set in_reply_to_id = p.id, in_reply_to_account_id = p.account_id, rev = c.rev + 1
     from posts p where c.id = $1 and p.id = $2 and c.in_reply_to_id is null and not exists (select 1 from up where up.id = $1)
     returning c.id, c.visibility, c.conversation_id, p.id as parent, p.conversation_id as new_conversation),
   s as (insert into post_stats (post_id, replies) select parent, 1 from u where visibility <= 1
     on conflict (post_id) do update set replies = post_stats.replies + excluded.replies)
   select id, conversation_id, new_conversation from u`,
);
export const joinConversation = statement<[from: bigint, to: bigint], never>(
  "posts.joinConversation",
  `update posts set conversation_id = $2 where conversation_id = $1 and conversation_id <> $2`,
);

export interface KnownPost {
  id: bigint;
  uri: string;
  account_id: bigint;
  conversation_id: bigint;
  visibility: number;
  boost_of_id: bigint | null;
  reply_policy: number;
  quote_policy: number;
}
const known = `p.id, coalesce(p.uri, '') as uri, p.account_id, p.conversation_id, p.visibility, p.boost_of_id, p.reply_policy, p.quote_policy`;
/** Posts of other servers by object id. */
export const postsByUris = statement<[uris: string[]], KnownPost>(
  "posts.byUris",
  `select ${known} from posts p where p.uri = any($1::text[])`,
);
/** Posts of this instance by id, as `postsByUris` gives them; `uri` is empty. */
export const localByIds = statement<[ids: bigint[]], KnownPost>(
  "posts.localByIds",
  `select p.id, coalesce(p.uri, '') as uri, p.account_id, p.conversation_id, p.visibility, p.boost_of_id, p.reply_policy, p.quote_policy
   from posts p where p.id = any($1::int8[]) and p.uri is null`,
);

export const updateReceived = statement<
  [
    id: bigint,
    spoiler: string,
    content: string,
    sensitive: boolean,
    language: string | null,
    tags: string[],
    mentions: string,
    media: string,
    emojis: string,
    hasPoll: boolean,
    words: string | null,
    quotePolicy: number,
    replyPolicy: number,
    editedAt: Date | null,
  ],
  { id: bigint }
>(
  "posts.updateReceived",
  `update posts set spoiler_text = $2, content = $3, sensitive = $4, language = $5, tags = $6, mentions = $7::jsonb, media = $8::jsonb, emojis = $9::jsonb, has_poll = $10,
     search = case when $11::text is not null then to_tsvector('simple', unaccented($11)) end, quote_policy = $12, reply_policy = $13, edited_at = coalesce($14, edited_at), rev = rev + 1
   where id = $1 returning id`,
);
export const setReportedCounts = statement<[id: bigint, likes: number | null, shares: number | null], never>(
  "posts.setReportedCounts",
  `insert into post_stats (post_id, favourites, boosts) values ($1, coalesce($2, 0), coalesce($3, 0))
   on conflict (post_id) do update set favourites = coalesce(greatest($2, (select count(*) from favourites f where f.post_id = $1))::int, post_stats.favourites),
     boosts = coalesce(greatest($3, (select count(*) from posts b where b.boost_of_id = $1))::int, post_stats.boosts)`,
);
export const setQuote = statement<
  [id: bigint, of: bigint | null, account: bigint | null, state: number, approval: string | null],
  { id: bigint; visibility: number }
>(
  "posts.setQuote",
  `update posts set quote_of_id = coalesce($2, quote_of_id), quote_of_account_id = coalesce($3, quote_of_account_id), quote_state = $4, quote_approval = coalesce($5, quote_approval), rev = rev + 1
   where id = $1 returning id, visibility`,
);
export const lockReceived = statement<[id: bigint], { id: bigint }>(
  "posts.lockReceived",
  `select id from posts where id = $1 for update`,
);
export const addReaction = statement<
  [post: bigint, account: bigint, name: string, url: string | null],
  { post_id: bigint }
>(
  "posts.addReaction",
  `insert into reactions (post_id, account_id, name, url) values ($1, $2, $3, $4) on conflict do nothing returning post_id`,
);
export const removeReactions = statement<[post: bigint, account: bigint], { post_id: bigint }>(
  "posts.removeReactions",
  `delete from reactions where post_id = $1 and account_id = $2 returning post_id`,
);
export const reactionsOf = statement<
  [posts: bigint[]],
  { post_id: bigint; name: string; url: string | null; count: bigint }
>(
  "posts.reactionsOf",
  `select post_id, name, min(url) as url, count(*) as count from reactions where post_id = any($1::int8[]) group by post_id, name order by count(*) desc, name`,
);
export const bumpRev = statement<[id: bigint], never>("posts.bumpRev", `update posts set rev = rev + 1 where id = $1`);
export const setPinnedReceived = statement<[account: bigint, ids: bigint[]], never>(
  "posts.setPinnedReceived",
  `update posts set pinned_at = case when id = any($2::int8[]) then coalesce(pinned_at, now()) end
   where account_id = $1 and (pinned_at is not null or id = any($2::int8[])) and boost_of_id is null and visibility <= 1`,
);
export const recountVotes = statement<[post: bigint, votes: number[]], never>(
  "posts.recountVotes",
  `update polls set votes = $2 where post_id = $1`,
);
export const quoteOf = statement<
  [id: bigint],
  { quote_state: number | null; quote_of_id: bigint | null; quote_uri: string | null; account_id: bigint }
>("posts.quoteOf", `select quote_state, quote_of_id, quote_uri, account_id from posts where id = $1 for update`);
