import { z } from "zod";
import { AppError, notFound } from "#platform/errors.ts";
import { readBody, readLimited } from "#platform/http/body.ts";
import { zText } from "#platform/http/fields.ts";
import { route, type Context, type Route } from "#platform/http/route.ts";
import type { Id } from "#platform/ids.ts";
import type { HostRow } from "#modules/federation/index.ts";
import type { SkeinDeps } from "./deps.ts";
import { sessionOnly } from "./me.ts";

const CSV_BYTES = 4 * 1024 * 1024;
const HOSTS = 500;

const hostParam = z.object({ host: zText(300) });

/** What other servers and moving between them need beyond Mastodon's API. */
export function federationRoutes(deps: SkeinDeps): Route[] {
  const { federation, accounts } = deps;

  /** Aliases of an account, with the handles of those that are known here. */
  async function aliases(accountId: Id): Promise<Record<string, unknown>[]> {
    const [row] = await accounts.profiles.get([accountId]);
    if (!row) throw notFound();
    const remote = await accounts.remote.byUris(row.also_known_as);
    const ids = row.also_known_as.map((uri) => {
      const local = federation.uris.parse(uri);
      return local?.kind === "actor" ? local.id : remote.get(uri)?.id;
    });
    const known = new Map(
      (await accounts.profiles.get(ids.filter((id) => id !== undefined))).map((found) => [found.id, found]),
    );
    return row.also_known_as.map((uri, i) => {
      const id = ids[i];
      const found = id === undefined ? undefined : known.get(id);
      const acct = found && (found.domain === null ? found.username : `${found.username}@${found.domain}`);
      return { uri, acct: acct ?? null, url: found ? (found.url ?? `${deps.config.publicUrl}/@${acct}`) : uri };
    });
  }

  return [
    route({
      method: "GET",
      path: "/api/skein/v1/admin/federation/hosts",
      auth: "admin",
      scope: "admin:read",
      handler: async () => (await federation.hosts(HOSTS)).map((h) => presentHost(h, deps.now())),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/admin/federation/hosts/:host/retry",
      auth: "admin",
      scope: "admin:write",
      params: hostParam,
      async handler(_ctx, { params }) {
        await federation.retryHost(params.host.toLowerCase());
        return {};
      },
    }),
    route({
      method: "DELETE",
      path: "/api/skein/v1/admin/federation/hosts/:host",
      auth: "admin",
      scope: "admin:write",
      params: hostParam,
      async handler(_ctx, { params }) {
        await federation.dropHost(params.host.toLowerCase());
        return {};
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/admin/federation",
      auth: "admin",
      scope: "admin:read",
      handler: async () => ({ limited: deps.config.limitedFederation }),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/admin/federation/domain_blocks.csv",
      auth: "admin",
      scope: "admin:read:domain_blocks",
      handler: async () =>
        new Response(await federation.policies.exportCsv(), {
          headers: {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": 'attachment; filename="domain_blocks.csv"',
          },
        }),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/admin/federation/domain_blocks.csv",
      auth: "admin",
      scope: "admin:write:domain_blocks",
      handler: async (ctx) => federation.policies.importCsv(await csvOf(ctx)),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/me/aliases",
      auth: "user",
      scope: "read:accounts",
      handler: ({ viewer }) => aliases(viewer.accountId),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/me/aliases",
      auth: "user",
      scope: "write:accounts",
      rate: "search",
      body: z.object({ target: zText(2000).default("") }),
      async handler({ viewer }, { body }) {
        await federation.addAlias(viewer.accountId, body.target);
        return aliases(viewer.accountId);
      },
    }),
    route({
      method: "DELETE",
      path: "/api/skein/v1/me/aliases",
      auth: "user",
      scope: "write:accounts",
      body: z.object({ uri: zText(2000).default("") }),
      async handler({ viewer }, { body }) {
        await federation.removeAlias(viewer.accountId, body.uri);
        return aliases(viewer.accountId);
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/me/move",
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      body: z.object({ target: zText(2000).default(""), current: zText(1000).default("") }),
      async handler({ viewer }, { body }) {
        sessionOnly(viewer.kind);
        await accounts.profiles.checkPassword(viewer.accountId, body.current);
        await federation.move(viewer.accountId, body.target);
        return deps.credentialAccount(viewer.accountId);
      },
    }),
  ];
}

/** The text of a list, sent as the body itself or as the first file or field of a form. */
async function csvOf(ctx: Context): Promise<string> {
  const type = ctx.request.headers.get("content-type") ?? "";
  if (/^text\/(csv|plain)\b/i.test(type)) return new TextDecoder().decode(await readLimited(ctx.request, CSV_BYTES));
  const body = await readBody(ctx.request, { text: CSV_BYTES, multipart: CSV_BYTES });
  const value = body["file"] ?? body["data"];
  if (value instanceof File) return value.text();
  if (typeof value === "string") return value;
  throw new AppError("unprocessable", "Validation failed: file can't be blank", {
    details: { file: [{ error: "ERR_BLANK", description: "can't be blank" }] },
  });
}

/** `ok`: answers; `failing`: the last try failed; `waiting`: not tried before `open_until`; `parked`: silent for a week, tried once a day. */
function presentHost(h: HostRow, now: Date): Record<string, unknown> {
  const state =
    h.parked_at !== null
      ? "parked"
      : h.open_until !== null && h.open_until > now
        ? "waiting"
        : h.failures > 0
          ? "failing"
          : "ok";
  return {
    host: h.host,
    state,
    waiting: Number(h.waiting),
    oldest_at: h.oldest?.toISOString() ?? null,
    failing_since: h.failing_since?.toISOString() ?? null,
    next_try_at: h.open_until?.toISOString() ?? null,
    last_status: h.last_status,
    last_error: h.last_error,
    signature: h.sig_spec,
    latency_ms: h.latency_ms,
  };
}
