/** Whether a document may be read as plain JSON, by the names of its properties. */
import { get, isObject, list, type Json } from "./values.ts";

const AS2 = /^https?:\/\/www\.w3\.org\/ns\/activitystreams(?:\.jsonld)?#?$/;
/** Namespaces that the prefix `as` may stand for. */
const AS2_NAMESPACE = /^https?:\/\/www\.w3\.org\/ns\/activitystreams#?$/;
const SECURITY = /^https:\/\/w3id\.org\/security\//;

/** The names that decide who says what to whom. A context that gives one of them another meaning is not read by name. */
const TERMS = new Set([
  "accept",
  "actor",
  "alsoKnownAs",
  "anyOf",
  "as",
  "attachment",
  "attributedTo",
  "audience",
  "bcc",
  "bto",
  "cc",
  "closed",
  "content",
  "contentMap",
  "context",
  "endTime",
  "endpoints",
  "first",
  "followers",
  "following",
  "href",
  "icon",
  "id",
  "image",
  "inReplyTo",
  "inbox",
  "instrument",
  "items",
  "liked",
  "likes",
  "location",
  "mediaType",
  "movedTo",
  "name",
  "nameMap",
  "next",
  "object",
  "oneOf",
  "orderedItems",
  "outbox",
  "owner",
  "partOf",
  "preferredUsername",
  "publicKey",
  "publicKeyPem",
  "published",
  "replies",
  "result",
  "sensitive",
  "sharedInbox",
  "shares",
  "startTime",
  "summary",
  "summaryMap",
  "tag",
  "target",
  "to",
  "totalItems",
  "type",
  "updated",
  "url",
  "Accept",
  "Add",
  "Announce",
  "Article",
  "Block",
  "Create",
  "Delete",
  "Flag",
  "Follow",
  "Group",
  "Like",
  "Link",
  "Mention",
  "Move",
  "Note",
  "Person",
  "Public",
  "Question",
  "Reject",
  "Remove",
  "Service",
  "Tombstone",
  "Undo",
  "Update",
]);

/**
 * Whether the names in a document mean what they usually mean: the AS2 context is named (or no context at all, which counts as AS2), no
 * context gives a decisive name another meaning, and no property is a JSON-LD keyword.
 */
export function isPlain(document: Json): boolean {
  for (const key of Object.keys(document)) if (key.startsWith("@") && key !== "@context") return false;
  const context = get(document, "@context");
  if (context !== undefined) {
    const named = list(context).some((entry) => typeof entry === "string" && (AS2.test(entry) || SECURITY.test(entry)));
    if (!named || redefines(document)) return false;
  } else if (Object.hasOwn(document, "@context")) return false;
  return Object.hasOwn(document, "type") || Object.hasOwn(document, "publicKeyPem");
}

/** Whether an object brings a context of its own that gives a decisive name another meaning. */
export function redefines(object: Json): boolean {
  if (!Object.hasOwn(object, "@context")) return false;
  const context = get(object, "@context");
  // Null takes all meanings away.
  if (context === undefined) return true;
  return list(context).some(
    (entry) => entry === null || (isObject(entry) && Object.keys(entry).some((term) => changes(term, entry[term]))),
  );
}

function changes(term: string, definition: unknown): boolean {
  if (!TERMS.has(term)) return term === "@import" || term === "@base";
  const iri = isObject(definition) ? (get(definition, "@id") ?? term) : definition;
  if (typeof iri !== "string") return true;
  if (term === "as") return !AS2_NAMESPACE.test(iri);
  if (term === "id" || term === "type") return iri !== `@${term}`;
  // `sensitive: "as:sensitive"` says nothing new, whatever the prefix; `object: "as:actor"` does.
  return iri !== term && !iri.endsWith(`:${term}`) && !iri.endsWith(`#${term}`) && !iri.endsWith(`/${term}`);
}
