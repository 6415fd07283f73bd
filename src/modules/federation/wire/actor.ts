import { sanitizeHtml } from "#platform/text/sanitize.ts";
import { escapeHtml } from "#platform/text/format.ts";
import { htmlOf, localized, plain } from "./html.ts";
import { keysOf } from "./keys.ts";
import { LIMITS } from "./limits.ts";
import { page, picture, tags } from "./links.ts";
import type { IncomingActor, Uri } from "./types.ts";
import {
  each,
  firstOf,
  flag,
  get,
  idOf,
  isObject,
  pastDate,
  reference,
  references,
  text,
  typeOf,
  typesOf,
  uri,
  type Json,
} from "./values.ts";

const TYPES: ReadonlySet<string> = new Set<IncomingActor["type"]>([
  "Person",
  "Service",
  "Application",
  "Group",
  "Organization",
]);

export function isActorType(type: string): type is IncomingActor["type"] {
  return TYPES.has(type);
}

/**
 * Reads an actor document.
 *
 * @returns undefined without an id, an inbox, or any usable name: such an actor could neither be stored nor answered
 */
export function readActor(object: Json, now: Date): IncomingActor | undefined {
  const type = typesOf(object).find(isActorType);
  const id = idOf(object);
  const inbox = reference(get(object, "inbox"));
  const username = usernameOf(object, id);
  if (type === undefined || id === undefined || inbox === undefined || username === undefined) return undefined;
  const endpoints = firstOf(get(object, "endpoints"), (entry) => (isObject(entry) ? entry : undefined)) ?? {};
  const summary = localized(object, "summary", LIMITS.summary).raw;
  return {
    kind: "actor",
    id,
    type,
    username,
    displayName: plain(localized(object, "name", LIMITS.name).raw, LIMITS.name),
    summary: summary === undefined ? "" : summaryHtml(summary),
    url: page(get(object, "url")),
    avatar: picture(get(object, "icon")),
    header: picture(get(object, "image")),
    inbox,
    sharedInbox: reference(get(endpoints, "sharedInbox") ?? get(object, "sharedInbox")),
    outbox: reference(get(object, "outbox")),
    followers: reference(get(object, "followers")),
    following: reference(get(object, "following")),
    featured: reference(get(object, "featured")),
    keys: keysOf(object),
    locked: flag(get(object, "manuallyApprovesFollowers")),
    discoverable: flag(get(object, "discoverable")),
    indexable: flag(get(object, "indexable")),
    alsoKnownAs: references(get(object, "alsoKnownAs"), LIMITS.aliases),
    movedTo: reference(get(object, "movedTo")),
    suspended: flag(get(object, "suspended")),
    memorial: flag(get(object, "memorial")),
    published: pastDate(get(object, "published"), now),
    fields: each(get(object, "attachment"), LIMITS.fields, field),
    emojis: tags(get(object, "tag")).emojis,
    webfinger: webfinger(get(object, "webfinger")),
  };
}

/** Biographies without any markup are plain text with line ends at some servers. */
function summaryHtml(raw: string): string {
  return htmlOf(raw, raw.includes("<") ? {} : { mediaType: "text/plain" });
}

// Names as they are known: Mastodon's, and those of bridges and blogs, which look like hosts. Letters of any script; nothing that has
// a meaning in a handle or an address.
const USERNAME = /^[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.~-]*[\p{L}\p{M}\p{N}_])?$/u;

function usernameOf(object: Json, id: Uri | undefined): string | undefined {
  const claimed = usable(text(get(object, "preferredUsername"), LIMITS.username + 1));
  if (claimed !== undefined) return claimed;
  // Without a name of its own the actor is called by its handle or, in the end, by its address; WebFinger has to confirm it anyway.
  const handle = webfinger(get(object, "webfinger"))?.split("@", 1)[0];
  const path =
    id === undefined
      ? undefined
      : URL.parse(id)
          ?.pathname.split("/")
          .findLast((part) => part !== "");
  return usable(handle) ?? usable(path?.replace(/^@/, ""));
}

function usable(name: string | undefined): string | undefined {
  return name !== undefined && name.length <= LIMITS.username && USERNAME.test(name) ? name : undefined;
}

function webfinger(value: unknown): string | undefined {
  const handle = text(value, 400)?.replace(/^acct:|^@/, "");
  return handle !== undefined && /^[^\s@/]+@[^\s@/]+$/.test(handle) ? handle : undefined;
}

function field(entry: unknown): { name: string; value: string } | undefined {
  if (!isObject(entry)) return undefined;
  const type = typeOf(entry);
  if (type !== "PropertyValue" && type !== "Link" && type !== "Note") return undefined;
  const name = plain(get(entry, "name"), LIMITS.name);
  let value = text(get(entry, type === "Note" ? "content" : "value"), LIMITS.fieldValue);
  // FEP-fb2a writes profile fields as Links and Notes.
  if (type === "Link") {
    const href = firstOf(get(entry, "href"), uri);
    value = href && `<a href="${escapeHtml(href)}">${escapeHtml(href)}</a>`;
  }
  return name === "" && value === undefined ? undefined : { name, value: sanitizeHtml(value ?? "") };
}
