import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { bodyDigest } from "./message.ts";
import { signCavage, signRfc9421 } from "./sign.ts";
import { readSignature, signatureSite, verifySignature } from "./verify.ts";

const KEY_ID = "https://peer.example/users/ann#main-key";
const NOW = Date.parse("2026-01-02T03:04:05Z");
const SITE = signatureSite("https://skein.example");
const ROUNDS = 20_000;

/** A small generator of its own (mulberry32), so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

interface Sent {
  method: string;
  target: string;
  headers: Map<string, string>;
  body: Buffer;
}

const PIECES = [
  '"',
  ",",
  "=",
  "(",
  ")",
  ";",
  ":",
  " ",
  "\\",
  "\t",
  "a",
  "0",
  "\u0000",
  "\n",
  "ÿ",
  "Ā",
  "%",
  "?",
  "/",
  "A",
  "sig1",
];

function mutate(text: string, next: (below: number) => number): string {
  const at = next(text.length + 1);
  const piece = PIECES[next(PIECES.length)] ?? "";
  switch (next(6)) {
    case 0:
      return text.slice(0, at) + piece + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + next(8));
    case 2:
      return text.slice(0, at) + piece + text.slice(at + 1);
    case 3:
      return text.slice(0, at);
    case 4:
      return text.slice(at) + text.slice(0, at);
    default:
      return text.slice(0, at) + text.slice(next(text.length + 1)) + text.slice(at);
  }
}

test(`${ROUNDS} mutated requests: no exception, and what verifies still says the same`, () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const body = Buffer.from('{"type":"Create","id":"https://peer.example/1"}');
  const next = random(20260102);
  const input = {
    method: "POST",
    url: "https://skein.example/inbox?a=1",
    keyId: KEY_ID,
    privateKey: rsa.privateKey,
    date: new Date(NOW),
    body: { digest: bodyDigest(body), contentType: "application/activity+json" },
  } as const;
  const originals = [signCavage(input), signRfc9421(input)].map((headers) => ({
    method: "POST",
    target: "/inbox?a=1",
    headers: new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body,
  }));

  let verified = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const original = originals[round % 2];
    assert.ok(original);
    const sent: Sent = { ...original, headers: new Map(original.headers) };
    const names = [...sent.headers.keys()];
    for (let changes = 1 + next(3); changes > 0; changes--) {
      const kind = next(12);
      const name = names[next(names.length)] ?? "";
      if (kind === 0) sent.method = mutate(sent.method, next);
      else if (kind === 1) sent.target = mutate(sent.target, next);
      else if (kind === 2) sent.body = Buffer.from(mutate(sent.body.toString("latin1"), next), "latin1");
      else if (kind === 3) sent.headers.delete(name);
      else sent.headers.set(name, mutate(sent.headers.get(name) ?? "", next));
    }
    const { method, target, headers } = sent;
    const reading = readSignature({ method, target, header: (n) => headers.get(n), body: sent.body }, SITE, NOW);
    if (!reading.ok) continue;
    // The caller would look the key up: another key id, another key.
    const fits = reading.candidates.filter((c) => c.keyId === KEY_ID && verifySignature(c, rsa.publicKey));
    if (fits.length === 0) continue;
    verified++;
    // What verifies may differ in white space, parameters that say nothing, and headers that nobody signed; never in meaning.
    const told = JSON.stringify([method, target, [...headers]]);
    assert.equal(method, "POST", told);
    assert.equal(target, "/inbox?a=1", told);
    assert.deepEqual(sent.body, body, told);
    assert.equal(fits[0]?.signedAt, NOW, told);
    assert.equal(headers.get("date")?.trim() === original.headers.get("date") || round % 2 === 1, true, told);
  }
  // Otherwise the mutations would be so coarse that nothing was tested.
  assert.ok(verified > 20 && verified < ROUNDS / 4, String(verified));
});
