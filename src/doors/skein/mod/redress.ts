import { z } from "zod";
import { notFound } from "#platform/errors.ts";
import { zBool, zId, zText } from "#platform/http/fields.ts";
import { route, type Route } from "#platform/http/route.ts";
import { languageOf, type Restriction } from "#modules/safety/index.ts";
import type { SkeinDeps } from "#doors/skein/deps.ts";
import { presentAppeal, presentRestriction, presentStrike } from "./present.ts";

const idParam = z.object({ id: zId });
const wantedLanguage = { language: zText(20).optional() };

/** What people learn of decisions about themselves, how they object, the public notice form, and the numbers. */
export function redressRoutes(deps: SkeinDeps): Route[] {
  const { redress, explain, notices } = deps.safety.decisions;
  const present = (r: Restriction, language: string | undefined): Record<string, unknown> =>
    presentRestriction(r, explain.lines(languageOf(language ?? r.statement.language), r.told));

  return [
    route({
      method: "GET",
      path: "/api/skein/v1/standing",
      auth: "user",
      scope: "read:accounts",
      query: z.object(wantedLanguage),
      async handler({ viewer }, { query }) {
        const standing = await redress.standing(viewer.accountId);
        const people = await deps.accountEntities([...new Set(standing.reports.map((r) => r.targetId))]);
        return {
          strikes: standing.strikes.map(presentStrike),
          restrictions: standing.restrictions.map((r) => present(r, query.language)),
          reports: standing.reports.map((r) => ({
            id: r.id.toString(),
            account: people.get(r.targetId) ?? null,
            category: r.category,
            outcome: r.outcome,
            closed_at: r.closedAt?.toISOString() ?? null,
          })),
        };
      },
    }),
    // With the key of a letter, for people who cannot log in. In a body: addresses end up in logs.
    route({
      method: "POST",
      path: "/api/skein/v1/standing/by_key",
      auth: "public",
      rate: "login",
      body: z.object({ key: zText(200), ...wantedLanguage }),
      async handler(_ctx, { body }) {
        const found = await redress.byKey(body.key);
        if (!found) throw notFound();
        return present(found, body.language);
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/standing/by_key/appeal",
      auth: "public",
      rate: "login",
      body: z.object({ key: zText(200), text: zText(10_000).default("") }),
      handler: async (_ctx, { body }) => presentAppeal(await redress.appealByKey(body.key, body.text)),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/standing/:id/appeal",
      auth: "user",
      scope: "write:accounts",
      rate: "posting",
      params: idParam,
      body: z.object({ text: zText(10_000).default("") }),
      handler: async ({ viewer }, { params, body }) =>
        presentAppeal(await redress.appeal(viewer.accountId, params.id, body.text)),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/notices",
      auth: "public",
      rate: "signup",
      body: z.object({
        url: zText(4000).default(""),
        category: zText(50).default(""),
        law: zText(2000).default(""),
        explanation: zText(20_000).default(""),
        name: zText(1000).default(""),
        email: zText(1000).default(""),
        good_faith: zBool.default(false),
        language: zText(20).default("en"),
      }),
      async handler(_ctx, { body }) {
        const { good_faith: goodFaith, ...rest } = body;
        const { id, receipt } = await notices.file({ ...rest, goodFaith });
        return { id: id.toString(), receipt };
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/notices/:receipt",
      auth: "public",
      rate: "login",
      params: z.object({ receipt: zText(200) }),
      async handler(_ctx, { params }) {
        const found = await notices.byReceipt(params.receipt);
        if (!found) throw notFound();
        return {
          id: found.id.toString(),
          url: found.url,
          category: found.category,
          received_at: found.received_at.toISOString(),
          answered_at: found.answered_at?.toISOString() ?? null,
          outcome: found.outcome,
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/transparency",
      auth: "public",
      query: z.object({ year: z.coerce.number().int().min(2020).max(2200).optional() }),
      async handler(_ctx, { query }) {
        const now = deps.now();
        const from =
          query.year === undefined ? new Date(now.getTime() - 365 * 86_400_000) : new Date(Date.UTC(query.year, 0));
        const to = query.year === undefined ? now : new Date(Date.UTC(query.year + 1, 0));
        const t = await deps.safety.decisions.transparency(from, to);
        return {
          from: t.from.toISOString(),
          to: t.to.toISOString(),
          actions: t.actions,
          notices: t.notices.map(({ medianHours, ...n }) => ({ ...n, median_hours: medianHours })),
          reports: t.reports.map(({ medianHours, ...r }) => ({ ...r, median_hours: medianHours })),
          appeals: {
            filed: t.appeals.filed,
            median_hours: t.appeals.medianHours,
            overturned: t.appeals.overturned,
            overturned_automated: t.appeals.overturnedAutomated,
          },
        };
      },
    }),
  ];
}
