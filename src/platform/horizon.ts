import type { Id, Ids } from "./ids.ts";

/** An id whose transaction has not ended yet. */
export interface Flight {
  id: Id;
  /** Call once, after commit or rollback. */
  land(): void;
}

/**
 * Keeps paging free of gaps while posts arrive.
 *
 * An id is minted before its transaction commits, so commits may become visible in another order than ids. A reader that polls with `since_id` would then never see a post that commits
 * late. Therefore readers first `settle()`: they wait for the ids in flight at that moment and learn the newest id up to which everything is decided. They read no further than that.
 * See docs/adr/0014.
 */
export interface Horizon {
  takeOff(): Flight;
  /** Waits (bounded by `maxWaitMs`) and returns the greatest id up to which every post of this process is either committed or gone. */
  settle(maxWaitMs?: number): Promise<Id>;
}

export function createHorizon(ids: Ids): Horizon {
  const flying = new Map<Id, Promise<void>>();
  return {
    takeOff() {
      const id = ids.next();
      const { promise, resolve } = Promise.withResolvers<void>();
      flying.set(id, promise);
      return {
        id,
        land() {
          flying.delete(id);
          resolve();
        },
      };
    },
    async settle(maxWaitMs = 250) {
      const upTo = ids.next();
      if (flying.size === 0) return upTo;
      const waiting = [...flying.values()];
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, maxWaitMs);
      await Promise.race([Promise.all(waiting), late]);
      clearTimeout(timer);
      // A transaction that is still open after the wait holds the horizon just below its id.
      let horizon = upTo;
      for (const id of flying.keys()) if (id <= horizon) horizon = id - 1n;
      return horizon;
    },
  };
}
