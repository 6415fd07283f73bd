import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "./clock.ts";
import { createHorizon } from "./horizon.ts";
import { createIds } from "./ids.ts";

test("nothing in flight: everything minted so far is decided", async () => {
  const ids = createIds(systemClock, 0);
  const before = ids.next();
  const horizon = await createHorizon(ids).settle();
  assert.ok(horizon > before);
  assert.ok(ids.next() > horizon, "later ids are beyond it");
});

test("whoever reads waits for what is in flight", async () => {
  const sky = createHorizon(createIds(systemClock, 0));
  const flight = sky.takeOff();
  let settled = false;
  const settling = sky.settle(60_000).then((id) => {
    settled = true;
    return id;
  });
  await new Promise(setImmediate);
  assert.equal(settled, false);
  flight.land();
  assert.ok((await settling) >= flight.id);
});

test("what takes off later does not hold up a reader, and is not promised", async () => {
  const sky = createHorizon(createIds(systemClock, 0));
  const first = sky.takeOff();
  const settling = sky.settle(60_000);
  const second = sky.takeOff();
  first.land();
  const horizon = await settling;
  assert.ok(horizon >= first.id && horizon < second.id);
  second.land();
});

test("a transaction that takes too long holds the horizon just below itself, the oldest one deciding", async () => {
  const sky = createHorizon(createIds(systemClock, 0));
  const slow = sky.takeOff();
  const slower = sky.takeOff();
  assert.equal(await sky.settle(1), slow.id - 1n);
  slow.land();
  assert.equal(await sky.settle(1), slower.id - 1n);
  slower.land();
  assert.ok((await sky.settle(1)) > slower.id);
});
