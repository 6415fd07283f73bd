import { RateLimiterMemory } from "rate-limiter-flexible";
import { digest } from "#platform/crypto/secrets.ts";
import { AppError } from "#platform/errors.ts";

/** Wrong passwords that one name, or one known device, may give in the time. */
const POINTS = 10;
const SECONDS = 15 * 60;

/**
 * Slows down who guesses passwords, without locking out whom the account belongs to: a device that logged in before has a count of its own (device cookies). Only what was wrong
 * is counted. In memory, per process; addresses are limited by the route.
 */
export interface Throttle {
  /** 429 when the count is used up. */
  check(login: string, knownDevice: string | undefined): Promise<void>;
  failed(login: string, knownDevice: string | undefined): Promise<void>;
}

export function createThrottle(): Throttle {
  const limiter = new RateLimiterMemory({ keyPrefix: "login", points: POINTS, duration: SECONDS });
  const keyOf = (login: string, device: string | undefined): string =>
    device === undefined ? `n ${login.trim().toLowerCase()}` : `d ${digest(device).toString("base64url")}`;
  return {
    async check(login, device) {
      const state = await limiter.get(keyOf(login, device));
      if (state !== null && state.consumedPoints >= POINTS)
        throw new AppError("rate_limited", "Too many wrong passwords. Please wait a quarter of an hour.", {
          retryAfter: Math.ceil(state.msBeforeNext / 1000),
        });
    },
    async failed(login, device) {
      await limiter.penalty(keyOf(login, device));
    },
  };
}
