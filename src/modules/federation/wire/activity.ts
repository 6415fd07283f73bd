import { foreignText } from "#platform/text/sanitize.ts";
import { readAudience } from "./audience.ts";
import { LIMITS } from "./limits.ts";
import { tags } from "./links.ts";
import type { Audience, IncomingActivity, IncomingObject, Uri } from "./types.ts";
import {
  firstOf,
  get,
  idOf,
  isObject,
  pastDate,
  reference,
  references,
  text,
  typeOf,
  uri,
  type Json,
} from "./values.ts";

const TYPES = new Set([
  "Accept",
  "Add",
  "Announce",
  "Arrive",
  "Block",
  "Create",
  "Delete",
  "Dislike",
  "EmojiReact",
  "Flag",
  "Follow",
  "Ignore",
  "Invite",
  "Join",
  "Leave",
  "Like",
  "Listen",
  "Move",
  "Offer",
  "Read",
  "Reject",
  "Remove",
  "TentativeAccept",
  "TentativeReject",
  "Travel",
  "Undo",
  "Update",
  "View",
  "QuoteRequest",
  "ReplyRequest",
  "LikeRequest",
  "AnnounceRequest",
  "FeatureRequest",
]);

/** Whether something is an activity: by its type, or, for types not known here, because somebody does something with something. */
export function isActivity(type: string, object: Json): boolean {
  return TYPES.has(type) || (type !== "" && get(object, "actor") !== undefined && get(object, "object") !== undefined);
}

/**
 * Reads an activity.
 *
 * @param embedded reads an embedded object with the audience of the activity around it, or gives undefined when it is too deep
 * @returns undefined when it does not say who acts
 */
export function readActivityObject(
  object: Json,
  now: Date,
  embedded: (entry: Json, inherited?: Audience) => IncomingObject | undefined,
): IncomingActivity | undefined {
  const actor = reference(get(object, "actor") ?? get(object, "attributedTo"));
  if (actor === undefined) return undefined;
  const type = typeOf(object);
  const audience = readAudience(object, actor);
  const target = get(object, "object");
  // The first usable object: an embedded one, or an address.
  const main = firstOf(target, (entry): { id: Uri | undefined; object: IncomingObject | undefined } | undefined => {
    if (!isObject(entry)) {
      const id = uri(entry);
      return id === undefined ? undefined : { id, object: undefined };
    }
    const read = embedded(entry, audience);
    const id = reference(entry);
    return read === undefined && id === undefined ? undefined : { id, object: read };
  });
  const found = tags(get(object, "tag"));
  return {
    kind: "activity",
    id: idOf(object),
    type,
    actor,
    objectId: main?.id,
    object: main?.object,
    objectIds: references(target, LIMITS.objects),
    target: reference(get(object, "target")),
    audience,
    published: pastDate(get(object, "published"), now),
    reaction: type === "Like" || type === "EmojiReact" || type === "Dislike" ? reaction(object) : undefined,
    emojis: found.emojis,
    content: type === "Flag" ? foreignText(text(get(object, "content"), LIMITS.complaint) ?? "", { lines: true }) : "",
    instrument: firstOf(get(object, "instrument"), (entry) => {
      if (!isObject(entry)) return uri(entry);
      const read = embedded(entry, audience);
      return read === undefined || read.kind === "unknown" ? reference(entry) : read;
    }),
    result: reference(get(object, "result")),
  };
}

function reaction(object: Json): string | undefined {
  const raw = text(get(object, "content") ?? get(object, "_misskey_reaction"), LIMITS.name);
  const words = raw === undefined ? "" : foreignText(raw);
  return words === "" || words.length > LIMITS.reaction ? undefined : words;
}
