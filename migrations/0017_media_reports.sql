-- What is told to an authority about a case, who agreed, and how long evidence is kept.

-- Who confirmed a case. A hit by a perceptual hash is reported when two did.
create table media_confirmations (
  case_id bigint not null references media_cases on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  at timestamptz not null,
  primary key (case_id, account_id)
);
create index media_confirmations_account on media_confirmations (account_id);

-- A report of a case; one for each environment, so that an exercise can never become the real one.
create table media_reports (
  id bigint primary key,
  case_id bigint not null references media_cases on delete restrict,
  environment text not null check (environment in ('test', 'production')),
  -- what was said, as it was said
  content text not null check (content is json object),
  state text not null default 'prepared' check (state in ('prepared', 'submitted', 'uploaded', 'described', 'finished')),
  -- the numbers that the authority gave to the report and to the file
  remote_report text,
  remote_file text,
  prepared_by bigint references accounts on delete set null,
  prepared_at timestamptz not null,
  changed_at timestamptz not null,
  unique (case_id, environment),
  check ((state = 'prepared') = (remote_report is null)),
  check (state in ('prepared', 'submitted') or remote_file is not null)
);
create index media_reports_preparer on media_reports (prepared_by) where prepared_by is not null;

-- Evidence goes when its time is over and a person has released it, never by itself, and never while somebody holds it.
alter table media_cases
  add column hold_reason text check (hold_reason <> ''),
  add column released_at timestamptz,
  drop constraint media_cases_evidence_check,
  add constraint media_cases_evidence_check check (evidence in ('sealed', 'no_key', 'none', 'purged'));
