import { Hono } from "hono";
import type { Accounts } from "#modules/accounts/index.ts";
import type { Federation } from "#modules/federation/index.ts";
import type { Instance } from "#modules/instance/index.ts";
import type { Posts } from "#modules/posts/index.ts";

export interface DiscoveryDeps {
  federation: Federation;
  accounts: Accounts;
  posts: Posts;
  instance: Instance;
  publicUrl: string;
  domain: string;
  version: string;
}

const CORS = { "Access-Control-Allow-Origin": "*" };
const ACTIVITY = "application/activity+json";

/** How others find people and learn what runs here: WebFinger (RFC 7033), host-meta (RFC 6415), NodeInfo 2.0 and 2.1. */
export function discoveryDoor(deps: DiscoveryDeps): Hono {
  const door = new Hono();
  const { uris } = deps.federation;

  door.get("/.well-known/webfinger", async (c) => {
    const refuse = (status: 400 | 404, text: string): Response =>
      Response.json({ error: text }, { status, headers: CORS });
    const url = new URL(c.req.url);
    const resource = url.searchParams.get("resource");
    // A resource is a URI: it has a scheme (RFC 7033, section 4.2).
    if (resource === null || !/^[a-z][a-z0-9+.-]*:[^=\s][^\s]*$/i.test(resource))
      return refuse(400, 'The parameter "resource" is missing or no URI, such as acct:name@host.');
    const account = await find(resource);
    if (account === undefined) return refuse(404, "Nobody here is called so.");
    const wanted = new Set(url.searchParams.getAll("rel"));
    const actor = uris.actor(account.id);
    const links = [
      { rel: "self", type: ACTIVITY, href: actor },
      ...(account.page === undefined
        ? []
        : [
            { rel: "http://webfinger.net/rel/profile-page", type: "text/html", href: account.page },
            {
              rel: "http://ostatus.org/schema/1.0/subscribe",
              template: `${deps.publicUrl}/authorize_interaction?uri={uri}`,
            },
          ]),
    ];
    return new Response(
      JSON.stringify({
        subject: `acct:${account.username}@${deps.domain}`,
        aliases: [...(account.page === undefined ? [] : [account.page]), actor],
        links: wanted.size === 0 ? links : links.filter((l) => wanted.has(l.rel)),
      }),
      {
        headers: {
          ...CORS,
          "Content-Type": "application/jrd+json; charset=utf-8",
          "Cache-Control": "public, max-age=3600",
        },
      },
    );
  });

  /** Somebody here, or the instance itself (0), by handle or address. */
  async function find(
    resource: string,
  ): Promise<{ id: bigint; username: string; page: string | undefined } | undefined> {
    const [, name, host] = /^acct:@?([^@]+)@([^@]+)$/i.exec(resource) ?? [];
    if (name !== undefined && host !== undefined) {
      if (host.toLowerCase() !== deps.domain) return undefined;
      if (name === deps.domain) return { id: 0n, username: deps.domain, page: undefined };
      return person(await deps.federation.collections.byName(name));
    }
    const local = uris.parse(resource);
    if (local?.kind === "instance") return { id: 0n, username: deps.domain, page: undefined };
    if (local?.kind === "profile") return person(await deps.federation.collections.byName(local.username));
    if (local?.kind !== "actor") return undefined;
    const [row] = await deps.accounts.profiles.get([local.id]);
    return person(row?.domain === null ? row : undefined);
  }
  const person = (
    row: { id: bigint; username: string; suspended: boolean } | undefined,
  ): { id: bigint; username: string; page: string } | undefined =>
    row && { id: row.id, username: row.username, page: uris.profilePage(row.username) };

  door.get(
    "/.well-known/host-meta",
    () =>
      new Response(
        `<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n  <Link rel="lrdd" template="${deps.publicUrl}/.well-known/webfinger?resource={uri}"/>\n</XRD>\n`,
        { headers: { ...CORS, "Content-Type": "application/xrd+xml; charset=utf-8" } },
      ),
  );
  door.get("/.well-known/host-meta.json", () =>
    Response.json(
      { links: [{ rel: "lrdd", template: `${deps.publicUrl}/.well-known/webfinger?resource={uri}` }] },
      { headers: CORS },
    ),
  );
  door.get("/.well-known/nodeinfo", () =>
    Response.json(
      {
        links: [
          ...["2.1", "2.0"].map((v) => ({
            rel: `http://nodeinfo.diaspora.software/ns/schema/${v}`,
            href: `${deps.publicUrl}/nodeinfo/${v}`,
          })),
          // FEP-d556: the server's own actor.
          { rel: "https://www.w3.org/ns/activitystreams#Application", href: uris.instance },
        ],
      },
      { headers: CORS },
    ),
  );
  for (const version of ["2.0", "2.1"] as const) {
    door.get(`/nodeinfo/${version}`, async () => {
      const [counts, posts, settings] = await Promise.all([
        deps.accounts.counts(),
        deps.posts.views.count(),
        deps.instance.settings(),
      ]);
      return new Response(
        JSON.stringify({
          version,
          software: {
            name: "skein",
            version: deps.version,
          },
          protocols: ["activitypub"],
          services: { inbound: [], outbound: [] },
          openRegistrations: settings.registrations === "open",
          usage: {
            users: {
              total: Number(counts.users),
              activeMonth: Number(counts.active_month),
              activeHalfyear: Number(counts.active_half),
            },
            localPosts: Number(posts),
          },
          metadata: { nodeName: settings.title, nodeDescription: settings.short_description },
        }),
        {
          headers: {
            ...CORS,
            "Content-Type": `application/json; profile="http://nodeinfo.diaspora.software/ns/schema/${version}#"; charset=utf-8`,
            "Cache-Control": "public, max-age=600",
          },
        },
      );
    });
  }
  return door;
}
