import { createHash } from "node:crypto";

/** One line as it is hashed. */
export interface AuditLine {
  seq: bigint;
  at: Date;
  actorId: bigint | null;
  verb: string;
  object: string;
  /** JSON text, byte by byte as stored. */
  data: string;
}

/** What stands before the first line. */
export const GENESIS = createHash("sha256").update("skein audit log").digest();

/** SHA-256 of the previous line's hash (32 bytes) and the line as a JSON array in UTF-8: sequence, time in ISO 8601, actor, verb, object, data. */
export function lineHash(prev: Uint8Array, line: AuditLine): Buffer {
  const text = JSON.stringify([
    line.seq.toString(),
    line.at.toISOString(),
    line.actorId?.toString() ?? null,
    line.verb,
    line.object,
    line.data,
  ]);
  return createHash("sha256").update(prev).update(text, "utf8").digest();
}
