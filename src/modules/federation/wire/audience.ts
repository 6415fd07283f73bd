/** Who is meant to read something: what is less certain is less visible. */
import { LIMITS } from "./limits.ts";
import type { Audience, Uri } from "./types.ts";
import { get, isPublic, list, references, type Json } from "./values.ts";

/**
 * Reads `to` and `cc`. Public in `to`: public. In `cc` only: unlisted. Else the author's followers: followers. Else direct.
 *
 * Whether an address is the author's followers collection is known for certain only with the author's document; until then an address
 * of the same origin whose path has a part named `followers` counts as such. `refineAudience` corrects it.
 */
export function readAudience(object: Json, author: Uri | undefined): Audience {
  const to = get(object, "to");
  const cc = get(object, "cc");
  const audience: Audience = { visibility: "direct", to: addresses(to), cc: addresses(cc) };
  if (hasPublic(to)) audience.visibility = "public";
  else if (hasPublic(cc)) audience.visibility = "unlisted";
  else if (
    author !== undefined &&
    [...audience.to, ...audience.cc].some((address) => looksLikeFollowers(address, author))
  )
    audience.visibility = "followers";
  return audience;
}

/** Whether an object says anything about its audience. */
export function isAddressed(object: Json): boolean {
  return get(object, "to") !== undefined || get(object, "cc") !== undefined;
}

/**
 * The audience, once the author's followers collection is known: addressed to it means followers, a mere look-alike means direct.
 * Public and unlisted stay what they are.
 */
export function refineAudience(audience: Audience, followers: Uri | undefined): Audience {
  if (audience.visibility === "public" || audience.visibility === "unlisted") return audience;
  const addressed = followers !== undefined && (audience.to.includes(followers) || audience.cc.includes(followers));
  return { ...audience, visibility: addressed ? "followers" : "direct" };
}

function hasPublic(value: unknown): boolean {
  // The whole list, not only the entries that are kept: Public behind 1,000 addresses is still Public.
  return Array.isArray(value) ? value.some(isPublic) : isPublic(value);
}

function addresses(value: unknown): Uri[] {
  return references(
    list(value).filter((entry) => !isPublic(entry)),
    LIMITS.recipients,
  );
}

function looksLikeFollowers(address: Uri, author: Uri): boolean {
  const url = URL.parse(address);
  return (
    url !== null &&
    url.origin === URL.parse(author)?.origin &&
    /\/followers(?:\/|$|&|#)/.test(url.pathname + url.search)
  );
}
