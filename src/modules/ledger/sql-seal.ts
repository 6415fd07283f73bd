import { statement } from "#platform/db/sql.ts";

/** Waits until nobody is posting, and keeps everybody out until the transaction ends. */
export const closeGate = statement<[], { locked: unknown }>(
  "ledger.closeGate",
  `select pg_advisory_xact_lock(ledger_gate()) as locked`,
);

export const lastSeal = statement<[], { day: string; root: Uint8Array }>(
  "ledger.lastSeal",
  `select day::text as day, root from ledger_seals order by day desc limit 1`,
);

export const allSeals = statement<
  [],
  { day: string; root: Uint8Array; prev: Uint8Array | null; entries: bigint; transfers: bigint }
>("ledger.allSeals", `select day::text as day, root, prev, entries, transfers from ledger_seals order by day`);

/** Days with entries after one day and before another, oldest first. */
export const daysBetween = statement<[after: string | null, before: string], { day: string }>(
  "ledger.daysBetween",
  `select distinct (recorded_at at time zone 'UTC')::date::text as day from ledger_entries
   where recorded_at < ($2::date::timestamp at time zone 'UTC')
     and ($1::date is null or recorded_at >= (($1::date + 1)::timestamp at time zone 'UTC')) order by 1`,
);

/** Entries that no day before the given one has sealed or will: recorded on a sealed day, yet not counted there. */
export const countDay = statement<[day: string], { entries: bigint; transfers: bigint }>(
  "ledger.countDay",
  `select count(distinct e.id) as entries, count(*) as transfers from ledger_entries e join ledger_transfers t on t.entry = e.id
   where e.recorded_at >= ($1::date::timestamp at time zone 'UTC') and e.recorded_at < (($1::date + 1)::timestamp at time zone 'UTC')`,
);

export interface SealedLine {
  entry: bigint;
  line: number;
  /** Everything else that must never change, as text. */
  fields: string[];
}

/** A slice of a day's lines in their order. */
export const dayLines = statement<
  [day: string, afterEntry: bigint, afterLine: number, limit: number],
  { entry: bigint; line: number; fields: string[] }
>(
  "ledger.dayLines",
  `select t.entry, t.line, array[t.key::text, t.debit::text, t.credit::text, t.amount::text, t.asset::text, t.code::text, t.type::text,
     coalesce(t.pending_key::text, ''), coalesce((extract(epoch from t.expires_at) * 1000000)::int8::text, ''),
     e.kind::text, coalesce(e.doc::text, ''), coalesce(e.actor::text, ''), coalesce(e.reverses::text, ''), coalesce(e.memo, ''),
     e.effective::text, (extract(epoch from e.recorded_at) * 1000000)::int8::text] as fields
   from ledger_entries e join ledger_transfers t on t.entry = e.id
   where e.recorded_at >= ($1::date::timestamp at time zone 'UTC') and e.recorded_at < (($1::date + 1)::timestamp at time zone 'UTC')
     and (t.entry, t.line) > ($2, $3)
   order by t.entry, t.line limit $4::int`,
);

export const insertSeal = statement<
  [day: string, root: Uint8Array, prev: Uint8Array | null, entries: bigint, transfers: bigint, at: Date],
  never
>(
  "ledger.insertSeal",
  `insert into ledger_seals (day, root, prev, entries, transfers, sealed_at) values ($1, $2, $3, $4, $5, $6)`,
);

export const closePeriod = statement<[id: number, from: string, to: string, at: Date], { id: number }>(
  "ledger.closePeriod",
  `insert into ledger_periods (id, from_day, to_day, state, closed_at) values ($1, $2, $3, 'closed', $4)
   on conflict (id) do update set state = 'closed', closed_at = excluded.closed_at where ledger_periods.state = 'open' returning id`,
);

export const periods = statement<
  [],
  { id: number; from_day: string; to_day: string; state: string; closed_at: Date | null }
>(
  "ledger.periods",
  `select id, from_day::text as from_day, to_day::text as to_day, state, closed_at from ledger_periods order by id`,
);
