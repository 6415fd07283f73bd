import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { digest } from "#platform/crypto/secrets.ts";
import { AppError } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";

/** Wrong passwords that one account, or one known device, may give in the time. */
const POINTS = 10;
const SECONDS = 15 * 60;

/** Letters that strangers can have sent to one mailbox in an hour. */
const LETTERS = 5;
const HOUR_SECONDS = 3600;

/**
 * Slows down who guesses passwords, without locking out whom the account belongs to: a device that logged in before has a count of its own (device cookies). An attempt is counted
 * before the password is looked at, so that many at once are no way around, and given back when it was right. In memory, per process; addresses are limited by the route.
 */
export interface Throttle {
  /** Counts an attempt; 429 when the count is used up. `who` is the account, whatever it was called, or what was typed when nobody is called so. */
  attempt(who: Id | string, knownDevice: string | undefined): Promise<void>;
  /** The attempt was right: it does not count. */
  passed(who: Id | string, knownDevice: string | undefined): Promise<void>;
}

export function createThrottle(): Throttle {
  const limiter = new RateLimiterMemory({ keyPrefix: "login", points: POINTS, duration: SECONDS });
  const keyOf = (who: Id | string, device: string | undefined): string =>
    device !== undefined
      ? `d ${digest(device).toString("base64url")}`
      : typeof who === "bigint"
        ? `a ${who}`
        : // What somebody types may be long: a digest is not.
          `n ${digest(who.trim().toLowerCase()).toString("base64url")}`;
  return {
    async attempt(who, device) {
      if (await took(limiter, keyOf(who, device))) return;
      throw new AppError("rate_limited", "Too many wrong passwords. Please wait a quarter of an hour.", {
        retryAfter: SECONDS,
      });
    },
    async passed(who, device) {
      await limiter.reward(keyOf(who, device));
    },
  };
}

async function took(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  try {
    await limiter.consume(key);
    return true;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return false;
    throw refused;
  }
}

/** Keeps strangers from filling a mailbox with letters of this server, wherever they ask from. */
export interface LetterLimit {
  /** True while this mailbox may get one more; counts it. */
  take(email: string): Promise<boolean>;
}

export function createLetterLimit(): LetterLimit {
  const limiter = new RateLimiterMemory({ keyPrefix: "letter", points: LETTERS, duration: HOUR_SECONDS });
  return {
    // What stands behind a plus ends in the same mailbox.
    take: (email) =>
      took(
        limiter,
        digest(
          email
            .trim()
            .toLowerCase()
            .replace(/\+[^@]*@/, "@"),
        ).toString("base64url"),
      ),
  };
}
