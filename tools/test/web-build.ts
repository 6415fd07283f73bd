/** Builds the web app before tests and benchmarks that start servers: two servers at once must not both build it. */
import { buildWeb } from "#doors/web/index.ts";

/** Builds when the sources changed. Returns false, with the builder's output, when that failed. */
export async function buildWebWhenStale(): Promise<boolean> {
  try {
    await buildWeb((line) => console.log(line));
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}
