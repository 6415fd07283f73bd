-- The double-entry ledger: accounts, entries of debit-credit pairs, holds, lots of credits, staking, presale.
-- Amounts are whole minor units of the asset. Tables without "update" below are append-only: a trigger refuses everything else.

create table ledger_assets (
  id smallint primary key,
  code text not null unique,
  -- decimals of the unit; fixed for ever
  scale smallint not null check (scale between 0 and 12)
);
insert into ledger_assets (id, code, scale) values (1, 'EUR', 6), (2, 'USD', 6), (3, 'CREDIT', 3), (4, 'TOKEN', 6);

-- What kinds of accounts there are. bound: 0 none, 1 debits never exceed credits, 2 credits never exceed debits, 3 like 1 plus a credit limit.
create table ledger_chart (
  code smallint primary key,
  name text not null,
  bound smallint not null check (bound between 0 and 3),
  -- too busy for a row that is updated with every posting: changes are appended to ledger_deltas
  rollup boolean not null,
  check (not rollup or bound = 0)
);
insert into ledger_chart (code, name, bound, rollup) values
  (1000, 'Bank', 0, true), (1010, 'Payment provider clearing', 0, true),
  (1200, 'Receivables control', 2, false), (1250, 'Delivered or escrowed, not yet invoiced', 0, false),
  (1400, 'Input VAT', 0, true), (1500, 'Prepaid vendor commitments', 2, false),
  (2000, 'Payables control', 1, false), (2010, 'Accrued expenses', 0, false),
  (2100, 'Customer wallet', 1, false), (2160, 'Campaign escrow', 1, false), (2165, 'Campaign VAT reserve', 1, false),
  (2170, 'Delivered, under review', 1, false), (2180, 'Credits sold, not yet used', 1, false),
  (2190, 'Carried fraction of a cent', 1, false), (2300, 'Output VAT', 0, true),
  (2400, 'Credits of a user', 1, false),
  (2410, 'Tokens, free', 1, false), (2420, 'Tokens, staked', 1, false), (2425, 'Tokens, unbonding', 1, false),
  (2430, 'Staking reward pool', 1, false), (2435, 'Meme reward pool', 1, false),
  (2440, 'Presale inventory', 1, false), (2450, 'Presale escrow', 1, false),
  (2490, 'Issuance', 0, true), (2495, 'Sink', 0, true),
  (4000, 'Advertising revenue', 0, true), (4050, 'Meme revenue', 0, true), (4060, 'Breakage', 0, true),
  (4070, 'Presale proceeds', 0, true), (4090, 'Promotions and make-good', 0, true),
  (5000, 'Cloud cost', 0, true), (5100, 'Interest and fees', 0, true), (5200, 'Exchange gain or loss', 0, true),
  (9100, 'Exposure (memo)', 3, false), (9101, 'Exposure, contra', 0, false);

-- d, c: debits and credits posted; dp, cp: held. Balance in the sense of a liability: c - d.
create table ledger_accounts (
  id bigint primary key,
  asset smallint not null references ledger_assets,
  code smallint not null references ledger_chart,
  -- party or user; opaque to the ledger. Null: the instance's own
  owner bigint,
  bound smallint not null,
  rollup boolean not null,
  credit_limit bigint not null default 0 check (credit_limit >= 0),
  d bigint not null default 0 check (d >= 0),
  dp bigint not null default 0,
  c bigint not null default 0 check (c >= 0),
  cp bigint not null default 0,
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  constraint ledger_accounts_owner unique nulls not distinct (owner, code, asset),
  -- The posting function never lets it come to this; a program with a mistake shall fail here.
  constraint ledger_accounts_bound check (
    (bound not in (1, 3) or d + dp <= c + credit_limit) and (bound <> 2 or c + cp <= d)
    and (bound = 3 or credit_limit = 0) and (not rollup or bound = 0)),
  constraint ledger_accounts_pending check (rollup or (dp >= 0 and cp >= 0))
) with (fillfactor = 50);

-- Taken while the accounts are locked, so that per account the numbers grow in the order of posting.
create sequence ledger_entry_ids;

create table ledger_entries (
  id bigint primary key,
  kind smallint not null,
  doc bigint,
  actor bigint,
  -- the entry that this one takes back
  reverses bigint,
  -- reason or reference, shown to the owner
  memo text,
  -- the day it counts for
  effective date not null,
  recorded_at timestamptz not null
);
create unique index ledger_entries_reverses on ledger_entries (reverses) where reverses is not null;
create index ledger_entries_recorded on ledger_entries using brin (recorded_at) with (pages_per_range = 32);

-- One row moves one amount of one asset. No foreign keys: the posting function has the accounts locked, and accounts are never deleted.
create table ledger_transfers (
  key uuid primary key,
  entry bigint not null,
  debit bigint not null,
  credit bigint not null,
  amount bigint not null check (amount > 0),
  -- posted balance (c - d) of either account after this line; null for rollup accounts
  debit_after bigint,
  credit_after bigint,
  line smallint not null,
  asset smallint not null,
  code smallint not null,
  -- 0 posted, 1 pending, 2 post (of a pending one, perhaps less), 3 void
  type smallint not null check (type between 0 and 3),
  pending_key uuid,
  expires_at timestamptz,
  constraint ledger_transfers_line unique (entry, line),
  check (debit <> credit),
  check ((type in (2, 3)) = (pending_key is not null))
);
create index ledger_transfers_debit on ledger_transfers (debit, entry);
create index ledger_transfers_credit on ledger_transfers (credit, entry);

-- What is held, one row per pending transfer. state: 0 open, 1 posted, 2 voided, 3 expired.
create table ledger_holds (
  id bigint primary key,
  key uuid not null unique,
  asset smallint not null,
  debit bigint not null,
  credit bigint not null,
  amount bigint not null check (amount > 0),
  state smallint not null default 0 check (state between 0 and 3),
  captured bigint not null default 0,
  resolved_by uuid,
  reference text,
  expires_at timestamptz,
  created_at timestamptz not null,
  check (captured between 0 and amount),
  check ((state = 0) = (resolved_by is null))
);
create index ledger_holds_open on ledger_holds (debit, id) where state = 0;
create index ledger_holds_expiry on ledger_holds (expires_at) where state = 0;

-- Changes of rollup accounts that are not in their row yet: balance = row + sum of these.
create table ledger_deltas (
  id bigint generated always as identity primary key,
  account bigint not null,
  d bigint not null,
  dp bigint not null,
  c bigint not null,
  cp bigint not null
);

create table ledger_periods (
  -- 202611
  id integer primary key,
  from_day date not null,
  to_day date not null,
  state text not null default 'open' check (state in ('open', 'closed')),
  closed_at timestamptz,
  check (from_day <= to_day)
);

-- Per day: a hash over its entries, and the hash of the day sealed before.
create table ledger_seals (
  day date primary key,
  root bytea not null,
  prev bytea,
  entries bigint not null,
  transfers bigint not null,
  sealed_at timestamptz not null
);

-- Credits of one origin. granted = remaining + reserved + consumed + gone.
create table ledger_lots (
  id bigint primary key,
  -- the user's credit account (2400)
  account bigint not null references ledger_accounts,
  kind text not null check (kind in ('paid', 'promo', 'stake_reward', 'daily', 'pool')),
  priority smallint not null,
  granted bigint not null check (granted > 0),
  remaining bigint not null check (remaining >= 0),
  reserved bigint not null default 0 check (reserved >= 0),
  -- used; gone: expired, voided or moved to a lot of grace
  consumed bigint not null default 0 check (consumed >= 0),
  gone bigint not null default 0 check (gone >= 0),
  -- what was paid for the whole lot, in micro-euro; how much of it is earned by use or breakage
  paid bigint not null default 0 check (paid >= 0),
  earned bigint not null default 0 check (earned >= 0),
  -- the lot this one replaces, after its time
  origin bigint references ledger_lots,
  reason text not null,
  effective_at timestamptz not null,
  expires_at timestamptz,
  voided_at timestamptz,
  -- key of the transfer that granted it; a lot of grace has none
  key uuid unique,
  created_at timestamptz not null,
  check (granted = remaining + reserved + consumed + gone),
  check (earned <= paid)
);
create index ledger_lots_account on ledger_lots (account, id) where remaining > 0;
create index ledger_lots_expiry on ledger_lots (expires_at) where remaining > 0;

-- Where every credit came from and went: kind grant, reserve, release, use, refund, expire, move.
create table ledger_lot_moves (
  id bigint generated always as identity primary key,
  lot bigint not null,
  -- the transfer it belongs to
  transfer uuid,
  hold bigint,
  kind text not null check (kind in ('grant', 'reserve', 'release', 'use', 'refund', 'expire', 'move')),
  amount bigint not null check (amount > 0)
);
create index ledger_lot_moves_lot on ledger_lot_moves (lot);
create index ledger_lot_moves_hold on ledger_lot_moves (hold) where hold is not null;

-- Rewards for stakers, by an index: acc is what one unit of weight has earned so far, times 10^30.
create table ledger_pools (
  id bigint primary key,
  asset smallint not null references ledger_assets,
  account bigint not null unique references ledger_accounts,
  name text not null unique,
  acc numeric not null default 0,
  -- remainder of the last division, and dust of settlements, both times 10^30
  carry numeric not null default 0,
  dust numeric not null default 0,
  -- funded while nobody staked
  unallocated bigint not null default 0,
  funded bigint not null default 0,
  paid bigint not null default 0,
  operations bigint not null default 0
);

-- Sum of the weights of all active stakes; the row that orders everything about staking.
create table ledger_staking (
  id smallint primary key default 1 check (id = 1),
  total_weight numeric not null default 0,
  -- CREDIT per TOKEN and day, times 10^6, and the most that is given a day, in thousandths of a credit; 0: nothing
  daily_rate bigint not null default 0 check (daily_rate >= 0),
  daily_budget bigint not null default 0 check (daily_budget >= 0)
);
insert into ledger_staking (id) values (1);

create table ledger_stakes (
  id bigint primary key,
  owner bigint not null,
  amount bigint not null check (amount > 0),
  lock_days smallint not null,
  -- amount times the tier's multiplier in hundredths
  weight numeric not null,
  state text not null default 'active' check (state in ('active', 'unbonding', 'released')),
  unlocks_at timestamptz not null,
  releases_at timestamptz,
  key uuid not null unique,
  created_at timestamptz not null
);
create index ledger_stakes_owner on ledger_stakes (owner, id);
create index ledger_stakes_release on ledger_stakes (releases_at) where state = 'unbonding';

-- Up to where a stake has been paid by a pool.
create table ledger_stake_debts (
  stake bigint not null references ledger_stakes,
  pool bigint not null references ledger_pools,
  acc numeric not null,
  primary key (stake, pool)
);
create index ledger_stake_debts_pool on ledger_stake_debts (pool, acc);

-- One row per day and pool: what was given, and how it was computed.
create table ledger_accruals (
  pool bigint not null references ledger_pools,
  day date not null,
  amount bigint not null,
  total_weight numeric not null,
  acc numeric not null,
  rate bigint not null,
  budget bigint not null,
  primary key (pool, day)
);

-- Rounds of a presale. Nothing is sold unless the operator opens one.
create table ledger_presales (
  id bigint primary key,
  name text not null,
  -- micro-euro per whole token
  price bigint not null check (price > 0),
  cap bigint not null check (cap > 0),
  soft_cap bigint not null check (soft_cap >= 0),
  per_user_cap bigint not null check (per_user_cap > 0),
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  deliver_by timestamptz not null,
  refund_days smallint not null default 14 check (refund_days >= 0),
  state text not null default 'open' check (state in ('open', 'refunding', 'refunded', 'delivering', 'delivered')),
  sold bigint not null default 0 check (sold >= 0),
  created_at timestamptz not null,
  check (opens_at < closes_at and closes_at <= deliver_by and soft_cap <= cap and sold <= cap)
);

create table ledger_purchases (
  id bigint primary key,
  presale bigint not null references ledger_presales,
  owner bigint not null,
  tokens bigint not null check (tokens > 0),
  cost bigint not null check (cost > 0),
  hold bigint not null unique references ledger_holds,
  state text not null default 'escrow' check (state in ('escrow', 'refunded', 'delivered')),
  key uuid not null unique,
  created_at timestamptz not null
);
create index ledger_purchases_presale on ledger_purchases (presale, id) where state = 'escrow';
create index ledger_purchases_owner on ledger_purchases (owner, presale);

create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = '55000';
end $$;
create trigger ledger_entries_append_only before update or delete or truncate on ledger_entries
  for each statement execute function ledger_refuse_change();
create trigger ledger_transfers_append_only before update or delete or truncate on ledger_transfers
  for each statement execute function ledger_refuse_change();
create trigger ledger_seals_append_only before update or delete or truncate on ledger_seals
  for each statement execute function ledger_refuse_change();
create trigger ledger_lot_moves_append_only before update or delete or truncate on ledger_lot_moves
  for each statement execute function ledger_refuse_change();
create trigger ledger_accounts_kept before delete or truncate on ledger_accounts
  for each statement execute function ledger_refuse_change();

-- Held shared while posting, exclusively while a day is sealed or a period is closed: nothing slips in behind either.
create function ledger_gate() returns bigint language sql immutable as $$ select 7310583925104817 $$;

-- Posts entries as if one after the other, in order; a refused entry changes nothing and refuses only itself.
-- Lines are in the order of their entries; p_debit and p_credit are positions in p_accounts, which is ascending and distinct.
-- Within one call no key occurs twice, and no hold is made and resolved or resolved twice (the caller cuts the batch there).
-- Verdicts: 0 posted, 1 posted before, else why not: 10 insufficient_funds, 11 limit_exceeded, 12 account_closed, 13 asset_mismatch,
-- 14 period_closed, 15 hold_expired, 16 already_resolved, 17 capture_exceeds_hold, 18 idempotency_mismatch, 19 not_found.
create function ledger_post_batch(
  p_at timestamptz, p_accounts bigint[],
  p_kind smallint[], p_doc bigint[], p_actor bigint[], p_reverses bigint[], p_memo text[], p_effective date[],
  p_entry integer[], p_line smallint[], p_key uuid[], p_debit integer[], p_credit integer[], p_amount bigint[],
  p_code smallint[], p_type smallint[], p_pending uuid[], p_expires timestamptz[], p_hold bigint[], p_one_by_one boolean,
  out verdicts smallint[], out lines smallint[], out entries bigint[]
) language plpgsql as $$
declare
  n constant integer := cardinality(p_kind);
  a_asset smallint[];
  a_bound smallint[];
  a_rollup boolean[];
  a_closed boolean[];
  a_room bigint[];
  a_balance bigint[];
  v_held bigint[] := p_amount;
  v_effective date[];
  v_at timestamptz := p_at;
  v_sealed date;
  v_fits boolean;
  v_debit_after bigint[];
  v_credit_after bigint[];
  v_resolves boolean := 2 = any (p_type) or 3 = any (p_type);
  v_count bigint;
  v_done bigint;
  r record;
begin
  perform pg_advisory_xact_lock_shared(ledger_gate());
  -- In one order everywhere, so that two batches never wait for each other.
  perform 1 from ledger_accounts a where a.id = any (p_accounts) and not a.rollup order by a.id for no key update;
  -- A new statement sees what was committed while the one above waited. No nulls: PostgreSQL finds elements of such an array at once.
  select array_agg(coalesce(a.asset, -1::smallint) order by u.n), array_agg(coalesce(a.bound, 0::smallint) order by u.n),
    array_agg(coalesce(a.rollup, false) order by u.n), array_agg(a.closed_at is not null order by u.n),
    array_agg(coalesce(case a.bound when 0 then 0 when 2 then a.d - a.c - a.cp else a.c + a.credit_limit - a.d - a.dp end, 0) order by u.n),
    array_agg(coalesce(a.c - a.d, 0) order by u.n)
    into a_asset, a_bound, a_rollup, a_closed, a_room, a_balance
    from unnest(p_accounts) with ordinality u(id, n) left join ledger_accounts a on a.id = u.id;
  verdicts := array_fill(0::smallint, array[n]);
  lines := array_fill(0::smallint, array[n]);
  entries := array_fill(0::bigint, array[n]);
  select max(s.day) into v_sealed from ledger_seals s;
  -- A clock that was set back must not write into a sealed day.
  if v_sealed is not null then v_at := greatest(p_at, (v_sealed + 1)::timestamp at time zone 'UTC'); end if;
  select array_agg(coalesce(e.d, (v_at at time zone 'UTC')::date) order by e.n) into v_effective from unnest(p_effective) with ordinality e(d, n);

  -- What was posted before: the very same entry is answered again, anything else under a used key is refused.
  select count(*) into v_count from unnest(p_key) k(key) join ledger_transfers t on t.key = k.key;
  if v_count > 0 then
    for r in
      select l.e, count(*) as wanted, count(t.key) as found, min(t.entry) as entry, count(distinct t.entry) as entries,
        bool_and(coalesce(t.line = l.line and t.debit = p_accounts[l.di] and t.credit = p_accounts[l.ci] and t.amount = l.amount
          and t.code = l.code and t.type = l.type and t.pending_key is not distinct from l.pending, false)) as same
      from unnest(p_entry, p_line, p_key, p_debit, p_credit, p_amount, p_code, p_type, p_pending)
        l(e, line, key, di, ci, amount, code, type, pending)
      left join ledger_transfers t on t.key = l.key
      group by l.e having count(t.key) > 0
    loop
      select count(*) into v_count from ledger_transfers t where t.entry = r.entry;
      if r.same and r.entries = 1 and v_count = r.wanted and exists (
        select 1 from ledger_entries e where e.id = r.entry and e.kind = p_kind[r.e] and e.doc is not distinct from p_doc[r.e]
          and e.reverses is not distinct from p_reverses[r.e] and (p_effective[r.e] is null or e.effective = p_effective[r.e]))
      then
        verdicts[r.e] := 1;
        entries[r.e] := r.entry;
      else
        verdicts[r.e] := 18;
      end if;
    end loop;
  end if;

  if v_resolves then
    perform 1 from ledger_holds h where h.key = any (p_pending) order by h.key for update;
    select array_agg(coalesce(h.amount, l.amount) order by l.n) into v_held
      from unnest(p_pending, p_amount) with ordinality l(pending, amount, n) left join ledger_holds h on h.key = l.pending;
    for r in
      select l.e, l.line, case when h.key is null or h.debit <> p_accounts[l.di] or h.credit <> p_accounts[l.ci] then 19
          when h.state <> 0 then 16 when l.type = 2 and h.expires_at <= v_at then 15
          when l.amount > h.amount or (l.type = 3 and l.amount <> h.amount) then 17 end as verdict
      from unnest(p_entry, p_line, p_debit, p_credit, p_amount, p_type, p_pending) with ordinality l(e, line, di, ci, amount, type, pending, n)
      left join ledger_holds h on h.key = l.pending
      where l.type in (2, 3) order by l.n
    loop
      if r.verdict is not null and verdicts[r.e] = 0 then
        verdicts[r.e] := r.verdict;
        lines[r.e] := r.line;
      end if;
    end loop;
  end if;

  for r in
    select l.e, l.line, case when a_asset[l.di] < 0 or a_asset[l.ci] < 0 then 19 when a_asset[l.di] <> a_asset[l.ci] then 13 else 12 end as verdict
    from unnest(p_entry, p_line, p_debit, p_credit, p_type) with ordinality l(e, line, di, ci, type, n)
    -- What is held may still be captured or given back when an account was closed meanwhile.
    where a_asset[l.di] < 0 or a_asset[l.di] <> a_asset[l.ci] or (l.type < 2 and (a_closed[l.di] or a_closed[l.ci]))
    order by l.n
  loop
    if verdicts[r.e] = 0 then
      verdicts[r.e] := r.verdict;
      lines[r.e] := r.line;
    end if;
  end loop;

  if exists (select 1 from ledger_periods p where p.state <> 'open') then
    for r in
      select e.n from unnest(v_effective) with ordinality e(d, n)
      where exists (select 1 from ledger_periods p where p.state <> 'open' and e.d between p.from_day and p.to_day)
    loop
      if verdicts[r.n] = 0 then verdicts[r.n] := 14; end if;
    end loop;
  end if;

  -- Twice at most: first as if everything fitted; when that is wrong, again without the entries that do not fit.
  for attempt in 1..2 loop
    if attempt = 2 or p_one_by_one then
      select o.verdicts, o.lines into verdicts, lines
        from ledger_judge(verdicts, lines, p_entry, p_line, p_debit, p_credit, p_amount, p_type, v_held, a_bound, a_room) o;
    end if;
    -- Running balance and room per account. Room is judged where an entry ends, not between its lines.
    select coalesce(bool_and(s.fits), true), array_agg(s.debit_after order by s.n), array_agg(s.credit_after order by s.n)
      into v_fits, v_debit_after, v_credit_after
    from (
      select w.n, bool_and(w.bound = 0 or w.room >= 0 or not w.last) as fits,
        max(w.after) filter (where w.side = 1) as debit_after, max(w.after) filter (where w.side = 2) as credit_after
      from (
        select g.n, g.side, a_bound[g.a] as bound, (a_balance[g.a] + sum(g.moved) over by_account)::bigint as after,
          a_room[g.a] + sum(g.room) over by_account as room, lead(g.e) over by_account is distinct from g.e as last
        from (
          select l.n, l.e, 1 as side, l.di as a, case when l.type in (0, 2) and verdicts[l.e] = 0 then -l.amount else 0 end as moved,
            case when verdicts[l.e] <> 0 then 0 when a_bound[l.di] = 2 then case when l.type in (0, 2) then l.amount else 0 end
              else case l.type when 2 then l.held - l.amount when 3 then l.held else -l.amount end end as room
          from unnest(p_entry, p_debit, p_amount, p_type, v_held) with ordinality l(e, di, amount, type, held, n)
          union all
          select l.n, l.e, 2, l.ci, case when l.type in (0, 2) and verdicts[l.e] = 0 then l.amount else 0 end,
            case when verdicts[l.e] <> 0 then 0 when a_bound[l.ci] = 2
              then case l.type when 2 then l.held - l.amount when 3 then l.held else -l.amount end
              else case when l.type in (0, 2) then l.amount else 0 end end
          from unnest(p_entry, p_credit, p_amount, p_type, v_held) with ordinality l(e, ci, amount, type, held, n)
        ) g
        window by_account as (partition by g.a order by g.n)
      ) w
      group by w.n
    ) s;
    exit when v_fits;
  end loop;
  if not v_fits then raise exception 'a batch of the ledger does not fit after it was judged'; end if;
  if not (0::smallint = any (verdicts)) then return; end if;

  select array_agg(case when verdicts[u.n] = 0 then nextval('ledger_entry_ids') else entries[u.n] end order by u.n) into entries
    from generate_series(1, n) u(n);
  begin
    insert into ledger_entries (id, kind, doc, actor, reverses, memo, effective, recorded_at)
      select entries[e.n], e.kind, e.doc, e.actor, e.reverses, e.memo, e.effective, v_at
      from unnest(p_kind, p_doc, p_actor, p_reverses, p_memo, v_effective) with ordinality e(kind, doc, actor, reverses, memo, effective, n)
      where verdicts[e.n] = 0;
    insert into ledger_transfers (key, entry, debit, credit, amount, debit_after, credit_after, line, asset, code, type, pending_key, expires_at)
      select l.key, entries[l.e], p_accounts[l.di], p_accounts[l.ci], l.amount,
        case when a_rollup[l.di] then null else l.debit_after end, case when a_rollup[l.ci] then null else l.credit_after end,
        l.line, a_asset[l.di], l.code, l.type, l.pending, l.expires
      from unnest(p_entry, p_line, p_key, p_debit, p_credit, p_amount, p_code, p_type, p_pending, p_expires, v_debit_after, v_credit_after)
        l(e, line, key, di, ci, amount, code, type, pending, expires, debit_after, credit_after)
      where verdicts[l.e] = 0;
  exception when unique_violation then
    -- The same key, or the same reversal, on another connection at the same moment: the next attempt sees what became of it.
    raise exception 'a key of the batch was used meanwhile' using errcode = '40001';
  end;
  if 1 = any (p_type) then
    insert into ledger_holds (id, key, asset, debit, credit, amount, reference, expires_at, created_at)
      select l.hold, l.key, a_asset[l.di], p_accounts[l.di], p_accounts[l.ci], l.amount, p_memo[l.e], l.expires, v_at
      from unnest(p_entry, p_key, p_debit, p_credit, p_amount, p_type, p_expires, p_hold) l(e, key, di, ci, amount, type, expires, hold)
      where l.type = 1 and verdicts[l.e] = 0;
  end if;
  if v_resolves then
    select count(*) into v_count from unnest(p_entry, p_type) l(e, type) where l.type in (2, 3) and verdicts[l.e] = 0;
    update ledger_holds h set resolved_by = l.key, captured = case when l.type = 2 then l.amount else 0 end,
        state = case when l.type = 2 then 1 when h.expires_at <= v_at then 3 else 2 end
      from unnest(p_entry, p_key, p_amount, p_type, p_pending) l(e, key, amount, type, pending)
      where l.type in (2, 3) and verdicts[l.e] = 0 and h.key = l.pending and h.state = 0;
    get diagnostics v_done = row_count;
    if v_done <> v_count then raise exception 'a batch resolves a hold twice'; end if;
  end if;
  with legs as (
    select l.di as a, case when l.type in (0, 2) then l.amount else 0 end as d,
      case l.type when 0 then 0 when 1 then l.amount else -l.held end as dp, 0::bigint as c, 0::bigint as cp
    from unnest(p_entry, p_debit, p_amount, p_type, v_held) l(e, di, amount, type, held) where verdicts[l.e] = 0
    union all
    select l.ci, 0, 0, case when l.type in (0, 2) then l.amount else 0 end, case l.type when 0 then 0 when 1 then l.amount else -l.held end
    from unnest(p_entry, p_credit, p_amount, p_type, v_held) l(e, ci, amount, type, held) where verdicts[l.e] = 0
  ), sums as materialized (
    select p_accounts[g.a] as id, a_rollup[g.a] as rollup, sum(g.d)::bigint as d, sum(g.dp)::bigint as dp, sum(g.c)::bigint as c, sum(g.cp)::bigint as cp
    from legs g group by g.a
  ), rows as (
    update ledger_accounts a set d = a.d + s.d, dp = a.dp + s.dp, c = a.c + s.c, cp = a.cp + s.cp
    from sums s where a.id = s.id and not s.rollup
  )
  insert into ledger_deltas (account, d, dp, c, cp) select s.id, s.d, s.dp, s.c, s.cp from sums s where s.rollup order by s.id;
end $$;

-- Judges the entries of a batch one after the other, exactly: for batches of which something does not fit.
create function ledger_judge(
  p_verdicts smallint[], p_lines smallint[], p_entry integer[], p_line smallint[], p_debit integer[], p_credit integer[],
  p_amount bigint[], p_type smallint[], p_held bigint[], p_bound smallint[], p_room bigint[],
  out verdicts smallint[], out lines smallint[]
) language plpgsql as $$
declare
  m constant integer := cardinality(p_entry);
  v_room bigint[] := p_room;
  v_first integer := 1;
  v_last integer;
  v_sign integer;
  v_bad integer;
  e integer;
  i integer;
begin
  verdicts := p_verdicts;
  lines := p_lines;
  while v_first <= m loop
    e := p_entry[v_first];
    v_last := v_first;
    while v_last < m and p_entry[v_last + 1] = e loop v_last := v_last + 1; end loop;
    if verdicts[e] = 0 then
      v_bad := 0;
      v_sign := 1;
      loop
        for i in v_first..v_last loop
          if p_bound[p_debit[i]] = 2 then
            if p_type[i] in (0, 2) then v_room[p_debit[i]] := v_room[p_debit[i]] + v_sign * p_amount[i]; end if;
          else
            v_room[p_debit[i]] := v_room[p_debit[i]] + v_sign * case p_type[i] when 2 then p_held[i] - p_amount[i] when 3 then p_held[i] else -p_amount[i] end;
          end if;
          if p_bound[p_credit[i]] = 2 then
            v_room[p_credit[i]] := v_room[p_credit[i]] + v_sign * case p_type[i] when 2 then p_held[i] - p_amount[i] when 3 then p_held[i] else -p_amount[i] end;
          elsif p_type[i] in (0, 2) then
            v_room[p_credit[i]] := v_room[p_credit[i]] + v_sign * p_amount[i];
          end if;
        end loop;
        exit when v_sign = -1;
        for i in v_first..v_last loop
          if p_bound[p_debit[i]] <> 0 and v_room[p_debit[i]] < 0 then
            v_bad := i;
            verdicts[e] := case p_bound[p_debit[i]] when 1 then 10 else 11 end;
          elsif p_bound[p_credit[i]] <> 0 and v_room[p_credit[i]] < 0 then
            v_bad := i;
            verdicts[e] := case p_bound[p_credit[i]] when 1 then 10 else 11 end;
          end if;
          exit when v_bad > 0;
        end loop;
        exit when v_bad = 0;
        -- It does not fit: its effect is taken back.
        lines[e] := p_line[v_bad];
        v_sign := -1;
      end loop;
    end if;
    v_first := v_last + 1;
  end loop;
end $$;

-- Moves what was appended for rollup accounts into their rows. Answers how many rows it took; none when somebody else is at it.
create function ledger_roll() returns bigint language plpgsql as $$
declare
  v_taken bigint;
begin
  if not pg_try_advisory_xact_lock(ledger_gate() + 1) then return 0; end if;
  with taken as (delete from ledger_deltas returning account, d, dp, c, cp),
  sums as (
    select t.account, sum(t.d)::bigint as d, sum(t.dp)::bigint as dp, sum(t.c)::bigint as c, sum(t.cp)::bigint as cp, count(*) as n
    from taken t group by t.account
  ), rows as (
    update ledger_accounts a set d = a.d + s.d, dp = a.dp + s.dp, c = a.c + s.c, cp = a.cp + s.cp from sums s where a.id = s.account
  )
  select coalesce(sum(s.n), 0)::bigint into v_taken from sums s;
  return v_taken;
end $$;
