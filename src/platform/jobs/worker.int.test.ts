import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { silentLog } from "#platform/log/log.ts";
import { testDatabase } from "#test/support/db.ts";
import { createJobs, type Jobs } from "./worker.ts";

const JOBS = 60;

/** A queue with jobs in it, on a database where the first `failures` attempts to write down that jobs are done fail after a quarter of `slow` seconds, and the next ones take `slow` seconds. */
async function queue(
  failures: number,
  slow = 0,
): Promise<{ pool: Pool; jobs: Jobs; ran: Set<number>; waiting(): Promise<number> }> {
  const { url } = await testDatabase();
  const pool = createPool(url, silentLog, { max: 6 });
  await pool.query(`create sequence hiccups`);
  await pool.query(`create function hiccup() returns trigger language plpgsql as
    $$ begin if nextval('hiccups') <= ${failures} then perform pg_sleep(${slow / 4}); raise exception 'the disk hiccups'; end if; perform pg_sleep(${slow}); return null; end $$`);
  await pool.query(
    "create trigger hiccup before delete on graphile_worker._private_jobs for each statement execute function hiccup()",
  );
  await pool.query(
    `select graphile_worker.add_job('test.count', json_build_object('n', n)) from generate_series(1, ${JOBS}) n`,
  );
  const ran = new Set<number>();
  const jobs = createJobs({
    pool,
    log: silentLog,
    concurrency: 4,
    exclusive: true,
    stopMs: 1000,
    tasks: [
      {
        name: "test.count",
        async run({ n }) {
          ran.add(Number(n));
          // One that still runs when the queue gives up.
          await delay(n === 4 ? slow * 3000 : 1);
        },
      },
    ],
  });
  const waiting = async (): Promise<number> =>
    (await pool.query<{ n: number }>("select count(*)::int as n from graphile_worker._private_jobs")).rows[0]?.n ?? 0;
  return { pool, jobs, ran, waiting };
}

for (const failures of [0, 1, 3]) {
  test(`every job runs and is done, and the queue stops, when the database fails ${failures} times`, async () => {
    const { pool, jobs, ran, waiting } = await queue(failures);
    await jobs.start();
    while ((await waiting()) > 0) await delay(20);
    await jobs.stop();
    await pool.end();
    assert.equal(ran.size, JOBS);
  });
}

test("a queue that never ends after a failure is cut off, and gives its connections back", async () => {
  // One attempt fails while others are on their way and a job still runs: then the queue's library waits for ever.
  const { pool, jobs, ran, waiting } = await queue(1, 0.2);
  await jobs.start();
  while ((await waiting()) > 0) await delay(20);
  await jobs.stop();
  await pool.end();
  assert.equal(ran.size, JOBS);
});

test("a queue that is stopped while it recovers stays stopped, and its jobs wait", async () => {
  const { pool, jobs, waiting } = await queue(1_000_000);
  await jobs.start();
  await delay(50);
  await jobs.stop();
  assert.equal(await waiting(), JOBS);
  await pool.end();
});
