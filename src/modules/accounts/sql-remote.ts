import { statement } from "#platform/db/sql.ts";

// People of other servers.

export interface RemoteRow {
  id: bigint;
  uri: string;
  username: string;
  domain: string;
  url: string | null;
  locked: boolean;
  indexable: boolean;
  suspended: boolean;
  silenced: boolean;
}

export const remoteByUris = statement<[uris: string[]], RemoteRow>(
  "accounts.remoteByUris",
  `select a.id, coalesce(a.uri, '') as uri, a.username, coalesce(a.domain, '') as domain, a.url, a.locked, a.indexable, a.suspended_at is not null as suspended, a.silenced_at is not null as silenced
   from accounts a where a.uri = any($1::text[]) and a.deleted_at is null`,
);

export const urisOf = statement<[ids: bigint[]], { id: bigint; uri: string | null }>(
  "accounts.urisOf",
  `select id, uri from accounts where id = any($1::int8[])`,
);

/** Who else has this handle: another actor that had the name before. It gives the name up. */
export const releaseHandle = statement<[username: string, domain: string, uri: string], { id: bigint }>(
  "accounts.releaseHandle",
  `update accounts set username = left(username, 20) || '_' || id::text
   where lower(username) = lower($1) and domain = $2 and uri <> $3 returning id`,
);

export const upsertRemote = statement<
  [
    id: bigint,
    uri: string,
    username: string,
    domain: string,
    url: string | null,
    actorType: string,
    displayName: string,
    noteHtml: string,
    fields: string,
    avatar: string | null,
    header: string | null,
    locked: boolean,
    discoverable: boolean,
    indexable: boolean,
    alsoKnownAs: string[],
    memorial: boolean,
    emojis: string,
  ],
  { id: bigint; created: boolean }
>(
  "accounts.upsertRemote",
  `with a as (
     insert into accounts (id, uri, username, domain, url, actor_type, display_name, note, note_html, fields, avatar, header, locked, bot, discoverable, indexable, also_known_as, memorial, emojis)
     values ($1, $2, $3, $4, $5, $6, $7, '', $8, $9::jsonb, $10::jsonb, $11::jsonb, $12, $6 in ('Service', 'Application'), $13, $14, $15, $16, $17::jsonb)
     on conflict (uri) where uri is not null do update set username = excluded.username, domain = excluded.domain, url = excluded.url, actor_type = excluded.actor_type,
       display_name = excluded.display_name, note_html = excluded.note_html, fields = excluded.fields, avatar = excluded.avatar, header = excluded.header, locked = excluded.locked,
       bot = excluded.bot, discoverable = excluded.discoverable, indexable = excluded.indexable, also_known_as = excluded.also_known_as, memorial = excluded.memorial, emojis = excluded.emojis
     returning id, (xmax = 0) as created
   ), s as (insert into account_stats (account_id) select id from a where created on conflict do nothing)
   select id, created from a`,
);

export const setMovedTo = statement<[id: bigint, target: bigint | null], never>(
  "accounts.setMovedTo",
  `update accounts set moved_to_id = $2 where id = $1`,
);

/**
 * Limits or hides everyone of a domain and its subdomains, or lifts it, in slices. What was decided about somebody alone stays: `domain_mark` remembers what came from
 * the domain (1 suspended, 2 silenced).
 */
export const markDomain = statement<
  [domain: string, suspended: boolean, silenced: boolean, limit: number],
  { id: bigint; suspended: boolean; turned: boolean }
>(
  "accounts.markDomain",
  `with w as (
     select a.id, a.suspended_at as before from accounts a where (a.domain = $1 or right(a.domain, length($1) + 1) = '.' || $1) and a.deleted_at is null
       and (($2 and a.suspended_at is null) or (not $2 and a.domain_mark & 1 = 1) or ($3 and a.silenced_at is null) or (not $3 and a.domain_mark & 2 = 2)) limit $4::int for update)
   update accounts a set
     suspended_at = case when $2 then coalesce(a.suspended_at, now()) when a.domain_mark & 1 = 1 then null else a.suspended_at end,
     silenced_at = case when $3 then coalesce(a.silenced_at, now()) when a.domain_mark & 2 = 2 then null else a.silenced_at end,
     domain_mark = case when $2 then case when a.suspended_at is null then 1 else a.domain_mark & 1 end else 0 end
       + case when $3 then case when a.silenced_at is null then 2 else a.domain_mark & 2 end else 0 end
   from w where a.id = w.id
   returning a.id, a.suspended_at is not null as suspended, (a.suspended_at is null) <> (w.before is null) as turned`,
);
/** Limits somebody because of their domain. */
export const silenceByDomain = statement<[id: bigint], never>(
  "accounts.silenceByDomain",
  `update accounts set silenced_at = coalesce(silenced_at, now()), domain_mark = domain_mark | 2 where id = $1`,
);

export const followedRemotes = statement<[target: bigint, after: bigint, limit: number], { account_id: bigint }>(
  "accounts.localFollowersOf",
  `select f.account_id from follows f join users u on u.account_id = f.account_id where f.target_id = $1 and f.account_id > $2 order by f.account_id limit $3::int`,
);

/** Counts posts that came in together, per author, and tells who keeps the authors rendered. */
export const countReceived = statement<[ids: bigint[], counts: number[], day: string], { told: string }>(
  "accounts.countReceived",
  `with u as (update account_stats s set rev = rev + 1, statuses = s.statuses + x.n, last_status_on = greatest(s.last_status_on, $3::date)
     from unnest($1::int8[], $2::int4[]) x(id, n) where s.account_id = x.id returning s.account_id)
   select pg_notify('skein_signals', 'account:' || account_id)::text as told from u`,
);

/** From one domain to the next along the index: domains are few where people are many. */
export const domains = statement<[], { domain: string }>(
  "accounts.domains",
  `with recursive d as (
     (select a.domain from accounts a where a.domain is not null order by a.domain limit 1)
     union all
     select (select a.domain from accounts a where a.domain > d.domain order by a.domain limit 1) from d where d.domain is not null)
   select d.domain from d where d.domain is not null`,
);
