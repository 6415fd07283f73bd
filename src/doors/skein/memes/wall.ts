import { z } from "zod";
import { zBool, zFile, zId, zInt, zText } from "#platform/http/fields.ts";
import { MAX_ID } from "#platform/ids.ts";
import { AppError } from "#platform/errors.ts";
import { JsonText, route, type SignedIn, type Route } from "#platform/http/route.ts";
import { FORMAT_IDS } from "#shared/meme/formats.ts";
import type { SkeinDeps } from "#doors/skein/deps.ts";
import { langOf, presentEngine, presentMemes } from "./present.ts";

const id = z.object({ id: zId });
const page = { limit: zInt(1, 40).default(20), max_id: zId.optional() };
const visibility = z.enum(["public", "unlisted", "private", "direct"]);
const remixPolicy = z.enum(["anyone", "followers", "none"]);

/** Memes: drafts, publishing, the wall, votes, remixes, and where a picture comes from. */
export function wallRoutes(deps: SkeinDeps): Route[] {
  const { publishing, wall } = deps.memes;

  const one = async (ctx: SignedIn, row: Parameters<typeof presentMemes>[2][number]): Promise<unknown> =>
    (await presentMemes(deps, ctx.viewer.accountId, [row], langOf(ctx.request)))[0];

  return [
    route({
      method: "POST",
      path: "/api/skein/v1/memes",
      auth: "user",
      scope: "write:statuses",
      body: z.object({ variant_id: zId.optional(), document: z.unknown().optional() }),
      handler: async (ctx, { body }) =>
        one(
          ctx,
          await publishing.create(ctx.viewer.accountId, { variantId: body.variant_id, document: body.document }),
        ),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes",
      auth: "user",
      scope: "read:statuses",
      query: z.object(page),
      handler: async (ctx, { query }) =>
        presentMemes(
          deps,
          ctx.viewer.accountId,
          await publishing.own(ctx.viewer.accountId, query.max_id ?? MAX_ID, query.limit),
          langOf(ctx.request),
        ),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/wall",
      auth: "public",
      scope: "read:statuses",
      query: z.object({
        sort: z.enum(["hot", "new", "top"]).default("hot"),
        period: z.enum(["day", "month", "all"]).default("all"),
        format: z.enum(FORMAT_IDS).optional(),
        cursor: zText(60).optional(),
        limit: zInt(1, 40).default(20),
      }),
      async handler(ctx, { query }) {
        const viewerId = ctx.viewer?.accountId ?? null;
        const found = await wall.page(viewerId, {
          ...query,
          format: query.format,
          cursor: query.cursor === "" ? undefined : query.cursor,
        });
        if (found.next !== undefined) {
          const url = new URL(ctx.url.pathname + ctx.url.search, deps.config.publicUrl);
          url.searchParams.set("cursor", found.next);
          ctx.headers.set("Link", `<${url.href}>; rel="next"`);
        }
        return presentMemes(deps, viewerId, found.memes, langOf(ctx.request));
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/leaders",
      auth: "public",
      scope: "read:statuses",
      async handler() {
        const leaders = await wall.leaders(20);
        const accounts = await deps.accountEntities(leaders.map((l) => l.accountId));
        return leaders.flatMap((l) => {
          const account = accounts.get(l.accountId);
          return account
            ? [{ account, memes: l.memes, up: Number(l.up), score: Math.round(l.score * 1000) / 1000 }]
            : [];
        });
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/:id",
      auth: "public",
      scope: "read:statuses",
      params: id,
      async handler(ctx, { params }) {
        const viewerId = ctx.viewer?.accountId ?? null;
        const [meme] = await presentMemes(
          deps,
          viewerId,
          [await publishing.get(viewerId, params.id)],
          langOf(ctx.request),
        );
        return meme;
      },
    }),
    // The editor draws over it; what is published is drawn by the server from its own copy.
    route({
      method: "GET",
      path: "/api/skein/v1/memes/:id/photo",
      auth: "user",
      scope: "read:statuses",
      params: id,
      async handler(ctx, { params }) {
        const { bytes, mime } = await publishing.photo(ctx.viewer.accountId, params.id);
        return new Response(Uint8Array.from(bytes), {
          headers: {
            "Content-Type": mime,
            "Cache-Control": "private, max-age=3600",
            "X-Content-Type-Options": "nosniff",
          },
        });
      },
    }),
    route({
      method: "PUT",
      path: "/api/skein/v1/memes/:id",
      auth: "user",
      scope: "write:statuses",
      params: id,
      body: z.object({ document: z.unknown() }),
      handler: async (ctx, { params, body }) =>
        one(ctx, await publishing.update(ctx.viewer.accountId, params.id, body.document)),
    }),
    route({
      method: "DELETE",
      path: "/api/skein/v1/memes/:id",
      auth: "user",
      scope: "write:statuses",
      params: id,
      async handler(ctx, { params }) {
        await publishing.remove(ctx.viewer.accountId, params.id);
        return {};
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/memes/:id/remixes",
      auth: "public",
      scope: "read:statuses",
      params: id,
      query: z.object(page),
      async handler(ctx, { params, query }) {
        const viewerId = ctx.viewer?.accountId ?? null;
        const rows = await publishing.remixes(viewerId, params.id, query.max_id ?? MAX_ID, query.limit);
        return presentMemes(deps, viewerId, rows, langOf(ctx.request));
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/memes/:id/publish",
      auth: "user",
      scope: "write:statuses",
      rate: "posting",
      params: id,
      body: z.object({
        status: zText(100_000).default(""),
        visibility: visibility.default("public"),
        sensitive: zBool.default(false),
        spoiler_text: zText(1000).default(""),
        alt: zText(3000).optional(),
        remix_policy: remixPolicy.default("anyone"),
      }),
      async handler(ctx, { params, body }) {
        const user = await deps.accounts.profiles.user(ctx.viewer.accountId);
        if (user.moved)
          throw new AppError("forbidden", "This account has moved. Write at the account it moved to.", {
            reason: "moved",
          });
        const { postId } = await publishing.publish({ accountId: ctx.viewer.accountId }, params.id, {
          status: body.status,
          visibility: body.visibility,
          sensitive: body.sensitive,
          spoilerText: body.spoiler_text,
          alt: body.alt,
          remixPolicy: body.remix_policy,
        });
        return new JsonText(await deps.statusEntity(ctx.viewer.accountId, postId));
      },
    }),
    route({
      method: "PUT",
      path: "/api/skein/v1/memes/:id/vote",
      auth: "user",
      scope: "write:favourites",
      params: id,
      body: z.object({
        value: z.preprocess(
          (v) => Number(v),
          z.union([z.literal(1), z.literal(0), z.literal(-1)], { error: "must be 1, 0 or -1" }),
        ),
      }),
      handler: async (ctx, { params, body }) => one(ctx, await wall.vote(ctx.viewer.accountId, params.id, body.value)),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/memes/:id/remix",
      auth: "user",
      scope: "write:statuses",
      params: id,
      body: z.object({ document: z.unknown().optional() }),
      handler: async (ctx, { params, body }) =>
        one(ctx, await publishing.remix(ctx.viewer.accountId, params.id, body.document ?? undefined)),
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/provenance",
      auth: "public",
      query: z.object({ sha256: z.string().regex(/^[0-9a-fA-F]{64}$/, "must be 64 hexadecimal digits") }),
      handler: async (ctx, { query }) =>
        presentProvenance(langOf(ctx.request), await deps.memes.provenance(Buffer.from(query.sha256, "hex"))),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/provenance",
      auth: "public",
      rate: "media",
      maxBody: 25 * 1024 * 1024,
      body: z.object({ image: zFile.optional(), file: zFile.optional() }),
      async handler(ctx, { body }) {
        const file = body.image ?? body.file;
        if (!file)
          throw new AppError("unprocessable", "Validation failed: image has to be a file", {
            details: { image: [{ error: "ERR_BLANK", description: "has to be a file" }] },
          });
        return presentProvenance(
          langOf(ctx.request),
          await deps.memes.inspect(new Uint8Array(await file.arrayBuffer())),
        );
      },
    }),
  ];

  function presentProvenance(
    lang: string,
    found: Awaited<ReturnType<typeof deps.memes.inspect>>,
  ): Record<string, unknown> {
    return {
      known: found.known,
      meme:
        found.memeId === undefined
          ? null
          : { id: found.memeId.toString(), url: `${deps.config.publicUrl}/memes/${found.memeId}` },
      engine:
        found.engine === undefined
          ? null
          : presentEngine({ engine: found.engine.id, engine_kind: found.engine.kind, model: found.engine.model }, lang),
      digital_source_type: found.sourceType ?? null,
      ...(found.manifest
        ? {
            manifest: {
              state: found.manifest.state,
              signer: found.manifest.signer ?? null,
              agent: found.manifest.agent ?? null,
            },
          }
        : {}),
    };
  }
}
