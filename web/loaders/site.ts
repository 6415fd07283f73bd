import { webHost } from "#shared/web-host.ts";
import type { Tag } from "#web/lib/api/types.ts";
import type { Api } from "#web/lib/server/api.ts";
import { m } from "#web/lib/paraglide/messages.js";
import { flashKeys } from "./context.ts";
import type { Context, FlashKey, SiteData } from "./context.ts";

const flashTexts: Record<FlashKey, () => string> = {
  saved: m.flash_saved,
  posted: m.flash_posted,
  deleted: m.flash_deleted,
  sent: m.flash_sent,
  password_changed: m.flash_password_changed,
  email_changed: m.flash_email_changed,
  session_ended: m.flash_session_ended,
  confirmed: m.flash_confirmed,
  welcome: m.flash_welcome,
  approved: m.flash_approved,
  rejected: m.flash_rejected,
  signed_out: m.flash_signed_out,
  moved: m.flash_moved,
  retried: m.flash_retried,
  offered: m.flash_offered,
};

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
      version: webHost().version,
      description: instance.description,
      languages: instance.languages,
      thumbnail: instance.thumbnail?.url ?? null,
      signup: instance.registrations.enabled,
      sourceUrl: instance.source_url ?? "",
      publicUrl: webHost().publicUrl,
    },
    locale,
    theme,
    flash: flashKeys.filter((key) => key === flash).map((key) => flashTexts[key]())[0] ?? null,
    trends: await trendingTags(api),
  };
}
