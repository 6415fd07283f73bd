-- The meme studio: what was asked for, what came of it, memes, votes, the monthly pool.

-- Somebody's wish for memes and how it goes. The truth about a generation; the job queue only starts the work.
create table meme_generations (
  id bigint primary key,
  account_id bigint not null references accounts on delete cascade,
  idempotency_key text,
  prompt text not null,
  lang text not null,
  n smallint not null check (n between 1 and 8),
  -- stage, bank, chat, gguf, picture: what was wanted
  engine text not null,
  -- one's own picture under the captions
  photo_id bigint,
  photo_alt text,
  seed integer not null,
  state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  -- why another engine answered, or none: a stable word
  notice text,
  -- hold in the ledger and what of it was taken, in thousandths of a credit
  hold_id bigint,
  price bigint not null default 0 check (price >= 0),
  captured bigint not null default 0 check (captured >= 0),
  attempts smallint not null default 0,
  lease_until timestamptz,
  created_at timestamptz not null,
  finished_at timestamptz,
  constraint meme_generations_once unique (account_id, idempotency_key)
);
create index meme_generations_account on meme_generations (account_id, id);
create index meme_generations_open on meme_generations (lease_until) where state in ('queued', 'running');

create table meme_variants (
  id bigint primary key,
  generation_id bigint not null references meme_generations on delete cascade,
  account_id bigint not null,
  position smallint not null,
  doc jsonb not null,
  alt text not null,
  engine text not null,
  engine_kind text not null check (engine_kind in ('stage', 'bank', 'ai')),
  -- the model, for engine_kind ai
  model text,
  mechanism text,
  chips text[] not null default '{}',
  source_ids text[] not null default '{}',
  -- thousandths of a credit that were taken for it
  price bigint not null default 0 check (price >= 0),
  -- part of the address of its picture, not to be guessed
  key text not null unique,
  photo_key text,
  unique (generation_id, position)
);

create table memes (
  id bigint primary key,
  account_id bigint not null references accounts on delete cascade,
  doc jsonb not null,
  alt text not null,
  lang text not null,
  format text not null,
  mechanism text,
  engine text not null,
  engine_kind text not null check (engine_kind in ('stage', 'bank', 'ai')),
  model text,
  variant_id bigint,
  key text not null unique,
  -- file of the picture under the captions, in the blob store; a remix shows the same one
  photo_key text,
  -- rows that exist only: so there are no circles
  parent_id bigint references memes on delete set null,
  root_id bigint,
  depth smallint not null default 0 check (depth between 0 and 64),
  -- who is credited although the parent is gone
  parent_account_id bigint,
  remix_policy text not null default 'anyone' check (remix_policy in ('anyone', 'followers', 'none')),
  state text not null default 'draft' check (state in ('draft', 'published', 'removed')),
  post_id bigint,
  up integer not null default 0 check (up >= 0),
  down integer not null default 0 check (down >= 0),
  -- of these, from accounts that were new when they voted: together they weigh as much as their square root
  fresh_up integer not null default 0 check (fresh_up between 0 and up),
  fresh_down integer not null default 0 check (fresh_down between 0 and down),
  remixes integer not null default 0 check (remixes >= 0),
  impressions integer not null default 0,
  -- Wilson lower bound (z = 1.96) of up among up + down; hot falls with age
  wilson double precision not null default 0,
  hot double precision not null default 0,
  -- 0 younger than a day, 1 than 30 days, 2 older: so that "top of the month" is one range of an index
  age smallint not null default 0,
  created_at timestamptz not null,
  published_at timestamptz
);
create index memes_account on memes (account_id, id);
create index memes_parent on memes (parent_id, id) where parent_id is not null;
create index memes_root on memes (root_id, id) where root_id is not null;
create unique index memes_post on memes (post_id) where post_id is not null;
create index memes_drafts on memes (created_at) where state = 'draft';
create index memes_new on memes (id) where state = 'published';
create index memes_hot on memes (hot, id) where state = 'published';
create index memes_top on memes (wilson, id) where state = 'published';
create index memes_top_month on memes (wilson, id) where state = 'published' and age <= 1;
create index memes_top_day on memes (wilson, id) where state = 'published' and age = 0;
create index memes_fresh on memes (impressions, id) where state = 'published' and age = 0 and impressions < 100;
create index memes_format on memes (format, id) where state = 'published';
create index memes_ageing on memes (published_at) where state = 'published' and age < 2;

create table meme_votes (
  meme_id bigint not null references memes on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  value smallint not null check (value in (-1, 1)),
  -- the account was younger than a week
  fresh boolean not null,
  at timestamptz not null,
  primary key (meme_id, account_id)
);
create index meme_votes_account on meme_votes (account_id, at);

-- Every finished file, so that it can be told where it came from after others have taken its marks away.
create table meme_files (
  sha256 bytea primary key,
  key text not null,
  meme_id bigint,
  engine text not null,
  engine_kind text not null,
  model text,
  source_type text not null,
  mime text not null,
  created_at timestamptz not null
);
create index meme_files_key on meme_files (key);

-- What things cost, in thousandths of a credit; the row with the latest effective_from that has come counts.
create table meme_prices (
  item text not null,
  effective_from timestamptz not null,
  price bigint not null check (price >= 0),
  primary key (item, effective_from)
);
insert into meme_prices (item, effective_from, price) values
  ('captions', '2026-01-01T00:00:00Z', 1000),
  ('picture', '2026-01-01T00:00:00Z', 4000);

-- What engines cost on a UTC day, in micro-euro: estimated before, corrected after.
create table meme_engine_days (
  engine text not null,
  day date not null,
  cost bigint not null default 0,
  calls integer not null default 0,
  failed integer not null default 0,
  captured bigint not null default 0,
  primary key (engine, day)
);

-- Jokes somebody has seen, for 30 days.
create table meme_seen (
  account_id bigint not null references accounts on delete cascade,
  source_id text not null,
  at timestamptz not null,
  primary key (account_id, source_id)
);
create index meme_seen_at on meme_seen (at);

-- Pictures people offer as templates for everybody.
create table meme_templates (
  id bigint primary key,
  account_id bigint not null references accounts on delete cascade,
  name text not null,
  alt text not null,
  -- where captions go: [{"x","y","w","h"}] in units of 1080
  zones jsonb not null,
  licence text not null check (licence in ('own', 'CC0', 'CC-BY', 'CC-BY-SA')),
  credit text not null default '',
  photo_key text not null,
  aspect double precision not null check (aspect > 0),
  sha256 bytea not null unique,
  state text not null default 'pending' check (state in ('pending', 'approved', 'refused')),
  reviewed_by bigint,
  reviewed_at timestamptz,
  created_at timestamptz not null
);
create index meme_templates_state on meme_templates (state, id);

-- The monthly pool: a share of what was paid for memes, for those who made the best ones.
create table meme_pools (
  -- 202611
  month integer primary key,
  state text not null check (state in ('held', 'paid')),
  formula smallint not null,
  -- of what was counted: whoever runs it again gets the same
  snapshot_sha256 bytea not null,
  amount bigint not null,
  paid bigint not null default 0,
  closed_at timestamptz not null,
  payable_at timestamptz not null,
  paid_at timestamptz
);
create table meme_pool_shares (
  month integer not null references meme_pools,
  account_id bigint not null,
  score double precision not null,
  voters integer not null,
  amount bigint not null check (amount >= 0),
  primary key (month, account_id)
);

-- How memes are ordered; modules/memes/rank.ts says the same.

-- Votes of new accounts weigh together as much as their square root.
create function meme_weight(votes integer, fresh integer) returns double precision language sql immutable parallel safe
  return votes - fresh + sqrt(greatest(0, fresh)::float8);
-- Lower bound of the Wilson score interval, z = 1.96.
create function meme_wilson(up double precision, down double precision) returns double precision language sql immutable parallel safe
  return case when up + down <= 0 then 0 else
    (up / (up + down) + 3.8416 / (2 * (up + down))
     - 1.96 * sqrt(greatest(0, up / (up + down) * (down / (up + down)) + 3.8416 / (4 * (up + down))) / (up + down))) / (1 + 3.8416 / (up + down)) end;
create function meme_hot(up double precision, down double precision, hours double precision) returns double precision language sql immutable parallel safe
  return meme_wilson(up, down) * (ln(2 + up + down) / ln(2::float8)) / power(greatest(0, hours) + 2, 1.5);
