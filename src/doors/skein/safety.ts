import { z } from "zod";
import { zId, zText } from "#platform/http/fields.ts";
import { linkHeader, pageOf, pageQuery } from "#platform/http/page.ts";
import { route, type Route, type Viewer } from "#platform/http/route.ts";
import type { CaseRow, OpeningRow } from "#modules/safety/index.ts";
import type { SkeinDeps } from "./deps.ts";
import { sessionOnly } from "./me.ts";

const caseParam = z.object({ id: zId });
const openingParam = z.object({ id: zId, opening: zId });
const password = zText(1000).default("");

/** What the media gate stopped, for admins and the owner. No answer holds a picture, a preview, or an address at which one could be seen. */
export function safetyRoutes(deps: SkeinDeps): Route[] {
  const { cases, banks } = deps.safety.media;

  /** Evidence is for people who sit there and have just said who they are; a token that was found must not be enough. */
  async function sudo(viewer: Viewer, current: string): Promise<void> {
    sessionOnly(viewer.kind);
    await deps.accounts.profiles.checkPassword(viewer.accountId, current);
  }

  return [
    route({
      method: "GET",
      path: "/api/skein/v1/admin/safety/banks",
      auth: "admin",
      scope: "admin:read",
      handler: async () =>
        (await banks.list()).map((b) => ({
          ...{ id: b.id.toString(), name: b.name, kind: b.kind, created_at: b.created_at.toISOString() },
          ...{ active: Number(b.active), withdrawn: Number(b.withdrawn) },
        })),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/admin/safety/media",
      auth: "admin",
      scope: "admin:read",
      query: z.object({
        state: z.enum(["open", "review", "confirmed", "overturned"]).optional(),
        ...pageQuery(40, 200),
      }),
      async handler(ctx, { query }) {
        const rows = await cases.list(query.state, pageOf(query));
        const ids = { first: rows[0]?.id, last: rows.at(-1)?.id };
        const link = linkHeader(ctx.url, deps.config.publicUrl, ids, rows.length === query.limit);
        if (link !== undefined) ctx.headers.set("Link", link);
        return rows.map(presentCase);
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/admin/safety/media/:id",
      auth: "admin",
      scope: "admin:read",
      params: caseParam,
      async handler(_ctx, { params }) {
        const { case: row, openings, log } = await cases.get(params.id);
        return {
          ...presentCase(row),
          // Evidence that was handed out counts as looked at.
          viewed: openings.some((o) => o.handed_out_at !== null),
          openings: openings.map(presentOpening),
          log: log.map((line) => ({
            ...{ at: line.at.toISOString(), actor_id: line.actor_id?.toString() ?? null },
            ...{ action: line.action, detail: line.detail },
          })),
        };
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/admin/safety/media/:id/decision",
      auth: "admin",
      scope: "admin:write",
      params: caseParam,
      body: z.object({ outcome: z.enum(["confirmed", "overturned"]), reason: zText(10_000).default("") }),
      handler: async ({ viewer }, { params, body }) =>
        presentCase(await cases.decide(params.id, viewer.accountId, body.outcome, body.reason)),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/admin/safety/media/:id/openings",
      auth: "admin",
      scope: "admin:write",
      rate: "login",
      params: caseParam,
      body: z.object({ reason: zText(10_000).default(""), current: password }),
      async handler({ viewer }, { params, body }) {
        await sudo(viewer, body.current);
        return presentOpening(await cases.requestOpening(params.id, viewer.accountId, body.reason));
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/admin/safety/media/:id/openings/:opening/approve",
      auth: "admin",
      scope: "admin:write",
      rate: "login",
      params: openingParam,
      body: z.object({ current: password }),
      async handler({ viewer }, { params, body }) {
        await sudo(viewer, body.current);
        return presentOpening(await cases.approveOpening(params.id, params.opening, viewer.accountId));
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/admin/safety/media/:id/openings/:opening/evidence",
      auth: "admin",
      scope: "admin:write",
      rate: "login",
      params: openingParam,
      body: z.object({ current: password }),
      async handler({ viewer }, { params, body }) {
        await sudo(viewer, body.current);
        const sealed = await cases.evidence(params.id, params.opening, viewer.accountId);
        return new Response(Buffer.from(sealed), {
          headers: {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": `attachment; filename="case-${params.id}.sealed"`,
            "Cache-Control": "no-store",
          },
        });
      },
    }),
  ];
}

function hostOf(url: string | null): string | null {
  return url === null ? null : (URL.parse(url)?.host ?? null);
}

function presentCase(c: CaseRow): Record<string, unknown> {
  return {
    ...{ id: c.id.toString(), use: c.use, kind: c.kind, bank: c.bank, item: c.item },
    match: { algorithm: c.algorithm, distance: c.distance },
    sha256: Buffer.from(c.sha256).toString("hex"),
    account: c.handle === "" ? null : { id: c.account_id?.toString() ?? null, username: c.handle },
    host: hostOf(c.url),
    found_by: c.found_by,
    evidence: c.evidence,
    frozen_at: c.frozen_at?.toISOString() ?? null,
    ...{ state: c.state, reason: c.state_reason, decided_by: c.decided_by?.toString() ?? null },
    decided_at: c.decided_at?.toISOString() ?? null,
    opened_at: c.opened_at.toISOString(),
  };
}

function presentOpening(o: OpeningRow): Record<string, unknown> {
  return {
    ...{ id: o.id.toString(), requested_by: o.requested_by.toString(), reason: o.reason },
    requested_at: o.requested_at.toISOString(),
    approved_by: o.approved_by?.toString() ?? null,
    approved_at: o.approved_at?.toISOString() ?? null,
    handed_out_at: o.handed_out_at?.toISOString() ?? null,
  };
}
