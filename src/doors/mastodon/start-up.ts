import { route, type Route } from "#platform/http/route.ts";
import { profileBody, updateProfile } from "./profile.ts";
import type { MastodonDeps } from "./deps.ts";

/** What clients ask when they start, for features that are empty so far; an empty answer is fine, a 404 is not. And one's own profile. */
export function startUpRoutes(deps: MastodonDeps): Route[] {
  const empty = (path: string, scope: string): Route =>
    route({ method: "GET", path, auth: "user", scope, handler: async () => [] });

  async function profile(accountId: bigint): Promise<Record<string, unknown>> {
    const [row] = await deps.accounts.profiles.get([accountId]);
    if (!row) return {};
    const at = (path: string): string => (path.startsWith("/") ? deps.config.publicUrl + path : path);
    return {
      id: row.id.toString(),
      display_name: row.display_name,
      note: row.note,
      fields: row.fields.map((f) => ({ name: f.name, value: f.value, verified_at: f.verified_at })),
      avatar: row.avatar ? at(row.avatar.url) : null,
      avatar_static: row.avatar ? at(row.avatar.static_url) : null,
      avatar_description: row.avatar?.description ?? "",
      header: row.header ? at(row.header.url) : null,
      header_static: row.header ? at(row.header.static_url) : null,
      header_description: row.header?.description ?? "",
      locked: row.locked,
      bot: row.bot,
      hide_collections: row.hide_collections,
      discoverable: row.discoverable,
      indexable: row.indexable,
      show_media: true,
      show_media_replies: true,
      show_featured: true,
      attribution_domains: [],
      featured_tags: [],
    };
  }

  return [
    empty("/api/v1/followed_tags", "read:follows"),
    empty("/api/v1/featured_tags", "read:accounts"),
    empty("/api/v1/lists", "read:lists"),
    empty("/api/v1/filters", "read:filters"),
    empty("/api/v2/filters", "read:filters"),
    empty("/api/v1/conversations", "read:statuses"),
    empty("/api/v1/scheduled_statuses", "read:statuses"),
    empty("/api/v1/domain_blocks", "read:blocks"),
    route({
      method: "GET",
      path: "/api/v1/preferences",
      auth: "user",
      scope: "read:accounts",
      async handler({ viewer }) {
        const p = await deps.accounts.profiles.preferences(viewer.accountId);
        return {
          "posting:default:visibility": p.posting_visibility,
          "posting:default:sensitive": p.posting_sensitive,
          "posting:default:language": p.posting_language,
          "posting:default:quote_policy": p.posting_quote_policy,
          "reading:expand:media": p.media,
          "reading:expand:spoilers": p.spoilers,
          "reading:autoplay:gifs": false,
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/profile",
      auth: "user",
      scope: ["read:accounts", "profile"],
      handler: ({ viewer }) => profile(viewer.accountId),
    }),
    ...(["PUT", "PATCH"] as const).map((method) =>
      route({
        method,
        path: "/api/v1/profile",
        auth: "user",
        scope: "write:accounts",
        body: profileBody,
        maxBody: 36 * 1024 * 1024,
        async handler({ viewer, ip }, { body }) {
          await updateProfile(deps, viewer.accountId, body, ip);
          return profile(viewer.accountId);
        },
      }),
    ),
    ...(["avatar", "header"] as const).map((picture) =>
      route({
        method: "DELETE",
        path: `/api/v1/profile/${picture}`,
        auth: "user",
        scope: "write:accounts",
        handler: ({ viewer, ip }) => updateProfile(deps, viewer.accountId, { [picture]: "" }, ip),
      }),
    ),
    route({ method: "GET", path: "/health", auth: "public", rate: "none", handler: async () => ({ status: "ok" }) }),
  ];
}
