import { statement } from "#platform/db/sql.ts";

/** What is wrong, in words; no row when all is well. Each statement recomputes one invariant from the transfers. */
export interface Fault {
  fault: string;
}

/** Legs of all transfers: what each did to either account. Held amounts come from the transfer that held them. */
const LEGS = `legs as (
  select l.entry, l.line, l.account, l.side, l.after, case when l.type in (0, 2) then l.amount else 0 end as posted,
    case l.type when 1 then l.amount when 0 then 0 else -p.amount end as pending
  from (
    select entry, line, debit as account, 1 as side, debit_after as after, amount, type, pending_key from ledger_transfers
    union all
    select entry, line, credit, 2, credit_after, amount, type, pending_key from ledger_transfers
  ) l left join ledger_transfers p on p.key = l.pending_key and p.type = 1
)`;

export const sumsToZero = statement<[], Fault>(
  "ledger.verifySums",
  `select format('%s: credits minus debits are %s posted and %s held', s.code, sum(a.c - a.d) + sum(x.posted), sum(a.cp - a.dp) + sum(x.pending)) as fault
   from ledger_accounts a join ledger_assets s on s.id = a.asset
   cross join lateral (select coalesce(sum(t.c - t.d), 0) as posted, coalesce(sum(t.cp - t.dp), 0) as pending from ledger_deltas t where t.account = a.id) x
   group by s.code having sum(a.c - a.d) + sum(x.posted) <> 0 or sum(a.cp - a.dp) + sum(x.pending) <> 0`,
);

export const balancesFold = statement<[], Fault>(
  "ledger.verifyBalances",
  `with ${LEGS}, folded as (
     select account, coalesce(sum(posted) filter (where side = 1), 0) as d, coalesce(sum(pending) filter (where side = 1), 0) as dp,
       coalesce(sum(posted) filter (where side = 2), 0) as c, coalesce(sum(pending) filter (where side = 2), 0) as cp
     from legs group by account
   ), stored as (
     select a.id, a.d + coalesce(sum(t.d), 0) as d, a.dp + coalesce(sum(t.dp), 0) as dp, a.c + coalesce(sum(t.c), 0) as c, a.cp + coalesce(sum(t.cp), 0) as cp
     from ledger_accounts a left join ledger_deltas t on t.account = a.id group by a.id
   )
   select format('account %s: stored %s/%s/%s/%s, from its transfers %s/%s/%s/%s (d/dp/c/cp)', coalesce(s.id, f.account), s.d, s.dp, s.c, s.cp, f.d, f.dp, f.c, f.cp) as fault
   from stored s full join folded f on f.account = s.id
   where s.id is null or (s.d, s.dp, s.c, s.cp) is distinct from (coalesce(f.d, 0), coalesce(f.dp, 0), coalesce(f.c, 0), coalesce(f.cp, 0)) limit 20`,
);

/** Bounds hold where an entry ends, in the order of posting. A credit limit is judged as it is now, so only its last state is. */
export const boundsKept = statement<[], Fault>(
  "ledger.verifyBounds",
  `with ${LEGS}, moved as (
     select account, entry, sum(case side when 1 then posted else 0 end) as d, sum(case side when 1 then pending else 0 end) as dp,
       sum(case side when 2 then posted else 0 end) as c, sum(case side when 2 then pending else 0 end) as cp
     from legs group by account, entry
   ), run as (
     select a.id, a.bound, m.entry, sum(m.d) over w as d, sum(m.dp) over w as dp, sum(m.c) over w as c, sum(m.cp) over w as cp
     from moved m join ledger_accounts a on a.id = m.account and a.bound in (1, 2)
     window w as (partition by m.account order by m.entry)
   )
   select format('account %s: its bound is broken after entry %s', id, entry) as fault from run
   where case bound when 1 then d + dp > c else c + cp > d end
   union all
   select format('account %s: its credit limit is exceeded', id) from ledger_accounts where bound = 3 and d + dp > c + credit_limit limit 20`,
);

export const runningBalances = statement<[], Fault>(
  "ledger.verifyRunning",
  `with ${LEGS}, run as (
     select l.account, l.entry, l.line, l.after, a.rollup,
       sum(case l.side when 2 then l.posted else -l.posted end) over (partition by l.account order by l.entry, l.line) as wanted
     from legs l join ledger_accounts a on a.id = l.account
   )
   select format('account %s: the balance after line %s of entry %s is %s, not %s', account, line, entry, wanted, after) as fault
   from run where case when rollup then after is not null else after is distinct from wanted end limit 20`,
);

export const entriesWhole = statement<[], Fault>(
  "ledger.verifyEntries",
  `select format('entry %s has lines %s to %s and %s of them', t.entry, min(t.line), max(t.line), count(*)) as fault
   from ledger_transfers t group by t.entry having min(t.line) <> 0 or max(t.line) <> count(*) - 1
   union all
   select format('entry %s has no transfers', e.id) from ledger_entries e where not exists (select 1 from ledger_transfers t where t.entry = e.id)
   union all
   select format('transfer %s belongs to no entry', t.key) from ledger_transfers t where not exists (select 1 from ledger_entries e where e.id = t.entry)
   union all
   select format('transfer %s: its accounts do not hold asset %s', t.key, t.asset) from ledger_transfers t
   where not exists (select 1 from ledger_accounts a where a.id = t.debit and a.asset = t.asset)
     or not exists (select 1 from ledger_accounts a where a.id = t.credit and a.asset = t.asset)
   limit 20`,
);

export const reversalsMirror = statement<[], Fault>(
  "ledger.verifyReversals",
  `select format('entry %s does not mirror entry %s, which it takes back', e.id, e.reverses) as fault
   from ledger_entries e
   where e.reverses is not null and exists (
     select 1 from (select t.line, t.debit, t.credit, t.amount from ledger_transfers t where t.entry = e.id) r
     full join (select t.line, t.credit, t.debit, t.amount from ledger_transfers t where t.entry = e.reverses) o on o.line = r.line
     where (r.debit, r.credit, r.amount) is distinct from (o.credit, o.debit, o.amount)) limit 20`,
);

export const holdsOnce = statement<[], Fault>(
  "ledger.verifyHolds",
  `with ended as (
     select pending_key, count(*) as n, max(key::text) as key, max(amount) as amount, max(type) as type, min(debit) as debit, min(credit) as credit
     from ledger_transfers where type in (2, 3) group by pending_key
   ), told as (
     select p.key, p.debit, p.credit, p.amount, p.asset, e.n, e.key as by, e.amount as captured, e.type, e.debit as ended_debit, e.credit as ended_credit
     from ledger_transfers p left join ended e on e.pending_key = p.key where p.type = 1
   )
   select format('hold %s is not what its transfers say', coalesce(t.key, h.key)) as fault
   from told t full join ledger_holds h on h.key = t.key
   where t.key is null or h.key is null or t.n > 1 or (t.n = 1 and (t.ended_debit, t.ended_credit) is distinct from (t.debit, t.credit))
     or (h.debit, h.credit, h.amount, h.asset) is distinct from (t.debit, t.credit, t.amount, t.asset)
     or (h.state = 0) <> (t.n is null) or h.resolved_by::text is distinct from t.by
     or h.captured <> case t.type when 2 then t.captured else 0 end or (h.state = 1) <> coalesce(t.type = 2, false) or h.captured > h.amount
   union all
   select format('transfer %s ends a hold that does not exist', x.key) from ledger_transfers x
   where x.type in (2, 3) and not exists (select 1 from ledger_transfers p where p.key = x.pending_key and p.type = 1)
   limit 20`,
);

export const lotsFold = statement<[], Fault>(
  "ledger.verifyLots",
  `with moved as (
     select lot, sum(case kind when 'grant' then amount else 0 end) as granted, sum(case kind when 'reserve' then amount when 'release' then -amount when 'use' then -amount else 0 end) as reserved,
       sum(case kind when 'use' then amount when 'refund' then -amount else 0 end) as consumed, sum(case kind when 'expire' then amount when 'move' then amount else 0 end) as gone
     from ledger_lot_moves group by lot
   )
   select format('lot %s: %s granted, %s reserved, %s used, %s gone; its moves say %s, %s, %s, %s', coalesce(l.id, m.lot), l.granted, l.reserved, l.consumed, l.gone,
     m.granted, m.reserved, m.consumed, m.gone) as fault
   from ledger_lots l full join moved m on m.lot = l.id
   where l.id is null or (l.granted, l.reserved, l.consumed, l.gone) is distinct from (m.granted, m.reserved, m.consumed, m.gone)
     or l.remaining <> l.granted - l.reserved - l.consumed - l.gone or l.remaining < 0
     or l.earned <> div(l.paid::numeric * (l.consumed + l.gone), l.granted) limit 20`,
);

export const lotsMatchAccounts = statement<[], Fault>(
  "ledger.verifyLotAccounts",
  `with lots as (select account, sum(remaining) as remaining, sum(reserved) as reserved from ledger_lots group by account),
   money as (select a.owner, sum(l.paid - l.earned) as sold from ledger_lots l join ledger_accounts a on a.id = l.account group by a.owner)
   select format('credits of %s: %s available and %s held, the lots have %s and %s', a.owner, a.c - a.d - a.dp, a.dp, l.remaining, l.reserved) as fault
   from ledger_accounts a left join lots l on l.account = a.id
   where a.code = 2400 and (a.c - a.d - a.dp, a.dp) is distinct from (coalesce(l.remaining, 0), coalesce(l.reserved, 0))
   union all
   select format('credits sold to %s: %s in the books, %s by the lots', a.owner, a.c - a.d, m.sold)
   from ledger_accounts a left join money m on m.owner = a.owner where a.code = 2180 and a.c - a.d <> coalesce(m.sold, 0) limit 20`,
);

export const appendOnly = statement<[], Fault>(
  "ledger.verifyAppendOnly",
  `select format('the trigger %s, which keeps a table append-only, is missing or off', w.name) as fault
   from unnest(array['ledger_entries_append_only', 'ledger_transfers_append_only', 'ledger_seals_append_only', 'ledger_lot_moves_append_only', 'ledger_accounts_kept']) w(name)
   where not exists (select 1 from pg_trigger t where t.tgname = w.name and t.tgenabled in ('O', 'A'))`,
);

/** What pools were given is what they paid, owe, wait to share and rounded away; to the last part of the index. */
export const poolsAddUp = statement<[], Fault>(
  "ledger.verifyPools",
  `with owed as (
     select d.pool, sum((p.acc - d.acc) * s.weight) as owed from ledger_stake_debts d
     join ledger_stakes s on s.id = d.stake and s.state = 'active' join ledger_pools p on p.id = d.pool group by d.pool
   )
   select format('pool %s: funded %s, paid %s, in its account %s', p.name, p.funded, p.paid, a.c - a.d - a.dp) as fault
   from ledger_pools p join ledger_accounts a on a.id = p.account left join owed o on o.pool = p.id
   where (p.funded - p.paid - p.unallocated)::numeric * 1000000000000000000000000000000 <> coalesce(o.owed, 0) + p.dust + p.carry
     or p.funded - p.paid <> a.c - a.d - a.dp or p.dust > p.operations::numeric * 1000000000000000000000000000000
     or exists (select 1 from ledger_stake_debts d where d.pool = p.id and d.acc > p.acc)
   union all
   select format('staking: the total weight is %s, the stakes have %s', t.total_weight, coalesce((select sum(weight) from ledger_stakes where state = 'active'), 0))
   from ledger_staking t where t.total_weight <> coalesce((select sum(weight) from ledger_stakes where state = 'active'), 0)
   union all
   select format('account %s (%s) of %s: %s, the stakes have %s', a.id, a.code, a.owner, a.c - a.d, coalesce(x.amount, 0))
   from ledger_accounts a left join lateral (
     select sum(s.amount) as amount from ledger_stakes s where s.owner = a.owner and s.state = case a.code when 2420 then 'active' else 'unbonding' end) x on true
   where a.code in (2420, 2425) and a.c - a.d <> coalesce(x.amount, 0) limit 20`,
);
