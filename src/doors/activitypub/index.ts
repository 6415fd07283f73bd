import type { IncomingMessage } from "node:http";
import { Hono, type Context } from "hono";
import type { RequestEnv } from "#platform/http/server.ts";
import { parseId, type Id } from "#platform/ids.ts";
import type { Log } from "#platform/log/log.ts";
import type { Federation } from "#modules/federation/index.ts";

export { discoveryDoor, type DiscoveryDeps } from "./discovery.ts";

type Ctx = Context<{ Bindings: RequestEnv }>;
type Answer = Promise<Record<string, unknown> | undefined>;

export interface ActivityPubDeps {
  federation: Federation;
  log: Log;
  publicUrl: string;
  /** Also public documents are shown only to servers that say who they are. */
  authorizedFetch: boolean;
}

const TYPE = "application/activity+json; charset=utf-8";
const MAX_BODY = 1024 * 1024;

/** True when a request wants ActivityPub rather than a page. */
export function wantsActivityPub(accept: string | undefined): boolean {
  return accept !== undefined && /application\/(activity\+json|ld\+json)/i.test(accept);
}

/** Documents, collections and inboxes: what other servers see of this one. */
export function activityPubDoor(deps: ActivityPubDeps): Hono<{ Bindings: RequestEnv }> {
  const { federation } = deps;
  const { collections, uris } = federation;
  const door = new Hono<{ Bindings: RequestEnv }>();

  const error = (status: 400 | 401 | 404 | 413 | 503, text: string): Response =>
    Response.json({ error: text }, { status, headers: { Vary: "Accept" } });
  const notFound = (): Response => error(404, "Not found");

  function show(json: Record<string, unknown> | undefined, open: boolean): Response {
    if (!json) return notFound();
    return new Response(JSON.stringify(json), {
      headers: {
        "Content-Type": TYPE,
        Vary: "Accept, Signature, Signature-Input",
        // What depends on who asks is nothing for a shared cache.
        "Cache-Control": open && !deps.authorizedFetch ? "public, max-age=60" : "private, no-store",
        "Access-Control-Allow-Origin": "*",
      },
    });
  }

  /** Who asks; a refusal when that has to be known, or when they may not see anything here. */
  async function asker(c: Ctx, needed: boolean): Promise<{ viewer: Id | null } | Response> {
    const found = await federation.asker({ method: "GET", target: targetOf(c), header: (name) => headerOf(c, name) });
    if (found === "invalid") return error(401, "The signature of this request does not verify.");
    if (!found)
      return needed ? error(401, "This server shows its documents to signed requests only.") : { viewer: null };
    if (!(await federation.policies.mayTalkTo(found.host))) return notFound();
    return { viewer: found.accountId };
  }

  /** A document that everyone may see, or everyone who says who they are. `page` is where a browser is sent. */
  function open(
    path: string,
    read: (id: Id, c: Ctx, viewer: Id | null) => Answer,
    page?: (id: Id) => Promise<string | undefined>,
  ): void {
    door.get(path, async (c) => {
      const id = parseId(c.req.param("id") ?? "");
      if (id === undefined) return notFound();
      if (page && !wantsActivityPub(c.req.header("accept")) && (c.req.header("accept") ?? "").includes("text/html")) {
        const to = await page(id);
        return to === undefined ? notFound() : c.redirect(to, 302);
      }
      const who = await asker(c, deps.authorizedFetch);
      if (who instanceof Response) return who;
      return show(await read(id, c, who.viewer), who.viewer === null);
    });
  }

  const cursor = (c: Ctx): Id | undefined => {
    const page = c.req.query("page");
    return page === undefined ? undefined : parseId(page);
  };

  // Readable without a signature in any case: two servers that both insist on one could never meet.
  door.get("/actor", async () => show(await collections.instance(), true));
  door.get("/actor/outbox", () =>
    show(
      {
        "@context": "https://www.w3.org/ns/activitystreams",
        id: `${uris.instance}/outbox`,
        type: "OrderedCollection",
        totalItems: 0,
        orderedItems: [],
      },
      true,
    ),
  );

  open(
    "/ap/actors/:id",
    (id) => collections.actor(id),
    (id) => profilePage(id),
  );
  open("/ap/actors/:id/outbox", (id, c) => collections.outbox(id, cursor(c)));
  open("/ap/actors/:id/followers", (id, c) => collections.followers(id, cursor(c)));
  open("/ap/actors/:id/following", (id, c) => collections.following(id, cursor(c)));
  open("/ap/actors/:id/featured", (id) => collections.featured(id));
  open(
    "/ap/posts/:id",
    (id, _c, viewer) => collections.post(id, viewer),
    (id) => postPage(id),
  );
  open("/ap/posts/:id/activity", (id, _c, viewer) => collections.creation(id, viewer));
  open("/ap/posts/:id/replies", (id, c) => collections.replies(id, cursor(c)));
  open("/ap/posts/:id/likes", (id) => collections.counted(id, "likes"));
  open("/ap/posts/:id/shares", (id) => collections.counted(id, "shares"));
  open("/ap/boosts/:id", (id) => collections.boost(id));
  open("/ap/authorizations/:id", (id) => collections.authorization(id));

  // The pages of people and posts answer ActivityPub, too, with the same opaque id (only asked for when the Accept header wants it).
  door.get("/:handle{@[A-Za-z0-9_]+}", async (c) => {
    const account = await collections.byName(c.req.param("handle").slice(1));
    const who = await asker(c, deps.authorizedFetch);
    if (who instanceof Response) return who;
    return show(account && (await collections.actor(account.id)), who.viewer === null);
  });
  door.get("/:handle{@[A-Za-z0-9_]+}/:id", async (c) => {
    const id = parseId(c.req.param("id"));
    if (id === undefined) return notFound();
    const who = await asker(c, deps.authorizedFetch);
    if (who instanceof Response) return who;
    return show(await collections.post(id, who.viewer), who.viewer === null);
  });

  async function profilePage(id: Id): Promise<string | undefined> {
    const actor = await collections.actor(id);
    return typeof actor?.["url"] === "string" ? actor["url"] : undefined;
  }
  async function postPage(id: Id): Promise<string | undefined> {
    const post = await collections.post(id, null);
    return typeof post?.["url"] === "string" ? post["url"] : undefined;
  }

  for (const path of ["/inbox", "/actor/inbox", "/ap/actors/:id/inbox"]) {
    door.post(path, async (c) => {
      const body = await bodyOf(c);
      if (body === undefined) return error(413, "An activity may have one megabyte.");
      try {
        const answer = await federation.receive({ target: targetOf(c), header: (name) => headerOf(c, name), body });
        if (answer.status === 202) return new Response(null, { status: 202 });
        return error(answer.status, answer.error ?? "The activity was not accepted.");
      } catch (err) {
        // Nothing was acknowledged, so the sender tries again.
        deps.log.warn({ err }, "an activity could not be stored");
        return error(503, "The activity could not be stored. Try again later.");
      }
    });
    door.get(path, () => error(404, "Inboxes are not shown."));
  }
  return door;
}

/** The raw target of the request line: what was signed. */
function targetOf(c: Ctx): string {
  const raw = c.env?.incoming?.url;
  if (raw !== undefined) return raw;
  const url = new URL(c.req.url);
  return url.pathname + url.search;
}

function headerOf(c: Ctx, name: string): string | null | undefined {
  const incoming = c.env?.incoming;
  if (!incoming) return c.req.raw.headers.get(name);
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** The raw bytes, or undefined beyond the limit. Straight from the socket where there is one. */
async function bodyOf(c: Ctx): Promise<Uint8Array | undefined> {
  const incoming = c.env?.incoming;
  if (incoming) return readAll(incoming);
  const bytes = new Uint8Array(await c.req.raw.arrayBuffer());
  return bytes.byteLength > MAX_BODY ? undefined : bytes;
}

async function readAll(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) return undefined;
    parts.push(part);
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}
