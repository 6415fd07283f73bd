import { escapeHtml } from "#platform/text/format.ts";
import { sanitizeHtml } from "#platform/text/sanitize.ts";
import { isAddressed, readAudience } from "./audience.ts";
import { htmlOf, linkParagraph, localized, paragraphs, plain } from "./html.ts";
import { LIMITS } from "./limits.ts";
import { links, media, page, tags } from "./links.ts";
import { readPoll } from "./poll.ts";
import type { Audience, IncomingMedia, IncomingNote, IncomingPolicyRule, Uri } from "./types.ts";
import {
  count,
  each,
  firstOf,
  flag,
  get,
  idOf,
  isObject,
  isPublic,
  language,
  pastDate,
  reference,
  text,
  typeOf,
  typesOf,
  uri,
  type Json,
} from "./values.ts";

/** Things said in passing: the text is all there is. */
const TALK = new Set(["Note", "Question", "ChatMessage"]);
/** Things with a title and a page of their own, of which a post shows the beginning. */
const TITLED = new Set(["Article", "Page", "Video", "Event", "Image", "Audio", "Document"]);

export function isNoteType(type: string): boolean {
  return TALK.has(type) || TITLED.has(type);
}

/** Longest body of an article that is shown in full although its author wrote an excerpt. */
const SHORT_ARTICLE = 2_000;

/**
 * Reads anything that becomes a post.
 *
 * @param inherited audience of the activity around it, used when the object names none
 * @returns undefined without an id
 */
export function readNote(object: Json, now: Date, inherited?: Audience): IncomingNote | undefined {
  const id = idOf(object);
  if (id === undefined) return undefined;
  const type = typesOf(object).find(isNoteType) ?? typeOf(object);
  const author = authorOf(object);
  const inReplyTo = reference(get(object, "inReplyTo"));
  const url = page(get(object, "url"));
  const body = localized(object, "content", LIMITS.content);
  const sensitive = flag(get(object, "sensitive"));
  const found = tags(get(object, "tag"));
  const poll =
    type === "Question" || get(object, "oneOf") !== undefined || get(object, "anyOf") !== undefined
      ? readPoll(object, now)
      : undefined;
  const titled = TITLED.has(type);
  const vote =
    titled || poll || inReplyTo === undefined || body.raw !== undefined
      ? ""
      : plain(get(object, "name"), LIMITS.pollOption);
  const published = pastDate(get(object, "published"), now);
  return {
    kind: "note",
    id,
    type,
    attributedTo: author,
    audience: isAddressed(object) || inherited === undefined ? readAudience(object, author) : inherited,
    content: titled
      ? titledContent(object, type, body.raw, url ?? id, sensitive)
      : vote === ""
        ? talkContent(object, body.raw)
        : "",
    spoiler: titled && !sensitive ? "" : plain(localized(object, "summary", LIMITS.spoiler).raw, LIMITS.spoiler),
    sensitive,
    language: body.language ?? language(get(object, "language")) ?? localized(object, "name", LIMITS.name).language,
    url,
    published,
    updated: pastDate(get(object, "updated"), now),
    inReplyTo,
    context: conversation(object),
    mentions: found.mentions,
    hashtags: found.hashtags,
    emojis: found.emojis,
    media: mediaOf(object, type),
    poll,
    vote: vote === "" ? undefined : vote,
    quote: quoteOf(object) ?? found.quote,
    quoteAuthorization: reference(get(object, "quoteAuthorization")),
    approvedBy: reference(get(object, "approvedBy") ?? get(object, "replyAuthorization")),
    policies: policiesOf(get(object, "interactionPolicy")),
    replies: collectionId(get(object, "replies")),
    likesCount: totalItems(get(object, "likes")),
    sharesCount: totalItems(get(object, "shares")),
  };
}

/** The author: with a person and a group to choose from, the person. */
export function authorOf(object: Json): Uri | undefined {
  const value = get(object, "attributedTo") ?? get(object, "actor");
  const person = firstOf(value, (entry) => (isObject(entry) && typeOf(entry) === "Person" ? idOf(entry) : undefined));
  return person ?? reference(value);
}

function talkContent(object: Json, raw: string | undefined): string {
  if (raw !== undefined) return htmlOf(raw, object);
  return paragraphs(plain(localized(object, "name", LIMITS.name).raw, LIMITS.name));
}

function titledContent(object: Json, type: string, raw: string | undefined, url: Uri, sensitive: boolean): string {
  const title = plain(localized(object, "name", LIMITS.name).raw, LIMITS.name);
  const full = htmlOf(raw, object);
  // With `sensitive` the summary says why; otherwise it is the excerpt.
  const excerpt = sensitive ? "" : htmlOf(localized(object, "summary", LIMITS.summary).raw, {});
  const body = full === "" || (excerpt !== "" && full.length > SHORT_ARTICLE) ? excerpt : full;
  const parts = [];
  if (title !== "") parts.push(`<p><strong>${escapeHtml(title)}</strong></p>`);
  if (type === "Event") parts.push(paragraphs(when(object)));
  // Text without any paragraph would run into the title.
  parts.push(body === "" || /^<(?:p|ul|ol|blockquote|pre)[ >]/.test(body) ? body : `<p>${body}</p>`);
  const about = firstOf(get(object, "attachment"), (entry) =>
    isObject(entry) && typeOf(entry) === "Link" && !media(entry) ? reference(get(entry, "href")) : undefined,
  );
  if (about !== undefined) parts.push(linkParagraph(about));
  if (!body.includes(`href="${escapeHtml(url)}"`)) parts.push(linkParagraph(url));
  // Once more as a whole: a body that begins with text may have blocks further on, which do not belong into a paragraph.
  return sanitizeHtml(parts.join(""));
}

/** Time and place of an event, as far as it says. */
function when(object: Json): string {
  const start = firstOf(get(object, "startTime"), (entry) =>
    typeof entry === "string" ? /^\d{4}-\d\d-\d\dT\d\d:\d\d/.exec(entry)?.[0] : undefined,
  );
  const place = firstOf(get(object, "location"), (entry) =>
    isObject(entry) ? plain(get(entry, "name"), LIMITS.name) || undefined : undefined,
  );
  return [start?.replace("T", " "), place].filter((part) => part !== undefined).join(" · ");
}

function mediaOf(object: Json, type: string): IncomingMedia[] {
  const attached = each(get(object, "attachment"), LIMITS.attachments, media);
  if (type === "Video" || type === "Audio" || type === "Image" || type === "Document") {
    const own = media(object);
    // A player page or a playlist is no file.
    if (
      own &&
      own.kind !== "unknown" &&
      links(get(object, "url")).some(
        (link) => link.href === own.url && (link.mediaType !== undefined || type === "Image"),
      )
    )
      return [own, ...attached].slice(0, LIMITS.attachments);
  }
  if (attached.length > 0 || !TITLED.has(type)) return attached;
  return each(get(object, "image"), LIMITS.attachments, (entry) =>
    media(typeof entry === "string" ? { type: "Image", url: entry } : entry),
  );
}

function conversation(object: Json): string | undefined {
  return (
    reference(get(object, "context")) ??
    text(get(object, "context"), LIMITS.conversation) ??
    text(get(object, "conversation"), LIMITS.conversation)
  );
}

const QUOTES = ["quote", "quoteUrl", "quoteUri", "_misskey_quote", "quoteURL"];

function quoteOf(object: Json): Uri | undefined {
  for (const key of QUOTES) {
    const quoted = reference(get(object, key));
    if (quoted !== undefined) return quoted;
  }
  return undefined;
}

function collectionId(value: unknown): Uri | undefined {
  return firstOf(value, (entry) => (isObject(entry) ? (idOf(entry) ?? reference(get(entry, "first"))) : uri(entry)));
}

function totalItems(value: unknown): number | undefined {
  return firstOf(value, (entry) => (isObject(entry) ? count(get(entry, "totalItems")) : undefined));
}

const VERBS = ["canQuote", "canReply", "canLike", "canAnnounce"] as const;

function policiesOf(value: unknown): IncomingNote["policies"] {
  const policies: IncomingNote["policies"] = {};
  const policy = firstOf(value, (entry) => (isObject(entry) ? entry : undefined));
  if (!policy) return policies;
  for (const verb of VERBS) {
    const rule = firstOf(get(policy, verb), (entry) => (isObject(entry) ? entry : undefined));
    if (rule) policies[verb] = policyRule(rule);
  }
  return policies;
}

function policyRule(rule: Json): IncomingPolicyRule {
  const who = (value: unknown): string[] =>
    each(value, LIMITS.policyEntries, (entry) => (isPublic(entry) ? "public" : reference(entry)));
  return {
    automatic: who(get(rule, "automaticApproval") ?? get(rule, "always")),
    manual: who(get(rule, "manualApproval") ?? get(rule, "approvalRequired")),
  };
}
