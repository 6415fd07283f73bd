import { run } from "#platform/db/sql.ts";
import type { Db } from "#platform/db/sql.ts";
import type { Id } from "#platform/ids.ts";
import { tagName } from "#platform/text/format.ts";
import { remotePath, type RemotePicture } from "#modules/media/index.ts";
import {
  QUOTE_POLICY,
  QUOTE_STATE,
  REPLY_POLICY,
  VISIBILITY,
  type KnownPost,
  type RemotePost,
  type StoredMention,
} from "#modules/posts/index.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import { storedEmojis } from "#modules/federation/identity/actors.ts";
import type { DomainPolicies } from "#modules/federation/policy/domains.ts";
import { authorization, knownActors, type KnownActor } from "#modules/federation/sql.ts";
import { sameOrigin, type Uris } from "#modules/federation/uris.ts";
import { refineAudience } from "#modules/federation/wire/audience.ts";
import type { IncomingMedia, IncomingNote, IncomingPolicyRule } from "#modules/federation/wire/types.ts";

/** A note whose author is established: by the signature it came with, or by the origin it was fetched from. */
export interface AuthoredNote {
  note: IncomingNote;
  author: KnownActor;
}

/** A note with everything that can be known without asking anybody. */
export interface PreparedNote {
  note: IncomingNote;
  author: KnownActor;
  post: RemotePost;
  pictures: RemotePicture[];
  /** Somebody here follows the author, is named or addressed, or it is about something that is here. */
  relevant: boolean;
  /** The quoted post is not here, or the permission to quote it has to be looked at. */
  checkQuote: boolean;
  /** What it answers is here, by somebody here who does not want answers from this author. */
  refusedReply: KnownPost | undefined;
}

export interface Notes {
  /** Prepares notes together: the number of statements does not depend on how many they are. */
  prepare(notes: readonly AuthoredNote[]): Promise<PreparedNote[]>;
  /** The poll or post an address stands for, here or from elsewhere. */
  find(db: Db, uri: string): Promise<KnownPost | undefined>;
}

const MAX_MEDIA = 16;

export function createNotes(deps: FederationDeps, uris: Uris, policies: DomainPolicies): Notes {
  interface Surroundings {
    posts: Map<string, KnownPost>;
    people: Map<string, { id: Id; username: string; acct: string; url: string | null; local: boolean }>;
  }

  async function surroundings(notes: readonly AuthoredNote[]): Promise<Surroundings> {
    const postUris = new Set<string>();
    const peopleUris = new Set<string>();
    for (const { note } of notes) {
      if (note.inReplyTo !== undefined) postUris.add(note.inReplyTo);
      if (note.quote !== undefined) postUris.add(note.quote);
      for (const m of note.mentions) peopleUris.add(m.href);
      for (const uri of [...note.audience.to, ...note.audience.cc]) if (uris.isLocal(uri)) peopleUris.add(uri);
    }
    const found: Surroundings = { posts: new Map(), people: new Map() };
    const localPosts = new Map<Id, string>();
    const localPeople = new Map<Id, string[]>();
    const strangers: string[] = [];
    const foreignPosts: string[] = [];
    for (const uri of postUris) {
      const local = uris.parse(uri);
      if (local?.kind === "post") localPosts.set(local.id, uri);
      else if (!uris.isLocal(uri)) foreignPosts.push(uri);
    }
    for (const uri of peopleUris) {
      const local = uris.parse(uri);
      const id =
        local?.kind === "actor"
          ? local.id
          : local?.kind === "profile"
            ? await deps.accounts.profiles.byHandle(local.username, null)
            : undefined;
      if (id !== undefined) localPeople.set(id, [...(localPeople.get(id) ?? []), uri]);
      else if (!uris.isLocal(uri)) strangers.push(uri);
    }
    for (const [uri, post] of await deps.posts.remote.byUris(foreignPosts)) found.posts.set(uri, post);
    for (const [id, post] of await deps.posts.remote.localByIds([...localPosts.keys()])) {
      const uri = localPosts.get(id);
      if (uri !== undefined) found.posts.set(uri, { ...post, uri });
    }
    for (const a of await deps.accounts.profiles.get([...localPeople.keys()])) {
      if (a.domain !== null || a.suspended) continue;
      for (const uri of localPeople.get(a.id) ?? [])
        found.people.set(uri, { id: a.id, username: a.username, acct: a.username, url: null, local: true });
    }
    for (const [uri, a] of await deps.accounts.remote.byUris(strangers))
      found.people.set(uri, {
        id: a.id,
        username: a.username,
        acct: `${a.username}@${a.domain}`,
        url: a.url,
        local: false,
      });
    return found;
  }

  async function prepareOne({ note, author }: AuthoredNote, around: Surroundings): Promise<PreparedNote> {
    const { posts, people } = around;
    const audience = refineAudience(note.audience, author.followers ?? undefined);
    const { media: takesMedia } = await policies.of(author.domain);
    const pictures: RemotePicture[] = [];
    const parent = note.inReplyTo === undefined ? undefined : posts.get(note.inReplyTo);
    const mentions: StoredMention[] = [];
    let namesLocal = false;
    for (const m of note.mentions) {
      const person = people.get(m.href);
      if (!person || mentions.some((x) => x.id === person.id.toString())) continue;
      namesLocal ||= person.local;
      mentions.push({
        id: person.id.toString(),
        username: person.username,
        acct: person.acct,
        ...(person.local ? {} : { url: person.url ?? m.href }),
      });
    }
    const addressed =
      audience.visibility === "direct"
        ? [...audience.to, ...audience.cc].flatMap((uri) => {
            const person = people.get(uri);
            return person?.local ? [person.id] : [];
          })
        : [];
    const quote = await quoteOf(note, author, posts);
    const hashtags = new Map(note.hashtags.map((t) => [tagName(t), t]));
    const published = note.published ?? deps.clock.now();
    const refusedReply =
      parent && parent.uri !== "" && uris.isLocal(parent.uri) && !(await mayAnswer(parent, author, mentions))
        ? parent
        : undefined;
    const poll = note.poll;
    const post: RemotePost = {
      uri: note.id,
      url: note.url !== undefined && sameOrigin(note.url, note.id) ? note.url : null,
      authorId: author.id,
      indexable: author.indexable,
      visibility: {
        public: VISIBILITY.public,
        unlisted: VISIBILITY.unlisted,
        followers: VISIBILITY.private,
        direct: VISIBILITY.direct,
      }[audience.visibility],
      published,
      edited: note.updated && note.updated > published ? note.updated : null,
      spoiler: note.spoiler,
      content: note.content,
      sensitive: note.sensitive,
      language: note.language ?? null,
      inReplyTo: parent
        ? { id: parent.id, accountId: parent.account_id, conversationId: parent.conversation_id }
        : null,
      inReplyToUri: parent || note.inReplyTo === undefined ? null : note.inReplyTo,
      quote: quote?.stored ?? null,
      tags: { names: [...hashtags.keys()], shown: [...hashtags.values()] },
      mentions,
      addressed,
      media: takesMedia
        ? note.media.slice(0, MAX_MEDIA).map((m) => attachment(m, deps.ids.next().toString(), pictures))
        : [],
      emojis: takesMedia ? storedEmojis(note.emojis, pictures) : [],
      poll: poll
        ? {
            options: poll.options.map((o) => o.text),
            votes: poll.options.map((o) => o.votes),
            voters: poll.voters ?? poll.options.reduce((n, o) => n + o.votes, 0),
            multiple: poll.multiple,
            expiresAt: poll.endsAt ?? null,
            closedAt: poll.closedAt ?? null,
          }
        : null,
      quotePolicy: quotePolicyOf(note.policies.canQuote, author),
      replyPolicy: replyPolicyOf(note.policies.canReply, author),
      withheld: author.suspended,
      refused: refusedReply !== undefined,
    };
    return {
      note,
      author,
      post,
      pictures,
      refusedReply,
      checkQuote: quote?.check ?? false,
      relevant:
        author.followed || namesLocal || addressed.length > 0 || parent !== undefined || (quote?.local ?? false),
    };
  }

  /** People here decide who may answer them; whoever they mentioned may, and they themselves. */
  async function mayAnswer(
    parent: KnownPost,
    author: KnownActor,
    mentions: readonly StoredMention[],
  ): Promise<boolean> {
    if (parent.reply_policy === REPLY_POLICY.public) return true;
    const [relation] = await deps.accounts.relations.relationships(parent.account_id, [author.id]);
    if (parent.reply_policy === REPLY_POLICY.followers && relation?.followed_by) return true;
    if (parent.reply_policy === REPLY_POLICY.following && relation?.following) return true;
    const row = await deps.posts.views.get(parent.account_id, parent.id);
    return mentions.length > 0 && (row?.mentions.some((m) => m.id === author.id.toString()) ?? false);
  }

  async function quoteOf(
    note: IncomingNote,
    author: KnownActor,
    posts: ReadonlyMap<string, KnownPost>,
  ): Promise<{ stored: RemotePost["quote"]; check: boolean; local: boolean } | undefined> {
    if (note.quote === undefined || note.quote === note.id) return undefined;
    const quoted = posts.get(note.quote);
    const approval = note.quoteAuthorization ?? null;
    const local = quoted !== undefined && uris.isLocal(note.quote);
    const base = { id: quoted?.id ?? null, accountId: quoted?.account_id ?? null, uri: note.quote, approval };
    if (quoted && (quoted.boost_of_id !== null || quoted.visibility > VISIBILITY.private)) return undefined;
    if (quoted?.account_id === author.id)
      return { stored: { ...base, state: QUOTE_STATE.accepted }, check: false, local };
    if (quoted && local) {
      const given = approval === null ? undefined : uris.parse(approval);
      const [row] = given?.kind === "authorization" ? await run(deps.pool, authorization, given.id) : [];
      // Programs that do not ask quote what everyone may quote.
      const allowed =
        (row?.post_id === quoted.id && row.quoting_uri === note.id) ||
        (quoted.quote_policy === QUOTE_POLICY.public && quoted.visibility <= VISIBILITY.unlisted);
      return { stored: { ...base, state: allowed ? QUOTE_STATE.accepted : QUOTE_STATE.pending }, check: false, local };
    }
    // Without a permission it is a link in the text, nothing more.
    if (approval === null || !sameOrigin(approval, note.quote)) return undefined;
    return { stored: { ...base, state: QUOTE_STATE.pending }, check: true, local: false };
  }

  return {
    async prepare(notes) {
      if (notes.length === 0) return [];
      const around = await surroundings(notes);
      const prepared: PreparedNote[] = [];
      for (const one of notes) prepared.push(await prepareOne(one, around));
      return prepared;
    },
    async find(_db, uri) {
      const local = uris.parse(uri);
      if (local?.kind === "post") {
        const found = (await deps.posts.remote.localByIds([local.id])).get(local.id);
        return found && { ...found, uri: uris.post(found.id) };
      }
      return uris.isLocal(uri) ? undefined : (await deps.posts.remote.byUris([uri])).get(uri);
    },
  };
}

/** Loads people of other servers as the inbox needs them, by actor id. */
export async function loadActors(db: Db, actorUris: readonly string[]): Promise<Map<string, KnownActor>> {
  const wanted = [...new Set(actorUris)];
  return wanted.length === 0 ? new Map() : new Map((await run(db, knownActors, wanted)).map((a) => [a.uri, a]));
}

/** Who may quote, by the author's policy. Without one nobody but the author (FEP-044f). Who has to ask first may try. */
function quotePolicyOf(rule: IncomingPolicyRule | undefined, author: KnownActor): number {
  const all = [...(rule?.automatic ?? []), ...(rule?.manual ?? [])];
  if (all.includes("public")) return QUOTE_POLICY.public;
  if (author.followers !== null && all.includes(author.followers)) return QUOTE_POLICY.followers;
  return QUOTE_POLICY.nobody;
}

/** Who may answer: without a policy everyone. */
function replyPolicyOf(rule: IncomingPolicyRule | undefined, author: KnownActor): number {
  if (!rule) return REPLY_POLICY.public;
  const all = [...rule.automatic, ...rule.manual];
  if (all.includes("public")) return REPLY_POLICY.public;
  if (author.followers !== null && all.includes(author.followers)) return REPLY_POLICY.followers;
  return author.following !== null && all.includes(author.following) ? REPLY_POLICY.following : REPLY_POLICY.mentioned;
}

/** Mastodon's MediaAttachment. Pictures come from us; of anything else we show the address. */
function attachment(m: IncomingMedia, id: string, pictures: RemotePicture[]): object {
  const common = {
    id,
    text_url: null,
    preview_remote_url: null,
    remote_url: m.url,
    description: m.description === "" ? null : m.description,
    blurhash: m.blurhash ?? null,
  };
  const size =
    m.width !== undefined && m.height !== undefined
      ? {
          width: m.width,
          height: m.height,
          size: `${m.width}x${m.height}`,
          aspect: Math.round((m.width / m.height) * 1e6) / 1e6,
        }
      : undefined;
  const meta = { ...(size ? { original: size, small: size } : {}), ...(m.focus ? { focus: m.focus } : {}) };
  if (m.kind !== "image") return { ...common, type: "unknown", url: m.url, preview_url: null, meta };
  const picture: RemotePicture = { url: m.url, kind: "attachment" };
  pictures.push(picture);
  return {
    ...common,
    type: "image",
    url: remotePath(picture, "large"),
    preview_url: remotePath(picture, "preview"),
    meta,
  };
}
