import { z } from "zod";
import { MAX_ID, type Id } from "#platform/ids.ts";
import { zId, zInt } from "./fields.ts";

/**
 * One page of a list ordered by id, newest first. `max_id` and `since_id` are exclusive bounds; `min_id` asks for the page directly above it (the oldest of the newer ones).
 */
export interface Page {
  /** Exclusive upper bound. */
  before: Id;
  /** Exclusive lower bound. */
  after: Id;
  /** True for `min_id`: take the lowest rows above `after` instead of the highest. */
  upward: boolean;
  limit: number;
}

type Bound = z.ZodOptional<z.ZodType<bigint | undefined, unknown>>;

/** A bound of a page. Some clients send an empty one for "none". */
const zBound: Bound = z.preprocess((v) => (v === "" ? undefined : v), zId.optional()).optional();

/** Query parameters of a paged list. */
export const pageQuery = (
  defaultLimit: number,
  maxLimit: number,
): { max_id: Bound; since_id: Bound; min_id: Bound; limit: z.ZodType<number, unknown> } => ({
  max_id: zBound,
  since_id: zBound,
  min_id: zBound,
  limit: z
    .preprocess((v) => (v === undefined || v === "" ? defaultLimit : v), zInt(0, 1_000_000))
    .transform((n) => Math.min(Math.max(n, 1), maxLimit)),
});

export interface PageQuery {
  max_id?: bigint | undefined;
  since_id?: bigint | undefined;
  min_id?: bigint | undefined;
  limit: number;
}

export function pageOf(query: PageQuery): Page {
  return {
    before: query.max_id ?? MAX_ID,
    after: query.min_id ?? query.since_id ?? 0n,
    upward: query.min_id !== undefined,
    limit: query.limit,
  };
}

/**
 * The `Link` header of a page: `next` goes to older rows, `prev` to newer ones. `ids` are the paging keys of the rows, newest first. Keeps the other query parameters.
 */
export function linkHeader(
  url: URL,
  publicUrl: string,
  ids: { first: Id | undefined; last: Id | undefined },
  full: boolean,
): string | undefined {
  if (ids.first === undefined || ids.last === undefined) return undefined;
  const make = (key: string, id: Id): string => {
    const params = new URLSearchParams(url.search);
    for (const k of ["max_id", "since_id", "min_id"]) params.delete(k);
    params.set(key, id.toString());
    return `<${publicUrl}${url.pathname}?${params}>`;
  };
  const links = [`${make("min_id", ids.first)}; rel="prev"`];
  if (full) links.unshift(`${make("max_id", ids.last)}; rel="next"`);
  return links.join(", ");
}
