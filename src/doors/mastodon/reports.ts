import { z } from "zod";
import { notFound } from "#platform/errors.ts";
import { zBool, zId, zList, zText } from "#platform/http/fields.ts";
import { linkHeader, pageOf, pageQuery } from "#platform/http/page.ts";
import { route, type Route } from "#platform/http/route.ts";
import { idTime, type Id } from "#platform/ids.ts";
import type { ReportRow } from "#modules/safety/index.ts";
import type { MastodonDeps } from "./deps.ts";
import { presentAccount, presentRole } from "./present/account.ts";

const idParam = z.object({ id: zId });
const CATEGORIES = ["spam", "legal", "violation", "other"] as const;

/** Complaints, and what staff does about them: docs.joinmastodon.org/methods/reports and methods/admin/reports. */
export function reportRoutes(deps: MastodonDeps): Route[] {
  const { safety } = deps;
  const strings = (ids: readonly Id[]): string[] => ids.map(String);

  async function present(row: ReportRow): Promise<Record<string, unknown>> {
    const [target] = await deps.accounts.profiles.get([row.target_account_id]);
    if (!target) throw notFound();
    return {
      id: row.id.toString(),
      action_taken: row.acted_at !== null,
      action_taken_at: row.acted_at?.toISOString() ?? null,
      category: row.category,
      comment: row.comment,
      forwarded: row.forwarded,
      created_at: idTime(row.id).toISOString(),
      status_ids: strings(row.post_ids),
      rule_ids: strings(row.rule_ids),
      target_account: presentAccount(target, deps.config.publicUrl),
    };
  }

  /** Mastodon's Admin::Account, also of people elsewhere, of whom less is known. */
  async function adminAccount(id: Id): Promise<Record<string, unknown> | null> {
    const [account] = await deps.accounts.profiles.get([id]);
    if (!account) return null;
    const user = account.domain === null ? await deps.accounts.staff.get(id).catch(() => undefined) : undefined;
    return {
      id: id.toString(),
      username: account.username,
      domain: account.domain,
      created_at: idTime(id).toISOString(),
      email: user?.email ?? "",
      ip: user?.last_ip ?? null,
      ips: [],
      locale: null,
      invite_request: null,
      role: presentRole(user?.role ?? "user"),
      confirmed: user?.confirmed ?? false,
      approved: user?.approved ?? false,
      disabled: user?.disabled ?? false,
      silenced: account.silenced,
      suspended: account.suspended,
      sensitized: account.sensitized,
      account: presentAccount(account, deps.config.publicUrl),
    };
  }

  async function presentAdmin(row: ReportRow, viewerId: Id): Promise<Record<string, unknown>> {
    const [account, target, assigned, acted] = await Promise.all([
      adminAccount(row.account_id),
      adminAccount(row.target_account_id),
      row.assigned_id === null ? null : adminAccount(row.assigned_id),
      row.acted_by_id === null ? null : adminAccount(row.acted_by_id),
    ]);
    const cards = await deps.posts.views.cards(viewerId, row.post_ids);
    const statuses: unknown[] = (await deps.present.render(viewerId, cards)).map((text) => JSON.parse(text) as unknown);
    const wanted = new Set(row.rule_ids);
    const rules = (await deps.instance.rules()).filter((r) => wanted.has(r.id));
    return {
      id: row.id.toString(),
      action_taken: row.acted_at !== null,
      action_taken_at: row.acted_at?.toISOString() ?? null,
      category: row.category,
      comment: row.comment,
      forwarded: row.forwarded,
      created_at: idTime(row.id).toISOString(),
      updated_at: row.updated_at.toISOString(),
      account,
      target_account: target,
      assigned_account: assigned,
      action_taken_by_account: acted,
      statuses,
      rules: rules.map((r) => ({ id: r.id.toString(), text: r.text, hint: r.hint })),
    };
  }

  const act = (verb: string, action: (id: Id, viewerId: Id) => Promise<ReportRow>): Route =>
    route({
      method: "POST",
      path: `/api/v1/admin/reports/:id/${verb}`,
      auth: "mod",
      scope: "admin:write:reports",
      params: idParam,
      handler: async ({ viewer }, { params }) =>
        presentAdmin(await action(params.id, viewer.accountId), viewer.accountId),
    });

  return [
    route({
      method: "POST",
      path: "/api/v1/reports",
      auth: "user",
      scope: "write:reports",
      rate: "posting",
      body: z.object({
        account_id: zId,
        status_ids: zList(zId, 40),
        rule_ids: zList(zId, 40),
        comment: zText(4000).default(""),
        forward: zBool.default(false),
        category: z.enum(CATEGORIES).optional(),
      }),
      async handler({ viewer }, { body }) {
        const row = await safety.report(viewer.accountId, {
          targetId: body.account_id,
          postIds: body.status_ids,
          ruleIds: body.rule_ids,
          category: body.category ?? (body.rule_ids.length > 0 ? "violation" : "other"),
          comment: body.comment,
          forward: body.forward,
        });
        return present(row);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/admin/reports",
      auth: "mod",
      scope: "admin:read:reports",
      query: z.object({
        ...pageQuery(100, 200),
        resolved: zBool.default(false),
        account_id: zId.optional(),
        target_account_id: zId.optional(),
      }),
      async handler(ctx, { query }) {
        const rows = await safety.list(
          { resolved: query.resolved, reporterId: query.account_id, targetId: query.target_account_id },
          pageOf(query),
        );
        const header = linkHeader(
          ctx.url,
          deps.config.publicUrl,
          { first: rows[0]?.id, last: rows.at(-1)?.id },
          rows.length >= query.limit,
        );
        if (header) ctx.headers.set("Link", header);
        return Promise.all(rows.map((row) => presentAdmin(row, ctx.viewer.accountId)));
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/admin/reports/:id",
      auth: "mod",
      scope: "admin:read:reports",
      params: idParam,
      handler: async ({ viewer }, { params }) => presentAdmin(await safety.get(params.id), viewer.accountId),
    }),
    act("resolve", (id, viewerId) => safety.resolve(id, viewerId)),
    act("reopen", (id) => safety.resolve(id, null)),
    act("assign_to_self", (id, viewerId) => safety.assign(id, viewerId)),
    act("unassign", (id) => safety.assign(id, null)),
  ];
}
