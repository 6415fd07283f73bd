import { statement } from "#platform/db/sql.ts";

// Collections of this instance, as other servers page through them.

/** Public and unlisted posts and boosts of somebody here, newest first. */
export const outboxPage = statement<
  [account: bigint, before: bigint, limit: number],
  { id: bigint; boost_of_id: bigint | null; visibility: number; of_uri: string | null; of_account: bigint | null }
>(
  "federation.outboxPage",
  `select p.id, p.boost_of_id, p.visibility, b.uri as of_uri, b.account_id as of_account from posts p left join posts b on b.id = p.boost_of_id
   where p.account_id = $1 and p.id < $2 and p.visibility <= 1 and not p.withheld order by p.id desc limit $3::int`,
);
export const outboxCount = statement<[account: bigint], { n: bigint }>(
  "federation.outboxCount",
  `select count(*) as n from posts where account_id = $1 and visibility <= 1 and not withheld`,
);
export const followerPage = statement<
  [account: bigint, before: bigint, limit: number],
  { edge: bigint; id: bigint; uri: string | null }
>(
  "federation.followerPage",
  `select f.id as edge, a.id, a.uri from follows f join accounts a on a.id = f.account_id where f.target_id = $1 and f.id < $2 and a.deleted_at is null order by f.id desc limit $3::int`,
);
export const followingPage = statement<
  [account: bigint, before: bigint, limit: number],
  { edge: bigint; id: bigint; uri: string | null }
>(
  "federation.followingPage",
  `select f.id as edge, a.id, a.uri from follows f join accounts a on a.id = f.target_id where f.account_id = $1 and f.id < $2 and a.deleted_at is null order by f.id desc limit $3::int`,
);
/** Open answers to a post, oldest first. */
export const replyPage = statement<[post: bigint, after: bigint, limit: number], { id: bigint; uri: string | null }>(
  "federation.replyPage",
  `select id, uri from posts where in_reply_to_id = $1 and id > $2 and visibility <= 1 and not withheld order by id limit $3::int`,
);
export const pinnedPosts = statement<[account: bigint], { id: bigint }>(
  "federation.pinnedPosts",
  `select id from posts where account_id = $1 and pinned_at is not null and visibility <= 1 and not withheld order by pinned_at desc limit 20`,
);
/** May somebody elsewhere read this post? The same rule as for everyone. */
export const readable = statement<[viewer: bigint | null, post: bigint], { id: bigint }>(
  "federation.readable",
  `select id from visible_posts($1) where id = $2`,
);
