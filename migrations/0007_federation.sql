-- People and posts of other servers, and what is needed to talk to those servers.
alter table accounts
  -- actor id and page of people elsewhere; null for people of this instance
  add column uri text,
  add column url text,
  add column actor_type text not null default 'Person',
  -- custom emoji of name and texts: [{"shortcode","url","static_url"}]
  add column emojis jsonb not null default '[]',
  add column also_known_as text[] not null default '{}',
  add column moved_to_id bigint references accounts on delete set null,
  add column memorial boolean not null default false,
  -- what holds for somebody because of their domain: 1 suspended, 2 silenced
  add column domain_mark smallint not null default 0;
create unique index accounts_uri on accounts (uri) where uri is not null;
create index accounts_domain on accounts (domain) where domain is not null;
-- People of this instance are few among all.
create index accounts_local on accounts (id) where domain is null;

alter table posts
  add column uri text,
  add column url text,
  add column emojis jsonb not null default '[]',
  -- the answered or quoted post while we do not have it
  add column in_reply_to_uri text,
  add column quote_uri text,
  -- who may answer: 0 everyone, 1 followers, 2 people the author follows, 3 only who is mentioned
  add column reply_policy smallint not null default 0,
  -- an answer its addressee does not want: withheld whatever becomes of its author
  add column refused boolean not null default false,
  -- FEP-044f: address of the permission to quote
  add column quote_approval text;
-- A poll of another server may have no end.
alter table polls alter column expires_at drop not null;
create unique index posts_uri on posts (uri) where uri is not null;
create index posts_missing_parent on posts (in_reply_to_uri) where in_reply_to_uri is not null and in_reply_to_id is null;
create index posts_missing_quote on posts (quote_uri) where quote_uri is not null and quote_of_id is null;
-- The local page must not walk past millions of posts of others, nor theirs past ours.
create index posts_local on posts (id) where visibility = 0 and boost_of_id is null and not withheld and uri is null;
create index posts_local_media on posts (id) where visibility = 0 and boost_of_id is null and not withheld and uri is null and media <> '[]';
create index posts_remote on posts (id) where visibility = 0 and boost_of_id is null and not withheld and uri is not null;
alter table post_tags
  -- of a post of this instance
  add column local boolean not null default true;
create index post_tags_local on post_tags (tag, post_id) where local;
-- What is being talked about here lately.
create index post_tags_local_post on post_tags (post_id) where local;

-- Custom reactions that other servers send as likes: [{"name","count"}] is counted from here.
create table reactions (
  post_id bigint not null references posts on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  name text not null,
  url text,
  primary key (post_id, account_id, name)
);

create table remote_actors (
  account_id bigint primary key references accounts on delete cascade,
  uri text not null unique,
  host text not null,
  inbox text not null,
  shared_inbox text,
  outbox text,
  followers text,
  following text,
  featured text,
  fetched_at timestamptz not null,
  backfilled_at timestamptz,
  -- the origin says that it is gone for good
  gone_at timestamptz
);
create index remote_actors_host on remote_actors (host);

create table remote_keys (
  id text primary key,
  account_id bigint not null references accounts on delete cascade,
  pem text not null,
  fetched_at timestamptz not null
);
create index remote_keys_account on remote_keys (account_id);

-- Signing keys of our people; 0 is the instance itself. They outlive the account: its deletion has to be signed, too.
create table local_keys (
  account_id bigint primary key,
  private_pem text not null,
  public_pem text not null,
  created_at timestamptz not null default now()
);

-- Ids of activities that others may refer to later: follows in both directions, likes of others.
create table known_activities (
  uri text primary key,
  kind text not null check (kind in ('follow', 'like')),
  account_id bigint not null references accounts on delete cascade,
  target_id bigint not null,
  at timestamptz not null default now()
);
create index known_activities_pair on known_activities (account_id, target_id, kind);

-- Incoming: the digest of every activity's id for some days (replays), and what is still to be applied.
create table inbox_seen (
  digest bytea primary key,
  at timestamptz not null default now()
);
create index inbox_seen_at on inbox_seen using brin (at);

create table inbox_queue (
  id bigint primary key,
  -- by sending host, so that what one host says is applied in its order
  lane smallint not null,
  actor text not null,
  body text not null,
  attempts smallint not null default 0,
  received_at timestamptz not null default now()
) with (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
-- Rows live for milliseconds: compressing them, or putting them elsewhere, would cost more than it saves.
alter table inbox_queue alter column body set storage external;
create index inbox_queue_lane on inbox_queue (lane, id);

create table inbox_lanes (
  lane smallint primary key,
  lease_until timestamptz not null default '-infinity'
);
insert into inbox_lanes (lane) select generate_series(0, 15);

-- Ids of objects that were deleted or undone, so that a late creation stays dead.
create table tombstones (
  digest bytea primary key,
  at timestamptz not null default now()
);
create index tombstones_at on tombstones using brin (at);

-- Outgoing: a lane per destination host.
create table delivery_hosts (
  host text primary key,
  failures integer not null default 0,
  window_at timestamptz,
  failing_since timestamptz,
  open_until timestamptz,
  lease_until timestamptz,
  parked_at timestamptz,
  -- signature form that the host understands: cavage or rfc9421
  sig_spec text,
  sig_spec_at timestamptz,
  last_status integer,
  last_error text,
  latency_ms integer
);

create table activity_bodies (
  id bigint primary key,
  body bytea not null,
  digest bytea not null,
  -- deliveries of one object to one host go in sequence
  object_key text,
  created_at timestamptz not null default now()
);

create table deliveries (
  id bigint primary key,
  host text not null references delivery_hosts,
  inbox_url text not null,
  body_id bigint not null references activity_bodies on delete cascade,
  -- whose key signs; 0 is the instance
  actor_id bigint not null,
  -- 0 answers and direct messages, 1 posts, 2 likes and boosts, 3 profiles, 4 moves
  priority smallint not null default 1,
  order_key text,
  attempts smallint not null default 0,
  next_try_at timestamptz not null default now(),
  last_status integer,
  last_error text,
  created_at timestamptz not null default now(),
  unique (body_id, inbox_url)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
create index deliveries_due on deliveries (host, priority, id);

-- What staff decided about other servers. severity: 'noop', 'silence' or 'suspend'.
create table domain_policies (
  domain text primary key,
  id bigint not null unique,
  severity text not null check (severity in ('noop', 'silence', 'suspend')),
  reject_media boolean not null default false,
  reject_reports boolean not null default false,
  private_comment text not null default '',
  public_comment text not null default '',
  obfuscate boolean not null default false,
  created_at timestamptz not null default now()
);

create table domain_allows (
  domain text primary key,
  id bigint not null unique,
  created_at timestamptz not null default now()
);

-- FEP-044f: permissions that our people gave to others to quote a post.
create table quote_authorizations (
  id bigint primary key,
  post_id bigint not null references posts on delete cascade,
  quoting_uri text not null,
  created_at timestamptz not null default now(),
  unique (post_id, quoting_uri)
);

-- Pictures of other servers: fetched, checked and written anew when somebody looks at them; the least recently used go first.
create table remote_media (
  -- first 16 bytes of the SHA-256 of kind and address
  digest bytea primary key,
  url text not null,
  kind text not null check (kind in ('attachment', 'avatar', 'header', 'emoji')),
  -- of the address, with the port when it is not the usual one
  host text not null,
  -- random part of the names of the cached files; null while there are none
  key text,
  mime text,
  -- of all its files
  bytes bigint not null default 0,
  failures smallint not null default 0,
  retry_at timestamptz,
  used_at timestamptz
);
create index remote_media_used on remote_media (used_at, digest) where key is not null;
create unique index remote_media_key on remote_media (key) where key is not null;
