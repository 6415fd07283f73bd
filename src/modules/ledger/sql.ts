import { statement } from "#platform/db/sql.ts";

// Arrays come as text and are cast here: written by hand they cost a tenth of what the driver's own way does.
export const postBatch = statement<
  [
    at: Date,
    accounts: string,
    kinds: string,
    docs: string,
    actors: string,
    reverses: string,
    memos: string,
    effective: string,
    entries: string,
    lines: string,
    keys: string,
    debits: string,
    credits: string,
    amounts: string,
    codes: string,
    types: string,
    pending: string,
    expires: string,
    holds: string,
    oneByOne: boolean,
  ],
  { verdicts: number[]; lines: number[]; entries: bigint[] }
>(
  "ledger.postBatch",
  `select verdicts, lines, entries from ledger_post_batch($1, $2::text::int8[],
     $3::text::int2[], $4::text::int8[], $5::text::int8[], $6::text::int8[], $7::text::text[], $8::text::date[],
     $9::text::int4[], $10::text::int2[], $11::text::uuid[], $12::text::int4[], $13::text::int4[], $14::text::int8[],
     $15::text::int2[], $16::text::int2[], $17::text::uuid[], $18::text::timestamptz[], $19::text::int8[], $20)`,
);

export const findAccount = statement<[code: number, asset: number, owner: bigint | null], { id: bigint }>(
  "ledger.findAccount",
  `select id from ledger_accounts where code = $1 and asset = $2 and owner is not distinct from $3`,
);

export const openAccount = statement<
  [id: bigint, code: number, asset: number, owner: bigint | null, creditLimit: bigint, at: Date],
  never
>(
  "ledger.openAccount",
  `insert into ledger_accounts (id, code, asset, owner, bound, rollup, credit_limit, created_at)
   select $1, c.code, $3, $4, c.bound, c.rollup, $5, $6 from ledger_chart c where c.code = $2
   on conflict do nothing`,
);

export const closeAccount = statement<[id: bigint, at: Date], { id: bigint }>(
  "ledger.closeAccount",
  `update ledger_accounts set closed_at = coalesce(closed_at, $2) where id = $1 and d = c and dp = 0 and cp = 0 returning id`,
);

export const setCreditLimit = statement<[id: bigint, limit: bigint], { id: bigint }>(
  "ledger.setCreditLimit",
  `update ledger_accounts set credit_limit = $2 where id = $1 and bound = 3 and d + dp <= c + $2 returning id`,
);

/** Row and tail in one statement, so that it is exact while the tail is being moved. */
export const balances = statement<
  [ids: bigint[]],
  {
    id: bigint;
    code: number;
    asset: number;
    owner: bigint | null;
    bound: number;
    credit_limit: bigint;
    d: bigint;
    dp: bigint;
    c: bigint;
    cp: bigint;
  }
>(
  "ledger.balances",
  `select a.id, a.code, a.asset, a.owner, a.bound, a.credit_limit, (a.d + coalesce(x.d, 0))::int8 as d, (a.dp + coalesce(x.dp, 0))::int8 as dp,
     (a.c + coalesce(x.c, 0))::int8 as c, (a.cp + coalesce(x.cp, 0))::int8 as cp
   from ledger_accounts a
   left join lateral (select sum(t.d) as d, sum(t.dp) as dp, sum(t.c) as c, sum(t.cp) as cp from ledger_deltas t where a.rollup and t.account = a.id) x on true
   where a.id = any ($1)`,
);

export const accountsOfOwner = statement<
  [owner: bigint, codes: number[]],
  { id: bigint; code: number; asset: number; d: bigint; dp: bigint; c: bigint; cp: bigint }
>(
  "ledger.accountsOfOwner",
  `select id, code, asset, d, dp, c, cp from ledger_accounts where owner = $1 and code = any ($2::int2[])`,
);

export const lockAccount = statement<[id: bigint], { d: bigint; dp: bigint; c: bigint; cp: bigint }>(
  "ledger.lockAccount",
  `select d, dp, c, cp from ledger_accounts where id = $1 for no key update`,
);

export interface StatementRow {
  entry: bigint;
  line: number;
  key: string;
  kind: number;
  type: number;
  other: bigint;
  amount: bigint;
  after: bigint | null;
  asset: number;
  memo: string | null;
  effective: string;
  recorded_at: Date;
}

// Compared as pairs, so that the index of the account is the only one in the wanted order: by the number of entries alone all of them
// would be walked through for an account that has few.
/** Lines of one account, newest first; `amount` has the sign of its effect on credits minus debits. What is only held is left out. */
export const statementPage = statement<[account: bigint, before: bigint, limit: number], StatementRow>(
  "ledger.statementPage",
  `select t.entry, t.line, t.key, e.kind, t.type, t.other, t.amount, t.after, t.asset, e.memo, e.effective::text as effective, e.recorded_at
   from (
     (select entry, line, key, type, credit as other, (-amount)::int8 as amount, debit_after as after, asset from ledger_transfers
      where (debit, entry) < ($1, $2) and debit >= $1 and type in (0, 2) order by debit desc, entry desc limit $3::int)
     union all
     (select entry, line, key, type, debit, amount, credit_after, asset from ledger_transfers
      where (credit, entry) < ($1, $2) and credit >= $1 and type in (0, 2) order by credit desc, entry desc limit $3::int)
   ) t join ledger_entries e on e.id = t.entry
   order by t.entry desc, t.line desc`,
);

/** Entries that changed the accounts, newest first: one row per entry and account. */
export const entriesPage = statement<
  [accounts: bigint[], before: bigint, limit: number],
  {
    entry: bigint;
    account: bigint;
    asset: number;
    amount: bigint;
    after: bigint;
    kind: number;
    memo: string | null;
    recorded_at: Date;
  }
>(
  "ledger.entriesPage",
  `select t.entry, t.account, t.asset, sum(t.amount)::int8 as amount, (array_agg(t.after order by t.line desc))[1] as after, e.kind, e.memo, e.recorded_at
   from unnest($1::int8[]) a(id) cross join lateral (
     (select entry, line, debit as account, asset, -amount as amount, debit_after as after from ledger_transfers
      where (debit, entry) < (a.id, $2) and debit >= a.id and type in (0, 2) order by debit desc, entry desc limit $3::int * 8)
     union all
     (select entry, line, credit, asset, amount, credit_after from ledger_transfers
      where (credit, entry) < (a.id, $2) and credit >= a.id and type in (0, 2) order by credit desc, entry desc limit $3::int * 8)
   ) t join ledger_entries e on e.id = t.entry
   group by t.entry, t.account, t.asset, e.kind, e.memo, e.recorded_at
   order by t.entry desc, t.account limit $3::int`,
);

export const entryLines = statement<
  [entry: bigint],
  { key: string; line: number; debit: bigint; credit: bigint; amount: bigint; code: number; type: number; kind: number }
>(
  "ledger.entryLines",
  `select t.key, t.line, t.debit, t.credit, t.amount, t.code, t.type, e.kind
   from ledger_transfers t join ledger_entries e on e.id = t.entry where t.entry = $1 order by t.line`,
);

/** Turnover of a span of days and the balance at its end, per account code and asset; from the transfers, not from balances. */
export const trialBalance = statement<
  [from: string, to: string],
  { code: number; name: string; asset: number; debits: bigint; credits: bigint; balance: bigint }
>(
  "ledger.trialBalance",
  `select a.code, h.name, a.asset, coalesce(sum(l.amount) filter (where l.side = 1 and l.effective >= $1::date), 0)::int8 as debits,
     coalesce(sum(l.amount) filter (where l.side = 2 and l.effective >= $1::date), 0)::int8 as credits,
     sum(case l.side when 2 then l.amount else -l.amount end)::int8 as balance
   from (
     select t.debit as account, 1 as side, t.amount, e.effective from ledger_transfers t join ledger_entries e on e.id = t.entry
     where t.type in (0, 2) and e.effective <= $2::date
     union all
     select t.credit, 2, t.amount, e.effective from ledger_transfers t join ledger_entries e on e.id = t.entry
     where t.type in (0, 2) and e.effective <= $2::date
   ) l join ledger_accounts a on a.id = l.account join ledger_chart h on h.code = a.code
   group by a.code, h.name, a.asset order by a.code, a.asset`,
);

export const roll = statement<[], { taken: bigint }>("ledger.roll", `select ledger_roll() as taken`);

export interface HoldRow {
  id: bigint;
  key: string;
  asset: number;
  debit: bigint;
  credit: bigint;
  amount: bigint;
  state: number;
  captured: bigint;
  resolved_by: string | null;
  reference: string | null;
  expires_at: Date | null;
  created_at: Date;
}

const HOLD = "id, key, asset, debit, credit, amount, state, captured, resolved_by, reference, expires_at, created_at";

export const holdById = statement<[id: bigint], HoldRow>(
  "ledger.holdById",
  `select ${HOLD} from ledger_holds where id = $1`,
);

export const holdByKey = statement<[key: string], HoldRow>(
  "ledger.holdByKey",
  `select ${HOLD} from ledger_holds where key = $1`,
);

export const openHolds = statement<[account: bigint, limit: number], HoldRow>(
  "ledger.openHolds",
  `select ${HOLD} from ledger_holds where debit = $1 and state = 0 order by id desc limit $2::int`,
);

export const dueHolds = statement<[at: Date, limit: number], HoldRow>(
  "ledger.dueHolds",
  `select ${HOLD} from ledger_holds where state = 0 and expires_at <= $1 order by expires_at limit $2::int`,
);
