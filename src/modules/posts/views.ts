import { one, run } from "#platform/db/sql.ts";
import type { Page } from "#platform/http/page.ts";
import { idFloor, idTime, MAX_ID, type Id } from "#platform/ids.ts";
import type { PostsDeps } from "./deps.ts";
import { ownVotes, pollsOf, type PollRow } from "./sql-polls.ts";
import * as sql from "./sql-read.ts";
import { reactionsOf } from "./sql-remote.ts";
import { visiblePost, type PostRow } from "./sql.ts";

export interface Reaction {
  /** An emoji, or the shortcode of a custom one. */
  name: string;
  url: string | null;
  count: bigint;
}

export interface PollState extends PollRow {
  ownVotes: number[];
}

export interface SearchQuery {
  words: string;
  account?: Id | undefined;
  before?: Date | undefined;
  after?: Date | undefined;
  media: boolean;
  poll: boolean;
  language: string | undefined;
}

export interface TagUse {
  name: string;
  display: string;
  /** The last seven UTC days, newest first. */
  history: { day: number; uses: number; accounts: number }[];
}

/** The read path: what a viewer may see, as cards (per viewer) and contents (the same for everyone). Makes no decisions. */
export interface PostViews {
  /** Cards of the visible ones among `ids`, in that order. */
  cards(viewerId: Id | null, ids: readonly Id[]): Promise<sql.CardRow[]>;
  /** Runs a list declared with `cardsOf`, newest first whichever direction was asked for. */
  page<P extends readonly unknown[]>(list: sql.Both<P>, upward: boolean, ...params: P): Promise<sql.CardRow[]>;
  contents(ids: readonly Id[]): Promise<PostRow[]>;
  /** Reactions that other servers sent, most frequent first. */
  reactions(ids: readonly Id[]): Promise<Map<Id, Reaction[]>>;
  /** One post with its source, if the viewer may see it. */
  get(viewerId: Id | null, id: Id): Promise<PostRow | undefined>;
  polls(viewerId: Id | null, postIds: readonly Id[]): Promise<Map<Id, PollState>>;
  ofAccount(
    viewerId: Id | null,
    accountId: Id,
    page: Page,
    filter: { media: boolean; replies: boolean; boosts: boolean; tag: string | null },
  ): Promise<sql.CardRow[]>;
  pinned(viewerId: Id | null, accountId: Id): Promise<sql.CardRow[]>;
  favourites(viewerId: Id, page: Page): Promise<sql.CardRow[]>;
  bookmarks(viewerId: Id, page: Page): Promise<sql.CardRow[]>;
  quotes(viewerId: Id | null, postId: Id, page: Page): Promise<sql.CardRow[]>;
  favouritedBy(viewerId: Id | null, postId: Id, page: Page): Promise<{ edge: Id; account_id: Id }[]>;
  boostedBy(viewerId: Id | null, postId: Id, page: Page): Promise<{ edge: Id; account_id: Id }[]>;
  /** Ids of somebody's newest public and unlisted posts, withheld ones too. For moderators. */
  recentPublic(accountId: Id, limit: number): Promise<Id[]>;
  /** The thread around a post: ids from the first ancestor down, and the answers in reading order. */
  thread(viewerId: Id | null, postId: Id): Promise<{ ancestors: Id[]; descendants: Id[] }>;
  edits(postId: Id): Promise<sql.EditRow[]>;
  search(viewerId: Id | null, query: SearchQuery, page: Page, offset: number): Promise<sql.CardRow[]>;
  tag(name: string): Promise<TagUse | undefined>;
  searchTags(query: string, limit: number, offset: number): Promise<TagUse[]>;
  trendingTags(limit: number, offset: number): Promise<TagUse[]>;
  trendingPosts(viewerId: Id | null, limit: number, offset: number): Promise<sql.CardRow[]>;
  count(): Promise<bigint>;
  weekly(from: Date): Promise<Map<number, number>>;
}

const DAY_MS = 86_400_000;
// A thread without a token is bounded as Mastodon bounds it; with one, generously.
const ANONYMOUS = { ancestors: 40, descendants: 60, depth: 20 };
const SIGNED_IN = { ancestors: 4096, descendants: 4096, depth: 4096 };

export function createViews(deps: PostsDeps): PostViews {
  const { pool, readPool } = deps;

  async function page<P extends readonly unknown[]>(
    list: sql.Both<P>,
    upward: boolean,
    ...params: P
  ): Promise<sql.CardRow[]> {
    const rows = decoded(await run(readPool, upward ? list.up : list.down, ...params));
    return upward ? rows.reverse() : rows;
  }

  async function uses(tags: readonly sql.TagRow[]): Promise<TagUse[]> {
    if (tags.length === 0) return [];
    const today = Math.floor(deps.clock.ms() / DAY_MS);
    const names = tags.map((t) => t.name);
    const rows = await run(pool, sql.tagHistory, names, idFloor(new Date((today - 6) * DAY_MS)));
    return tags.map((tag) => ({
      ...tag,
      history: Array.from({ length: 7 }, (_, i) => {
        const found = rows.find((r) => r.tag === tag.name && Number(r.day) === today - i);
        return {
          day: ((today - i) * DAY_MS) / 1000,
          uses: Number(found?.uses ?? 0n),
          accounts: Number(found?.accounts ?? 0n),
        };
      }),
    }));
  }

  const week = (): Id => idFloor(new Date(deps.clock.ms() - 7 * DAY_MS));

  return {
    async cards(viewerId, ids) {
      if (ids.length === 0) return [];
      const rows = new Map(decoded(await run(readPool, sql.cardsByIds, viewerId, [...ids])).map((r) => [r.id, r]));
      return ids.flatMap((id) => rows.get(id) ?? []);
    },
    page,
    recentPublic: async (accountId, limit) =>
      (await run(readPool, sql.recentPublic, accountId, limit)).map((r) => r.id),
    contents: (ids) => (ids.length === 0 ? Promise.resolve([]) : run(readPool, sql.contents, [...ids])),
    async reactions(ids) {
      const found = new Map<Id, Reaction[]>();
      for (const { post_id, ...reaction } of ids.length === 0 ? [] : await run(readPool, reactionsOf, [...ids])) {
        const list = found.get(post_id);
        if (list) list.push(reaction);
        else found.set(post_id, [reaction]);
      }
      return found;
    },
    get: (viewerId, id) => one(pool, visiblePost, viewerId, id),
    async polls(viewerId, postIds) {
      if (postIds.length === 0) return new Map();
      const [polls, votes] = await Promise.all([
        run(pool, pollsOf, [...postIds]),
        viewerId === null ? [] : run(pool, ownVotes, viewerId, [...postIds]),
      ]);
      return new Map(
        polls.map((p) => [
          p.post_id,
          { ...p, ownVotes: votes.filter((v) => v.post_id === p.post_id).map((v) => v.choice) },
        ]),
      );
    },
    ofAccount: (viewerId, accountId, p, filter) =>
      page(
        filter.media ? sql.accountMedia : sql.accountPosts,
        p.upward,
        viewerId,
        accountId,
        p.before,
        p.after,
        p.limit,
        filter.replies,
        filter.boosts,
        filter.tag,
      ),
    pinned: async (viewerId, accountId) => decoded(await run(readPool, sql.accountPinned, viewerId, accountId)),
    favourites: (viewerId, p) => page(sql.favourites, p.upward, viewerId, p.before, p.after, p.limit),
    bookmarks: (viewerId, p) => page(sql.bookmarks, p.upward, viewerId, p.before, p.after, p.limit),
    quotes: (viewerId, postId, p) => page(sql.quotesOf, p.upward, viewerId, postId, p.before, p.after, p.limit),
    favouritedBy: (viewerId, postId, p) => run(pool, sql.favouritedBy, viewerId, postId, p.before, p.after, p.limit),
    boostedBy: (viewerId, postId, p) => run(pool, sql.boostedBy, viewerId, postId, p.before, p.after, p.limit),
    async thread(viewerId, postId) {
      const limit = viewerId === null ? ANONYMOUS : SIGNED_IN;
      const [up, down] = await Promise.all([
        run(readPool, sql.ancestors, viewerId, postId, limit.ancestors),
        run(readPool, sql.descendants, viewerId, postId, limit.depth, limit.descendants),
      ]);
      return { ancestors: up.map((r) => r.id), descendants: readingOrder(postId, down) };
    },
    edits: (postId) => run(pool, sql.edits, postId),
    async search(viewerId, query, p, offset) {
      const before = query.before ? idFloor(query.before) : MAX_ID;
      const after = query.after ? idFloor(query.after) : 0n;
      const rows = await run(
        pool,
        sql.search,
        viewerId,
        query.words,
        query.account ?? null,
        p.before < before ? p.before : before,
        p.after > after ? p.after : after,
        p.limit,
        offset,
        query.media,
        query.poll,
        query.language ?? null,
      );
      return decoded(rows);
    },
    async tag(name) {
      const found = await one(pool, sql.tagByName, name);
      return found && (await uses([found]))[0];
    },
    searchTags: async (query, limit, offset) =>
      uses(await run(pool, sql.searchTags, query.replace(/[\\%_]/g, "\\$&"), limit, offset)),
    trendingTags: async (limit, offset) => uses(await run(pool, sql.trendingTags, week(), limit, offset)),
    trendingPosts: async (viewerId, limit, offset) =>
      decoded(await run(readPool, sql.trendingPosts, viewerId, week(), limit, offset)),
    count: async () => (await one(pool, sql.counts))?.posts ?? 0n,
    async weekly(from) {
      const rows = await run(pool, sql.weekly, idFloor(from));
      return new Map(rows.map((r) => [Number(r.week), Number(r.posts)]));
    },
  };
}

const decoded = (rows: readonly sql.CardText[]): sql.CardRow[] => rows.map((r) => sql.decodeCard(r.card));

/** Orders answers as a reader wants them: each answer directly followed by the answers to it, siblings by time. */
export function readingOrder(root: Id, rows: readonly { id: Id; in_reply_to_id: Id }[]): Id[] {
  const children = new Map<Id, Id[]>();
  for (const row of rows) {
    const list = children.get(row.in_reply_to_id) ?? [];
    list.push(row.id);
    children.set(row.in_reply_to_id, list);
  }
  const out = new Set<Id>();
  const stack = [...(children.get(root) ?? [])].reverse();
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    // Nothing is its own descendant; should it be stored so, the walk ends all the same.
    if (id === root || out.has(id)) continue;
    out.add(id);
    stack.push(...[...(children.get(id) ?? [])].reverse());
  }
  return [...out];
}

/** The moment a post was written. */
export function postTime(id: Id): Date {
  return idTime(id);
}
