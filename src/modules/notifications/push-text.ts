import type { NotificationType } from "./types.ts";

// What a phone shows. These are the only texts the server itself says in a person's language, so they are here and not with those of the web app.

export type PushLocale = "en" | "de";

const TITLES: Record<PushLocale, Record<NotificationType, (name: string) => string>> = {
  en: {
    mention: (name) => `${name} mentioned you`,
    status: (name) => `${name} posted`,
    reblog: (name) => `${name} passed on your post`,
    follow: (name) => `${name} follows you`,
    follow_request: (name) => `${name} wants to follow you`,
    favourite: (name) => `${name} likes your post`,
    poll: () => "A poll you took part in has ended",
    update: (name) => `${name} edited a post you passed on`,
    quote: (name) => `${name} quoted you`,
    quoted_update: (name) => `${name} edited a post you quoted`,
    moderation_warning: () => "A decision about your account",
    "admin.sign_up": (name) => `${name} joined`,
  },
  de: {
    mention: (name) => `${name} hat dich erwähnt`,
    status: (name) => `${name} hat etwas geschrieben`,
    reblog: (name) => `${name} hat deinen Beitrag weitergezogen`,
    follow: (name) => `${name} folgt dir`,
    follow_request: (name) => `${name} möchte dir folgen`,
    favourite: (name) => `${name} gefällt dein Beitrag`,
    poll: () => "Eine Umfrage, an der du beteiligt bist, ist zu Ende",
    update: (name) => `${name} hat einen Beitrag bearbeitet, den du weitergezogen hast`,
    quote: (name) => `${name} hat dich zitiert`,
    quoted_update: (name) => `${name} hat einen Beitrag bearbeitet, den du zitiert hast`,
    moderation_warning: () => "Eine Entscheidung über dein Konto",
    "admin.sign_up": (name) => `${name} ist neu dabei`,
  },
};

/** Characters of a name and of a body: a push message has to fit into 4096 bytes, encrypted (RFC 8291, section 4). */
const NAME = 60;
const BODY = 140;

export function pushTitle(locale: PushLocale, type: NotificationType, name: string): string {
  return TITLES[locale][type](shortened(name, NAME));
}

/** The beginning of a text, in one line. */
export function pushBody(text: string): string {
  return shortened(text, BODY);
}

function shortened(text: string, max: number): string {
  const characters = [...text.replace(/\s+/g, " ").trim()];
  return characters.length <= max
    ? characters.join("")
    : `${characters
        .slice(0, max - 1)
        .join("")
        .trimEnd()}…`;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** The text of stored HTML, which was sanitised when it came in: its tags are whole and its entities few. */
export function textOf(html: string): string {
  return html
    .replace(/<(?:br\b[^>]*|\/(?:p|li|blockquote|pre|h[1-6]))>/gi, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(
      /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi,
      (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
        const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      },
    )
    .trim();
}
