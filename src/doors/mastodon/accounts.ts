import { z } from "zod";
import { exclusivePictures } from "./pictures.ts";
import { AppError, notFound } from "#platform/errors.ts";
import { zBool, zFile, zId, zInt, zList, zText } from "#platform/http/fields.ts";
import { linkHeader, pageOf, pageQuery, type PageQuery } from "#platform/http/page.ts";
import { JsonText, route, type Context, type Route } from "#platform/http/route.ts";
import type { Id } from "#platform/ids.ts";
import type { AccountRow, EdgeRow, PeopleList } from "#modules/accounts/index.ts";
import { accountList, type MastodonDeps } from "./deps.ts";
import {
  presentAccount,
  presentCredentialAccount,
  presentRelationship,
  type AccountEntity,
} from "./present/account.ts";

const idParam = z.object({ id: zId });

/** One account the viewer may look at. */
async function visible(deps: MastodonDeps, id: Id): Promise<AccountRow> {
  const [row] = await deps.accounts.profiles.get([id]);
  if (!row) throw notFound();
  return row;
}

export async function relationshipOf(deps: MastodonDeps, viewerId: Id, id: Id): Promise<Record<string, unknown>> {
  const [row] = await deps.accounts.relations.relationships(viewerId, [id]);
  if (!row) throw notFound();
  return presentRelationship(row);
}

export async function credentialAccount(deps: MastodonDeps, accountId: Id): Promise<AccountEntity> {
  const [row] = await deps.accounts.profiles.get([accountId]);
  if (!row) throw notFound();
  const preferences = await deps.accounts.profiles.preferences(accountId);
  const requests = await deps.accounts.relations.list("requests", accountId, pageOf({ limit: 100 }), null);
  return presentCredentialAccount(row, preferences, requests.length, deps.config.publicUrl);
}

/** Sets the `Link` header of a list that is paged by the rows' own ids. */
export function link(ctx: Context, deps: MastodonDeps, rows: readonly { edge: Id }[], limit: number): void {
  const header = linkHeader(
    ctx.url,
    deps.config.publicUrl,
    { first: rows[0]?.edge, last: rows.at(-1)?.edge },
    rows.length >= limit,
  );
  if (header) ctx.headers.set("Link", header);
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

const fieldsAttributes = z
  .preprocess(
    (v) => (v && typeof v === "object" && !Array.isArray(v) ? Object.values(v) : v),
    z.array(z.object({ name: zText(255).default(""), value: zText(255).default("") })).max(20),
  )
  .optional();

export const profileBody = z.object({
  display_name: zText(200).optional(),
  note: zText(5000).optional(),
  avatar: z.union([zFile, z.literal("")]).optional(),
  header: z.union([zFile, z.literal("")]).optional(),
  avatar_description: zText(1500).optional(),
  header_description: zText(1500).optional(),
  locked: zBool.optional(),
  bot: zBool.optional(),
  discoverable: zBool.optional(),
  indexable: zBool.optional(),
  noindex: zBool.optional(),
  hide_collections: zBool.optional(),
  fields_attributes: fieldsAttributes,
  source: z
    .object({
      privacy: z.enum(["public", "unlisted", "private", "direct"]).optional(),
      sensitive: zBool.optional(),
      language: zText(10).nullable().optional(),
      quote_policy: z.enum(["public", "followers", "nobody"]).optional(),
    })
    .optional(),
});
export type ProfileBody = z.output<typeof profileBody>;

/** Changes profile and posting defaults of the viewer. */
export async function updateProfile(deps: MastodonDeps, accountId: Id, body: ProfileBody): Promise<AccountEntity> {
  const { source, fields_attributes, avatar, header, avatar_description, header_description, ...rest } = body;
  await exclusivePictures(deps, accountId, { avatar, header, avatar_description, header_description }, (pictures) =>
    deps.accounts.profiles.update(accountId, {
      ...rest,
      ...pictures,
      ...(fields_attributes ? { fields: fields_attributes } : {}),
    }),
  );
  if (source) {
    await deps.accounts.profiles.setPreferences(accountId, {
      ...(source.privacy === undefined ? {} : { posting_visibility: source.privacy }),
      ...(source.sensitive === undefined ? {} : { posting_sensitive: source.sensitive }),
      ...(source.language === undefined ? {} : { posting_language: source.language || null }),
      ...(source.quote_policy === undefined ? {} : { posting_quote_policy: source.quote_policy }),
    });
  }
  return credentialAccount(deps, accountId);
}

export function accountRoutes(deps: MastodonDeps): Route[] {
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
        const account = await visible(deps, params.id);
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
      path: "/api/v1/accounts/verify_credentials",
      auth: "user",
      scope: ["read:accounts", "profile"],
      handler: ({ viewer }) => credentialAccount(deps, viewer.accountId),
    }),
    route({
      method: "PATCH",
      path: "/api/v1/accounts/update_credentials",
      auth: "user",
      scope: "write:accounts",
      body: profileBody,
      maxBody: 36 * 1024 * 1024,
      handler: ({ viewer }, { body }) => updateProfile(deps, viewer.accountId, body),
    }),
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
        const id = await deps.accounts.profiles.byHandle(username, local ? null : domain);
        if (id === undefined) throw notFound();
        return presentAccount(await visible(deps, id), deps.config.publicUrl);
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
      handler: async (_ctx, { params }) => presentAccount(await visible(deps, params.id), deps.config.publicUrl),
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
        const account = await visible(deps, params.id);
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
        link(ctx, deps, cards, query.limit);
        return new JsonText(await deps.present.list(viewerId, cards));
      },
    }),
    ofAccount("followers"),
    ofAccount("following"),
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
        const { accountId } = await deps.accounts.signUp.signUp({ ...body, invite: body.invite_code });
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
