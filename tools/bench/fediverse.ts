/** Other servers for benchmarks: people whose keys the database knows, who sign what they send, and inboxes that count what they get. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";
import pg from "pg";

const AS = "https://www.w3.org/ns/activitystreams";

export interface Peer {
  id: string;
  host: string;
  name: string;
  keyId: string;
  key: KeyObject;
  pem: string;
}

/** A signed request, ready to be sent many times later. */
export interface Signed {
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  noteId: string;
}

/** People on `hosts`, with a few keys between them: making one takes longer than using it. */
export function peers(count: number, hosts: readonly string[], keys = 8): Peer[] {
  const pairs = Array.from({ length: keys }, () => generateKeyPairSync("rsa", { modulusLength: 2048 }));
  return Array.from({ length: count }, (_, n) => {
    const pair = pairs[n % pairs.length];
    const host = hosts[n % hosts.length] ?? "";
    if (!pair) throw new Error("no keys");
    const id = `http://${host}/users/u${n}`;
    const pem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    return { id, host, name: `u${n}`, keyId: `${id}#main-key`, key: pair.privateKey, pem };
  });
}

/** Makes peers known to a database: as accounts with keys, followed by `followers`, or following `followed`. */
export async function introduce(
  url: string,
  all: readonly Peer[],
  ties: { followers?: readonly bigint[]; follows?: bigint },
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const base = BigInt(Date.now() - 400 * 86_400_000) << 16n;
    const ids = all.map((_, n) => (base + BigInt(n) * 65_536n).toString());
    await client.query(
      `with a as (insert into accounts (id, uri, username, domain, url, indexable) select x.id, x.uri, x.name, x.host, x.uri, true from unnest($1::int8[], $2::text[], $3::text[], $4::text[]) x(id, uri, name, host) returning id)
       insert into account_stats (account_id) select id from a`,
      [ids, all.map((p) => p.id), all.map((p) => p.name), all.map((p) => p.host)],
    );
    await client.query(
      `insert into remote_actors (account_id, uri, host, inbox, shared_inbox, outbox, followers, featured, fetched_at)
       select x.id, x.uri, x.host, x.uri || '/inbox', 'http://' || x.host || '/inbox', x.uri || '/outbox', x.uri || '/followers', null, now()
       from unnest($1::int8[], $2::text[], $3::text[]) x(id, uri, host)`,
      [ids, all.map((p) => p.id), all.map((p) => p.host)],
    );
    await client.query(
      `insert into remote_keys (id, account_id, pem, fetched_at) select x.id, x.account, x.pem, now() from unnest($1::text[], $2::int8[], $3::text[]) x(id, account, pem)`,
      [all.map((p) => p.keyId), ids, all.map((p) => p.pem)],
    );
    for (const follower of ties.followers ?? [])
      await client.query(
        `insert into follows (account_id, target_id, id) select $1::int8, x, x from unnest($2::int8[]) x on conflict do nothing`,
        [follower.toString(), ids],
      );
    if (ties.follows !== undefined)
      await client.query(
        `insert into follows (account_id, target_id, id) select x, $1::int8, x from unnest($2::int8[]) x on conflict do nothing`,
        [ties.follows.toString(), ids],
      );
    await client.query("analyze accounts, remote_actors, remote_keys, follows");
  } finally {
    await client.end();
  }
}

/** A Create(Note) of about three kilobytes, as Mastodon sends it. */
export function creation(peer: Peer, n: number, run: string): { noteId: string; activity: object } {
  const noteId = `${peer.id}/statuses/${run}${n}`;
  const published = new Date().toISOString();
  const to = [`${AS}#Public`];
  const cc = [`${peer.id}/followers`];
  const text = `<p>Number ${n}: the harbour was quiet this morning, and the <a href="http://${peer.host}/tags/fog" class="mention hashtag" rel="tag">#<span>fog</span></a> stayed until noon. Somebody on the pier sold tea from a bicycle.</p>`;
  return {
    noteId,
    activity: {
      "@context": [
        AS,
        {
          ostatus: "http://ostatus.org#",
          atomUri: "ostatus:atomUri",
          conversation: "ostatus:conversation",
          sensitive: "as:sensitive",
          toot: "http://joinmastodon.org/ns#",
          votersCount: "toot:votersCount",
          Hashtag: "as:Hashtag",
          blurhash: "toot:blurhash",
          focalPoint: { "@container": "@list", "@id": "toot:focalPoint" },
        },
      ],
      id: `${noteId}/activity`,
      type: "Create",
      actor: peer.id,
      published,
      to,
      cc,
      object: {
        id: noteId,
        type: "Note",
        summary: null,
        inReplyTo: null,
        published,
        url: `http://${peer.host}/@${peer.name}/${run}${n}`,
        attributedTo: peer.id,
        to,
        cc,
        sensitive: false,
        atomUri: noteId,
        inReplyToAtomUri: null,
        conversation: `tag:${peer.host},2026:objectId=${run}${n}:objectType=Conversation`,
        content: text,
        contentMap: { en: text },
        attachment: [],
        tag: [{ type: "Hashtag", href: `http://${peer.host}/tags/fog`, name: "#fog" }],
        replies: {
          id: `${noteId}/replies`,
          type: "Collection",
          first: {
            type: "CollectionPage",
            next: `${noteId}/replies?page=true`,
            partOf: `${noteId}/replies`,
            items: [],
          },
        },
        likes: { id: `${noteId}/likes`, type: "Collection", totalItems: 0 },
        shares: { id: `${noteId}/shares`, type: "Collection", totalItems: 0 },
      },
    },
  };
}

/** Signs a POST after draft-cavage-12, as most servers do. `host` is the receiver's public authority. */
export function signed(peer: Peer, host: string, path: string, made: { noteId: string; activity: object }): Signed {
  const body = Buffer.from(JSON.stringify(made.activity));
  const date = new Date().toUTCString();
  const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
  const type = "application/activity+json";
  const base = `(request-target): post ${path}\nhost: ${host}\ndate: ${date}\ndigest: ${digest}\ncontent-type: ${type}`;
  const signature = sign("sha256", Buffer.from(base), peer.key).toString("base64");
  return {
    path,
    body,
    noteId: made.noteId,
    headers: {
      host,
      date,
      digest,
      "content-type": type,
      "content-length": String(body.length),
      signature: `keyId="${peer.keyId}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="${signature}"`,
    },
  };
}

/** Sends prepared requests over a fixed number of connections; returns how many were answered with which status. */
export async function send(
  port: number,
  requests: readonly Signed[],
  connections: number,
): Promise<Map<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const statuses = new Map<number, number>();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let one = requests[next++]; one; one = requests[next++]) {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const sent = request(
        { host: "127.0.0.1", port, path: one.path, method: "POST", agent, headers: one.headers },
        (answer) => {
          answer.resume();
          answer.on("end", () => resolve(answer.statusCode ?? 0));
        },
      );
      sent.on("error", reject);
      sent.end(one.body);
      const status = await promise;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return statuses;
}

/** Inboxes on many loopback addresses behind one port. */
export interface Sinks {
  hosts: string[];
  /** Times (of `performance.now()`) at which each host got its first request since `reset`. */
  first: Map<string, number>;
  received: number;
  reset(): void;
  /** Resolves when that many hosts got something; rejects after a while. */
  until(count: number, which?: (host: string) => boolean): Promise<void>;
  close(): void;
}

/** Starts inboxes on `count` addresses 127.0.x.y. `slow` hosts answer after `delayMs`. */
export async function sinks(count: number, slow: (n: number) => boolean = () => false, delayMs = 0): Promise<Sinks> {
  const servers: Server[] = [];
  const hosts: string[] = [];
  let port = 0;
  const first = new Map<string, number>();
  const self: Sinks = {
    hosts,
    first,
    received: 0,
    reset() {
      first.clear();
      self.received = 0;
    },
    async until(wanted, which = () => true) {
      const deadline = performance.now() + 60_000;
      for (;;) {
        let n = 0;
        for (const host of first.keys()) if (which(host)) n++;
        if (n >= wanted) return;
        if (performance.now() > deadline)
          throw new Error(`Only ${n} of ${wanted} hosts got something within a minute.`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
  for (let n = 0; n < count; n++) {
    const address = `127.1.${n >> 8}.${n & 255}`;
    const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, answer) => {
      incoming.resume();
      incoming.on("end", () => {
        const host = hosts[n] ?? "";
        self.received++;
        if (!first.has(host)) first.set(host, performance.now());
        const done = (): void => void answer.writeHead(202, { "content-length": 0 }).end();
        if (slow(n)) setTimeout(done, delayMs);
        else done();
      });
    });
    server.listen(port, address);
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
    hosts.push(`${address}:${port}`);
    servers.push(server);
  }
  return self;
}
