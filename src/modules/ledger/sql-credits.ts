import { statement } from "#platform/db/sql.ts";

export type LotKind = "paid" | "promo" | "stake_reward" | "daily" | "pool";

export interface LotRow {
  id: bigint;
  account: bigint;
  kind: LotKind;
  priority: number;
  granted: bigint;
  remaining: bigint;
  reserved: bigint;
  consumed: bigint;
  gone: bigint;
  paid: bigint;
  earned: bigint;
  origin: bigint | null;
  reason: string;
  effective_at: Date;
  expires_at: Date | null;
  voided_at: Date | null;
  key: string | null;
  created_at: Date;
}

const LOT = `l.id, l.account, l.kind, l.priority, l.granted, l.remaining, l.reserved, l.consumed, l.gone, l.paid, l.earned, l.origin, l.reason,
  l.effective_at, l.expires_at, l.voided_at, l.key, l.created_at`;

/** Everything about lots happens under this lock; the accounts in one order, as in the posting function. */
export const lockOwner = statement<[owner: bigint, codes: number[]], { id: bigint; code: number }>(
  "ledger.lockOwner",
  `select id, code from ledger_accounts where owner = $1 and code = any ($2::int2[]) order by id for no key update`,
);

export const insertLots = statement<
  [
    ids: bigint[],
    accounts: bigint[],
    kinds: string[],
    priorities: number[],
    granted: bigint[],
    paid: bigint[],
    /** 0: none. */
    origins: bigint[],
    reasons: string[],
    effective: Date[],
    expires: (Date | null)[],
    keys: (string | null)[],
    at: Date,
  ],
  never
>(
  "ledger.insertLots",
  `insert into ledger_lots (id, account, kind, priority, granted, remaining, paid, origin, reason, effective_at, expires_at, key, created_at)
   select x.id, x.account, x.kind, x.priority, x.granted, x.granted, x.paid, nullif(x.origin, 0), x.reason, x.effective_at, x.expires_at, x.key, $12
   from unnest($1::int8[], $2::int8[], $3::text[], $4::int2[], $5::int8[], $6::int8[], $7::int8[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::uuid[])
     x(id, account, kind, priority, granted, paid, origin, reason, effective_at, expires_at, key)`,
);

export const lotByKey = statement<[key: string], LotRow>(
  "ledger.lotByKey",
  `select ${LOT} from ledger_lots l where l.key = $1`,
);

export const lotsByKeys = statement<[keys: string[]], { key: string | null }>(
  "ledger.lotsByKeys",
  `select key from ledger_lots where key = any ($1::uuid[])`,
);

export const lotById = statement<[id: bigint], LotRow>(
  "ledger.lotById",
  `select ${LOT} from ledger_lots l where l.id = $1`,
);

/** What is left of an owner's lots, in the order in which it is spent. */
export const lotsOfAccount = statement<[account: bigint], LotRow>(
  "ledger.lotsOfAccount",
  `select ${LOT} from ledger_lots l where l.account = $1 and l.remaining > 0 order by l.priority, l.expires_at nulls last, l.id`,
);

/** The same, with whether a hold of this key is there. */
export const spendable = statement<[account: bigint, key: string], LotRow & { known: boolean }>(
  "ledger.spendable",
  `select ${LOT}, exists (select 1 from ledger_holds h where h.key = $2) as known from ledger_lots l
   where l.account = $1 and l.remaining > 0 order by l.priority, l.expires_at nulls last, l.id`,
);

/** Lots of a hold with what each of them gave, in the order in which it was taken. */
export const lotsOfHold = statement<[hold: bigint], LotRow & { held: bigint }>(
  "ledger.lotsOfHold",
  `select ${LOT}, m.amount as held from ledger_lot_moves m join ledger_lots l on l.id = m.lot
   where m.hold = $1 and m.kind = 'reserve' order by m.id`,
);

export const holdsWithLots = statement<[holds: bigint[]], { hold: bigint }>(
  "ledger.holdsWithLots",
  `select h.id as hold from unnest($1::int8[]) h(id) where exists (select 1 from ledger_lot_moves m where m.hold = h.id)`,
);

/** Lots of a hold with how much of each was used and not given back yet. */
export const usedOfHold = statement<[hold: bigint], LotRow & { used: bigint }>(
  "ledger.usedOfHold",
  `select ${LOT}, u.used from (
     select m.lot, min(m.id) as first, sum(case m.kind when 'use' then m.amount when 'refund' then -m.amount else 0 end)::int8 as used
     from ledger_lot_moves m where m.hold = $1 group by m.lot
   ) u join ledger_lots l on l.id = u.lot where u.used > 0 order by u.first`,
);

export const changeLots = statement<
  [
    ids: bigint[],
    remaining: bigint[],
    reserved: bigint[],
    consumed: bigint[],
    gone: bigint[],
    earned: bigint[],
    voidedAt: Date | null,
  ],
  never
>(
  "ledger.changeLots",
  `update ledger_lots l set remaining = l.remaining + x.remaining, reserved = l.reserved + x.reserved, consumed = l.consumed + x.consumed,
     gone = l.gone + x.gone, earned = l.earned + x.earned, voided_at = coalesce($7, l.voided_at)
   from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[]) x(id, remaining, reserved, consumed, gone, earned)
   where l.id = x.id`,
);

export const insertMoves = statement<
  [lots: bigint[], transfers: (string | null)[], /** 0: none. */ holds: bigint[], kinds: string[], amounts: bigint[]],
  never
>(
  "ledger.insertMoves",
  `insert into ledger_lot_moves (lot, transfer, hold, kind, amount)
   select x.lot, x.transfer, nullif(x.hold, 0), x.kind, x.amount
   from unnest($1::int8[], $2::uuid[], $3::int8[], $4::text[], $5::int8[]) with ordinality x(lot, transfer, hold, kind, amount, n) order by x.n`,
);

/** Both of these in one statement. */
export const changeAndMove = statement<
  [
    ids: bigint[],
    remaining: bigint[],
    reserved: bigint[],
    consumed: bigint[],
    gone: bigint[],
    earned: bigint[],
    voidedAt: Date | null,
    lots: bigint[],
    transfers: (string | null)[],
    holds: bigint[],
    kinds: string[],
    amounts: bigint[],
  ],
  never
>(
  "ledger.changeAndMove",
  `with changed as (
     update ledger_lots l set remaining = l.remaining + x.remaining, reserved = l.reserved + x.reserved, consumed = l.consumed + x.consumed,
       gone = l.gone + x.gone, earned = l.earned + x.earned, voided_at = coalesce($7, l.voided_at)
     from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[]) x(id, remaining, reserved, consumed, gone, earned)
     where l.id = x.id)
   insert into ledger_lot_moves (lot, transfer, hold, kind, amount)
   select x.lot, x.transfer, nullif(x.hold, 0), x.kind, x.amount
   from unnest($8::int8[], $9::uuid[], $10::int8[], $11::text[], $12::int8[]) with ordinality x(lot, transfer, hold, kind, amount, n) order by x.n`,
);

export const refundByKey = statement<[key: string], { hold: bigint | null; amount: bigint }>(
  "ledger.refundByKey",
  `select hold, sum(amount)::int8 as amount from ledger_lot_moves where transfer = $1 and kind = 'refund' group by hold`,
);

export const movesOfLot = statement<
  [lot: bigint],
  { id: bigint; transfer: string | null; hold: bigint | null; kind: string; amount: bigint }
>("ledger.movesOfLot", `select id, transfer, hold, kind, amount from ledger_lot_moves where lot = $1 order by id`);

/** Owners of lots whose time is over. */
export const ownersOfDueLots = statement<[at: Date, limit: number], { owner: bigint | null }>(
  "ledger.ownersOfDueLots",
  `select distinct a.owner from ledger_lots l join ledger_accounts a on a.id = l.account where l.remaining > 0 and l.expires_at <= $1 limit $2::int`,
);
