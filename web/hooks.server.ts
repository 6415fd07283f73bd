import { AsyncLocalStorage } from "node:async_hooks";
import type { Handle, HandleServerError } from "@sveltejs/kit/hooks";
import { setLocaleSource } from "#web/lib/locale.ts";
import { isLocale, overwriteGetLocale } from "#web/lib/paraglide/runtime.js";
import type { Instance, Me, Theme } from "#web/lib/api/types.ts";
import type { Context, Locale } from "#web/loaders/context.ts";
import { createApi } from "#web/lib/server/api.ts";
import type { Api } from "#web/lib/server/api.ts";
import { renderHead } from "#web/lib/server/head.ts";
import { SESSION_COOKIE, webHost } from "#shared/web-host.ts";

const localeStore = new AsyncLocalStorage<Locale>();
overwriteGetLocale(() => localeStore.getStore() ?? "en");
setLocaleSource(() => localeStore.getStore() ?? "en");

const instanceLifetime = 10_000;
let instanceCache: { at: number; value: Instance } | null = null;

async function instanceOf(api: Api): Promise<Instance> {
  if (instanceCache && Date.now() - instanceCache.at < instanceLifetime) return instanceCache.value;
  const value = await api.get<Instance>("/api/v2/instance");
  instanceCache = { at: Date.now(), value };
  return value;
}

function preferredLocale(header: string | null): Locale {
  const wishes = (header ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...rest] = part.trim().split(";");
      const quality = rest
        .find((item) => item.trim().startsWith("q="))
        ?.trim()
        .slice(2);
      return { tag: tag.toLowerCase().split("-")[0] ?? "", quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter((wish) => wish.quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { tag } of wishes) if (isLocale(tag)) return tag;
  return "en";
}

function asTheme(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "auto";
}

export const handle: Handle = async ({ event, resolve }) => {
  const { request, cookies } = event;
  const setCookies: string[] = [];
  const forwarded: Record<string, string> = {};
  for (const name of ["user-agent", "accept-language", "x-skein-address", "x-request-id"]) {
    const value = request.headers.get(name);
    if (value) forwarded[name] = value;
  }
  const hasSession = cookies.get(SESSION_COOKIE) !== undefined;
  const api = createApi(request.headers.get("cookie"), forwarded, (value) => setCookies.push(value));
  const [instance, me] = await Promise.all([
    instanceOf(api),
    hasSession ? api.get<Me>("/api/skein/v1/me").catch(() => null) : Promise.resolve(null),
  ]);

  const cookieLocale = cookies.get("skein_locale");
  const locale: Locale =
    me?.preferences.locale ??
    (cookieLocale && isLocale(cookieLocale) ? cookieLocale : preferredLocale(request.headers.get("accept-language")));
  const theme = me ? me.preferences.theme : asTheme(cookies.get("skein_theme"));

  const secure = event.url.protocol === "https:";
  const flash = cookies.get("skein_flash") ?? null;
  // A flash is shown by the page that reads it, not by the answer to a form.
  if (flash && request.method === "GET") cookies.delete("skein_flash", { path: "/", secure });
  const context: Context = {
    api,
    me,
    instance,
    locale,
    theme,
    url: event.url,
    params: {},
    head: (tags) => {
      event.locals.head = tags;
    },
    flash: (key) => cookies.set("skein_flash", key, { path: "/", maxAge: 60, httpOnly: true, sameSite: "lax", secure }),
    remember: (name, value) =>
      cookies.set(name, value, { path: "/", maxAge: 31_536_000, httpOnly: true, sameSite: "lax", secure }),
  };
  event.locals.context = context;
  event.locals.setCookies = setCookies;
  event.locals.flash = flash;
  event.locals.head = null;

  const response = await localeStore.run(locale, () =>
    resolve(event, {
      transformPageChunk: ({ html }) =>
        html.includes("%skein.lang%")
          ? html
              .replace("%skein.lang%", locale)
              .replace("%skein.theme%", theme)
              .replace("%skein.head%", () => renderHead(event.locals.head, webHost().publicUrl, instance.title))
          : html,
      preload: ({ type, path }) => type === "js" || type === "css" || (type === "font" && path.includes("latin-wght")),
    }),
  );
  for (const value of setCookies) response.headers.append("set-cookie", value);
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/html") || event.isDataRequest) {
    if (!response.headers.has("cache-control") || me) {
      const shared =
        !me && !hasSession && !flash && request.method === "GET" && response.status === 200 && setCookies.length === 0;
      response.headers.set(
        "cache-control",
        shared ? "public, max-age=0, s-maxage=30, stale-while-revalidate=60" : "private, no-store",
      );
    }
    response.headers.set("vary", "Cookie, Accept-Language, Accept");
    response.headers.set("referrer-policy", "strict-origin-when-cross-origin");
    response.headers.set("x-content-type-options", "nosniff");
  }
  if (event.url.pathname === "/oauth/authorize") {
    // The answer to this form leads to the other program's address, which `form-action 'self'` would block.
    const policy = response.headers.get("content-security-policy");
    if (policy) response.headers.set("content-security-policy", policy.replace(/;?\s*form-action 'self'/, ""));
  }
  return response;
};

export const handleError: HandleServerError = ({ error, event }) => {
  if (error instanceof Error && !("status" in error)) {
    const id = crypto.randomUUID().slice(0, 8);
    console.error(
      JSON.stringify({ level: "error", report: id, route: event.route.id, error: error.stack ?? error.message }),
    );
    return { status: 500, message: "The page could not be put together.", id };
  }
  return undefined;
};
