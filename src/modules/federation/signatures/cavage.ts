import { digestFits, fieldValue, judgeTime, MAX_KEY_ID, parseHttpDate, signedHost } from "./message.ts";
import { MAX_FIELD, strictBase64 } from "./structured.ts";
import { refuse, type SignatureCandidate, type SignatureReading } from "./types.ts";
import type { SignatureSite, SignedRequest } from "./types.ts";

/** Headers that one signature may cover. */
const MAX_COVERED = 64;

/** The parameters of a `Signature` header that have a meaning here. */
interface Fields {
  keyid?: string;
  algorithm?: string;
  headers?: string;
  signature?: string;
  created?: string;
  expires?: string;
}

/**
 * Splits `keyId="…",algorithm="…",…` by hand: linear in its length. Names are compared without case; a value is quoted or, for numbers,
 * bare. Escapes are refused: none of the values can need one. A parameter given twice is refused, because two readers could disagree.
 */
function splitHeader(text: string): Fields | undefined {
  const fields: Fields = {};
  let at = 0;
  while (at < text.length) {
    const equals = text.indexOf("=", at);
    if (equals < 0) return undefined;
    const name = text.slice(at, equals).trim().toLowerCase();
    let value: string;
    if (text.charCodeAt(equals + 1) === 0x22) {
      const end = text.indexOf('"', equals + 2);
      if (end < 0) return undefined;
      value = text.slice(equals + 2, end);
      if (value.includes("\\")) return undefined;
      at = end + 1;
      while (text.charCodeAt(at) === 0x20) at++;
      if (at < text.length && text.charCodeAt(at) !== 0x2c) return undefined;
    } else {
      at = text.indexOf(",", equals);
      if (at < 0) at = text.length;
      value = text.slice(equals + 1, at).trim();
    }
    at++;
    switch (name) {
      case "keyid":
      case "algorithm":
      case "headers":
      case "signature":
      case "created":
      case "expires":
        if (fields[name] !== undefined) return undefined;
        fields[name] = value;
        break;
      default:
    }
  }
  return fields;
}

/** Seconds since 1970, a whole number or one with decimals as older drafts allow for `expires`; NaN when it is none. */
function seconds(text: string | undefined): number {
  if (text === undefined || text.length === 0 || text.length > 16) return NaN;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (!(c >= 0x30 && c <= 0x39) && c !== 0x2e) return NaN;
  }
  return Number(text);
}

/** Visible ASCII and nothing else: what a key id can consist of. */
export function isKeyId(text: string): boolean {
  if (text.length === 0 || text.length > MAX_KEY_ID) return false;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c <= 0x20 || c > 0x7e) return false;
  }
  return true;
}

function algorithmOf(name: string | undefined): SignatureCandidate["algorithm"] | undefined {
  switch (name) {
    case undefined:
    case "hs2019":
      return "key";
    case "rsa-sha256":
      return "rsa";
    case "ed25519":
      return "ed25519";
    default:
      return undefined;
  }
}

/**
 * Reads a signature of draft-cavage-http-signatures-12. Required to be covered: `(request-target)`, `host`, `date` or `(created)`, and
 * `digest` when there is a body. For a target with a query the signing string is built twice, because some servers sign the path alone.
 *
 * @param now milliseconds since 1970.
 */
export function readCavage(header: string, request: SignedRequest, site: SignatureSite, now: number): SignatureReading {
  if (header.length > MAX_FIELD) return refuse("too_large");
  const fields = splitHeader(header);
  if (!fields?.keyid || !fields.signature || !isKeyId(fields.keyid)) return refuse("malformed");
  const algorithm = algorithmOf(fields.algorithm?.toLowerCase());
  if (!algorithm) return refuse("unsupported");
  const signature = strictBase64(fields.signature);
  if (!signature) return refuse("malformed");

  // The draft's default, `(created)` alone, covers too little, and so does an empty list.
  if (!fields.headers) return refuse("uncovered");
  const names = fields.headers.toLowerCase().split(" ", MAX_COVERED + 1);
  if (names.length > MAX_COVERED) return refuse("too_large");

  const expires = fields.expires === undefined ? undefined : seconds(fields.expires) * 1000;
  if (expires !== undefined && Number.isNaN(expires)) return refuse("malformed");

  // The target goes in last: everything before it and after it is the same with and without the query.
  let before: string | undefined;
  let base = "";
  let host = false;
  let digest = false;
  let signedAt: number | undefined;
  for (let n = 0; n < names.length; n++) {
    const name = names[n] ?? "";
    if (names.indexOf(name) !== n) return refuse("malformed");
    if (n > 0) base += "\n";
    if (name === "(request-target)") {
      before = `${base}(request-target): ${request.method.toLowerCase()} `;
      base = "";
      continue;
    }
    let value: string | undefined;
    if (name === "(created)" || name === "(expires)") {
      // Section 2.3 of the draft: the two belong to hs2019, older algorithms must not use them.
      if (algorithm === "rsa") return refuse("malformed");
      value = name === "(created)" ? fields.created : fields.expires;
      const time = seconds(value) * 1000;
      if (name === "(created)") {
        const late = judgeTime(time, now, site);
        if (late) return refuse(late);
        signedAt ??= time;
      } else if (Number.isNaN(time)) return refuse("malformed");
    } else if (name === "host") {
      value = signedHost(request, site);
      host = true;
    } else {
      value = fieldValue(request, name);
      if (value !== undefined && name === "date") {
        const time = parseHttpDate(value);
        const late = judgeTime(time, now, site);
        if (late) return refuse(late);
        signedAt = time;
      } else if (name === "digest") digest = true;
    }
    if (value === undefined) return refuse("malformed");
    base += `${name}: ${value}`;
  }
  if (before === undefined || !host || signedAt === undefined) return refuse("uncovered");
  if (expires !== undefined && expires + site.graceMs <= now) return refuse("expired");

  const { body, target } = request;
  if (digest) {
    if (!digestFits(fieldValue(request, "digest") ?? "", body)) return refuse("digest");
  } else if (body && body.length > 0) return refuse("uncovered");

  const query = target.indexOf("?");
  const bases = [before + target + base];
  if (query >= 0) bases.push(before + target.slice(0, query) + base);
  return {
    ok: true,
    candidates: [{ scheme: "cavage", label: "", keyId: fields.keyid, algorithm, bases, signature, signedAt }],
  };
}
