-- Posts and what people do with them. visibility: 0 public, 1 unlisted, 2 followers, 3 direct.
create table posts (
  id bigint primary key,
  account_id bigint not null references accounts on delete cascade,
  visibility smallint not null check (visibility between 0 and 3),
  in_reply_to_id bigint references posts on delete set null,
  in_reply_to_account_id bigint,
  boost_of_id bigint references posts on delete cascade,
  boost_of_account_id bigint,
  quote_of_id bigint references posts on delete set null,
  quote_of_account_id bigint,
  quote_state smallint,
  conversation_id bigint not null,
  rev integer not null default 1,
  sensitive boolean not null default false,
  -- hidden by suspension of the author or by moderation; boosts carry the flag of what they boost
  withheld boolean not null default false,
  has_poll boolean not null default false,
  spoiler_text text not null default '',
  text text not null default '',
  content text not null default '',
  language text,
  -- who may quote: 0 everyone, 1 followers, 2 nobody
  quote_policy smallint not null default 0,
  tags text[] not null default '{}',
  -- [{"id","username","acct","url"}]
  mentions jsonb not null default '[]',
  -- Mastodon's MediaAttachment entities without their urls' origin
  media jsonb not null default '[]',
  app_name text,
  app_website text,
  edited_at timestamptz,
  pinned_at timestamptz,
  search tsvector,
  check (boost_of_id is null or quote_of_id is null)
);
create index posts_account on posts (account_id, id);
create index posts_reply on posts (in_reply_to_id, id) where in_reply_to_id is not null;
create index posts_quote on posts (quote_of_id, id) where quote_of_id is not null;
create unique index posts_boost on posts (boost_of_id, account_id) where boost_of_id is not null;
create index posts_boost_author on posts (boost_of_account_id) where boost_of_id is not null;
create index posts_conversation on posts (conversation_id, id);
create index posts_public on posts (id) where visibility = 0 and boost_of_id is null and not withheld;
create index posts_public_media on posts (id) where visibility = 0 and boost_of_id is null and not withheld and media <> '[]';
create index posts_media on posts (account_id, id) where media <> '[]' and boost_of_id is null;
create index posts_pinned on posts (account_id, pinned_at) where pinned_at is not null;
create index posts_search on posts using gin (search) where search is not null;

create table post_stats (
  post_id bigint primary key references posts on delete cascade,
  replies integer not null default 0,
  boosts integer not null default 0,
  favourites integer not null default 0,
  quotes integer not null default 0
) with (fillfactor = 80);

create table post_edits (
  post_id bigint not null references posts on delete cascade,
  at timestamptz not null,
  content text not null,
  text text not null,
  spoiler_text text not null,
  sensitive boolean not null,
  media jsonb not null,
  poll_options text[],
  primary key (post_id, at)
);

create table mentions (
  post_id bigint not null references posts on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  primary key (post_id, account_id)
);
create index mentions_account on mentions (account_id, post_id);

create table tags (
  name text primary key,
  display text not null,
  last_post_id bigint not null default 0
);
create index tags_search on tags using gin (name gin_trgm_ops);

create table post_tags (
  tag text not null,
  post_id bigint not null references posts on delete cascade,
  account_id bigint not null,
  primary key (tag, post_id)
);
create index post_tags_post on post_tags (post_id);

create table polls (
  post_id bigint primary key references posts on delete cascade,
  options text[] not null,
  votes integer[] not null,
  voters integer not null default 0,
  multiple boolean not null,
  hide_totals boolean not null,
  expires_at timestamptz not null,
  closed_at timestamptz
);
create index polls_open on polls (expires_at) where closed_at is null;

create table poll_votes (
  post_id bigint not null references polls on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  choice smallint not null,
  primary key (post_id, account_id, choice)
);

create table favourites (
  account_id bigint not null references accounts on delete cascade,
  post_id bigint not null references posts on delete cascade,
  id bigint not null,
  primary key (account_id, post_id)
);
create index favourites_list on favourites (account_id, id);
create index favourites_post on favourites (post_id, id);

create table bookmarks (
  account_id bigint not null references accounts on delete cascade,
  post_id bigint not null references posts on delete cascade,
  id bigint not null,
  primary key (account_id, post_id)
);
create index bookmarks_list on bookmarks (account_id, id);
create index bookmarks_post on bookmarks (post_id);

create table conversation_mutes (
  account_id bigint not null references accounts on delete cascade,
  conversation_id bigint not null,
  primary key (account_id, conversation_id)
);

create table idempotency_keys (
  account_id bigint not null references accounts on delete cascade,
  key text not null,
  post_id bigint not null,
  at timestamptz not null default now(),
  primary key (account_id, key)
);
create index idempotency_keys_at on idempotency_keys (at);

-- THE rule of who may see what. Every statement that reads posts for somebody goes through this function or feed_posts below; PostgreSQL inlines both into the statement.
create function visible_posts(viewer bigint) returns setof posts language sql stable rows 1000
  as $$
    select p.* from posts p
    where not p.withheld
      and (p.visibility <= 1
        or p.account_id = viewer
        or (p.visibility = 2 and exists (select 1 from follows f where f.account_id = viewer and f.target_id = p.account_id))
        or exists (select 1 from mentions m where m.post_id = p.id and m.account_id = viewer))
      and not array[p.account_id, p.boost_of_account_id] && array(select h.id from hidden_accounts(viewer) h)
  $$;

-- What timelines show: visible posts without muted people, neither as authors nor boosted.
create function feed_posts(viewer bigint) returns setof posts language sql stable rows 1000
  as $$
    select p.* from visible_posts(viewer) p
    where not array[p.account_id, p.boost_of_account_id] && array(select m.id from muted_accounts(viewer) m)
  $$;
