import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { divide, earnedBy, isUsable, spendOrder, take, unearnedBy, type LotState } from "./lot-rules.ts";

const AT = new Date("2026-11-20T00:00:00Z");
const at = (hours: number): Date => new Date(AT.getTime() + hours * 3_600_000);

const lot: fc.Arbitrary<LotState> = fc
  .record({
    id: fc.bigInt(1n, 10n ** 6n),
    priority: fc.constantFrom(10, 10, 20, 100),
    granted: fc.bigInt(1n, 10n ** 9n),
    spent: fc.nat(1000),
    paid: fc.oneof(fc.constant(0n), fc.bigInt(0n, 10n ** 10n)),
    starts: fc.constantFrom(-5, -1, 0, 3),
    ends: fc.constantFrom(-1, 0, 1, 2, 50, undefined),
    voided: fc.boolean(),
  })
  .map(({ id, priority, granted, spent, paid, starts, ends, voided }) => {
    const consumed = (granted * BigInt(spent)) / 1000n;
    return {
      ...{ id, priority, granted, consumed, paid, gone: 0n, remaining: granted - consumed },
      ...{ earned: (paid * consumed) / granted, effective_at: at(starts) },
      ...{ expires_at: ends === undefined ? null : at(ends), voided_at: voided && spent % 5 === 0 ? AT : null },
    };
  });

const lots = fc.uniqueArray(lot, { selector: (l) => l.id, maxLength: 12 });

test("an amount is taken exactly, only from usable lots, and no lot is touched before a better one is empty", () => {
  fc.assert(
    fc.property(lots, fc.bigInt(1n, 3n * 10n ** 9n), (all, amount) => {
      const usable = all.filter((l) => isUsable(l, AT));
      const there = usable.reduce((sum, l) => sum + l.remaining, 0n);
      const parts = take(all, amount, AT);
      if (there < amount) return assert.equal(parts, undefined);
      assert.ok(parts);
      assert.equal(
        parts.reduce((sum, p) => sum + p.amount, 0n),
        amount,
      );
      const taken = new Map(parts.map((p) => [p.lot.id, p.amount]));
      assert.equal(taken.size, parts.length);
      // The oracle: credit by credit, always the best lot that has something left.
      for (const part of parts) {
        assert.ok(usable.includes(part.lot) && part.amount > 0n && part.amount <= part.lot.remaining);
        for (const better of usable)
          if (spendOrder(better, part.lot) < 0) assert.equal(taken.get(better.id) ?? 0n, better.remaining);
      }
    }),
    { numRuns: Number(process.env["SKEIN_LEDGER_RUNS"] ?? "500") },
  );
});

test("the order is total: priority, then what expires first, then the older", () => {
  fc.assert(
    fc.property(lots, (all) => {
      const sorted = all.toSorted(spendOrder);
      for (const [i, a] of sorted.entries())
        for (const b of sorted.slice(i + 1)) {
          assert.ok(spendOrder(a, b) < 0 && spendOrder(b, a) > 0);
          assert.ok(a.priority <= b.priority);
          if (a.priority === b.priority && b.expires_at !== null)
            assert.ok(a.expires_at !== null && a.expires_at <= b.expires_at);
        }
    }),
  );
});

test("parts are divided without loss, the first ones first", () => {
  const parts = fc.array(fc.record({ lot: fc.nat(), amount: fc.bigInt(1n, 10n ** 9n) }), { maxLength: 8 });
  fc.assert(
    fc.property(parts, fc.bigInt(0n, 10n ** 10n), (all, amount) => {
      const { first, rest } = divide(all, amount);
      const sum = (list: { amount: bigint }[]): bigint => list.reduce((s, p) => s + p.amount, 0n);
      assert.equal(sum(first) + sum(rest), sum(all));
      assert.equal(sum(first), sum(all) < amount ? sum(all) : amount);
      assert.ok(first.length + rest.length <= all.length + 1);
    }),
  );
});

test("money of a lot is earned as it is used: never more than paid, all of it in the end, and back again the same way", () => {
  fc.assert(
    fc.property(lot, fc.array(fc.bigInt(1n, 10n ** 8n), { maxLength: 20 }), (start, uses) => {
      const l = { ...start };
      const use = (amount: bigint): void => {
        const earned = earnedBy(l, amount);
        assert.ok(earned >= 0n);
        l.consumed += amount;
        l.remaining -= amount;
        l.earned += earned;
        assert.ok(l.earned <= l.paid);
      };
      for (const amount of uses) {
        if (amount > l.remaining) continue;
        const before = l.earned;
        use(amount);
        assert.equal(unearnedBy(l, amount), l.earned - before);
      }
      if (l.remaining > 0n) use(l.remaining);
      assert.equal(l.earned, l.paid);
    }),
  );
});
