/** Foreign texts of documents: HTML, Markdown, plain. */
import { escapeHtml } from "#platform/text/format.ts";
import { foreignText, sanitizeHtml } from "#platform/text/sanitize.ts";
import { LIMITS } from "./limits.ts";
import { markdown } from "./markdown.ts";
import { mediaType } from "./links.ts";
import type { Uri } from "./types.ts";
import { get, isObject, language, list, text, type Json } from "./values.ts";

export interface Body {
  /** As sent, not yet sanitised; undefined for none. */
  raw: string | undefined;
  language: string | undefined;
}

/**
 * A text property with its `...Map`: the plain property if there is one, else the first usable entry of the map. The language is the
 * one under which the map holds that text.
 */
export function localized(object: Json, key: string, max: number): Body {
  const plain = text(get(object, key), max);
  let raw = plain;
  let spoken: string | undefined;
  for (const map of list(get(object, `${key}Map`)).slice(0, 1)) {
    if (!isObject(map)) continue;
    for (const tag of Object.keys(map).slice(0, LIMITS.hashtags)) {
      const entry = text(get(map, tag), max);
      if (entry === undefined || (plain !== undefined && entry !== plain)) continue;
      raw = entry;
      spoken = language(tag);
      break;
    }
    // One entry that differs, e.g. in its white space, still names the language.
    const only = Object.keys(map);
    if (spoken === undefined && only.length === 1) spoken = language(only[0]);
  }
  return { raw, language: spoken };
}

/** Sanitised HTML of a text property. */
export function htmlOf(raw: string | undefined, object: Json): string {
  if (raw === undefined) return "";
  const mime = mediaType(get(object, "mediaType"));
  if (mime === "text/markdown") return sanitizeHtml(markdown(raw));
  if (mime === "text/plain") return paragraphs(raw);
  return sanitizeHtml(raw);
}

/** Plain text as HTML paragraphs. */
export function paragraphs(plain: string): string {
  const trimmed = plain.replace(/\r\n?/g, "\n").trim();
  if (trimmed === "") return "";
  return sanitizeHtml(
    trimmed
      .split(/\n{2,}/)
      .map((p) => `<p>${escapeHtml(p).replaceAll("\n", "<br />")}</p>`)
      .join(""),
  );
}

/** A property that is plain text, on one line. */
export function plain(value: unknown, max: number): string {
  const raw = text(value, max);
  return raw === undefined ? "" : foreignText(raw);
}

/** A paragraph with a link to a page. */
export function linkParagraph(url: Uri): string {
  return sanitizeHtml(`<p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`);
}
