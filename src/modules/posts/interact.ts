import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { notOwn } from "./change.ts";
import type { PostsDeps } from "./deps.ts";
import { POST_LIMITS, VISIBILITY } from "./rules.ts";
import { countVotes, insertVotes, lockPoll, ownVotes } from "./sql-polls.ts";
import {
  addPostStats,
  deleteBookmark,
  deleteFavourite,
  insertBookmark,
  insertFavourite,
  lockOwn,
  lockPins,
  muteConversation,
  setPinned,
  unmuteConversation,
  visiblePost,
  type PostRow,
} from "./sql.ts";

/** What readers do with posts. Every method is idempotent and answers 404 for a post the viewer may not see. Boosts stand for what they boost. */
export interface Interactions {
  /** `quiet` tells nobody: for likes that are brought along from elsewhere. */
  favourite(viewerId: Id, postId: Id, quiet?: boolean): Promise<Id>;
  unfavourite(viewerId: Id, postId: Id): Promise<Id>;
  bookmark(viewerId: Id, postId: Id): Promise<Id>;
  unbookmark(viewerId: Id, postId: Id): Promise<Id>;
  mute(viewerId: Id, postId: Id): Promise<Id>;
  unmute(viewerId: Id, postId: Id): Promise<Id>;
  pin(viewerId: Id, postId: Id): Promise<Id>;
  unpin(viewerId: Id, postId: Id): Promise<Id>;
  /** Votes once; a second vote, a closed poll, one's own poll or unknown choices are refused with 422. */
  /** `at` is the moment of a vote that is brought along from elsewhere: what counts is whether the poll was open then. */
  vote(viewerId: Id, postId: Id, choices: number[], at?: Date): Promise<void>;
}

export function createInteractions(deps: PostsDeps): Interactions {
  async function proper(viewerId: Id, postId: Id): Promise<PostRow> {
    const seen = await one(deps.pool, visiblePost, viewerId, postId);
    const post = seen?.boost_of_id ? await one(deps.pool, visiblePost, viewerId, seen.boost_of_id) : seen;
    if (!post) throw notFound();
    return post;
  }

  const told = (db: TxClient, type: string, postId: Id, byId: Id): Promise<void> =>
    deps.publisher.publish(db, {
      id: deps.ids.next().toString(),
      type,
      postId: postId.toString(),
      byId: byId.toString(),
    });

  const refused = (text: string): AppError => new AppError("unprocessable", `Validation failed: ${text}`);

  return {
    async favourite(viewerId, postId, quiet = false) {
      const post = await proper(viewerId, postId);
      await deps.tx(async (db) => {
        const id = deps.ids.next();
        if (!(await one(db, insertFavourite, viewerId, post.id, id))) return;
        await exec(db, addPostStats, post.id, 0, 0, 1, 0);
        if (!quiet)
          await deps.publisher.publish(db, {
            id: id.toString(),
            type: "post.favourited",
            postId: post.id.toString(),
            authorId: post.account_id.toString(),
            byId: viewerId.toString(),
          });
      });
      return post.id;
    },
    async unfavourite(viewerId, postId) {
      await deps.tx(async (db) => {
        const target = (await one(db, visiblePost, viewerId, postId))?.boost_of_id ?? postId;
        const gone = await one(db, deleteFavourite, viewerId, target);
        if (gone) {
          await exec(db, addPostStats, target, 0, 0, -1, 0);
          await deps.publisher.publish(db, {
            id: deps.ids.next().toString(),
            type: "post.unfavourited",
            postId: target.toString(),
            favouriteId: gone.id.toString(),
            byId: viewerId.toString(),
          });
        }
      });
      return (await proper(viewerId, postId)).id;
    },
    async bookmark(viewerId, postId) {
      const post = await proper(viewerId, postId);
      await one(deps.pool, insertBookmark, viewerId, post.id, deps.ids.next());
      return post.id;
    },
    async unbookmark(viewerId, postId) {
      const post = await proper(viewerId, postId);
      await one(deps.pool, deleteBookmark, viewerId, post.id);
      return post.id;
    },
    async mute(viewerId, postId) {
      const post = await proper(viewerId, postId);
      await exec(deps.pool, muteConversation, viewerId, post.conversation_id);
      return post.id;
    },
    async unmute(viewerId, postId) {
      const post = await proper(viewerId, postId);
      await exec(deps.pool, unmuteConversation, viewerId, post.conversation_id);
      return post.id;
    },
    async pin(viewerId, postId) {
      const post = await proper(viewerId, postId);
      if (post.account_id !== viewerId || post.boost_of_id !== null) throw notOwn();
      if (post.visibility === VISIBILITY.direct) throw refused("Direct posts cannot be pinned");
      await deps.tx(async (db) => {
        const own = await one(db, lockOwn, post.id, viewerId);
        if (!own) throw notFound();
        const [pins] = await run(db, lockPins, viewerId);
        if (!own.pinned && Number(pins?.n ?? 0n) >= POST_LIMITS.pins)
          throw refused("You have already pinned the maximum number of posts");
        await exec(db, setPinned, post.id, true);
        await told(db, "post.pinned", post.id, viewerId);
      });
      return post.id;
    },
    async unpin(viewerId, postId) {
      const post = await proper(viewerId, postId);
      if (post.account_id !== viewerId) throw notOwn();
      await deps.tx(async (db) => {
        await exec(db, setPinned, post.id, false);
        await told(db, "post.unpinned", post.id, viewerId);
      });
      return post.id;
    },
    async vote(viewerId, postId, choices, at) {
      const post = await proper(viewerId, postId);
      const wanted = [...new Set(choices)];
      await deps.tx(async (db) => {
        const poll = await one(db, lockPoll, post.id);
        if (!poll) throw notFound();
        if (at === undefined ? poll.expired : poll.expires_at !== null && poll.expires_at <= at)
          throw refused("The poll has already ended");
        if (post.account_id === viewerId) throw refused("You cannot vote in your own polls");
        if (wanted.length === 0 || wanted.some((c) => c < 0 || c >= poll.options.length))
          throw refused("The chosen vote option does not exist");
        if (!poll.multiple && wanted.length > 1) throw refused("Only one option can be chosen in this poll");
        if ((await run(db, ownVotes, viewerId, [post.id])).length > 0)
          throw refused("You have already voted on this poll");
        await exec(db, insertVotes, post.id, viewerId, wanted);
        await exec(
          db,
          countVotes,
          post.id,
          poll.votes.map((n, i) => n + (wanted.includes(i) ? 1 : 0)),
        );
        if (at === undefined)
          await deps.publisher.publish(db, {
            id: deps.ids.next().toString(),
            type: "poll.voted",
            postId: post.id.toString(),
            byId: viewerId.toString(),
            options: wanted.map((c) => poll.options[c]),
          });
      });
    },
  };
}
