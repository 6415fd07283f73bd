import { z } from "zod";
import { zId, zInt, zText } from "#platform/http/fields.ts";
import { MAX_ID } from "#platform/ids.ts";
import { moneyFormat } from "#platform/money.ts";
import { route, type Route } from "#platform/http/route.ts";
import { LICENCES, monthBefore, type TemplateRow } from "#modules/memes/index.ts";
import type { SkeinDeps } from "#doors/skein/deps.ts";

const page = z.object({ limit: zInt(1, 40).default(20), max_id: zId.optional() });
const side = z.number().min(0).max(1080);

/** Templates that people offer, and the monthly pool. */
export function templateRoutes(deps: SkeinDeps): Route[] {
  const { templates, pool } = deps.memes;

  const present = (row: TemplateRow): Record<string, unknown> => ({
    id: row.id.toString(),
    name: row.name,
    alt: row.alt,
    zones: row.zones,
    licence: row.licence,
    credit: row.credit,
    aspect: row.aspect,
    image_url: `${deps.config.publicUrl}/api/skein/v1/memes/templates/${row.id}/image`,
    state: row.state,
    created_at: row.created_at.toISOString(),
  });

  return [
    route({
      method: "GET",
      path: "/api/skein/v1/memes/templates",
      auth: "public",
      query: page,
      handler: async (_ctx, { query }) => (await templates.list(query.max_id ?? MAX_ID, query.limit)).map(present),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/memes/templates",
      auth: "user",
      scope: "write:media",
      rate: "media",
      body: z.object({
        media_id: zId,
        name: zText(100).default(""),
        alt: zText(1500).default(""),
        licence: z.enum(LICENCES, { error: `must be one of ${LICENCES.join(", ")}` }),
        credit: zText(200).default(""),
        zones: z
          .array(z.strictObject({ x: side, y: side, w: side, h: side }))
          .min(1)
          .max(8)
          .default([{ x: 40, y: 30, w: 1000, h: 260 }]),
      }),
      handler: async (ctx, { body }) =>
        present(
          await templates.offer(ctx.viewer.accountId, {
            mediaId: body.media_id,
            name: body.name,
            alt: body.alt,
            licence: body.licence,
            credit: body.credit,
            zones: body.zones,
          }),
        ),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/templates/:id/image",
      auth: "public",
      rate: "none",
      params: z.object({ id: zId }),
      async handler(ctx, { params }) {
        const staff = ctx.viewer !== undefined && ctx.viewer.role !== "user";
        const { bytes, mime } = await templates.image(params.id, staff);
        return new Response(Uint8Array.from(bytes), {
          headers: {
            "Content-Type": mime,
            "Cache-Control": "public, max-age=86400",
            "X-Content-Type-Options": "nosniff",
          },
        });
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/admin/memes/templates",
      auth: "mod",
      scope: "admin:read",
      query: page,
      handler: async (_ctx, { query }) => (await templates.waiting(query.max_id ?? MAX_ID, query.limit)).map(present),
    }),
    ...(["approved", "refused"] as const).map((state) =>
      route({
        method: "POST",
        path: `/api/skein/v1/admin/memes/templates/:id/${state === "approved" ? "approve" : "refuse"}`,
        auth: "mod",
        scope: "admin:write",
        params: z.object({ id: zId }),
        handler: async (ctx, { params }) => present(await templates.review(params.id, ctx.viewer.accountId, state)),
      }),
    ),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/pool",
      auth: "public",
      query: z.object({ month: zInt(202001, 299912).optional() }),
      async handler(_ctx, { query }) {
        const report = await pool.report(query.month ?? monthBefore(deps.now()));
        const accounts = await deps.accountEntities(report.shares.map((s) => s.accountId));
        return {
          month: report.month,
          state: report.state,
          formula: report.formula,
          snapshot_sha256: report.snapshot_sha256.toString("hex"),
          amount: moneyFormat(report.amount, "CREDIT"),
          paid: moneyFormat(report.paid, "CREDIT"),
          closed_at: report.closed_at.toISOString(),
          payable_at: report.payable_at.toISOString(),
          shares: report.shares.map((s) => ({
            account: accounts.get(s.accountId) ?? null,
            score: s.score,
            voters: s.voters,
            amount: moneyFormat(s.amount, "CREDIT"),
          })),
        };
      },
    }),
  ];
}
