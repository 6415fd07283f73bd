import { statement } from "#platform/db/sql.ts";

/**
 * Tells people something, once. Left out: the actor, people who block or are blocked by the actor, who muted the actor's notifications or the conversation, who may not see the post, and accounts
 * that do not log in here. `pushed` are those who asked to be told elsewhere, too. Reads of posts, mutes and users are listed in ARCHITECTURE.md.
 */
export const tell = statement<
  [ids: bigint[], recipients: bigint[], type: string, from: bigint, post: bigint | null],
  { id: bigint; account_id: bigint; pushed: boolean }
>(
  "notifications.tell",
  `insert into notifications (id, account_id, type, from_account_id, post_id)
   select r.id, r.account_id, $3, $4, $5 from unnest($1::int8[], $2::int8[]) r(id, account_id) join users u on u.account_id = r.account_id
   where (r.account_id <> $4 or $3 = 'poll')
     and not exists (select 1 from hidden_accounts(r.account_id) h where h.id = $4)
     and not exists (select 1 from mutes m where m.account_id = r.account_id and m.target_id = $4 and m.notifications and (m.expires_at is null or m.expires_at > now()))
     and ($5::int8 is null or exists (select 1 from visible_posts(r.account_id) p where p.id = $5
       and not exists (select 1 from conversation_mutes c where c.account_id = r.account_id and c.conversation_id = p.conversation_id)))
   on conflict do nothing
   returning id, account_id, exists (select 1 from push_subscriptions s
     where s.account_id = notifications.account_id and s.alerts -> $3::text = 'true'::jsonb and s.policy <> 'none') as pushed`,
);

// Notifications of one person become visible in the order of their ids, also when several processes write: whoever writes for a person holds the person's
// lock until after the commit, and mints the ids when it has the lock. So a client that asks for what is newer than its newest misses nothing. 64 locks for
// everybody, taken in order: a lock for each would not fit into PostgreSQL's table of locks.
export const lockRecipients = statement<[recipients: bigint[]], { n: bigint }>(
  "notifications.lockRecipients",
  `with taken as materialized (
     select pg_advisory_xact_lock(1936418158, s.lane) from (select distinct (r.id % 64)::int as lane from unnest($1::int8[]) r(id) order by 1) s)
   select count(*) as n from taken`,
);
/** The newest one any of these people has. */
export const newestOf = statement<[recipients: bigint[]], { id: bigint | null }>(
  "notifications.newestOf",
  `select max(n.id) as id from unnest($1::int8[]) r(id)
     cross join lateral (select x.id from notifications x where x.account_id = r.id order by x.id desc limit 1) n`,
);

/** A decision of moderation: told by the account itself, so that no block or mute hides it. The letter comes by mail; clients have no switch for pushing it. */
export const tellDecision = statement<
  [id: bigint, account: bigint, decision: bigint],
  { id: bigint; account_id: bigint; pushed: boolean }
>(
  "notifications.tellDecision",
  `insert into notifications (id, account_id, type, from_account_id, decision_id) values ($1, $2, 'moderation_warning', $2, $3) on conflict do nothing
   returning id, account_id, false as pushed`,
);

export const mentioned = statement<[post: bigint], { account_id: bigint }>(
  "notifications.mentioned",
  `select account_id from mentions where post_id = $1`,
);
export const subscribers = statement<[author: bigint], { account_id: bigint }>(
  "notifications.subscribers",
  `select account_id from follows where target_id = $1 and notify`,
);
export interface PostFacts {
  account_id: bigint;
  quoted_author: bigint | null;
  in_reply_to_account_id: bigint | null;
}
export const postFacts = statement<[post: bigint], PostFacts>(
  "notifications.postFacts",
  `select account_id, case when quote_state = 1 then quote_of_account_id end as quoted_author, in_reply_to_account_id from posts where id = $1`,
);
/** Whom posts that came in together concern: who is named, quoted, or wants to hear of their author. Only people of this instance. */
export const concerned = statement<
  [posts: bigint[]],
  { type: "mention" | "quote" | "status"; post_id: bigint; account_id: bigint; from_id: bigint }
>(
  "notifications.concerned",
  `select 'mention' as type, m.post_id, m.account_id, p.account_id as from_id from mentions m join posts p on p.id = m.post_id join users u on u.account_id = m.account_id
     where m.post_id = any($1::int8[])
   union all
   select 'quote', p.id, p.quote_of_account_id, p.account_id from posts p join users u on u.account_id = p.quote_of_account_id where p.id = any($1::int8[]) and p.quote_state = 1
   union all
   select 'status', p.id, f.account_id, p.account_id from posts p join follows f on f.target_id = p.account_id and f.notify
     where p.id = any($1::int8[]) and (p.in_reply_to_account_id is null or p.in_reply_to_account_id = p.account_id)
       and not exists (select 1 from mentions m where m.post_id = p.id and m.account_id = f.account_id)`,
);
export const boosters = statement<[post: bigint], { account_id: bigint }>(
  "notifications.boosters",
  `select account_id from posts where boost_of_id = $1`,
);
export const quoters = statement<[post: bigint], { account_id: bigint; id: bigint }>(
  "notifications.quoters",
  `select account_id, id from posts where quote_of_id = $1 and quote_state = 1`,
);
export const voters = statement<[post: bigint], { account_id: bigint }>(
  "notifications.voters",
  `select distinct account_id from poll_votes where post_id = $1`,
);
export const staff = statement<[], { account_id: bigint }>(
  "notifications.staff",
  `select account_id from users where role <> 'user' and approved_at is not null`,
);
export const withdraw = statement<[type: string, from: bigint, account: bigint | null, post: bigint | null], never>(
  "notifications.withdraw",
  `delete from notifications where type = $1 and from_account_id = $2 and ($3::int8 is null or account_id = $3) and ($4::int8 is null or post_id = $4)`,
);
// Jobs may run late and in any order: what was taken back may have been given again meanwhile, so the present state decides.
export const withdrawBoost = statement<[from: bigint, post: bigint], never>(
  "notifications.withdrawBoost",
  `delete from notifications where type = 'reblog' and from_account_id = $1 and post_id = $2
     and not exists (select 1 from posts p where p.boost_of_id = $2 and p.account_id = $1)`,
);
export const withdrawFavourite = statement<[from: bigint, post: bigint], never>(
  "notifications.withdrawFavourite",
  `delete from notifications where type = 'favourite' and from_account_id = $1 and post_id = $2
     and not exists (select 1 from favourites f where f.account_id = $1 and f.post_id = $2)`,
);
export const forgetPair = statement<[a: bigint, b: bigint], never>(
  "notifications.forgetPair",
  `delete from notifications where (account_id = $1 and from_account_id = $2) or (account_id = $2 and from_account_id = $1)`,
);

export interface NotificationRow {
  id: bigint;
  type: string;
  from_account_id: bigint;
  post_id: bigint | null;
  /** Of a `moderation_warning`: what was decided. */
  decision_id: bigint | null;
  created_at: Date;
}

/** What may be read of the notifications `x` of person `$1`: the same for lists, single ones and counts. */
const told = `not exists (select 1 from mutes m where m.account_id = $1 and m.target_id = x.from_account_id and m.notifications and (m.expires_at is null or m.expires_at > now()))
       and x.from_account_id not in (select h.id from hidden_accounts($1) h)
       and exists (select 1 from accounts a where a.id = x.from_account_id and a.suspended_at is null and a.deleted_at is null)
       and (x.post_id is null or exists (select 1 from visible_posts($1) p where p.id = x.post_id))`;

// One index scan per wanted type, merged: a rare type never reads the others' rows.
const list = (d: string): string => `
  select n.id, n.type, n.from_account_id, n.post_id, n.decision_id, n.created_at
  from unnest($2::text[]) t(type) cross join lateral
    (select x.id, x.type, x.from_account_id, x.post_id, x.decision_id, x.created_at from notifications x
     where x.account_id = $1 and x.type = t.type and x.id < $3 and x.id > $4 and ($6::int8 is null or x.from_account_id = $6)
       and ${told}
     order by x.id ${d} limit $5::int) n
  order by n.id ${d} limit $5::int`;
type Listing = [account: bigint, types: string[], before: bigint, after: bigint, limit: number, from: bigint | null];
export const notificationsDown = statement<Listing, NotificationRow>("notifications.list", list("desc"));
export const notificationsUp = statement<Listing, NotificationRow>("notifications.listUp", list("asc"));
export const byId = statement<[account: bigint, id: bigint], NotificationRow>(
  "notifications.byId",
  `select x.id, x.type, x.from_account_id, x.post_id, x.decision_id, x.created_at from notifications x where x.account_id = $1 and x.id = $2 and ${told}`,
);
export const unread = statement<[account: bigint, after: bigint, limit: number], { n: bigint }>(
  "notifications.unread",
  `select count(*) as n from (select 1 from notifications x where x.account_id = $1 and x.id > $2 and ${told} limit $3::int) s`,
);
export const dismiss = statement<[account: bigint, id: bigint], { id: bigint }>(
  "notifications.dismiss",
  `delete from notifications where account_id = $1 and id = $2 returning id`,
);
export const dismissMany = statement<[account: bigint, ids: bigint[]], never>(
  "notifications.dismissMany",
  `delete from notifications where account_id = $1 and id = any($2::int8[])`,
);
export const clear = statement<[account: bigint], never>(
  "notifications.clear",
  `delete from notifications where account_id = $1`,
);
