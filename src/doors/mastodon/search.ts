import { z } from "zod";
import { zBool, zId, zInt, zText } from "#platform/http/fields.ts";
import { pageOf, pageQuery } from "#platform/http/page.ts";
import { JsonText, route, type Route } from "#platform/http/route.ts";
import { parseId } from "#platform/ids.ts";
import { tagName } from "#platform/text/format.ts";
import type { SearchQuery } from "#modules/posts/index.ts";
import type { MastodonDeps } from "./deps.ts";
import { presentTag } from "./present/tag.ts";

/** Words and operators of a search: `from:name has:media has:poll before:2026-01-31 after:… during:… language:de`. */
export function parseSearch(q: string): {
  words: string;
  from: string | undefined;
  filters: Omit<SearchQuery, "words" | "account">;
} {
  const words: string[] = [];
  let from: string | undefined;
  const filters: Omit<SearchQuery, "words" | "account"> = { media: false, poll: false, language: undefined };
  const day = (text: string): Date | undefined => {
    const at = new Date(`${text}T00:00:00Z`);
    return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at.getTime()) ? at : undefined;
  };
  const next = (d: Date): Date => new Date(d.getTime() + 86_400_000);
  for (const word of q.split(/\s+/)) {
    const [, key = "", value = ""] = /^(from|has|before|after|during|language):(.+)$/i.exec(word) ?? [];
    const at = day(value);
    switch (key.toLowerCase()) {
      case "from":
        from = value.replace(/^@/, "");
        break;
      case "has":
        if (value === "media" || value === "image") filters.media = true;
        else if (value === "poll") filters.poll = true;
        break;
      case "language":
        filters.language = value;
        break;
      case "before":
        if (at) filters.before = at;
        break;
      case "after":
        if (at) filters.after = next(at);
        break;
      case "during":
        if (at) Object.assign(filters, { after: at, before: next(at) });
        break;
      default:
        words.push(word);
    }
  }
  return { words: words.join(" ").trim(), from, filters };
}

export function searchRoutes(deps: MastodonDeps): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v2/search",
      auth: "public",
      scope: "read:search",
      rate: "search",
      query: z.object({
        ...pageQuery(20, 40),
        q: zText(500),
        type: z.enum(["accounts", "hashtags", "statuses"]).optional(),
        offset: zInt(0, 1000).default(0),
        account_id: zId.optional(),
        following: zBool.default(false),
        resolve: zBool.optional(),
        exclude_unreviewed: zBool.optional(),
      }),
      async handler(ctx, { query }) {
        const viewerId = ctx.viewer?.accountId ?? null;
        const q = query.q.trim();
        const wants = (type: string): boolean => q !== "" && (query.type === undefined || query.type === type);
        const parsed = parseSearch(q);
        const local = new RegExp(`@${RegExp.escape(deps.config.domain)}$`, "i");

        const resolved = await resolve(deps, q, query.resolve === true && viewerId !== null);
        let accounts: string[] = [];
        if (resolved?.kind === "account" && wants("accounts") && query.offset === 0)
          accounts = await deps.present.accounts([resolved.id]);
        else if (resolved?.kind === "post") accounts = [];
        else if (wants("accounts") && !q.startsWith("#") && !/^(from|has|before|after|during|language):/.test(q)) {
          const name = q.replace(/^@/, "").replace(local, "");
          accounts = await deps.present.accounts(
            await deps.accounts.search(viewerId, name, {
              following: query.following && viewerId !== null,
              limit: query.limit,
              offset: query.offset,
            }),
          );
        }
        const hashtags =
          wants("hashtags") && !q.startsWith("@")
            ? (await deps.posts.views.searchTags(tagName(q.replace(/^#/, "")), query.limit, query.offset)).map((t) =>
                presentTag(t, deps.config.publicUrl, viewerId !== null),
              )
            : [];
        let statuses = "[]";
        if (wants("statuses") && !q.startsWith("@")) {
          const author =
            query.account_id ??
            (parsed.from === undefined
              ? undefined
              : parsed.from === "me"
                ? (viewerId ?? 0n)
                : ((await deps.accounts.profiles.byHandle(parsed.from.replace(local, ""), null)) ?? 0n));
          const pointed = resolved?.kind === "post" ? resolved.id : await linkedPost(deps, q);
          if (pointed !== undefined)
            statuses = await deps.present.list(viewerId, await deps.posts.views.cards(viewerId, [pointed]));
          else if (parsed.words !== "" || author !== undefined || parsed.filters.media || parsed.filters.poll) {
            const found = await deps.posts.views.search(
              viewerId,
              { words: parsed.words, account: author, ...parsed.filters },
              pageOf(query),
              query.offset,
            );
            statuses = await deps.present.list(viewerId, found);
          }
        }
        return new JsonText(
          `{"accounts":[${accounts.join(",")}],"statuses":${statuses},"hashtags":${JSON.stringify(hashtags)}}`,
        );
      },
    }),
    ...(["/api/v1/trends", "/api/v1/trends/tags"] as const).map((path) =>
      route({
        method: "GET",
        path,
        auth: "public",
        query: z.object({ limit: pageQuery(10, 20).limit, offset: zInt(0, 1000).default(0) }),
        handler: async (ctx, { query }) =>
          (await deps.posts.views.trendingTags(query.limit, query.offset)).map((t) =>
            presentTag(t, deps.config.publicUrl, ctx.viewer !== undefined),
          ),
      }),
    ),
    ...(["/api/v1/trends/statuses", "/api/v2/discover/posts/trending"] as const).map((path) =>
      route({
        method: "GET",
        path,
        auth: "public",
        query: z.object({ limit: pageQuery(20, 40).limit, offset: zInt(0, 1000).default(0) }),
        async handler(ctx, { query }) {
          const viewerId = ctx.viewer?.accountId ?? null;
          return new JsonText(
            await deps.present.list(
              viewerId,
              await deps.posts.views.trendingPosts(viewerId, query.limit, query.offset),
            ),
          );
        },
      }),
    ),
    route({ method: "GET", path: "/api/v1/trends/links", auth: "public", handler: async () => [] }),
  ];
}

/** Somebody or some post that was named exactly: `name@host`, or an address. Who is not known is asked for when `ask` allows it. */
async function resolve(
  deps: MastodonDeps,
  q: string,
  ask: boolean,
): Promise<{ kind: "account"; id: bigint } | { kind: "post"; id: bigint } | undefined> {
  const [, username, domain] = /^@?([\p{L}\p{N}_.-]+)@([^\s/@]+)$/u.exec(q) ?? [];
  if (username !== undefined && domain !== undefined) {
    if (domain.toLowerCase() === deps.config.domain) return undefined;
    const known = await deps.accounts.profiles.byHandle(username, domain.toLowerCase());
    if (known !== undefined) return { kind: "account", id: known };
    return ask ? deps.federation.resolve(q) : undefined;
  }
  if (!/^https?:\/\//.test(q) || !ask || q.startsWith(`${deps.config.publicUrl}/`)) return undefined;
  return deps.federation.resolve(q);
}

/** The id of a post of this instance whose address was pasted into the search. */
async function linkedPost(deps: MastodonDeps, q: string): Promise<bigint | undefined> {
  if (!q.startsWith(`${deps.config.publicUrl}/`)) return undefined;
  const id = /^\/@[^/]+\/(\d{1,19})$/.exec(new URL(q).pathname)?.[1] ?? /\/statuses\/(\d{1,19})$/.exec(q)?.[1];
  return id === undefined ? undefined : parseId(id);
}
