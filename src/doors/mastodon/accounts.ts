import { z } from "zod";
import { AppError, notFound } from "#platform/errors.ts";
import { zBool, zId, zInt, zList, zText } from "#platform/http/fields.ts";
import { pageOf, pageQuery } from "#platform/http/page.ts";
import { JsonText, route, type Route } from "#platform/http/route.ts";
import type { Id } from "#platform/ids.ts";
import { accountList, link, visibleAccount, type MastodonDeps } from "./deps.ts";
import { createAsking } from "./asking.ts";
import { movedTo, presentAccount, type AccountEntity } from "./present/account.ts";

const idParam = z.object({ id: zId });

/** Accounts to look at, to find, and to make. */
export function accountRoutes(deps: MastodonDeps): Route[] {
  const asking = createAsking(deps.clock);

  /** One account, with the one it has moved to. */
  async function whole(id: Id): Promise<AccountEntity> {
    const row = await visibleAccount(deps, id);
    const moved = await movedTo(deps.accounts, [row]);
    return presentAccount(
      row,
      deps.config.publicUrl,
      row.moved_to_id === null ? undefined : moved.get(row.moved_to_id),
    );
  }

  return [
    route({
      method: "GET",
      path: "/api/v1/accounts/search",
      auth: "user",
      scope: "read:accounts",
      rate: "search",
      query: z.object({
        q: zText(500),
        limit: pageQuery(40, 80).limit,
        offset: zInt(0, 10_000).default(0),
        resolve: zBool.optional(),
        following: zBool.default(false),
      }),
      async handler({ viewer }, { query }) {
        const q = query.q
          .trim()
          .replace(/^@/, "")
          .replace(new RegExp(`@${RegExp.escape(deps.config.domain)}$`, "i"), "");
        if (q === "") return [];
        return accountList(deps, await deps.accounts.search(viewer.accountId, q, query));
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/accounts/lookup",
      auth: "public",
      scope: "read:accounts",
      query: z.object({ acct: zText(200) }),
      async handler(_ctx, { query }) {
        const [username = "", domain] = query.acct.replace(/^@/, "").split("@");
        const local = domain === undefined || domain.toLowerCase() === deps.config.domain.toLowerCase();
        const id = await deps.accounts.profiles.byHandle(username, local ? null : domain.toLowerCase());
        if (id === undefined) throw notFound();
        return whole(id);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/accounts",
      auth: "public",
      query: z.object({ id: zList(zId, 80) }),
      handler: (_ctx, { query }) => accountList(deps, query.id),
    }),
    route({
      method: "GET",
      path: "/api/v1/accounts/:id",
      auth: "public",
      scope: "read:accounts",
      params: idParam,
      handler: (_ctx, { params }) => whole(params.id),
    }),
    route({
      method: "GET",
      path: "/api/v1/accounts/:id/statuses",
      auth: "public",
      scope: "read:statuses",
      params: idParam,
      query: z.object({
        ...pageQuery(20, 40),
        only_media: zBool.default(false),
        exclude_replies: zBool.default(false),
        exclude_reblogs: zBool.default(false),
        pinned: zBool.default(false),
        tagged: zText(100).optional(),
      }),
      async handler(ctx, { params, query }) {
        const account = await visibleAccount(deps, params.id);
        if (account.suspended) return [];
        const viewerId = ctx.viewer?.accountId ?? null;
        if (query.pinned)
          return new JsonText(await deps.present.list(viewerId, await deps.posts.views.pinned(viewerId, account.id)));
        const cards = await deps.posts.views.ofAccount(viewerId, account.id, pageOf(query), {
          media: query.only_media,
          replies: !query.exclude_replies,
          boosts: !query.exclude_reblogs,
          tag: query.tagged ? query.tagged.replace(/^#/, "").normalize("NFKC").toLowerCase() : null,
        });
        // A profile that nobody here has read before: its past is fetched for the next look.
        if (cards.length === 0 && account.domain !== null && ctx.viewer && asking.due(account.id))
          await deps.federation.backfill(account.id);
        link(ctx, deps, cards, query.limit);
        return new JsonText(await deps.present.list(viewerId, cards));
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/accounts/:id/featured_tags",
      auth: "public",
      params: idParam,
      handler: async () => [],
    }),
    route({
      method: "GET",
      path: "/api/v1/accounts/:id/lists",
      auth: "user",
      scope: "read:lists",
      params: idParam,
      handler: async () => [],
    }),
    route({
      method: "GET",
      path: "/api/v1/accounts/:id/identity_proofs",
      auth: "public",
      params: idParam,
      handler: async () => [],
    }),
    route({
      method: "GET",
      path: "/api/v1/directory",
      auth: "public",
      query: z.object({
        limit: pageQuery(40, 80).limit,
        offset: zInt(0, 10_000).default(0),
        order: z.enum(["active", "new"]).default("active"),
        local: zBool.optional(),
      }),
      handler: async (ctx, { query }) =>
        accountList(
          deps,
          await deps.accounts.directory(
            { newest: query.order === "new", limit: query.limit, offset: query.offset },
            ctx.viewer?.accountId ?? null,
          ),
        ),
    }),
    ...(["v1", "v2"] as const).map((version) =>
      route({
        method: "GET",
        path: `/api/${version}/suggestions`,
        auth: "user",
        scope: "read",
        query: z.object({ limit: pageQuery(40, 80).limit }),
        async handler({ viewer }, { query }) {
          const rows = await deps.accounts.profiles.get(await deps.accounts.suggestions(viewer.accountId, query.limit));
          const entities = rows.map((r) => presentAccount(r, deps.config.publicUrl));
          return version === "v1"
            ? entities
            : entities.map((account) => ({ source: "global", sources: ["most_followed"], account }));
        },
      }),
    ),
    route({
      method: "POST",
      path: "/api/v1/accounts",
      auth: "app",
      scope: "write:accounts",
      rate: "signup",
      body: z.object({
        username: zText(100).default(""),
        email: zText(300).default(""),
        password: zText(1000).default(""),
        agreement: zBool.default(false),
        locale: zText(10).optional(),
        reason: zText(2000).optional(),
        invite_code: zText(100).optional(),
      }),
      async handler(ctx, { body }) {
        if (!ctx.app) throw new AppError("forbidden", "This method requires an application's own token");
        const { accountId } = await deps.accounts.signUp.signUp({ ...body, invite: body.invite_code, ip: ctx.ip });
        const token = await deps.accounts.oauth.issue(accountId, ctx.app.appId, [...ctx.app.scopes]);
        return {
          access_token: token.token,
          token_type: "Bearer",
          scope: token.scopes.join(" "),
          created_at: Math.floor(token.createdAt.getTime() / 1000),
        };
      },
    }),
  ];
}
