/**
 * Finds the conformance data: published documents about the Mastodon API that tests compare Skein with. They belong to
 * others, so they are not part of this repository; tests that need them say so and are skipped where they are absent.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** What a skipped test says. */
export const NO_CONFORMANCE_DATA =
  "no conformance data: set SKEIN_CONFORMANCE_DIR to a folder with mastodon-api/openapi-patched.json and endpoints.tsv";

/**
 * Path of a conformance file, looked up in SKEIN_CONFORMANCE_DIR, else in a folder shared between checkouts.
 *
 * @param name relative path such as `mastodon-api/endpoints.tsv`.
 * @returns undefined when the file does not exist.
 */
export function conformanceFile(name: string): string | undefined {
  const given = process.env["SKEIN_CONFORMANCE_DIR"];
  const file = join(given ? resolve(given) : resolve(ROOT, "../shared/conformance"), name);
  return existsSync(file) ? file : undefined;
}
