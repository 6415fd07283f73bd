/**
 * Random small worlds, compared with a slow oracle (`visibility/rules.ts`): what everyone may read, in every list, before and after things change.
 * A failing world prints its seed; SKEIN_TEST_SEEDS="7,8" runs chosen ones.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPool } from "#platform/db/pool.ts";
import { silentLog } from "#platform/log/log.ts";
import { testApp } from "../support/app.ts";
import { Life } from "./visibility/life.ts";
import { compareModules, scanAnswers } from "./visibility/readers.ts";
import type { Viewer } from "./visibility/rules.ts";

const SEEDS = (process.env["SKEIN_TEST_SEEDS"] ?? "1,2,3").split(",").map(Number);
const POSTS = 50;

for (const seed of SEEDS) {
  test(`world ${seed}: everyone reads what they may, and nothing else`, async () => {
    const app = await testApp();
    const pool = createPool(app.databaseUrl, silentLog, { max: 2 });
    try {
      const life = new Life(app, seed, pool);
      await live(life);
    } catch (error) {
      if (error instanceof Error) error.message = `seed ${seed}: ${error.message}`;
      throw error;
    } finally {
      await pool.end();
      await app.close();
    }
    assert.deepEqual(app.oracle?.failures() ?? [], [], `seed ${seed}: answers out of shape`);
  });
}

async function live(life: Life): Promise<void> {
  const { world, rnd } = life;
  await life.people(6 + rnd.below(3));
  // A network to begin with: every second pair or so.
  for (const a of world.humans) {
    for (const b of world.humans)
      if (a !== b && rnd.yes(40))
        await life.follow(a, b, { reblogs: rnd.yes(80), notify: rnd.yes(25), languages: rnd.yes(15) ? ["de"] : null });
  }
  await life.drain();
  for (let steps = 0; world.posts.length < POSTS && steps < 4 * POSTS; steps++) await life.step();
  await compare(life, 2);
  world.followsThen = new Set(world.follows.keys());

  for (let i = 0; i < 3; i++) {
    const a = life.anyone();
    await life.unfollow(a, life.other(a));
  }
  const a = life.anyone();
  await life.block(a, life.other(a));
  const post = rnd.pick(world.posts.filter((p) => !p.author.suspended && !p.boostOf));
  if (post) await life.remove(post);
  const boost = rnd.pick(world.posts.filter((p) => !p.author.suspended && p.boostOf));
  if (boost) await life.remove(boost);
  const silent = world.humans.find((h) => h.indexable);
  if (silent) await life.indexable(silent, false);
  const back = world.humans.find((h) => h.suspended);
  if (back) await life.suspend(back, false);
  await life.suspend(life.anyone(), true);
  await life.drain();
  await compare(life, 1);
}

async function compare(life: Life, scans: number): Promise<void> {
  const viewers: Viewer[] = [undefined, ...life.world.humans.filter((h) => !h.suspended)];
  for (const viewer of viewers) await compareModules(life, viewer);
  // Whole answers are many: nobody, and some of the people.
  for (const viewer of viewers.slice(0, 1 + scans)) await scanAnswers(life, viewer);
}
