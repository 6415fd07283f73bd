/** The strict front door: bytes of strangers become a JSON object, or not. The only place that parses documents. */
import { LIMITS } from "./limits.ts";
import { isObject, type Json } from "./values.ts";

/** Why bytes are no document. */
export class ParseProblem {
  readonly reason: "too_large" | "too_deep" | "not_utf8" | "not_json" | "not_object";

  constructor(reason: ParseProblem["reason"]) {
    this.reason = reason;
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Parses a document once, for all who look at it: signature, origin rules and normaliser get the same value, so they cannot read
 * different things into it (duplicate keys: the last one counts, for everybody).
 *
 * @param bytes at most 1 MiB of UTF-8; a byte order mark is ignored
 * @returns the object, or why there is none
 */
export function parseDocument(bytes: Uint8Array): Json | ParseProblem {
  if (bytes.byteLength > LIMITS.documentBytes) return new ParseProblem("too_large");
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return new ParseProblem("not_utf8");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new ParseProblem("not_json");
  }
  if (!isObject(value)) return new ParseProblem("not_object");
  return isBounded(value) ? value : new ParseProblem("too_deep");
}

/** Walks a parsed document without recursion: its depth and the number of its nodes. */
function isBounded(root: Json): boolean {
  let level: object[] = [root];
  let nodes = 1;
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > LIMITS.documentDepth) return false;
    const next: object[] = [];
    for (const container of level) {
      for (const value of Array.isArray(container) ? container : Object.values(container)) {
        nodes++;
        if (typeof value === "object" && value !== null) next.push(value as object);
      }
      if (nodes > LIMITS.documentNodes) return false;
    }
    level = next;
  }
  return true;
}
