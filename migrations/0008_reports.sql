-- Complaints about people and posts: by people of this instance, and by other servers.
create table reports (
  id bigint primary key,
  -- who complains; the other server's own actor for what comes from there
  account_id bigint not null references accounts on delete cascade,
  target_account_id bigint not null references accounts on delete cascade,
  post_ids bigint[] not null default '{}',
  rule_ids bigint[] not null default '{}',
  category text not null default 'other' check (category in ('spam', 'legal', 'violation', 'other')),
  comment text not null default '',
  forwarded boolean not null default false,
  assigned_id bigint references accounts on delete set null,
  acted_by_id bigint references accounts on delete set null,
  acted_at timestamptz,
  updated_at timestamptz not null default now()
);
create index reports_open on reports (id) where acted_at is null;
create index reports_target on reports (target_account_id, id);
create index reports_reporter on reports (account_id, id);
