-- Where programs want to be told (Web Push, RFC 8030). A subscription belongs to a token, and goes with it.
create table push_subscriptions (
  id bigint primary key,
  token_id bigint not null unique references oauth_tokens on delete cascade,
  account_id bigint not null references users on delete cascade,
  endpoint text not null,
  -- base64url: the program's public key (65 bytes) and its secret (16 bytes), RFC 8291
  p256dh text not null,
  auth text not null,
  -- {"mention": true, ...}: types of notifications that are wanted
  alerts jsonb not null default '{}',
  policy text not null default 'all' check (policy in ('all', 'followed', 'follower', 'none')),
  -- false: the drafts before RFC 8291 and 8292, which older programs speak
  standard boolean not null default false,
  -- refusals in a row
  failures integer not null default 0,
  created_at timestamptz not null default now()
);
create index push_subscriptions_account on push_subscriptions (account_id, id);

-- The one key pair by which push services know this instance (VAPID, RFC 8292). Subscriptions are bound to it, so it never changes.
create table push_keys (
  id smallint primary key default 1 check (id = 1),
  public_key text not null,
  private_key text not null,
  created_at timestamptz not null default now()
);
