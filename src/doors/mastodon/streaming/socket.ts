import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import type { Accounts } from "#modules/accounts/index.ts";
import { scopeGranted } from "#platform/http/route.ts";
import { credentialOf, streamOf } from "./access.ts";
import type { Hub, Listener, StreamName } from "./hub.ts";

const PATH = "/api/v1/streaming";
const PING_MS = 30_000;
/** Bytes that may wait for a slow reader. */
const MAX_BEHIND = 4 * 1024 * 1024;
const MAX_STREAMS = 64;

/** Streaming over WebSockets, multiplexed: docs.joinmastodon.org/methods/streaming#websocket. Answers how to end it. */
export function attachStreaming(server: Server, accounts: Accounts, hub: Hub): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 16 * 1024,
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });

  const refuse = (socket: Duplex, status: string): void => {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = URL.parse(request.url ?? "/", "http://localhost");
    if (!url || url.pathname.replace(/\/$/, "") !== PATH) return refuse(socket, "404 Not Found");
    const found = await credentialOf(accounts, {
      authorization: request.headers.authorization,
      query: url.searchParams,
      protocol: request.headers["sec-websocket-protocol"],
    });
    if (!found) return refuse(socket, "401 Unauthorized");
    sockets.handleUpgrade(request, socket, head, (ws) => open(ws, url.searchParams, found));
  }

  function open(
    ws: WebSocket,
    query: URLSearchParams,
    found: NonNullable<Awaited<ReturnType<typeof credentialOf>>>,
  ): void {
    const listener: Listener = {
      accountId: found.credential.accountId,
      hearsNotifications: scopeGranted(found.credential.scopes, "read:notifications"),
      streams: new Map(),
      send(stream, event, payload) {
        // A reader who does not keep up is let go: what was missed is in the timeline.
        if (ws.bufferedAmount > MAX_BEHIND) return ws.terminate();
        ws.send(
          JSON.stringify({
            stream: stream.tag === undefined ? [stream.name] : [stream.name, stream.tag],
            event,
            payload,
          }),
        );
      },
      stillAllowed: async () => (await accounts.access.authenticate(found.secret, "token")) !== undefined,
      close: () => ws.close(1008, "The access token is no longer valid"),
    };
    const keyOf = (stream: StreamName): string => `${stream.name} ${stream.tag ?? ""}`.trim();
    const subscribe = (name: string, tag: string | null | undefined): void => {
      const stream = streamOf(name, tag, found.credential);
      if ("error" in stream) ws.send(JSON.stringify({ error: stream.error, status: stream.status }));
      else if (listener.streams.size < MAX_STREAMS) listener.streams.set(keyOf(stream), stream);
    };
    let alive = true;
    const beat = setInterval(() => {
      if (!alive) return ws.terminate();
      alive = false;
      ws.ping();
    }, PING_MS);
    beat.unref();
    ws.on("pong", () => (alive = true));
    ws.on("error", () => ws.terminate());
    ws.on("close", () => {
      clearInterval(beat);
      hub.remove(listener);
    });
    ws.on("message", (data) => {
      const asked = parse(textOf(data));
      if (!asked) return;
      if (asked.type === "subscribe") subscribe(asked.stream, asked.tag);
      else if (asked.type === "unsubscribe") {
        const stream = streamOf(asked.stream, asked.tag, found.credential);
        if (!("error" in stream)) listener.streams.delete(keyOf(stream));
      }
    });
    hub.add(listener);
    const first = query.get("stream");
    if (first) subscribe(first, query.get("tag"));
  }

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    upgrade(request, socket, head).catch(() => refuse(socket, "503 Service Unavailable"));
  };
  server.on("upgrade", onUpgrade);
  return () => {
    server.off("upgrade", onUpgrade);
    for (const ws of sockets.clients) ws.close(1001, "The server stops");
    hub.close();
    sockets.close();
  };
}

function textOf(data: RawData): string {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;
  return bytes.toString("utf8");
}

function parse(text: string): { type: string; stream: string; tag: string | undefined } | undefined {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== "object" || json === null) return undefined;
    const { type, stream, tag } = json as { type?: unknown; stream?: unknown; tag?: unknown };
    if (typeof type !== "string" || typeof stream !== "string") return undefined;
    return { type, stream, tag: typeof tag === "string" ? tag : undefined };
  } catch {
    return undefined;
  }
}
