import { createHash, randomBytes } from "node:crypto";
import type { Key } from "./types.ts";

/** The namespace of derived keys (RFC 9562, version 5). It never changes: a key made again must be the same. */
const NAMESPACE = Buffer.from("6f1c6b5e0d0a5a3c8f0b5d7a1e9c4b27", "hex");

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function text(bytes: Buffer, version: number): Key {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The key of something that has a stable name of its own, such as `provider:event_id`. Never derive one from a period: two real payments would become one. */
export function keyFor(...name: readonly (string | bigint | number)[]): Key {
  return text(createHash("sha1").update(NAMESPACE).update(name.join(":")).digest().subarray(0, 16), 5);
}

/** A new key (version 7): sorts by time, so that the index grows at its end. */
export function newKey(nowMs: number): Key {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  return text(bytes, 7);
}

/** True for a UUID in lower case, as keys have to be. */
export function isKey(value: string): boolean {
  return UUID.test(value);
}
