import { exec, one, run } from "#platform/db/sql.ts";
import { idFloor, type Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { TimelinesDeps } from "./deps.ts";
import { HOME_ROWS, PER_AUTHOR } from "./home.ts";
import * as sql from "./sql.ts";

/** Followers written to in one statement: about 3 ms, so that a big fan-out never holds up others. */
const CHUNK = 1000;
/** Posts in one signal to those who are connected: its text may have 8,000 bytes. */
const STREAMED = 300;
/** A home may grow this far beyond its size before it is cut. */
const SLACK = 200;

const idIn = (payload: Record<string, unknown>, key: string): Id => BigInt(String(payload[key]));

/** Jobs that keep the written homes true. Every one may run twice. */
export function fanoutTasks(deps: TimelinesDeps): Task[] {
  async function fanOut(postId: Id): Promise<void> {
    const post = await one(deps.pool, sql.fanoutPost, postId);
    if (!post) return;
    if (post.big || (!post.promoted && post.followers > deps.pullFollowers)) {
      await deps.tx(async (db) => {
        await exec(db, sql.promote, post.account_id, post.id - 1n);
        await exec(db, sql.finishFanout, post.id);
        await deps.signals.send(db, "spread", post.id.toString());
      });
      return;
    }
    let after = 0n;
    for (;;) {
      const [chunk] = await run(deps.pool, sql.fanoutChunk, post.id, post.account_id, after, CHUNK);
      if (!chunk || chunk.last === null) break;
      after = chunk.last;
      if (chunk.n < BigInt(CHUNK)) break;
    }
    // Until this commit readers find the post among the pending ones, from it on in their homes.
    await deps.tx(async (db) => {
      await exec(db, sql.finishFanout, post.id);
      await deps.signals.send(db, "spread", post.id.toString());
    });
  }

  /** Writes an author's posts into a home; `anew` takes the written ones out first, in the same transaction, so that no reader finds them missing. */
  async function rewrite(owner: Id, author: Id, anew: boolean): Promise<void> {
    await deps.tx(async (db) => {
      await run(db, sql.lockHome, owner);
      if (anew) await exec(db, sql.removeAuthor, owner, author, true);
      await exec(db, sql.raiseFloor, owner, author, PER_AUTHOR);
      await exec(db, sql.addAuthor, owner, author, PER_AUTHOR);
      await deps.signals.send(db, "home", owner.toString());
    });
  }

  return [
    { name: "timelines.fanout", timeLimitMs: 300_000, run: (payload) => fanOut(idIn(payload, "postId")) },
    {
      name: "timelines.received",
      timeLimitMs: 300_000,
      async run(payload) {
        const ids = Array.isArray(payload["postIds"]) ? payload["postIds"].map((id) => BigInt(String(id))) : [];
        const done = await deps.tx(async (db) => {
          const written = (await run(db, sql.fanoutMany, ids, deps.pullFollowers)).map((r) => r.post_id);
          for (let n = 0; n < written.length; n += STREAMED)
            await deps.signals.send(db, "spread", written.slice(n, n + STREAMED).join(","));
          return new Set(written);
        });
        for (const id of ids) if (!done.has(id)) await fanOut(id);
      },
    },
    {
      name: "timelines.followed",
      run: (payload) => rewrite(idIn(payload, "accountId"), idIn(payload, "targetId"), false),
    },
    {
      name: "timelines.unfollowed",
      async run(payload) {
        await deps.tx(async (db) => {
          await exec(db, sql.removeAuthor, idIn(payload, "accountId"), idIn(payload, "targetId"), false);
        });
      },
    },
    {
      name: "timelines.followChanged",
      run: (payload) => rewrite(idIn(payload, "accountId"), idIn(payload, "targetId"), true),
    },
    {
      name: "timelines.sweepFanouts",
      cron: "* * * * *",
      async run() {
        const minuteAgo = idFloor(new Date(deps.clock.ms() - 60_000));
        for (const stuck of await run(deps.pool, sql.stuckFanouts, minuteAgo)) await fanOut(stuck.post_id);
      },
    },
    {
      name: "timelines.trim",
      cron: "*/10 * * * *",
      timeLimitMs: 600_000,
      async run() {
        for (;;) {
          const cut = await deps.tx(async (db) => {
            const rows = await run(db, sql.trimHomes, HOME_ROWS, SLACK);
            if (rows.length > 0) await deps.signals.send(db, "home", "*");
            return rows.length;
          });
          if (cut === 0) break;
          // Here at once: whoever reads on with the old floor would find nothing where rows were.
          deps.signals.local("home", "*");
        }
      },
    },
    {
      name: "timelines.dropIdle",
      cron: "5 4 * * *",
      timeLimitMs: 600_000,
      async run() {
        await exec(deps.pool, sql.dropIdle);
      },
    },
  ];
}
