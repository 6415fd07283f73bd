import { statement } from "#platform/db/sql.ts";

// Actors, keys and other memories of this module. The inbox and the deliveries have files of their own.

export interface LocalKeyRow {
  account_id: bigint;
  private_pem: string;
  public_pem: string;
}
export const localKey = statement<[account: bigint], LocalKeyRow>(
  "federation.localKey",
  `select account_id, private_pem, public_pem from local_keys where account_id = $1`,
);
export const insertLocalKey = statement<[account: bigint, privatePem: string, publicPem: string], never>(
  "federation.insertLocalKey",
  `insert into local_keys (account_id, private_pem, public_pem) values ($1, $2, $3) on conflict do nothing`,
);

export interface RemoteKeyRow {
  id: string;
  account_id: bigint;
  actor: string;
  pem: string;
  fetched_at: Date;
}
export const remoteKey = statement<[id: string], RemoteKeyRow>(
  "federation.remoteKey",
  `select k.id, k.account_id, r.uri as actor, k.pem, k.fetched_at from remote_keys k join remote_actors r on r.account_id = k.account_id where k.id = $1`,
);
/** Answers the keys that the actor has given up. */
export const storeKeys = statement<[account: bigint, ids: string[], pems: string[], at: Date], { id: string }>(
  "federation.storeKeys",
  `with gone as (delete from remote_keys where account_id = $1 and id <> all ($2::text[]) returning id),
   s as (insert into remote_keys (id, account_id, pem, fetched_at) select x.id, $1, x.pem, $4 from unnest($2::text[], $3::text[]) x(id, pem)
     on conflict (id) do update set account_id = excluded.account_id, pem = excluded.pem, fetched_at = excluded.fetched_at)
   select id from gone`,
);

export const storeActor = statement<
  [
    account: bigint,
    uri: string,
    host: string,
    inbox: string,
    sharedInbox: string | null,
    outbox: string | null,
    followers: string | null,
    following: string | null,
    featured: string | null,
    at: Date,
  ],
  never
>(
  "federation.storeActor",
  `insert into remote_actors (account_id, uri, host, inbox, shared_inbox, outbox, followers, following, featured, fetched_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   on conflict (account_id) do update set inbox = excluded.inbox, shared_inbox = excluded.shared_inbox, outbox = excluded.outbox, followers = excluded.followers,
     following = excluded.following, featured = excluded.featured, fetched_at = excluded.fetched_at, gone_at = null`,
);

export interface ActorRow {
  account_id: bigint;
  uri: string;
  host: string;
  inbox: string;
  shared_inbox: string | null;
  outbox: string | null;
  followers: string | null;
  featured: string | null;
  fetched_at: Date;
  backfilled_at: Date | null;
  gone_at: Date | null;
}
const actorColumns = `account_id, uri, host, inbox, shared_inbox, outbox, followers, featured, fetched_at, backfilled_at, gone_at`;
export const actorOf = statement<[account: bigint], ActorRow>(
  "federation.actorOf",
  `select ${actorColumns} from remote_actors where account_id = $1`,
);
export const actorByUri = statement<[uri: string], ActorRow>(
  "federation.actorByUri",
  `select ${actorColumns} from remote_actors where uri = $1`,
);
/** Claims the reading of a profile's past, once in a while. */
export const claimBackfill = statement<[account: bigint, before: Date, now: Date], ActorRow>(
  "federation.claimBackfill",
  `update remote_actors set backfilled_at = $3 where account_id = $1 and (backfilled_at is null or backfilled_at < $2) returning ${actorColumns}`,
);
export const markGone = statement<[account: bigint], never>(
  "federation.markGone",
  `update remote_actors set gone_at = now() where account_id = $1`,
);

export interface KnownActor {
  id: bigint;
  uri: string;
  username: string;
  domain: string;
  url: string | null;
  indexable: boolean;
  suspended: boolean;
  followers: string | null;
  following: string | null;
  fetched_at: Date;
  /** Somebody here follows them. */
  followed: boolean;
}
/** People of other servers as the inbox needs them. */
export const knownActors = statement<[uris: string[]], KnownActor>(
  "federation.knownActors",
  `select r.account_id as id, r.uri, a.username, coalesce(a.domain, r.host) as domain, a.url, a.indexable, a.suspended_at is not null as suspended, r.followers, r.following, r.fetched_at,
     exists (select 1 from follows f where f.target_id = r.account_id) as followed
   from remote_actors r join accounts a on a.id = r.account_id where r.uri = any($1::text[]) and a.deleted_at is null`,
);

export const rememberActivity = statement<[uri: string, kind: string, account: bigint, target: bigint], never>(
  "federation.rememberActivity",
  `insert into known_activities (uri, kind, account_id, target_id) values ($1, $2, $3, $4) on conflict (uri) do nothing`,
);
export interface KnownActivity {
  uri: string;
  kind: string;
  account_id: bigint;
  target_id: bigint;
}
export const knownActivity = statement<[uri: string], KnownActivity>(
  "federation.knownActivity",
  `select uri, kind, account_id, target_id from known_activities where uri = $1`,
);
export const activityBetween = statement<[kind: string, account: bigint, target: bigint], KnownActivity>(
  "federation.activityBetween",
  `select uri, kind, account_id, target_id from known_activities where account_id = $2 and target_id = $3 and kind = $1 order by at desc limit 1`,
);
export const forgetActivities = statement<[kind: string, account: bigint, target: bigint], never>(
  "federation.forgetActivities",
  `delete from known_activities where account_id = $2 and target_id = $3 and kind = $1`,
);

export const bury = statement<[digests: Buffer[]], never>(
  "federation.bury",
  `insert into tombstones (digest) select d from unnest($1::bytea[]) d on conflict do nothing`,
);
export const buried = statement<[digests: Buffer[]], { digest: Buffer }>(
  "federation.buried",
  `select digest from tombstones where digest = any($1::bytea[])`,
);
export const sweepMemories = statement<[seenBefore: Date, buriedBefore: Date], never>(
  "federation.sweepMemories",
  `with s as (delete from inbox_seen where at < $1) delete from tombstones where at < $2`,
);

export const authorizeQuote = statement<[id: bigint, post: bigint, quoting: string], { id: bigint }>(
  "federation.authorizeQuote",
  `insert into quote_authorizations (id, post_id, quoting_uri) values ($1, $2, $3)
   on conflict (post_id, quoting_uri) do update set quoting_uri = excluded.quoting_uri returning id`,
);
export interface AuthorizationRow {
  id: bigint;
  post_id: bigint;
  quoting_uri: string;
}
export const authorization = statement<[id: bigint], AuthorizationRow>(
  "federation.authorization",
  `select id, post_id, quoting_uri from quote_authorizations where id = $1`,
);
export const revokeAuthorization = statement<[post: bigint, quoting: string], AuthorizationRow>(
  "federation.revokeAuthorization",
  `delete from quote_authorizations where post_id = $1 and quoting_uri = $2 returning id, post_id, quoting_uri`,
);
export const quotingApproved = statement<
  [approval: string],
  { id: bigint; account_id: bigint; quote_of_account_id: bigint | null }
>("federation.quotingApproved", `select id, account_id, quote_of_account_id from posts where quote_approval = $1`);
