/** The query of the `next` page in a `Link` header, cut down to its paging parameters; null when there is none. */
export function nextQuery(link: string | null): string | null {
  if (!link) return null;
  for (const part of link.split(/,\s*(?=<)/)) {
    const match = /^<([^>]+)>\s*;.*rel="?next"?/.exec(part);
    const address = match?.[1];
    if (!address) continue;
    const query = new URL(address, "http://localhost").searchParams;
    const kept = new URLSearchParams();
    for (const name of ["max_id", "offset", "cursor"]) {
      const value = query.get(name);
      if (value) kept.set(name, value);
    }
    const text = kept.toString();
    return text === "" ? null : text;
  }
  return null;
}
