import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#platform/errors.ts";
import { checkEntry, isTransient, postSegment, segments } from "./batch.ts";
import type { EntryIn, EntryOut, LedgerDeps } from "./types.ts";

/** Entries of one call at most; more wait for the next one. */
const MAX_ENTRIES = 1000;
const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 4;

interface Waiting {
  entries: readonly EntryIn[];
  resolve(out: EntryOut[]): void;
  reject(error: unknown): void;
}

/** Gathers what is posted at the same time and writes it with one statement and one flush of the disk. */
export interface Writer {
  /**
   * Posts entries, in order, each all or nothing; durable when it resolves. Entries of one call may end up in several
   * transactions. Throws `AppError("unprocessable")` for an entry that makes no sense and `AppError("unavailable")` when the
   * database cannot be reached: it may then be posted or not, and trying again with the same keys is safe.
   */
  post(entries: readonly EntryIn[]): Promise<EntryOut[]>;
  /** Waits until nothing is being written. */
  idle(): Promise<void>;
}

/** Makes the writer of this process. `onPosted` hears of every call that posted something. */
export function createWriter(deps: LedgerDeps, onPosted: () => void): Writer {
  const queue: Waiting[] = [];
  const writers = deps.writers ?? 2;
  let running = 0;
  const whenIdle: (() => void)[] = [];

  /** While one call is on its way, the next ones gather: nobody waits for a timer, and the batch grows with the load. */
  function pump(): void {
    while (running < writers && queue.length > 0) {
      const taken: Waiting[] = [];
      let count = 0;
      while (queue[0] && (count === 0 || count + queue[0].entries.length <= MAX_ENTRIES)) {
        const next = queue.shift();
        if (!next) break;
        taken.push(next);
        count += next.entries.length;
      }
      running++;
      void write(taken).finally(() => {
        running--;
        pump();
        if (running === 0 && queue.length === 0) for (const done of whenIdle.splice(0)) done();
      });
    }
  }

  async function write(taken: Waiting[]): Promise<void> {
    try {
      const out = await posted(taken.flatMap((w) => w.entries));
      onPosted();
      let from = 0;
      for (const w of taken) {
        w.resolve(out.slice(from, from + w.entries.length));
        from += w.entries.length;
      }
    } catch (error) {
      if (taken.length === 1 || isTransient(error) || error instanceof AppError) {
        for (const w of taken) w.reject(error);
        return;
      }
      // Something in it cannot be written, such as a sum beyond what a number holds: everybody is tried alone, and only that one fails.
      for (const w of taken) await write([w]);
    }
  }

  async function posted(entries: readonly EntryIn[]): Promise<EntryOut[]> {
    const out: EntryOut[] = [];
    for (const segment of segments(entries)) out.push(...(await persistently(segment)));
    return out;
  }

  async function persistently(segment: readonly EntryIn[]): Promise<EntryOut[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await postSegment(deps.pool, deps.clock.now(), segment);
      } catch (error) {
        if (!isTransient(error)) throw error;
        if (attempt === ATTEMPTS)
          throw new AppError("unavailable", "The ledger cannot be written at the moment.", { cause: error });
        // Longer each time, and not in step with others.
        await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  return {
    async post(entries) {
      for (const entry of entries) checkEntry(entry);
      if (entries.length === 0) return [];
      const { promise, resolve, reject } = Promise.withResolvers<EntryOut[]>();
      queue.push({ entries, resolve, reject });
      // Whoever posts in the same turn of the event loop comes along.
      setImmediate(pump);
      return promise;
    },
    idle() {
      if (running === 0 && queue.length === 0) return Promise.resolve();
      return new Promise((done) => whenIdle.push(done));
    },
  };
}
