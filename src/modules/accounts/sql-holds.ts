import { statement } from "#platform/db/sql.ts";

export interface HoldRow {
  id: bigint;
  account_id: bigint;
  kind: "email";
  payload: { email: string };
  requested_at: Date;
  due_at: Date;
}
const columns = `id, account_id, kind, payload, requested_at, due_at`;

/** A later one of the same kind takes the place of an open one. */
export const openHold = statement<
  [id: bigint, account: bigint, kind: string, payload: string, at: Date, due: Date, cancel: Buffer],
  never
>(
  "accounts.openHold",
  `insert into account_holds (id, account_id, kind, payload, requested_at, due_at, cancel) values ($1, $2, $3, $4::jsonb, $5, $6, $7)
   on conflict (account_id, kind) where state = 'open' do update set payload = excluded.payload, requested_at = excluded.requested_at, due_at = excluded.due_at, cancel = excluded.cancel`,
);
export const openHolds = statement<[account: bigint], HoldRow>(
  "accounts.openHolds",
  `select ${columns} from account_holds where account_id = $1 and state = 'open' order by id`,
);
export const dueHolds = statement<[now: Date], { id: bigint }>(
  "accounts.dueHolds",
  `select id from account_holds where state = 'open' and due_at <= $1 order by due_at limit 200`,
);
/** Ends an open hold: whoever comes first. */
export const finishHold = statement<[id: bigint, now: Date], HoldRow>(
  "accounts.finishHold",
  `update account_holds set state = 'done' where id = $1 and state = 'open' and due_at <= $2 returning ${columns}`,
);
export const cancelHold = statement<[cancel: Buffer], HoldRow>(
  "accounts.cancelHold",
  `update account_holds set state = 'cancelled' where cancel = $1 and state = 'open' returning ${columns}`,
);
export const cancelOwnHold = statement<[id: bigint, account: bigint], HoldRow>(
  "accounts.cancelOwnHold",
  `update account_holds set state = 'cancelled' where id = $1 and account_id = $2 and state = 'open' returning ${columns}`,
);
export const dropHold = statement<[id: bigint], never>(
  "accounts.dropHold",
  `update account_holds set state = 'cancelled' where id = $1 and state = 'open'`,
);
