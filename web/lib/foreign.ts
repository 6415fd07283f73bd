/** What is known of people elsewhere, and texts with their emojis. */
import type { Account, Emoji } from "./api/types.ts";

/** The server of somebody elsewhere; empty for people of this one. */
export const hostOf = (account: Pick<Account, "acct">): string => account.acct.split("@")[1] ?? "";

/** An address that a link may lead to, or null: what comes from elsewhere is not believed to be one. */
export function webAddress(url: string | null | undefined): string | null {
  if (!url) return null;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return parsed && (parsed.protocol === "https:" || parsed.protocol === "http:") ? parsed.href : null;
}

const shortcode = /:([A-Za-z0-9_]{1,100}):/g;

/** A text cut into its words and its emojis. */
export function emojiParts(text: string, emojis: readonly Emoji[]): (string | Emoji)[] {
  const parts: (string | Emoji)[] = [];
  let at = 0;
  for (const match of text.matchAll(shortcode)) {
    const emoji = emojis.find((item) => item.shortcode === match[1]);
    if (!emoji || match.index < at) continue;
    if (match.index > at) parts.push(text.slice(at, match.index));
    parts.push(emoji);
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}
