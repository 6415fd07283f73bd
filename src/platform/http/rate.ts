import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { RateClass } from "./route.ts";

interface Limit {
  points: number;
  /** Seconds. */
  window: number;
}

// Mastodon's own figures where it publishes them: clients are built around them.
const LIMITS: Record<Exclude<RateClass, "none">, Limit> = {
  general: { points: 300, window: 300 },
  posting: { points: 300, window: 10800 },
  media: { points: 30, window: 1800 },
  deleting: { points: 30, window: 1800 },
  login: { points: 25, window: 300 },
  signup: { points: 5, window: 1800 },
  search: { points: 120, window: 300 },
};

export interface RateState {
  limit: number;
  remaining: number;
  resetAt: Date;
  exceeded: boolean;
}

export interface Rates {
  /** Counts one request of `who` (an account or an address). */
  take(rate: Exclude<RateClass, "none">, who: string): Promise<RateState>;
}

/** Rate limits in memory. In the test environment every limit is a thousand times higher. */
export function createRates(test: boolean): Rates {
  const limiters = new Map<string, RateLimiterMemory>();
  for (const [name, limit] of Object.entries(LIMITS)) {
    limiters.set(
      name,
      new RateLimiterMemory({ keyPrefix: name, points: limit.points * (test ? 1000 : 1), duration: limit.window }),
    );
  }
  return {
    async take(rate, who) {
      const limiter = limiters.get(rate);
      const points = LIMITS[rate].points * (test ? 1000 : 1);
      if (!limiter) throw new Error(`No rate class ${rate}`);
      try {
        const res = await limiter.consume(who);
        return {
          limit: points,
          remaining: res.remainingPoints,
          resetAt: new Date(Date.now() + res.msBeforeNext),
          exceeded: false,
        };
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        return { limit: points, remaining: 0, resetAt: new Date(Date.now() + refused.msBeforeNext), exceeded: true };
      }
    },
  };
}
