import { statement } from "#platform/db/sql.ts";

export interface PresaleRow {
  id: bigint;
  name: string;
  price: bigint;
  cap: bigint;
  soft_cap: bigint;
  per_user_cap: bigint;
  opens_at: Date;
  closes_at: Date;
  deliver_by: Date;
  refund_days: number;
  state: "open" | "refunding" | "refunded" | "delivering" | "delivered";
  sold: bigint;
  created_at: Date;
}

const PRESALE =
  "p.id, p.name, p.price, p.cap, p.soft_cap, p.per_user_cap, p.opens_at, p.closes_at, p.deliver_by, p.refund_days, p.state, p.sold, p.created_at";

export const insertPresale = statement<
  [
    id: bigint,
    name: string,
    price: bigint,
    cap: bigint,
    softCap: bigint,
    perUserCap: bigint,
    opensAt: Date,
    closesAt: Date,
    deliverBy: Date,
    refundDays: number,
    at: Date,
  ],
  never
>(
  "ledger.insertPresale",
  `insert into ledger_presales (id, name, price, cap, soft_cap, per_user_cap, opens_at, closes_at, deliver_by, refund_days, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);

/** Orders everything about one presale. */
export const lockPresale = statement<[id: bigint], PresaleRow>(
  "ledger.lockPresale",
  `select ${PRESALE} from ledger_presales p where p.id = $1 for update`,
);

export const presales = statement<[], PresaleRow>(
  "ledger.presales",
  `select ${PRESALE} from ledger_presales p order by p.id desc`,
);

export const unfinishedPresales = statement<[], PresaleRow>(
  "ledger.unfinishedPresales",
  `select ${PRESALE} from ledger_presales p where p.state in ('open', 'refunding', 'delivering') order by p.id`,
);

export const setPresaleState = statement<[id: bigint, state: string], never>(
  "ledger.setPresaleState",
  `update ledger_presales set state = $2 where id = $1`,
);

export const addSold = statement<[id: bigint, by: bigint], never>(
  "ledger.addSold",
  `update ledger_presales set sold = sold + $2 where id = $1`,
);

export interface PurchaseRow {
  id: bigint;
  presale: bigint;
  owner: bigint;
  tokens: bigint;
  cost: bigint;
  hold: bigint;
  state: "escrow" | "refunded" | "delivered";
  key: string;
  created_at: Date;
}

const PURCHASE = "u.id, u.presale, u.owner, u.tokens, u.cost, u.hold, u.state, u.key, u.created_at";

export const insertPurchase = statement<
  [id: bigint, presale: bigint, owner: bigint, tokens: bigint, cost: bigint, hold: bigint, key: string, at: Date],
  never
>(
  "ledger.insertPurchase",
  `insert into ledger_purchases (id, presale, owner, tokens, cost, hold, key, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

export const purchaseById = statement<[id: bigint], PurchaseRow>(
  "ledger.purchaseById",
  `select ${PURCHASE} from ledger_purchases u where u.id = $1`,
);

export const purchaseByKey = statement<[key: string], PurchaseRow>(
  "ledger.purchaseByKey",
  `select ${PURCHASE} from ledger_purchases u where u.key = $1`,
);

export const purchasesOf = statement<[owner: bigint], PurchaseRow>(
  "ledger.purchasesOf",
  `select ${PURCHASE} from ledger_purchases u where u.owner = $1 order by u.id desc`,
);

export const boughtBy = statement<[presale: bigint, owner: bigint], { tokens: bigint }>(
  "ledger.boughtBy",
  `select coalesce(sum(tokens), 0)::int8 as tokens from ledger_purchases where presale = $1 and owner = $2 and state <> 'refunded'`,
);

export const inEscrow = statement<[presale: bigint, limit: number], PurchaseRow>(
  "ledger.inEscrow",
  `select ${PURCHASE} from ledger_purchases u where u.presale = $1 and u.state = 'escrow' order by u.id limit $2::int`,
);

export const setPurchaseState = statement<[id: bigint, state: string], never>(
  "ledger.setPurchaseState",
  `update ledger_purchases set state = $2 where id = $1`,
);

/** Money and tokens of presales agree with what was bought. */
export const presalesAddUp = statement<[], { fault: string }>(
  "ledger.verifyPresales",
  `select format('presale %s: %s sold, purchases have %s; %s in escrow, purchases have %s', p.id, p.sold, u.sold, coalesce(e.c - e.d, 0), u.cost) as fault
   from ledger_presales p
   cross join lateral (
     select coalesce(sum(tokens) filter (where state <> 'refunded'), 0) as sold, coalesce(sum(cost) filter (where state = 'escrow'), 0) as cost
     from ledger_purchases where presale = p.id) u
   left join ledger_accounts e on e.code = 2450 and e.owner = p.id
   where p.sold <> u.sold or coalesce(e.c - e.d, 0) <> u.cost
   union all
   select format('purchase %s is %s, its hold is not', u.id, u.state) from ledger_purchases u left join ledger_holds h on h.id = u.hold
   where h.id is null or h.amount <> u.tokens or h.state <> case u.state when 'escrow' then 0 when 'delivered' then 1 else 2 end limit 20`,
);
