/** Builds the web app before tests that start the server, so that none of them has to wait for it. */
import { buildWeb } from "#doors/web/index.ts";

/** Builds when a source has changed since the last build. Returns false, with the builder's output, when that failed. */
export async function buildWebWhenStale(): Promise<boolean> {
  try {
    await buildWeb((line) => console.log(line));
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return false;
  }
}
