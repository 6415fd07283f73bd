import { statement } from "#platform/db/sql.ts";

/** A picture of a profile, as stored: paths below the public origin. */
export interface StoredImage {
  key: string;
  url: string;
  static_url: string;
  description?: string;
  blurhash?: string | null;
}

export interface StoredField {
  name: string;
  value: string;
  value_html: string;
  verified_at: string | null;
}

/** A custom emoji of another server; `url` is a path of ours that fetches it. */
export interface StoredEmoji {
  shortcode: string;
  url: string;
  static_url: string;
}

/** What others may see of an account, with its counters. */
export interface AccountRow {
  id: bigint;
  username: string;
  domain: string | null;
  display_name: string;
  note: string;
  note_html: string;
  fields: StoredField[];
  avatar: StoredImage | null;
  header: StoredImage | null;
  locked: boolean;
  bot: boolean;
  discoverable: boolean;
  indexable: boolean;
  noindex: boolean;
  hide_collections: boolean;
  /** Actor id and page of people elsewhere; null for people of this instance. */
  uri: string | null;
  url: string | null;
  /** ActivityStreams type: Person, Service, Application, Group or Organization. */
  actor_type: string;
  emojis: StoredEmoji[];
  also_known_as: string[];
  moved_to_id: bigint | null;
  memorial: boolean;
  suspended: boolean;
  silenced: boolean;
  /** Pictures of this account are covered. */
  sensitized: boolean;
  /** What moderators say about it. */
  labels: string[];
  role: string | null;
  rev: number;
  followers: number;
  following: number;
  statuses: number;
  last_status_on: string | null;
}

const columns = `a.id, a.username, a.domain, a.display_name, a.note, a.note_html, a.fields, a.avatar, a.header, a.locked, a.bot, a.discoverable, a.indexable, a.noindex, a.hide_collections,
  a.uri, a.url, a.actor_type, a.emojis, a.also_known_as, a.moved_to_id, a.memorial,
  a.suspended_at is not null as suspended, a.silenced_at is not null as silenced, a.sensitized_at is not null as sensitized, a.labels, u.role, s.rev, s.followers, s.following, s.statuses, s.last_status_on::text as last_status_on`;
const from = `accounts a join account_stats s on s.account_id = a.id left join users u on u.account_id = a.id`;

export const accountsByIds = statement<[ids: bigint[]], AccountRow>(
  "accounts.byIds",
  `select ${columns} from ${from} where a.id = any($1::int8[]) and a.deleted_at is null`,
);

export const accountByHandle = statement<[username: string, domain: string | null], { id: bigint }>(
  "accounts.byHandle",
  `select a.id from accounts a left join users u on u.account_id = a.id
   where lower(a.username) = lower($1) and coalesce(a.domain, '') = coalesce($2, '') and a.deleted_at is null and (u.account_id is null or u.approved_at is not null)`,
);

export const accountsByHandles = statement<[usernames: string[]], { id: bigint; username: string }>(
  "accounts.localByNames",
  `select a.id, a.username from accounts a join users u on u.account_id = a.id
   where lower(a.username) = any($1::text[]) and a.domain is null and a.deleted_at is null and a.suspended_at is null and u.approved_at is not null`,
);

/** People by handle, of this instance and of others; `domains` has '' for people of this instance. */
export const accountsByAddress = statement<
  [usernames: string[], domains: string[]],
  { id: bigint; username: string; domain: string | null; url: string | null }
>(
  "accounts.byAddress",
  `select a.id, a.username, a.domain, a.url from unnest($1::text[], $2::text[]) x(name, domain)
   join accounts a on lower(a.username) = x.name and coalesce(a.domain, '') = x.domain
   left join users u on u.account_id = a.id
   where a.deleted_at is null and a.suspended_at is null and (a.domain is not null or u.approved_at is not null)`,
);

export const insertAccount = statement<
  [id: bigint, username: string, discoverable: boolean, indexable: boolean],
  never
>(
  "accounts.insert",
  `with a as (insert into accounts (id, username, discoverable, indexable) values ($1, $2, $3, $4) returning id)
   insert into account_stats (account_id) select id from a`,
);

export const insertUser = statement<
  [
    id: bigint,
    email: string,
    confirmed: boolean,
    hash: string,
    role: string,
    approved: boolean,
    reason: string,
    preferences: string,
    invite: bigint | null,
  ],
  never
>(
  "accounts.insertUser",
  `insert into users (account_id, email, email_confirmed_at, password_hash, role, approved_at, reason, preferences, invite_id)
   values ($1, $2, case when $3 then now() end, $4, $5, case when $6 then now() end, $7, $8::jsonb, $9)`,
);

export interface UserRow {
  account_id: bigint;
  username: string;
  email: string;
  confirmed: boolean;
  approved: boolean;
  disabled: boolean;
  suspended: boolean;
  /** Lives at another account now, and writes there. */
  moved: boolean;
  role: "user" | "moderator" | "admin" | "owner";
  password_hash: string;
  preferences: Record<string, unknown>;
  reason: string;
  created_at: Date;
}

const userColumns = `u.account_id, a.username, u.email, u.email_confirmed_at is not null as confirmed, u.approved_at is not null as approved, u.disabled_at is not null as disabled,
  a.suspended_at is not null as suspended, a.moved_to_id is not null as moved, u.role, u.password_hash, u.preferences, u.reason, u.created_at`;

export const userByLogin = statement<[login: string], UserRow>(
  "accounts.userByLogin",
  `select ${userColumns} from users u join accounts a on a.id = u.account_id
   where a.deleted_at is null and (lower(u.email) = lower($1) or (a.domain is null and lower(a.username) = lower($1))) order by (lower(u.email) = lower($1)) desc limit 1`,
);

export const userById = statement<[id: bigint], UserRow>(
  "accounts.userById",
  `select ${userColumns} from users u join accounts a on a.id = u.account_id where u.account_id = $1 and a.deleted_at is null`,
);

export const ownerExists = statement<[], { found: boolean }>(
  "accounts.ownerExists",
  `select exists (select 1 from users where role = 'owner') as found`,
);

export const otherOwner = statement<[id: bigint], { account_id: bigint }>(
  "accounts.otherOwner",
  `select account_id from users where role = 'owner' and account_id <> $1 limit 1`,
);

export const lockSetup = statement<[], { locked: string }>(
  "accounts.lockSetup",
  `select pg_advisory_xact_lock(7203, 1)::text as locked`,
);

export const setPassword = statement<[id: bigint, hash: string], never>(
  "accounts.setPassword",
  `update users set password_hash = $2 where account_id = $1`,
);
export const setEmail = statement<[id: bigint, email: string, confirmed: boolean], never>(
  "accounts.setEmail",
  `update users set email = $2, email_confirmed_at = case when $3 then now() end where account_id = $1`,
);
export const confirmEmail = statement<[id: bigint, email: string], never>(
  "accounts.confirmEmail",
  `update users set email = $2, email_confirmed_at = now() where account_id = $1`,
);
export const setRole = statement<[id: bigint, role: string], never>(
  "accounts.setRole",
  `update users set role = $2 where account_id = $1`,
);
export const approveUser = statement<[id: bigint], { account_id: bigint; email: string }>(
  "accounts.approve",
  `update users set approved_at = now() where account_id = $1 and approved_at is null returning account_id, email`,
);
export const mergePreferences = statement<[id: bigint, changes: string], never>(
  "accounts.mergePreferences",
  `update users set preferences = preferences || $2::jsonb where account_id = $1`,
);
export const touchActive = statement<[id: bigint, day: string], never>(
  "accounts.touchActive",
  `update users set last_active_on = $2::date where account_id = $1 and last_active_on is distinct from $2::date`,
);

// Whoever keeps accounts rendered hears of every change with the commit that makes it.
const told = `select pg_notify('skein_signals', 'account:' || account_id)::text as told from u`;

export const bumpRev = statement<[ids: bigint[]], { told: string }>(
  "accounts.bumpRev",
  `with u as (update account_stats set rev = rev + 1 where account_id = any($1::int8[]) returning account_id) ${told}`,
);

/** Profile changes as one JSON object: only the keys that are present change. */
export const updateProfile = statement<[id: bigint, changes: string], never>(
  "accounts.updateProfile",
  `update accounts a set
     display_name = coalesce(c.j->>'display_name', a.display_name),
     note = coalesce(c.j->>'note', a.note),
     note_html = coalesce(c.j->>'note_html', a.note_html),
     fields = coalesce(c.j->'fields', a.fields),
     avatar = case when c.j ? 'avatar' then nullif(c.j->'avatar', 'null'::jsonb) else a.avatar end,
     header = case when c.j ? 'header' then nullif(c.j->'header', 'null'::jsonb) else a.header end,
     locked = coalesce((c.j->>'locked')::boolean, a.locked),
     bot = coalesce((c.j->>'bot')::boolean, a.bot),
     discoverable = coalesce((c.j->>'discoverable')::boolean, a.discoverable),
     indexable = coalesce((c.j->>'indexable')::boolean, a.indexable),
     noindex = coalesce((c.j->>'noindex')::boolean, a.noindex),
     hide_collections = coalesce((c.j->>'hide_collections')::boolean, a.hide_collections),
     also_known_as = case when c.j ? 'also_known_as' then array(select jsonb_array_elements_text(c.j->'also_known_as')) else a.also_known_as end
   from (select $2::jsonb as j) c where a.id = $1`,
);

export const suspendAccount = statement<[id: bigint, suspended: boolean], never>(
  "accounts.suspend",
  `update accounts set suspended_at = case when $2 then coalesce(suspended_at, now()) end where id = $1`,
);
export const silenceAccount = statement<[id: bigint, silenced: boolean], never>(
  "accounts.silence",
  `update accounts set silenced_at = case when $2 then coalesce(silenced_at, now()) end where id = $1`,
);
export const disableUser = statement<[id: bigint, disabled: boolean], never>(
  "accounts.disable",
  `update users set disabled_at = case when $2 then coalesce(disabled_at, now()) end where account_id = $1`,
);
export const eraseAccount = statement<[id: bigint], never>(
  "accounts.erase",
  `update accounts set deleted_at = now(), suspended_at = coalesce(suspended_at, now()), display_name = '', note = '', note_html = '', fields = '[]', avatar = null, header = null where id = $1`,
);
export const deleteUser = statement<[id: bigint], never>(
  "accounts.deleteUser",
  `delete from users where account_id = $1`,
);
export const deleteRejected = statement<[id: bigint], never>(
  "accounts.deleteRejected",
  `delete from accounts where id = $1`,
);

export interface AdminRow extends UserRow {
  silenced: boolean;
  invited_by: bigint | null;
  last_ip: string | null;
}

/** Local people for staff. Filters are off when null. */
export const adminList = statement<
  [
    status: string | null,
    role: string | null,
    name: string | null,
    email: string | null,
    before: bigint,
    after: bigint,
    limit: number,
  ],
  AdminRow
>(
  "accounts.adminList",
  `select ${userColumns}, a.silenced_at is not null as silenced, i.created_by as invited_by, (select s.ip from sessions s where s.account_id = u.account_id order by s.id desc limit 1) as last_ip
   from users u join accounts a on a.id = u.account_id left join invites i on i.id = u.invite_id
   where a.deleted_at is null and u.account_id < $5 and u.account_id > $6
     and ($1::text is null
       or ($1 = 'pending' and u.approved_at is null)
       or ($1 = 'active' and u.approved_at is not null and u.disabled_at is null and a.suspended_at is null)
       or ($1 = 'disabled' and u.disabled_at is not null)
       or ($1 = 'silenced' and a.silenced_at is not null)
       or ($1 = 'suspended' and a.suspended_at is not null))
     and ($2::text is null or ($2 = 'staff' and u.role <> 'user') or u.role = $2)
     and ($3::text is null or lower(a.username) like lower($3) || '%')
     and ($4::text is null or lower(u.email) = lower($4))
   order by u.account_id desc limit $7::int`,
);

export const searchAccounts = statement<
  [viewer: bigint | null, query: string, following: boolean, limit: number, offset: number],
  { id: bigint }
>(
  "accounts.search",
  `select a.id from accounts a left join users u on u.account_id = a.id left join account_stats s on s.account_id = a.id
   left join follows f on f.account_id = $1 and f.target_id = a.id
   where a.deleted_at is null and a.suspended_at is null and (u.account_id is null or u.approved_at is not null)
     and unaccented(a.username || ' ' || a.display_name) like '%' || unaccented($2) || '%'
     and (not $3 or f.target_id is not null)
     and a.id not in (select h.id from hidden_accounts($1) h)
   order by (lower(a.username) = lower($2)) desc, (f.target_id is not null) desc, (a.discoverable) desc, s.followers desc, a.id limit $4::int offset $5::int`,
);

export const directory = statement<
  [newest: boolean, limit: number, offset: number, viewer: bigint | null],
  { id: bigint }
>(
  "accounts.directory",
  `select a.id from accounts a join account_stats s on s.account_id = a.id left join users u on u.account_id = a.id
   where a.discoverable and a.deleted_at is null and a.suspended_at is null and a.silenced_at is null and a.domain is null and u.approved_at is not null
     and a.id not in (select h.id from hidden_accounts($4) h)
   order by case when $1 then a.id end desc, case when not $1 then s.last_status_on end desc nulls last, a.id desc limit $2::int offset $3::int`,
);

export const suggestions = statement<[viewer: bigint, limit: number], { id: bigint }>(
  "accounts.suggestions",
  `select a.id from accounts a join account_stats s on s.account_id = a.id join users u on u.account_id = a.id
   where a.discoverable and a.deleted_at is null and a.suspended_at is null and a.silenced_at is null and u.approved_at is not null and a.id <> $1 and s.statuses > 0
     and not exists (select 1 from follows f where f.account_id = $1 and f.target_id = a.id)
     and not exists (select 1 from follow_requests r where r.account_id = $1 and r.target_id = a.id)
     and a.id not in (select h.id from hidden_accounts($1) h) and a.id not in (select m.id from muted_accounts($1) m)
   order by s.followers desc, a.id limit $2::int`,
);

export const counts = statement<[], { users: bigint; active_month: bigint; active_half: bigint }>(
  "accounts.counts",
  `select count(*) as users, count(*) filter (where last_active_on > current_date - 30) as active_month, count(*) filter (where last_active_on > current_date - 180) as active_half
   from users where approved_at is not null`,
);
export const ownerId = statement<[], { account_id: bigint }>(
  "accounts.ownerId",
  `select account_id from users where role = 'owner' order by account_id limit 1`,
);

export const addStats = statement<
  [id: bigint, followers: number, following: number, statuses: number, day: string | null],
  { told: string }
>(
  "accounts.addStats",
  `with u as (update account_stats set rev = rev + 1, followers = greatest(0, followers + $2::int), following = greatest(0, following + $3::int), statuses = greatest(0, statuses + $4::int),
     last_status_on = greatest(last_status_on, $5::date) where account_id = $1 returning account_id) ${told}`,
);

/** Of these blob keys, the ones that a profile shows. */
export const imagesInUse = statement<[keys: string[]], { key: string }>(
  "accounts.imagesInUse",
  `select k as key from unnest($1::text[]) k where exists (select 1 from accounts a where a.avatar->>'key' = k) or exists (select 1 from accounts a where a.header->>'key' = k)`,
);

/** Counts one post less for each of these accounts (boosts that vanish with what they boosted). */
export const postsRemoved = statement<[ids: bigint[]], { told: string }>(
  "accounts.postsRemoved",
  `with u as (update account_stats set rev = rev + 1, statuses = greatest(0, statuses - 1) where account_id = any($1::int8[]) returning account_id) ${told}`,
);

export const staffIds = statement<[], { account_id: bigint }>(
  "accounts.staffIds",
  `select account_id from users where role <> 'user' order by account_id`,
);
