import { createHash } from "node:crypto";
import { run } from "#platform/db/sql.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import { digestOf, type Actors } from "#modules/federation/identity/actors.ts";
import type { DomainPolicies } from "#modules/federation/policy/domains.ts";
import {
  readSignature,
  verifySignature,
  type SignatureCandidate,
  type SignatureSite,
} from "#modules/federation/signatures/verify.ts";
import { hostOf, sameOrigin, type Uris } from "#modules/federation/uris.ts";
import { parseDocument, ParseProblem } from "#modules/federation/wire/parse.ts";
import type { Json } from "#modules/federation/wire/values.ts";
import { readDocument } from "#modules/federation/wire/jsonld.ts";
import { readEnvelope, type Envelope } from "#modules/federation/wire/read.ts";
import { takeIn } from "./sql.ts";

/** A request to an inbox, as it came over the wire. */
export interface InboxRequest {
  /** Raw target of the request line. */
  target: string;
  /** By lower-case name; repeated fields joined by ", ". */
  header(name: string): string | null | undefined;
  /** Raw bytes, at most 1 MiB. */
  body: Uint8Array;
}

export interface InboxAnswer {
  status: 202 | 400 | 401;
  /** Why not, in a sentence for the sender's operator. */
  error?: string;
}

export interface Inbox {
  /**
   * Verifies an activity and stores it durably; applies nothing. 202 also for what is of no interest here: the sender has nothing to do about it. Fetches nothing
   * but an unknown key.
   */
  receive(request: InboxRequest): Promise<InboxAnswer>;
}

/** Activities that share one commit: as many as arrive while the last one is written, this many at most. */
const BATCH = 200;
/** Batches of this size mean load: the next one is gathered for this many milliseconds. */
const BUSY = 4;
const GATHER_MS = 2;
export const LANES = 16;

interface Entry {
  json: Json;
  digest: Buffer;
  lane: number;
  actor: string;
  body: string;
  resolve(): void;
  reject(error: unknown): void;
}

export function createInbox(
  deps: FederationDeps,
  uris: Uris,
  actors: Actors,
  policies: DomainPolicies,
  site: SignatureSite,
  /** Where the parsed document is kept for whoever applies it in this process; it need not be read again then. */
  taken: (queueId: bigint, json: Json) => void,
  ready: () => void,
): Inbox {
  let waiting: Entry[] = [];
  let writing = false;
  let lastBatch = 0;

  function enqueue(entry: Omit<Entry, "resolve" | "reject">): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ ...entry, resolve, reject });
      if (!writing) void write();
    });
  }

  /** One commit for all that wait; what arrives meanwhile shares the next. */
  async function write(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      // What was read from the sockets in the same turn belongs together; while much comes in, a moment more.
      const busy = lastBatch >= BUSY;
      await new Promise<void>((next) => (busy ? setTimeout(next, GATHER_MS) : setImmediate(next)));
      const some = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      lastBatch = some.length;
      const byDigest = new Map(some.map((e) => [e.digest.toString("latin1"), e]));
      const rows = [...byDigest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, e]) => e);
      try {
        const ids = rows.map(() => deps.ids.next());
        for (const [n, e] of rows.entries()) taken(ids[n] ?? 0n, e.json);
        const lanes = await run(
          deps.pool,
          takeIn,
          rows.map((e) => e.digest),
          ids,
          rows.map((e) => e.lane),
          rows.map((e) => e.actor),
          rows.map((e) => e.body),
        );
        for (const e of some) e.resolve();
        if (lanes.length > 0) ready();
      } catch (error) {
        for (const e of some) e.reject(error);
      }
    }
    writing = false;
  }

  const refused = (error: string): InboxAnswer => {
    deps.count?.("inbox", "refused");
    return { status: 401, error };
  };
  const dropped = (why: string): InboxAnswer => {
    deps.count?.("inbox", why);
    return { status: 202 };
  };

  /** The actor id of the key that made one of the signatures; undefined when none verifies. */
  async function signer(candidates: readonly SignatureCandidate[]): Promise<string | undefined> {
    for (const candidate of candidates) {
      const key = await actors.key(candidate.keyId);
      if (!key) continue;
      if (verifySignature(candidate, key.key)) return key.actor;
      // The key may have changed: it is fetched once more.
      const anew = await actors.key(candidate.keyId, true);
      if (anew && verifySignature(candidate, anew.key)) return anew.actor;
    }
    return undefined;
  }

  return {
    async receive(request) {
      const reading = readSignature(
        { method: "POST", target: request.target, header: request.header, body: request.body },
        site,
        deps.clock.ms(),
      );
      if (!reading.ok) return refused(`The request is not signed as it has to be: ${reading.reason}`);
      const json = parseDocument(request.body);
      if (json instanceof ParseProblem) return { status: 400, error: `The body is no JSON document: ${json.reason}` };
      let activity: Envelope | undefined = readEnvelope(json);
      let by: string | undefined;
      if (!activity) {
        // What is not plain costs a thousand times as much to read: only for those whose signature holds.
        by = await signer(reading.candidates);
        if (by === undefined) return refused("The signature does not verify");
        const read = await readDocument(json, deps.clock.now());
        if (read?.kind !== "activity") return dropped("unknown");
        activity = read;
      }
      const host = hostOf(activity.actor);
      if (host === undefined || uris.isLocal(activity.actor)) return refused("The actor is not one of another server");
      if (!(await policies.mayTalkTo(host))) return dropped("blocked");
      // Nobody can prove a deletion whose key went with its owner: whom we do not know, we need not forget.
      if (activity.type === "Delete" && activity.objectId === activity.actor && !(await known(reading.candidates)))
        return dropped("unknown_gone");
      by ??= await signer(reading.candidates);
      if (by === undefined) return refused("The signature does not verify");
      if (by !== activity.actor) return forwarded(activity, json, by);
      if (activity.id !== undefined && !sameOrigin(activity.id, activity.actor)) return dropped("foreign_id");
      const id = activity.id ?? createHash("sha256").update(request.body).digest("base64url");
      await enqueue({
        json,
        digest: digestOf(`${activity.actor} ${id}`),
        lane: laneOf(host),
        actor: activity.actor,
        body: Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString("utf8"),
      });
      deps.count?.("inbox", "taken");
      return { status: 202 };
    },
  };

  async function known(candidates: readonly SignatureCandidate[]): Promise<boolean> {
    for (const c of candidates)
      if ((await deps.accounts.remote.byUris([c.keyId.replace(/#.*$/s, "")])).size > 0) return true;
    return false;
  }

  /**
   * Somebody passes on what another one said. Their word counts for nothing; but when it is about a thread we have, the object is asked for at its origin. Everything
   * else is a forgery for all we know.
   */
  async function forwarded(activity: Envelope, json: Json, by: string): Promise<InboxAnswer> {
    const { objectId } = activity;
    const hint =
      (activity.type === "Create" || activity.type === "Update" || activity.type === "Delete") &&
      objectId !== undefined &&
      sameOrigin(objectId, activity.actor) &&
      !uris.isLocal(objectId);
    if (!hint) return refused("The signature is not the actor's own");
    const known = await deps.posts.remote.byUris([objectId]);
    const whole = await readDocument(json, deps.clock.now());
    const note = whole?.kind === "activity" ? whole.object : undefined;
    const parent = note?.kind === "note" ? note.inReplyTo : undefined;
    const local = parent === undefined ? undefined : uris.parse(parent);
    const thread =
      known.size > 0 ||
      (local?.kind === "post" && (await deps.posts.remote.localByIds([local.id])).size > 0) ||
      (parent !== undefined && (await deps.posts.remote.byUris([parent])).size > 0);
    if (!thread) return refused("The signature is not the actor's own");
    await deps.tx((db) =>
      deps.publisher.enqueue(db, {
        task: "federation.look",
        payload: { uri: objectId, by },
        key: `look:${digestOf(objectId).toString("hex")}`,
        maxAttempts: 4,
      }),
    );
    return dropped("hint");
  }
}

/** Everything one host says is applied in one lane, in its order. */
export function laneOf(host: string): number {
  return digestOf(host).readUInt8(0) % LANES;
}
