import { sign, type KeyObject } from "node:crypto";
import { signatureBase, type ComponentSource } from "./rfc9421.ts";
import { parseDictionary, quote } from "./structured.ts";

/** A request to be signed. */
export interface SignInput {
  method: "GET" | "POST";
  /** Absolute http(s) URL; as a string in normal form (`URL.href`), which spares parsing it for every delivery. A fragment is not signed. */
  url: string | URL;
  /** URL of the public key. Printable ASCII without quotes. */
  keyId: string;
  /** RSA of 2,048 bits or Ed25519. Keep the object: importing it costs more than signing. */
  privateKey: KeyObject;
  date: Date;
  /** What a POST carries: its SHA-256 in base64 (`bodyDigest`) and its media type. */
  body?: { digest: string; contentType: string } | undefined;
  /** Leave the query out of draft-cavage's request target, for servers that check it so. */
  withoutQuery?: boolean | undefined;
}

/** What else can be asked of an RFC 9421 signature, by an `Accept-Signature` for example. */
export interface Rfc9421Options {
  label?: string | undefined;
  /** Covered components instead of the usual ones. */
  components?: readonly string[] | undefined;
  nonce?: string | undefined;
  tag?: string | undefined;
}

/** Headers to be sent, by name. All of them, because what is signed must be what is sent. */
export type SignedHeaders = Record<string, string>;

interface Prepared {
  base: string;
  finish(signature: Buffer): SignedHeaders;
}

interface Target {
  scheme: string;
  authority: string;
  target: string;
}

/** Takes a URL in normal form apart without building an object for it. */
function targetOf(url: string | URL): Target {
  const href = typeof url === "string" ? url : url.href;
  const start = href.indexOf("://") + 3;
  const scheme = href.slice(0, Math.max(start - 3, 0));
  const fragment = href.indexOf("#", start);
  const end = fragment < 0 ? href.length : fragment;
  const slash = href.indexOf("/", start);
  const authority = href.slice(start, slash);
  if ((scheme !== "https" && scheme !== "http") || slash <= start || slash >= end || /[@?\s]/.test(authority)) {
    throw new TypeError("Only http(s) URLs in normal form and without user info can be signed");
  }
  return { scheme, authority, target: href.slice(slash, end) };
}

function checkKeyId(keyId: string): void {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]{1,2048}$/.test(keyId))
    throw new TypeError("A key id is printable ASCII without quotes");
}

function prepareCavage(input: SignInput): Prepared {
  const { authority, target } = targetOf(input.url);
  checkKeyId(input.keyId);
  const query = input.withoutQuery ? target.indexOf("?") : -1;
  const date = input.date.toUTCString();
  const signedTarget = query < 0 ? target : target.slice(0, query);
  let base = `(request-target): ${input.method.toLowerCase()} ${signedTarget}\nhost: ${authority}\ndate: ${date}`;
  let covered = "(request-target) host date";
  const headers: SignedHeaders = { Host: authority, Date: date };
  if (input.body) {
    headers["Digest"] = `SHA-256=${input.body.digest}`;
    headers["Content-Type"] = input.body.contentType;
    base += `\ndigest: ${headers["Digest"]}\ncontent-type: ${input.body.contentType}`;
    covered += " digest content-type";
  }
  const algorithm = input.privateKey.asymmetricKeyType === "rsa" ? "rsa-sha256" : "hs2019";
  return {
    base,
    finish(signature) {
      const value = signature.toString("base64");
      headers["Signature"] =
        `keyId="${input.keyId}",algorithm="${algorithm}",headers="${covered}",signature="${value}"`;
      return headers;
    },
  };
}

function prepareRfc9421(input: SignInput, options: Rfc9421Options): Prepared {
  const { scheme, authority, target } = targetOf(input.url);
  checkKeyId(input.keyId);
  const headers: SignedHeaders = { Host: authority, Date: input.date.toUTCString() };
  if (input.body) {
    headers["Content-Type"] = input.body.contentType;
    headers["Content-Digest"] = `sha-256=:${input.body.digest}:`;
  }
  const usual = input.body ? ["@method", "@target-uri", "content-digest"] : ["@method", "@target-uri"];
  const components = options.components ?? usual;
  // `alg` is left out: the key says it, and Mastodon's own signatures do the same.
  let parameters = `(${components.map(quote).join(" ")});created=${Math.floor(input.date.getTime() / 1000)}`;
  parameters += `;keyid=${quote(input.keyId)}`;
  if (options.nonce !== undefined) parameters += `;nonce=${quote(options.nonce)}`;
  if (options.tag !== undefined) parameters += `;tag=${quote(options.tag)}`;

  const fields: Record<string, string | undefined> = {
    host: headers["Host"],
    date: headers["Date"],
    "content-type": headers["Content-Type"],
    "content-digest": headers["Content-Digest"],
  };
  const source: ComponentSource = { method: input.method, scheme, authority, target, field: (name) => fields[name] };
  const base = signatureBase(components, parameters, source);
  if (base === undefined) throw new TypeError("A component was asked for that the request does not have");
  const label = options.label ?? "sig1";
  return {
    base,
    finish(signature) {
      headers["Signature-Input"] = `${label}=${parameters}`;
      headers["Signature"] = `${label}=:${signature.toString("base64")}:`;
      return headers;
    },
  };
}

function digestFor(key: KeyObject): "sha256" | null {
  return key.asymmetricKeyType === "rsa" ? "sha256" : null;
}

function signNow(prepared: Prepared, key: KeyObject): SignedHeaders {
  return prepared.finish(sign(digestFor(key), Buffer.from(prepared.base, "latin1"), key));
}

function signInPool(prepared: Prepared, key: KeyObject): Promise<SignedHeaders> {
  return new Promise((resolve, reject) => {
    sign(digestFor(key), Buffer.from(prepared.base, "latin1"), key, (error, signature) =>
      error ? reject(error) : resolve(prepared.finish(signature)),
    );
  });
}

/**
 * Signs by draft-cavage-http-signatures-12, the form that every server reads: `(request-target) host date`, with a body also `digest` and
 * `content-type`.
 *
 * @returns `Host`, `Date`, `Signature`, and with a body `Digest` and `Content-Type`.
 * @throws TypeError for a URL or key id that cannot be signed.
 */
export function signCavage(input: SignInput): SignedHeaders {
  return signNow(prepareCavage(input), input.privateKey);
}

/** {@link signCavage} in the thread pool: the event loop stays free for the 260 µs of an RSA signature. Rejects where that throws. */
export async function signCavageAsync(input: SignInput): Promise<SignedHeaders> {
  return signInPool(prepareCavage(input), input.privateKey);
}

/**
 * Signs by RFC 9421 in Mastodon's profile: `"@method" "@target-uri"`, with a body also `"content-digest"`; `created` and `keyid`.
 *
 * @returns `Host`, `Date`, `Signature-Input`, `Signature`, and with a body `Content-Digest` and `Content-Type`.
 * @throws TypeError for a URL, key id or component that cannot be signed.
 */
export function signRfc9421(input: SignInput, options: Rfc9421Options = {}): SignedHeaders {
  return signNow(prepareRfc9421(input, options), input.privateKey);
}

/** {@link signRfc9421} in the thread pool. */
export async function signRfc9421Async(input: SignInput, options: Rfc9421Options = {}): Promise<SignedHeaders> {
  return signInPool(prepareRfc9421(input, options), input.privateKey);
}

/** Components that {@link signRfc9421} can cover. */
const COVERABLE = ["@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query"];
const COVERABLE_FIELDS = ["host", "date", "content-type", "content-digest"];

/**
 * Reads what a server wants to be signed (`Accept-Signature`, RFC 9421 section 5).
 *
 * @param hasBody whether the request will carry a body; without one its type and digest cannot be covered.
 * @returns the options of the first request that can be met; undefined when there is none.
 */
export function readAcceptSignature(value: string, hasBody: boolean): Rfc9421Options | undefined {
  for (const [label, list] of parseDictionary(value) ?? []) {
    if (!("items" in list)) continue;
    const components: string[] = [];
    for (const item of list.items) {
      const name = item.value.kind === "string" ? item.value.value : "";
      const field = COVERABLE_FIELDS.includes(name) && (hasBody || !name.startsWith("content-"));
      const known = COVERABLE.includes(name) || field;
      if (known && item.parameters.size === 0 && !components.includes(name)) components.push(name);
    }
    const alg = list.parameters.get("alg");
    if (components.length !== list.items.length || (alg && alg.value !== "rsa-v1_5-sha256")) continue;
    // An answer that covers less than the usual would not be safe to send: the same signature would fit another request.
    for (const name of hasBody ? ["@method", "@target-uri", "content-digest"] : ["@method", "@target-uri"]) {
      if (!components.includes(name)) components.push(name);
    }
    const nonce = list.parameters.get("nonce");
    const tag = list.parameters.get("tag");
    return {
      label,
      components,
      ...(nonce?.kind === "string" ? { nonce: nonce.value } : {}),
      ...(tag?.kind === "string" ? { tag: tag.value } : {}),
    };
  }
  return undefined;
}
