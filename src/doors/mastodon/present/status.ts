import { createLru } from "#platform/cache/lru.ts";
import type { Signals } from "#platform/cache/signals.ts";
import { idTime, type Id } from "#platform/ids.ts";
import { tagName } from "#platform/text/format.ts";
import type { Accounts, AccountRow } from "#modules/accounts/index.ts";
import { absoluteMedia, type MediaJson } from "#modules/media/index.ts";
import {
  FLAG,
  QUOTE_STATE,
  replyPolicyName,
  RESTRICTIONS,
  VISIBILITY,
  visibilityName,
  type CardRow,
  type PollState,
  type PostRow,
  type Reaction,
  type Posts,
} from "#modules/posts/index.ts";
import { movedTo, presentAccount } from "./account.ts";

/**
 * Renders posts as Mastodon's Status. What is the same for everyone is rendered once per revision and kept as text; counters and the viewer's flags are spliced on for each answer.
 */
export interface StatusPresenter {
  /** JSON text of each card, in order. */
  render(viewerId: Id | null, cards: readonly CardRow[]): Promise<string[]>;
  /** JSON text of a list of statuses. */
  list(viewerId: Id | null, cards: readonly CardRow[]): Promise<string>;
  /** JSON text of accounts by id, in order; unknown ones are left out. */
  accounts(ids: readonly Id[]): Promise<string[]>;
  cacheBytes(): number;
}

/** What of a post is the same for everyone: JSON members without the surrounding braces. */
interface Body {
  rev: number;
  json: string;
  quotePolicy: number;
  visibility: number;
  accountId: Id;
}

const POLICY_PUBLIC = 0;
const POLICY_FOLLOWERS = 1;

export function createStatusPresenter(deps: {
  posts: Posts;
  accounts: Accounts;
  signals: Signals;
  publicUrl: string;
  cacheBytes: number;
}): StatusPresenter {
  const { posts, accounts, publicUrl } = deps;
  const bodies = createLru<Id, Body>(Math.floor(deps.cacheBytes * 0.7), (b) => b.json.length * 2);
  const people = createLru<Id, string>(Math.floor(deps.cacheBytes * 0.3), (json) => json.length * 2);

  async function loadBodies(wanted: ReadonlyMap<Id, number>): Promise<Map<Id, Body>> {
    const found = new Map<Id, Body>();
    const missing: Id[] = [];
    for (const [id, rev] of wanted) {
      const cached = bodies.get(id);
      if (cached && cached.rev >= rev) found.set(id, cached);
      else missing.push(id);
    }
    if (missing.length === 0) return found;
    const rows = await posts.views.contents(missing);
    const reactions = await posts.views.reactions(missing);
    const authors = new Map(
      (await accounts.profiles.get([...new Set(rows.map((r) => r.account_id))])).map((a) => [a.id, a]),
    );
    for (const row of rows) {
      const author = authors.get(row.account_id);
      if (!author) continue;
      const body = {
        rev: row.rev,
        json: bodyJson(row, author, reactions.get(row.id) ?? [], publicUrl),
        quotePolicy: row.quote_policy,
        visibility: row.visibility,
        accountId: row.account_id,
      };
      bodies.set(row.id, body);
      found.set(row.id, body);
    }
    return found;
  }

  // An account that changes while it is being read must not come back into the cache as it was.
  let changes = 0;
  deps.signals.on("account", (key) => {
    changes++;
    people.delete(BigInt(key));
  });
  deps.signals.onLost(() => {
    changes++;
    people.clear();
  });

  async function loadPeople(wanted: Iterable<Id>): Promise<Map<Id, string>> {
    const found = new Map<Id, string>();
    const missing: Id[] = [];
    for (const id of wanted) {
      const cached = people.get(id);
      if (cached === undefined) missing.push(id);
      else found.set(id, cached);
    }
    const before = changes;
    const rows = await accounts.profiles.get(missing);
    const moved = await movedTo(accounts, rows);
    for (const row of rows) {
      const target = row.moved_to_id === null ? undefined : moved.get(row.moved_to_id);
      const json = JSON.stringify(presentAccount(row, publicUrl, target));
      // With a second account inside it would be out of date when that one changes.
      if (changes === before && row.moved_to_id === null) people.set(row.id, json);
      found.set(row.id, json);
    }
    return found;
  }

  /** One text for each card; empty for posts deleted meanwhile. */
  async function each(viewerId: Id | null, cards: readonly CardRow[], nested: boolean): Promise<string[]> {
    const wantedBodies = new Map<Id, number>();
    const wantedPeople = new Set<Id>();
    const polled: Id[] = [];
    const quoted: Id[] = [];
    for (const c of cards) {
      wantedBodies.set(c.id, c.rev);
      wantedPeople.add(c.account_id);
      if (c.boost_of_id !== null && c.b_account_id !== null) {
        wantedBodies.set(c.boost_of_id, c.b_rev ?? 0);
        wantedPeople.add(c.b_account_id);
      }
      if (c.has_poll) polled.push(c.boost_of_id ?? c.id);
      if (c.quote_of_id !== null && c.quote_state === QUOTE_STATE.accepted && !nested) quoted.push(c.quote_of_id);
    }
    const known = await loadBodies(wantedBodies);
    const persons = await loadPeople(wantedPeople);
    const polls = polled.length > 0 ? await posts.views.polls(viewerId, polled) : new Map<Id, PollState>();
    const quotes = quoted.length > 0 ? await renderQuoted(viewerId, quoted) : new Map<Id, string>();

    function whole(c: CardRow, id: Id, accountId: Id, proper: boolean, reblog: string): string {
      const body = known.get(id);
      const person = persons.get(accountId);
      // Deleted between two queries of one answer: the list is shorter by one.
      if (!body || !person) return "";
      const counts = proper
        ? `,"replies_count":${c.replies},"reblogs_count":${c.boosts},"favourites_count":${c.favourites},"quotes_count":${c.quotes}`
        : `,"replies_count":0,"reblogs_count":0,"favourites_count":0,"quotes_count":0`;
      const poll = proper && c.has_poll ? pollJson(polls.get(id), viewerId) : "null";
      const quote = proper ? quoteJson(c, quotes, nested) : "null";
      return `{${body.json},"account":${person}${counts},"poll":${poll},"quote":${quote},"reblog":${reblog}${approval(body, c, viewerId)}${viewerId === null ? "" : flags(c, body, viewerId)}}`;
    }

    return cards.map((c) => {
      if (c.boost_of_id === null || c.b_account_id === null) return whole(c, c.id, c.account_id, true, "null");
      const inner = whole(c, c.boost_of_id, c.b_account_id, true, "null");
      return inner && whole(c, c.id, c.account_id, false, inner);
    });
  }

  const render = async (viewerId: Id | null, cards: readonly CardRow[]): Promise<string[]> =>
    (await each(viewerId, cards, false)).filter(Boolean);

  async function renderQuoted(viewerId: Id | null, ids: readonly Id[]): Promise<Map<Id, string>> {
    const cards = await posts.views.cards(viewerId, [...new Set(ids)]);
    // All at once: a page with many quotes takes as many statements as one with a few.
    const texts = await each(viewerId, cards, true);
    return new Map(cards.flatMap((card, i) => (texts[i] ? [[card.id, texts[i]] as const] : [])));
  }

  return {
    render,
    list: async (viewerId, cards) => `[${(await render(viewerId, cards)).join(",")}]`,
    async accounts(ids) {
      const found = await loadPeople(new Set(ids));
      return ids.flatMap((id) => found.get(id) ?? []);
    },
    cacheBytes: () => bodies.bytes + people.bytes,
  };
}

function flags(c: CardRow, body: Body, viewerId: Id): string {
  const pinned =
    body.accountId === viewerId && c.boost_of_id === null ? `,"pinned":${(c.flags & FLAG.pinned) !== 0}` : "";
  return `,"favourited":${(c.flags & FLAG.favourited) !== 0},"reblogged":${(c.flags & FLAG.boosted) !== 0},"muted":${(c.flags & FLAG.muted) !== 0},"bookmarked":${(c.flags & FLAG.bookmarked) !== 0}${pinned},"filtered":[]`;
}

/** Who may quote, and whether the viewer may (FEP-044f as Mastodon presents it). */
function approval(body: Body, c: CardRow, viewerId: Id | null): string {
  const automatic =
    body.quotePolicy === POLICY_PUBLIC ? '["public"]' : body.quotePolicy === POLICY_FOLLOWERS ? '["followers"]' : "[]";
  const own = viewerId !== null && body.accountId === viewerId;
  const quotable = body.visibility <= VISIBILITY.unlisted || (own && body.visibility === VISIBILITY.private);
  const allowed = quotable && (own || body.quotePolicy === POLICY_PUBLIC || (c.flags & FLAG.mayQuote) !== 0);
  return `,"quote_approval":{"automatic":${automatic},"manual":[],"current_user":"${viewerId === null ? "unknown" : allowed ? "automatic" : "denied"}"}`;
}

function quoteJson(c: CardRow, quotes: ReadonlyMap<Id, string>, nested: boolean): string {
  if (c.quote_state === null) return "null";
  if (c.quote_state === QUOTE_STATE.pending) return `{"state":"pending","quoted_status":null}`;
  if (c.quote_state === QUOTE_STATE.rejected) return `{"state":"rejected","quoted_status":null}`;
  if (c.quote_state === QUOTE_STATE.revoked) return `{"state":"revoked","quoted_status":null}`;
  if (c.quote_of_id === null) return `{"state":"deleted","quoted_status":null}`;
  if (nested) return `{"state":"accepted","quoted_status_id":"${c.quote_of_id}"}`;
  const quoted = quotes.get(c.quote_of_id);
  return quoted ? `{"state":"accepted","quoted_status":${quoted}}` : `{"state":"unauthorized","quoted_status":null}`;
}

function pollJson(poll: PollState | undefined, viewerId: Id | null): string {
  return poll ? JSON.stringify(presentPoll(poll, viewerId)) : "null";
}

/** Mastodon's Poll. Counts are null while they are hidden. */
export function presentPoll(poll: PollState, viewerId: Id | null): Record<string, unknown> {
  const hidden = poll.hide_totals && !poll.expired;
  return {
    id: poll.post_id.toString(),
    expires_at: poll.expires_at?.toISOString() ?? null,
    expired: poll.expired,
    multiple: poll.multiple,
    votes_count: poll.votes.reduce((a, b) => a + b, 0),
    voters_count: poll.voters,
    options: poll.options.map((title, i) => ({ title, votes_count: hidden ? null : (poll.votes[i] ?? 0) })),
    emojis: [],
    ...(viewerId === null ? {} : { voted: poll.ownVotes.length > 0, own_votes: poll.ownVotes }),
  };
}

function bodyJson(row: PostRow, author: AccountRow, reactions: readonly Reaction[], publicUrl: string): string {
  const at = (path: string): string => (path.startsWith("/") ? publicUrl + path : path);
  const entity = {
    id: row.id.toString(),
    created_at: idTime(row.id).toISOString(),
    edited_at: row.edited_at?.toISOString() ?? null,
    in_reply_to_id: row.in_reply_to_id?.toString() ?? null,
    in_reply_to_account_id: row.in_reply_to_account_id?.toString() ?? null,
    sensitive: row.sensitive || (author.sensitized && row.media.length > 0),
    spoiler_text: row.spoiler_text,
    ...(row.labels.length === 0 ? {} : { labels: row.labels }),
    ...(row.restriction === 0 ? {} : { restriction: RESTRICTIONS[row.restriction] }),
    visibility: visibilityName(row.visibility),
    language: row.language,
    uri: row.uri ?? `${publicUrl}/ap/posts/${row.id}`,
    url: row.url ?? row.uri ?? `${publicUrl}/@${author.username}/${row.id}`,
    content: row.content,
    media_attachments: row.media.filter(isMedia).map((m) => absoluteMedia(m, publicUrl)),
    mentions: row.mentions.map((m) => ({
      id: m.id,
      username: m.username,
      acct: m.acct,
      url: m.url ?? `${publicUrl}/@${m.acct}`,
    })),
    tags: row.tags.map((t) => ({ name: t, url: `${publicUrl}/tags/${encodeURIComponent(tagName(t))}` })),
    emojis: row.emojis.map((e) => ({
      ...e,
      url: at(e.url),
      static_url: at(e.static_url),
      visible_in_picker: false,
    })),
    emoji_reactions: reactions.map((r) => ({
      name: r.name,
      count: Number(r.count),
      ...(r.url === null ? {} : { url: at(r.url), static_url: at(r.url) }),
    })),
    card: null,
    // Ours: who may answer, when not everyone.
    ...(row.reply_policy === 0 ? {} : { reply_policy: replyPolicyName(row.reply_policy) }),
    ...(row.app_name === null
      ? { application: null }
      : { application: { name: row.app_name, website: row.app_website } }),
  };
  return JSON.stringify(entity).slice(1, -1);
}

/** Stored by the media module itself; the check only tells the type system so. */
function isMedia(value: unknown): value is MediaJson {
  return typeof value === "object" && value !== null && "url" in value && "preview_url" in value;
}
