import assert from "node:assert/strict";
import { createHmac, sign as rawSign, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { readPrivateKey, readPublicKey } from "./keys.ts";
import { signatureBase } from "./rfc9421.ts";
import * as vectors from "./vectors.fixture.ts";
import { readSignature, signatureSite, verifySignature, type SignedRequest } from "./verify.ts";

const SITE = signatureSite("https://www.example.com");
const { KEY_ID } = vectors;
const DATE = "Wed, 20 Dec 2023 10:00:00 GMT";

function usable(key: KeyObject | undefined): KeyObject {
  assert.ok(key);
  return key;
}

function request(
  method: string,
  target: string,
  headers: Record<string, string | undefined>,
  body?: Uint8Array,
): SignedRequest {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, target, header: (name) => lower.get(name), body };
}

/** "verified", "wrong" for a signature that does not fit, or why the headers were refused. */
function judge(signed: SignedRequest, key: KeyObject): string {
  const reading = readSignature(signed, SITE, vectors.CLOCK);
  if (!reading.ok) return reading.reason;
  const fits = reading.candidates.some((c) => c.keyId === KEY_ID && verifySignature(c, key));
  return fits ? "verified" : "wrong";
}

test("published vector: draft-cavage GET", () => {
  const signature = `keyId="${KEY_ID}",algorithm="rsa-sha256",headers="date host (request-target)",signature="${vectors.CAVAGE_GET}"`;
  const headers = { Host: "www.example.com", Date: DATE, Signature: signature };
  const key = usable(readPublicKey(vectors.PUBLIC_PEM));
  assert.equal(judge(request("GET", "/activitypub/success", headers), key), "verified");
  assert.equal(judge(request("GET", "/activitypub/other", headers), key), "wrong");
});

test("published vector: draft-cavage POST", () => {
  const body = Buffer.from("Hello world");
  const headers = {
    Host: "www.example.com",
    Date: DATE,
    Digest: "SHA-256=ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=",
    Signature: `keyId="${KEY_ID}",algorithm="rsa-sha256",headers="host date digest (request-target)",signature="${vectors.CAVAGE_POST}"`,
  };
  const key = usable(readPublicKey(vectors.PUBLIC_PEM));
  assert.equal(judge(request("POST", "/activitypub/success", headers, body), key), "verified");
  const other = Buffer.from("Hello World");
  assert.equal(judge(request("POST", "/activitypub/success", headers, other), key), "digest");
});

test("published vector: RFC 9421 GET", () => {
  const headers = {
    Host: "www.example.com",
    "Signature-Input": `sig1=("@method" "@target-uri");created=1703066400;keyid="${KEY_ID}"`,
    Signature: `sig1=:${vectors.RFC9421_GET}:`,
  };
  const key = usable(readPublicKey(vectors.PUBLIC_PEM));
  assert.equal(judge(request("GET", "/activitypub/success", headers), key), "verified");
  assert.equal(judge(request("GET", "/activitypub/success?a", headers), key), "wrong");
});

test("RFC 9421 appendix B.2.6 (Ed25519) and B.2.5: the same signature base, byte for byte", () => {
  const fields: Record<string, string> = {
    date: "Tue, 20 Apr 2021 02:07:55 GMT",
    "content-type": "application/json",
    "content-length": "18",
  };
  const source = {
    method: "POST",
    scheme: "https",
    authority: "example.com",
    target: "/foo?param=Value&Pet=dog",
    field: (name: string) => fields[name],
  };
  const names = ["date", "@method", "@path", "@authority", "content-type", "content-length"];
  const parameters = `(${names.map((n) => `"${n}"`).join(" ")});created=1618884473;keyid="test-key-ed25519"`;
  const base = signatureBase(names, parameters, source) ?? "";
  const key = readPrivateKey(vectors.ED25519_PRIVATE_PEM);
  assert.equal(rawSign(null, Buffer.from(base), key).toString("base64"), vectors.B26);

  const hmacNames = ["date", "@authority", "content-type"];
  const hmacParameters = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"';
  const hmacBase = signatureBase(hmacNames, hmacParameters, source) ?? "";
  const secret = Buffer.from(vectors.SHARED_SECRET, "base64");
  assert.equal(createHmac("sha256", secret).update(hmacBase).digest("base64"), vectors.B25);
});

test("RFC 9421 appendix B.2.6 as a request: read and verified when there is neither query nor body", () => {
  // The signature covers neither query nor digest, so the request of the appendix itself must be refused.
  const names = '("date" "@method" "@path" "@authority" "content-type" "content-length")';
  const headers = {
    Date: "Tue, 20 Apr 2021 02:07:55 GMT",
    "Content-Type": "application/json",
    "Content-Length": "18",
    "Signature-Input": `sig-b26=${names};created=1618884473;keyid="test-key-ed25519"`,
    Signature: `sig-b26=:${vectors.B26}:`,
  };
  const site = signatureSite("https://example.com");
  const now = 1618884473_000;
  const body = Buffer.from('{"hello": "world"}');
  const withQuery = readSignature(request("POST", "/foo?param=Value&Pet=dog", headers, body), site, now);
  assert.deepEqual(withQuery, { ok: false, reason: "uncovered" });
  const withBody = readSignature(request("POST", "/foo", headers, body), site, now);
  assert.deepEqual(withBody, { ok: false, reason: "uncovered" });
  const bare = readSignature(request("POST", "/foo", headers), site, now);
  assert.ok(bare.ok);
  assert.equal(verifySignature(bare.candidates[0], usable(readPublicKey(vectors.ED25519_PUBLIC_PEM))), true);
});
