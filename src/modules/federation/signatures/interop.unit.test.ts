import assert from "node:assert/strict";
import { generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { signRequest, verifyRequest, type KeyCache } from "@fedify/fedify/sig";
import { CryptographicKey } from "@fedify/vocab";
import fc from "fast-check";
import { cavage, httpbis } from "http-message-signatures";
import { bodyDigest } from "./message.ts";
import { signCavage, signRfc9421, type SignInput } from "./sign.ts";
import { readSignature, signatureSite, verifySignature } from "./verify.ts";

const KEY_ID = "https://peer.example/users/ann#main-key";
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");
/** Both other implementations look at the real clock in places. */
const now = new Date(Math.floor(Date.now() / 1000) * 1000);

interface Case {
  url: string;
  method: "GET" | "POST";
  body: string | undefined;
}

const segment = fc.stringMatching(/^[A-Za-z0-9._~-]{1,12}$/);
const cases: fc.Arbitrary<Case> = fc
  .record({
    path: fc.array(segment, { maxLength: 3 }),
    query: fc.option(fc.dictionary(segment, segment, { minKeys: 1, maxKeys: 3 }), { nil: undefined }),
    port: fc.constantFrom("", ":8443"),
    body: fc.option(fc.string({ unit: "grapheme", maxLength: 200 }), { nil: undefined }),
  })
  .map(({ path, query, port, body }) => {
    const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
    const url = new URL(`https://skein.example${port}/${path.join("/")}${search}`).href;
    return { url, method: body === undefined ? "GET" : "POST", body };
  });

function input({ url, method, body }: Case, privateKey: KeyObject): SignInput {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const sent = bytes && { digest: bodyDigest(bytes), contentType: "application/activity+json" };
  return { method, url, keyId: KEY_ID, privateKey, date: now, body: sent };
}

/** Does the request verify here? */
function accepted(one: Case, headers: Headers | Record<string, string | string[]>, key: KeyObject): boolean {
  const { origin, pathname, search } = new URL(one.url);
  const all =
    headers instanceof Headers
      ? headers
      : new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  const body = one.body === undefined ? undefined : Buffer.from(one.body);
  const request = { method: one.method, target: pathname + search, header: (n: string) => all.get(n), body };
  const reading = readSignature(request, signatureSite(origin), now.getTime());
  return reading.ok && reading.candidates.some((c) => c.keyId === KEY_ID && verifySignature(c, key));
}

/** One algorithm as `http-message-signatures` wants it. */
function peerKey(pair: { publicKey: KeyObject; privateKey: KeyObject }) {
  const digest = pair === rsa ? "sha256" : null;
  return {
    id: KEY_ID,
    alg: pair === rsa ? "rsa-v1_5-sha256" : "ed25519",
    sign: async (data: Buffer) => sign(digest, data, pair.privateKey),
    verify: async (data: Buffer, signature: Buffer) => verify(digest, data, pair.publicKey, signature),
  };
}

const RUNS = { numRuns: 60 };

for (const [kind, pair] of [
  ["RSA", rsa],
  ["Ed25519", ed25519],
] as const) {
  test(`RFC 9421, ${kind}: signed here, verified by http-message-signatures`, async () => {
    const key = peerKey(pair);
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const headers = signRfc9421(input(one, pair.privateKey));
        const message = { method: one.method, url: one.url, headers };
        const config = { keyLookup: async () => key, requiredFields: ["@method", "@target-uri"], tolerance: 60 };
        assert.equal(await httpbis.verifyMessage(config, message), true);
        const other = { ...message, url: `${one.url}x` };
        assert.equal(await httpbis.verifyMessage(config, other), false);
      }),
      RUNS,
    );
  });

  test(`RFC 9421, ${kind}: signed by http-message-signatures, verified here`, async () => {
    const key = peerKey(pair);
    await fc.assert(
      fc.asyncProperty(cases, fc.boolean(), async (one, split) => {
        const headers: Record<string, string> =
          one.body === undefined ? {} : { "Content-Digest": `sha-256=:${bodyDigest(Buffer.from(one.body))}:` };
        const target = split ? ["@authority", "@path", "@query"] : ["@target-uri"];
        const fields = ["@method", ...target, ...(one.body === undefined ? [] : ["content-digest"])];
        const message = { method: one.method, url: one.url, headers };
        const signed = await httpbis.signMessage({ key, fields, name: "peer" }, message);
        assert.equal(accepted(one, signed.headers, pair.publicKey), true);
        assert.equal(accepted({ ...one, url: `${one.url}x` }, signed.headers, pair.publicKey), false);
      }),
      RUNS,
    );
  });

  test(`draft-cavage, ${kind}: signed here, verified by http-message-signatures`, async () => {
    const key = peerKey(pair);
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const headers = signCavage(input(one, pair.privateKey));
        const message = { method: one.method, url: one.url, headers };
        assert.equal(await cavage.verifyMessage({ keyLookup: async () => key }, message), true);
        assert.equal(
          await cavage.verifyMessage({ keyLookup: async () => key }, { ...message, url: `${one.url}x` }),
          false,
        );
      }),
      RUNS,
    );
  });

  test(`draft-cavage, ${kind}: signed by http-message-signatures, verified here`, async () => {
    const key = peerKey(pair);
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const all = cavageHeaders(one);
        const fields = ["@request-target", ...Object.keys(all).map((name) => name.toLowerCase())];
        const message = { method: one.method, url: one.url, headers: all };
        const signed = await cavage.signMessage({ key: { ...key, alg: "hs2019" }, fields }, message);
        assert.equal(accepted(one, signed.headers, pair.publicKey), true);
        assert.equal(accepted({ ...one, url: one.url.replace("/", "/x") }, signed.headers, pair.publicKey), false);
      }),
      RUNS,
    );
  });
}

/** The headers of a request before it is signed. */
function cavageHeaders(one: Case): Record<string, string> {
  const headers: Record<string, string> = { Host: new URL(one.url).host, Date: now.toUTCString() };
  if (one.body !== undefined) headers["Digest"] = `SHA-256=${bodyDigest(Buffer.from(one.body))}`;
  return headers;
}

/** Fedify wants WebCrypto keys and looks the public one up in a cache. */
async function fedifyKeys(): Promise<{ privateKey: CryptoKey; keyCache: KeyCache }> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const pkcs8 = rsa.privateKey.export({ type: "pkcs8", format: "der" });
  const spki = rsa.publicKey.export({ type: "spki", format: "der" });
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]);
  const publicKey = await crypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]);
  const key = new CryptographicKey({
    id: new URL(KEY_ID),
    owner: new URL("https://peer.example/users/ann"),
    publicKey,
  });
  return { privateKey, keyCache: { get: async () => key, set: async () => undefined } };
}

function fetchRequest(one: Case, headers: Record<string, string>): Request {
  return new Request(one.url, { method: one.method, headers, ...(one.body === undefined ? {} : { body: one.body }) });
}

const unreachable = async (url: string): Promise<never> => {
  throw new Error(`Nothing is fetched in this test: ${url}`);
};

test("signed here, verified by Fedify, both schemes", async () => {
  const { keyCache } = await fedifyKeys();
  const options = { keyCache, documentLoader: unreachable, contextLoader: unreachable };
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const key = input(one, rsa.privateKey);
      const rfc = await verifyRequest(fetchRequest(one, signRfc9421(key)), { ...options, spec: "rfc9421" });
      assert.ok(rfc);
      // Fedify leaves the query out of draft-cavage's request target, when it signs and when it verifies.
      const draft = signCavage({ ...key, withoutQuery: true });
      assert.ok(await verifyRequest(fetchRequest(one, draft), options));
    }),
    RUNS,
  );
});

test("signed by Fedify, verified here, both schemes", async () => {
  const { privateKey } = await fedifyKeys();
  await fc.assert(
    fc.asyncProperty(
      cases,
      fc.constantFrom("rfc9421" as const, "draft-cavage-http-signatures-12" as const),
      async (one, spec) => {
        const plain = fetchRequest(one, { Accept: "application/activity+json" });
        const signed = await signRequest(plain, privateKey, new URL(KEY_ID), { spec });
        assert.equal(accepted(one, signed.headers, rsa.publicKey), true);
        const elsewhere = { ...one, url: one.url.replace(".example", ".example.org") };
        assert.equal(accepted(elsewhere, signed.headers, rsa.publicKey), false);
      },
    ),
    RUNS,
  );
});
