import { exec, one, run } from "#platform/db/sql.ts";
import type { Id } from "#platform/ids.ts";
import { QUOTE_STATE, VISIBILITY } from "#modules/posts/index.ts";
import type { FederationDeps } from "./deps.ts";
import { digestOf, type Actors } from "./identity/actors.ts";
import type { Documents } from "./identity/documents.ts";
import type { Creates } from "./inbox/creates.ts";
import { loadActors, type Notes } from "./inbox/notes.ts";
import { renew } from "./inbox/renew.ts";
import { bury, buried, claimBackfill, markGone, type ActorRow, type KnownActor } from "./sql.ts";
import { sameOrigin, type Uris } from "./uris.ts";
import type { IncomingCollection, IncomingNote, IncomingObject } from "./wire/types.ts";

export interface LookOptions {
  /** Ask the origin although the post is here. */
  anew?: boolean | undefined;
  /** How far this is from what somebody wanted: the chain of answered posts ends at `MAX_DEPTH` (T24). */
  depth?: number | undefined;
}

/** Posts of other servers that were not sent to us, and are asked for at their origin. */
export interface Objects {
  /** A post by its address: ours, one that is here, or fetched. Undefined when there is none to be had. Nobody is told of what is fetched. */
  look(uri: string, options?: LookOptions): Promise<Id | undefined>;
  /** Is this a permission by the author of `target` for `interacting` (FEP-044f, GoToSocial's approvals)? */
  approves(approvalUri: string, target: string, interacting: string): Promise<boolean>;
  /** Reads the recent past and the pins of a profile: at most two pages and 40 public posts, at most once a day. */
  backfill(accountId: Id): Promise<number>;
  /** Looks at the permission of a quote that waits. */
  checkQuote(postId: Id): Promise<void>;
  /** Fetches answers to a post of another server, as far as its own server lists them. */
  answers(postId: Id): Promise<number>;
}

const MAX_DEPTH = 20;
const BACKFILL = { posts: 40, pages: 2, pins: 5, answers: 100 } as const;
const DAY_MS = 86_400_000;

export function createObjects(
  deps: FederationDeps,
  uris: Uris,
  actors: Actors,
  documents: Documents,
  notes: Notes,
  creates: Creates,
): Objects {
  async function authorOf(note: IncomingNote): Promise<KnownActor | undefined> {
    const author = note.attributedTo;
    if (author === undefined || uris.isLocal(author) || !sameOrigin(author, note.id)) return undefined;
    if ((await actors.resolve(author)) === undefined) return undefined;
    return (await loadActors(deps.pool, [author])).get(author);
  }

  async function gone(uri: string): Promise<void> {
    const known = (await deps.posts.remote.byUris([uri])).get(uri);
    if (known) await deps.posts.removeAny([{ id: known.id, accountId: known.account_id }]);
    await exec(deps.pool, bury, [digestOf(uri)]);
  }

  async function look(uri: string, options: LookOptions = {}): Promise<Id | undefined> {
    const local = uris.parse(uri);
    if (local?.kind === "post") return (await deps.posts.remote.localByIds([local.id])).get(local.id)?.id;
    if (uris.isLocal(uri)) return undefined;
    const known = (await deps.posts.remote.byUris([uri])).get(uri);
    if (known && options.anew !== true) return known.id;
    if ((await run(deps.pool, buried, [digestOf(uri)])).length > 0) return undefined;
    const object = await documents.get(uri);
    if (object === "absent") {
      // A post that is not for everyone is not shown to us either; only of an open one it means that it is gone.
      if (known && known.visibility <= VISIBILITY.unlisted) await gone(uri);
      return undefined;
    }
    if (object === "gone" || (typeof object !== "string" && object.kind === "tombstone")) {
      await gone(uri);
      return undefined;
    }
    // What cannot be reached now may be reached later; what is no post never will be.
    if (typeof object === "string" || object.kind !== "note" || object.vote !== undefined) return undefined;
    const author = await authorOf(object);
    if (!author || author.suspended) return undefined;
    const there = known ?? (await deps.posts.remote.byUris([object.id])).get(object.id);
    if (there) {
      await renew(object, author, { deps, notes });
      return there.id;
    }
    return store([{ note: object, author }], options.depth ?? 0);
  }

  async function store(found: { note: IncomingNote; author: KnownActor }[], depth: number): Promise<Id | undefined> {
    const received = await creates.store(found, { quiet: true, depth: depth < MAX_DEPTH ? depth + 1 : undefined });
    for (const { note } of found) {
      const id = received.find((r) => r.uri === note.id)?.id;
      if (id !== undefined) await deps.posts.remote.reportCounts(id, note.likesCount, note.sharesCount);
    }
    return received[0]?.id;
  }

  async function collection(at: string | IncomingCollection | undefined): Promise<IncomingCollection | undefined> {
    if (at === undefined || typeof at === "object") return at;
    const object = await documents.get(at);
    return typeof object !== "string" && object.kind === "collection" ? object : undefined;
  }

  /** Notes in a collection of this actor that its own origin vouches for. */
  async function noteFrom(item: string | IncomingObject, actor: ActorRow): Promise<IncomingNote | undefined> {
    let object: IncomingObject | string = item;
    if (typeof object === "object" && object.kind === "activity") {
      if (object.type !== "Create" || object.actor !== actor.uri) return undefined;
      object = object.object ?? object.objectId ?? "";
    }
    if (typeof object === "string") {
      if (!sameOrigin(object, actor.uri)) return undefined;
      const fetched = await documents.get(object);
      if (typeof fetched === "string") return undefined;
      object = fetched;
    }
    if (object.kind !== "note" || object.vote !== undefined) return undefined;
    return object.attributedTo === actor.uri && sameOrigin(object.id, actor.uri) ? object : undefined;
  }

  async function notesOf(start: string | undefined | null, actor: ActorRow, most: number): Promise<IncomingNote[]> {
    if (start === undefined || start === null || !sameOrigin(start, actor.uri)) return [];
    const found: IncomingNote[] = [];
    const whole = await collection(start);
    let page = whole && whole.items.length === 0 && whole.first !== undefined ? await firstPage(whole, actor) : whole;
    for (let n = 0; page && n < BACKFILL.pages && found.length < most; n++) {
      for (const item of page.items) {
        if (found.length >= most) break;
        const note = await noteFrom(item, actor);
        if (note) found.push(note);
      }
      page = page.next !== undefined && sameOrigin(page.next, actor.uri) ? await collection(page.next) : undefined;
    }
    return found;
  }

  async function firstPage(whole: IncomingCollection, actor: ActorRow): Promise<IncomingCollection | undefined> {
    if (typeof whole.first === "string" && !sameOrigin(whole.first, actor.uri)) return undefined;
    return collection(whole.first);
  }

  const self: Objects = {
    look,
    async approves(approvalUri, target, interacting) {
      if (!sameOrigin(approvalUri, target)) return false;
      const object = await documents.get(approvalUri);
      return (
        typeof object !== "string" &&
        object.kind === "approval" &&
        object.id === approvalUri &&
        object.interactionTarget === target &&
        object.interactingObject === interacting &&
        (object.attributedTo === undefined || sameOrigin(object.attributedTo, target))
      );
    },
    async backfill(accountId) {
      const now = deps.clock.now();
      const actor = await one(deps.pool, claimBackfill, accountId, new Date(now.getTime() - DAY_MS), now);
      if (!actor) return 0;
      const author = (await loadActors(deps.pool, [actor.uri])).get(actor.uri);
      if (!author || author.suspended) return 0;
      const recent = (await notesOf(actor.outbox, actor, BACKFILL.posts)).filter(
        (n) => n.audience.visibility === "public" || n.audience.visibility === "unlisted",
      );
      const pins = await notesOf(actor.featured, actor, BACKFILL.pins);
      const all = new Map([...recent, ...pins].map((note) => [note.id, note]));
      if (all.size === 0) return 0;
      await store(
        [...all.values()].map((note) => ({ note, author })),
        MAX_DEPTH,
      );
      const known = await deps.posts.remote.byUris(pins.map((p) => p.id));
      if (pins.length > 0)
        await deps.posts.remote.setPins(
          accountId,
          [...known.values()].map((p) => p.id),
        );
      return all.size;
    },
    async checkQuote(postId) {
      const [row] = await deps.posts.views.contents([postId]);
      if (!row || row.quote_uri === null || row.quote_state !== QUOTE_STATE.pending || row.uri === null) return;
      const quotedId = row.quote_of_id ?? (await look(row.quote_uri, { depth: MAX_DEPTH }));
      const [quoted] = quotedId === undefined ? [] : await deps.posts.views.contents([quotedId]);
      if (!quoted || quoted.uri === null) return;
      const approved = row.quote_approval !== null && (await self.approves(row.quote_approval, quoted.uri, row.uri));
      await deps.tx((db) =>
        deps.posts.remote.setQuote(db, postId, {
          id: quoted.id,
          accountId: quoted.account_id,
          state: approved ? QUOTE_STATE.accepted : QUOTE_STATE.rejected,
          approval: row.quote_approval,
        }),
      );
    },
    async answers(postId) {
      const [row] = await deps.posts.views.contents([postId]);
      if (!row || row.uri === null) return 0;
      const object = await documents.get(row.uri);
      if (typeof object === "string" || object.kind !== "note") return 0;
      await deps.posts.remote.reportCounts(postId, object.likesCount, object.sharesCount);
      if (object.replies === undefined || !sameOrigin(object.replies, row.uri)) return 0;
      let page = await collection(object.replies);
      if (page && page.items.length === 0) page = await collection(page.first);
      let found = 0;
      for (let n = 0; page && n < 3 && found < BACKFILL.answers; n++) {
        for (const item of page.items) {
          const uri = typeof item === "string" ? item : "id" in item ? item.id : undefined;
          if (uri === undefined || found >= BACKFILL.answers) continue;
          found++;
          // Whoever lists an answer does not speak for its author: each is asked for at its own origin.
          await look(uri, { depth: MAX_DEPTH });
        }
        page = page.next !== undefined && sameOrigin(page.next, row.uri) ? await collection(page.next) : undefined;
      }
      return found;
    },
  };
  return self;
}

/** Marks an actor as gone when its origin says so; used after an inbox answered 410. */
export async function markIfGone(deps: FederationDeps, documents: Documents, actor: ActorRow): Promise<boolean> {
  const answer = await documents.get(actor.uri);
  if (answer !== "gone" && answer !== "absent") return false;
  await exec(deps.pool, markGone, actor.account_id);
  return true;
}
