import { hash } from "node:crypto";
import { MAX_FIELD, parseDictionary } from "./structured.ts";
import type { SignatureRefusal, SignatureSite, SignedRequest } from "./types.ts";

/** Characters of a key id. */
export const MAX_KEY_ID = 2048;
/** Characters of a request target. */
export const MAX_TARGET = 8192;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function number(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * Reads a date as HTTP sends it, `Wed, 20 Dec 2023 10:00:00 GMT` (RFC 9110 section 5.6.7). `UTC`, `+0000` and `-0000` are accepted as the
 * zone, because mail libraries write them. The obsolete forms are not read: no federating server sends them.
 *
 * @returns milliseconds since 1970, NaN when it is no such date.
 */
export function parseHttpDate(text: string): number {
  const zone = text.slice(25);
  if (text[3] !== "," || text[4] !== " " || text[7] !== " " || text[11] !== " " || text[16] !== " ") return NaN;
  if (text[19] !== ":" || text[22] !== ":") return NaN;
  if (zone !== " GMT" && zone !== " UTC" && zone !== " +0000" && zone !== " -0000") return NaN;
  const month = MONTHS.indexOf(text.slice(8, 11));
  const day = number(text, 5, 7);
  const hour = number(text, 17, 19);
  const minute = number(text, 20, 22);
  const second = number(text, 23, 25);
  // 60 is a leap second.
  if (month < 0 || !(day >= 1 && day <= 31) || !(hour <= 23) || !(minute <= 59) || !(second <= 60)) return NaN;
  return Date.UTC(number(text, 12, 16), month, day, hour, minute, second);
}

/**
 * A header as it stands in a signing string: without white space around it (RFC 9421 section 2.1).
 *
 * @returns undefined when it is absent, too long, or holds what HTTP does not let through: a line break, which could pass for another line
 *   of the signing string, or a character of more than one byte.
 */
export function fieldValue(request: SignedRequest, name: string): string | undefined {
  const raw = request.header(name);
  if (raw == null || raw.length > MAX_FIELD) return undefined;
  const value = raw.trim();
  for (let at = 0; at < value.length; at++) {
    const c = value.charCodeAt(at);
    if ((c < 0x20 && c !== 0x09) || c > 0xff) return undefined;
  }
  return value;
}

/**
 * The host that a sender can have meant: ours. The header is used as sent only when it says the same, so behind a proxy that rewrites it,
 * and for a request that was signed for another server, the configured one stands in the signing string.
 */
export function signedHost(request: SignedRequest, site: SignatureSite): string {
  const sent = request.header("host");
  if (sent == null || sent === site.authority) return site.authority;
  const lower = sent.trim().toLowerCase();
  const port = site.scheme === "https" ? ":443" : ":80";
  return lower === site.authority || lower === site.authority + port ? sent.trim() : site.authority;
}

/** Judges the time of a signature; all times in milliseconds since 1970. */
export function judgeTime(signedAt: number, now: number, site: SignatureSite): SignatureRefusal | undefined {
  if (!Number.isFinite(signedAt)) return "malformed";
  if (signedAt < now - site.maxAgeMs) return "stale";
  return signedAt > now + site.maxAheadMs ? "ahead" : undefined;
}

/** SHA-256 of a body in base64, made once for all deliveries of the body. */
export function bodyDigest(body: Uint8Array): string {
  return hash("sha256", body, "base64");
}

const NO_BODY = new Uint8Array(0);

/**
 * Compares `Digest` (RFC 3230) with the raw body. `SHA-256` and `SHA-512` count, in any case; every one of them has to fit, and one has to
 * be there. Other algorithms are passed over.
 */
export function digestFits(value: string, body: Uint8Array | undefined): boolean {
  let known = 0;
  let start = 0;
  while (start <= value.length) {
    let end = value.indexOf(",", start);
    if (end < 0) end = value.length;
    const part = value.slice(start, end);
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    if (name === "sha-256" || name === "sha-512") {
      // Each costs a hash over the body.
      if (++known > 4) return false;
      const algorithm = name === "sha-256" ? "sha256" : "sha512";
      if (part.slice(equals + 1).trim() !== hash(algorithm, body ?? NO_BODY, "base64")) return false;
    }
    start = end + 1;
  }
  return known > 0;
}

/** The same for `Content-Digest` (RFC 9530), a dictionary of byte sequences. */
export function contentDigestFits(value: string, body: Uint8Array | undefined): boolean {
  const members = parseDictionary(value);
  if (!members) return false;
  let known = 0;
  for (const [name, algorithm] of [
    ["sha-256", "sha256"],
    ["sha-512", "sha512"],
  ] as const) {
    const member = members.get(name);
    if (!member) continue;
    if ("items" in member || member.value.kind !== "bytes") return false;
    if (!hash(algorithm, body ?? NO_BODY, "buffer").equals(member.value.value)) return false;
    known++;
  }
  return known > 0;
}
