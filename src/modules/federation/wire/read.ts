/** From a parsed document to the typed form. Nothing in here throws, whatever the document is. */
import { isActivity, readActivityObject } from "./activity.ts";
import { isActorType, readActor } from "./actor.ts";
import { isCollectionType, readCollection } from "./collection.ts";
import { readKey } from "./keys.ts";
import { LIMITS } from "./limits.ts";
import { authorOf, isNoteType, readNote } from "./note.ts";
import { isPlain, redefines } from "./plain.ts";
import type { Audience, IncomingActivity, IncomingApproval, IncomingObject, Uri } from "./types.ts";
import { firstOf, get, idOf, isObject, reference, typesOf, uri, type Json } from "./values.ts";

/** FEP-044f, FEP-7aa9 and GoToSocial: permissions that an author has given. */
const APPROVAL = /^(?:Quote|Reply|Like|Announce|Feature)(?:Authorization|Approval)$/;

/**
 * Reads a document.
 *
 * @param json a parsed document of whatever kind
 * @param now no date of the past is later than that
 * @returns undefined when it is no object, has neither type nor key, or needs JSON-LD to be understood (see `readDocument`)
 */
export function readObject(json: unknown, now: Date): IncomingObject | undefined {
  if (!isObject(json) || !isPlain(json)) return undefined;
  return readPlain(json, now);
}

/** Who says something about what: all that has to be known before a signature is checked. */
export interface Envelope {
  id: Uri | undefined;
  type: string;
  actor: Uri;
  objectId: Uri | undefined;
}

/** Reads the outside of an activity, exactly as `readObject` would; what it carries costs ten times as much to read and can wait. */
export function readEnvelope(json: unknown): Envelope | undefined {
  if (!isObject(json) || !isPlain(json)) return undefined;
  const types = typesOf(json);
  const type = types.find(isKnown) ?? types[0];
  if (type === undefined || isActorType(type) || isNoteType(type) || isCollectionType(type) || !isActivity(type, json))
    return undefined;
  const actor = reference(get(json, "actor") ?? get(json, "attributedTo"));
  if (actor === undefined) return undefined;
  const objectId = firstOf(get(json, "object"), (entry) => (isObject(entry) ? reference(entry) : uri(entry)));
  return { id: idOf(json), type, actor, objectId };
}

/** Like `readObject`, for something that must be an activity with an actor. */
export function readActivity(json: unknown, now: Date): IncomingActivity | undefined {
  const read = readObject(json, now);
  return read?.kind === "activity" ? read : undefined;
}

/** Reads a document in which every name means what the AS2 context says. */
export function readPlain(json: Json, now: Date): IncomingObject | undefined {
  return read(json, now, 0, undefined);
}

function read(object: Json, now: Date, depth: number, inherited: Audience | undefined): IncomingObject | undefined {
  const types = typesOf(object);
  const type = types.find(isKnown) ?? types[0];
  const id = idOf(object);
  if (type === undefined) return readKey(object);
  const unknown: IncomingObject = { kind: "unknown", id, type };
  const embedded = (entry: Json, audience?: Audience): IncomingObject | undefined =>
    depth + 1 >= LIMITS.embedding || redefines(entry) ? undefined : read(entry, now, depth + 1, audience);

  // An actor without inbox that shows a key is a key document.
  if (isActorType(type)) return readActor(object, now) ?? readKey(object) ?? unknown;
  if (isNoteType(type)) return readNote(object, now, inherited) ?? unknown;
  if (isCollectionType(type)) return readCollection(object, embedded);
  if (type === "Tombstone") return id === undefined ? unknown : { kind: "tombstone", id };
  if (APPROVAL.test(type)) return readApproval(object, type) ?? unknown;
  if (isActivity(type, object)) return readActivityObject(object, now, embedded) ?? unknown;
  return readKey(object) ?? unknown;
}

function isKnown(type: string): boolean {
  return (
    isActorType(type) ||
    isNoteType(type) ||
    isCollectionType(type) ||
    type === "Tombstone" ||
    APPROVAL.test(type) ||
    isActivity(type, {})
  );
}

function readApproval(object: Json, type: string): IncomingApproval | undefined {
  const id = idOf(object);
  if (id === undefined) return undefined;
  return {
    kind: "approval",
    id,
    type,
    attributedTo: authorOf(object),
    // GoToSocial's older approvals name them like an activity does.
    interactingObject: reference(get(object, "interactingObject") ?? get(object, "object")),
    interactionTarget: reference(get(object, "interactionTarget") ?? get(object, "target")),
  };
}
