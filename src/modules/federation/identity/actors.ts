import { createHash } from "node:crypto";
import { exec, one, run } from "#platform/db/sql.ts";
import { isUniqueViolation, type TxClient } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";
import type { RemoteProfile } from "#modules/accounts/index.ts";
import { rememberRemote, remotePath, type RemotePicture } from "#modules/media/index.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import type { DomainPolicies } from "#modules/federation/policy/domains.ts";
import { readPublicKey } from "#modules/federation/signatures/keys.ts";
import { actorByUri, actorOf, markGone, storeActor, storeKeys, type ActorRow } from "#modules/federation/sql.ts";
import { hostOf, sameOrigin, type Uris } from "#modules/federation/uris.ts";
import type { IncomingActor, IncomingEmoji } from "#modules/federation/wire/types.ts";
import type { Documents, Missing } from "./documents.ts";
import type { Keys, RemoteKey } from "./keys.ts";
import type { WebFinger } from "./webfinger.ts";

export interface Actors {
  /** Account of an actor: ours by its address, others from memory, else fetched from its origin. Undefined when there is none to be had. */
  resolve(uri: string): Promise<Id | undefined>;
  /** Account of a handle, by WebFinger when it is not known or `fresh` is asked for. */
  byHandle(username: string, domain: string): Promise<Id | undefined>;
  /** Fetches an actor anew and stores it; 404 or 410 at its origin marks it as gone. */
  refresh(uri: string): Promise<Id | undefined>;
  /** Stores what an actor's own server says of it. The handle is confirmed first. */
  store(actor: IncomingActor): Promise<Id | undefined>;
  row(accountId: Id): Promise<ActorRow | undefined>;
  /**
   * The key of a signature: from memory, or fetched. One request at a time for each key document; one that did not help is not asked for again for five minutes (T11).
   * `anew` ignores what is remembered, at most once in five minutes.
   */
  key(keyId: string, anew?: boolean): Promise<RemoteKey | undefined>;
}

const DAY_MS = 86_400_000;
const NEGATIVE_MS = 5 * 60_000;
const NEGATIVE_MAX = 10_000;

export function createActors(
  deps: FederationDeps,
  uris: Uris,
  keys: Keys,
  documents: Documents,
  webfinger: WebFinger,
  policies: DomainPolicies,
): Actors {
  const fetching = new Map<string, Promise<Id | undefined>>();
  const keyFetches = new Map<string, Promise<unknown>>();
  const lastTried = new Map<string, number>();

  /** At most once in five minutes; bounded, so that strangers cannot fill the memory. */
  function mayTry(key: string): boolean {
    const now = deps.clock.ms();
    const last = lastTried.get(key);
    if (last !== undefined && now - last < NEGATIVE_MS) return false;
    if (lastTried.size >= NEGATIVE_MAX) {
      for (const [k, at] of lastTried)
        if (now - at >= NEGATIVE_MS || lastTried.size >= NEGATIVE_MAX) lastTried.delete(k);
    }
    lastTried.set(key, now);
    return true;
  }

  /** What belongs to an actor has to lie on its own origin; what does not is not believed. */
  function belongs(actor: IncomingActor): boolean {
    return sameOrigin(actor.id, actor.inbox) && !uris.isLocal(actor.id) && hostOf(actor.id) !== undefined;
  }
  const own = (actor: IncomingActor, uri: string | undefined): string | null =>
    uri !== undefined && sameOrigin(actor.id, uri) ? uri : null;

  async function profileOf(
    actor: IncomingActor,
    handle: { username: string; domain: string },
  ): Promise<{
    profile: RemoteProfile;
    pictures: RemotePicture[];
  }> {
    const { media } = await policies.of(handle.domain);
    const pictures: RemotePicture[] = [];
    const picture = (image: IncomingActor["avatar"], kind: "avatar" | "header"): RemoteProfile["avatar"] => {
      if (!image || !media) return null;
      const found: RemotePicture = { url: image.url, kind };
      pictures.push(found);
      const path = remotePath(found, kind);
      return { key: "", url: path, static_url: path, description: image.description };
    };
    const now = deps.clock.now();
    return {
      pictures,
      profile: {
        uri: actor.id,
        username: handle.username,
        domain: handle.domain,
        url: own(actor, actor.url) ?? null,
        actorType: actor.type,
        displayName: actor.displayName,
        noteHtml: actor.summary,
        fields: actor.fields.map((f) => ({ name: f.name, value: f.value, value_html: f.value, verified_at: null })),
        avatar: picture(actor.avatar, "avatar"),
        header: picture(actor.header, "header"),
        locked: actor.locked,
        discoverable: actor.discoverable,
        indexable: actor.indexable,
        alsoKnownAs: actor.alsoKnownAs,
        memorial: actor.memorial,
        emojis: media ? storedEmojis(actor.emojis, pictures) : [],
        createdAt: actor.published && actor.published < now ? actor.published : now,
      },
    };
  }

  /** What somebody is called here. A name that nobody confirms does not take the handle from whoever has it. */
  async function handleOf(actor: IncomingActor): Promise<{ username: string; domain: string }> {
    const { username, domain, confirmed } = await webfinger.confirm(actor);
    if (confirmed) return { username, domain };
    const owner = await deps.accounts.profiles.byHandle(username, domain);
    if (owner === undefined || (await deps.accounts.remote.urisOf([owner])).get(owner) === actor.id)
      return { username, domain };
    return { username: `${username.slice(0, 20)}_${digestOf(actor.id).toString("hex").slice(0, 8)}`, domain };
  }

  async function store(actor: IncomingActor): Promise<Id | undefined> {
    if (!belongs(actor)) return undefined;
    const host = hostOf(actor.id) ?? "";
    const policy = await policies.of(host);
    if (policy.severity === "suspend") return undefined;
    const { profile, pictures } = await profileOf(actor, await handleOf(actor));
    const pairs = actor.keys.filter(
      (k) => sameOrigin(k.id, actor.id) && (k.owner === undefined || k.owner === actor.id) && readPublicKey(k.pem),
    );
    let givenUp: { id: string }[] = [];
    const write = (): Promise<Id> =>
      deps.tx(async (db: TxClient) => {
        const { id, created } = await deps.accounts.remote.upsert(db, profile);
        await exec(
          db,
          storeActor,
          id,
          actor.id,
          host,
          actor.inbox,
          own(actor, actor.sharedInbox),
          own(actor, actor.outbox),
          own(actor, actor.followers),
          own(actor, actor.following),
          own(actor, actor.featured),
          deps.clock.now(),
        );
        givenUp = await run(
          db,
          storeKeys,
          id,
          pairs.map((k) => k.id),
          pairs.map((k) => k.pem),
          deps.clock.now(),
        );
        await rememberRemote(db, pictures);
        if (created && policy.severity === "silence") await deps.accounts.remote.silence(db, id);
        return id;
      });
    for (let attempt = 1; ; attempt++) {
      try {
        const id = await write();
        for (const { id: keyId } of [...pairs, ...givenUp]) keys.forget(keyId);
        return id;
      } catch (error) {
        // Two requests met the same person at once, or two people the same millisecond.
        if (!isUniqueViolation(error) || attempt >= 4) throw error;
      }
    }
  }

  async function fetchActor(uri: string): Promise<Id | undefined> {
    const object = await documents.get(uri);
    if (typeof object === "string") return missing(uri, object);
    return object.kind === "actor" ? store(object) : undefined;
  }

  async function missing(uri: string, why: Missing): Promise<Id | undefined> {
    const row = await one(deps.pool, actorByUri, uri);
    const gone = why === "gone" || why === "absent";
    if (row && gone) await exec(deps.pool, markGone, row.account_id);
    // Who is known and only not to be reached stays who they were.
    return gone ? undefined : row?.account_id;
  }

  function refresh(uri: string): Promise<Id | undefined> {
    const running = fetching.get(uri);
    if (running) return running;
    const started = fetchActor(uri).finally(() => fetching.delete(uri));
    fetching.set(uri, started);
    return started;
  }

  async function fetchKey(keyId: string, url: string): Promise<RemoteKey | undefined> {
    const object = await documents.get(url);
    if (typeof object === "string") return undefined;
    let actor = object;
    if (actor.kind === "key") {
      // A bare key names its owner, and the owner has to name the key.
      if (actor.id !== keyId || actor.owner === undefined || !sameOrigin(actor.owner, keyId)) return undefined;
      const owner = await documents.get(actor.owner);
      if (typeof owner === "string") return undefined;
      actor = owner;
    }
    if (actor.kind !== "actor") return undefined;
    const named = actor.keys.find((k) => k.id === keyId);
    if (
      !named ||
      !belongs(actor) ||
      !sameOrigin(keyId, actor.id) ||
      (named.owner !== undefined && named.owner !== actor.id)
    )
      return undefined;
    const key = readPublicKey(named.pem);
    if (!key) return undefined;
    const accountId = await store(actor);
    return accountId === undefined ? undefined : { id: keyId, key, accountId, actor: actor.id };
  }

  return {
    store,
    refresh,
    async resolve(uri) {
      if (uris.isLocal(uri)) {
        const local = uris.parse(uri);
        if (local?.kind === "profile") return deps.accounts.profiles.byHandle(local.username, null);
        return local?.kind === "actor" ? local.id : undefined;
      }
      const row = await one(deps.pool, actorByUri, uri);
      if (row && row.fetched_at.getTime() > deps.clock.ms() - DAY_MS) return row.account_id;
      return (await refresh(uri)) ?? (row?.gone_at === null ? row.account_id : undefined);
    },
    async byHandle(username, domain) {
      const known = await deps.accounts.profiles.byHandle(username, domain === deps.domain ? null : domain);
      if (known !== undefined || domain === deps.domain) return known;
      const finger = await webfinger.lookup(username, domain);
      if (!finger || uris.isLocal(finger.actor)) return undefined;
      return refresh(finger.actor);
    },
    row: (accountId) => one(deps.pool, actorOf, accountId),
    async key(keyId, anew = false) {
      if (!anew) {
        const known = await keys.remote(keyId);
        if (known) return known;
      }
      // The document is what is asked for, and what is not asked for again: a thousand fragments of one address are one request.
      const url = keyId.replace(/#.*$/s, "");
      const running = keyFetches.get(url);
      if (running) {
        await running;
        return keys.remote(keyId);
      }
      // A domain that is not spoken to today may be tomorrow: that is no failure to be remembered.
      const host = hostOf(url);
      if (host === undefined || !(await policies.mayTalkTo(host))) return undefined;
      const attempt = `${anew ? "again" : "first"} ${url}`;
      if (!/^https?:\/\//.test(keyId) || uris.isLocal(keyId) || !mayTry(attempt)) return undefined;
      const started = fetchKey(keyId, url).finally(() => keyFetches.delete(url));
      keyFetches.set(url, started);
      const found = await started;
      // A key that was found is in memory; the next unknown one there may be its successor.
      if (found && !anew) lastTried.delete(attempt);
      return found;
    },
  };
}

/** Custom emoji with paths of ours; what has to be fetched for them goes into `pictures`. */
export function storedEmojis(
  emojis: readonly IncomingEmoji[],
  pictures: RemotePicture[],
): { shortcode: string; url: string; static_url: string }[] {
  return emojis.map((e) => {
    const picture: RemotePicture = { url: e.url, kind: "emoji" };
    pictures.push(picture);
    const path = remotePath(picture, "emoji");
    return { shortcode: e.name, url: path, static_url: path };
  });
}

/** 16 bytes that stand for an id of any length: in memories of what was seen, and of what is gone. */
export function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest().subarray(0, 16);
}
