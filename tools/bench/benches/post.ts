/** Posting: an author with 10 and one with 100,000 local followers must cost the same, and everybody sees the post at once. */
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { startEmbedded } from "#platform/db/embedded.ts";
import { silentLog } from "#platform/log/log.ts";
import { cpuPerOperation, scratch, seededData, startServer, type Bench } from "../harness.ts";
import { at, HOME } from "../home.ts";
import { Client, median, percentile } from "../load.ts";
import { addAuthor, type Reader } from "../seed.ts";

const ROUNDS = 5;
const PER_ROUND = 60;
const FEW = 10;
const MANY = 100_000;
const LOOKS = 20;

export const post: Bench = {
  name: "post",
  about: "posting with 10 and with 100,000 local followers, fsync on; how soon followers see it",
  run: async (report) => {
    const { dir, remove } = scratch();
    try {
      let followersOfFew: Reader[] = [];
      let followersOfMany: Reader[] = [];
      let few: Reader | undefined;
      let many: Reader | undefined;
      await seededData(dir, {}, async (url, seeded) => {
        few = at(seeded.readers, 10);
        many = at(seeded.readers, 11);
        followersOfFew = await addAuthor(url, seeded, few, FEW);
        followersOfMany = await addAuthor(url, seeded, many, MANY);
      });
      if (!few || !many) throw new Error("There are no authors.");
      const server = await startServer(dir);
      // The running cluster is adopted, to see when the background work is done.
      const { url } = await startEmbedded({ dataDir: dir, log: silentLog });
      const database = new pg.Client({ connectionString: url });
      await database.connect();
      const client = new Client(server.port, 1);
      try {
        await openHomesOf(client, [...followersOfFew, ...followersOfMany.slice(0, 100)]);
        const write = async (author: Reader): Promise<number[]> => {
          const times = await client.run(PER_ROUND, (n) => ({
            method: "POST",
            path: "/api/v1/statuses",
            token: author.token,
            body: {
              status: `A post about the weather, number ${n}, with a few more words so that it has a usual length.`,
            },
          }));
          await idle(database);
          return times;
        };
        await write(few);
        await write(many);
        const costs = { few: [] as number[], many: [] as number[] };
        const times = { few: [] as number[], many: [] as number[] };
        const ratios: number[] = [];
        const latencies: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const pair = { few: 0, many: 0 };
          const middle = { few: 0, many: 0 };
          // Alternate who begins.
          const order = round % 2 === 0 ? (["few", "many"] as const) : (["many", "few"] as const);
          for (const who of order) {
            const author = who === "few" ? few : many;
            pair[who] = await cpuPerOperation(server.pids, PER_ROUND, async () => {
              const taken = await write(author);
              middle[who] = median(taken);
              times[who].push(...taken);
            });
            costs[who].push(pair[who]);
          }
          ratios.push(pair.many / pair.few);
          latencies.push(middle.many / middle.few);
        }
        report({
          what: "CPU with 100,000 followers ÷ with 10, background included",
          value: median(ratios),
          unit: "×",
          limit: 1.2,
        });
        report({ what: "time of the answer, 100,000 ÷ 10 followers", value: median(latencies), unit: "×", limit: 1.2 });
        report({ what: "CPU per post, 10 followers", value: median(costs.few), unit: "ms" });
        report({ what: "answer p50, 10 followers", value: median(times.few), unit: "ms" });
        report({ what: "answer p99, 10 followers", value: percentile(times.few, 0.99), unit: "ms" });
        report({ what: "answer p50, 100,000 followers", value: median(times.many), unit: "ms" });
        for (const [title, author, followers] of [
          ["10 followers", few, followersOfFew],
          ["100,000 followers", many, followersOfMany],
        ] as const) {
          const seen: number[] = [];
          for (let n = 0; n < LOOKS; n++) seen.push(await untilSeen(client, author, at(followers, n)));
          report({
            what: `until a follower sees it, slowest of ${LOOKS}, ${title}`,
            value: Math.max(...seen),
            unit: "ms",
            limit: 500,
          });
        }
      } finally {
        client.close();
        await database.end();
        await server.stop();
      }
    } finally {
      remove();
    }
  },
};

/** Some followers of an author with few posts may have a short home, so pages are not checked here. */
async function openHomesOf(client: Client, readers: readonly Reader[]): Promise<void> {
  await client.run(readers.length, (n) => ({ path: HOME, token: at(readers, n).token }));
}

/** Waits until no job is due and no fan-out pending. */
async function idle(database: pg.Client): Promise<void> {
  const waiting = `select (select count(*) from pending_fanouts) + (select count(*) from graphile_worker.jobs where run_at <= now()) as n`;
  for (let tries = 0; tries < 3000; tries++) {
    const found = await database.query<{ n: bigint }>(waiting);
    if (BigInt(found.rows[0]?.n ?? 0) === 0n) return;
    await delay(10);
  }
  throw new Error("The background work did not end within 30 s.");
}

/** Milliseconds from the answer to the author until the post stands in a follower's home. */
async function untilSeen(client: Client, author: Reader, follower: Reader): Promise<number> {
  const body = { status: "Who sees this first?" };
  const answer = await client.call({ method: "POST", path: "/api/v1/statuses", token: author.token, body });
  if (answer.status !== 200) throw new Error(`Posting answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  const { id } = JSON.parse(answer.text) as { id: string };
  const before = performance.now();
  for (;;) {
    const home = await client.call({ path: HOME, token: follower.token });
    const posts = JSON.parse(home.text) as { id: string }[];
    if (posts.some((p) => p.id === id)) return performance.now() - before;
    if (performance.now() - before > 10_000) throw new Error("A follower did not see the post within 10 s.");
  }
}
