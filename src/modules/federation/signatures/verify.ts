import { verify, type KeyObject } from "node:crypto";
import { readCavage } from "./cavage.ts";
import { MAX_TARGET } from "./message.ts";
import { readRfc9421 } from "./rfc9421.ts";
import { refuse, type SignatureCandidate, type SignatureReading } from "./types.ts";
import type { SignatureSite, SignedRequest } from "./types.ts";

const HOUR = 3_600_000;

/**
 * Describes this server to {@link readSignature}.
 *
 * @param publicUrl address under which others know this server; only its origin counts.
 * @param window accepted times: at most `maxAgeMs` old (default 12 h), `maxAheadMs` ahead (default 1 h) and `graceMs` expired (default one
 *   minute). The community report suggests about an hour; the clocks of real servers are worse.
 * @throws TypeError when `publicUrl` is no http(s) URL.
 */
export function signatureSite(
  publicUrl: string,
  window: { maxAgeMs?: number; maxAheadMs?: number; graceMs?: number } = {},
): SignatureSite {
  const url = new URL(publicUrl);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new TypeError(`Not an http(s) URL: ${publicUrl}`);
  return {
    scheme: url.protocol === "https:" ? "https" : "http",
    authority: url.host,
    origin: url.origin,
    maxAgeMs: window.maxAgeMs ?? 12 * HOUR,
    maxAheadMs: window.maxAheadMs ?? HOUR,
    graceMs: window.graceMs ?? 60_000,
  };
}

/** Method names are tokens; whatever else a parser let through must not reach a signing string. */
function isMethod(method: string): boolean {
  if (method.length === 0 || method.length > 16) return false;
  for (let at = 0; at < method.length; at++) {
    const c = method.charCodeAt(at);
    if (!(c >= 0x41 && c <= 0x5a)) return false;
  }
  return true;
}

/** An origin-form target (RFC 9112 section 3.2.1) without anything that could pass for another line or word. */
function isTarget(target: string): boolean {
  if (target.charCodeAt(0) !== 0x2f) return false;
  for (let at = 0; at < target.length; at++) {
    const c = target.charCodeAt(at);
    if (c <= 0x20 || c === 0x7f || c > 0xff) return false;
  }
  return true;
}

/**
 * First half of verifying: reads the signature headers and judges everything that needs no key: what is covered, digest and time. The
 * caller gets the key of a candidate and asks {@link verifySignature}. With `Signature-Input` it is RFC 9421, without it draft-cavage-12.
 * Never throws.
 *
 * @param now milliseconds since 1970.
 * @returns candidates in the order of the header, at most four; one that verifies with the right key is enough.
 */
export function readSignature(request: SignedRequest, site: SignatureSite, now: number): SignatureReading {
  if (request.target.length > MAX_TARGET) return refuse("too_large");
  if (!isMethod(request.method) || !isTarget(request.target)) return refuse("malformed");
  const input = request.header("signature-input");
  if (input != null) return readRfc9421(input, request, site, now);
  const header = request.header("signature");
  if (header == null) return refuse("missing");
  return readCavage(header, request, site, now);
}

/**
 * Second half of verifying: does the signature fit the key? RSA is PKCS#1 v1.5 with SHA-256 (`rsa-sha256`, `rsa-v1_5-sha256`, and `hs2019`
 * with an RSA key); the other kind is Ed25519. An algorithm named by the sender has to fit the kind of the key. Synchronous: one RSA
 * check takes about 22 µs, the way to the thread pool and back more than that.
 *
 * @param key a public key that `keys.ts` accepted.
 */
export function verifySignature(candidate: SignatureCandidate, key: KeyObject): boolean {
  const { algorithm, signature } = candidate;
  const type = key.asymmetricKeyType;
  if (type !== "rsa" && type !== "ed25519") return false;
  if (algorithm !== "key" && algorithm !== type) return false;
  const digest = type === "rsa" ? "sha256" : null;
  for (const base of candidate.bases) {
    // One character is one byte: headers of the wire are Latin-1 to Node.
    if (verify(digest, Buffer.from(base, "latin1"), key, signature)) return true;
  }
  return false;
}

export type { SignatureCandidate, SignatureReading, SignatureRefusal, SignatureSite, SignedRequest } from "./types.ts";
