-- Decisions about people and posts: cases, actions that can be taken back, statements of reasons, appeals, strikes, and the log that shows whether anybody changed it.

alter table posts
  -- what moderation did to it: 0 nothing, 1 quarantined (kept from strangers), 2 held until somebody looks, 3 removed. Held and removed posts are withheld.
  add column restriction smallint not null default 0 check (restriction between 0 and 3),
  -- {"spoiler","sensitive","base":{"spoiler","sensitive"}}: what was put over the author's own warning, and what the author had said
  add column imposed jsonb,
  add column labels text[] not null default '{}';
alter table accounts
  add column labels text[] not null default '{}',
  -- pictures of this account are covered until somebody wants to see them
  add column sensitized_at timestamptz;

-- Whoever wrote it sees what is held.
create or replace function visible_posts(viewer bigint) returns setof posts language sql stable rows 1000
  as $$
    select p.* from posts p
    where (not p.withheld or (p.restriction = 2 and p.account_id = viewer))
      and (p.visibility <= 1
        or p.account_id = viewer
        or (p.visibility = 2 and exists (select 1 from follows f where f.account_id = viewer and f.target_id = p.account_id))
        or exists (select 1 from mentions m where m.post_id = p.id and m.account_id = viewer))
      and not array[p.account_id, p.boost_of_account_id] && array(select h.id from hidden_accounts(viewer) h)
  $$;
create index posts_restricted on posts (id) where restriction > 0;

create table mod_cases (
  id bigint primary key,
  -- whom it is about; the case outlives the account
  account_id bigint references accounts on delete set null,
  handle text not null,
  queue text not null check (queue in ('reports', 'notices', 'automatic', 'staff')),
  state text not null default 'open' check (state in ('open', 'decided', 'dismissed')),
  priority integer not null default 0,
  assigned_id bigint references accounts on delete set null,
  opened_at timestamptz not null,
  due_at timestamptz not null,
  closed_at timestamptz,
  closed_by bigint references accounts on delete set null,
  check ((state = 'open') = (closed_at is null))
);
-- Everything about one person comes together in one open case.
create unique index mod_cases_subject on mod_cases (account_id) where state = 'open';
create index mod_cases_queue on mod_cases (priority desc, id) where state = 'open';
create index mod_cases_account on mod_cases (account_id, id);
create index mod_cases_assigned on mod_cases (assigned_id) where assigned_id is not null;
create index mod_cases_closer on mod_cases (closed_by) where closed_by is not null;

alter table reports add column case_id bigint references mod_cases on delete set null;
insert into mod_cases (id, account_id, handle, queue, priority, opened_at, due_at)
  select min(r.id), r.target_account_id, a.username, 'reports', 30, now(), now() + interval '3 days' from reports r join accounts a on a.id = r.target_account_id
  where r.acted_at is null group by r.target_account_id, a.username;
update reports r set case_id = c.id from mod_cases c where c.account_id = r.target_account_id and r.acted_at is null;
create index reports_case on reports (case_id) where case_id is not null;

-- Notices of anybody, without an account (Article 16 of Regulation (EU) 2022/2065).
create table mod_notices (
  id bigint primary key,
  case_id bigint not null references mod_cases on delete cascade,
  url text not null,
  post_id bigint,
  category text not null,
  law text not null,
  explanation text not null,
  name text not null,
  email text not null,
  language text not null,
  -- of the secret in the receipt
  receipt bytea not null unique,
  received_at timestamptz not null,
  answered_at timestamptz,
  outcome text check (outcome in ('acted', 'not_acted')),
  check ((answered_at is null) = (outcome is null))
);
create index mod_notices_case on mod_notices (case_id);

-- Rows are only added: taking back is a row of its own that names what it takes back.
create table mod_actions (
  id bigint primary key,
  -- actions that were decided together
  decision_id bigint not null,
  case_id bigint references mod_cases on delete set null,
  kind text not null check (kind in ('warn', 'label', 'content_warning', 'sensitive', 'quarantine', 'hold', 'remove', 'limit', 'freeze', 'suspend')),
  account_id bigint references accounts on delete set null,
  handle text not null,
  post_id bigint,
  params jsonb not null,
  -- what was there before the oldest action that still stands
  base jsonb not null,
  reverses_id bigint unique references mod_actions on delete cascade,
  source text not null check (source in ('person', 'rule', 'gate', 'operator', 'expiry', 'appeal')),
  decided_by bigint references accounts on delete set null,
  rule text,
  rule_version integer,
  reason text not null default '',
  at timestamptz not null,
  expires_at timestamptz
);
create index mod_actions_account on mod_actions (account_id, id);
create index mod_actions_post on mod_actions (post_id, id) where post_id is not null;
create index mod_actions_case on mod_actions (case_id) where case_id is not null;
create index mod_actions_decision on mod_actions (decision_id);
create index mod_actions_expiry on mod_actions (expires_at) where expires_at is not null and reverses_id is null;
create index mod_actions_decider on mod_actions (decided_by) where decided_by is not null;
create index mod_actions_rule on mod_actions (rule, rule_version) where rule is not null;

-- Article 17: no restriction without reasons. One for each action.
create table mod_statements (
  action_id bigint primary key references mod_actions on delete cascade,
  -- how the transparency database knows it
  puid text not null unique check (puid ~ '^[A-Za-z0-9_-]+$' and length(puid) <= 500),
  account_id bigint references accounts on delete set null,
  ground text not null check (ground in ('illegal', 'terms')),
  reference text not null check (reference <> ''),
  facts text not null,
  automated_detection boolean not null,
  automated_decision boolean not null,
  language text not null,
  -- of the secret in the letter, for people who cannot log in
  key bytea not null unique,
  appeal_until timestamptz not null,
  sent_at timestamptz
);
create index mod_statements_account on mod_statements (account_id);
create index mod_statements_unsent on mod_statements (action_id) where sent_at is null;

create table mod_appeals (
  id bigint primary key,
  -- one for each action
  action_id bigint not null unique references mod_actions on delete cascade,
  account_id bigint references accounts on delete set null,
  text text not null check (text <> ''),
  at timestamptz not null,
  due_at timestamptz not null,
  first_decider bigint,
  reviewer bigint references accounts on delete set null,
  outcome text check (outcome in ('upheld', 'overturned')),
  answer text not null default '',
  decided_at timestamptz,
  check (reviewer is null or first_decider is null or reviewer <> first_decider),
  check ((outcome is null) = (decided_at is null))
);
create index mod_appeals_open on mod_appeals (due_at) where outcome is null;
create index mod_appeals_account on mod_appeals (account_id);
create index mod_appeals_reviewer on mod_appeals (reviewer) where reviewer is not null;

create table mod_strikes (
  action_id bigint primary key references mod_actions on delete cascade,
  account_id bigint not null references accounts on delete cascade,
  weight smallint not null check (weight between 1 and 10),
  at timestamptz not null,
  expires_at timestamptz not null
);
create index mod_strikes_account on mod_strikes (account_id);

-- Addresses that may not register, and links that may not be posted.
create table mod_blocks (
  id bigint primary key,
  kind text not null check (kind in ('ip', 'mail', 'mail_domain', 'url')),
  -- a network, the digest of an address, a domain, or the beginning of a link without its scheme
  value text not null,
  severity text not null check (severity in ('approval', 'sign_up', 'access', 'refuse')),
  comment text not null default '',
  created_by bigint references accounts on delete set null,
  created_at timestamptz not null,
  expires_at timestamptz,
  unique (kind, value)
);
create index mod_blocks_creator on mod_blocks (created_by) where created_by is not null;

-- Every line holds the hash of the one before.
create table audit_log (
  seq bigint primary key,
  at timestamptz not null,
  -- null: a program, or the operator at the command line
  actor_id bigint,
  verb text not null,
  object text not null,
  -- JSON text, byte by byte what was hashed
  data text not null,
  prev bytea not null,
  hash bytea not null
);
-- The last line: a chain alone would not miss its own end.
create table audit_head (
  one boolean primary key default true check (one),
  seq bigint not null,
  hash bytea not null
);
insert into audit_head (seq, hash) values (0, sha256(convert_to('skein audit log', 'UTF8')));
-- What the log was at the end of each day, signed.
create table audit_roots (
  day date primary key,
  seq bigint not null,
  hash bytea not null,
  key_id text not null,
  signature bytea not null
);
create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'lines of the audit log are never changed nor removed';
end $$;
create trigger audit_log_append_only before update or delete or truncate on audit_log for each statement execute function audit_refuse();

-- What a decision tells the person whom it concerns.
alter table notifications add column decision_id bigint;
drop index notifications_once;
create unique index notifications_once on notifications (account_id, type, from_account_id, coalesce(post_id, decision_id, 0));
