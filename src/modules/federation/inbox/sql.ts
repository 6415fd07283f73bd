import { statement } from "#platform/db/sql.ts";

// What came in and is still to be applied.

/** Takes activities that were not seen before; answers the lanes that have something to do now. */
export const takeIn = statement<
  [digests: Buffer[], ids: bigint[], lanes: number[], actors: string[], bodies: string[]],
  { lane: number }
>(
  "federation.takeIn",
  `with n as (insert into inbox_seen (digest) select d from unnest($1::bytea[]) d on conflict do nothing returning digest),
   q as (insert into inbox_queue (id, lane, actor, body) select x.id, x.lane, x.actor, x.body
     from unnest($1::bytea[], $2::int8[], $3::int2[], $4::text[], $5::text[]) x(digest, id, lane, actor, body) join n using (digest) returning lane)
   select distinct lane from q`,
);
export const claimInboxLane = statement<[lane: number], { lane: number }>(
  "federation.claimInboxLane",
  `update inbox_lanes set lease_until = now() + interval '60 s' where lane = $1 and lease_until < now() returning lane`,
);
export const holdInboxLane = statement<[lane: number], never>(
  "federation.holdInboxLane",
  `update inbox_lanes set lease_until = now() + interval '60 s' where lane = $1`,
);
export const freeInboxLane = statement<[lane: number], never>(
  "federation.freeInboxLane",
  `update inbox_lanes set lease_until = '-infinity' where lane = $1`,
);
export interface QueuedRow {
  id: bigint;
  actor: string;
  body: string;
  attempts: number;
}
export const queued = statement<[lane: number, limit: number], QueuedRow>(
  "federation.queued",
  `select id, actor, body, attempts from inbox_queue where lane = $1 order by id limit $2::int`,
);
export const applied = statement<[ids: bigint[]], never>(
  "federation.applied",
  `delete from inbox_queue where id = any($1::int8[])`,
);
export const triedInVain = statement<[id: bigint], { attempts: number }>(
  "federation.triedInVain",
  `update inbox_queue set attempts = attempts + 1 where id = $1 returning attempts`,
);
export const busyLanes = statement<[], { lane: number }>(
  "federation.busyLanes",
  `select l.lane from inbox_lanes l where exists (select 1 from inbox_queue q where q.lane = l.lane)`,
);
