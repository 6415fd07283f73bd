-- What the platform needs, and what one instance says about itself.
create extension if not exists unaccent;
create extension if not exists pg_trgm;

-- unaccent() is only STABLE because its dictionary can change; naming the dictionary lets us index by it.
create function unaccented(value text) returns text language sql immutable parallel safe strict
  as $$ select public.unaccent('public.unaccent'::regdictionary, lower(value)) $$;

-- Process slots: the 4 bits of every id that tell processes apart. A slot is free again when its lease has run out.
create table process_slots (
  slot smallint primary key check (slot between 0 and 15),
  holder uuid not null,
  role text not null,
  lease_until timestamptz not null
);

-- Idempotence of event handlers without a fitting unique constraint.
create table processed_events (
  task text not null,
  event_id bigint not null,
  at timestamptz not null default now(),
  primary key (task, event_id)
);
create index processed_events_at on processed_events (at);

-- Pools of job workers and their last sign of life: the locks of a dead pool are freed after a minute instead of four hours.
create table worker_pools (
  pool_id text primary key,
  worker_ids text[] not null,
  seen_at timestamptz not null default now()
);

create table settings (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now()
);

create table rules (
  id bigint primary key,
  position integer not null,
  text text not null,
  hint text not null default ''
);

create table mail (
  id bigint primary key,
  recipient text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  error text
);
