import type { TagUse } from "#modules/posts/index.ts";

/** Mastodon's Tag. */
export function presentTag(tag: TagUse, publicUrl: string, signedIn: boolean): Record<string, unknown> {
  return {
    id: tag.name,
    name: tag.display,
    url: `${publicUrl}/tags/${encodeURIComponent(tag.name)}`,
    history: tag.history.map((d) => ({ day: String(d.day), uses: String(d.uses), accounts: String(d.accounts) })),
    ...(signedIn ? { following: false, featuring: false } : {}),
  };
}
