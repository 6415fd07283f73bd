import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { test } from "node:test";
import { newEd25519Keys, newRsaKeys, readMultikey, readPrivateKey, readPublicKey, writeMultikey } from "./keys.ts";
import { ED25519_PUBLIC_PEM, PUBLIC_PEM } from "./vectors.fixture.ts";

test("new pairs sign and verify", async () => {
  for (const [pair, digest] of [
    [await newRsaKeys(), "sha256"],
    [await newEd25519Keys(), null],
  ] as const) {
    const key = readPublicKey(pair.publicPem);
    assert.ok(key);
    const data = Buffer.from("hello");
    assert.equal(verify(digest, data, key, sign(digest, data, readPrivateKey(pair.privatePem))), true);
  }
});

test("SPKI and PKCS#1, with any line breaks", () => {
  const key = readPublicKey(PUBLIC_PEM);
  assert.equal(key?.asymmetricKeyDetails?.modulusLength, 2048);
  const pkcs1 = key?.export({ type: "pkcs1", format: "pem" }).toString() ?? "";
  assert.match(pkcs1, /BEGIN RSA PUBLIC KEY/);
  for (const pem of [pkcs1, PUBLIC_PEM.replaceAll("\n", "\r\n"), `\n${PUBLIC_PEM.trim()}`]) {
    assert.equal(readPublicKey(pem)?.equals(key ?? createPublicKey(PUBLIC_PEM)), true);
  }
  assert.equal(readPublicKey(ED25519_PUBLIC_PEM)?.asymmetricKeyType, "ed25519");
});

test("weak, foreign, private, huge and broken keys are refused", () => {
  const spki = { type: "spki", format: "pem" } as const;
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const refused = [
    weak.publicKey.export(spki).toString(),
    generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey.export(spki).toString(),
    generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export(spki).toString(),
    generateKeyPairSync("x25519").publicKey.export(spki).toString(),
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    PUBLIC_PEM.replace("MIIB", "MIIC"),
    PUBLIC_PEM.replaceAll("PUBLIC KEY", "CERTIFICATE"),
    PUBLIC_PEM + PUBLIC_PEM,
    PUBLIC_PEM + " ".repeat(9000),
    "",
    "not a key",
  ];
  for (const pem of refused) assert.equal(readPublicKey(pem), undefined, pem.slice(0, 60));
  assert.throws(() => readPrivateKey(weak.privateKey.export({ type: "pkcs8", format: "pem" }).toString()));
  assert.throws(() => readPrivateKey(PUBLIC_PEM));
});

test("Multikey there and back", () => {
  for (let n = 0; n < 20; n++) {
    const { publicKey } = generateKeyPairSync("ed25519");
    const text = writeMultikey(publicKey);
    assert.match(text, /^z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/);
    assert.equal(readMultikey(text)?.equals(publicKey), true);
    for (const broken of [
      text.slice(0, -1),
      `${text}1`,
      text.slice(1),
      text.replace("z6Mk", "z6Ls"),
      `${text.slice(0, -1)}0`,
    ]) {
      assert.equal(readMultikey(broken), undefined);
    }
  }
  assert.throws(() => writeMultikey(createPublicKey(PUBLIC_PEM)), TypeError);
});
