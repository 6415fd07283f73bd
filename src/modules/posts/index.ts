import { exec, one, run } from "#platform/db/sql.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { createChanges, type Changes } from "./change.ts";
import { createCreation, type Creation } from "./create.ts";
import type { PostsDeps } from "./deps.ts";
import { createInteractions, type Interactions } from "./interact.ts";
import { createModeration, type PostModeration } from "./moderation.ts";
import { closePoll, duePolls } from "./sql-polls.ts";
import { forgetInteractions, someOfAuthor, sweepKeys, withholdAuthor } from "./sql.ts";
import { createRemotePosts, type RemotePosts } from "./remote.ts";
import { createViews, type PostViews } from "./views.ts";

export type { PostsDeps, Author } from "./deps.ts";
export type { Backdated, Created, NewPost } from "./create.ts";
export type { PostEdit } from "./change.ts";
export { RESTRICTIONS, type ModeratedState, type PostModeration, type Restriction } from "./moderation.ts";
export type { AttachedMedia, MediaChange, MediaPort, PeoplePort } from "./ports.ts";
export type { Received, RemotePoll, RemotePost, RemotePosts } from "./remote.ts";
export type { KnownPost } from "./sql-remote.ts";
export {
  POST_LIMITS,
  quotePolicyName,
  QUOTE_POLICY,
  QUOTE_STATE,
  REPLY_POLICY,
  replyPolicyName,
  VISIBILITY,
  visibilityName,
  type NewPoll,
  type QuotePolicy,
  type ReplyPolicy,
  type Visibility,
} from "./rules.ts";
export { both, cardsOf, FLAG, type Both, type CardRow, type EditRow } from "./sql-read.ts";
export type { PostRow, StoredMention, StoredPostEmoji } from "./sql.ts";
export type { PollRow } from "./sql-polls.ts";
export { postTime, type PollState, type PostViews, type Reaction, type SearchQuery, type TagUse } from "./views.ts";

/** Posts: writing, changing, boosting, liking, voting, and the one rule of who may see what. */
export interface Posts extends Creation, Changes, Interactions {
  views: PostViews;
  /** Posts of other servers. */
  remote: RemotePosts;
  /** What moderation may do with a post, and take back. */
  moderation: PostModeration;
  tasks: readonly Task[];
}

const idIn = (payload: Record<string, unknown>, key: string): bigint => BigInt(String(payload[key]));

export function createPosts(deps: PostsDeps): Posts {
  const changes = createChanges(deps);
  const tasks: Task[] = [
    {
      name: "posts.closePoll",
      async run(payload) {
        await close(idIn(payload, "postId"));
      },
    },
    {
      // Repairs a lost job: a poll must end even when its own job was given up.
      name: "posts.closeDuePolls",
      cron: "* * * * *",
      async run() {
        for (const due of await run(deps.pool, duePolls)) await close(due.post_id);
      },
    },
    {
      name: "posts.withholdAuthor",
      timeLimitMs: 600_000,
      run: async (payload) => {
        await exec(deps.pool, withholdAuthor, idIn(payload, "accountId"), payload["type"] === "account.suspended");
      },
    },
    {
      name: "posts.removeAuthor",
      timeLimitMs: 3_600_000,
      async run(payload) {
        const accountId = idIn(payload, "accountId");
        await exec(deps.pool, withholdAuthor, accountId, true);
        for (;;) {
          const some = await run(deps.pool, someOfAuthor, accountId, 100);
          if (some.length === 0) break;
          await changes.removeAny(some.map((p) => ({ id: p.id, accountId })));
        }
        await exec(deps.pool, forgetInteractions, accountId);
      },
    },
    {
      name: "posts.sweepKeys",
      cron: "23 * * * *",
      run: async () => {
        await exec(deps.pool, sweepKeys);
      },
    },
  ];

  async function close(postId: bigint): Promise<void> {
    await deps.tx(async (db) => {
      const closed = await one(db, closePoll, postId);
      if (closed)
        await deps.publisher.publish(db, {
          id: deps.ids.next().toString(),
          type: "poll.closed",
          postId: postId.toString(),
        });
    });
  }

  return {
    ...createCreation(deps),
    ...changes,
    ...createInteractions(deps),
    views: createViews(deps),
    remote: createRemotePosts(deps),
    moderation: createModeration(deps),
    tasks,
  };
}
