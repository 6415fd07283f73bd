import { z } from "zod";
import { AppError, notFound } from "#platform/errors.ts";
import { zBool, zFocus, zId, zInt, zList, zText } from "#platform/http/fields.ts";
import { pageOf, pageQuery } from "#platform/http/page.ts";
import { JsonText, route, type Route, type SignedIn } from "#platform/http/route.ts";
import { DEFAULT_PREFERENCES, type Preferences } from "#modules/accounts/index.ts";
import type { Id } from "#platform/ids.ts";
import { absoluteMedia, type MediaJson } from "#modules/media/index.ts";
import { postTime, type Author, type MediaChange, type NewPoll, type Visibility } from "#modules/posts/index.ts";
import { createAsking } from "./asking.ts";
import { accountList, link, statusText, type MastodonDeps } from "./deps.ts";
import { presentAccount } from "./present/account.ts";
import { presentPoll } from "./present/status.ts";

const idParam = z.object({ id: zId });
const visibility = z.enum(["public", "unlisted", "private", "direct"]);

const pollBody = z
  .object({
    options: zList(zText(1000), 50),
    expires_in: zInt(0, 1_000_000_000),
    multiple: zBool.default(false),
    hide_totals: zBool.default(false),
  })
  .transform((p): NewPoll => ({
    options: p.options,
    expiresIn: p.expires_in,
    multiple: p.multiple,
    hideTotals: p.hide_totals,
  }));

const mediaAttributes = zList(z.object({ id: zId, description: zText(1500).optional(), focus: zFocus.optional() }), 40);

const textFields = {
  status: zText(200_000).optional(),
  spoiler_text: zText(5000).optional(),
  sensitive: zBool.optional(),
  language: zText(20).nullable().optional(),
  media_ids: zList(zId, 50),
  media_attributes: mediaAttributes,
  poll: pollBody.nullable().optional(),
  quote_approval_policy: z.enum(["public", "followers", "nobody"]).optional(),
  /** Ours: who may answer. */
  reply_policy: z.enum(["public", "followers", "following", "mentioned"]).optional(),
};

const newStatus = z.object({
  ...textFields,
  in_reply_to_id: zId.nullable().optional(),
  visibility: visibility.optional(),
  quoted_status_id: zId.nullable().optional(),
  quote_id: zId.nullable().optional(),
  allowed_mentions: z.union([z.undefined(), zList(zId, 100)]),
  scheduled_at: zText(40).nullable().optional(),
});

async function authorOf(deps: MastodonDeps, ctx: SignedIn): Promise<Author> {
  const app = ctx.viewer.appId === undefined ? undefined : await deps.accounts.oauth.app(ctx.viewer.appId);
  return { accountId: ctx.viewer.accountId, app: app ? { name: app.name, website: app.website } : undefined };
}

async function answer(deps: MastodonDeps, viewerId: Id | null, id: Id): Promise<JsonText> {
  const text = await statusText(deps, viewerId, id);
  if (!text) throw notFound();
  return text;
}

const changesOf = (list: z.output<typeof mediaAttributes>): MediaChange[] =>
  list.map((m) => ({ id: m.id, description: m.description, focus: m.focus }));

export function statusRoutes(deps: MastodonDeps): Route[] {
  const { posts } = deps;
  const asking = createAsking(deps.clock);

  /** A route that marks a post for the viewer and answers with it. */
  const mark = (verb: string, scope: string, action: (viewerId: Id, id: Id) => Promise<Id>): Route =>
    route({
      method: "POST",
      path: `/api/v1/statuses/:id/${verb}`,
      auth: "user",
      scope,
      params: idParam,
      handler: async ({ viewer }, { params }) =>
        answer(deps, viewer.accountId, await action(viewer.accountId, params.id)),
    });

  const peopleOf = (path: string, list: typeof posts.views.favouritedBy): Route =>
    route({
      method: "GET",
      path,
      auth: "public",
      scope: "read:accounts",
      params: idParam,
      query: z.object(pageQuery(40, 80)),
      async handler(ctx, { params, query }) {
        const viewerId = ctx.viewer?.accountId ?? null;
        if (!(await posts.views.get(viewerId, params.id))) throw notFound();
        const rows = await list(viewerId, params.id, pageOf(query));
        link(ctx, deps, rows, query.limit);
        return accountList(
          deps,
          rows.map((r) => r.account_id),
        );
      },
    });

  return [
    route({
      method: "POST",
      path: "/api/v1/statuses",
      auth: "user",
      scope: "write:statuses",
      rate: "posting",
      body: newStatus,
      async handler(ctx, { body }) {
        if (body.scheduled_at)
          throw new AppError("unprocessable", "Validation failed: Scheduled posts are not available on this server");
        const user = await deps.accounts.profiles.user(ctx.viewer.accountId);
        if (user.moved)
          throw new AppError("forbidden", "This account has moved. Write at the account it moved to.", {
            reason: "moved",
          });
        const preferences: Preferences = { ...DEFAULT_PREFERENCES, ...user.preferences };
        const author = await authorOf(deps, ctx);
        try {
          const { id } = await posts.create(author, {
            text: body.status ?? "",
            spoilerText: body.spoiler_text,
            visibility: body.visibility ?? preferences.posting_visibility,
            sensitive: body.sensitive ?? (body.media_ids.length > 0 && preferences.posting_sensitive),
            language: body.language ?? preferences.posting_language ?? preferences.locale ?? "en",
            inReplyToId: body.in_reply_to_id ?? undefined,
            quotedId: body.quoted_status_id ?? body.quote_id ?? undefined,
            quotePolicy: body.quote_approval_policy ?? preferences.posting_quote_policy,
            replyPolicy: body.reply_policy,
            mediaIds: body.media_ids,
            mediaChanges: changesOf(body.media_attributes),
            poll: body.poll ?? undefined,
            idempotencyKey: ctx.request.headers.get("idempotency-key") ?? undefined,
            // An empty list means "nobody", an absent field means "anyone".
            allowedMentions: body.allowed_mentions,
          });
          return await answer(deps, ctx.viewer.accountId, id);
        } catch (error) {
          if (
            error instanceof AppError &&
            error.reason === "unexpected_mentions" &&
            Array.isArray(error.extra?.["unexpected_accounts"])
          ) {
            const rows = await deps.accounts.profiles.get(
              error.extra["unexpected_accounts"].map((id) => BigInt(String(id))),
            );
            throw new AppError("unprocessable", error.message, {
              extra: { unexpected_accounts: rows.map((r) => presentAccount(r, deps.config.publicUrl)) },
            });
          }
          throw error;
        }
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/statuses",
      auth: "public",
      scope: "read:statuses",
      query: z.object({ id: zList(zId, 80) }),
      async handler(ctx, { query }) {
        const viewerId = ctx.viewer?.accountId ?? null;
        return new JsonText(await deps.present.list(viewerId, await posts.views.cards(viewerId, query.id)));
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/statuses/:id",
      auth: "public",
      scope: "read:statuses",
      params: idParam,
      handler: (ctx, { params }) => answer(deps, ctx.viewer?.accountId ?? null, params.id),
    }),
    route({
      method: "PUT",
      path: "/api/v1/statuses/:id",
      auth: "user",
      scope: "write:statuses",
      rate: "posting",
      params: idParam,
      body: z.object({ ...textFields, media_ids: zList(zId, 50) }),
      async handler(ctx, { params, body }) {
        const before = await posts.views.get(ctx.viewer.accountId, params.id);
        if (!before || before.account_id !== ctx.viewer.accountId) throw notFound();
        await posts.edit(await authorOf(deps, ctx), params.id, {
          text: body.status ?? before.text,
          spoilerText: body.spoiler_text ?? "",
          sensitive: body.sensitive ?? false,
          language: body.language === undefined ? undefined : body.language,
          mediaIds: body.media_ids,
          mediaChanges: changesOf(body.media_attributes),
          poll: body.poll ?? undefined,
          quotePolicy: body.quote_approval_policy,
        });
        return answer(deps, ctx.viewer.accountId, params.id);
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/statuses/:id",
      auth: "user",
      scope: "write:statuses",
      rate: "deleting",
      params: idParam,
      query: z.object({ delete_media: zBool.optional() }),
      async handler(ctx, { params }) {
        const shown = await statusText(deps, ctx.viewer.accountId, params.id);
        const { post, poll } = await posts.remove(await authorOf(deps, ctx), params.id);
        const entity: Record<string, unknown> = shown ? JSON.parse(shown.text) : { id: post.id.toString() };
        delete entity["content"];
        return {
          ...entity,
          text: post.text,
          ...(poll ? { poll: presentPoll({ ...poll, ownVotes: [] }, ctx.viewer.accountId) } : {}),
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/statuses/:id/context",
      auth: "public",
      scope: "read:statuses",
      params: idParam,
      async handler(ctx, { params }) {
        const viewerId = ctx.viewer?.accountId ?? null;
        const post = await posts.views.get(viewerId, params.id);
        if (!post) throw notFound();
        // Its origin knows of answers that were never sent here: they are there at the next look.
        if (post.uri !== null && ctx.viewer && asking.due(post.id)) await deps.federation.answers(post.id);
        const { ancestors, descendants } = await posts.views.thread(viewerId, params.id);
        const cards = new Map(
          (await posts.views.cards(viewerId, [...ancestors, ...descendants])).map((c) => [c.id, c]),
        );
        const text = (ids: Id[]): Promise<string> =>
          deps.present.list(
            viewerId,
            ids.flatMap((id) => cards.get(id) ?? []),
          );
        return new JsonText(`{"ancestors":${await text(ancestors)},"descendants":${await text(descendants)}}`);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/statuses/:id/history",
      auth: "public",
      scope: "read:statuses",
      params: idParam,
      async handler(ctx, { params }) {
        const post = await posts.views.get(ctx.viewer?.accountId ?? null, params.id);
        if (!post) throw notFound();
        const [author] = await deps.accounts.profiles.get([post.account_id]);
        if (!author) throw notFound();
        const account = presentAccount(author, deps.config.publicUrl);
        const edits = await posts.views.edits(post.id);
        const [poll] = [...(post.has_poll ? await posts.views.polls(null, [post.id]) : new Map()).values()];
        const versions = [
          ...edits,
          {
            at: post.edited_at ?? postTime(post.id),
            content: post.content,
            spoiler_text: post.spoiler_text,
            sensitive: post.sensitive,
            media: post.media,
            poll_options: poll?.options ?? null,
          },
        ];
        return versions.map((v) => ({
          content: v.content,
          spoiler_text: v.spoiler_text,
          sensitive: v.sensitive,
          created_at: v.at.toISOString(),
          account,
          media_attachments: v.media.map((m) => absoluteMedia(m as MediaJson, deps.config.publicUrl)),
          emojis: [],
          quote: null,
          ...(v.poll_options ? { poll: { options: v.poll_options.map((title: string) => ({ title })) } } : {}),
        }));
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/statuses/:id/source",
      auth: "user",
      scope: "read:statuses",
      params: idParam,
      async handler({ viewer }, { params }) {
        const post = await posts.views.get(viewer.accountId, params.id);
        if (!post) throw notFound();
        return { id: post.id.toString(), text: post.text, spoiler_text: post.spoiler_text };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/statuses/:id/reblog",
      auth: "user",
      scope: "write:statuses",
      rate: "posting",
      params: idParam,
      body: z.object({ visibility: visibility.exclude(["direct"]).optional() }),
      async handler(ctx, { params, body }) {
        const wanted: Visibility | undefined = body.visibility;
        const { id } = await posts.boost(await authorOf(deps, ctx), params.id, wanted);
        return answer(deps, ctx.viewer.accountId, id);
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/statuses/:id/unreblog",
      auth: "user",
      scope: "write:statuses",
      params: idParam,
      handler: async (ctx, { params }) =>
        answer(deps, ctx.viewer.accountId, await posts.unboost(await authorOf(deps, ctx), params.id)),
    }),
    mark("favourite", "write:favourites", (v, id) => posts.favourite(v, id)),
    mark("unfavourite", "write:favourites", (v, id) => posts.unfavourite(v, id)),
    mark("bookmark", "write:bookmarks", (v, id) => posts.bookmark(v, id)),
    mark("unbookmark", "write:bookmarks", (v, id) => posts.unbookmark(v, id)),
    mark("mute", "write:mutes", (v, id) => posts.mute(v, id)),
    mark("unmute", "write:mutes", (v, id) => posts.unmute(v, id)),
    mark("pin", "write:accounts", (v, id) => posts.pin(v, id)),
    mark("unpin", "write:accounts", (v, id) => posts.unpin(v, id)),
    peopleOf("/api/v1/statuses/:id/favourited_by", posts.views.favouritedBy),
    peopleOf("/api/v1/statuses/:id/reblogged_by", posts.views.boostedBy),
    route({
      method: "GET",
      path: "/api/v1/statuses/:id/quotes",
      auth: "public",
      scope: "read:statuses",
      params: idParam,
      query: z.object(pageQuery(20, 40)),
      async handler(ctx, { params, query }) {
        const viewerId = ctx.viewer?.accountId ?? null;
        if (!(await posts.views.get(viewerId, params.id))) throw notFound();
        const cards = await posts.views.quotes(viewerId, params.id, pageOf(query));
        link(ctx, deps, cards, query.limit);
        return new JsonText(await deps.present.list(viewerId, cards));
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/statuses/:id/quotes/:quoting/revoke",
      auth: "user",
      scope: "write:statuses",
      params: z.object({ id: zId, quoting: zId }),
      async handler(ctx, { params }) {
        await posts.revokeQuote(await authorOf(deps, ctx), params.id, params.quoting);
        return answer(deps, ctx.viewer.accountId, params.quoting);
      },
    }),
    route({
      method: "PUT",
      path: "/api/v1/statuses/:id/interaction_policy",
      auth: "user",
      scope: "write:statuses",
      params: idParam,
      body: z.object({ quote_approval_policy: z.enum(["public", "followers", "nobody"]).default("nobody") }),
      async handler(ctx, { params, body }) {
        await posts.setQuotePolicy(await authorOf(deps, ctx), params.id, body.quote_approval_policy);
        return answer(deps, ctx.viewer.accountId, params.id);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/polls/:id",
      auth: "public",
      scope: "read:statuses",
      params: idParam,
      async handler(ctx, { params }) {
        const viewerId = ctx.viewer?.accountId ?? null;
        const seen = await posts.views.get(viewerId, params.id);
        const poll = seen && (await posts.views.polls(viewerId, [params.id])).get(params.id);
        if (!poll) throw notFound();
        return presentPoll(poll, viewerId);
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/polls/:id/votes",
      auth: "user",
      scope: "write:statuses",
      params: idParam,
      body: z.object({ choices: zList(zInt(0, 100), 50) }),
      async handler({ viewer }, { params, body }) {
        await posts.vote(viewer.accountId, params.id, body.choices);
        const poll = (await posts.views.polls(viewer.accountId, [params.id])).get(params.id);
        if (!poll) throw notFound();
        return presentPoll(poll, viewer.accountId);
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/statuses/:id/translate",
      auth: "user",
      scope: "read:statuses",
      params: idParam,
      async handler() {
        // `configuration.translation.enabled` is false: clients do not offer it, and who calls it all the same learns why.
        throw new AppError("forbidden", "Translation is not available on this server");
      },
    }),
  ];
}
