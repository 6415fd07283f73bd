import { z } from "zod";
import { linkHeader, pageOf, pageQuery } from "#platform/http/page.ts";
import { zBool, zId, zText } from "#platform/http/fields.ts";
import { route, type Route, type SignedIn } from "#platform/http/route.ts";
import { notFound } from "#platform/errors.ts";
import { idTime, type Id } from "#platform/ids.ts";
import type { AdminRow } from "#modules/accounts/index.ts";
import type { MastodonDeps } from "./deps.ts";
import { presentAccount, presentRole } from "./present/account.ts";

const idParam = z.object({ id: zId });

/** What Mastodon calls them. "none" is a warning. */
const KINDS = {
  none: "warn",
  sensitive: "sensitive",
  disable: "freeze",
  silence: "limit",
  suspend: "suspend",
} as const;

/** Mastodon's admin API for people of this instance: look, approve, reject, limit, suspend. */
export function adminRoutes(deps: MastodonDeps): Route[] {
  const { staff } = deps.accounts;
  const { decisions } = deps.safety;
  const person = (ctx: SignedIn): { person: Id } => ({ person: ctx.viewer.accountId });

  async function present(row: AdminRow): Promise<Record<string, unknown>> {
    const [account] = await deps.accounts.profiles.get([row.account_id]);
    if (!account) throw notFound();
    return {
      id: row.account_id.toString(),
      username: row.username,
      domain: null,
      created_at: idTime(row.account_id).toISOString(),
      email: row.email,
      ip: row.last_ip,
      ips: row.last_ip ? [{ ip: row.last_ip, used_at: row.created_at.toISOString() }] : [],
      locale: typeof row.preferences["locale"] === "string" ? row.preferences["locale"] : null,
      invite_request: row.reason || null,
      invited_by_account_id: row.invited_by?.toString(),
      role: presentRole(row.role),
      confirmed: row.confirmed,
      approved: row.approved,
      disabled: row.disabled,
      silenced: row.silenced,
      suspended: row.suspended,
      sensitized: account.sensitized,
      account: presentAccount(account, deps.config.publicUrl),
    };
  }

  const act = (verb: string, action: (ctx: SignedIn, id: Id) => Promise<void>): Route =>
    route({
      method: "POST",
      path: `/api/v1/admin/accounts/:id/${verb}`,
      auth: "mod",
      scope: "admin:write:accounts",
      params: idParam,
      async handler(ctx, { params }) {
        const before = await staff.get(params.id);
        await action(ctx, params.id);
        // A rejected registration is gone afterwards: the answer shows what it was.
        return verb === "reject"
          ? present({ ...before, approved: false }).catch(() => ({
              id: params.id.toString(),
              username: before.username,
            }))
          : present(await staff.get(params.id));
      },
    });

  const list = (
    path: string,
    query: z.ZodType<
      {
        status?: string | undefined;
        role?: string | undefined;
        username?: string | undefined;
        email?: string | undefined;
      },
      unknown
    >,
  ): Route =>
    route({
      method: "GET",
      path,
      auth: "mod",
      scope: "admin:read:accounts",
      query: z.intersection(query, z.object(pageQuery(100, 200))),
      async handler(ctx, { query: q }) {
        const rows = await staff.list(
          { status: q.status, role: q.role, username: q.username, email: q.email },
          pageOf(q),
        );
        const header = linkHeader(
          ctx.url,
          deps.config.publicUrl,
          { first: rows[0]?.account_id, last: rows.at(-1)?.account_id },
          rows.length >= q.limit,
        );
        if (header) ctx.headers.set("Link", header);
        return Promise.all(rows.map(present));
      },
    });

  const names = { username: zText(100).optional(), email: zText(300).optional() };
  const STATES = ["active", "pending", "disabled", "silenced", "suspended"] as const;

  return [
    list(
      "/api/v2/admin/accounts",
      z
        .object({
          ...names,
          status: z.enum(STATES).optional(),
          origin: zText(10).optional(),
          permissions: zText(20).optional(),
        })
        .transform((q) => ({
          status: q.status,
          role: q.permissions === "staff" ? "staff" : undefined,
          username: q.username,
          email: q.email,
        })),
    ),
    list(
      "/api/v1/admin/accounts",
      z
        .object({
          ...names,
          active: zBool.optional(),
          pending: zBool.optional(),
          disabled: zBool.optional(),
          silenced: zBool.optional(),
          suspended: zBool.optional(),
          staff: zBool.optional(),
        })
        .transform((q) => ({
          status: STATES.find((s) => q[s] === true),
          role: q.staff ? "staff" : undefined,
          username: q.username,
          email: q.email,
        })),
    ),
    route({
      method: "GET",
      path: "/api/v1/admin/accounts/:id",
      auth: "mod",
      scope: "admin:read:accounts",
      params: idParam,
      handler: async (_ctx, { params }) => present(await staff.get(params.id)),
    }),
    act("approve", (_ctx, id) => staff.approve(id)),
    act("reject", (_ctx, id) => staff.reject(id)),
    act("enable", (ctx, id) => decisions.lift(id, "freeze", person(ctx), "")),
    act("unsilence", (ctx, id) => decisions.lift(id, "limit", person(ctx), "")),
    act("unsuspend", (ctx, id) => decisions.lift(id, "suspend", person(ctx), "")),
    act("unsensitive", (ctx, id) => decisions.lift(id, "sensitive", person(ctx), "")),
    route({
      method: "POST",
      path: "/api/v1/admin/accounts/:id/action",
      auth: "mod",
      scope: "admin:write:accounts",
      params: idParam,
      body: z.object({
        type: z.enum(["none", "sensitive", "disable", "silence", "suspend"]),
        text: zText(5000).optional(),
      }),
      async handler(ctx, { params, body }) {
        await decisions.ensure(params.id, KINDS[body.type], person(ctx), body.text ?? "");
        return {};
      },
    }),
  ];
}
