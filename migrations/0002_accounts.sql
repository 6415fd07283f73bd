-- People: profiles, log-in, relationships, and the programs they let in.
create table accounts (
  id bigint primary key,
  username text not null,
  -- null for people of this instance
  domain text,
  display_name text not null default '',
  note text not null default '',
  note_html text not null default '',
  -- [{"name","value","value_html","verified_at"}]
  fields jsonb not null default '[]',
  avatar jsonb,
  header jsonb,
  locked boolean not null default false,
  bot boolean not null default false,
  discoverable boolean not null default false,
  indexable boolean not null default false,
  noindex boolean not null default false,
  hide_collections boolean not null default false,
  created_at timestamptz not null default now(),
  suspended_at timestamptz,
  silenced_at timestamptz,
  deleted_at timestamptz
);
create unique index accounts_handle on accounts (lower(username), coalesce(domain, ''));
create index accounts_search on accounts using gin (unaccented(username || ' ' || display_name) gin_trgm_ops);

-- Counters, and the revision by which rendered accounts are cached: every change of what others see of an account raises it.
create table account_stats (
  account_id bigint primary key references accounts on delete cascade,
  rev integer not null default 1,
  followers integer not null default 0,
  following integer not null default 0,
  statuses integer not null default 0,
  last_status_on date
) with (fillfactor = 70);

create table users (
  account_id bigint primary key references accounts on delete cascade,
  email text not null,
  email_confirmed_at timestamptz,
  password_hash text not null,
  role text not null default 'user' check (role in ('user', 'moderator', 'admin', 'owner')),
  approved_at timestamptz,
  reason text not null default '',
  disabled_at timestamptz,
  -- {"locale","theme","posting_visibility","posting_sensitive","posting_language","media","spoilers"}
  preferences jsonb not null default '{}',
  invite_id bigint,
  created_at timestamptz not null default now(),
  last_active_on date
);
create unique index users_email on users (lower(email));
create index users_pending on users (account_id) where approved_at is null;

create table sessions (
  id bigint primary key,
  account_id bigint not null references users on delete cascade,
  digest bytea not null unique,
  user_agent text not null default '',
  ip text not null default '',
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now()
);
create index sessions_account on sessions (account_id, id);

create table mail_tokens (
  digest bytea primary key,
  purpose text not null check (purpose in ('confirm', 'reset')),
  account_id bigint not null references users on delete cascade,
  email text not null,
  expires_at timestamptz not null
);
create index mail_tokens_account on mail_tokens (account_id);

create table invites (
  id bigint primary key,
  code text not null unique,
  created_by bigint not null references users on delete cascade,
  max_uses integer,
  uses integer not null default 0,
  expires_at timestamptz,
  created_at timestamptz not null default now()
);
create index invites_creator on invites (created_by, id);

create table follows (
  account_id bigint not null references accounts on delete cascade,
  target_id bigint not null references accounts on delete cascade,
  id bigint not null,
  show_reblogs boolean not null default true,
  notify boolean not null default false,
  languages text[],
  primary key (account_id, target_id)
);
create index follows_target on follows (target_id, id);
create index follows_notify on follows (target_id) where notify;
create index follows_account on follows (account_id, id);

create table follow_requests (
  account_id bigint not null references accounts on delete cascade,
  target_id bigint not null references accounts on delete cascade,
  id bigint not null,
  show_reblogs boolean not null default true,
  notify boolean not null default false,
  languages text[],
  primary key (account_id, target_id)
);
create index follow_requests_target on follow_requests (target_id, id);

create table blocks (
  account_id bigint not null references accounts on delete cascade,
  target_id bigint not null references accounts on delete cascade,
  id bigint not null,
  primary key (account_id, target_id)
);
create index blocks_target on blocks (target_id);
create index blocks_account on blocks (account_id, id);

create table mutes (
  account_id bigint not null references accounts on delete cascade,
  target_id bigint not null references accounts on delete cascade,
  id bigint not null,
  notifications boolean not null default true,
  expires_at timestamptz,
  primary key (account_id, target_id)
);
create index mutes_account on mutes (account_id, id);

create table account_notes (
  account_id bigint not null references accounts on delete cascade,
  target_id bigint not null references accounts on delete cascade,
  comment text not null,
  primary key (account_id, target_id)
);

create table endorsements (
  account_id bigint not null references accounts on delete cascade,
  target_id bigint not null references accounts on delete cascade,
  id bigint not null,
  primary key (account_id, target_id)
);

create table oauth_apps (
  id bigint primary key,
  client_id text not null unique,
  secret_digest bytea not null,
  name text not null,
  website text,
  redirect_uris text[] not null,
  scopes text[] not null,
  created_at timestamptz not null default now()
);

create table oauth_codes (
  digest bytea primary key,
  app_id bigint not null references oauth_apps on delete cascade,
  account_id bigint not null references users on delete cascade,
  redirect_uri text not null,
  scopes text[] not null,
  code_challenge text,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table oauth_tokens (
  id bigint primary key,
  digest bytea not null unique,
  app_id bigint references oauth_apps on delete cascade,
  -- null for a token of the application itself (client credentials)
  account_id bigint references users on delete cascade,
  scopes text[] not null,
  code_digest bytea,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index oauth_tokens_account on oauth_tokens (account_id, app_id);
create index oauth_tokens_code on oauth_tokens (code_digest) where code_digest is not null;

-- Whom a viewer must not meet: blocked by the viewer, or blocking the viewer. Call these functions in FROM: only there PostgreSQL inlines them.
create function hidden_accounts(viewer bigint) returns table (id bigint) language sql stable rows 10
  as $$ select b.target_id from blocks b where b.account_id = viewer
        union all select b.account_id from blocks b where b.target_id = viewer $$;

-- Whom a viewer does not want to read unasked.
create function muted_accounts(viewer bigint) returns table (id bigint) language sql stable rows 10
  as $$ select m.target_id from mutes m where m.account_id = viewer and (m.expires_at is null or m.expires_at > now()) $$;
