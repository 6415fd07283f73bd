import { z } from "zod";
import { notFound } from "#platform/errors.ts";
import { zBool, zId, zInt, zList, zText } from "#platform/http/fields.ts";
import { pageOf, pageQuery, type PageQuery } from "#platform/http/page.ts";
import { route, type Context, type JsonText, type Route } from "#platform/http/route.ts";
import type { Id } from "#platform/ids.ts";
import type { EdgeRow, PeopleList } from "#modules/accounts/index.ts";
import { accountList, link, visibleAccount, type MastodonDeps } from "./deps.ts";
import { presentAccount, presentRelationship } from "./present/account.ts";

const idParam = z.object({ id: zId });

async function relationshipOf(deps: MastodonDeps, viewerId: Id, id: Id): Promise<Record<string, unknown>> {
  const [row] = await deps.accounts.relations.relationships(viewerId, [id]);
  if (!row) throw notFound();
  return presentRelationship(row);
}

async function people(
  ctx: Context,
  deps: MastodonDeps,
  kind: PeopleList,
  accountId: Id,
  query: PageQuery,
): Promise<JsonText> {
  const rows: EdgeRow[] = await deps.accounts.relations.list(
    kind,
    accountId,
    pageOf(query),
    ctx.viewer?.accountId ?? null,
  );
  link(ctx, deps, rows, query.limit);
  return accountList(
    deps,
    rows.map((r) => r.account_id),
  );
}

/** Who follows, blocks, mutes and recommends whom, and the lists of it. */
export function relationRoutes(deps: MastodonDeps): Route[] {
  const { relations } = deps.accounts;

  /** A route that changes a relationship and answers with it. */
  const relate = (verb: string, scope: string, action: (viewerId: Id, id: Id) => Promise<void>): Route =>
    route({
      method: "POST",
      path: `/api/v1/accounts/:id/${verb}`,
      auth: "user",
      scope,
      params: idParam,
      async handler({ viewer }, { params }) {
        await action(viewer.accountId, params.id);
        return relationshipOf(deps, viewer.accountId, params.id);
      },
    });

  const list = (path: string, kind: PeopleList, scope: string): Route =>
    route({
      method: "GET",
      path,
      auth: "user",
      scope,
      query: z.object(pageQuery(40, 80)),
      handler: (ctx, { query }) => people(ctx, deps, kind, ctx.viewer.accountId, query),
    });

  const ofAccount = (kind: "followers" | "following"): Route =>
    route({
      method: "GET",
      path: `/api/v1/accounts/:id/${kind}`,
      auth: "public",
      scope: "read:accounts",
      params: idParam,
      query: z.object(pageQuery(40, 80)),
      async handler(ctx, { params, query }) {
        const account = await visibleAccount(deps, params.id);
        const viewerId = ctx.viewer?.accountId;
        if (account.suspended) throw notFound();
        if (account.hide_collections && viewerId !== account.id) return [];
        if (viewerId !== undefined && viewerId !== account.id) {
          const [relation] = await relations.relationships(viewerId, [account.id]);
          if (relation?.blocked_by) return [];
        }
        return people(ctx, deps, kind, account.id, query);
      },
    });

  return [
    route({
      method: "GET",
      path: "/api/v1/accounts/relationships",
      auth: "user",
      scope: "read:follows",
      query: z.object({ id: zList(zId, 200), with_suspended: zBool.optional() }),
      handler: async ({ viewer }, { query }) =>
        (await relations.relationships(viewer.accountId, query.id)).map(presentRelationship),
    }),
    route({
      method: "GET",
      path: "/api/v1/accounts/familiar_followers",
      auth: "user",
      scope: "read:follows",
      query: z.object({ id: zList(zId, 40) }),
      async handler({ viewer }, { query }) {
        const found = await relations.familiarFollowers(viewer.accountId, query.id);
        return Promise.all(
          query.id.map(async (id) => ({
            id: id.toString(),
            accounts: (await deps.accounts.profiles.get(found.get(id) ?? [])).map((a) =>
              presentAccount(a, deps.config.publicUrl),
            ),
          })),
        );
      },
    }),
    ofAccount("followers"),
    ofAccount("following"),
    route({
      method: "POST",
      path: "/api/v1/accounts/:id/follow",
      auth: "user",
      scope: "write:follows",
      params: idParam,
      body: z.object({
        reblogs: zBool.optional(),
        notify: zBool.optional(),
        languages: z.union([zList(zText(10), 50), z.null()]).optional(),
      }),
      async handler({ viewer }, { params, body }) {
        await relations.follow(viewer.accountId, params.id, {
          reblogs: body.reblogs,
          notify: body.notify,
          languages: body.languages,
        });
        return relationshipOf(deps, viewer.accountId, params.id);
      },
    }),
    relate("unfollow", "write:follows", (v, id) => relations.unfollow(v, id)),
    relate("remove_from_followers", "write:follows", (v, id) => relations.removeFollower(v, id)),
    relate("block", "write:blocks", (v, id) => relations.block(v, id)),
    relate("unblock", "write:blocks", (v, id) => relations.unblock(v, id)),
    route({
      method: "POST",
      path: "/api/v1/accounts/:id/mute",
      auth: "user",
      scope: "write:mutes",
      params: idParam,
      body: z.object({ notifications: zBool.default(true), duration: zInt(0, 10 * 365 * 86_400).default(0) }),
      async handler({ viewer }, { params, body }) {
        await relations.mute(viewer.accountId, params.id, body);
        return relationshipOf(deps, viewer.accountId, params.id);
      },
    }),
    relate("unmute", "write:mutes", (v, id) => relations.unmute(v, id)),
    relate("pin", "write:accounts", (v, id) => relations.endorse(v, id)),
    relate("unpin", "write:accounts", (v, id) => relations.unendorse(v, id)),
    relate("endorse", "write:accounts", (v, id) => relations.endorse(v, id)),
    relate("unendorse", "write:accounts", (v, id) => relations.unendorse(v, id)),
    route({
      method: "POST",
      path: "/api/v1/accounts/:id/note",
      auth: "user",
      scope: "write:accounts",
      params: idParam,
      body: z.object({ comment: zText(2000).default("") }),
      async handler({ viewer }, { params, body }) {
        await relations.note(viewer.accountId, params.id, body.comment);
        return relationshipOf(deps, viewer.accountId, params.id);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/accounts/:id/endorsements",
      auth: "public",
      params: idParam,
      query: z.object({ limit: pageQuery(40, 80).limit }),
      handler: async (_ctx, { params, query }) =>
        accountList(
          deps,
          (await relations.endorsed(params.id, query.limit)).map((r) => r.account_id),
        ),
    }),
    route({
      method: "GET",
      path: "/api/v1/endorsements",
      auth: "user",
      scope: "read:accounts",
      handler: async ({ viewer }) =>
        accountList(
          deps,
          (await relations.endorsed(viewer.accountId, 80)).map((r) => r.account_id),
        ),
    }),
    list("/api/v1/follow_requests", "requests", "read:follows"),
    list("/api/v1/blocks", "blocked", "read:blocks"),
    route({
      method: "GET",
      path: "/api/v1/mutes",
      auth: "user",
      scope: "read:mutes",
      query: z.object(pageQuery(40, 80)),
      async handler(ctx, { query }) {
        const rows = await relations.list("muted", ctx.viewer.accountId, pageOf(query), null);
        link(ctx, deps, rows, query.limit);
        const ids = rows.map((r) => r.account_id);
        const expiries = await relations.muteExpiries(ctx.viewer.accountId, ids);
        const accounts = await deps.accounts.profiles.get(ids);
        return accounts.map((a) => ({
          ...presentAccount(a, deps.config.publicUrl),
          mute_expires_at: expiries.get(a.id)?.toISOString() ?? null,
        }));
      },
    }),
    ...(["authorize", "reject"] as const).map((verb) =>
      route({
        method: "POST",
        path: `/api/v1/follow_requests/:id/${verb}`,
        auth: "user",
        scope: "write:follows",
        params: idParam,
        async handler({ viewer }, { params }) {
          if (verb === "authorize") await relations.acceptRequest(viewer.accountId, params.id);
          else await relations.rejectRequest(viewer.accountId, params.id);
          return relationshipOf(deps, viewer.accountId, params.id);
        },
      }),
    ),
  ];
}
