import { statement } from "#platform/db/sql.ts";

export interface PollRow {
  post_id: bigint;
  options: string[];
  votes: number[];
  voters: number;
  multiple: boolean;
  hide_totals: boolean;
  /** Null for a poll of another server that never ends by itself. */
  expires_at: Date | null;
  expired: boolean;
}
const columns = `post_id, options, votes, voters, multiple, hide_totals, expires_at, coalesce(expires_at <= now(), false) or closed_at is not null as expired`;

export const insertPoll = statement<
  [post: bigint, options: string[], votes: number[], multiple: boolean, hide: boolean, expires: Date],
  never
>(
  "posts.insertPoll",
  `insert into polls (post_id, options, votes, multiple, hide_totals, expires_at) values ($1, $2, $3, $4, $5, $6)`,
);
export const replacePoll = statement<
  [post: bigint, options: string[], votes: number[], multiple: boolean, hide: boolean, expires: Date],
  never
>(
  "posts.replacePoll",
  `with v as (delete from poll_votes where post_id = $1)
   insert into polls (post_id, options, votes, multiple, hide_totals, expires_at) values ($1, $2, $3, $4, $5, $6)
   on conflict (post_id) do update set options = excluded.options, votes = excluded.votes, voters = 0, multiple = excluded.multiple, hide_totals = excluded.hide_totals,
     expires_at = excluded.expires_at, closed_at = null`,
);
export const reschedulePoll = statement<[post: bigint, hide: boolean, expires: Date], never>(
  "posts.reschedulePoll",
  `update polls set hide_totals = $2, expires_at = $3, closed_at = null where post_id = $1`,
);
export const deletePoll = statement<[post: bigint], never>("posts.deletePoll", `delete from polls where post_id = $1`);
export const pollsOf = statement<[posts: bigint[]], PollRow>(
  "posts.polls",
  `select ${columns} from polls where post_id = any($1::int8[])`,
);
export const ownVotes = statement<[viewer: bigint, posts: bigint[]], { post_id: bigint; choice: number }>(
  "posts.ownVotes",
  `select post_id, choice from poll_votes where account_id = $1 and post_id = any($2::int8[]) order by choice`,
);
export const lockPoll = statement<[post: bigint], PollRow>(
  "posts.lockPoll",
  `select ${columns} from polls where post_id = $1 for update`,
);
export const insertVotes = statement<[post: bigint, account: bigint, choices: number[]], never>(
  "posts.insertVotes",
  `insert into poll_votes (post_id, account_id, choice) select $1, $2, c from unnest($3::int[]) c`,
);
export const countVotes = statement<[post: bigint, votes: number[]], never>(
  "posts.countVotes",
  `update polls set votes = $2, voters = voters + 1 where post_id = $1`,
);
export const closePoll = statement<[post: bigint], { post_id: bigint }>(
  "posts.closePoll",
  `update polls set closed_at = now() where post_id = $1 and closed_at is null and expires_at <= now() returning post_id`,
);
export const duePolls = statement<[], { post_id: bigint }>(
  "posts.duePolls",
  `select post_id from polls where closed_at is null and expires_at <= now() order by expires_at limit 500`,
);
