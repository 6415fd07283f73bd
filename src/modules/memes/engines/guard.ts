/** How often an engine may be asked at once, and when it is left alone because it fails. */
import { EngineFailed } from "./failed.ts";

export interface Guard {
  /** Runs work when there is room; waits for room until the deadline. Throws {@link EngineFailed} `resting` without asking while the circuit is open. */
  run<T>(deadline: number, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Milliseconds until it is asked again; 0 when it works. */
  restsFor(): number;
}

export interface GuardOptions {
  /** Requests at once. */
  parallel: number;
  now: () => number;
  /** As many failures within `windowMs` open the circuit for `restMs`. */
  failures?: number;
  windowMs?: number;
  restMs?: number;
}

export function createGuard({ parallel, now, failures = 5, windowMs = 30_000, restMs = 60_000 }: GuardOptions): Guard {
  let running = 0;
  const waiting: (() => void)[] = [];
  let failed: number[] = [];
  let openUntil = 0;

  /** Takes a place at once when there is one: between looking and taking nobody else may come. */
  async function room(deadline: number, signal: AbortSignal): Promise<void> {
    if (running < parallel) {
      running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (problem: "busy" | "timeout"): void => {
        const at = waiting.indexOf(enter);
        if (at >= 0) waiting.splice(at, 1);
        clearTimeout(timer);
        signal.removeEventListener("abort", aborted);
        reject(new EngineFailed(problem, "the engine has no room"));
      };
      const enter = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", aborted);
        resolve();
      };
      const aborted = (): void => leave("timeout");
      const timer = setTimeout(() => leave("busy"), Math.max(0, deadline - now()));
      signal.addEventListener("abort", aborted, { once: true });
      waiting.push(enter);
    });
  }

  function count(error: unknown): void {
    const at = now();
    if (error instanceof EngineFailed && error.retryAfter !== undefined) {
      openUntil = Math.max(openUntil, at + error.retryAfter * 1000);
      return;
    }
    failed = [...failed.filter((t) => at - t < windowMs), at];
    if (failed.length >= failures) {
      openUntil = at + restMs;
      failed = [];
    }
  }

  return {
    async run(deadline, signal, work) {
      const rest = openUntil - now();
      if (rest > 0)
        throw new EngineFailed("resting", "the engine failed too often lately", { retryAfter: Math.ceil(rest / 1000) });
      await room(deadline, signal);
      try {
        const done = await work();
        failed = [];
        return done;
      } catch (error) {
        // Somebody who gave up says nothing about the engine.
        if (!signal.aborted) count(error);
        throw error;
      } finally {
        // Whoever waits gets this place; it is never free in between.
        const next = waiting.shift();
        if (next) next();
        else running--;
      }
    },
    restsFor: () => Math.max(0, openUntil - now()),
  };
}
