/** Notifications are read without a gap, whoever commits first. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { walkUp } from "./paging/pages.ts";
import { place } from "./paging/place.ts";

const LIST = "/api/v1/notifications";

test("one that commits late is not missed by a reader who asks for newer ones", async () => {
  const at = await place();
  const [anna, slow, quick] = [await at.person("anna"), await at.person("slow"), await at.person("quick")];
  const post = await at.post(anna, "like me");
  await at.drain();
  const told = (by: bigint): Promise<void> | undefined =>
    at.app.app.notifications.tasks
      .find((t) => t.name === "notifications.favourited")
      ?.run({ authorId: String(anna.id), byId: String(by), postId: String(post) });
  for (const by of [slow, quick]) await at.app.app.posts.favourite(by.id, post, true);

  // Whoever writes a notification from this account has to wait here, with its id minted.
  const holder = await at.pool.connect();
  await holder.query("begin");
  await holder.query("select 1 from accounts where id = $1 for update", [slow.id]);
  const first = told(slow.id);
  const waiting =
    "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  const waits = async (n: number): Promise<void> => {
    while ((await at.pool.query<{ n: number }>(waiting)).rows[0]?.n !== n) await delay(5);
  };
  await waits(1);
  const second = told(quick.id);
  // Either it waits for its turn, or it is through.
  await Promise.race([second, waits(2)]);
  const seen = await walkUp(at.app, anna, LIST, () => 40);
  await holder.query("rollback");
  holder.release();
  await Promise.all([first, second]);

  const later = await walkUp(at.app, anna, LIST, () => 40, seen.at(-1) ?? 0n);
  assert.equal(seen.length + later.length, 2);
});

test("forty people like at once while the author polls", async () => {
  const at = await place();
  const anna = await at.person("anna");
  const post = await at.post(anna, "like me all");
  const fans = await Promise.all(Array.from({ length: 40 }, (_, i) => at.person(`fan${i}`)));
  await at.app.app.jobs.start();
  let liking = true;
  const seen: bigint[] = [];
  const poll = async (): Promise<void> => {
    for (let more = true; more;) {
      more = liking;
      seen.push(...(await walkUp(at.app, anna, LIST, () => 5, seen.at(-1) ?? 0n)));
    }
  };
  const polling = poll();
  try {
    await Promise.all(fans.map((fan) => at.app.app.posts.favourite(fan.id, post)));
  } finally {
    await at.app.app.jobs.stop();
    await at.drain();
    liking = false;
  }
  await polling;
  assert.equal(seen.length, 40);
  assert.equal(new Set(seen).size, 40);
});
