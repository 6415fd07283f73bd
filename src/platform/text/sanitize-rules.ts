/** What foreign HTML may contain. Both ways through the sanitiser ask here, so they cannot disagree. */

export const TAGS = [
  "p",
  "span",
  "br",
  "a",
  "del",
  "pre",
  "code",
  "em",
  "strong",
  "b",
  "i",
  "u",
  "ul",
  "ol",
  "li",
  "blockquote",
] as const;

/** Deeper elements lose their tags and keep their text. */
export const MAX_NESTING = 16;

/** Schemes besides http and https that only ever open a program the reader has chosen for them. */
export const SCHEMES = ["http", "https", "mailto", "xmpp", "matrix", "gemini", "magnet", "ipfs", "ipns"];
const PROTOCOLS = new Set(SCHEMES.map((scheme) => `${scheme}:`));
const MAX_HREF = 4_096;

/**
 * A link target in normal form, or undefined when it is relative, of another scheme, or carries user info, which is only used to
 * make `https://bank.example@evil.example` look like something else.
 */
export function safeHref(raw: string): string | undefined {
  if (raw.length > MAX_HREF) return undefined;
  const url = URL.parse(raw);
  if (!url || !PROTOCOLS.has(url.protocol)) return undefined;
  const web = url.protocol === "https:" || url.protocol === "http:";
  if (url.username !== "" || url.password !== "") return undefined;
  const href = url.href;
  if (href.length > MAX_HREF || !href.isWellFormed()) return undefined;
  // Addresses of other schemes are kept nearly as written, so their normal form may have a normal form of its own.
  return web || URL.parse(href)?.href === href ? href : undefined;
}

const CLASS = /^(?:mention|hashtag|ellipsis|invisible|quote-inline|(?:h|p|u|dt|e)-[a-z0-9-]{1,40})$/;
const CLASSED = new Set(["a", "span", "p"]);

/** Classes that clients know: mentions, hashtags, shortened links, quotes, and microformats. */
function classes(raw: string): string {
  return raw
    .split(/[\t\n\f\r ]+/, 20)
    .filter((name) => CLASS.test(name))
    .join(" ");
}

export const REL = "nofollow noopener noreferrer";

/** The attributes that an element keeps, in the order in which they are written. Values are not escaped. */
export function safeAttributes(tag: string, value: (name: string) => string | undefined): Record<string, string> {
  const kept: Record<string, string> = {};
  if (tag === "a") {
    const href = value("href");
    const safe = href === undefined ? undefined : safeHref(href);
    if (safe !== undefined) kept["href"] = safe;
  }
  if (CLASSED.has(tag)) {
    const raw = value("class");
    const names = raw === undefined ? "" : classes(raw);
    if (names !== "") kept["class"] = names;
  }
  if ((tag === "a" || tag === "span") && value("translate") === "no") kept["translate"] = "no";
  if (tag === "ol" || tag === "li") {
    const name = tag === "ol" ? "start" : "value";
    const at = value(name);
    if (at !== undefined && /^-?\d{1,6}$/.test(at)) kept[name] = at;
  }
  if (kept["href"] !== undefined) kept["rel"] = REL;
  return kept;
}
