/** Links, pictures and the things that hang on the `tag` property. */
import { foreignText } from "#platform/text/sanitize.ts";
import { LIMITS } from "./limits.ts";
import type { IncomingEmoji, IncomingMedia, IncomingMention, Uri } from "./types.ts";
import {
  count,
  each,
  firstOf,
  get,
  idOf,
  isObject,
  list,
  number,
  reference,
  text,
  typeOf,
  uri,
  type Json,
} from "./values.ts";

/** A Link object or plain address with its media type in lower case, without parameters. */
export interface Link {
  href: Uri;
  mediaType: string | undefined;
  object: Json | undefined;
}

/** Reads a media type: lower case, without parameters. */
export function mediaType(value: unknown): string | undefined {
  const raw = text(value, 200)?.split(";", 1)[0]?.trim().toLowerCase();
  return raw !== undefined && /^[a-z]+\/[a-z0-9.+-]+$/.test(raw) ? raw : undefined;
}

/** All links of a `url` property: strings, Links, or a mixture. */
export function links(value: unknown): Link[] {
  return each(value, LIMITS.entries, (entry) => {
    if (!isObject(entry)) {
      const href = uri(entry);
      return href === undefined ? undefined : { href, mediaType: undefined, object: undefined };
    }
    const href = firstOf(get(entry, "href"), uri) ?? firstOf(get(entry, "url"), uri) ?? idOf(entry);
    if (href === undefined) return undefined;
    return { href, mediaType: mediaType(get(entry, "mediaType") ?? get(entry, "mimeType")), object: entry };
  });
}

/** The page for people among the links: an HTML one, else one that does not say what it is. */
export function page(value: unknown): Uri | undefined {
  if (typeof value === "string") return uri(value);
  const all = links(value);
  const html = all.find((link) => link.mediaType === "text/html");
  return (html ?? all.find((link) => link.mediaType === undefined))?.href;
}

/** A picture of an actor: the first with an address. */
export function picture(value: unknown): { url: Uri; description: string } | undefined {
  return firstOf(value, (entry) => {
    const url = isObject(entry) ? (links(get(entry, "url"))[0]?.href ?? firstOf(get(entry, "href"), uri)) : uri(entry);
    if (url === undefined) return undefined;
    return { url, description: isObject(entry) ? description(entry) : "" };
  });
}

/** The sender's words for those who do not see the picture. */
function description(object: Json): string {
  const words = get(object, "name") ?? get(object, "summary");
  return words === undefined ? "" : foreignText(text(words, LIMITS.description) ?? "", { lines: true });
}

type Kind = IncomingMedia["kind"];

function kindOf(type: string, mime: string | undefined): Kind {
  const family = mime?.split("/", 1)[0];
  if (family === "image" || family === "video" || family === "audio") return family;
  if (mime !== undefined) return "unknown";
  if (type === "Image" || type === "Video" || type === "Audio") return type.toLowerCase() as Kind;
  return "unknown";
}

const BLURHASH = /^[0-9A-Za-z#$%*+,\-.:;=?@[\]^_{|}~]{6,100}$/;

function focus(value: unknown): { x: number; y: number } | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const x = number(value[0]);
  const y = number(value[1]);
  if (x === undefined || y === undefined || Math.abs(x) > 1 || Math.abs(y) > 1) return undefined;
  return { x, y };
}

/** A size in pixels; 0 is as good as none. */
function pixels(value: unknown): number | undefined {
  return count(value) || undefined;
}

const MEDIA_TYPES = new Set(["Document", "Image", "Video", "Audio", "Link", ""]);

/** One attachment. Undefined when it is something else: a profile field, a link to a page, a place. */
export function media(entry: unknown): IncomingMedia | undefined {
  if (!isObject(entry)) return undefined;
  const type = typeOf(entry);
  if (!MEDIA_TYPES.has(type)) return undefined;
  const all = links(get(entry, "url") ?? get(entry, "href"));
  const link = all.find((l) => /^(?:image|video|audio)\//.test(l.mediaType ?? "")) ?? all[0];
  if (link === undefined) return undefined;
  const mime = link.mediaType ?? mediaType(get(entry, "mediaType"));
  const kind = kindOf(type, mime);
  // A Link without media type is a link, e.g. what a Lemmy post is about.
  if (type === "Link" && kind === "unknown") return undefined;
  const blurhash = text(get(entry, "blurhash"), 100);
  return {
    url: link.href,
    mediaType: mime,
    kind,
    description: description(entry),
    width: pixels(get(entry, "width")) ?? (link.object && pixels(get(link.object, "width"))),
    height: pixels(get(entry, "height")) ?? (link.object && pixels(get(link.object, "height"))),
    blurhash: blurhash !== undefined && BLURHASH.test(blurhash) ? blurhash : undefined,
    focus: focus(get(entry, "focalPoint")),
  };
}

export interface Tags {
  mentions: IncomingMention[];
  hashtags: string[];
  emojis: IncomingEmoji[];
  /** FEP-e232: another object that this one quotes. */
  quote: Uri | undefined;
}

/** What hangs on `tag`. Mentions are told apart by address, hashtags by name, emojis by shortcode; the first of equal ones counts. */
export function tags(value: unknown): Tags {
  const mentions = new Map<Uri, IncomingMention>();
  const hashtags = new Map<string, string>();
  const emojis = new Map<string, IncomingEmoji>();
  let quote: Uri | undefined;
  for (const entry of list(value)) {
    if (!isObject(entry)) continue;
    const type = typeOf(entry);
    if (type === "Mention") {
      const href = firstOf(get(entry, "href"), uri);
      if (href === undefined || mentions.has(href) || mentions.size >= LIMITS.mentions) continue;
      mentions.set(href, { href, name: foreignText(text(get(entry, "name"), LIMITS.name) ?? "") });
    } else if (type === "Hashtag") {
      const name = hashtag(get(entry, "name"));
      if (name === undefined || hashtags.size >= LIMITS.hashtags) continue;
      const key = name.toLowerCase();
      if (!hashtags.has(key)) hashtags.set(key, name);
    } else if (type === "Emoji") {
      const found = emoji(entry);
      if (found !== undefined && !emojis.has(found.name) && emojis.size < LIMITS.emojis) emojis.set(found.name, found);
    } else if (type === "Link") quote ??= quoteLink(entry);
  }
  return { mentions: [...mentions.values()], hashtags: [...hashtags.values()], emojis: [...emojis.values()], quote };
}

function hashtag(value: unknown): string | undefined {
  const name = foreignText(text(value, LIMITS.hashtag) ?? "").replace(/^[#＃]+/, "");
  // A tag with a space could not have been written as one.
  return name === "" || /\s/.test(name) ? undefined : name;
}

function emoji(entry: Json): IncomingEmoji | undefined {
  const name = /^:?(\w{1,64}):?$/.exec(text(get(entry, "name"), LIMITS.name) ?? "")?.[1];
  const url = picture(get(entry, "icon"))?.url;
  return name === undefined || url === undefined ? undefined : { name, url };
}

/** FEP-e232: a Link to an ActivityPub object. It is a quote when its `rel` or its label says so; other object links are plain links. */
function quoteLink(entry: Json): Uri | undefined {
  const rel = each(get(entry, "rel"), 10, (r) => (typeof r === "string" ? r : undefined)).join(" ");
  const label = text(get(entry, "name"), LIMITS.name) ?? "";
  const mime = mediaType(get(entry, "mediaType"));
  const activityPub = mime === "application/activity+json" || mime === "application/ld+json";
  if (/(?:^|[\s#/])(?:_misskey_)?quote(?:$|\s)/i.test(rel) || (activityPub && label.startsWith("RE:")))
    return reference(get(entry, "href"));
  return undefined;
}
