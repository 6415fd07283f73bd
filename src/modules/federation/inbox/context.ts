import type { Id } from "#platform/ids.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import type { Queue } from "#modules/federation/delivery/queue.ts";
import type { Actors } from "#modules/federation/identity/actors.ts";
import type { Documents } from "#modules/federation/identity/documents.ts";
import type { Objects } from "#modules/federation/objects.ts";
import type { DomainPolicies } from "#modules/federation/policy/domains.ts";
import type { KnownActor } from "#modules/federation/sql.ts";
import type { Uris } from "#modules/federation/uris.ts";
import type { IncomingActivity } from "#modules/federation/wire/types.ts";
import type { Creates } from "./creates.ts";
import type { Notes } from "./notes.ts";

/** What the handlers of activities work with. */
export interface InboxContext {
  deps: FederationDeps;
  uris: Uris;
  actors: Actors;
  documents: Documents;
  policies: DomainPolicies;
  notes: Notes;
  creates: Creates;
  objects: Objects;
  queue: Queue;
}

/**
 * Applies one activity of a verified actor. Runs at least once, so it has its effect once: by the ids of what it stores. What it may not do, it does not do, silently:
 * the sender can do nothing about it.
 */
export type Handler = (activity: IncomingActivity, actor: KnownActor, ctx: InboxContext) => Promise<void>;

/** The account of somebody here that an address stands for. */
export function localAccount(uri: string | undefined, uris: Uris): Id | undefined {
  const local = uri === undefined ? undefined : uris.parse(uri);
  return local?.kind === "actor" ? local.id : undefined;
}
