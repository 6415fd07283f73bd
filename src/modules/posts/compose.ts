import { invalid } from "#platform/errors.ts";
import { escapeHtml, extractParts, tagName, toHtml } from "#platform/text/format.ts";
import type { PostsDeps } from "./deps.ts";
import { POST_LIMITS, tagsOf } from "./rules.ts";
import type { StoredMention } from "./sql.ts";

/** A text with everything that follows from it. */
export interface Composed {
  html: string;
  mentions: StoredMention[];
  /** Lower-case names, and as written. */
  tags: { names: string[]; shown: string[] };
}

/** Reads a plain text: links, hashtags, and mentions of people here and elsewhere. 422 for a link that may not be posted. */
export async function compose(deps: PostsDeps, text: string, quoteUrl: string | undefined): Promise<Composed> {
  const parts = extractParts(text);
  if ((await deps.refusedLink(parts.urls)) !== undefined)
    throw invalid({ status: [{ error: "ERR_BLOCKED", description: "has a link that may not be posted here" }] });
  const key = (m: { username: string; domain: string | undefined }): string =>
    m.username.toLowerCase() + (m.domain === undefined || m.domain === deps.domain ? "" : `@${m.domain.toLowerCase()}`);
  const named = parts.mentions.slice(0, POST_LIMITS.mentions);
  let people = await deps.accounts.profiles.byAddress(named);
  const unknown = named.flatMap(({ username, domain }) =>
    domain !== undefined && domain !== deps.domain && !people.has(key({ username, domain }))
      ? [{ username, domain }]
      : [],
  );
  if (unknown.length > 0) {
    await deps.findPeople(unknown);
    people = await deps.accounts.profiles.byAddress(named);
  }
  const shown = tagsOf(text);
  const allowed = new Set(shown.map(tagName));
  const body = toHtml(text, {
    mention(m) {
      const found = people.get(key(m));
      return found && { url: found.url ?? `${deps.publicUrl}/@${found.username}`, username: found.username };
    },
    tagUrl: (tag) => `${deps.publicUrl}/tags/${encodeURIComponent(tagName(tag))}`,
  });
  // Programs that know no quotes show this line; those that do hide it by its class.
  const quoted =
    quoteUrl !== undefined && !text.includes(quoteUrl)
      ? `<p class="quote-inline">RE: <a href="${escapeHtml(quoteUrl)}" target="_blank" rel="nofollow noopener" translate="no">${escapeHtml(quoteUrl.replace(/^https?:\/\//, ""))}</a></p>`
      : "";
  return {
    html: quoted + body,
    mentions: [...people.values()].map((p) => ({
      id: p.id.toString(),
      username: p.username,
      acct: p.domain === null ? p.username : `${p.username}@${p.domain}`,
      ...(p.url === null ? {} : { url: p.url }),
    })),
    tags: { names: [...allowed], shown },
  };
}
