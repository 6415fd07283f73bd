import { LinkifyIt } from "linkify-it";

/** A mention as it stands in a text: `@name` or `@name@host`. */
export interface MentionToken {
  username: string;
  /** Undefined for people of this instance. */
  domain: string | undefined;
}

/** A place in a text that becomes a link. Offsets are UTF-16 positions. */
type Token =
  | { kind: "url"; start: number; end: number; url: string }
  | { kind: "mention"; start: number; end: number; mention: MentionToken }
  | { kind: "tag"; start: number; end: number; tag: string };

const linkify = new LinkifyIt({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
  .add("ftp:", null)
  .add("mailto:", null)
  .add("//", null);

const MENTION =
  /(?<![\p{L}\p{N}_/@.])@([a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?)(?:@([\p{L}\p{N}.-]+[\p{L}\p{N}](?::\d+)?))?/giu;
// A hashtag has letters or digits of any script and at least one that is no digit.
const TAG = /(?<![\p{L}\p{N}_/)#&])[#＃]([\p{L}\p{N}\p{M}_·\u200c]*[\p{L}\p{M}_][\p{L}\p{N}\p{M}_·\u200c]*)/gu;

/** What a text refers to. */
export interface TextParts {
  mentions: MentionToken[];
  /** As written, without duplicates (case-insensitive). */
  tags: string[];
  urls: string[];
}

export interface LinkTargets {
  /** Address and name shown for a mention; undefined leaves it as plain text. */
  mention(m: MentionToken): { url: string; username: string } | undefined;
  tagUrl(tag: string): string;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const m of linkify.match(text) ?? []) found.push({ kind: "url", start: m.index, end: m.lastIndex, url: m.url });
  const free = (start: number, end: number): boolean => !found.some((t) => start < t.end && end > t.start);
  for (const m of text.matchAll(MENTION)) {
    const end = m.index + m[0].length;
    if (free(m.index, end))
      found.push({
        kind: "mention",
        start: m.index,
        end,
        mention: { username: m[1] ?? "", domain: m[2]?.toLowerCase() },
      });
  }
  for (const m of text.matchAll(TAG)) {
    const end = m.index + m[0].length;
    if (free(m.index, end)) found.push({ kind: "tag", start: m.index, end, tag: m[1] ?? "" });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Finds mentions, hashtags and links. */
export function extractParts(text: string): TextParts {
  const parts: TextParts = { mentions: [], tags: [], urls: [] };
  const seen = new Set<string>();
  for (const t of tokens(text)) {
    if (t.kind === "url") parts.urls.push(t.url);
    else if (t.kind === "mention") {
      const key = `@${t.mention.username.toLowerCase()}@${t.mention.domain ?? ""}`;
      if (!seen.has(key)) parts.mentions.push(t.mention);
      seen.add(key);
    } else {
      const key = `#${tagName(t.tag)}`;
      if (!seen.has(key)) parts.tags.push(t.tag);
      seen.add(key);
    }
  }
  return parts;
}

/** The name under which a hashtag is kept: compatibility form, lower case. */
export function tagName(tag: string): string {
  return tag.normalize("NFKC").toLowerCase();
}

/**
 * Turns plain text into the HTML Mastodon's clients expect: paragraphs, line breaks, links with hidden scheme, `h-card` mentions, `rel="tag"` hashtags. Everything else is escaped,
 * so the result is safe by construction.
 */
export function toHtml(text: string, targets: LinkTargets): string {
  const clean = text.replace(/\r\n?/g, "\n").trim();
  if (clean === "") return "";
  const out: string[] = [];
  let at = 0;
  for (const t of tokens(clean)) {
    out.push(escapeHtml(clean.slice(at, t.start)), tokenHtml(t, clean, targets));
    at = t.end;
  }
  out.push(escapeHtml(clean.slice(at)));
  return out
    .join("")
    .split(/\n{2,}/)
    .map((p) => `<p>${p.replaceAll("\n", "<br />")}</p>`)
    .join("");
}

/** Like `toHtml` for one line (profile fields): no paragraphs. */
export function lineHtml(text: string, targets: LinkTargets): string {
  return toHtml(text.replace(/\s+/g, " "), targets).replace(/^<p>|<\/p>$/g, "");
}

function tokenHtml(t: Token, text: string, targets: LinkTargets): string {
  const raw = text.slice(t.start, t.end);
  if (t.kind === "tag")
    return `<a href="${escapeHtml(targets.tagUrl(t.tag))}" class="mention hashtag" rel="tag">#<span>${escapeHtml(t.tag)}</span></a>`;
  if (t.kind === "mention") {
    const target = targets.mention(t.mention);
    if (!target) return escapeHtml(raw);
    return `<span class="h-card" translate="no"><a href="${escapeHtml(target.url)}" class="u-url mention">@<span>${escapeHtml(target.username)}</span></a></span>`;
  }
  const scheme = /^https?:\/\/(www\.)?/i.exec(raw)?.[0] ?? "";
  const rest = raw.slice(scheme.length);
  const shown = rest.slice(0, 30);
  const hidden = rest.slice(30);
  const parts = [
    `<span class="invisible">${escapeHtml(scheme)}</span>`,
    `<span class="${hidden ? "ellipsis" : ""}">${escapeHtml(shown)}</span>`,
    `<span class="invisible">${escapeHtml(hidden)}</span>`,
  ];
  return `<a href="${escapeHtml(t.url)}" target="_blank" rel="nofollow noopener" translate="no">${parts.join("")}</a>`;
}

/** Escapes text for HTML content and double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Characters a link counts, however long it is. */
export const URL_CHARACTERS = 23;

/** Length of a post as its reader sees it: graphemes, a link counts 23, a mention without its host. */
export function textLength(text: string): number {
  let counted = "";
  let at = 0;
  for (const t of tokens(text)) {
    counted += text.slice(at, t.start);
    if (t.kind === "url") counted += "x".repeat(URL_CHARACTERS);
    else if (t.kind === "mention") counted += `@${t.mention.username}`;
    else counted += text.slice(t.start, t.end);
    at = t.end;
  }
  counted += text.slice(at);
  // ASCII without CR LF pairs: every unit is a grapheme. Saves the segmenter for most posts.
  if (/^[\x20-\x7e\n]*$/.test(counted)) return counted.length;
  let n = 0;
  for (const _ of graphemes.segment(counted)) n++;
  return n;
}

/** Plain text of HTML made by `toHtml`, for previews and mail. */
export function plainText(html: string): string {
  return html
    .replace(/<br ?\/?>/g, "\n")
    .replace(/<\/p><p>/g, "\n\n")
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
