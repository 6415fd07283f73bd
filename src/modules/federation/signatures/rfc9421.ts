import { isKeyId } from "./cavage.ts";
import { contentDigestFits, fieldValue, judgeTime, signedHost } from "./message.ts";
import { MAX_FIELD, parseDictionary, serializeInnerList, type InnerList } from "./structured.ts";
import { refuse, type SignatureCandidate, type SignatureReading, type SignatureRefusal } from "./types.ts";
import type { SignatureSite, SignedRequest } from "./types.ts";

/** Signatures of one request that are looked at. Each may cost the look-up of a key. */
const MAX_SIGNATURES = 4;

/** What components can be taken from, at the signer's as well as at the verifier's. */
export interface ComponentSource {
  method: string;
  scheme: string;
  authority: string;
  /** Path and query of the request line. */
  target: string;
  field(name: string): string | undefined;
}

/**
 * The value of a component without parameters (RFC 9421 sections 2.1 and 2.2).
 *
 * @returns undefined when the request has none, or the component is not known here.
 */
export function componentValue(name: string, source: ComponentSource): string | undefined {
  if (!name.startsWith("@")) return source.field(name);
  const query = source.target.indexOf("?");
  switch (name) {
    case "@method":
      return source.method;
    case "@target-uri":
      return `${source.scheme}://${source.authority}${source.target}`;
    case "@authority":
      return source.authority;
    case "@scheme":
      return source.scheme;
    case "@request-target":
      return source.target;
    case "@path":
      return query < 0 ? source.target : source.target.slice(0, query);
    case "@query":
      return query < 0 ? "?" : source.target.slice(query);
    default:
      return undefined;
  }
}

/**
 * The signature base (RFC 9421 section 2.5).
 *
 * @param parameters value of `@signature-params`, an inner list in canonical form that names the same components.
 * @returns undefined when a component cannot be had.
 */
export function signatureBase(
  names: readonly string[],
  parameters: string,
  source: ComponentSource,
): string | undefined {
  let base = "";
  for (const name of names) {
    const value = componentValue(name, source);
    if (value === undefined) return undefined;
    base += `"${name}": ${value}\n`;
  }
  return `${base}"@signature-params": ${parameters}`;
}

/** The names of the covered components; a refusal when one has parameters, stands twice or is not in lower case. */
function coveredNames(list: InnerList): string[] | SignatureRefusal {
  const names: string[] = [];
  for (const { value, parameters } of list.items) {
    if (value.kind !== "string" || value.value !== value.value.toLowerCase()) return "malformed";
    // Parameters change what a component means (`;req`, `;tr`, `;sf`), and none is needed to sign a request.
    if (parameters.size > 0) return "unsupported";
    if (names.includes(value.value)) return "malformed";
    names.push(value.value);
  }
  return names;
}

/** Are method, whole target and host among the covered components? The target URI holds the latter two. */
function coversTarget(names: readonly string[], target: string): boolean {
  if (!names.includes("@method")) return false;
  if (names.includes("@target-uri")) return true;
  if (!names.includes("@authority") && !names.includes("host")) return false;
  if (names.includes("@request-target")) return true;
  return names.includes("@path") && (names.includes("@query") || !target.includes("?"));
}

function algorithmOf(list: InnerList): SignatureCandidate["algorithm"] | undefined {
  const alg = list.parameters.get("alg");
  if (!alg) return "key";
  if (alg.kind !== "string") return undefined;
  if (alg.value === "rsa-v1_5-sha256") return "rsa";
  return alg.value === "ed25519" ? "ed25519" : undefined;
}

/** A point in time of the parameters in milliseconds; undefined when absent, NaN when it is not a whole number of seconds. */
function timeOf(list: InnerList, name: string): number | undefined {
  const item = list.parameters.get(name);
  if (!item) return undefined;
  return item.kind === "integer" ? item.value * 1000 : NaN;
}

/**
 * Reads the signatures of RFC 9421. Required: `@method`; the full target with its host; `created`; `content-digest` when there is a body.
 * Signatures of one request that do not qualify are passed over when another does.
 *
 * @param input value of `Signature-Input`.
 * @param now milliseconds since 1970.
 */
export function readRfc9421(input: string, request: SignedRequest, site: SignatureSite, now: number): SignatureReading {
  const header = request.header("signature");
  if (header == null) return refuse("malformed");
  if (input.length > MAX_FIELD || header.length > MAX_FIELD) return refuse("too_large");
  const inputs = parseDictionary(input);
  const signatures = inputs && parseDictionary(header);
  if (!signatures) return refuse("malformed");

  const source: ComponentSource = {
    method: request.method,
    scheme: site.scheme,
    authority: site.authority,
    target: request.target,
    field: (name) => (name === "host" ? signedHost(request, site) : fieldValue(request, name)),
  };
  let digestOk: boolean | undefined;

  function judge(label: string, list: InnerList): SignatureCandidate | SignatureRefusal {
    const signature = signatures?.get(label);
    if (!signature || "items" in signature || signature.value.kind !== "bytes") return "malformed";
    const keyId = list.parameters.get("keyid");
    if (keyId?.kind !== "string" || !isKeyId(keyId.value)) return "malformed";
    const algorithm = algorithmOf(list);
    if (!algorithm) return "unsupported";

    const signedAt = timeOf(list, "created");
    if (signedAt === undefined) return "uncovered";
    const late = judgeTime(signedAt, now, site);
    if (late) return late;
    const expires = timeOf(list, "expires");
    if (expires !== undefined && !(expires + site.graceMs > now))
      return Number.isNaN(expires) ? "malformed" : "expired";

    const names = coveredNames(list);
    if (typeof names === "string") return names;
    if (!coversTarget(names, request.target)) return "uncovered";
    if (names.includes("content-digest")) {
      digestOk ??= contentDigestFits(fieldValue(request, "content-digest") ?? "", request.body);
      if (!digestOk) return "digest";
    } else if (request.body && request.body.length > 0) return "uncovered";

    const base = signatureBase(names, serializeInnerList(list), source);
    if (base === undefined) return "malformed";
    return {
      scheme: "rfc9421",
      label,
      keyId: keyId.value,
      algorithm,
      bases: [base],
      signature: signature.value.value,
      signedAt,
    };
  }

  let reason: SignatureRefusal | undefined;
  const candidates: SignatureCandidate[] = [];
  for (const [label, list] of inputs) {
    if (candidates.length === MAX_SIGNATURES) break;
    const judged = "items" in list ? judge(label, list) : "malformed";
    if (typeof judged === "string") reason ??= judged;
    else candidates.push(judged);
  }
  const [first, ...others] = candidates;
  return first ? { ok: true, candidates: [first, ...others] } : refuse(reason ?? "missing");
}
