/**
 * Another server that can lie: it serves whatever a test says, and signs whatever a test wants, with a signer of its own that
 * shares no code with the product. Listens on loopback only.
 */
import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";

export type Json = Record<string, unknown>;
export const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";
export const AS2 = "https://www.w3.org/ns/activitystreams";
export const ACTIVITY_JSON = "application/activity+json";

/** A request that the peer got. */
export interface Seen {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface Reply {
  status?: number;
  /** Media type; default application/activity+json. */
  type?: string;
  /** An object is sent as JSON. */
  body?: Json | string;
  headers?: Record<string, string>;
}

export interface PeerActor {
  id: string;
  name: string;
  keyId: string;
  privateKey: KeyObject;
  publicPem: string;
  inbox: string;
  followers: string;
  outbox: string;
  featured: string;
  /** What is served at its id; change it as you like. */
  document: Json;
}

export interface HostilePeer {
  origin: string;
  host: string;
  /** Everything that was asked, oldest first. */
  seen: Seen[];
  /** Answers a path (with or without its query) from now on. */
  serve(path: string, reply: Reply | ((seen: Seen) => Reply | Promise<Reply>)): void;
  /** Answers what nothing was said about; undefined: 202 to POST, else 404. */
  others: ((seen: Seen) => Reply | undefined) | undefined;
  /** Makes somebody with keys (of their own, unless those of somebody else are given), a document and WebFinger. */
  actor(name: string, more?: Json, keys?: Pick<PeerActor, "privateKey">): PeerActor;
  /** A public note by an actor, served at its id. */
  note(author: PeerActor, name: string, more?: Json): Json & { id: string };
  /** How often a path was asked for. */
  asked(path: string, method?: string): number;
  close(): Promise<void>;
}

const open = new Set<HostilePeer>();
after(async () => {
  for (const peer of open) await peer.close();
});

/** Starts a peer on a loopback address (127.0.0.1 and up: each is a host of its own). */
export async function hostilePeer(address = "127.0.0.2"): Promise<HostilePeer> {
  const replies = new Map<string, Reply | ((seen: Seen) => Reply | Promise<Reply>)>();
  const seen: Seen[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of incoming as AsyncIterable<Buffer>) parts.push(part);
      const path = incoming.url ?? "/";
      const request: Seen = {
        method: incoming.method ?? "",
        path,
        headers: incoming.headers,
        body: Buffer.concat(parts).toString("utf8"),
      };
      seen.push(request);
      const found = replies.get(path) ?? replies.get(path.replace(/\?.*$/, ""));
      const fallback: Reply =
        peer.others?.(request) ?? (incoming.method === "POST" ? { status: 202 } : { status: 404 });
      const reply = found === undefined ? fallback : typeof found === "function" ? await found(request) : found;
      const body = reply.body === undefined || typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
      outgoing.writeHead(reply.status ?? 200, { "Content-Type": reply.type ?? ACTIVITY_JSON, ...reply.headers });
      outgoing.end(body ?? "");
    })();
  });
  server.listen(0, address);
  await once(server, "listening");
  const host = `${address}:${(server.address() as AddressInfo).port}`;
  const origin = `http://${host}`;
  const peer: HostilePeer = {
    origin,
    host,
    seen,
    serve: (path, reply) => void replies.set(path, reply),
    others: undefined,
    actor(name, more = {}, keys = generateKeyPairSync("rsa", { modulusLength: 2048 })) {
      const { privateKey } = keys;
      const id = `${origin}/users/${name}`;
      const publicPem = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
      const document: Json = {
        "@context": [AS2, "https://w3id.org/security/v1"],
        id,
        type: "Person",
        preferredUsername: name,
        name,
        inbox: `${id}/inbox`,
        outbox: `${id}/outbox`,
        followers: `${id}/followers`,
        featured: `${id}/featured`,
        publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem: publicPem },
        ...more,
      };
      peer.serve(`/users/${name}`, () => ({ body: document }));
      peer.serve(`/.well-known/webfinger?resource=${encodeURIComponent(`acct:${name}@${host}`)}`, {
        type: "application/jrd+json",
        body: {
          subject: `acct:${name}@${host}`,
          links: [{ rel: "self", type: ACTIVITY_JSON, href: id }],
        },
      });
      return {
        id,
        name,
        keyId: `${id}#main-key`,
        privateKey,
        publicPem,
        inbox: `${id}/inbox`,
        followers: `${id}/followers`,
        outbox: `${id}/outbox`,
        featured: `${id}/featured`,
        document,
      };
    },
    note(author, name, more = {}) {
      const note = { ...noteBy(author, name, more), id: `${origin}/notes/${name}` };
      peer.serve(`/notes/${name}`, () => ({ body: { "@context": AS2, ...note } }));
      return note;
    },
    asked: (path, method = "GET") => seen.filter((s) => s.method === method && s.path === path).length,
    async close() {
      if (!open.delete(peer)) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  open.add(peer);
  return peer;
}

function noteBy(author: PeerActor, name: string, more: Json): Json {
  return {
    type: "Note",
    attributedTo: author.id,
    content: `<p>${name}</p>`,
    published: new Date().toISOString(),
    to: [PUBLIC],
    cc: [author.followers],
    ...more,
  };
}

let counter = 0;
/** An activity with an id of its own. */
export function activity(actor: Pick<PeerActor, "id">, type: string, object: unknown, more: Json = {}): Json {
  return {
    "@context": AS2,
    id: `${actor.id}/activities/${++counter}`,
    type,
    actor: actor.id,
    object,
    to: [PUBLIC],
    ...more,
  };
}

export interface Signing {
  by: Pick<PeerActor, "keyId" | "privateKey">;
  spec?: "cavage" | "rfc9421" | undefined;
  date?: Date | undefined;
  /** Names another key than the one that signs. */
  keyId?: string | undefined;
  /** Signs another address than the one that is sent to. */
  signedUrl?: string | undefined;
  /** Covered parts instead of the usual ones; empty for the attribute `headers=""`. */
  covered?: string[] | undefined;
  /** Signs the digest of another body. */
  digestOf?: string | undefined;
  algorithm?: string | undefined;
}

/** Headers of a signed POST: draft-cavage-http-signatures-12 or RFC 9421, as other programs send them. */
export function signedHeaders(url: string, body: string, how: Signing): Record<string, string> {
  const date = how.date ?? new Date();
  const target = new URL(how.signedUrl ?? url);
  const digest = createHash("sha256")
    .update(how.digestOf ?? body)
    .digest("base64");
  const keyId = how.keyId ?? how.by.keyId;
  const created = Math.floor(date.getTime() / 1000);
  const make = (text: string): string => sign("sha256", Buffer.from(text), how.by.privateKey).toString("base64");
  if (how.spec === "rfc9421") {
    const headers = { "content-type": ACTIVITY_JSON, "content-digest": `sha-256=:${digest}:` };
    const covered = how.covered ?? ["@method", "@target-uri", "content-digest"];
    const params = `(${covered.map((c) => `"${c}"`).join(" ")});created=${created};keyid="${keyId}"`;
    const values: Record<string, string> = { "@method": "POST", "@target-uri": target.href, ...headers };
    const base = [...covered.map((c) => `"${c}": ${values[c]}`), `"@signature-params": ${params}`].join("\n");
    return { ...headers, "signature-input": `sig1=${params}`, signature: `sig1=:${make(base)}:` };
  }
  const headers = { date: date.toUTCString(), digest: `SHA-256=${digest}`, "content-type": ACTIVITY_JSON };
  const covered = how.covered ?? ["(request-target)", "host", "date", "digest", "content-type"];
  const values: Record<string, string> = {
    "(request-target)": `post ${target.pathname}${target.search}`,
    "(created)": String(created),
    host: target.host,
    ...headers,
  };
  const base = covered.map((c) => `${c}: ${values[c]}`).join("\n");
  const algorithm = how.algorithm ?? "rsa-sha256";
  return {
    ...headers,
    signature: `keyId="${keyId}",algorithm="${algorithm}",created=${created},headers="${covered.join(" ")}",signature="${make(base)}"`,
  };
}

/** Where activities are sent: a started server or an app in process. */
export interface Target {
  url: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** Signs an activity and posts it to an inbox; gives the answer's status. */
export async function send(
  to: Target,
  what: Json | string,
  how: Signing & { path?: string; change?: (headers: Record<string, string>) => void },
): Promise<number> {
  const path = how.path ?? "/inbox";
  const body = typeof what === "string" ? what : JSON.stringify(what);
  const headers = signedHeaders(`${to.url}${path}`, body, how);
  how.change?.(headers);
  const answer = await to.fetch(path, { method: "POST", headers, body });
  await answer.arrayBuffer();
  return answer.status;
}
