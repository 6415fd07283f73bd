import { idTime, type Id } from "#platform/ids.ts";
import type { AccountRow } from "#modules/accounts/index.ts";
import {
  QUOTE_POLICY,
  QUOTE_STATE,
  REPLY_POLICY,
  VISIBILITY,
  type PollRow,
  type PostRow,
} from "#modules/posts/index.ts";
import type { Uris } from "#modules/federation/uris.ts";

// What we say to other servers: ActivityStreams 2.0, strict, with one context for everything, so that bytes are stable.

export type Json = Record<string, unknown>;

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

/** Every term we use beyond ActivityStreams. */
export const CONTEXT: unknown = [
  "https://www.w3.org/ns/activitystreams",
  "https://w3id.org/security/v1",
  {
    toot: "http://joinmastodon.org/ns#",
    schema: "http://schema.org#",
    gts: "https://gotosocial.org/ns#",
    misskey: "https://misskey-hub.net/ns#",
    manuallyApprovesFollowers: "as:manuallyApprovesFollowers",
    movedTo: { "@id": "as:movedTo", "@type": "@id" },
    alsoKnownAs: { "@id": "as:alsoKnownAs", "@type": "@id" },
    sensitive: "as:sensitive",
    Hashtag: "as:Hashtag",
    featured: { "@id": "toot:featured", "@type": "@id" },
    discoverable: "toot:discoverable",
    indexable: "toot:indexable",
    memorial: "toot:memorial",
    suspended: "toot:suspended",
    Emoji: "toot:Emoji",
    blurhash: "toot:blurhash",
    focalPoint: { "@id": "toot:focalPoint", "@container": "@list" },
    votersCount: "toot:votersCount",
    PropertyValue: "schema:PropertyValue",
    value: "schema:value",
    quote: { "@id": "https://w3id.org/fep/044f#quote", "@type": "@id" },
    quoteAuthorization: { "@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id" },
    QuoteAuthorization: "https://w3id.org/fep/044f#QuoteAuthorization",
    QuoteRequest: "https://w3id.org/fep/044f#QuoteRequest",
    quoteUrl: "as:quoteUrl",
    quoteUri: "http://fedibird.com/ns#quoteUri",
    _misskey_quote: "misskey:_misskey_quote",
    interactionPolicy: { "@id": "gts:interactionPolicy", "@type": "@id" },
    canQuote: { "@id": "gts:canQuote", "@type": "@id" },
    canReply: { "@id": "gts:canReply", "@type": "@id" },
    canLike: { "@id": "gts:canLike", "@type": "@id" },
    canAnnounce: { "@id": "gts:canAnnounce", "@type": "@id" },
    automaticApproval: { "@id": "gts:automaticApproval", "@type": "@id" },
    manualApproval: { "@id": "gts:manualApproval", "@type": "@id" },
    interactingObject: { "@id": "gts:interactingObject", "@type": "@id" },
    interactionTarget: { "@id": "gts:interactionTarget", "@type": "@id" },
    digitalSourceType: { "@id": "schema:digitalSourceType", "@type": "@id" },
  },
];

/** A document of its own: the object with the context before it. */
export function document(object: Json): Json {
  return { "@context": CONTEXT, ...object };
}

export interface ActorInput {
  account: AccountRow;
  publicPem: string;
  movedTo: string | null;
  publicUrl: string;
}

/** A person of this instance. Suspended ones keep their address and key, and nothing else. */
export function writeActor({ account: a, publicPem, movedTo, publicUrl }: ActorInput, uris: Uris): Json {
  const id = uris.actor(a.id);
  const at = (path: string): string => (path.startsWith("/") ? publicUrl + path : path);
  const picture = (image: { url: string; description?: string } | null): Json | undefined =>
    image
      ? { type: "Image", mediaType: mediaTypeOf(image.url), url: at(image.url), name: image.description ?? "" }
      : undefined;
  const hidden = a.suspended;
  return {
    id,
    type: a.bot ? "Service" : "Person",
    preferredUsername: a.username,
    name: hidden ? "" : a.display_name,
    summary: hidden ? "" : a.note_html,
    url: uris.profilePage(a.username),
    inbox: uris.inbox(a.id),
    outbox: uris.outbox(a.id),
    followers: uris.followers(a.id),
    following: uris.following(a.id),
    featured: uris.featured(a.id),
    endpoints: { sharedInbox: uris.sharedInbox },
    publicKey: { id: uris.key(a.id), owner: id, publicKeyPem: publicPem },
    manuallyApprovesFollowers: a.locked,
    discoverable: a.discoverable && !hidden,
    indexable: a.indexable && !hidden,
    published: idTime(a.id).toISOString(),
    ...(hidden ? { suspended: true } : {}),
    ...(a.memorial ? { memorial: true } : {}),
    ...(a.also_known_as.length > 0 ? { alsoKnownAs: a.also_known_as } : {}),
    ...(movedTo === null ? {} : { movedTo }),
    ...(!hidden && a.avatar ? { icon: picture(a.avatar) } : {}),
    ...(!hidden && a.header ? { image: picture(a.header) } : {}),
    attachment: hidden ? [] : a.fields.map((f) => ({ type: "PropertyValue", name: f.name, value: f.value_html })),
  };
}

/** The instance itself: signs fetches and complaints. Readable without a signature, or two closed servers could never meet. */
export function writeInstanceActor(domain: string, publicPem: string, publicUrl: string, uris: Uris): Json {
  return {
    id: uris.instance,
    type: "Application",
    preferredUsername: domain,
    url: `${publicUrl}/about`,
    inbox: `${uris.instance}/inbox`,
    outbox: `${uris.instance}/outbox`,
    endpoints: { sharedInbox: uris.sharedInbox },
    manuallyApprovesFollowers: true,
    publicKey: { id: uris.key(0n), owner: uris.instance, publicKeyPem: publicPem },
  };
}

export interface NoteInput {
  post: PostRow;
  author: AccountRow;
  parentUri: string | null;
  quotedUri: string | null;
  mentions: { uri: string; name: string; url: string | undefined }[];
  poll: PollRow | undefined;
  counts: { replies: number; likes: number; shares: number };
  publicUrl: string;
}

export interface Addressing {
  to: string[];
  cc: string[];
}

/** Whom a post is for, spelled out. */
export function addressing(visibility: number, followers: string, mentioned: readonly string[]): Addressing {
  if (visibility === VISIBILITY.public) return { to: [PUBLIC], cc: [followers, ...mentioned] };
  if (visibility === VISIBILITY.unlisted) return { to: [followers], cc: [PUBLIC, ...mentioned] };
  if (visibility === VISIBILITY.private) return { to: [followers], cc: [...mentioned] };
  return { to: [...mentioned], cc: [] };
}

const POLICY_NAMES: Record<number, "everyone" | "followers" | "nobody"> = {
  [QUOTE_POLICY.public]: "everyone",
  [QUOTE_POLICY.followers]: "followers",
  [QUOTE_POLICY.nobody]: "nobody",
};

/** GoToSocial's `interactionPolicy`: who may quote and answer without being asked. Nobody is the author alone. */
function interactionPolicy(post: PostRow, uris: Uris): Json {
  const self = uris.actor(post.account_id);
  const quote = POLICY_NAMES[post.quote_policy] ?? "nobody";
  const quoters = quote === "everyone" ? [PUBLIC] : quote === "followers" ? [uris.followers(post.account_id)] : [self];
  const repliers =
    post.reply_policy === REPLY_POLICY.public
      ? [PUBLIC]
      : post.reply_policy === REPLY_POLICY.followers
        ? [uris.followers(post.account_id)]
        : post.reply_policy === REPLY_POLICY.following
          ? [uris.following(post.account_id)]
          : [self];
  return {
    canQuote: { automaticApproval: quoters },
    canReply: { automaticApproval: repliers },
    canLike: { automaticApproval: [PUBLIC] },
    canAnnounce: { automaticApproval: [PUBLIC] },
  };
}

/** A post of this instance as Note or Question. */
export function writeNote(input: NoteInput, uris: Uris): Json {
  const { post, author, poll } = input;
  const id = uris.post(post.id);
  const { to, cc } = addressing(
    post.visibility,
    uris.followers(author.id),
    input.mentions.map((m) => m.uri),
  );
  const quoted = input.quotedUri;
  const options = poll?.options.map((name, i) => ({
    type: "Note",
    name,
    replies: { type: "Collection", totalItems: poll.votes[i] ?? 0 },
  }));
  return {
    id,
    type: poll ? "Question" : "Note",
    attributedTo: uris.actor(author.id),
    to,
    cc,
    published: idTime(post.id).toISOString(),
    ...(post.edited_at === null ? {} : { updated: post.edited_at.toISOString() }),
    url: uris.postPage(author.username, post.id),
    inReplyTo: input.parentUri,
    summary: post.spoiler_text === "" ? null : post.spoiler_text,
    sensitive: post.sensitive || (author.sensitized && post.media.length > 0),
    content: post.content,
    ...(post.language === null ? {} : { contentMap: { [post.language]: post.content } }),
    attachment: post.media.filter(isAttachment).map((m) => writeAttachment(m, input.publicUrl)),
    tag: [
      ...input.mentions.map((m) => ({ type: "Mention", href: m.uri, name: m.name })),
      ...post.tags.map((t) => ({ type: "Hashtag", href: uris.tag(t), name: `#${t}` })),
      // Whose picture it is made from: an object link (FEP-e232).
      ...post.media.filter(isAttachment).flatMap((m) =>
        m.meta.remix_of === undefined
          ? []
          : [
              {
                type: "Link",
                mediaType: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
                href: m.meta.remix_of,
                name: m.meta.remix_of,
              },
            ],
      ),
      ...(quoted === null
        ? []
        : [
            {
              type: "Link",
              mediaType: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
              rel: "https://misskey-hub.net/ns#_misskey_quote",
              href: quoted,
              name: `RE: ${quoted}`,
            },
          ]),
    ],
    ...(quoted === null ? {} : { quote: quoted, quoteUrl: quoted, quoteUri: quoted, _misskey_quote: quoted }),
    ...(quoted !== null && post.quote_approval !== null && post.quote_state === QUOTE_STATE.accepted
      ? { quoteAuthorization: post.quote_approval }
      : {}),
    replies: {
      id: `${id}/replies`,
      type: "Collection",
      totalItems: input.counts.replies,
      first: `${id}/replies?page=1`,
    },
    likes: { id: `${id}/likes`, type: "Collection", totalItems: input.counts.likes },
    shares: { id: `${id}/shares`, type: "Collection", totalItems: input.counts.shares },
    interactionPolicy: interactionPolicy(post, uris),
    ...(poll && options
      ? {
          [poll.multiple ? "anyOf" : "oneOf"]: options,
          votersCount: poll.voters,
          ...(poll.expires_at === null ? {} : { endTime: poll.expires_at.toISOString() }),
          ...(poll.expired && poll.expires_at !== null ? { closed: poll.expires_at.toISOString() } : {}),
        }
      : {}),
  };
}

interface Attachment {
  type: string;
  url: string;
  description: string | null;
  blurhash: string | null;
  meta: {
    original: { width: number; height: number };
    focus?: { x: number; y: number };
    digital_source_type?: string;
    remix_of?: string;
  };
}

/** Stored by the media module itself; the check only tells the type system so. */
function isAttachment(value: unknown): value is Attachment {
  return typeof value === "object" && value !== null && "url" in value && "meta" in value;
}

function writeAttachment(m: Attachment, publicUrl: string): Json {
  const url = m.url.startsWith("/") ? publicUrl + m.url : m.url;
  return {
    type: m.type === "image" ? "Image" : "Document",
    mediaType: mediaTypeOf(m.url),
    url,
    // Alternative text stands in `name` for most, in `summary` for some.
    name: m.description,
    summary: m.description,
    width: m.meta.original.width,
    height: m.meta.original.height,
    ...(m.blurhash === null ? {} : { blurhash: m.blurhash }),
    ...(m.meta.focus ? { focalPoint: [m.meta.focus.x, m.meta.focus.y] } : {}),
    ...(m.meta.digital_source_type === undefined ? {} : { digitalSourceType: m.meta.digital_source_type }),
  };
}

function mediaTypeOf(url: string): string {
  const ending = /\.(\w+)$/.exec(url)?.[1] ?? "";
  return { jpg: "image/jpeg", png: "image/png", webp: "image/webp" }[ending] ?? "application/octet-stream";
}

/** An activity around an object or its address. */
export function writeActivity(
  type: string,
  id: string,
  actor: string,
  object: unknown,
  audience?: Addressing,
  extra?: Json,
): Json {
  return { id, type, actor, object, ...(audience ? { to: audience.to, cc: audience.cc } : {}), ...extra };
}

/** Create or Update of a note, with the note's own audience. */
export function writeCreation(note: Json, type: "Create" | "Update", id: string, at: Date): Json {
  return {
    id,
    type,
    actor: note["attributedTo"],
    published: at.toISOString(),
    to: note["to"],
    cc: note["cc"],
    object: note,
  };
}

/** A vote, which travels as a note without text. */
export function writeVote(id: string, actor: string, option: string, pollUri: string, to: string, at: Date): Json {
  return {
    id,
    type: "Note",
    attributedTo: actor,
    to: [to],
    name: option,
    inReplyTo: pollUri,
    published: at.toISOString(),
  };
}

/** FEP-044f: our author allows that post to quote this one. */
export function writeQuoteAuthorization(
  authorizationId: Id,
  authorId: Id,
  quotedUri: string,
  quotingUri: string,
  uris: Uris,
): Json {
  return {
    id: uris.authorization(authorizationId),
    type: "QuoteAuthorization",
    attributedTo: uris.actor(authorId),
    interactingObject: quotingUri,
    interactionTarget: quotedUri,
  };
}
