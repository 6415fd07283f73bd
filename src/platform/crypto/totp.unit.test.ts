import assert from "node:assert/strict";
import { test } from "node:test";
import { base32, codeOf, otpauth, stepOf } from "./totp.ts";

const SECRET = Buffer.from("12345678901234567890");

test("the codes of RFC 6238, appendix B (SHA-1)", () => {
  const vectors: [number, string][] = [
    [59, "94287082"],
    [1111111109, "07081804"],
    [1111111111, "14050471"],
    [1234567890, "89005924"],
    [2000000000, "69279037"],
    [20000000000, "65353130"],
  ];
  for (const [seconds, code] of vectors) assert.equal(codeOf(SECRET, BigInt(Math.floor(seconds / 30)), 8), code);
});

test("a code counts in its step and in the ones beside it, with spaces too, and in no other", () => {
  const now = 1_234_567_890_000;
  const step = BigInt(Math.floor(now / 30_000));
  for (const d of [-1n, 0n, 1n]) assert.equal(stepOf(SECRET, codeOf(SECRET, step + d), now), step + d);
  for (const d of [-2n, 2n, 40n]) assert.equal(stepOf(SECRET, codeOf(SECRET, step + d), now), undefined);
  const code = codeOf(SECRET, step);
  assert.equal(stepOf(SECRET, `${code.slice(0, 3)} ${code.slice(3)}`, now), step);
  for (const wrong of ["", "1", "1234567", "abcdef", `${code}0`]) assert.equal(stepOf(SECRET, wrong, now), undefined);
});

test("base32 as in RFC 4648, section 10, and the address that apps read", () => {
  const vectors: [string, string][] = [
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ];
  for (const [plain, text] of vectors) assert.equal(base32(Buffer.from(plain)), text);
  assert.equal(
    otpauth(SECRET, "anna@a.test", "a.test"),
    "otpauth://totp/a.test:anna%40a.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=a.test",
  );
});
