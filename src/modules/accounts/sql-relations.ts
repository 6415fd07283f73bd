import { statement } from "#platform/db/sql.ts";

// Who follows, blocks and mutes whom.

export interface RelationRow {
  id: bigint;
  following: boolean;
  showing_reblogs: boolean;
  notifying: boolean;
  languages: string[] | null;
  followed_by: boolean;
  blocking: boolean;
  blocked_by: boolean;
  muting: boolean;
  muting_notifications: boolean;
  muting_expires_at: Date | null;
  requested: boolean;
  requested_by: boolean;
  endorsed: boolean;
  note: string;
}

export const relations = statement<[viewer: bigint, ids: bigint[]], RelationRow>(
  "accounts.relations",
  `select t.id, f.target_id is not null as following, coalesce(f.show_reblogs, false) as showing_reblogs, coalesce(f.notify, false) as notifying, f.languages,
     fb.account_id is not null as followed_by, b.target_id is not null as blocking, bb.account_id is not null as blocked_by,
     m.target_id is not null as muting, coalesce(m.notifications, false) as muting_notifications, m.expires_at as muting_expires_at,
     r.target_id is not null as requested, rb.account_id is not null as requested_by, e.target_id is not null as endorsed, coalesce(n.comment, '') as note
   from unnest($2::int8[]) with ordinality t(id, o)
   join accounts a on a.id = t.id and a.deleted_at is null
   left join follows f on f.account_id = $1 and f.target_id = t.id
   left join follows fb on fb.account_id = t.id and fb.target_id = $1
   left join blocks b on b.account_id = $1 and b.target_id = t.id
   left join blocks bb on bb.account_id = t.id and bb.target_id = $1
   left join mutes m on m.account_id = $1 and m.target_id = t.id and (m.expires_at is null or m.expires_at > now())
   left join follow_requests r on r.account_id = $1 and r.target_id = t.id
   left join follow_requests rb on rb.account_id = t.id and rb.target_id = $1
   left join endorsements e on e.account_id = $1 and e.target_id = t.id
   left join account_notes n on n.account_id = $1 and n.target_id = t.id
   order by t.o`,
);

export const lockPair = statement<[low: bigint, high: bigint], { locked: string }>(
  "accounts.lockPair",
  `select pg_advisory_xact_lock(hashtextextended($1::text || ':' || $2::text, 71))::text as locked`,
);

export const insertFollow = statement<
  [account: bigint, target: bigint, id: bigint, reblogs: boolean, notify: boolean, languages: string[] | null],
  { id: bigint }
>(
  "accounts.insertFollow",
  `insert into follows (account_id, target_id, id, show_reblogs, notify, languages) values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id`,
);
export const updateFollow = statement<
  [
    account: bigint,
    target: bigint,
    reblogs: boolean | null,
    notify: boolean | null,
    languages: string[] | null,
    setLanguages: boolean,
  ],
  { id: bigint }
>(
  "accounts.updateFollow",
  `update follows set show_reblogs = coalesce($3, show_reblogs), notify = coalesce($4, notify), languages = case when $6 then $5::text[] else languages end
   where account_id = $1 and target_id = $2 returning id`,
);
export const deleteFollow = statement<[account: bigint, target: bigint], { id: bigint }>(
  "accounts.deleteFollow",
  `delete from follows where account_id = $1 and target_id = $2 returning id`,
);
export const insertRequest = statement<
  [account: bigint, target: bigint, id: bigint, reblogs: boolean, notify: boolean, languages: string[] | null],
  { id: bigint }
>(
  "accounts.insertRequest",
  `insert into follow_requests (account_id, target_id, id, show_reblogs, notify, languages) values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id`,
);
export const takeRequest = statement<
  [account: bigint, target: bigint],
  { show_reblogs: boolean; notify: boolean; languages: string[] | null }
>(
  "accounts.takeRequest",
  `delete from follow_requests where account_id = $1 and target_id = $2 returning show_reblogs, notify, languages`,
);
export const requestsTo = statement<[target: bigint], { account_id: bigint }>(
  "accounts.requestsTo",
  `select account_id from follow_requests where target_id = $1 order by id`,
);

export const insertBlock = statement<[account: bigint, target: bigint, id: bigint], { id: bigint }>(
  "accounts.insertBlock",
  `insert into blocks (account_id, target_id, id) values ($1, $2, $3) on conflict do nothing returning id`,
);
export const deleteBlock = statement<[account: bigint, target: bigint], { id: bigint }>(
  "accounts.deleteBlock",
  `delete from blocks where account_id = $1 and target_id = $2 returning id`,
);
export const upsertMute = statement<
  [account: bigint, target: bigint, id: bigint, notifications: boolean, expires: Date | null],
  never
>(
  "accounts.upsertMute",
  `insert into mutes (account_id, target_id, id, notifications, expires_at) values ($1, $2, $3, $4, $5)
   on conflict (account_id, target_id) do update set notifications = excluded.notifications, expires_at = excluded.expires_at`,
);
export const deleteMute = statement<[account: bigint, target: bigint], { id: bigint }>(
  "accounts.deleteMute",
  `delete from mutes where account_id = $1 and target_id = $2 returning id`,
);
export const sweepMutes = statement<[], never>("accounts.sweepMutes", `delete from mutes where expires_at < now()`);
export const setNote = statement<[account: bigint, target: bigint, comment: string], never>(
  "accounts.setNote",
  `insert into account_notes (account_id, target_id, comment) values ($1, $2, $3) on conflict (account_id, target_id) do update set comment = excluded.comment`,
);
export const insertEndorsement = statement<[account: bigint, target: bigint, id: bigint], { id: bigint }>(
  "accounts.endorse",
  `insert into endorsements (account_id, target_id, id) select $1, $2, $3 where exists (select 1 from follows where account_id = $1 and target_id = $2) on conflict do nothing returning id`,
);
export const deleteEndorsement = statement<[account: bigint, target: bigint], { id: bigint }>(
  "accounts.unendorse",
  `delete from endorsements where account_id = $1 and target_id = $2 returning id`,
);

export interface EdgeRow {
  /** The row's own id, by which lists of people are paged. */
  edge: bigint;
  account_id: bigint;
}

// Lists of people: the paging key is the relation's id. People who block the viewer, and whom the viewer blocks, are left out of public lists.
const alive = `join accounts a on a.id = x.other and a.deleted_at is null and a.suspended_at is null`;
const page = (table: string, own: string, other: string, hide: boolean): string =>
  `select x.edge, x.other as account_id from (select id as edge, ${other} as other from ${table} where ${own} = $1 and id < $2 and id > $3) x ${alive}
   ${hide ? "where x.other not in (select h.id from hidden_accounts($5) h)" : ""} order by x.edge desc limit $4::int`;
const pageUp = (table: string, own: string, other: string, hide: boolean): string =>
  `select x.edge, x.other as account_id from (select id as edge, ${other} as other from ${table} where ${own} = $1 and id < $2 and id > $3) x ${alive}
   ${hide ? "where x.other not in (select h.id from hidden_accounts($5) h)" : ""} order by x.edge asc limit $4::int`;

type Paged = [account: bigint, before: bigint, after: bigint, limit: number];
type PagedFor = [account: bigint, before: bigint, after: bigint, limit: number, viewer: bigint | null];

export const followers = statement<PagedFor, EdgeRow>(
  "accounts.followers",
  page("follows", "target_id", "account_id", true),
);
export const followersUp = statement<PagedFor, EdgeRow>(
  "accounts.followersUp",
  pageUp("follows", "target_id", "account_id", true),
);
export const following = statement<PagedFor, EdgeRow>(
  "accounts.following",
  page("follows", "account_id", "target_id", true),
);
export const followingUp = statement<PagedFor, EdgeRow>(
  "accounts.followingUp",
  pageUp("follows", "account_id", "target_id", true),
);
export const requests = statement<Paged, EdgeRow>(
  "accounts.requests",
  page("follow_requests", "target_id", "account_id", false),
);
export const requestsUp = statement<Paged, EdgeRow>(
  "accounts.requestsUp",
  pageUp("follow_requests", "target_id", "account_id", false),
);
export const blocked = statement<Paged, EdgeRow>("accounts.blocked", page("blocks", "account_id", "target_id", false));
export const blockedUp = statement<Paged, EdgeRow>(
  "accounts.blockedUp",
  pageUp("blocks", "account_id", "target_id", false),
);
export const muted = statement<Paged, EdgeRow>("accounts.muted", page("mutes", "account_id", "target_id", false));
export const mutedUp = statement<Paged, EdgeRow>("accounts.mutedUp", pageUp("mutes", "account_id", "target_id", false));
export const endorsed = statement<Paged, EdgeRow>(
  "accounts.endorsed",
  page("endorsements", "account_id", "target_id", false),
);

export const muteExpiries = statement<
  [account: bigint, targets: bigint[]],
  { target_id: bigint; expires_at: Date | null }
>(
  "accounts.muteExpiries",
  `select target_id, expires_at from mutes where account_id = $1 and target_id = any($2::int8[])`,
);

export const familiar = statement<[viewer: bigint, targets: bigint[]], { target_id: bigint; account_id: bigint }>(
  "accounts.familiar",
  `select f.target_id, f.account_id from follows mine join follows f on f.account_id = mine.target_id and f.target_id = any($2::int8[])
   join accounts a on a.id = f.account_id and a.suspended_at is null and a.deleted_at is null and not a.hide_collections
   join accounts t on t.id = f.target_id and not t.hide_collections
   where mine.account_id = $1 order by mine.id desc limit 200`,
);
