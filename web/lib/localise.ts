/** The HTML of posts and profiles, made ready for this site. Done on the server, and in the browser only for what is loaded later. */
import type { Account, Emoji, Mention } from "./api/types.ts";
import { emojiParts } from "./foreign.ts";

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Tags with their quoted attributes, so that a ">" within a value does not end them. */
const tag = /<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>/g;

function image(emoji: Emoji): string {
  const name = escape(`:${emoji.shortcode}:`);
  return `<img class="emoji" src="${escape(emoji.static_url)}" alt="${name}" loading="lazy">`;
}

function withEmojis(text: string, emojis: readonly Emoji[]): string {
  if (emojis.length === 0 || !text.includes(":")) return text;
  return emojiParts(text, emojis)
    .map((part) => (typeof part === "string" ? part : image(part)))
    .join("");
}

/** Where a link of a post leads here: to the profile of who is mentioned, or to the posts with the hashtag. */
function localTarget(open: string, mentions: readonly Mention[]): string | null {
  const href = /\shref="([^"]*)"/.exec(open)?.[1]?.replaceAll("&amp;", "&");
  if (href === undefined) return null;
  const mention = mentions.find((item) => item.url !== undefined && item.url === href);
  if (mention) return `/@${mention.acct}`;
  if (!/\sclass="[^"]*\bhashtag\b/.test(open)) return null;
  const name = /\/tags\/([^/?#]+)\/?$/.exec(href)?.[1];
  return name === undefined ? null : `/tags/${name}`;
}

/** HTML that the server has sanitised, with emojis as pictures and with mentions and hashtags leading to this site. */
export function localised(html: string, emojis: readonly Emoji[] = [], mentions: readonly Mention[] = []): string {
  if (emojis.length === 0 && !html.includes("mention") && !html.includes("hashtag") && mentions.length === 0)
    return html;
  let out = "";
  let at = 0;
  for (const match of html.matchAll(tag)) {
    out += withEmojis(html.slice(at, match.index), emojis);
    const open = match[0];
    const target = open.startsWith("<a ") ? localTarget(open, mentions) : null;
    out += target === null ? open : open.replace(/\shref="[^"]*"/, () => ` href="${escape(target)}"`);
    at = match.index + open.length;
  }
  return out + withEmojis(html.slice(at), emojis);
}

/** A profile with its texts made ready. */
export const localisedAccount = (account: Account): Account => ({
  ...account,
  note: localised(account.note, account.emojis),
  fields: account.fields.map((field) => ({ ...field, value: localised(field.value, account.emojis) })),
});
