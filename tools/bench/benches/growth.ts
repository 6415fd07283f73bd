/** The same page of home among 2,000,000 posts and among 200,000: the size of the instance must not matter. */
import { cpuPerOperation, scratch, seededData, startServer, type Bench } from "../harness.ts";
import { at, HOME, openHomes } from "../home.ts";
import { Client, median, type Call } from "../load.ts";
import type { Reader } from "../seed.ts";

const ROUNDS = 5;
const PER_ROUND = 2000;
const SMALL = 200_000;
const LARGE = 2_000_000;

interface Side {
  readers: Reader[];
  quiet: Reader;
  client: Client;
  pids: number[];
}

async function withSide(posts: number, use: (side: Side) => Promise<void>): Promise<void> {
  const { dir, remove } = scratch();
  try {
    const { readers, quiet } = await seededData(dir, { posts });
    const server = await startServer(dir);
    const client = new Client(server.port, 8);
    try {
      await openHomes(client, readers);
      await use({ readers, quiet, client, pids: server.pids });
    } finally {
      client.close();
      await server.stop();
    }
  } finally {
    remove();
  }
}

export const growth: Bench = {
  name: "growth",
  about: "home among 2,000,000 posts against 200,000 (takes minutes, and 3 GB of disk)",
  slow: true,
  run: (report) =>
    withSide(SMALL, (small) =>
      withSide(LARGE, async (large) => {
        const rows: { what: string; next: (side: Side) => (n: number) => Call }[] = [
          { what: "1,000 rotating readers", next: (side) => (n) => ({ path: HOME, token: at(side.readers, n).token }) },
          { what: "reader of quiet people", next: (side) => () => ({ path: HOME, token: side.quiet.token }) },
        ];
        for (const { what, next } of rows) {
          const ratios: number[] = [];
          for (const side of [small, large]) await side.client.run(1000, next(side));
          for (let round = 0; round < ROUNDS; round++) {
            const cost = (side: Side): Promise<number> =>
              cpuPerOperation(side.pids, PER_ROUND, () => side.client.run(PER_ROUND, next(side)));
            const before = await cost(small);
            ratios.push((await cost(large)) / before);
          }
          report({ what: `${what}: CPU at 2,000,000 ÷ 200,000 posts`, value: median(ratios), unit: "×", limit: 1.2 });
        }
      }),
    ),
};
