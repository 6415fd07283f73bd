import { z } from "zod";
import { invalid } from "#platform/errors.ts";
import { zId, zInt, zText } from "#platform/http/fields.ts";
import { linkHeader, pageOf, pageQuery } from "#platform/http/page.ts";
import { route, type Context, type Route, type SignedIn } from "#platform/http/route.ts";
import type { BlockKind, BlockRow, NewBlock, Severity } from "#modules/safety/index.ts";
import type { MastodonDeps } from "./deps.ts";

const idParam = z.object({ id: zId });

/** What Mastodon calls them. */
const SEVERITIES = {
  sign_up_requires_approval: "approval",
  sign_up_block: "sign_up",
  no_access: "access",
} as const satisfies Record<string, Severity>;
const nameOf = (severity: Severity): string =>
  Object.entries(SEVERITIES).find(([, own]) => own === severity)?.[0] ?? severity;

const presentIp = (b: BlockRow): Record<string, unknown> => ({
  id: b.id.toString(),
  ip: b.value,
  severity: nameOf(b.severity),
  comment: b.comment,
  created_at: b.created_at.toISOString(),
  expires_at: b.expires_at?.toISOString() ?? null,
});
const presentDomain = (b: BlockRow): Record<string, unknown> => ({
  id: b.id.toString(),
  domain: b.value,
  created_at: b.created_at.toISOString(),
  history: [],
});
const presentMail = (b: BlockRow): Record<string, unknown> => ({ id: b.id.toString(), canonical_email_hash: b.value });

/** Mastodon's admin API for addresses that may not register: docs.joinmastodon.org/methods/admin/ip_blocks, email_domain_blocks, canonical_email_blocks. */
export function adminBlockRoutes(deps: MastodonDeps): Route[] {
  const { blocks } = deps.safety;

  /** List, one, and removal: the same for every kind. */
  function common(name: string, kind: BlockKind, present: (b: BlockRow) => Record<string, unknown>): Route[] {
    const path = `/api/v1/admin/${name}`;
    return [
      route({
        method: "GET",
        path,
        auth: "admin",
        scope: `admin:read:${name}`,
        query: z.object(pageQuery(100, 200)),
        async handler(ctx: Context, { query }) {
          const rows = await blocks.list(kind, pageOf(query));
          const ids = { first: rows[0]?.id, last: rows.at(-1)?.id };
          const header = linkHeader(ctx.url, deps.config.publicUrl, ids, rows.length >= query.limit);
          if (header) ctx.headers.set("Link", header);
          return rows.map(present);
        },
      }),
      route({
        method: "GET",
        path: `${path}/:id`,
        auth: "admin",
        scope: `admin:read:${name}`,
        params: idParam,
        handler: async (_ctx, { params }) => present(await blocks.get(kind, params.id)),
      }),
      route({
        method: "DELETE",
        path: `${path}/:id`,
        auth: "admin",
        scope: `admin:write:${name}`,
        params: idParam,
        async handler({ viewer }, { params }) {
          await blocks.remove(viewer.accountId, kind, params.id);
          return {};
        },
      }),
    ];
  }

  const ipBody = z.object({
    ip: zText(100).optional(),
    severity: z.enum(["sign_up_requires_approval", "sign_up_block", "no_access"]).optional(),
    comment: zText(500).default(""),
    expires_in: zInt(0, 1_000_000_000).optional(),
  });
  /** Who blocks a network that they sit in could not take it back. */
  function ipBlock(ctx: SignedIn, body: z.output<typeof ipBody>, before?: BlockRow): NewBlock {
    const value = body.ip ?? before?.value ?? "";
    if (blocks.covers(value, ctx.ip))
      throw invalid({ ip: [{ error: "ERR_INVALID", description: "covers the address that you come from" }] });
    const severity = body.severity === undefined ? (before?.severity ?? "approval") : SEVERITIES[body.severity];
    return { kind: "ip", value, severity, comment: body.comment, ttlSeconds: body.expires_in };
  }

  return [
    ...common("ip_blocks", "ip", presentIp),
    route({
      method: "POST",
      path: "/api/v1/admin/ip_blocks",
      auth: "admin",
      scope: "admin:write:ip_blocks",
      body: ipBody,
      handler: async (ctx, { body }) => presentIp(await blocks.add(ctx.viewer.accountId, ipBlock(ctx, body))),
    }),
    route({
      method: "PUT",
      path: "/api/v1/admin/ip_blocks/:id",
      auth: "admin",
      scope: "admin:write:ip_blocks",
      params: idParam,
      body: ipBody,
      async handler(ctx, { params, body }) {
        const before = await blocks.get("ip", params.id);
        return presentIp(await blocks.change(ctx.viewer.accountId, params.id, ipBlock(ctx, body, before)));
      },
    }),
    ...common("email_domain_blocks", "mail_domain", presentDomain),
    route({
      method: "POST",
      path: "/api/v1/admin/email_domain_blocks",
      auth: "admin",
      scope: "admin:write:email_domain_blocks",
      body: z.object({ domain: zText(300).default("") }),
      handler: async ({ viewer }, { body }) =>
        presentDomain(
          await blocks.add(viewer.accountId, {
            kind: "mail_domain",
            value: body.domain,
            severity: "sign_up",
            comment: "",
          }),
        ),
    }),
    // Before the route with an id, which would take "test" for one.
    route({
      method: "POST",
      path: "/api/v1/admin/canonical_email_blocks/test",
      auth: "admin",
      scope: "admin:read:canonical_email_blocks",
      body: z.object({ email: zText(300).default("") }),
      handler: async (_ctx, { body }) => (await blocks.mailboxes(body.email)).map(presentMail),
    }),
    ...common("canonical_email_blocks", "mail", presentMail),
    route({
      method: "POST",
      path: "/api/v1/admin/canonical_email_blocks",
      auth: "admin",
      scope: "admin:write:canonical_email_blocks",
      body: z.object({ email: zText(300).optional(), canonical_email_hash: zText(64).optional() }),
      async handler({ viewer }, { body }) {
        const value = body.canonical_email_hash ?? body.email ?? "";
        return presentMail(
          await blocks.add(viewer.accountId, { kind: "mail", value, severity: "sign_up", comment: "" }),
        );
      },
    }),
    // Skein's own: links that may not be posted.
    route({
      method: "GET",
      path: "/api/skein/v1/mod/url_blocks",
      auth: "mod",
      scope: "admin:read",
      query: z.object(pageQuery(100, 200)),
      async handler(ctx, { query }) {
        const rows = await blocks.list("url", pageOf(query));
        const ids = { first: rows[0]?.id, last: rows.at(-1)?.id };
        const header = linkHeader(ctx.url, deps.config.publicUrl, ids, rows.length >= query.limit);
        if (header) ctx.headers.set("Link", header);
        return rows.map(presentUrl);
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/mod/url_blocks",
      auth: "mod",
      scope: "admin:write",
      body: z.object({
        url: zText(2000).default(""),
        comment: zText(500).default(""),
        expires_in: zInt(0, 1_000_000_000).optional(),
      }),
      handler: async ({ viewer }, { body }) =>
        presentUrl(
          await blocks.add(viewer.accountId, {
            ...{ kind: "url", value: body.url, severity: "refuse", comment: body.comment, ttlSeconds: body.expires_in },
          }),
        ),
    }),
    route({
      method: "DELETE",
      path: "/api/skein/v1/mod/url_blocks/:id",
      auth: "mod",
      scope: "admin:write",
      params: idParam,
      async handler({ viewer }, { params }) {
        await blocks.remove(viewer.accountId, "url", params.id);
        return {};
      },
    }),
  ];
}

const presentUrl = (b: BlockRow): Record<string, unknown> => ({
  id: b.id.toString(),
  url: b.value,
  comment: b.comment,
  created_at: b.created_at.toISOString(),
  expires_at: b.expires_at?.toISOString() ?? null,
});
