/** Foreign HTML and foreign plain text, made harmless. The only place that may do so. */
import { escapeHtml } from "./format.ts";
import { sanitizeParsed } from "./sanitize-parsed.ts";
import { sanitizeSimple } from "./sanitize-simple.ts";

/** Longest HTML that is looked at, in UTF-16 units. The rest is cut off before anything is parsed. */
export const MAX_HTML = 512 * 1024;
function textOnly(html: string): string {
  return `<p>${escapeHtml(foreignText(html, { lines: true }))
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("\n", "<br />")}</p>`;
}

// Control characters but tab and line ends; and the characters that turn the reading direction by force, used to make `gpj.exe` look
// like `exe.jpg`. Isolates and marks, which right-to-left languages need, stay.
// oxlint-disable-next-line no-control-regex
const UNWANTED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202d\u202e]/g;

/** What both ways have in common: nothing unseen, nothing empty. */
function finish(html: string): string {
  let out = html.replace(UNWANTED, "");
  if (out.includes("<p></p>")) out = out.replaceAll("<p></p>", "");
  return out.includes("invisible") ? showHosts(out) : out;
}

/**
 * Makes foreign HTML harmless: an allow list of elements, attributes, classes and link schemes; everything is written anew, so nothing of
 * the input's syntax survives. Sanitising twice gives the same as sanitising once.
 *
 * @param html of any length; only the first 512 Ki characters count
 * @returns HTML that may be put into a page, at most 512 Ki characters
 */
export function sanitizeHtml(html: string): string {
  let source = html.length > MAX_HTML ? html.slice(0, MAX_HTML) : html;
  for (;;) {
    const out = harmless(source);
    if (out.length <= MAX_HTML) return out;
    // Escaped text is longer than text, links get a rel. Cutting the output would leave elements open.
    source = source.slice(0, Math.floor((source.length * MAX_HTML * 0.9) / out.length));
  }
}

function harmless(html: string): string {
  let current = html.isWellFormed() ? html : html.toWellFormed();
  const simple = sanitizeSimple(current.replace(UNWANTED, ""));
  if (simple !== undefined) return finish(simple);
  // What a parser has repaired once may still hold elements in places where it repairs again (a paragraph in a paragraph that a
  // discarded element stood between). Two rounds suffice for all that was ever seen.
  for (let round = 0; round < 5; round++) {
    const next = finish(sanitizeParsed(current) ?? textOnly(current));
    if (next === current) return next;
    const again = sanitizeSimple(next);
    if (again !== undefined && finish(again) === next) return next;
    current = next;
  }
  return finish(sanitizeSimple(textOnly(current)) ?? "");
}

const LINK = /<a href="([^"]*)"[^>]*>(.*?)<\/a>/gs;
const PLAIN_PARTS = /^(?:[^<]|<span(?: [^>]*)?>[^<]*<\/span>)*$/;
const PART = /<span(?: class="([^"]*)")?[^>]*>([^<]*)<\/span>|([^<]+)/g;

/**
 * Shortened links hide their scheme and their tail. They may do so as long as the host that one sees is the host that one visits;
 * otherwise, and outside of links, hidden text is shown.
 */
function showHosts(html: string): string {
  let out = "";
  let at = 0;
  for (const match of html.matchAll(LINK)) {
    out += unhide(html.slice(at, match.index));
    out += isHonest(match[1] ?? "", match[2] ?? "") ? match[0] : unhide(match[0]);
    at = match.index + match[0].length;
  }
  return out + unhide(html.slice(at));
}

/** Takes the hiding classes away. */
function unhide(html: string): string {
  if (!html.includes("invisible") && !html.includes("ellipsis")) return html;
  return html.replace(/<(a|span|p)( [^>]*)>/g, (_, tag: string, attributes: string) => {
    const kept = attributes.replace(/ class="([^"]*)"/, (_all, names: string) => {
      const left = names.split(" ").filter((name) => name !== "invisible" && name !== "ellipsis");
      return left.length === 0 ? "" : ` class="${left.join(" ")}"`;
    });
    return `<${tag}${kept}>`;
  });
}

function isHonest(href: string, inner: string): boolean {
  if (!inner.includes("invisible")) return true;
  // Honest links are short, and the pattern remembers every character.
  if (inner.length > 10_000 || !PLAIN_PARTS.test(inner)) return false;
  let shown = "";
  for (const part of inner.matchAll(PART)) {
    const hidden = (part[1] ?? "").split(" ").includes("invisible");
    const text = part[2] ?? part[3] ?? "";
    if (!hidden) shown += text;
    // Before the host only the scheme may hide.
    else if (shown === "" && !/^(?:https?:\/\/(?:www\.)?)?$/i.test(text)) return false;
  }
  const target = URL.parse(href.replaceAll("&amp;", "&"));
  const host = /^[^/?#\\]*/.exec(shown)?.[0] ?? "";
  const seen = host === "" || host.includes("@") ? null : URL.parse(`https://${host}`);
  return target !== null && seen !== null && bare(target) === bare(seen);
}

function bare(url: URL): string {
  return url.hostname.replace(/^www\./, "");
}

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([\da-f]{1,6}));/gi,
    (entity, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return NAMED[name.toLowerCase()] ?? entity;
      const point = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? "" : String.fromCodePoint(point);
    },
  );
}

/**
 * Foreign text for a place where no HTML is expected: display names, content warnings, options of polls, alternative texts. Servers
 * send HTML there now and then. What comes out is text, not HTML: it must be escaped like any other text.
 *
 * @param lines whether line ends are kept; otherwise all white space becomes single spaces
 */
export function foreignText(raw: string, { lines = false }: { lines?: boolean } = {}): string {
  let text = raw.isWellFormed() ? raw : raw.toWellFormed();
  if (text.includes("<")) {
    // Every repetition ends at the next angle bracket, so this is one walk however the text looks.
    if (lines) text = text.replace(/<br ?\/?>/gi, "\n").replace(/<\/p>/gi, "\n\n");
    text = text.replace(/<\/?[a-z!][^<>]*>/gi, "");
  }
  text = decoded(text).replace(UNWANTED, "");
  return (lines ? text.replace(/\r\n?/g, "\n") : text.replace(/\s+/g, " ")).trim();
}
