create table notifications (
  id bigint primary key,
  account_id bigint not null references accounts on delete cascade,
  type text not null,
  from_account_id bigint not null references accounts on delete cascade,
  post_id bigint references posts on delete cascade,
  created_at timestamptz not null default now()
);
create index notifications_account on notifications (account_id, id);
create index notifications_type on notifications (account_id, type, id);
create index notifications_post on notifications (post_id) where post_id is not null;
create index notifications_from on notifications (from_account_id);
-- The same thing is told once, however often its event is handled.
create unique index notifications_once on notifications (account_id, type, from_account_id, coalesce(post_id, 0));
