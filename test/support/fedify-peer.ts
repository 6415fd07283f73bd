/**
 * A live ActivityPub server that is not ours: Fedify, on a loopback address, in this process. It verifies what it gets, and signs what it
 * sends, with its own code.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import {
  createFederation,
  generateCryptoKeyPair,
  InProcessMessageQueue,
  MemoryKvStore,
  type Context,
  type Federation,
  type HttpMessageSignaturesSpec,
} from "@fedify/fedify";
import {
  Activity,
  Endpoints,
  Image,
  isActor,
  Note,
  Person,
  QuoteAuthorization,
  type Actor,
  type Recipient,
} from "@fedify/vocab";
import { eventually } from "./eventually.ts";

/** A request that came to an inbox, and what Fedify thought of it. */
export interface Delivery {
  spec: "cavage" | "rfc9421" | "none";
  status: number;
  body: Record<string, unknown>;
}

/** What makes somebody of the peer special. */
export interface PersonDetails {
  aliases?: URL[];
  successor?: URL | null;
  locked?: boolean;
  displayName?: string;
  gone?: boolean;
}

export interface FedifyPeer {
  origin: string;
  host: string;
  context: Context<void>;
  /** Activities whose signature Fedify verified, oldest first. */
  received: Activity[];
  deliveries: Delivery[];
  /** Answers 401 to signatures of this form before Fedify sees them. */
  refuse: "cavage" | "rfc9421" | undefined;
  /** Makes or changes somebody; gives the actor id. */
  person(name: string, details?: PersonDetails): URL;
  /** Serves a note, or changes it. `make` gets its id. */
  note(make: (id: URL) => Note): Note & { id: URL };
  /** Serves a permission to quote. */
  authorization(make: (id: URL) => QuoteAuthorization): QuoteAuthorization & { id: URL };
  forget(note: Note): void;
  /** Fetches an actor of another server, signed by one of ours. */
  actor(by: string, id: string): Promise<Actor>;
  /** Signs and sends, by Fedify's queue. */
  send(by: string, to: Recipient, activity: Activity): Promise<void>;
  /** Waits for a verified activity. */
  gets<T extends Activity>(type: new (values: object) => T, fits?: (activity: T) => boolean): Promise<T>;
  close(): Promise<void>;
}

const open = new Set<FedifyPeer>();
after(async () => {
  for (const peer of open) await peer.close();
});

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/** Starts a peer. `firstKnock` is the form of signature that it tries first. */
export async function fedifyPeer(address: string, firstKnock: HttpMessageSignaturesSpec): Promise<FedifyPeer> {
  const people = new Map<string, PersonDetails>();
  const keys = new Map<string, CryptoKeyPair[]>();
  const notes = new Map<string, Note>();
  const authorizations = new Map<string, QuoteAuthorization>();
  const received: Activity[] = [];
  const deliveries: Delivery[] = [];
  let counter = 0;
  const stop = new AbortController();

  const federation: Federation<void> = createFederation<void>({
    kv: new MemoryKvStore(),
    queue: new InProcessMessageQueue({ pollInterval: { milliseconds: 20 } }),
    manuallyStartQueue: true,
    allowPrivateAddress: true,
    firstKnock,
    // What cannot be delivered shows as a missing effect; it need not be tried for hours.
    outboxRetryPolicy: () => null,
    inboxRetryPolicy: () => null,
  });
  federation
    .setActorDispatcher("/users/{identifier}", async (context, identifier) => {
      const person = people.get(identifier);
      if (!person || person.gone) return null;
      const pairs = await context.getActorKeyPairs(identifier);
      return new Person({
        id: context.getActorUri(identifier),
        preferredUsername: identifier,
        name: person.displayName ?? identifier,
        inbox: context.getInboxUri(identifier),
        outbox: context.getOutboxUri(identifier),
        followers: context.getFollowersUri(identifier),
        endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
        manuallyApprovesFollowers: person.locked ?? false,
        aliases: person.aliases ?? [],
        successor: person.successor ?? null,
        icon: new Image({ url: new URL(`/${identifier}.png`, context.origin), mediaType: "image/png" }),
        publicKey: pairs[0]?.cryptographicKey ?? null,
        assertionMethods: pairs.map((pair) => pair.multikey),
      });
    })
    .setKeyPairsDispatcher(async (_context, identifier) => {
      const made = keys.get(identifier) ?? [
        await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
        await generateCryptoKeyPair("Ed25519"),
      ];
      keys.set(identifier, made);
      return made;
    });
  federation.setObjectDispatcher(Note, "/notes/{id}", (_context, { id }) => notes.get(id) ?? null);
  federation.setObjectDispatcher(
    QuoteAuthorization,
    "/authorizations/{id}",
    (_context, { id }) => authorizations.get(id) ?? null,
  );
  federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [] }));
  federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
  federation
    .setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .on(Activity, (_context, activity) => void received.push(activity));

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await bodyOf(incoming);
      const headers = new Headers();
      for (const [name, value] of Object.entries(incoming.headers))
        if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
      const spec = headers.has("signature-input") ? "rfc9421" : headers.has("signature") ? "cavage" : "none";
      const method = incoming.method ?? "GET";
      const url = `http://${incoming.headers.host ?? ""}${incoming.url ?? ""}`;
      const request = new Request(url, { method, headers, body: method === "POST" ? new Uint8Array(body) : null });
      const answer =
        method === "POST" && spec === peer.refuse
          ? new Response("Another signature, please", { status: 401 })
          : await federation.fetch(request, { contextData: undefined });
      if (method === "POST")
        deliveries.push({
          spec,
          status: answer.status,
          body: JSON.parse(body.toString("utf8")) as Record<string, unknown>,
        });
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
      outgoing.end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
  server.listen(0, address);
  await once(server, "listening");
  const host = `${address}:${(server.address() as AddressInfo).port}`;
  const origin = `http://${host}`;
  const queue = federation.startQueue(undefined, { signal: stop.signal });
  const context = federation.createContext(new URL(origin), undefined);

  const peer: FedifyPeer = {
    origin,
    host,
    context,
    received,
    deliveries,
    refuse: undefined,
    person(name, details = {}) {
      people.set(name, { ...people.get(name), ...details });
      return context.getActorUri(name);
    },
    note(make) {
      const id = `${++counter}`;
      const url = context.getObjectUri(Note, { id });
      const note = make(url);
      notes.set(note.id?.pathname.split("/").at(-1) ?? id, note);
      return Object.assign(note, { id: note.id ?? url });
    },
    authorization(make) {
      const id = `${++counter}`;
      const url = context.getObjectUri(QuoteAuthorization, { id });
      const made = make(url);
      authorizations.set(id, made);
      return Object.assign(made, { id: url });
    },
    forget: (note) => void notes.delete(note.id?.pathname.split("/").at(-1) ?? ""),
    async actor(by, id) {
      const documentLoader = await context.getDocumentLoader({ identifier: by });
      const found = await context.lookupObject(new URL(id), { documentLoader });
      if (!isActor(found as Actor)) throw new Error(`${id} is no actor`);
      return found as Actor;
    },
    send: (by, to, activity) => context.sendActivity({ identifier: by }, to, activity, { preferSharedInbox: true }),
    gets: (type, fits = () => true) =>
      eventually(`${type.name} at ${host}`, async () => received.find((a) => a instanceof type && fits(a)) as never),
    async close() {
      if (!open.delete(peer)) return;
      stop.abort();
      await queue;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  open.add(peer);
  return peer;
}
