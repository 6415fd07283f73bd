import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, hash, sign as rawSign, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { bodyDigest, parseHttpDate } from "./message.ts";
import { readAcceptSignature, signCavage, signCavageAsync, signRfc9421, signRfc9421Async } from "./sign.ts";
import type { SignInput } from "./sign.ts";
import * as vectors from "./vectors.fixture.ts";
import { readSignature, signatureSite, verifySignature, type SignedRequest } from "./verify.ts";

const SITE = signatureSite("https://www.example.com");
const INBOX = "https://www.example.com/inbox";
const KEY_ID = vectors.KEY_ID;
const NOW = vectors.CLOCK;
const HOUR = 3_600_000;
const BODY = Buffer.from('{"type":"Create"}');
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");

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
function judge(signed: SignedRequest, key: KeyObject = rsa.publicKey, now = NOW, site = SITE): string {
  const reading = readSignature(signed, site, now);
  if (!reading.ok) return reading.reason;
  const fits = reading.candidates.some((c) => c.keyId === KEY_ID && verifySignature(c, key));
  return fits ? "verified" : "wrong";
}

function post(change: Partial<SignInput> = {}): SignInput {
  return {
    method: "POST",
    url: INBOX,
    keyId: KEY_ID,
    privateKey: rsa.privateKey,
    date: new Date(NOW),
    body: { digest: bodyDigest(BODY), contentType: "application/activity+json" },
    ...change,
  };
}

/** A draft-cavage signature over any list of headers, as a hostile or careless sender may make it. */
function handmade(covered: string[], values: Record<string, string>, parameters = 'algorithm="rsa-sha256"'): string {
  const base = covered.map((name) => `${name}: ${values[name] ?? ""}`).join("\n");
  const signature = rawSign("sha256", Buffer.from(base), rsa.privateKey).toString("base64");
  return `keyId="${KEY_ID}",${parameters},headers="${covered.join(" ")}",signature="${signature}"`;
}

const DATE = "Wed, 20 Dec 2023 10:00:00 GMT";
const VALUES = { "(request-target)": "post /inbox", host: "www.example.com", date: DATE };

test("both schemes, both kinds of key, synchronous and in the pool: what is signed here verifies here", async () => {
  for (const pair of [rsa, ed25519]) {
    for (const url of [INBOX, `${INBOX}?page=1&x=%C3%A4`]) {
      for (const body of [BODY, undefined]) {
        const input = post({ url, privateKey: pair.privateKey, ...(body ? {} : { method: "GET", body: undefined }) });
        const { pathname, search } = new URL(url);
        for (const sign of [signCavage, signRfc9421, signCavageAsync, signRfc9421Async]) {
          const headers = await sign(input);
          const sent = request(input.method, pathname + search, headers, body);
          assert.equal(judge(sent, pair.publicKey), "verified");
          assert.equal(judge(sent, pair === rsa ? ed25519.publicKey : rsa.publicKey), "wrong");
        }
      }
    }
  }
});

test("draft-cavage over a URL with a query: signed with it or without it", () => {
  const url = `${INBOX}?page=1`;
  const without = signCavage(post({ url, method: "GET", body: undefined, withoutQuery: true }));
  assert.equal(judge(request("GET", "/inbox?page=1", without)), "verified");
  // A signature over the path alone says nothing about the query; one with a query holds for that query.
  const withQuery = signCavage(post({ url, method: "GET", body: undefined }));
  assert.equal(judge(request("GET", "/inbox?page=2", withQuery)), "wrong");
  assert.equal(judge(request("GET", "/inbox", withQuery)), "wrong");
});

test("T13 no signature, nothing covered, only (created), no digest: refused", () => {
  const base = { Host: "www.example.com", Date: DATE, Digest: `SHA-256=${bodyDigest(BODY)}` };
  const sent = (signature: string | undefined, more: Record<string, string> = {}): string =>
    judge(request("POST", "/inbox", { ...base, ...more, Signature: signature }, BODY));
  assert.equal(sent(undefined), "missing");
  assert.equal(sent(handmade([], {})), "uncovered");
  assert.equal(sent(`keyId="${KEY_ID}",algorithm="rsa-sha256",signature="${vectors.CAVAGE_GET}"`), "uncovered");
  const created = String(NOW / 1000);
  const onlyCreated = handmade(["(created)"], { "(created)": created }, `algorithm="hs2019",created=${created}`);
  assert.equal(sent(onlyCreated), "uncovered");
  assert.equal(sent(handmade(["(request-target)", "host", "date"], VALUES)), "uncovered");
  assert.equal(sent(handmade(["host", "date"], VALUES)), "uncovered");
  assert.equal(sent(handmade(["(request-target)", "date"], VALUES)), "uncovered");
  assert.equal(sent(handmade(["(request-target)", "host"], VALUES)), "uncovered");
});

test("T13 RFC 9421: method, target, created and digest have to be covered", () => {
  const digest = { "Content-Digest": `sha-256=:${bodyDigest(BODY)}:` };
  const sent = (components: string, parameters = `;created=${NOW / 1000};keyid="${KEY_ID}"`): string => {
    const input = `sig1=(${components})${parameters}`;
    return judge(request("POST", "/inbox", { ...digest, "Signature-Input": input, Signature: "sig1=:AAAA:" }, BODY));
  };
  assert.equal(sent('"@method" "@target-uri" "content-digest"'), "wrong");
  assert.equal(sent(""), "uncovered");
  assert.equal(sent('"@method" "@target-uri"'), "uncovered");
  assert.equal(sent('"@method" "content-digest"'), "uncovered");
  assert.equal(sent('"@target-uri" "content-digest"'), "uncovered");
  assert.equal(sent('"@method" "@path" "content-digest"'), "uncovered");
  assert.equal(sent('"@method" "@path" "@authority" "content-digest"'), "wrong");
  assert.equal(sent('"@method" "@target-uri" "content-digest"', `;keyid="${KEY_ID}"`), "uncovered");
  assert.equal(sent('"@method" "@target-uri" "content-digest"', `;created=${NOW / 1000}`), "malformed");
  assert.equal(sent('"@method" "@target-uri" "content-digest"', `;created="1";keyid="${KEY_ID}"`), "malformed");
  assert.equal(sent('"@method" "@target-uri" "content-digest" "x-absent"'), "malformed");
  assert.equal(sent('"@method" "@target-uri" "content-digest" "@status"'), "malformed");
  assert.equal(sent('"@method" "@target-uri" "@target-uri" "content-digest"'), "malformed");
  assert.equal(sent('"@method";req "@target-uri" "content-digest"'), "unsupported");
});

test("T14 a signature for another path, host or method is worth nothing here", () => {
  for (const sign of [signCavage, signRfc9421]) {
    const headers = sign(post());
    assert.equal(judge(request("POST", "/inbox", headers, BODY)), "verified");
    assert.equal(judge(request("POST", "/users/1/inbox", headers, BODY)), "wrong");
    assert.equal(judge(request("PUT", "/inbox", headers, BODY)), "wrong");
    const elsewhere = sign(post({ url: "https://other.example/inbox" }));
    assert.equal(judge(request("POST", "/inbox", elsewhere, BODY)), "wrong");
    assert.equal(judge(request("POST", "/inbox", { ...elsewhere, Host: "www.example.com" }, BODY)), "wrong");
    // Behind a proxy that rewrites Host and says so in X-Forwarded-Host, the configured name counts.
    const proxied = { ...headers, Host: "10.0.0.7:3000", "X-Forwarded-Host": "other.example" };
    assert.equal(judge(request("POST", "/inbox", proxied, BODY)), "verified");
  }
});

test("T15 time window: 12 hours old at most, one hour ahead at most", () => {
  for (const sign of [signCavage, signRfc9421]) {
    const sent = request("POST", "/inbox", sign(post()), BODY);
    const at = (now: number): string => judge(sent, rsa.publicKey, now);
    assert.equal(at(NOW + 60_000), "verified");
    assert.equal(at(NOW + 12 * HOUR), "verified");
    assert.equal(at(NOW + 12 * HOUR + 1000), "stale");
    assert.equal(at(NOW + 13 * HOUR), "stale");
    assert.equal(at(NOW - HOUR), "verified");
    assert.equal(at(NOW - HOUR - 1000), "ahead");
    const narrow = signatureSite("https://www.example.com", { maxAgeMs: 300_000, maxAheadMs: 0 });
    assert.equal(judge(sent, rsa.publicKey, NOW + 300_001, narrow), "stale");
  }
});

test("T15 expires is honoured, with a minute of grace", () => {
  const created = NOW / 1000;
  const values = { ...VALUES, "(created)": String(created), "(expires)": String(created + 30) };
  const covered = ["(request-target)", "host", "(created)", "(expires)"];
  const signature = handmade(covered, values, `algorithm="hs2019",created=${created},expires=${created + 30}`);
  const sent = request("POST", "/inbox", { Host: "www.example.com", Signature: signature });
  assert.equal(judge(sent), "verified");
  assert.equal(judge(sent, rsa.publicKey, NOW + 89_999), "verified");
  assert.equal(judge(sent, rsa.publicKey, NOW + 90_000), "expired");

  const headers = {
    "Signature-Input": `a=("@method" "@target-uri");created=${created};expires=${created - 60};keyid="${KEY_ID}"`,
    Signature: "a=:AAAA:",
  };
  assert.equal(judge(request("GET", "/inbox", headers)), "expired");
});

test("an old date cannot hide behind a fresh (created)", () => {
  const created = String(NOW / 1000);
  const date = "Mon, 18 Dec 2023 10:00:00 GMT";
  const values = { ...VALUES, date, "(created)": created };
  const signature = handmade(["(request-target)", "host", "(created)", "date"], values, `created=${created}`);
  const headers = { Host: "www.example.com", Date: date, Signature: signature };
  assert.equal(judge(request("POST", "/inbox", headers)), "stale");
});

test("hs2019 goes by the key; unknown algorithms are refused; a named one has to fit the key", () => {
  const covered = ["(request-target)", "host", "date"];
  const headers = (parameters: string): Record<string, string> => ({
    Host: "www.example.com",
    Date: DATE,
    Signature: handmade(covered, VALUES, parameters),
  });
  const as = (parameters: string): string => judge(request("POST", "/inbox", headers(parameters)));
  assert.equal(as('algorithm="hs2019"'), "verified");
  assert.equal(as('algorithm="RSA-SHA256"'), "verified");
  assert.equal(as("x=1"), "verified");
  assert.equal(as('algorithm="ed25519"'), "wrong");
  for (const name of ["rsa-sha1", "hmac-sha256", "rsa-sha512", "none", ""]) {
    assert.equal(as(`algorithm="${name}"`), "unsupported");
  }
  const rfc = signRfc9421(post({ method: "GET", body: undefined }));
  const input = rfc["Signature-Input"] ?? "";
  for (const alg of ["hmac-sha256", "rsa-pss-sha512", "rsa-v1_5-sha1"]) {
    const changed = { ...rfc, "Signature-Input": `${input};alg="${alg}"` };
    assert.equal(judge(request("GET", "/inbox", changed)), "unsupported");
  }
});

test("digests: any spelling of the name, SHA-512, several at once; all known ones have to fit", () => {
  const sha256 = bodyDigest(BODY);
  const sha512 = "sha-512=:" + createDigest("sha512") + ":";
  const covered = ["(request-target)", "host", "date", "digest"];
  const cavage = (digest: string): string => {
    const signature = handmade(covered, { ...VALUES, digest });
    const headers = { Host: "www.example.com", Date: DATE, Digest: digest, Signature: signature };
    return judge(request("POST", "/inbox", headers, BODY));
  };
  assert.equal(cavage(`SHA-256=${sha256}`), "verified");
  assert.equal(cavage(`sha-256=${sha256}`), "verified");
  assert.equal(cavage(`SHA-512=${createDigest("sha512")}`), "verified");
  assert.equal(cavage(`MD5=AAAA,SHA-256=${sha256}`), "verified");
  assert.equal(cavage(`SHA-256=${sha256},SHA-512=AAAA`), "digest");
  assert.equal(cavage("MD5=AAAA"), "digest");
  assert.equal(cavage(`SHA-256=${bodyDigest(Buffer.from("other"))}`), "digest");
  assert.equal(cavage(",".repeat(8000)), "digest");

  const rfc = (digest: string): string => {
    const input = `("@method" "@target-uri" "content-digest");created=${NOW / 1000};keyid="${KEY_ID}"`;
    const base = `"@method": POST\n"@target-uri": ${INBOX}\n"content-digest": ${digest}\n"@signature-params": ${input}`;
    const signature = rawSign("sha256", Buffer.from(base), rsa.privateKey).toString("base64");
    const headers = { "Content-Digest": digest, "Signature-Input": `s=${input}`, Signature: `s=:${signature}:` };
    return judge(request("POST", "/inbox", headers, BODY));
  };
  assert.equal(rfc(`sha-256=:${sha256}:`), "verified");
  assert.equal(rfc(sha512), "verified");
  assert.equal(rfc(`${sha512}, sha-256=:${sha256}:`), "verified");
  assert.equal(rfc(`${sha512}, sha-256=:AAAA:`), "digest");
  assert.equal(rfc("md5=:AAAA:"), "digest");
  assert.equal(rfc(`SHA-256=${sha256}`), "digest");
});

function createDigest(algorithm: "sha512"): string {
  return hash(algorithm, BODY, "base64");
}

test("several RFC 9421 signatures: one valid one by the right key is enough", () => {
  const good = signRfc9421(post(), { label: "good" });
  const input = good["Signature-Input"] ?? "";
  const headers = (inputs: string[], signatures: string[]): Record<string, string> => ({
    "Content-Digest": good["Content-Digest"] ?? "",
    "Signature-Input": inputs.join(", "),
    Signature: signatures.join(", "),
  });
  const weak = `weak=("@method");created=${NOW / 1000};keyid="${KEY_ID}"`;
  const foreign = `foreign=("@method" "@target-uri" "content-digest");created=1703066400;keyid="https://x.test/k"`;
  const sent = headers([weak, foreign, input], ["weak=:AAAA:", "foreign=:AAAA:", good["Signature"] ?? ""]);
  assert.equal(judge(request("POST", "/inbox", sent, BODY)), "verified");
  assert.equal(judge(request("POST", "/inbox", headers([weak], ["weak=:AAAA:"]), BODY)), "uncovered");
  // A label without its signature is no signature.
  assert.equal(judge(request("POST", "/inbox", headers([input], ["weak=:AAAA:"]), BODY)), "malformed");
  // No more keys are looked up than four.
  const many = Array.from({ length: 30 }, (_, n) => foreign.replace("foreign", `f${n}`));
  const crowd = headers(
    many,
    many.map((_, n) => `f${n}=:AAAA:`),
  );
  const reading = readSignature(request("POST", "/inbox", crowd, BODY), SITE, NOW);
  assert.equal(reading.ok && reading.candidates.length, 4);
});

test("headers that cannot be read are refused, whatever their size", () => {
  const signature = (text: string): string => judge(request("POST", "/inbox", { Date: DATE, Signature: text }, BODY));
  const good = signCavage(post())["Signature"] ?? "";
  for (const broken of [
    "",
    "keyId",
    'keyId="x',
    `${good},keyId="https://evil.test/k"`,
    good.replace("keyId", "keyid2"),
    good.replace('keyId="', 'keyId="\\"'),
    good.replace(`keyId="${KEY_ID}"`, 'keyId="a b"'),
    good.replace('signature="', 'signature="!'),
    good.replace("(request-target) host", "(request-target) (request-target) host"),
    good.replace("host date", "host date x-absent"),
  ]) {
    assert.equal(signature(broken), "malformed", broken);
  }
  for (const unit of ['"', ",", "=", '="', '",', 'a="",', " ", "\\", "("]) {
    assert.equal(signature(unit.repeat(65536)), "too_large");
    assert.match(signature(unit.repeat(8000 / unit.length)), /malformed|uncovered/);
    const input = { "Signature-Input": unit.repeat(65536), Signature: "a=:AAAA:" };
    assert.equal(judge(request("POST", "/inbox", input, BODY)), "too_large");
  }
  assert.equal(signature(good.replace("host date", "a ".repeat(100))), "too_large");
  for (const target of ["", "inbox", "https://www.example.com/inbox", "/in box", "/in\nbox", "*"]) {
    assert.equal(judge(request("POST", target, signCavage(post()), BODY)), "malformed");
  }
  assert.equal(judge(request("POST", `/${"a".repeat(9000)}`, {}, BODY)), "too_large");
  assert.equal(judge(request("post", "/inbox", signCavage(post()), BODY)), "malformed");
});

test("a header value with a line break never reaches the signing string", () => {
  const headers = signCavage(post());
  assert.equal(judge(request("POST", "/inbox", { ...headers, Date: `${DATE}\nx: y` }, BODY)), "malformed");
});

test("HTTP dates", () => {
  assert.equal(parseHttpDate(DATE), NOW);
  assert.equal(parseHttpDate(DATE.replace("GMT", "+0000")), NOW);
  for (const text of [
    "",
    "now",
    "2023-12-20T10:00:00Z",
    "Wed, 20 Dec 2023 10:00:00",
    "Wed, 20 Dec 2023 10:00:00 CET",
  ]) {
    assert.ok(Number.isNaN(parseHttpDate(text)), text);
  }
  assert.ok(Number.isNaN(parseHttpDate("Wed, 32 Dec 2023 10:00:00 GMT")));
  assert.ok(Number.isNaN(parseHttpDate("Wed, 20 Foo 2023 10:00:00 GMT")));
  assert.ok(Number.isNaN(parseHttpDate("Wed, 20 Dec 2023 1a:00:00 GMT")));
});

test("signing refuses what it cannot say", () => {
  for (const url of ["ftp://x.test/", "https://user@x.test/", "https:///x", "x.test/inbox", "https://x.test"]) {
    assert.throws(() => signCavage(post({ url })), TypeError);
    assert.throws(() => signRfc9421(post({ url })), TypeError);
  }
  assert.throws(() => signCavage(post({ keyId: 'https://x.test/"' })), TypeError);
  assert.throws(() => signRfc9421(post(), { components: ["@status"] }), TypeError);
});

test("Accept-Signature is met when it can be, and never covers less than usual", () => {
  const wanted = readAcceptSignature(
    'sig2=("@method" "@authority" "@path");created;keyid="x";nonce="n1";tag="t"',
    true,
  );
  assert.deepEqual(wanted, {
    label: "sig2",
    components: ["@method", "@authority", "@path", "@target-uri", "content-digest"],
    nonce: "n1",
    tag: "t",
  });
  const headers = signRfc9421(post(), wanted);
  assert.equal(judge(request("POST", "/inbox", headers, BODY)), "verified");
  assert.match(headers["Signature-Input"] ?? "", /^sig2=\(.*;nonce="n1";tag="t"$/);
  assert.equal(readAcceptSignature('sig=("content-digest")', false), undefined);
  assert.equal(readAcceptSignature('sig=("@status"), sig2=("@method";req)', true), undefined);
  assert.equal(readAcceptSignature('sig=("@method");alg="hmac-sha256"', true), undefined);
  assert.equal(readAcceptSignature("((", true), undefined);
});

test("keys that are no signature keys never verify", () => {
  const reading = readSignature(request("POST", "/inbox", signCavage(post()), BODY), SITE, NOW);
  assert.ok(reading.ok);
  const pss = generateKeyPairSync("rsa-pss", { modulusLength: 2048 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  assert.equal(verifySignature(reading.candidates[0], pss.publicKey), false);
  assert.equal(verifySignature(reading.candidates[0], ec.publicKey), false);
  assert.equal(verifySignature(reading.candidates[0], createPublicKey(rsa.privateKey)), true);
});
