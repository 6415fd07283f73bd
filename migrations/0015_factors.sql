-- How people prove who they are besides the password, where they were seen, and what happened to their account.

create table account_totp (
  account_id bigint primary key references users on delete cascade,
  -- encrypted with a key that is not in the database
  secret bytea not null,
  -- null until a first code was right
  confirmed_at timestamptz,
  -- the last time step of which a code was taken: none is taken twice
  last_step bigint not null default 0,
  failures integer not null default 0,
  failing_since timestamptz
);

create table recovery_codes (
  account_id bigint not null references users on delete cascade,
  digest bytea not null,
  used_at timestamptz,
  primary key (account_id, digest)
);

create table passkeys (
  id bigint primary key,
  account_id bigint not null references users on delete cascade,
  credential_id text not null unique,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}',
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_account on passkeys (account_id, id);

-- Questions that were put to an authenticator: each is answered once.
create table passkey_challenges (
  digest bytea primary key,
  -- whose passkey it is to become; null for a log-in
  account_id bigint references users on delete cascade,
  expires_at timestamptz not null
);
create index passkey_challenges_account on passkey_challenges (account_id) where account_id is not null;

-- Somebody gave the right password and owes a code.
create table login_steps (
  digest bytea primary key,
  account_id bigint not null references users on delete cascade,
  expires_at timestamptz not null
);
create index login_steps_account on login_steps (account_id);

create table known_devices (
  account_id bigint not null references users on delete cascade,
  digest bytea not null,
  seen_at timestamptz not null,
  primary key (account_id, digest)
);

create table security_events (
  id bigint primary key,
  account_id bigint not null references users on delete cascade,
  kind text not null,
  ip text not null default '',
  user_agent text not null default '',
  at timestamptz not null
);
create index security_events_account on security_events (account_id, id);
