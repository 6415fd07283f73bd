import { statement } from "#platform/db/sql.ts";

// Deliveries are rows, one lane per destination host drains them: see docs/adr/0004.

export interface Target {
  host: string;
  inbox: string;
}

/** Inboxes of an author's followers elsewhere, one per shared inbox. Parked and gone ones are left out. */
const toFollowers = `select distinct r.host, coalesce(r.shared_inbox, r.inbox) as inbox from follows f join remote_actors r on r.account_id = f.account_id where f.target_id = $1 and r.gone_at is null`;
export const followerInboxes = statement<[author: bigint], Target>("federation.followerInboxes", toFollowers);

export const inboxesOf = statement<[accounts: bigint[], shared: boolean], Target>(
  "federation.inboxesOf",
  `select distinct r.host, case when $2 then coalesce(r.shared_inbox, r.inbox) else r.inbox end as inbox from remote_actors r where r.account_id = any($1::int8[]) and r.gone_at is null`,
);

/** Who elsewhere has something to do with a post: boosted it, answered it, likes it. They hear of its edits and its end. */
export const involvedWith = statement<[post: bigint], { account_id: bigint }>(
  "federation.involvedWith",
  `select p.account_id from posts p join remote_actors r on r.account_id = p.account_id where p.boost_of_id = $1 or p.in_reply_to_id = $1 or (p.quote_of_id = $1 and p.quote_state = 1)
   union select f.account_id from favourites f join remote_actors r on r.account_id = f.account_id where f.post_id = $1 limit 1000`,
);

export const insertBody = statement<[id: bigint, body: Buffer, digest: Buffer, key: string | null], never>(
  "federation.insertBody",
  `insert into activity_bodies (id, body, digest, object_key) values ($1, $2, $3, $4)`,
);
/** Sorted, so that two posts that go to the same hosts do not wait for each other crosswise. Answers the hosts that are parked. */
export const upsertHosts = statement<[hosts: string[]], { host: string }>(
  "federation.upsertHosts",
  `with n as (insert into delivery_hosts (host) select h from unnest($1::text[]) h order by h on conflict do nothing)
   select host from delivery_hosts where host = any($1::text[]) and parked_at is not null`,
);
export const insertDeliveries = statement<
  [
    ids: bigint[],
    hosts: string[],
    inboxes: string[],
    body: bigint,
    actor: bigint,
    priority: number,
    orderKey: string | null,
  ],
  never
>(
  "federation.insertDeliveries",
  `insert into deliveries (id, host, inbox_url, body_id, actor_id, priority, order_key)
   select x.id, x.host, x.inbox, $4, $5, $6, $7 from unnest($1::int8[], $2::text[], $3::text[]) x(id, host, inbox) on conflict do nothing`,
);
/** A deletion ends what was not sent yet of the same object. */
export const supersede = statement<[orderKey: string, hosts: string[]], never>(
  "federation.supersede",
  `delete from deliveries where host = any($2::text[]) and order_key = $1 and attempts > 0`,
);

export interface LaneRow {
  host: string;
  sig_spec: "cavage" | "rfc9421" | null;
  failures: number;
  /** Failed lately: one delivery is tried before the rest. */
  probing: boolean;
}
/** Takes lanes: nobody else works on them until the lease ends, and not while their circuit is open. */
export const claimLanes = statement<[hosts: string[]], LaneRow>(
  "federation.claimLanes",
  `update delivery_hosts set lease_until = now() + interval '60 s'
   where host in (select host from delivery_hosts where host = any($1::text[]) and (lease_until is null or lease_until < now()) and (open_until is null or open_until <= now())
     order by host for no key update skip locked)
   returning host, sig_spec, failures, open_until is not null or parked_at is not null as probing`,
);
export const extendLeases = statement<[hosts: string[]], never>(
  "federation.extendLeases",
  `update delivery_hosts set lease_until = now() + interval '60 s' where host = any($1::text[])`,
);

export interface DueRow {
  id: bigint;
  host: string;
  inbox_url: string;
  body_id: bigint;
  actor_id: bigint;
  order_key: string | null;
  attempts: number;
  created_at: Date;
}
/** What of a lane may be sent now. */
const due = `x.next_try_at <= now()
        and (x.order_key is null or not exists (select 1 from deliveries o where o.host = x.host and o.order_key = x.order_key and o.inbox_url = x.inbox_url and o.id < x.id))`;

/** Due rows of lanes, most urgent first; about one object only the oldest for each inbox, and none while an older one waits for its next try. */
export const dueRows = statement<[hosts: string[], limit: number], DueRow>(
  "federation.dueRows",
  `select d.id, d.host, d.inbox_url, d.body_id, d.actor_id, d.order_key, d.attempts, d.created_at from unnest($1::text[]) h(host) cross join lateral
     (select x.id, x.host, x.inbox_url, x.body_id, x.actor_id, x.order_key, x.attempts, x.created_at from deliveries x
      where x.host = h.host and ${due}
      order by x.priority, x.id limit $2::int) d`,
);
export const bodies = statement<[ids: bigint[]], { id: bigint; body: Buffer; digest: Buffer }>(
  "federation.bodies",
  `select id, body, digest from activity_bodies where id = any($1::int8[])`,
);
export const doneRows = statement<[ids: bigint[]], never>(
  "federation.doneRows",
  `delete from deliveries where id = any($1::int8[])`,
);
export const retryRow = statement<[id: bigint, at: Date, status: number | null, error: string], never>(
  "federation.retryRow",
  `update deliveries set attempts = attempts + 1, next_try_at = $2, last_status = $3, last_error = left($4, 200) where id = $1`,
);
export const dropLane = statement<[host: string], never>(
  "federation.dropLane",
  `delete from deliveries where host = $1`,
);
export const dropDomain = statement<[domain: string], never>(
  "federation.dropDomain",
  `with d as (delete from deliveries where host in (select host from delivery_hosts where host = $1 or right(host, length($1) + 1) = '.' || $1))
   delete from delivery_hosts h where (h.host = $1 or right(h.host, length($1) + 1) = '.' || $1) and not exists (select 1 from deliveries d where d.host = h.host)`,
);

/** Gives lanes back. What is still due is looked for after this is committed, so that no wake-up is lost: see docs/adr/0020. */
export const releaseAllLanes = statement<[], never>(
  "federation.releaseAllLanes",
  `update delivery_hosts set lease_until = null where lease_until is not null`,
);
export const releaseLanes = statement<[hosts: string[]], never>(
  "federation.releaseLanes",
  `update delivery_hosts set lease_until = null where host = any($1::text[])`,
);
export const stillDue = statement<[hosts: string[]], { host: string }>(
  "federation.stillDue",
  `select h.host from unnest($1::text[]) h(host) where exists (select 1 from deliveries x where x.host = h.host and ${due})`,
);
export const laneSucceeded = statement<[host: string, spec: string, latency: number], never>(
  "federation.laneSucceeded",
  `update delivery_hosts set failures = 0, window_at = null, failing_since = null, open_until = null, parked_at = null, last_error = null, last_status = null,
     sig_spec = $2, sig_spec_at = now(), latency_ms = $3::int where host = $1`,
);
/** Counts a failure; five within ten minutes open the circuit for half an hour, and after a week of nothing but failures the host is parked. */
export const laneFailed = statement<
  [host: string, status: number | null, error: string, waitUntil: Date | null],
  { parked: boolean; open: boolean }
>(
  "federation.laneFailed",
  `update delivery_hosts set
     failures = case when window_at > now() - interval '10 min' then failures + 1 else greatest(1, case when open_until is not null then failures else 1 end) end,
     window_at = case when window_at > now() - interval '10 min' then window_at else now() end,
     failing_since = coalesce(failing_since, now()),
     open_until = case when $4::timestamptz is not null then $4
       when (window_at > now() - interval '10 min' and failures + 1 >= 5) or open_until is not null
         then now() + case when parked_at is not null or failing_since < now() - interval '7 days' then interval '1 day' else interval '30 min' end end,
     parked_at = case when failing_since < now() - interval '7 days' then coalesce(parked_at, now()) else parked_at end,
     last_status = $2, last_error = left($3, 200)
   where host = $1 returning parked_at is not null as parked, open_until > now() as open`,
);
/** A validly signed request from a host shows that it lives: whatever waits for it is tried. */
export const wakeHosts = statement<[hosts: string[]], { host: string }>(
  "federation.wakeHosts",
  `update delivery_hosts set parked_at = null, open_until = null, failures = 0, window_at = null, failing_since = null
   where host = any($1::text[]) and (parked_at is not null or open_until is not null) returning host`,
);
export const sweepLanes = statement<[limit: number], { host: string }>(
  "federation.sweepLanes",
  `select h.host from delivery_hosts h where (h.lease_until is null or h.lease_until < now()) and (h.open_until is null or h.open_until <= now())
     and exists (select 1 from deliveries d where d.host = h.host and d.next_try_at <= now()) order by h.host limit $1::int`,
);
export const sweepBodies = statement<[before: Date, expired: Date], never>(
  "federation.sweepBodies",
  `with d as (delete from deliveries where created_at < $2)
   delete from activity_bodies b where b.created_at < $1 and not exists (select 1 from deliveries d where d.body_id = b.id)`,
);
export const backlog = statement<[host: string], { n: bigint }>(
  "federation.backlog",
  `select count(*) as n from (select 1 from deliveries where host = $1 limit 10001) x`,
);

export interface HostRow {
  host: string;
  failures: number;
  failing_since: Date | null;
  open_until: Date | null;
  parked_at: Date | null;
  sig_spec: string | null;
  last_status: number | null;
  last_error: string | null;
  latency_ms: number | null;
  waiting: bigint;
  oldest: Date | null;
}
export const hosts = statement<[limit: number], HostRow>(
  "federation.hosts",
  `select h.host, h.failures, h.failing_since, h.open_until, h.parked_at, h.sig_spec, h.last_status, h.last_error, h.latency_ms, coalesce(d.n, 0) as waiting, d.oldest
   from delivery_hosts h left join (select host, count(*) as n, min(created_at) as oldest from deliveries group by host) d on d.host = h.host
   order by coalesce(d.n, 0) desc, h.host limit $1::int`,
);
