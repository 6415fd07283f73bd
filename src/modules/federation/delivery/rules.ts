import type { FetchReason } from "#platform/fetch/failed.ts";

/** What follows from an answer of another server. */
export type Outcome =
  | { kind: "done" }
  /** It will never be taken: sending it again would be noise. */
  | { kind: "drop" }
  /** The inbox is gone for good. */
  | { kind: "gone" }
  /** `trouble` counts for the circuit; `until` is how long the host asked us to wait. */
  | { kind: "retry"; trouble: boolean; until?: Date };

const DAY_MS = 86_400_000;

/** Reads a status and `Retry-After` (seconds or a date; RFC 9110, section 10.2.3), capped at a day. */
export function afterAnswer(status: number, retryAfter: string | undefined, now: Date): Outcome {
  if (status >= 200 && status < 300) return { kind: "done" };
  if (status === 410) return { kind: "gone" };
  if (status === 408 || status === 425 || status === 429 || status === 503) {
    const until = waitUntil(retryAfter, now);
    return until ? { kind: "retry", trouble: false, until } : { kind: "retry", trouble: status !== 429 };
  }
  if (status >= 500) return { kind: "retry", trouble: true };
  return { kind: "drop" };
}

/** What follows when there was no answer. Our own limits say nothing about the host. */
export function afterFailure(reason: FetchReason): Outcome {
  if (reason === "bad_url" || reason === "blocked_domain") return { kind: "drop" };
  // A name that leads to an address of ours today may be repaired tomorrow; it counts like a host that is away.
  return { kind: "retry", trouble: reason !== "rate" };
}

function waitUntil(text: string | undefined, now: Date): Date | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  if (!Number.isFinite(ms) || ms <= 0) return undefined;
  return new Date(now.getTime() + Math.min(ms, DAY_MS));
}

/** Minutes before each further try; after the last one once a day. */
const WAITS = [1, 5, 15, 60, 180, 360, 720];
const GIVE_UP_MS = 7 * DAY_MS;

/**
 * When a delivery is tried again, with a fifth of jitter so that a host that comes back is not met by everybody at once.
 *
 * @returns undefined after seven days: it is given up.
 */
export function retryAt(
  attempts: number,
  createdAt: Date,
  now: Date,
  until?: Date,
  random = Math.random,
): Date | undefined {
  const minutes = WAITS[attempts] ?? 24 * 60;
  const at = new Date(Math.max(now.getTime() + minutes * 60_000 * (0.8 + 0.4 * random()), until?.getTime() ?? 0));
  return at.getTime() - createdAt.getTime() > GIVE_UP_MS ? undefined : at;
}
