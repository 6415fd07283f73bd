import { plain } from "./html.ts";
import { LIMITS } from "./limits.ts";
import type { IncomingPoll } from "./types.ts";
import { count, date, each, firstOf, flag, get, isObject, pastDate, type Json } from "./values.ts";

/** Reads the poll of a Question; undefined when it has no usable option. */
export function readPoll(question: Json, now: Date): IncomingPoll | undefined {
  const many = options(get(question, "anyOf"));
  const one = many.length === 0 ? options(get(question, "oneOf")) : [];
  if (many.length + one.length === 0) return undefined;
  const endsAt = date(get(question, "endTime"));
  const closed = get(question, "closed");
  return {
    options: many.length > 0 ? many : one,
    multiple: many.length > 0,
    endsAt,
    // `closed` is a time, or true, or (in AS2) whatever closed it.
    closedAt:
      pastDate(closed, now) ??
      (flag(closed) || isObject(closed) ? (pastDate(get(question, "endTime"), now) ?? now) : undefined),
    voters: count(get(question, "votersCount")),
  };
}

function options(value: unknown): IncomingPoll["options"] {
  return each(value, LIMITS.pollOptions, (entry) => {
    if (!isObject(entry)) return undefined;
    const text = plain(get(entry, "name") ?? get(entry, "content"), LIMITS.pollOption);
    if (text === "") return undefined;
    const votes = firstOf(get(entry, "replies"), (replies) =>
      isObject(replies) ? count(get(replies, "totalItems")) : undefined,
    );
    return { text, votes: votes ?? 0 };
  });
}
