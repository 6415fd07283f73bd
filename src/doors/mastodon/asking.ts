import type { Clock } from "#platform/clock.ts";
import type { Id } from "#platform/ids.ts";

const PAUSE_MS = 15 * 60_000;
const MOST = 5000;

/** Remembers when other servers were asked about something, so that reading does not ask them over and over. */
export interface Asking {
  /** True once in a quarter of an hour for each subject. */
  due(subject: Id): boolean;
}

/** Bounded: when it is full, what was asked for longest ago is forgotten first. */
export function createAsking(clock: Clock): Asking {
  const asked = new Map<Id, number>();
  return {
    due(subject) {
      const now = clock.ms();
      const before = asked.get(subject);
      if (before !== undefined && now - before < PAUSE_MS) return false;
      asked.delete(subject);
      asked.set(subject, now);
      const [oldest] = asked.keys();
      if (asked.size > MOST && oldest !== undefined) asked.delete(oldest);
      return true;
    },
  };
}
