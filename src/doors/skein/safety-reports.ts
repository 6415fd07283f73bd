import { z } from "zod";
import { invalid } from "#platform/errors.ts";
import { zBool, zId, zText } from "#platform/http/fields.ts";
import { route, type Route, type Viewer } from "#platform/http/route.ts";
import {
  INDUSTRY_CLASSES,
  REPORT_ENVIRONMENTS,
  REPORT_STATES,
  type MediaReportRow,
  type Retention,
} from "#modules/safety/index.ts";
import type { SkeinDeps } from "./deps.ts";
import { sessionOnly } from "./me.ts";

const caseParam = z.object({ id: zId });
const password = zText(1000).default("");
const environment = z.enum(REPORT_ENVIRONMENTS);
const name = zText(100).refine((text) => text.trim() !== "", "can't be blank");

/** Reports about cases, and how long evidence is kept. Each step that leaves something behind asks for the password. */
export function safetyReportRoutes(deps: SkeinDeps): Route[] {
  const { reports, keeping } = deps.safety.media;

  async function sudo(viewer: Viewer, current: string): Promise<void> {
    sessionOnly(viewer.kind);
    await deps.accounts.profiles.checkPassword(viewer.accountId, current);
  }
  const base = "/api/skein/v1/admin/safety/media/:id";

  return [
    route({
      method: "GET",
      path: `${base}/report`,
      auth: "admin",
      scope: "admin:read",
      params: caseParam,
      query: z.object({ environment }),
      handler: async (_ctx, { params, query }) => presentReport(await reports.get(params.id, query.environment)),
    }),
    route({
      method: "POST",
      path: `${base}/report`,
      auth: "admin",
      scope: "admin:write",
      rate: "login",
      params: caseParam,
      body: z.object({
        environment,
        ...{ first_name: name, last_name: name, email: z.email().max(254) },
        ...{ viewed: zBool.optional(), publicly_available: zBool.optional() },
        industry_class: z.enum(INDUSTRY_CLASSES).optional(),
        current: password,
      }),
      async handler({ viewer }, { params, body }) {
        await sudo(viewer, body.current);
        return presentReport(
          await reports.prepare(params.id, viewer.accountId, {
            environment: body.environment,
            reporter: { firstName: body.first_name, lastName: body.last_name, email: body.email },
            viewed: body.viewed,
            publiclyAvailable: body.publicly_available,
            industryClass: body.industry_class,
          }),
        );
      },
    }),
    route({
      method: "POST",
      path: `${base}/report/export`,
      auth: "admin",
      scope: "admin:write",
      rate: "login",
      params: caseParam,
      body: z.object({ environment, current: password }),
      async handler({ viewer }, { params, body }) {
        await sudo(viewer, body.current);
        const bytes = await reports.export(params.id, viewer.accountId, body.environment);
        return new Response(Uint8Array.from(bytes), {
          headers: {
            "Content-Type": "application/zip",
            "Content-Disposition": `attachment; filename="case-${params.id}-${body.environment}.zip"`,
            "Cache-Control": "no-store",
          },
        });
      },
    }),
    route({
      method: "POST",
      path: `${base}/report/progress`,
      auth: "admin",
      scope: "admin:write",
      rate: "login",
      params: caseParam,
      body: z.object({
        environment,
        state: z.enum(REPORT_STATES).exclude(["prepared"]),
        report: z.string().regex(/^[\w-]{1,64}$/, "must be the number that the authority gave to the report"),
        file: z
          .string()
          .regex(/^[\w-]{1,64}$/, "must be the number that the authority gave to the file")
          .optional(),
        current: password,
      }),
      async handler({ viewer }, { params, body }) {
        const { current, ...progress } = body;
        await sudo(viewer, current);
        return presentReport(await reports.advance(params.id, viewer.accountId, progress));
      },
    }),
    route({
      method: "GET",
      path: `${base}/retention`,
      auth: "admin",
      scope: "admin:read",
      params: caseParam,
      handler: async (_ctx, { params }) => presentRetention(await keeping.get(params.id)),
    }),
    route({
      method: "POST",
      path: `${base}/hold`,
      auth: "admin",
      scope: "admin:write",
      rate: "login",
      params: caseParam,
      body: z.object({ held: zBool, reason: zText(1000).default(""), current: password }),
      async handler({ viewer }, { params, body }) {
        await sudo(viewer, body.current);
        const reason = body.reason.trim();
        if (body.held && reason === "")
          throw invalid({ reason: [{ error: "ERR_BLANK", description: "can't be blank: say who needs it" }] });
        return presentRetention(await keeping.hold(params.id, viewer.accountId, body.held ? reason : null));
      },
    }),
    route({
      method: "POST",
      path: `${base}/release`,
      auth: "admin",
      scope: "admin:write",
      rate: "login",
      params: caseParam,
      body: z.object({ released: zBool, current: password }),
      async handler({ viewer }, { params, body }) {
        await sudo(viewer, body.current);
        return presentRetention(await keeping.release(params.id, viewer.accountId, body.released));
      },
    }),
  ];
}

function presentReport(r: MediaReportRow): Record<string, unknown> {
  return {
    ...{ case_id: r.case_id.toString(), environment: r.environment, state: r.state },
    ...{ report: r.remote_report, file: r.remote_file, content: JSON.parse(r.content) as unknown },
    prepared_by: r.prepared_by?.toString() ?? null,
    prepared_at: r.prepared_at.toISOString(),
    changed_at: r.changed_at.toISOString(),
  };
}

function presentRetention(r: Retention): Record<string, unknown> {
  return {
    hold_reason: r.holdReason,
    released_at: r.releasedAt?.toISOString() ?? null,
    ends_at: r.endsAt?.toISOString() ?? null,
  };
}
