-- Changes that wait, so that whoever really owns the account can stop them.
create table account_holds (
  id bigint primary key,
  account_id bigint not null references users on delete cascade,
  kind text not null check (kind in ('email')),
  -- what is going to be: {"email"}
  payload jsonb not null,
  requested_at timestamptz not null,
  due_at timestamptz not null,
  -- of the secret in the letter to the old address
  cancel bytea not null unique,
  state text not null default 'open' check (state in ('open', 'done', 'cancelled'))
);
create unique index account_holds_open on account_holds (account_id, kind) where state = 'open';
create index account_holds_due on account_holds (due_at) where state = 'open';
create index account_holds_account on account_holds (account_id, id);
