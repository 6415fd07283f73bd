import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, notFound } from "#platform/errors.ts";
import { idTime, type Id } from "#platform/ids.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { compose } from "./compose.ts";
import type { Author, PostsDeps } from "./deps.ts";
import type { AttachedMedia, MediaChange } from "./ports.ts";
import {
  checkPost,
  countsIn,
  effectiveQuotePolicy,
  languageTag,
  QUOTE_STATE,
  quotePolicyName,
  searchText,
  visibilityName,
  type NewPoll,
  type QuotePolicy,
} from "./rules.ts";
import {
  addPostStats,
  boostersOf,
  bumpAnswers,
  clearTags,
  deletePost,
  findBoost,
  insertEdit,
  insertTags,
  lockOwn,
  setQuotePolicy,
  setQuoteState,
  syncMentions,
  updatePost,
  uriOf,
  visiblePost,
  type PostRow,
} from "./sql.ts";
import { covered } from "./moderation.ts";
import { setImposed } from "./sql-moderation.ts";
import { deletePoll, pollsOf, replacePoll, reschedulePoll, type PollRow } from "./sql-polls.ts";

export interface PostEdit {
  text: string;
  spoilerText: string;
  sensitive: boolean;
  language?: string | null | undefined;
  mediaIds: Id[];
  mediaChanges: MediaChange[];
  poll: NewPoll | undefined;
  quotePolicy?: QuotePolicy | undefined;
}

export interface Changes {
  /** Changes one's own post and keeps the earlier version. Throws 404 when it is not one's own. */
  edit(author: Author, postId: Id, edit: PostEdit): Promise<void>;
  /** Deletes one's own post with its boosts; returns what it was, so that it can be written anew. */
  remove(author: Author, postId: Id): Promise<{ post: PostRow; poll: PollRow | undefined }>;
  unboost(author: Author, postId: Id): Promise<Id>;
  setQuotePolicy(author: Author, postId: Id, policy: QuotePolicy): Promise<void>;
  /** The quoted author takes the permission back; the quoting post stays, without the quote. */
  revokeQuote(author: Author, postId: Id, quotingId: Id): Promise<void>;
  /** Removes a post whoever wrote it: deletion of accounts, moderation. */
  removeAny(postIds: readonly { id: Id; accountId: Id }[]): Promise<void>;
}

export function createChanges(deps: PostsDeps): Changes {
  async function destroy(db: TxClient, post: PostRow): Promise<void> {
    const boosters = await run(db, boostersOf, post.id);
    await deps.media.detachMissing(db, post.id, []);
    await exec(db, bumpAnswers, post.id);
    await exec(db, deletePost, post.id);
    await deps.accounts.countRemoved(
      db,
      boosters.map((b) => b.account_id),
    );
    const counted = countsIn(post.visibility);
    if (counted.profile) await deps.accounts.countPost(db, post.account_id, -1, null);
    // A row of counters exists whenever something was counted, so these upserts never insert.
    if (post.in_reply_to_id !== null && counted.public) await exec(db, addPostStats, post.in_reply_to_id, -1, 0, 0, 0);
    if (post.boost_of_id !== null) await exec(db, addPostStats, post.boost_of_id, 0, -1, 0, 0);
    if (post.quote_of_id !== null && post.quote_state === QUOTE_STATE.accepted && counted.public)
      await exec(db, addPostStats, post.quote_of_id, 0, 0, 0, -1);
    await deps.signals.send(db, "post", post.id.toString());
    await deps.publisher.publish(db, {
      id: deps.ids.next().toString(),
      type: "post.deleted",
      postId: post.id.toString(),
      authorId: post.account_id.toString(),
      boostOfId: post.boost_of_id?.toString() ?? null,
      // Whoever has to be told elsewhere cannot look it up any more.
      uri: post.uri,
      boostOfUri: post.boost_of_id === null ? null : ((await one(db, uriOf, post.boost_of_id))?.uri ?? null),
      involvedIds: boosters.slice(0, 500).map((b) => b.account_id.toString()),
      visibility: post.visibility,
      mentionIds: post.mentions.map((m) => m.id),
      boostOfAuthorId: post.boost_of_account_id?.toString() ?? null,
    });
  }
  return {
    async edit(author, postId, edit) {
      const mediaIds = [...new Set(edit.mediaIds)];
      // Looked up before the transaction: whoever holds a connection must not wait for a second one, nor for another server.
      const seen = await one(deps.pool, visiblePost, author.accountId, postId);
      if (!seen || seen.account_id !== author.accountId || seen.boost_of_id !== null) throw notFound();
      checkPost(
        {
          text: edit.text,
          spoilerText: edit.spoilerText,
          mediaCount: mediaIds.length,
          poll: edit.poll,
          quoting: seen.quote_of_id !== null,
        },
        deps.maxChars,
      );
      const composed = await compose(deps, edit.text, await quotedUrl(seen));
      await deps.tx(async (db) => {
        const post = await one(db, lockOwn, postId, author.accountId);
        if (!post) throw notFound();
        const [oldPoll] = post.has_poll ? await run(db, pollsOf, [post.id]) : [];
        const at = post.edited_at ?? idTime(post.id);
        await exec(
          db,
          insertEdit,
          post.id,
          at,
          post.content,
          post.text,
          post.spoiler_text,
          post.sensitive,
          JSON.stringify(post.media),
          oldPoll?.options ?? null,
        );
        await deps.media.detachMissing(db, post.id, mediaIds);
        let media: AttachedMedia[] =
          mediaIds.length > 0 ? await deps.media.attach(db, author.accountId, mediaIds, post.id) : [];
        if (edit.mediaChanges.length > 0) {
          await deps.media.updateAttached(db, author.accountId, post.id, edit.mediaChanges);
          media = await deps.media.attach(db, author.accountId, mediaIds, post.id);
        }
        const mentioned = composed.mentions.map((m) => BigInt(m.id)).filter((m) => m !== author.accountId);
        const words = searchText({
          text: edit.text,
          spoilerText: edit.spoilerText,
          pollOptions: edit.poll?.options ?? [],
          alts: media.flatMap((m) => m.description ?? []),
        });
        const policy = effectiveQuotePolicy(
          edit.quotePolicy ?? quotePolicyName(post.quote_policy),
          visibilityName(post.visibility),
        );
        // What moderation put over a post stays there, whatever its author writes.
        const said = { spoiler: edit.spoilerText, sensitive: edit.sensitive || edit.spoilerText !== "" };
        const shown = covered(said, post.imposed);
        await one(
          db,
          updatePost,
          post.id,
          shown.spoiler,
          edit.text,
          composed.html,
          shown.sensitive,
          edit.language === undefined ? post.language : languageTag(edit.language),
          composed.tags.names,
          JSON.stringify(composed.mentions),
          JSON.stringify(media),
          edit.poll !== undefined,
          words,
          policy,
        );
        if (post.imposed)
          await exec(
            db,
            setImposed,
            post.id,
            JSON.stringify({ ...post.imposed, base: said }),
            shown.spoiler,
            shown.sensitive,
          );
        const added = await run(db, syncMentions, post.id, mentioned);
        await exec(db, clearTags, post.id);
        if (composed.tags.names.length > 0)
          await exec(db, insertTags, post.id, author.accountId, composed.tags.names, composed.tags.shown);
        await changePoll(db, post, oldPoll, edit.poll);
        await deps.signals.send(db, "post", post.id.toString());
        await deps.publisher.publish(db, {
          id: deps.ids.next().toString(),
          type: "post.edited",
          postId: post.id.toString(),
          authorId: author.accountId.toString(),
          newlyMentioned: added.map((a) => a.account_id.toString()),
        });
      });
    },
    remove: (author, postId) =>
      deps.tx(async (db) => {
        const post = await one(db, lockOwn, postId, author.accountId);
        if (!post) throw notFound();
        const [poll] = post.has_poll ? await run(db, pollsOf, [post.id]) : [];
        await destroy(db, post);
        return { post, poll };
      }),
    unboost: (author, postId) =>
      deps.tx(async (db) => {
        const seen = await one(db, visiblePost, author.accountId, postId);
        const targetId = seen?.boost_of_id ?? postId;
        const boost = await one(db, findBoost, targetId, author.accountId);
        if (!boost) {
          if (!seen) throw notFound();
          return targetId;
        }
        const post = await one(db, lockOwn, boost.id, author.accountId);
        if (post) await destroy(db, post);
        return targetId;
      }),
    setQuotePolicy: (author, postId, policy) =>
      deps.tx(async (db) => {
        const post = await one(db, lockOwn, postId, author.accountId);
        if (!post || post.boost_of_id !== null) throw notFound();
        await exec(db, setQuotePolicy, post.id, effectiveQuotePolicy(policy, visibilityName(post.visibility)));
        await deps.signals.send(db, "post", post.id.toString());
      }),
    revokeQuote: (author, postId, quotingId) =>
      deps.tx(async (db) => {
        const post = await one(db, lockOwn, postId, author.accountId);
        const quoting = await one(db, visiblePost, author.accountId, quotingId);
        if (!post || !quoting || quoting.quote_of_id !== post.id) throw notFound();
        if (quoting.quote_state === QUOTE_STATE.revoked) return;
        await exec(db, setQuoteState, quoting.id, QUOTE_STATE.revoked);
        if (quoting.quote_state === QUOTE_STATE.accepted && countsIn(quoting.visibility).public)
          await exec(db, addPostStats, post.id, 0, 0, 0, -1);
        await deps.signals.send(db, "post", quoting.id.toString());
        await deps.publisher.publish(db, {
          id: deps.ids.next().toString(),
          type: "post.quote_revoked",
          postId: post.id.toString(),
          authorId: post.account_id.toString(),
          quotingId: quoting.id.toString(),
        });
      }),
    async removeAny(posts) {
      for (const { id, accountId } of posts) {
        await deps.tx(async (db) => {
          const post = await one(db, lockOwn, id, accountId);
          if (post) await destroy(db, post);
        });
      }
    },
  };

  async function quotedUrl(post: PostRow): Promise<string | undefined> {
    if (post.quote_of_id === null || post.quote_state !== QUOTE_STATE.accepted) return undefined;
    const quoted = await one(deps.pool, visiblePost, post.account_id, post.quote_of_id);
    if (!quoted) return undefined;
    const [account] = await deps.accounts.profiles.get([quoted.account_id]);
    return quoted.url ?? quoted.uri ?? (account && `${deps.publicUrl}/@${account.username}/${quoted.id}`);
  }

  async function changePoll(
    db: TxClient,
    post: PostRow,
    old: PollRow | undefined,
    poll: NewPoll | undefined,
  ): Promise<void> {
    if (!poll) {
      if (old) await exec(db, deletePoll, post.id);
      return;
    }
    const options = poll.options.map((o) => o.trim());
    const expires = new Date(deps.clock.ms() + poll.expiresIn * 1000);
    const same =
      old !== undefined &&
      old.multiple === poll.multiple &&
      old.options.length === options.length &&
      old.options.every((o, i) => o === options[i]);
    // Other options would give the votes another meaning: they are dropped.
    if (same) await exec(db, reschedulePoll, post.id, poll.hideTotals, expires);
    else
      await exec(
        db,
        replacePoll,
        post.id,
        options,
        options.map(() => 0),
        poll.multiple,
        poll.hideTotals,
        expires,
      );
    await deps.publisher.enqueue(db, {
      task: "posts.closePoll",
      payload: { postId: post.id.toString() },
      key: `poll:${post.id}`,
      runAt: expires,
    });
  }
}

/** 422 for an action on a post that is not one's own, where Mastodon answers so. */
export function notOwn(): AppError {
  return new AppError("unprocessable", "Validation failed: Someone else's post cannot be pinned");
}
