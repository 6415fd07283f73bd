import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { idTime, type Id } from "#platform/ids.ts";
import type { PostsDeps } from "./deps.ts";
import { countsIn, languageTag, QUOTE_STATE, searchText, VISIBILITY } from "./rules.ts";
import {
  addPostStats,
  clearTags,
  findBoost,
  insertBoost,
  insertEdit,
  lockOwn,
  syncMentions,
  visiblePost,
  type StoredMention,
  type StoredPostEmoji,
} from "./sql.ts";
import { covered } from "./moderation.ts";
import { setImposed } from "./sql-moderation.ts";
import { countVotes, deletePoll, insertVotes, lockPoll, ownVotes, pollsOf } from "./sql-polls.ts";
import * as sql from "./sql-remote.ts";

/** A post of another server, checked and ready to be stored. Texts are sanitised; ids of others are resolved as far as we know them. */
export interface RemotePost {
  uri: string;
  url: string | null;
  authorId: Id;
  /** False: only its author's followers and those it names find it by its words. */
  indexable: boolean;
  /** As in `VISIBILITY`. */
  visibility: number;
  /** Never later than now. */
  published: Date;
  edited: Date | null;
  spoiler: string;
  content: string;
  sensitive: boolean;
  language: string | null;
  inReplyTo: { id: Id; accountId: Id; conversationId: Id } | null;
  /** What it answers, when we do not have that. */
  inReplyToUri: string | null;
  quote: { id: Id | null; accountId: Id | null; uri: string; state: number; approval: string | null } | null;
  tags: { names: string[]; shown: string[] };
  mentions: StoredMention[];
  /** People here it is addressed to without naming them. */
  addressed: Id[];
  /** Mastodon's MediaAttachment entities, with paths of ours. */
  media: object[];
  emojis: StoredPostEmoji[];
  poll: RemotePoll | null;
  /** As in `QUOTE_POLICY` and `REPLY_POLICY`. */
  quotePolicy: number;
  replyPolicy: number;
  /** Hidden from the start: its author is suspended here, or the answer was not allowed. */
  withheld: boolean;
  /** An answer that somebody here does not want: withheld for good. */
  refused: boolean;
}

export interface RemotePoll {
  options: string[];
  votes: number[];
  voters: number;
  multiple: boolean;
  expiresAt: Date | null;
  closedAt: Date | null;
}

export interface Received {
  id: Id;
  uri: string;
  /** False when it was there before. */
  fresh: boolean;
}

/** What other servers do with posts. Everything is idempotent by the object's id. */
export interface RemotePosts {
  /**
   * Stores posts in the caller's transaction, in a number of statements that does not depend on theirs. `quiet` ones (fetched as background) reach nobody's
   * home and tell nobody; the others are announced with one event for all.
   */
  receive(db: TxClient, posts: readonly RemotePost[], quiet: boolean): Promise<Received[]>;
  /** Changes a received post and keeps the earlier version. Without a newer `edited` only counts and media descriptions are renewed. */
  renew(db: TxClient, id: Id, post: RemotePost, isEdit: boolean): Promise<void>;
  /** Posts by object id: those of other servers by `uri`, ours by id. */
  byUris(uris: readonly string[]): Promise<Map<string, sql.KnownPost>>;
  localByIds(ids: readonly Id[]): Promise<Map<Id, sql.KnownPost>>;
  /** A boost by somebody elsewhere. Undefined when the post may not be boosted by them. */
  boost(accountId: Id, postId: Id, uri: string, at: Date, quiet: boolean): Promise<Id | undefined>;
  /** One choice of somebody elsewhere in a poll of ours; a repeated or late one is ignored. */
  countVote(accountId: Id, postId: Id, option: string): Promise<boolean>;
  react(accountId: Id, postId: Id, name: string, url: string | null): Promise<boolean>;
  unreact(accountId: Id, postId: Id): Promise<void>;
  setQuote(
    db: TxClient,
    quotingId: Id,
    quote: { id: Id | null; accountId: Id | null; state: number; approval: string | null },
  ): Promise<void>;
  /** What the origin says of likes and boosts. */
  reportCounts(postId: Id, likes: number | undefined, shares: number | undefined): Promise<void>;
  /** Pins of a profile elsewhere, as its server lists them. */
  setPins(accountId: Id, postIds: readonly Id[]): Promise<void>;
}

export function createRemotePosts(deps: PostsDeps): RemotePosts {
  function json(p: RemotePost, id: Id, quiet: boolean): sql.ReceivedJson {
    const mentioned = [...new Set([...p.mentions.map((m) => m.id), ...p.addressed.map(String)])].filter(
      (m) => m !== p.authorId.toString(),
    );
    const findable = p.indexable || mentioned.length > 0;
    return {
      id: id.toString(),
      account_id: p.authorId.toString(),
      uri: p.uri,
      url: p.url,
      visibility: p.visibility,
      in_reply_to_id: p.inReplyTo?.id.toString() ?? null,
      in_reply_to_account_id: p.inReplyTo?.accountId.toString() ?? null,
      in_reply_to_uri: p.inReplyToUri,
      quote_of_id: p.quote?.id?.toString() ?? null,
      quote_of_account_id: p.quote?.accountId?.toString() ?? null,
      quote_state: p.quote?.state ?? null,
      quote_uri: p.quote?.uri ?? null,
      quote_approval: p.quote?.approval ?? null,
      conversation_id: (p.inReplyTo?.conversationId ?? id).toString(),
      sensitive: p.sensitive || p.spoiler !== "",
      has_poll: p.poll !== null,
      spoiler_text: p.spoiler,
      content: p.content,
      language: languageTag(p.language),
      quote_policy: p.quotePolicy,
      reply_policy: p.replyPolicy,
      tags: p.tags.names,
      mentions: p.mentions,
      media: p.media,
      emojis: p.emojis,
      edited_at: p.edited?.toISOString() ?? null,
      words: findable ? wordsOf(p) : null,
      mentioned,
      withheld: p.withheld || p.refused,
      refused: p.refused,
      fan_out: !quiet && !p.withheld && !p.refused,
    };
  }

  async function storeTags(db: TxClient, posts: readonly { id: Id; post: RemotePost }[]): Promise<void> {
    const rows = posts.flatMap(({ id, post }) =>
      post.tags.names.map((name, i) => ({ id, author: post.authorId, name, shown: post.tags.shown[i] ?? name })),
    );
    if (rows.length === 0) return;
    await exec(
      db,
      sql.receiveTags,
      rows.map((r) => r.id),
      rows.map((r) => r.author),
      rows.map((r) => r.name),
      rows.map((r) => r.shown),
    );
  }

  const storePoll = (db: TxClient, id: Id, poll: RemotePoll): Promise<number> =>
    exec(db, sql.receivePoll, id, poll.options, poll.votes, poll.voters, poll.multiple, poll.expiresAt, poll.closedAt);

  const byUris = async (
    db: typeof deps.pool | TxClient,
    uris: readonly string[],
  ): Promise<Map<string, sql.KnownPost>> =>
    uris.length === 0 ? new Map() : new Map((await run(db, sql.postsByUris, [...uris])).map((r) => [r.uri, r]));

  const self: RemotePosts = {
    async receive(db, posts, quiet) {
      const byUri = new Map(posts.map((p) => [p.uri, p]));
      let left = [...byUri.values()];
      const fresh = new Map<string, Id>();
      // An id that somebody else drew in the same millisecond makes a post fall out; it is tried again with another.
      for (let round = 0; left.length > 0 && round < 3; round++) {
        const drawn = new Map(left.map((p) => [deps.ids.at(p.published), p]));
        const stored = await run(db, sql.receive, JSON.stringify([...drawn].map(([id, p]) => json(p, id, quiet))));
        for (const row of stored) {
          const post = drawn.get(row.id);
          if (post) fresh.set(post.uri, row.id);
        }
        left = left.filter((p) => !fresh.has(p.uri));
        if (left.length === 0) break;
        const there = await byUris(
          db,
          left.map((p) => p.uri),
        );
        left = left.filter((p) => !there.has(p.uri));
      }
      const known = fresh.size === byUri.size ? new Map<string, sql.KnownPost>() : await byUris(db, [...byUri.keys()]);
      const made = [...fresh].flatMap(([uri, id]) => {
        const post = byUri.get(uri);
        return post ? [{ id, post }] : [];
      });
      if (made.length > 0) {
        await storeTags(db, made);
        for (const { id, post } of made) if (post.poll) await storePoll(db, id, post.poll);
        const orphans = made.filter(({ post }) => post.inReplyToUri !== null).map((m) => m.id);
        await adopt(db, [
          ...(await run(
            db,
            sql.waitingAnswers,
            made.map((m) => m.id),
          )),
          ...(orphans.length > 0 ? await run(db, sql.waitingSelves, orphans) : []),
        ]);
        const perAuthor = new Map<Id, number>();
        for (const { post } of made)
          if (countsIn(post.visibility).profile) perAuthor.set(post.authorId, (perAuthor.get(post.authorId) ?? 0) + 1);
        await deps.accounts.remote.countReceived(db, perAuthor, deps.clock.now().toISOString().slice(0, 10));
        const told = quiet ? [] : made.filter(({ post }) => !post.withheld && !post.refused);
        if (told.length > 0)
          await deps.publisher.publish(db, {
            id: deps.ids.next().toString(),
            type: "posts.received",
            postIds: told.map(({ id }) => id.toString()),
          });
      }
      return [...byUri.keys()].flatMap((uri) => {
        const id = fresh.get(uri) ?? known.get(uri)?.id;
        return id === undefined ? [] : [{ id, uri, fresh: fresh.has(uri) }];
      });
    },
    async renew(db, id, post, isEdit) {
      const old = await one(db, lockOwn, id, post.authorId);
      if (!old) return;
      const [oldPoll] = old.has_poll ? await run(db, pollsOf, [id]) : [];
      if (isEdit) {
        await exec(
          db,
          insertEdit,
          id,
          old.edited_at ?? idTime(id),
          old.content,
          old.text,
          old.spoiler_text,
          old.sensitive,
          JSON.stringify(old.media),
          oldPoll?.options ?? null,
        );
        const findable = post.indexable || post.mentions.length > 0;
        const said = { spoiler: post.spoiler, sensitive: post.sensitive || post.spoiler !== "" };
        const shown = covered(said, old.imposed);
        await one(
          db,
          sql.updateReceived,
          id,
          shown.spoiler,
          post.content,
          shown.sensitive,
          languageTag(post.language),
          post.tags.names,
          JSON.stringify(post.mentions),
          JSON.stringify(post.media),
          JSON.stringify(post.emojis),
          post.poll !== null,
          findable ? wordsOf(post) : null,
          post.quotePolicy,
          post.replyPolicy,
          post.edited,
        );
        if (old.imposed)
          await exec(
            db,
            setImposed,
            id,
            JSON.stringify({ ...old.imposed, base: said }),
            shown.spoiler,
            shown.sensitive,
          );
        const added = await run(
          db,
          syncMentions,
          id,
          post.mentions.map((m) => BigInt(m.id)).filter((m) => m !== post.authorId),
        );
        await exec(db, clearTags, id);
        await storeTags(db, [{ id, post }]);
        if (oldPoll && !post.poll) await exec(db, deletePoll, id);
        await deps.publisher.publish(db, {
          id: deps.ids.next().toString(),
          type: "post.edited",
          postId: id.toString(),
          authorId: post.authorId.toString(),
          newlyMentioned: added.map((a) => a.account_id.toString()),
        });
      }
      if (post.poll) {
        await storePoll(db, id, post.poll);
        if (oldPoll && !oldPoll.expired && post.poll.closedAt)
          await deps.publisher.publish(db, {
            id: deps.ids.next().toString(),
            type: "poll.closed",
            postId: id.toString(),
          });
      }
      if (post.quote && post.quote.state !== old.quote_state)
        await self.setQuote(db, id, {
          id: post.quote.id,
          accountId: post.quote.accountId,
          state: post.quote.state,
          approval: post.quote.approval,
        });
      await deps.signals.send(db, "post", id.toString());
    },
    byUris: (uris) => byUris(deps.pool, uris),
    async localByIds(ids) {
      if (ids.length === 0) return new Map();
      return new Map((await run(deps.pool, sql.localByIds, [...ids])).map((r) => [r.id, r]));
    },
    async boost(accountId, postId, uri, at, quiet) {
      return deps.tx(async (db) => {
        const post = await one(db, visiblePost, accountId, postId);
        if (!post || post.boost_of_id !== null || post.restriction > 0) return undefined;
        const own = post.account_id === accountId;
        if (post.visibility > VISIBILITY.unlisted && !(own && post.visibility === VISIBILITY.private)) return undefined;
        const id = deps.ids.at(at);
        const stored = post.visibility === VISIBILITY.unlisted ? VISIBILITY.public : post.visibility;
        const made = await one(
          db,
          insertBoost,
          id,
          accountId,
          stored,
          post.id,
          post.account_id,
          post.conversation_id,
          uri,
        );
        if (!made) return (await one(db, findBoost, post.id, accountId))?.id;
        await exec(db, addPostStats, post.id, 0, 1, 0, 0);
        await deps.accounts.countPost(db, accountId, 1, deps.clock.now().toISOString().slice(0, 10));
        if (!quiet)
          await deps.publisher.publish(db, {
            id: deps.ids.next().toString(),
            type: "post.boosted",
            postId: id.toString(),
            authorId: accountId.toString(),
            boostOfId: post.id.toString(),
          });
        return id;
      });
    },
    async countVote(accountId, postId, option) {
      return deps.tx(async (db) => {
        const poll = await one(db, lockPoll, postId);
        if (!poll || poll.expired) return false;
        const choice = poll.options.indexOf(option);
        const before = (await run(db, ownVotes, accountId, [postId])).map((v) => v.choice);
        if (choice < 0 || before.includes(choice) || (before.length > 0 && !poll.multiple)) return false;
        await exec(db, insertVotes, postId, accountId, [choice]);
        const votes = poll.votes.map((n, i) => n + (i === choice ? 1 : 0));
        if (before.length === 0) await exec(db, countVotes, postId, votes);
        else await exec(db, sql.recountVotes, postId, votes);
        return true;
      });
    },
    async react(accountId, postId, name, url) {
      return deps.tx(async (db) => {
        const post = await one(db, visiblePost, accountId, postId);
        if (!post) return false;
        if (!(await one(db, sql.addReaction, post.id, accountId, name, url))) return false;
        await exec(db, sql.bumpRev, post.id);
        await deps.signals.send(db, "post", post.id.toString());
        return true;
      });
    },
    async unreact(accountId, postId) {
      await deps.tx(async (db) => {
        const gone = await run(db, sql.removeReactions, postId, accountId);
        if (gone.length === 0) return;
        await exec(db, sql.bumpRev, postId);
        await deps.signals.send(db, "post", postId.toString());
      });
    },
    async setQuote(db, quotingId, quote) {
      const before = await one(db, sql.quoteOf, quotingId);
      if (!before || before.quote_state === quote.state) return;
      const row = await one(db, sql.setQuote, quotingId, quote.id, quote.accountId, quote.state, quote.approval);
      const quotedId = quote.id ?? before.quote_of_id;
      if (row && quotedId !== null && countsIn(row.visibility).public) {
        const change = quote.state === QUOTE_STATE.accepted ? 1 : before.quote_state === QUOTE_STATE.accepted ? -1 : 0;
        if (change !== 0) await exec(db, addPostStats, quotedId, 0, 0, 0, change);
      }
      await deps.signals.send(db, "post", quotingId.toString());
      await deps.publisher.publish(db, {
        id: deps.ids.next().toString(),
        type: "post.quote_decided",
        postId: quotingId.toString(),
        state: quote.state,
      });
    },
    async reportCounts(postId, likes, shares) {
      if (likes !== undefined || shares !== undefined)
        await exec(deps.pool, sql.setReportedCounts, postId, likes ?? null, shares ?? null);
    },
    async setPins(accountId, postIds) {
      await exec(deps.pool, sql.setPinnedReceived, accountId, [...postIds]);
    },
  };

  /** Answers find their place in the thread. */
  async function adopt(db: TxClient, pairs: readonly { id: Id; parent: Id }[]): Promise<void> {
    if (pairs.length === 0) return;
    await one(db, sql.lockAdoptions);
    for (const { id, parent } of pairs) {
      const a = await one(db, sql.adoptAnswer, id, parent);
      if (!a) continue;
      await exec(db, sql.joinConversation, a.conversation_id, a.new_conversation);
      await deps.signals.send(db, "post", a.id.toString());
    }
  }

  return self;
}

function wordsOf(post: RemotePost): string {
  const text = post.content.replace(/<[^>]*>/g, " ");
  return searchText({
    text,
    spoilerText: post.spoiler,
    pollOptions: post.poll?.options ?? [],
    alts: post.media.flatMap((m) => ("description" in m && typeof m.description === "string" ? m.description : [])),
  });
}
