// The typed form of what other servers say. Everything in here comes from strangers: strings are bounded, HTML is sanitised, ids are
// URLs that parse, but nothing has been verified. Who may say what is decided by the origin rules (identity/), never here.

/** An address that parsed as an absolute http(s) URL, in its normal form (`URL.href`), without user info. */
export type Uri = string;

/** Who is meant to read something. Less certain means less visible. */
export interface Audience {
  visibility: "public" | "unlisted" | "followers" | "direct";
  /** Addressed actors and collections, without the public collection; at most 200. */
  to: Uri[];
  cc: Uri[];
}

export interface IncomingEmoji {
  /** Shortcode without colons, `[A-Za-z0-9_]{1,64}`. */
  name: string;
  url: Uri;
}

export interface IncomingMention {
  href: Uri;
  /** As written, e.g. `@ann@example.org`; only a label. */
  name: string;
}

export interface IncomingMedia {
  url: Uri;
  /** Lower-case media type, or undefined when the sender says none. */
  mediaType: string | undefined;
  kind: "image" | "video" | "audio" | "unknown";
  /** Plain text. */
  description: string;
  width: number | undefined;
  height: number | undefined;
  blurhash: string | undefined;
  /** -1 to 1. */
  focus: { x: number; y: number } | undefined;
}

export interface IncomingPoll {
  options: { text: string; votes: number }[];
  multiple: boolean;
  /** Undefined: never ends by itself. */
  endsAt: Date | undefined;
  closedAt: Date | undefined;
  voters: number | undefined;
}

/** GoToSocial's `interactionPolicy`, read for one verb. */
export interface IncomingPolicyRule {
  /** Who is approved at once: addresses, or the word `public`. */
  automatic: string[];
  manual: string[];
}

export interface IncomingNote {
  kind: "note";
  id: Uri;
  /** AS2 type as sent: Note, Question, Article, Page, Video, ... */
  type: string;
  /** Undefined when the object names none. */
  attributedTo: Uri | undefined;
  audience: Audience;
  /** Sanitised HTML. Articles and the like: title, text or summary, and link. */
  content: string;
  /** Plain text of the content warning; empty for none. */
  spoiler: string;
  sensitive: boolean;
  language: string | undefined;
  /** Page for people. */
  url: Uri | undefined;
  /** Clamped to now. Undefined when missing or unreadable. */
  published: Date | undefined;
  updated: Date | undefined;
  inReplyTo: Uri | undefined;
  /** `context` or `conversation`. */
  context: string | undefined;
  mentions: IncomingMention[];
  /** As written, without `#`. */
  hashtags: string[];
  emojis: IncomingEmoji[];
  media: IncomingMedia[];
  poll: IncomingPoll | undefined;
  /** `name` of a Note with `inReplyTo` and no content: a vote in a poll. */
  vote: string | undefined;
  quote: Uri | undefined;
  quoteAuthorization: Uri | undefined;
  approvedBy: Uri | undefined;
  policies: Partial<Record<"canQuote" | "canReply" | "canLike" | "canAnnounce", IncomingPolicyRule>>;
  replies: Uri | undefined;
  /** `totalItems` of `likes`, `shares`, as the origin says. */
  likesCount: number | undefined;
  sharesCount: number | undefined;
}

export interface IncomingActor {
  kind: "actor";
  id: Uri;
  type: "Person" | "Service" | "Application" | "Group" | "Organization";
  username: string;
  displayName: string;
  /** Sanitised HTML. */
  summary: string;
  url: Uri | undefined;
  avatar: { url: Uri; description: string } | undefined;
  header: { url: Uri; description: string } | undefined;
  inbox: Uri;
  sharedInbox: Uri | undefined;
  outbox: Uri | undefined;
  followers: Uri | undefined;
  following: Uri | undefined;
  featured: Uri | undefined;
  keys: { id: Uri; owner: Uri | undefined; pem: string }[];
  locked: boolean;
  discoverable: boolean;
  indexable: boolean;
  alsoKnownAs: Uri[];
  movedTo: Uri | undefined;
  suspended: boolean;
  memorial: boolean;
  published: Date | undefined;
  /** `value` is sanitised HTML. */
  fields: { name: string; value: string }[];
  emojis: IncomingEmoji[];
  /** FEP-2c59: the `user@host` that the actor claims. */
  webfinger: string | undefined;
}

export interface IncomingCollection {
  kind: "collection";
  id: Uri | undefined;
  totalItems: number | undefined;
  first: Uri | IncomingCollection | undefined;
  next: Uri | undefined;
  partOf: Uri | undefined;
  /** Items in order, at most 200: addresses, or embedded objects. */
  items: (Uri | IncomingObject)[];
}

export interface IncomingTombstone {
  kind: "tombstone";
  id: Uri;
}

/** FEP-044f: permission of an author to be quoted; also GoToSocial's LikeApproval, ReplyApproval, AnnounceApproval. */
export interface IncomingApproval {
  kind: "approval";
  id: Uri;
  type: string;
  attributedTo: Uri | undefined;
  interactingObject: Uri | undefined;
  interactionTarget: Uri | undefined;
}

/** A bare key document (`/main-key`). */
export interface IncomingKey {
  kind: "key";
  id: Uri;
  owner: Uri | undefined;
  pem: string;
}

export interface IncomingActivity {
  kind: "activity";
  /** Undefined: the sender gave none (seen with Accept); such activities are idempotent by effect only. */
  id: Uri | undefined;
  /** As sent: Create, Update, Follow, ... */
  type: string;
  actor: Uri;
  /** Address of the object; also set when it is embedded and has an id. */
  objectId: Uri | undefined;
  /** The object when it came embedded. */
  object: IncomingObject | undefined;
  /** Further objects (Flag carries several). Includes `objectId`; at most 50. */
  objectIds: Uri[];
  target: Uri | undefined;
  /** Announce and Create: whom it is meant for. */
  audience: Audience;
  published: Date | undefined;
  /** Like, EmojiReact: the reaction, at most 64 characters: an emoji or `:name:`. */
  reaction: string | undefined;
  emojis: IncomingEmoji[];
  /** Flag: the complaint, plain text. */
  content: string;
  /** QuoteRequest: the quoting post. */
  instrument: Uri | IncomingObject | undefined;
  /** Accept of a request: the approval. */
  result: Uri | undefined;
}

export type IncomingObject =
  | IncomingNote
  | IncomingActor
  | IncomingActivity
  | IncomingCollection
  | IncomingTombstone
  | IncomingApproval
  | IncomingKey
  /** A type we do not know: only its name and id. */
  | { kind: "unknown"; id: Uri | undefined; type: string };
