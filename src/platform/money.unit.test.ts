import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  ASSETS,
  centsOf,
  eurFromCents,
  formatMoney,
  MAX_AMOUNT,
  moneyFormat,
  moneyOf,
  moneyParse,
  splitByWeight,
} from "./money.ts";

test("amounts are written in one way only", () => {
  assert.equal(moneyFormat(12_500n, "CREDIT"), "12.5");
  assert.equal(moneyFormat(0n, "EUR"), "0");
  assert.equal(moneyFormat(-1n, "EUR"), "-0.000001");
  assert.equal(moneyFormat(3_000_000n, "TOKEN"), "3");
});

test("what is no amount is not understood", () => {
  for (const text of [
    "",
    "+1",
    "-1",
    "1e3",
    "01",
    ".5",
    "5.",
    "1,5",
    " 1",
    "1.0001",
    "0x1",
    "١",
    "9999999999999999",
    "1 ",
  ])
    assert.equal(moneyParse(text, "CREDIT"), undefined, text);
  assert.equal(moneyParse("1.500", "CREDIT"), 1500n);
  assert.equal(moneyParse("1.5000", "CREDIT"), 1500n);
  assert.throws(() => moneyOf("1.0001", "CREDIT"), { code: "unprocessable" });
});

test("every amount is read as it was written", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ASSETS), fc.bigInt(0n, MAX_AMOUNT), (asset, amount) => {
      const text = moneyFormat(amount, asset);
      assert.equal(moneyParse(text, asset), amount);
      assert.match(text, /^(0|[1-9]\d*)(\.\d*[1-9])?$/);
    }),
  );
});

test("a total is split to the last unit, each part less than one unit from its share", () => {
  const weights = fc
    .array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 20 })
    .filter((w) => w.some((x) => x > 0n));
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 15n), weights, (total, all) => {
      const parts = splitByWeight(total, all);
      const sum = all.reduce((a, b) => a + b, 0n);
      assert.equal(
        parts.reduce((a, b) => a + b, 0n),
        total,
      );
      for (const [i, part] of parts.entries()) {
        const exact = total * (all[i] ?? 0n);
        assert.ok(part * sum > exact - sum && part * sum < exact + sum);
      }
    }),
  );
  assert.deepEqual(splitByWeight(10n, [1n, 1n, 1n]), [4n, 3n, 3n]);
  assert.throws(() => splitByWeight(1n, [0n]), RangeError);
});

test("cents and micro-euro", () => {
  assert.equal(eurFromCents(119n), 1_190_000n);
  assert.deepEqual(centsOf(1_195_001n), { cents: 119n, rest: 5001n });
  assert.equal(formatMoney(1_190_000n, "EUR", "de"), "1,19\u00a0€");
  assert.equal(formatMoney(999_999_999_999_999n, "EUR", "en"), "€999,999,999.999999");
});
