/** The line is full. */
export class LineFull extends Error {}

/** Work that is done a few at a time. */
export interface Slots {
  /** Runs `work` when its turn comes. Rejects with `LineFull` at once when too many wait. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/**
 * At most `total` at once, at most `perKey` of one key, and `waiting` in line. Who waits for a key that is busy lets others pass: one slow
 * server must not hold up the pictures of all others.
 */
export function createSlots(bounds: { total: number; perKey: number; waiting: number }): Slots {
  const line: { key: string; start: () => void }[] = [];
  const running = new Map<string, number>();
  let all = 0;

  const free = (key: string): boolean => all < bounds.total && (running.get(key) ?? 0) < bounds.perKey;
  function enter(key: string): void {
    all++;
    running.set(key, (running.get(key) ?? 0) + 1);
  }
  function leave(key: string): void {
    all--;
    const left = (running.get(key) ?? 1) - 1;
    if (left > 0) running.set(key, left);
    else running.delete(key);
    const at = line.findIndex((waiting) => free(waiting.key));
    const [next] = at < 0 ? [] : line.splice(at, 1);
    if (!next) return;
    enter(next.key);
    next.start();
  }

  return {
    async run(key, work) {
      if (free(key)) enter(key);
      else if (line.length >= bounds.waiting) throw new LineFull("too many are waiting");
      else await new Promise<void>((resolve) => line.push({ key, start: resolve }));
      try {
        return await work();
      } finally {
        leave(key);
      }
    },
  };
}
