import type { Api } from "#web/lib/server/api.ts";
import type { HeadTags } from "#web/lib/server/head.ts";
import type { Instance, Me, Tag, Theme } from "#web/lib/api/types.ts";

/** What every loader and action gets. Free of the framework's types, so that pages could be served by another one. */
export interface Context {
  api: Api;
  me: Me | null;
  instance: Instance;
  locale: Locale;
  theme: Theme;
  url: URL;
  params: Record<string, string | undefined>;
  /** Remembers a message for the next page (shown once). */
  flash(key: FlashKey): void;
  /** Sets the page's tags for search engines and link previews; without them the page asks not to be indexed. */
  head(tags: HeadTags): void;
  /** Sets a readable preference cookie for a year. */
  remember(name: "skein_theme" | "skein_locale", value: string): void;
}

/** What every page knows. */
export interface SiteData {
  me: Me | null;
  site: {
    title: string;
    domain: string;
    version: string;
    description: string;
    languages: string[];
    thumbnail: string | null;
    signup: boolean;
    sourceUrl: string;
    publicUrl: string;
  };
  locale: Locale;
  theme: Theme;
  flash: string | null;
  trends: Tag[];
}

/** A loader's context on pages which need somebody signed in. */
export interface SignedInContext extends Context {
  me: Me;
}

export type Locale = "en" | "de";

/** Messages shown once after a form has sent the reader on. */
export const flashKeys = [
  "saved",
  "posted",
  "deleted",
  "sent",
  "password_changed",
  "email_changed",
  "session_ended",
  "confirmed",
  "welcome",
  "approved",
  "rejected",
  "signed_out",
  "moved",
  "retried",
  "offered",
] as const;
export type FlashKey = (typeof flashKeys)[number];

/** Thrown by loaders and actions: send the reader elsewhere. */
export class Redirect extends Error {
  override readonly name = "Redirect";
  readonly location: string;
  /** Only an address the server itself has checked may lead off this site. */
  readonly external: boolean;
  constructor(location: string, external = false) {
    super(location);
    this.location = location;
    this.external = external;
  }
}

/** Thrown by loaders: this page cannot be shown. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** Only paths of this site, so that `next` parameters cannot lead elsewhere. */
export function localPath(value: string | null | undefined, fallback: string): string {
  if (!value || !value.startsWith("/") || value.startsWith("//") || value.includes("\\")) return fallback;
  return value;
}
