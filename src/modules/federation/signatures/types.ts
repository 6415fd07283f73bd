/** A request as it came over the wire. */
export interface SignedRequest {
  /** As in the request line: upper case. */
  method: string;
  /**
   * The raw target of the request line, path and query, exactly as sent. A URL that a framework parsed and printed again may differ in
   * its escapes and then no signature verifies.
   */
  target: string;
  /** Value of a header by its lower-case name, repeated fields joined by ", "; each character is one byte, as Node gives them. */
  header(name: string): string | null | undefined;
  /** The raw bytes of the body, before any decoding. */
  body?: Uint8Array | undefined;
}

/**
 * Why a request counts as unsigned. All are answered 401.
 *
 * - `missing`: no signature at all.
 * - `too_large`: a header beyond its limit.
 * - `malformed`: the headers cannot be read, or name a header that is not there.
 * - `unsupported`: an algorithm or component that is not known here.
 * - `uncovered`: method, target, host, time or digest are not part of what was signed.
 * - `digest`: the digest does not fit the body.
 * - `stale`, `ahead`, `expired`: outside the time window.
 */
export type SignatureRefusal =
  | "missing"
  | "too_large"
  | "malformed"
  | "unsupported"
  | "uncovered"
  | "digest"
  | "stale"
  | "ahead"
  | "expired";

/** A signature that says enough about the request to be worth a key. It proves nothing before it was verified. */
export interface SignatureCandidate {
  scheme: "cavage" | "rfc9421";
  /** Label of an RFC 9421 signature; empty for draft-cavage. */
  label: string;
  /** As sent; a text by a stranger of at most 2,048 printable characters, not necessarily a URL. */
  keyId: string;
  /** What the sender claims; `key` leaves it to the type of the key. */
  algorithm: "rsa" | "ed25519" | "key";
  /** The texts that may have been signed, one byte per character; the signature has to fit one of them. */
  bases: readonly string[];
  signature: Buffer;
  /** When it was signed by its own words, in milliseconds since 1970. */
  signedAt: number;
}

export type SignatureReading =
  | { ok: true; candidates: readonly [SignatureCandidate, ...SignatureCandidate[]] }
  | { ok: false; reason: SignatureRefusal };

/** What is needed to judge requests to this server; made once by `signatureSite`. */
export interface SignatureSite {
  scheme: "https" | "http";
  /** Host in lower case, with the port unless it is the scheme's own. */
  authority: string;
  /** Scheme and authority, without a slash at the end. */
  origin: string;
  /** Oldest signature that is accepted, in milliseconds. */
  maxAgeMs: number;
  /** How far a sender's clock may be ahead, in milliseconds. */
  maxAheadMs: number;
  /** How long after `expires` a signature still counts, in milliseconds. Some servers give theirs ten seconds, less than clocks differ. */
  graceMs: number;
}

export function refuse(reason: SignatureRefusal): { ok: false; reason: SignatureRefusal } {
  return { ok: false, reason };
}
