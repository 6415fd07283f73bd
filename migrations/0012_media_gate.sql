-- The media gate: known pictures, fingerprints of what is here, and the cases of what was stopped.

-- A bank is a list of hashes from one source.
create table media_banks (
  id bigint primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9_.-]{0,62}$'),
  kind text not null check (kind in ('csam', 'ncii', 'terror', 'spam', 'own')),
  created_at timestamptz not null
);

-- Ids only grow: a process reads what is new since it last looked. An entry is never removed, only withdrawn, so that a case can say what it rests on.
create table media_bank_entries (
  id bigint primary key generated always as identity,
  bank_id bigint not null references media_banks on delete cascade,
  -- how the list names the picture
  item text not null,
  algorithm text not null check (algorithm in ('pdq', 'sha256', 'sha1', 'md5')),
  hash bytea not null,
  -- a hash of a cropped copy; only banks that have the picture itself hold these
  crop boolean not null default false,
  added_at timestamptz not null,
  -- no longer listed by the source
  withdrawn_at timestamptz,
  -- found to be wrong by this instance
  muted_at timestamptz,
  unique (bank_id, item, algorithm, hash)
);
create index media_bank_entries_exact on media_bank_entries (hash) where algorithm <> 'pdq';

-- A picture that is taken out of service is found by its files.
create index media_key on media (key);

-- Fingerprints of pictures that were let through, to be compared again when a bank grows.
create table media_scans (
  id bigint primary key generated always as identity,
  use text not null,
  -- with the use: where the picture lies
  key text not null,
  account_id bigint references accounts on delete cascade,
  url text,
  sha256 bytea not null,
  sha1 bytea not null,
  md5 bytea not null,
  -- 32 bytes per hash, one after the other
  pdq bytea not null,
  scanned_at timestamptz not null,
  unique (key, use)
);
create index media_scans_account on media_scans (account_id);

create table media_cases (
  id bigint primary key,
  use text not null,
  key text not null,
  -- the case outlives the account
  account_id bigint references accounts on delete set null,
  handle text not null,
  url text,
  kind text not null check (kind in ('csam', 'ncii', 'terror', 'spam', 'own', 'test')),
  bank text not null,
  item text not null,
  entry_id bigint,
  algorithm text not null,
  distance smallint not null,
  sha256 bytea not null,
  found_by text not null check (found_by in ('gate', 'rescan')),
  -- what is known of the evidence: sealed, or why there is none
  evidence text not null check (evidence in ('sealed', 'no_key', 'none')),
  freezes boolean not null,
  frozen_at timestamptz,
  state text not null default 'open' check (state in ('open', 'review', 'confirmed', 'overturned')),
  state_reason text not null default '',
  decided_by bigint references accounts on delete set null,
  decided_at timestamptz,
  opened_at timestamptz not null,
  unique (use, key)
);
create index media_cases_entry on media_cases (entry_id) where entry_id is not null;
create index media_cases_account on media_cases (account_id) where account_id is not null;
create index media_cases_decider on media_cases (decided_by) where decided_by is not null;

-- Encrypted to a key that is not on this machine.
create table media_evidence (
  case_id bigint primary key references media_cases on delete cascade,
  key_id text not null,
  sealed bytea not null,
  sealed_at timestamptz not null
);

-- Nobody opens evidence alone.
create table media_openings (
  id bigint primary key,
  case_id bigint not null references media_cases on delete cascade,
  requested_by bigint not null references accounts on delete cascade,
  reason text not null check (reason <> ''),
  requested_at timestamptz not null,
  approved_by bigint references accounts on delete cascade,
  approved_at timestamptz,
  handed_out_at timestamptz,
  check (approved_by <> requested_by),
  check ((approved_by is null) = (approved_at is null)),
  check (handed_out_at is null or approved_at is not null)
);
create index media_openings_case on media_openings (case_id, id);
create index media_openings_requester on media_openings (requested_by);
create index media_openings_approver on media_openings (approved_by) where approved_by is not null;

-- What people and the gate did about cases and banks. Rows are only added.
create table media_gate_log (
  id bigint primary key,
  at timestamptz not null,
  -- null: the gate itself, or the operator at the command line
  actor_id bigint,
  action text not null,
  case_id bigint,
  detail text not null default ''
);
create index media_gate_log_case on media_gate_log (case_id, id) where case_id is not null;
