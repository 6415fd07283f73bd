/** Reads paged lists as a program does: by `Link`, and by polling. */
import assert from "node:assert/strict";
import type { TestApp } from "../../support/app.ts";

export interface Reader {
  id: bigint;
  name: string;
  token: string | undefined;
}

export interface Item {
  id: string;
}

export interface Got {
  ids: bigint[];
  next: string | undefined;
  prev: string | undefined;
}

const descending = (ids: readonly bigint[]): boolean => ids.every((id, i) => i === 0 || id < (ids[i - 1] ?? 0n));

/** One page; its ids have to be strictly descending. */
export async function page(app: TestApp, reader: Reader, path: string): Promise<Got> {
  const response = await app.fetch(
    path,
    reader.token === undefined ? {} : { headers: { authorization: `Bearer ${reader.token}` } },
  );
  const text = await response.text();
  assert.equal(response.status, 200, `${path} answered ${response.status}: ${text}`);
  const ids = (JSON.parse(text) as Item[]).map((item) => BigInt(item.id));
  assert.ok(descending(ids), `${path} for ${reader.name} is not strictly descending: ${ids.join(", ")}`);
  const link = response.headers.get("link") ?? "";
  const rel = (name: string): string | undefined => {
    const url = new RegExp(`<([^>]+)>; rel="${name}"`).exec(link)?.[1];
    return url?.slice(app.url.length);
  };
  return { ids, next: rel("next"), prev: rel("prev") };
}

const withQuery = (path: string, query: string): string => `${path}${path.includes("?") ? "&" : "?"}${query}`;
const withLimit = (path: string, limit: number): string => path.replace(/([?&])limit=\d+/, `$1limit=${limit}`);

/** Walks down by `Link` from the newest, another number of rows on each page. `upTo` ends the walk below that id. */
export async function walkDown(
  app: TestApp,
  reader: Reader,
  path: string,
  limit: () => number,
  upTo = 0n,
): Promise<bigint[]> {
  const all: bigint[] = [];
  let url: string | undefined = withQuery(path, `limit=${limit()}`);
  while (url !== undefined) {
    const got: Got = await page(app, reader, url);
    all.push(...got.ids);
    // A page may come out empty although more follows: all on it were deleted while it was made. Only the link tells.
    const oldest = got.ids.at(-1);
    if (oldest !== undefined && oldest <= upTo) break;
    url = got.next && withLimit(got.next, limit());
  }
  return all;
}

/** Walks up with `min_id` from a bound to the newest; returns ascending ids. */
export async function walkUp(
  app: TestApp,
  reader: Reader,
  path: string,
  limit: () => number,
  from = 0n,
): Promise<bigint[]> {
  const all: bigint[] = [];
  for (let after = from; ;) {
    const got = await page(app, reader, withQuery(path, `min_id=${after}&limit=${limit()}`));
    if (got.ids.length === 0) return all;
    all.push(...got.ids.toReversed());
    after = got.ids[0] ?? after;
  }
}
