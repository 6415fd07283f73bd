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
/** Takes every lane that has something to do and is nobody's. */
export const claimLanes = statement<[], { lane: number }>(
  "federation.claimInboxLanes",
  `update inbox_lanes set lease_until = now() + interval '60 s'
   where lane in (select l.lane from inbox_lanes l where l.lease_until < now() and exists (select 1 from inbox_queue q where q.lane = l.lane) order by l.lane for no key update skip locked)
   returning lane`,
);
export const holdLanes = statement<[lanes: number[]], never>(
  "federation.holdInboxLanes",
  `update inbox_lanes set lease_until = now() + interval '60 s' where lane = any($1::int2[])`,
);
export const freeLanes = statement<[lanes: number[]], never>(
  "federation.freeInboxLanes",
  `update inbox_lanes set lease_until = '-infinity' where lane = any($1::int2[])`,
);
export const freeAllLanes = statement<[], never>(
  "federation.freeAllInboxLanes",
  `update inbox_lanes set lease_until = '-infinity' where lease_until > now()`,
);
export interface QueuedRow {
  id: bigint;
  lane: number;
  actor: string;
  attempts: number;
}
export const queued = statement<[lanes: number[], limit: number], QueuedRow>(
  "federation.queued",
  `select id, lane, actor, attempts from inbox_queue where lane = any($1::int2[]) order by id limit $2::int`,
);
export const bodiesOf = statement<[ids: bigint[]], { id: bigint; body: string }>(
  "federation.inboxBodies",
  `select id, body from inbox_queue where id = any($1::int8[])`,
);
/** Something to do in a lane that is nobody's. */
export const waitingLanes = statement<[], { found: boolean }>(
  "federation.waitingLanes",
  `select exists (select 1 from inbox_lanes l where l.lease_until < now() and exists (select 1 from inbox_queue q where q.lane = l.lane)) as found`,
);
export const applied = statement<[ids: bigint[]], never>(
  "federation.applied",
  `delete from inbox_queue where id = any($1::int8[])`,
);
export const triedInVain = statement<[id: bigint], { attempts: number }>(
  "federation.triedInVain",
  `update inbox_queue set attempts = attempts + 1 where id = $1 returning attempts`,
);
