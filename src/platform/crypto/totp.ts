import { createHmac, timingSafeEqual } from "node:crypto";

/** Seconds of one step, and digits of a code: what every authenticator app assumes. */
export const STEP_SECONDS = 30;
export const DIGITS = 6;

/** The code of a time step (RFC 4226, section 5.3; RFC 6238): HMAC-SHA-1, as authenticator apps expect. */
export function codeOf(secret: Uint8Array, step: bigint, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(step);
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = (mac[mac.length - 1] ?? 0) & 15;
  return ((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).toString().padStart(digits, "0");
}

/** The step in which a code is right: this one, or one before or after for clocks that differ; undefined when it is in none. All are compared, so time tells nothing. */
export function stepOf(secret: Uint8Array, code: string, nowMs: number): bigint | undefined {
  const given = Buffer.from(
    code
      .replace(/[\s-]/g, "")
      .padEnd(DIGITS, " ")
      .slice(0, DIGITS + 1),
  );
  const now = BigInt(Math.floor(nowMs / 1000 / STEP_SECONDS));
  let found: bigint | undefined;
  for (const step of [now - 1n, now, now + 1n]) {
    const right = Buffer.from(codeOf(secret, step));
    if (given.length === right.length && timingSafeEqual(given, right)) found = step;
  }
  return found;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Base32 without padding (RFC 4648), in which people copy secrets. */
export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      text += ALPHABET[(value >>> (bits - 5)) & 31];
      bits -= 5;
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + (ALPHABET[(value << (5 - bits)) & 31] ?? "") : text;
}

/** The address that authenticator apps read from a QR code. */
export function otpauth(secret: Uint8Array, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`;
}
