import { createHash } from "node:crypto";
import { ConfigError } from "#platform/config/env.ts";
import type { GuardedFetch } from "#platform/fetch/guarded.ts";
import type { Log } from "#platform/log/log.ts";
import { openFilter, type Filter } from "./filter.ts";

const RANGE = "https://api.pwnedpasswords.com/range/";
const TIMEOUT_MS = 800;
/** An answer has about a thousand lines of some 40 characters. */
const MAX_BYTES = 512 * 1024;

/** Knows passwords that stand in published leaks. */
export interface BreachCheck {
  /** True when this password is in the operator's filter, or in the public service when that is switched on. What cannot be asked says nothing. */
  breached(password: string): Promise<boolean>;
  close(): void;
}

/** True when the rest of a hash stands in the answer for its beginning. Lines with a count of 0 are padding. */
export function inRange(answer: string, rest: string): boolean {
  for (const line of answer.split("\n")) {
    const [hash = "", count = ""] = line.trim().split(":");
    if (hash.toUpperCase() === rest && Number(count) > 0) return true;
  }
  return false;
}

/**
 * `filterFile` is made by `buildFilter`; a file that is none ends the start with an error. `online` asks Have I Been Pwned's range service for the first five of the 40 digits of
 * the password's SHA-1, so that it does not learn the password (haveibeenpwned.com/API/v3#PwnedPasswords); an answer that does not come in 800 ms counts as no.
 */
export function createBreachCheck(options: {
  filterFile: string | undefined;
  online: boolean;
  fetcher: () => Pick<GuardedFetch, "document">;
  log: Log;
}): BreachCheck {
  let filter: Filter | undefined;
  try {
    filter = options.filterFile === undefined ? undefined : openFilter(options.filterFile);
  } catch (error) {
    throw new ConfigError(`SKEIN_BREACH_FILTER: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {
    async breached(password) {
      const sha1 = createHash("sha1").update(password).digest();
      if (filter?.has(sha1)) return true;
      if (!options.online) return false;
      const hex = sha1.toString("hex").toUpperCase();
      try {
        const answer = await options.fetcher().document(RANGE + hex.slice(0, 5), {
          accept: "text/plain",
          types: ["text/plain"],
          maxBytes: MAX_BYTES,
          timeoutMs: TIMEOUT_MS,
          sign: () => ({ "add-padding": "true" }),
        });
        return inRange(answer.body.toString("latin1"), hex.slice(5));
      } catch (error) {
        options.log.warn({ err: error }, "the service of breached passwords did not answer; the password was accepted");
        return false;
      }
    },
    close: () => filter?.close(),
  };
}
