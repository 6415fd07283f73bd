import { Hono } from "hono";
import type { Accounts } from "#modules/accounts/index.ts";
import { scopeGranted } from "#platform/http/route.ts";
import { credentialOf, streamOf } from "./access.ts";
import type { Hub, Listener } from "./hub.ts";

const HEARTBEAT_MS = 15_000;
const HEADERS = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "private, no-store",
  "X-Accel-Buffering": "no",
  "Access-Control-Allow-Origin": "*",
};

/** Paths of Mastodon's streams over server-sent events, with the stream each stands for. */
const PATHS: readonly [path: string, name: (query: URLSearchParams) => string][] = [
  ["user", () => "user"],
  ["user/notification", () => "user:notification"],
  ["public", (q) => (q.get("only_media") === "true" ? "public:media" : "public")],
  ["public/local", (q) => (q.get("only_media") === "true" ? "public:local:media" : "public:local")],
  ["public/remote", (q) => (q.get("only_media") === "true" ? "public:remote:media" : "public:remote")],
  ["hashtag", () => "hashtag"],
  ["hashtag/local", () => "hashtag:local"],
  ["direct", () => "direct"],
  ["list", () => "list"],
];

/** Streaming over server-sent events: docs.joinmastodon.org/methods/streaming. */
export function streamingDoor(accounts: Accounts, hub: Hub): Hono {
  const door = new Hono();
  door.get("/api/v1/streaming/health", (c) => c.text("OK"));
  for (const [path, nameOf] of PATHS) {
    door.get(`/api/v1/streaming/${path}`, async (c) => {
      const query = new URL(c.req.url).searchParams;
      const found = await credentialOf(accounts, {
        authorization: c.req.header("authorization"),
        query,
        protocol: undefined,
      });
      const stream = streamOf(nameOf(query), query.get("tag"), found?.credential);
      if ("error" in stream || !found)
        return c.json(
          { error: "error" in stream ? stream.error : "Missing access token" },
          "error" in stream ? stream.status : 401,
          {
            "Access-Control-Allow-Origin": "*",
          },
        );
      const encoder = new TextEncoder();
      let end = (): void => {};
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          let open = true;
          const write = (text: string): void => {
            if (!open) return;
            // A reader who does not keep up is let go: what was missed is in the timeline.
            if ((controller.desiredSize ?? 0) < -MAX_BEHIND) return listener.close();
            controller.enqueue(encoder.encode(text));
          };
          const beat = setInterval(() => write(":thump\n"), HEARTBEAT_MS);
          beat.unref();
          end = () => {
            if (!open) return;
            open = false;
            clearInterval(beat);
            hub.remove(listener);
          };
          const listener: Listener = {
            accountId: found.credential.accountId,
            hearsNotifications: scopeGranted(found.credential.scopes, "read:notifications"),
            streams: new Map([[stream.name, stream]]),
            send: (_stream, event, payload) => write(`event: ${event}\ndata: ${payload}\n\n`),
            stillAllowed: async () => (await accounts.access.authenticate(found.secret, "token")) !== undefined,
            close() {
              if (!open) return;
              end();
              controller.close();
            },
          };
          hub.add(listener);
          write(":)\n");
        },
        cancel: () => end(),
      });
      return new Response(body, { headers: HEADERS });
    });
  }
  return door;
}

/** Events that may wait for a slow reader. */
const MAX_BEHIND = 1000;
