import { notFound } from "#platform/errors.ts";
import { route, type Route } from "#platform/http/route.ts";
import { escapeHtml, toHtml } from "#platform/text/format.ts";
import { POST_LIMITS } from "#modules/posts/index.ts";
import { PICTURE_TYPES } from "#modules/media/index.ts";
import { MASTODON_VERSION, type MastodonDeps } from "./deps.ts";
import { ACCOUNT_CONFIGURATION, presentAccount } from "./present/account.ts";

const LANGUAGE_NAMES: Record<string, string> = { en: "English", de: "Deutsch" };

/** Text of the owner as HTML: paragraphs and links, nothing else. */
function html(text: string): string {
  return toHtml(text, { mention: () => undefined, tagUrl: () => "" }).replace(
    /<a href="" class="mention hashtag" rel="tag">#<span>(.*?)<\/span><\/a>/g,
    "#$1",
  );
}

export function instanceRoutes(deps: MastodonDeps): Route[] {
  const { config } = deps;
  // What counts of the whole instance may be a minute old: clients ask for it at every start.
  function forAMinute<T>(make: () => Promise<T>): () => Promise<T> {
    let kept: { at: number; value: Promise<T> } | undefined;
    return () => {
      if (!kept || deps.clock.ms() - kept.at > 60_000) {
        const value = make();
        kept = { at: deps.clock.ms(), value };
        value.catch(() => (kept = undefined));
      }
      return kept.value;
    };
  }
  const counted = forAMinute(async () => {
    const [people, posts] = await Promise.all([deps.accounts.counts(), deps.posts.views.count()]);
    return {
      users: Number(people.users),
      active: Number(people.active_month),
      half: Number(people.active_half),
      posts: Number(posts),
    };
  });
  /** Servers of everybody known here, without those that are blocked. */
  const peers = forAMinute(async () => {
    const domains = await deps.accounts.remote.domains();
    const rules = await Promise.all(domains.map((domain) => deps.federation.policies.of(domain)));
    return domains.filter((_, i) => rules[i]?.severity !== "suspend");
  });

  const configuration = {
    urls: {
      streaming: config.publicUrl.replace(/^http/, "ws"),
      status: "",
      about: `${config.publicUrl}/about`,
      privacy_policy: `${config.publicUrl}/privacy`,
      terms_of_service: `${config.publicUrl}/terms`,
    },
    accounts: ACCOUNT_CONFIGURATION,
    statuses: {
      max_characters: config.maxPostChars,
      max_media_attachments: POST_LIMITS.media,
      characters_reserved_per_url: POST_LIMITS.urlCharacters,
      supported_mime_types: ["text/plain"],
    },
    media_attachments: {
      description_limit: deps.media.limits.maxDescription,
      supported_mime_types: Object.values(PICTURE_TYPES),
      image_size_limit: deps.media.limits.maxBytes,
      image_matrix_limit: deps.media.limits.maxPixels,
      video_size_limit: 0,
      video_frame_rate_limit: 0,
      video_matrix_limit: 0,
    },
    polls: {
      max_options: POST_LIMITS.pollOptions,
      max_characters_per_option: POST_LIMITS.pollOption,
      min_expiration: POST_LIMITS.pollMin,
      max_expiration: POST_LIMITS.pollMax,
    },
    translation: { enabled: false },
    timelines_access: {
      live_feeds: { local: "public", remote: "public" },
      hashtag_feeds: { local: "public", remote: "public" },
      trending_link_feeds: { local: "public", remote: "public" },
    },
    limited_federation: false,
  };

  async function configured(): Promise<Record<string, unknown>> {
    return { ...configuration, vapid: { public_key: await deps.notifications.push.publicKey() } };
  }

  async function rules(): Promise<{ id: string; text: string; hint: string; translations: Record<string, never> }[]> {
    return (await deps.instance.rules()).map((r) => ({
      id: r.id.toString(),
      text: r.text,
      hint: r.hint,
      translations: {},
    }));
  }

  async function contact(): Promise<Record<string, unknown> | null> {
    const owner = await deps.accounts.ownerId();
    const [row] = owner === undefined ? [] : await deps.accounts.profiles.get([owner]);
    return row ? presentAccount(row, config.publicUrl) : null;
  }

  const thumbnail = `${config.publicUrl}/img/thumbnail.png`;

  return [
    route({
      method: "GET",
      path: "/api/v2/instance",
      auth: "public",
      async handler() {
        const [settings, numbers] = await Promise.all([deps.instance.settings(), counted()]);
        return {
          domain: config.domain,
          title: settings.title,
          version: `${MASTODON_VERSION} (compatible; Skein ${config.version})`,
          source_url: `${config.publicUrl}/about`,
          description: settings.short_description || settings.description.slice(0, 500),
          usage: { users: { active_month: numbers.active } },
          thumbnail: { url: thumbnail, blurhash: null, versions: {}, description: "" },
          icon: [{ src: `${config.publicUrl}/img/icon-192.png`, size: "192x192" }],
          languages: settings.languages,
          configuration: await configured(),
          registrations: {
            enabled: settings.registrations === "open" || settings.registrations === "approval",
            approval_required: settings.registrations === "approval",
            reason_required: settings.registrations === "approval",
            message: null,
            min_age: null,
            url: `${config.publicUrl}/signup`,
          },
          api_versions: { mastodon: 6 },
          contact: { email: settings.contact_email, account: await contact() },
          rules: await rules(),
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/instance",
      auth: "public",
      async handler() {
        const [settings, numbers, known] = await Promise.all([deps.instance.settings(), counted(), peers()]);
        return {
          uri: config.domain,
          title: settings.title,
          short_description: settings.short_description,
          description: settings.description,
          email: settings.contact_email,
          version: `${MASTODON_VERSION} (compatible; Skein ${config.version})`,
          urls: { streaming_api: configuration.urls.streaming },
          stats: { user_count: numbers.users, status_count: numbers.posts, domain_count: known.length },
          thumbnail,
          languages: settings.languages,
          registrations: settings.registrations === "open" || settings.registrations === "approval",
          approval_required: settings.registrations === "approval",
          invites_enabled: true,
          configuration: await configured(),
          contact_account: await contact(),
          rules: await rules(),
        };
      },
    }),
    route({ method: "GET", path: "/api/v1/instance/rules", auth: "public", handler: rules }),
    route({ method: "GET", path: "/api/v1/instance/peers", auth: "public", handler: peers }),
    route({
      method: "GET",
      path: "/api/v1/instance/activity",
      auth: "public",
      async handler() {
        const WEEK = 604_800_000;
        const now = Math.floor(deps.clock.ms() / WEEK);
        const posts = await deps.posts.views.weekly(new Date((now - 11) * WEEK));
        const numbers = await counted();
        return Array.from({ length: 12 }, (_, i) => ({
          week: String(((now - i) * WEEK) / 1000),
          statuses: String(posts.get(now - i) ?? 0),
          logins: String(i < 4 ? numbers.active : numbers.half),
          registrations: "0",
        }));
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/instance/extended_description",
      auth: "public",
      handler: async () => ({
        updated_at: new Date(0).toISOString(),
        content: html((await deps.instance.settings()).description),
      }),
    }),
    route({
      method: "GET",
      path: "/api/v1/instance/privacy_policy",
      auth: "public",
      async handler() {
        const { privacy_policy } = await deps.instance.settings();
        return { updated_at: new Date(0).toISOString(), content: html(privacy_policy) };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/instance/terms_of_service",
      auth: "public",
      async handler() {
        const { terms } = await deps.instance.settings();
        if (terms === "") throw notFound();
        return { effective_date: "1970-01-01", effective: true, content: html(terms), succeeded_by: null };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/instance/languages",
      auth: "public",
      handler: async () => Object.entries(LANGUAGE_NAMES).map(([code, name]) => ({ code, name: escapeHtml(name) })),
    }),
    route({ method: "GET", path: "/api/v1/instance/translation_languages", auth: "public", handler: async () => ({}) }),
    route({ method: "GET", path: "/api/v1/custom_emojis", auth: "public", handler: async () => [] }),
    route({ method: "GET", path: "/api/v1/announcements", auth: "user", handler: async () => [] }),
  ];
}
