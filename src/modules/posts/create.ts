import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { compose } from "./compose.ts";
import type { Author, PostsDeps } from "./deps.ts";
import type { MediaChange } from "./ports.ts";
import {
  checkPost,
  checkQuote,
  countsIn,
  effectiveQuotePolicy,
  languageTag,
  mayBoost,
  mayReply,
  QUOTE_STATE,
  REPLY_POLICY,
  searchText,
  VISIBILITY,
  type NewPoll,
  type QuotePolicy,
  type ReplyPolicy,
  type Visibility,
} from "./rules.ts";
import {
  addPostStats,
  claimKey,
  findBoost,
  insertBoost,
  insertPost,
  insertTags,
  visiblePost,
  type PostRow,
} from "./sql.ts";
import { insertPoll } from "./sql-polls.ts";

export interface NewPost {
  text: string;
  spoilerText?: string | undefined;
  visibility: Visibility;
  sensitive?: boolean | undefined;
  language?: string | null | undefined;
  inReplyToId?: Id | undefined;
  quotedId?: Id | undefined;
  quotePolicy?: QuotePolicy | undefined;
  /** Who may answer; default everyone. */
  replyPolicy?: ReplyPolicy | undefined;
  mediaIds?: Id[] | undefined;
  mediaChanges?: MediaChange[] | undefined;
  poll?: NewPoll | undefined;
  idempotencyKey?: string | undefined;
  /** When given, mentions of anyone else refuse the post. */
  allowedMentions?: Id[] | undefined;
}

/** For posts that are brought along from elsewhere: they get the id of their own moment, and nobody is told. */
export interface Backdated {
  at: Date;
}

export interface Created {
  id: Id;
  /** True when the idempotency key was used before: nothing new was stored. */
  repeated: boolean;
}

export interface Creation {
  /** Stores a post with everything that belongs to it in one transaction. Throws 404 for an invisible parent or quote, 422 for text, media or poll out of bounds. */
  create(author: Author, input: NewPost, backdated?: Backdated): Promise<Created>;
  /** Boosts a post; a second time answers the same boost. */
  boost(author: Author, postId: Id, visibility?: Visibility, backdated?: Backdated): Promise<Created>;
}

export function createCreation(deps: PostsDeps): Creation {
  async function quoteTarget(author: Author, input: NewPost): Promise<PostRow | undefined> {
    if (input.quotedId === undefined) return undefined;
    const seen = await one(deps.pool, visiblePost, author.accountId, input.quotedId);
    if (!seen) throw notFound();
    const post =
      seen.boost_of_id === null ? seen : await one(deps.pool, visiblePost, author.accountId, seen.boost_of_id);
    if (!post) throw notFound();
    const [relation] = await deps.accounts.relations.relationships(author.accountId, [post.account_id]);
    checkQuote(author.accountId, post, input.visibility, relation?.following ?? false);
    return post;
  }

  async function quoteUrl(post: PostRow | undefined): Promise<string | undefined> {
    if (!post) return undefined;
    const [account] = await deps.accounts.profiles.get([post.account_id]);
    return post.url ?? post.uri ?? (account && `${deps.publicUrl}/@${account.username}/${post.id}`);
  }

  return {
    async create(author, input, backdated) {
      const spoiler = input.spoilerText ?? "";
      const mediaIds = [...new Set(input.mediaIds ?? [])];
      checkPost(
        {
          text: input.text,
          spoilerText: spoiler,
          mediaCount: mediaIds.length,
          poll: input.poll,
          quoting: input.quotedId !== undefined,
        },
        deps.maxChars,
      );
      const parentSeen =
        input.inReplyToId === undefined
          ? undefined
          : await one(deps.pool, visiblePost, author.accountId, input.inReplyToId);
      if (input.inReplyToId !== undefined && !parentSeen)
        throw new AppError("not_found", "The post you are trying to reply to does not appear to exist.");
      // Who answers a boost answers what was boosted.
      const parent = parentSeen?.boost_of_id
        ? await one(deps.pool, visiblePost, author.accountId, parentSeen.boost_of_id)
        : parentSeen;
      if (parent && parent.reply_policy !== REPLY_POLICY.public) {
        const [relation] = await deps.accounts.relations.relationships(author.accountId, [parent.account_id]);
        if (!mayReply(author.accountId, parent, relation))
          throw new AppError(
            "unprocessable",
            "Validation failed: the author of this post does not want answers from you",
            {
              reason: "reply_not_allowed",
            },
          );
      }
      const quoted = await quoteTarget(author, input);
      const composed = await compose(deps, input.text, await quoteUrl(quoted));
      if (input.allowedMentions) {
        const allowed = new Set(input.allowedMentions.map(String));
        const unexpected = composed.mentions.filter((m) => !allowed.has(m.id));
        if (unexpected.length > 0) {
          throw new AppError("unprocessable", "Post would be sent to unexpected accounts", {
            reason: "unexpected_mentions",
            extra: { unexpected_accounts: unexpected.map((m) => m.id) },
          });
        }
      }
      const flight = backdated ? { id: deps.ids.at(backdated.at), land: () => {} } : deps.horizon.takeOff();
      const id = flight.id;
      try {
        return await deps.tx(async (db) => {
          if (input.idempotencyKey) {
            const claimed = await one(db, claimKey, author.accountId, input.idempotencyKey.slice(0, 255), id);
            if (claimed && claimed.post_id !== id) return { id: claimed.post_id, repeated: true };
          }
          let media = mediaIds.length > 0 ? await deps.media.attach(db, author.accountId, mediaIds, id) : [];
          if (input.mediaChanges?.length) {
            await deps.media.updateAttached(db, author.accountId, id, input.mediaChanges);
            media = await deps.media.attach(db, author.accountId, mediaIds, id);
          }
          const mentioned = composed.mentions.map((m) => BigInt(m.id)).filter((m) => m !== author.accountId);
          const words = searchText({
            text: input.text,
            spoilerText: spoiler,
            pollOptions: input.poll?.options ?? [],
            alts: media.flatMap((m) => m.description ?? []),
          });
          await one(
            db,
            insertPost,
            id,
            author.accountId,
            VISIBILITY[input.visibility],
            parent?.id ?? null,
            parent?.account_id ?? null,
            quoted?.id ?? null,
            quoted?.account_id ?? null,
            // People elsewhere are asked first (FEP-044f); of one's own posts nobody is asked.
            quoted ? (quoted.uri === null ? QUOTE_STATE.accepted : QUOTE_STATE.pending) : null,
            parent?.conversation_id ?? id,
            (input.sensitive ?? false) || spoiler !== "",
            input.poll !== undefined,
            spoiler,
            input.text,
            composed.html,
            languageTag(input.language),
            effectiveQuotePolicy(input.quotePolicy ?? "public", input.visibility),
            composed.tags.names,
            JSON.stringify(composed.mentions),
            JSON.stringify(media),
            author.app?.name ?? null,
            author.app?.website ?? null,
            words,
            mentioned,
            !backdated,
            REPLY_POLICY[input.replyPolicy ?? "public"],
          );
          if (composed.tags.names.length > 0)
            await exec(db, insertTags, id, author.accountId, composed.tags.names, composed.tags.shown);
          if (input.poll) {
            const expires = new Date((backdated?.at.getTime() ?? deps.clock.ms()) + input.poll.expiresIn * 1000);
            const options = input.poll.options.map((o) => o.trim());
            await exec(
              db,
              insertPoll,
              id,
              options,
              options.map(() => 0),
              input.poll.multiple,
              input.poll.hideTotals,
              expires,
            );
            await deps.publisher.enqueue(db, {
              task: "posts.closePoll",
              payload: { postId: id.toString() },
              key: `poll:${id}`,
              runAt: expires,
            });
          }
          const counted = countsIn(VISIBILITY[input.visibility]);
          if (parent && counted.public) await exec(db, addPostStats, parent.id, 1, 0, 0, 0);
          if (quoted && quoted.uri === null && counted.public) await exec(db, addPostStats, quoted.id, 0, 0, 0, 1);
          if (counted.profile)
            await deps.accounts.countPost(
              db,
              author.accountId,
              1,
              (backdated?.at ?? deps.clock.now()).toISOString().slice(0, 10),
            );
          if (!backdated) {
            await deps.publisher.publish(db, {
              id: id.toString(),
              type: "post.created",
              postId: id.toString(),
              authorId: author.accountId.toString(),
            });
          }
          return { id, repeated: false };
        });
      } finally {
        flight.land();
      }
    },
    async boost(author, postId, visibility, backdated) {
      const seen = await one(deps.pool, visiblePost, author.accountId, postId);
      const post = seen?.boost_of_id ? await one(deps.pool, visiblePost, author.accountId, seen.boost_of_id) : seen;
      if (!post) throw notFound();
      if (!mayBoost(author.accountId, post))
        throw new AppError("unprocessable", "Validation failed: Reblog of this post is not allowed");
      const flight = backdated ? { id: deps.ids.at(backdated.at), land: () => {} } : deps.horizon.takeOff();
      const id = flight.id;
      try {
        return await deps.tx(async (db) => {
          const wanted = VISIBILITY[visibility ?? "public"];
          const stored = Math.min(
            Math.max(wanted, post.visibility === VISIBILITY.unlisted ? VISIBILITY.public : post.visibility),
            VISIBILITY.private,
          );
          const made = await one(
            db,
            insertBoost,
            id,
            author.accountId,
            stored,
            post.id,
            post.account_id,
            post.conversation_id,
            null,
          );
          if (!made) {
            const [earlier] = await run(db, findBoost, post.id, author.accountId);
            if (!earlier) throw notFound();
            return { id: earlier.id, repeated: true };
          }
          await exec(db, addPostStats, post.id, 0, 1, 0, 0);
          await deps.accounts.countPost(
            db,
            author.accountId,
            1,
            (backdated?.at ?? deps.clock.now()).toISOString().slice(0, 10),
          );
          if (!backdated) {
            await deps.publisher.publish(db, {
              id: id.toString(),
              type: "post.boosted",
              postId: id.toString(),
              authorId: author.accountId.toString(),
              boostOfId: post.id.toString(),
            });
          }
          return { id, repeated: false };
        });
      } finally {
        flight.land();
      }
    },
  };
}
