/** What the composer needs to know before anything is typed. Shared by the form on the server and the dialog in the browser. */
import type { Me, Visibility } from "./api/types.ts";

const width: Visibility[] = ["public", "unlisted", "private", "direct"];

/** A reply reaches no more people than what it answers. */
export function replyVisibility(parent: Visibility | undefined, wish: Visibility): Visibility {
  if (!parent) return wish;
  return width.indexOf(parent) > width.indexOf(wish) ? parent : wish;
}

const linkPattern = /https?:\/\/[^\s<>"]+/g;
const mentionPattern = /(^|[^\w/])@(\w[\w.-]*)@[\w.-]+\w/g;
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Length as the server counts it: graphemes, a link as `perLink`, a mention without its domain. */
export function postLength(text: string, perLink: number): number {
  const shortened = text.replace(linkPattern, "x".repeat(perLink)).replace(mentionPattern, "$1@$2");
  let length = 0;
  for (const _ of segmenter.segment(shortened)) length++;
  return length;
}

/** Languages offered for a post: the writer's, the server's, then common ones. */
export function languageChoices(instanceLanguages: string[], me: Me, locale: string): string[] {
  const common = [
    "de",
    "en",
    "fr",
    "es",
    "it",
    "nl",
    "pl",
    "cs",
    "da",
    "sv",
    "nb",
    "fi",
    "pt",
    "tr",
    "uk",
    "ru",
    "el",
    "hu",
    "ro",
    "ar",
    "fa",
    "he",
    "hi",
    "zh",
    "ja",
    "ko",
    "eo",
  ];
  return [...new Set([me.preferences.posting_language ?? locale, locale, ...instanceLanguages, ...common])].filter(
    (code) => code !== "",
  );
}
