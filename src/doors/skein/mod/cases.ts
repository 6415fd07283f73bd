import { z } from "zod";
import { zId, zInt, zText } from "#platform/http/fields.ts";
import { route, type Route } from "#platform/http/route.ts";
import type { Id } from "#platform/ids.ts";
import { ACTION_KINDS, QUEUES, type ModCaseRow, type NewAction } from "#modules/safety/index.ts";
import type { SkeinDeps } from "#doors/skein/deps.ts";
import {
  presentAction,
  presentAppeal,
  presentEvidence,
  presentModCase,
  presentNotice,
  presentStrike,
} from "./present.ts";

const idParam = z.object({ id: zId });

const decision = {
  actions: z
    .array(
      z.object({
        kind: z.enum(ACTION_KINDS),
        post_id: zId.optional(),
        text: zText(500).optional(),
        name: zText(100).optional(),
        /** Seconds. */
        ttl: zInt(1, 1_000_000_000).optional(),
      }),
    )
    .max(50),
  ground: z.enum(["illegal", "terms"]).default("terms"),
  reference: zText(2000).default(""),
  facts: zText(10_000).default(""),
};

const RECENT_POSTS = 20;

/** The moderators' console: cases, decisions, appeals. */
export function caseRoutes(deps: SkeinDeps): Route[] {
  const { decisions } = deps.safety;
  const { cases, redress } = decisions;

  const newActions = (list: z.output<(typeof decision)["actions"]>): NewAction[] =>
    list.map((a) => ({ kind: a.kind, postId: a.post_id, params: { text: a.text, name: a.name }, ttlSeconds: a.ttl }));

  async function presentCases(rows: readonly ModCaseRow[]): Promise<Record<string, unknown>[]> {
    const ids = rows.flatMap((c) => [c.account_id, c.assigned_id].filter((id) => id !== null));
    const accounts = await deps.accountEntities([...new Set(ids)]);
    return rows.map((row) => presentModCase(row, accounts));
  }

  /** One case with everything that is needed to decide it. */
  async function whole(id: Id): Promise<Record<string, unknown>> {
    const view = await cases.get(id);
    const { account_id: subject } = view.case;
    const reports = await deps.safety.ofCase(id);
    const wanted = new Set([
      ...reports.flatMap((r) => r.post_ids),
      ...view.notices.flatMap((n) => n.post_id ?? []),
      ...view.actions.flatMap((a) => a.post_id ?? []),
    ]);
    const recent = subject === null ? [] : await deps.posts.views.recentPublic(subject, RECENT_POSTS);
    const posts = await deps.posts.views.contents([...new Set([...wanted, ...recent])].slice(0, 200));
    const network = subject === null ? [] : await deps.accounts.moderation.network(subject);
    const user = subject === null ? undefined : await deps.accounts.staff.get(subject).catch(() => undefined);
    const people = await deps.accountEntities([
      ...new Set([
        ...reports.map((r) => r.account_id),
        ...view.actions.flatMap((a) => a.decided_by ?? []),
        ...network.map((n) => n.id),
      ]),
    ]);
    const [presented] = await presentCases([view.case]);
    return {
      ...presented,
      user: user
        ? { email: user.email, role: user.role, ip: user.last_ip, confirmed: user.confirmed, disabled: user.disabled }
        : null,
      reports: reports.map((r) => ({
        id: r.id.toString(),
        account: people.get(r.account_id) ?? null,
        category: r.category,
        comment: r.comment,
        post_ids: r.post_ids.map(String),
        rule_ids: r.rule_ids.map(String),
        closed: r.acted_at !== null,
      })),
      notices: view.notices.map(presentNotice),
      // Named ones first: they are what the case is about.
      posts: [
        ...posts
          .filter((p) => wanted.has(p.id))
          .map((p) => ({ ...presentEvidence(p, deps.config.publicUrl), named: true })),
        ...posts
          .filter((p) => !wanted.has(p.id))
          .map((p) => ({ ...presentEvidence(p, deps.config.publicUrl), named: false })),
      ],
      actions: view.actions.map((a) => ({ ...presentAction(a, people), in_case: a.case_id === id })),
      strikes: view.strikes.map(presentStrike),
      network: network.map((n) => ({ id: n.id.toString(), username: n.username, via: n.via })),
    };
  }

  return [
    route({
      method: "GET",
      path: "/api/skein/v1/mod/summary",
      auth: "mod",
      scope: "admin:read:reports",
      handler: async () => ({
        queues: Object.fromEntries((await cases.counts()).map((c) => [c.queue, { open: c.open, late: c.late }])),
        appeals: (await redress.list("open", null, 100)).length,
      }),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/mod/cases",
      auth: "mod",
      scope: "admin:read:reports",
      query: z.object({
        state: z.enum(["open", "closed"]).default("open"),
        queue: z.enum(["reports", "notices", "automatic", "staff"]).optional(),
        cursor: zId.optional(),
        limit: zInt(1, 100).default(40),
      }),
      handler: async (_ctx, { query }) =>
        presentCases(
          await cases.list(
            query.state,
            QUEUES.find((q) => q === query.queue),
            query.cursor,
            query.limit,
          ),
        ),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/mod/cases/:id",
      auth: "mod",
      scope: "admin:read:reports",
      params: idParam,
      handler: (_ctx, { params }) => whole(params.id),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/mod/cases/:id/decision",
      auth: "mod",
      scope: "admin:write:reports",
      params: idParam,
      body: z.object(decision),
      async handler({ viewer }, { params, body }) {
        const { case: row } = await cases.get(params.id);
        if (row.account_id === null) return { actions: [] };
        const done = await decisions.decide({
          caseId: params.id,
          account: row.account_id,
          actions: newActions(body.actions),
          by: { person: viewer.accountId },
          ...{ ground: body.ground, reference: body.reference, facts: body.facts },
        });
        return { actions: done.map((a) => presentAction(a, new Map())) };
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/mod/decisions",
      auth: "mod",
      scope: "admin:write:reports",
      body: z.object({ account_id: zId, ...decision }),
      async handler({ viewer }, { body }) {
        const done = await decisions.decide({
          account: body.account_id,
          actions: newActions(body.actions),
          by: { person: viewer.accountId },
          ...{ ground: body.ground, reference: body.reference, facts: body.facts },
        });
        return { actions: done.map((a) => presentAction(a, new Map())) };
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/mod/cases/:id/dismiss",
      auth: "mod",
      scope: "admin:write:reports",
      params: idParam,
      async handler({ viewer }, { params }) {
        await cases.dismiss(params.id, viewer.accountId);
        return {};
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/mod/cases/:id/assign",
      auth: "mod",
      scope: "admin:write:reports",
      params: idParam,
      body: z.object({ to: z.enum(["me", "nobody"]) }),
      async handler({ viewer }, { params, body }) {
        await cases.assign(params.id, body.to === "me" ? viewer.accountId : null);
        return {};
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/mod/actions/:id/undo",
      auth: "mod",
      scope: "admin:write:reports",
      params: idParam,
      body: z.object({ reason: zText(5000).default("") }),
      async handler({ viewer }, { params, body }) {
        return presentAction(await decisions.undo(params.id, { person: viewer.accountId }, body.reason), new Map());
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/mod/appeals",
      auth: "mod",
      scope: "admin:read:reports",
      query: z.object({
        state: z.enum(["open", "closed"]).default("open"),
        cursor: zId.optional(),
        limit: zInt(1, 100).default(40),
      }),
      async handler({ viewer }, { query }) {
        const views = await redress.list(query.state, query.cursor ?? null, query.limit);
        const ids = views.flatMap((v) => [v.appeal.account_id, v.action.decided_by].filter((id) => id !== null));
        const people = await deps.accountEntities([...new Set(ids)]);
        const posts = await deps.posts.views.contents([...new Set(views.flatMap((v) => v.action.post_id ?? []))]);
        return views.map(({ appeal, action, explained }) => {
          const post = posts.find((p) => p.id === action.post_id);
          return {
            ...presentAppeal(appeal),
            account: appeal.account_id === null ? null : (people.get(appeal.account_id) ?? null),
            handle: action.handle,
            action: presentAction(action, people),
            ground: explained?.statement.ground ?? null,
            reference: explained?.statement.reference ?? null,
            facts: explained?.statement.facts ?? null,
            post: post ? presentEvidence(post, deps.config.publicUrl) : null,
            // Whoever decided the first time reads it, but cannot decide.
            yours: appeal.first_decider === viewer.accountId,
          };
        });
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/mod/appeals/:id",
      auth: "mod",
      scope: "admin:write:reports",
      params: idParam,
      body: z.object({ outcome: z.enum(["upheld", "overturned"]), answer: zText(10_000).default("") }),
      handler: async ({ viewer }, { params, body }) =>
        presentAppeal(await redress.review(params.id, { person: viewer.accountId }, body.outcome, body.answer)),
    }),
  ];
}
