import { setTimeout as delay } from "node:timers/promises";

const WITHIN_MS = 20_000;

/** Asks again until there is an answer; for what another process does in its own time. Fails after 20 seconds, which says nothing about speed. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`It did not happen: ${what}`);
    await delay(25);
  }
}
