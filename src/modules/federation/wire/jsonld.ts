import { isPlain } from "./plain.ts";
import { readPlain } from "./read.ts";
import type { IncomingObject } from "./types.ts";
import { usualNames } from "./usual-names.ts";
import { isObject } from "./values.ts";

/**
 * Reads a document, plain or not. Those that need JSON-LD cost about a millisecond, so this belongs into workers, not into requests.
 *
 * @param json a parsed document of whatever kind
 * @param now no date of the past is later than that
 * @returns undefined when it is unusable, too complex for JSON-LD, or needs a context that is not bundled; never rejects
 */
export async function readDocument(json: unknown, now: Date): Promise<IncomingObject | undefined> {
  if (!isObject(json)) return undefined;
  if (isPlain(json)) return readPlain(json, now);
  const named = await usualNames(json);
  return named && readPlain(named, now);
}
