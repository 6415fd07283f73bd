import assert from "node:assert/strict";
import { test } from "node:test";
import { FetchFailed } from "./failed.ts";
import { createHostLimits } from "./limits.ts";

const refused = (reason: string) => (error: unknown) => error instanceof FetchFailed && error.reason === reason;
const LATER = Number.MAX_SAFE_INTEGER;

test("a host's budget is used up and fills again with time; other hosts have their own", async () => {
  let now = 0;
  const limits = createHostLimits({ burst: 3, perSecond: 2, parallel: 10, waiting: 0 }, () => now);
  for (let n = 0; n < 3; n++) (await limits.enter("a", LATER))();
  await assert.rejects(limits.enter("a", LATER), refused("rate"));
  (await limits.enter("b", LATER))();
  now = 499;
  await assert.rejects(limits.enter("a", LATER), refused("rate"));
  now = 500;
  (await limits.enter("a", LATER))();
  now = 1_000_000;
  for (let n = 0; n < 3; n++) (await limits.enter("a", LATER))();
  await assert.rejects(limits.enter("a", LATER), refused("rate"));
});

test("as many at once as allowed, the others in order, the rest refused", async () => {
  const limits = createHostLimits({ burst: 100, perSecond: 1, parallel: 2, waiting: 2 }, () => 0);
  const order: number[] = [];
  const [one, two] = [await limits.enter("a", 60_000), await limits.enter("a", 60_000)];
  const third = limits.enter("a", 60_000).then((done) => (order.push(3), done));
  const fourth = limits.enter("a", 60_000).then((done) => (order.push(4), done));
  await assert.rejects(limits.enter("a", 60_000), refused("rate"));
  assert.deepEqual(order, []);
  one();
  one();
  (await third)();
  (await fourth)();
  assert.deepEqual(order, [3, 4]);
  two();
  (await limits.enter("a", 60_000))();
});

test("waiting ends at the deadline and gives the place up", async () => {
  const limits = createHostLimits({ burst: 100, perSecond: 1, parallel: 1, waiting: 5 }, () => 0);
  const done = await limits.enter("a", 10);
  await assert.rejects(limits.enter("a", 1), refused("timeout"));
  done();
  (await limits.enter("a", 10))();
});

test("the number of remembered hosts is bounded", async () => {
  const limits = createHostLimits({ burst: 1, perSecond: 1, parallel: 1, waiting: 0 }, () => 0);
  for (let n = 0; n < 12_000; n++) (await limits.enter(`host${n}`, LATER))();
  assert.equal(limits.size, 10_000);
});
