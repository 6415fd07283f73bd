-- Home is written after posting for people who read, and merged at read time for the rest. See docs/adr/0011.
create table home (
  owner_id bigint not null,
  post_id bigint not null,
  primary key (owner_id, post_id)
) with (fillfactor = 90);

create table home_states (
  owner_id bigint primary key references accounts on delete cascade,
  -- rows are complete from this post id on; older pages are merged from the authors
  floor_id bigint not null,
  active_at timestamptz not null,
  -- null while the rows are being written for the first time
  built_at timestamptz
);

-- Authors with too many followers to write to each of them: merged at read time from since_id on.
create table big_accounts (
  account_id bigint primary key references accounts on delete cascade,
  since_id bigint not null
);

-- Posts whose fan-out has not finished: readers look here too, so nobody waits for a job.
create table pending_fanouts (
  post_id bigint primary key references posts on delete cascade,
  account_id bigint not null
);
create index pending_fanouts_account on pending_fanouts (account_id, post_id);

create table markers (
  account_id bigint not null references accounts on delete cascade,
  timeline text not null check (timeline in ('home', 'notifications')),
  last_read_id bigint not null,
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  primary key (account_id, timeline)
);
