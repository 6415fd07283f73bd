-- Uploaded pictures. Files lie in the blob store under `key`; a row exists only when all its files do.
create table media (
  id bigint primary key,
  account_id bigint not null references accounts on delete cascade,
  -- set when a post carries the picture; uploads without a post are removed after a day
  post_id bigint,
  kind text not null check (kind in ('image', 'gifv', 'video', 'audio')),
  key text not null,
  mime text not null,
  bytes bigint not null,
  description text not null default '',
  blurhash text,
  -- {"original":{"width","height","size","aspect"},"small":{...},"focus":{"x","y"}}
  meta jsonb not null,
  sha256 bytea not null,
  created_at timestamptz not null default now()
);
create index media_account on media (account_id, id);
create index media_post on media (post_id) where post_id is not null;
create index media_orphans on media (created_at) where post_id is null;
