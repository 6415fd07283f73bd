import { webHost } from "#shared/web-host.ts";
import type { Tag } from "#web/lib/api/types.ts";
import type { Api } from "#web/lib/server/api.ts";
import type { Context, SiteData } from "./context.ts";

const trendsLifetime = 30_000;
let trends: { at: number; tags: Tag[] } = { at: 0, tags: [] };

/** The trending tags of the side column: the same for everybody, so they are kept for half a minute. */
async function trendingTags(api: Api): Promise<Tag[]> {
  if (Date.now() - trends.at > trendsLifetime) {
    trends = { at: Date.now(), tags: trends.tags };
    trends.tags = await api.get<Tag[]>("/api/v1/trends/tags", { limit: 6 }).catch(() => []);
  }
  return trends.tags;
}

/** What every page knows. */
export async function siteData({ api, me, instance, locale, theme }: Context, flash: string | null): Promise<SiteData> {
  return {
    me,
    site: {
      title: instance.title,
      domain: instance.domain,
      version: instance.version,
      description: instance.description,
      languages: instance.languages,
      thumbnail: instance.thumbnail?.url ?? null,
      signup: instance.registrations.enabled,
      sourceUrl: instance.source_url ?? "",
      publicUrl: webHost().publicUrl,
    },
    locale,
    theme,
    flash,
    trends: await trendingTags(api),
  };
}
