import { createHash } from "node:crypto";
import { z } from "zod";
import { AppError, notFound } from "#platform/errors.ts";
import { zBool, zId, zText } from "#platform/http/fields.ts";
import { linkHeader, pageOf, pageQuery, type PageQuery } from "#platform/http/page.ts";
import { route, type Context, type Route } from "#platform/http/route.ts";
import type { DomainAllowRow, DomainPolicyRow } from "#modules/federation/index.ts";
import type { MastodonDeps } from "./deps.ts";

const idParam = z.object({ id: zId });

const rule = {
  severity: z.enum(["silence", "suspend", "noop"]).optional(),
  reject_media: zBool.optional(),
  reject_reports: zBool.optional(),
  private_comment: zText(2000).nullable().optional(),
  public_comment: zText(2000).nullable().optional(),
  obfuscate: zBool.optional(),
};

/** By it a list of domains can be compared without being read out. */
export const digestOf = (domain: string): string => createHash("sha256").update(domain).digest("hex");

/** Mastodon's Admin::DomainBlock. */
export function presentDomainBlock(row: DomainPolicyRow): Record<string, unknown> {
  return {
    id: row.id.toString(),
    domain: row.domain,
    digest: digestOf(row.domain),
    created_at: row.created_at.toISOString(),
    severity: row.severity,
    reject_media: row.reject_media,
    reject_reports: row.reject_reports,
    private_comment: row.private_comment || null,
    public_comment: row.public_comment || null,
    obfuscate: row.obfuscate,
  };
}

function presentDomainAllow(row: DomainAllowRow): Record<string, unknown> {
  return { id: row.id.toString(), domain: row.domain, created_at: row.created_at.toISOString() };
}

/** Mastodon's admin API for what holds for other servers. */
export function adminDomainRoutes(deps: MastodonDeps): Route[] {
  const { policies } = deps.federation;

  /** One page of rules, newest first. All of them are in memory's reach: an instance has some thousands at most. */
  function page<T extends { id: bigint }>(ctx: Context, rows: readonly T[], query: PageQuery): T[] {
    const { before, after, upward, limit } = pageOf(query);
    const within = rows.filter((r) => r.id < before && r.id > after).sort((a, b) => (a.id < b.id ? 1 : -1));
    const shown = upward ? within.slice(-limit) : within.slice(0, limit);
    const header = linkHeader(
      ctx.url,
      deps.config.publicUrl,
      { first: shown[0]?.id, last: shown.at(-1)?.id },
      shown.length >= limit,
    );
    if (header) ctx.headers.set("Link", header);
    return shown;
  }

  async function allowed(id: bigint): Promise<DomainAllowRow> {
    const row = (await policies.allows()).find((r) => r.id === id);
    if (!row) throw notFound();
    return row;
  }

  return [
    route({
      method: "GET",
      path: "/api/v1/admin/domain_blocks",
      auth: "admin",
      scope: "admin:read:domain_blocks",
      query: z.object(pageQuery(100, 200)),
      handler: async (ctx, { query }) => page(ctx, await policies.list(), query).map(presentDomainBlock),
    }),
    route({
      method: "GET",
      path: "/api/v1/admin/domain_blocks/:id",
      auth: "admin",
      scope: "admin:read:domain_blocks",
      params: idParam,
      async handler(_ctx, { params }) {
        const row = await policies.get(params.id);
        if (!row) throw notFound();
        return presentDomainBlock(row);
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/admin/domain_blocks",
      auth: "admin",
      scope: "admin:write:domain_blocks",
      body: z.object({ domain: zText(255), ...rule }),
      async handler(_ctx, { body }) {
        const name = body.domain.trim().toLowerCase();
        const existing = (await policies.list()).find((r) => r.domain === name);
        if (existing)
          throw new AppError("unprocessable", `Validation failed: a rule for ${name} exists already`, {
            details: { domain: [{ error: "ERR_TAKEN", description: "has a rule already" }] },
            extra: { existing_domain_block: presentDomainBlock(existing) },
          });
        return presentDomainBlock(
          await policies.put({
            domain: body.domain,
            severity: body.severity ?? "silence",
            rejectMedia: body.reject_media ?? false,
            rejectReports: body.reject_reports ?? false,
            privateComment: body.private_comment ?? "",
            publicComment: body.public_comment ?? "",
            obfuscate: body.obfuscate ?? false,
          }),
        );
      },
    }),
    route({
      method: "PUT",
      path: "/api/v1/admin/domain_blocks/:id",
      auth: "admin",
      scope: "admin:write:domain_blocks",
      params: idParam,
      body: z.object(rule),
      async handler(_ctx, { params, body }) {
        const row = await policies.get(params.id);
        if (!row) throw notFound();
        return presentDomainBlock(
          await policies.put({
            domain: row.domain,
            severity: body.severity ?? row.severity,
            rejectMedia: body.reject_media ?? row.reject_media,
            rejectReports: body.reject_reports ?? row.reject_reports,
            privateComment: body.private_comment === undefined ? row.private_comment : (body.private_comment ?? ""),
            publicComment: body.public_comment === undefined ? row.public_comment : (body.public_comment ?? ""),
            obfuscate: body.obfuscate ?? row.obfuscate,
          }),
        );
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/admin/domain_blocks/:id",
      auth: "admin",
      scope: "admin:write:domain_blocks",
      params: idParam,
      async handler(_ctx, { params }) {
        const row = await policies.get(params.id);
        const removed = row && (await policies.remove(row.domain));
        if (!removed) throw notFound();
        return presentDomainBlock(removed);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/admin/domain_allows",
      auth: "admin",
      scope: "admin:read:domain_allows",
      query: z.object(pageQuery(100, 200)),
      handler: async (ctx, { query }) => page(ctx, await policies.allows(), query).map(presentDomainAllow),
    }),
    route({
      method: "GET",
      path: "/api/v1/admin/domain_allows/:id",
      auth: "admin",
      scope: "admin:read:domain_allows",
      params: idParam,
      handler: async (_ctx, { params }) => presentDomainAllow(await allowed(params.id)),
    }),
    route({
      method: "POST",
      path: "/api/v1/admin/domain_allows",
      auth: "admin",
      scope: "admin:write:domain_allows",
      body: z.object({ domain: zText(255) }),
      handler: async (_ctx, { body }) => presentDomainAllow(await policies.allow(body.domain)),
    }),
    route({
      method: "DELETE",
      path: "/api/v1/admin/domain_allows/:id",
      auth: "admin",
      scope: "admin:write:domain_allows",
      params: idParam,
      async handler(_ctx, { params }) {
        const row = await allowed(params.id);
        await policies.disallow(row.domain);
        return presentDomainAllow(row);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/instance/domain_blocks",
      auth: "public",
      // Rules that change nothing for people who read here are nobody's business.
      handler: async () =>
        (await policies.list())
          .filter((r) => r.severity !== "noop")
          .sort((a, b) => (a.domain < b.domain ? -1 : 1))
          .map((r) => ({
            domain: r.obfuscate ? obfuscated(r.domain) : r.domain,
            digest: digestOf(r.domain),
            severity: r.severity,
            comment: r.public_comment || null,
          })),
    }),
  ];
}

/** A domain that is recognised by who knows it, and of no use to who looks for it: a third of the letters are shown. */
export function obfuscated(domain: string): string {
  const shown = Math.max(1, Math.floor(domain.length / 6));
  return [...domain].map((c, i) => (c === "." || i < shown * 2 || i >= domain.length - shown ? c : "*")).join("");
}
