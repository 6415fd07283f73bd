import { exec, run, statement } from "#platform/db/sql.ts";
import { AppError, invalid } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { FederationDeps } from "./deps.ts";
import { createCollections, type Collections } from "./outbox/collections.ts";
import { createDispatcher } from "./delivery/dispatch.ts";
import { createQueue } from "./delivery/queue.ts";
import { dropDomain, hosts, releaseAllLanes, sweepBodies, wakeHosts, type HostRow } from "./delivery/sql.ts";
import { createActors } from "./identity/actors.ts";
import { createDocuments } from "./identity/documents.ts";
import { createKeys } from "./identity/keys.ts";
import { createWebFinger } from "./identity/webfinger.ts";
import { createCreates } from "./inbox/creates.ts";
import { createDrain } from "./inbox/drain.ts";
import { moveFollowers } from "./inbox/moves.ts";
import { createNotes } from "./inbox/notes.ts";
import { createInbox, type InboxAnswer, type InboxRequest } from "./inbox/receive.ts";
import { freeAllLanes } from "./inbox/sql.ts";
import { createObjects, markIfGone } from "./objects.ts";
import { outboxTasks } from "./outbox/events.ts";
import { createOutgoingNotes } from "./outbox/notes.ts";
import { createDomainPolicies, type DomainPolicies } from "./policy/domains.ts";
import { readSignature, signatureSite, verifySignature } from "./signatures/verify.ts";
import { sweepMemories, type ActorRow } from "./sql.ts";
import { createUris, hostOf, type Uris } from "./uris.ts";

export type { Complaint, FederationDeps } from "./deps.ts";
export type { HostRow } from "./delivery/sql.ts";
export type { InboxAnswer, InboxRequest } from "./inbox/receive.ts";
export type { Collections } from "./outbox/collections.ts";
export type {
  DomainAllowRow,
  DomainPolicies,
  DomainPolicyRow,
  DomainRule,
  NewPolicy,
  Severity,
} from "./policy/domains.ts";
export type { Uris } from "./uris.ts";
export { HANDLERS as INCOMING_ACTIVITIES } from "./inbox/apply.ts";
// For benchmarks of the hot path alone.
export { readSignature, signatureSite, verifySignature } from "./signatures/verify.ts";
export { parseDocument } from "./wire/parse.ts";
export { readObject } from "./wire/read.ts";

/** Who asks for a document, when the request is signed. */
export interface Asker {
  accountId: Id;
  /** Actor id. */
  actor: string;
  host: string;
}

/** Talking to other servers: ActivityPub. */
export interface Federation {
  /** Takes what another server sends to an inbox. */
  receive(request: InboxRequest): Promise<InboxAnswer>;
  /** Who signed a request for a document; undefined without a signature, "invalid" with one that does not hold. */
  asker(request: {
    method: "GET";
    target: string;
    header(name: string): string | null | undefined;
  }): Promise<Asker | "invalid" | undefined>;
  /** Somebody or some post by handle (`@name@host`), actor id or page address. Asks other servers; bounded by the limits of outgoing requests. */
  resolve(handleOrUrl: string): Promise<{ kind: "account"; id: Id } | { kind: "post"; id: Id } | undefined>;
  /** Finds people by handle who are not known yet, for a text that names them. Waits three seconds at most. */
  findPeople(handles: readonly { username: string; domain: string }[]): Promise<void>;
  /**
   * Other accounts that somebody here calls theirs: whoever moves here from there brings their followers along. Answers what is stored then.
   * 404 for an account that is not to be found.
   */
  addAlias(accountId: Id, handleOrUrl: string): Promise<void>;
  removeAlias(accountId: Id, actorUri: string): Promise<void>;
  /** Moves somebody's followers to another account, which has to name this one among its aliases; 422 when it does not. */
  move(accountId: Id, handleOrUrl: string): Promise<void>;
  /** Looks for the past of somebody elsewhere, or for answers to their post, in the background. */
  backfill(accountId: Id): Promise<void>;
  answers(postId: Id): Promise<void>;
  /** Documents and collections of this instance. */
  collections: Collections;
  policies: DomainPolicies;
  /** Where deliveries go and how they fare, most waiting first. */
  hosts(limit: number): Promise<HostRow[]>;
  /** Tries everything that waits for a host at once. */
  retryHost(host: string): Promise<void>;
  /** Forgets what waits for a domain. */
  dropHost(host: string): Promise<void>;
  uris: Uris;
  tasks: readonly Task[];
  /** Begins to send and to apply, and picks up what was left. For processes that work. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when nothing is being applied or sent. For tests. */
  idle(): Promise<void>;
}

const actorsOfInbox = statement<[inbox: string], ActorRow>(
  "federation.actorsOfInbox",
  `select account_id, uri, host, inbox, shared_inbox, outbox, followers, featured, fetched_at, backfilled_at, gone_at from remote_actors
   where (inbox = $1 or shared_inbox = $1) and gone_at is null order by fetched_at limit 20`,
);
const requeueHost = statement<[host: string], never>(
  "federation.requeueHost",
  `update deliveries set next_try_at = now() where host = $1`,
);

const DAY_MS = 86_400_000;
const FIND_MS = 3000;
const LIMITS_OF_FIND = 5;

export interface FederationOptions {
  /** Talk to servers on the allow-list only. */
  limited: boolean;
  /** No other process works on this database: leases found at the start belong to one that died. */
  exclusive: boolean;
}

export function createFederation(deps: FederationDeps, options: FederationOptions): Federation {
  const uris = createUris(deps.publicUrl);
  const policies = createDomainPolicies(deps, options);
  const keys = createKeys(deps, uris);
  const documents = createDocuments(deps, keys, policies);
  const webfinger = createWebFinger(deps, policies);
  const actors = createActors(deps, uris, keys, documents, webfinger, policies);
  const queue = createQueue(deps, policies);
  const notes = createNotes(deps, uris, policies);
  const creates = createCreates(deps, notes);
  const objects = createObjects(deps, uris, actors, documents, notes, creates);
  const drain = createDrain({ deps, uris, actors, documents, policies, notes, creates, objects, queue });
  const dispatcher = createDispatcher(deps, keys, policies);
  const site = signatureSite(deps.publicUrl);
  const inbox = createInbox(deps, uris, actors, policies, site, drain.remember, () => {
    if (deps.worker) drain.wake();
    // Lost, it is found by the sweep of the next minute.
    else deps.signals.send(deps.pool, "inbox", "*").catch(() => {});
  });
  const outgoing = createOutgoingNotes(deps, uris);
  const collections = createCollections(deps, uris, keys, outgoing);

  if (deps.worker) {
    deps.signals.on("inbox", () => drain.wake());
    deps.signals.on("deliver", (host) => dispatcher.wake(host));
    deps.signals.onLost(() => {
      // The database may be away just now; then the sweep of the next minute does it.
      drain.wake();
      dispatcher.sweep().catch(() => {});
    });
  }

  const enqueue = (task: string, payload: Record<string, unknown>, key: string): Promise<void> =>
    deps.tx((db) => deps.publisher.enqueue(db, { task, payload, key, maxAttempts: 3, priority: 6 }));

  const text = (payload: Record<string, unknown>, key: string): string => String(payload[key]);
  const tasks: Task[] = [
    ...outboxTasks(deps, uris, keys, queue, outgoing),
    {
      name: "federation.apply",
      timeLimitMs: 120_000,
      run: (payload) => drain.applyLater(text(payload, "body")),
    },
    {
      name: "federation.look",
      timeLimitMs: 120_000,
      async run(payload) {
        const depth = payload["depth"];
        await objects.look(text(payload, "uri"), {
          anew: payload["by"] !== undefined,
          depth: typeof depth === "number" ? depth : undefined,
        });
      },
    },
    {
      name: "federation.checkQuote",
      timeLimitMs: 120_000,
      run: (payload) => objects.checkQuote(BigInt(text(payload, "postId"))),
    },
    {
      name: "federation.backfill",
      timeLimitMs: 300_000,
      run: async (payload) => void (await objects.backfill(BigInt(text(payload, "accountId")))),
    },
    {
      name: "federation.answers",
      timeLimitMs: 300_000,
      run: async (payload) => void (await objects.answers(BigInt(text(payload, "postId")))),
    },
    {
      name: "federation.checkInbox",
      timeLimitMs: 120_000,
      async run(payload) {
        for (const actor of await run(deps.pool, actorsOfInbox, text(payload, "inbox")))
          await markIfGone(deps, documents, actor);
      },
    },
    {
      name: "federation.domainSuspended",
      timeLimitMs: 600_000,
      run: async (payload) => {
        await exec(deps.pool, dropDomain, text(payload, "domain"));
      },
    },
    {
      name: "federation.dropPictures",
      timeLimitMs: 600_000,
      run: async (payload) => {
        if (payload["dropPictures"] === true) await deps.dropPictures(text(payload, "domain"));
      },
    },
    {
      name: "federation.moveFollowers",
      timeLimitMs: 600_000,
      run: async (payload) =>
        void (await moveFollowers(BigInt(text(payload, "accountId")), BigInt(text(payload, "targetId")), { deps })),
    },
    {
      name: "federation.sweep",
      cron: "* * * * *",
      async run() {
        drain.wake();
        await dispatcher.sweep();
      },
    },
    {
      name: "federation.forget",
      cron: "37 * * * *",
      timeLimitMs: 600_000,
      async run() {
        const now = deps.clock.ms();
        await exec(deps.pool, sweepMemories, new Date(now - 3 * DAY_MS), new Date(now - 90 * DAY_MS));
        await exec(deps.pool, sweepBodies, new Date(now - DAY_MS / 24), new Date(now - 8 * DAY_MS));
      },
    },
  ];

  /** An account that was named, found fresh; 404 when there is none. */
  async function other(handleOrUrl: string): Promise<{ id: Id; uri: string; remote: boolean }> {
    const found = await self.resolve(
      handleOrUrl.includes("://") || handleOrUrl.includes("@") ? handleOrUrl : `${handleOrUrl}@${deps.domain}`,
    );
    if (found?.kind !== "account") throw new AppError("not_found", "This account was not found.");
    const uri = (await deps.accounts.remote.urisOf([found.id])).get(found.id);
    return { id: found.id, uri: uri ?? uris.actor(found.id), remote: typeof uri === "string" };
  }

  const self: Federation = {
    receive: async (request) => {
      const answer = await inbox.receive(request);
      return answer;
    },
    async asker(request) {
      if (!request.header("signature")) return undefined;
      const reading = readSignature(request, site, deps.clock.ms());
      if (!reading.ok) return "invalid";
      for (const candidate of reading.candidates) {
        const key = await actors.key(candidate.keyId);
        if (key && verifySignature(candidate, key.key))
          return { accountId: key.accountId, actor: key.actor, host: hostOf(key.actor) ?? "" };
      }
      return "invalid";
    },
    async resolve(given) {
      const query = given.trim();
      const [, username, domain] = /^(?:acct:)?@?([\p{L}\p{N}_.-]{1,100})@([^\s/@]{1,253})$/u.exec(query) ?? [];
      if (username !== undefined && domain !== undefined) {
        const id = await actors.byHandle(username, domain.toLowerCase());
        return id === undefined ? undefined : { kind: "account", id };
      }
      const url = URL.parse(query);
      if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
      const local = uris.parse(url.href);
      if (local?.kind === "post") return { kind: "post", id: local.id };
      if (local?.kind === "actor") return { kind: "account", id: local.id };
      if (local?.kind === "profile") {
        const id = await deps.accounts.profiles.byHandle(local.username, null);
        return id === undefined ? undefined : { kind: "account", id };
      }
      if (uris.isLocal(url.href)) return undefined;
      const known = (await deps.posts.remote.byUris([url.href])).get(url.href);
      if (known) return { kind: "post", id: known.id };
      const object = await documents.get(url.href);
      if (typeof object === "string") return undefined;
      if (object.kind === "actor") {
        const id = await actors.store(object);
        return id === undefined ? undefined : { kind: "account", id };
      }
      if (object.kind !== "note") return undefined;
      const id = await objects.look(object.id);
      return id === undefined ? undefined : { kind: "post", id };
    },
    async findPeople(handles) {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, FIND_MS);
      const looking = handles
        .slice(0, LIMITS_OF_FIND)
        .map((h) => actors.byHandle(h.username, h.domain.toLowerCase()).catch(() => undefined));
      await Promise.race([Promise.all(looking), late.promise]);
      clearTimeout(timer);
    },
    async addAlias(accountId, handleOrUrl) {
      const { uri } = await other(handleOrUrl);
      const [row] = await deps.accounts.profiles.get([accountId]);
      if (!row || row.also_known_as.includes(uri)) return;
      await deps.accounts.profiles.update(accountId, { also_known_as: [...row.also_known_as, uri].slice(-10) });
    },
    async removeAlias(accountId, actorUri) {
      const [row] = await deps.accounts.profiles.get([accountId]);
      if (row)
        await deps.accounts.profiles.update(accountId, {
          also_known_as: row.also_known_as.filter((uri) => uri !== actorUri),
        });
    },
    async move(accountId, handleOrUrl) {
      const target = await other(handleOrUrl);
      if (target.id === accountId)
        throw invalid({ target: [{ error: "ERR_INVALID", description: "is this account itself" }] });
      if (target.remote) await actors.refresh(target.uri);
      const [row] = await deps.accounts.profiles.get([target.id]);
      if (!row?.also_known_as.includes(uris.actor(accountId)))
        throw invalid({
          target: [{ error: "ERR_NOT_AN_ALIAS", description: "does not name this account among its aliases yet" }],
        });
      await deps.tx(async (db) => {
        await deps.accounts.remote.setMovedTo(db, accountId, target.id);
        await deps.publisher.publish(db, {
          id: deps.ids.next().toString(),
          type: "account.moved",
          accountId: accountId.toString(),
          targetId: target.id.toString(),
        });
      });
    },
    backfill: (accountId) =>
      enqueue("federation.backfill", { accountId: accountId.toString() }, `backfill:${accountId}`),
    answers: (postId) => enqueue("federation.answers", { postId: postId.toString() }, `answers:${postId}`),
    collections,
    policies,
    hosts: (limit) => run(deps.pool, hosts, limit),
    async retryHost(host) {
      await run(deps.pool, wakeHosts, [host]);
      await exec(deps.pool, requeueHost, host);
      await deps.signals.send(deps.pool, "deliver", host);
      deps.signals.local("deliver", host);
    },
    async dropHost(host) {
      await exec(deps.pool, dropDomain, host);
    },
    uris,
    tasks,
    async start() {
      if (options.exclusive) {
        await exec(deps.pool, freeAllLanes);
        await exec(deps.pool, releaseAllLanes);
      }
      drain.wake();
      await dispatcher.sweep();
    },
    async stop() {
      await drain.stop();
      await dispatcher.stop();
    },
    async idle() {
      await drain.idle();
      await dispatcher.idle();
    },
  };
  return self;
}
