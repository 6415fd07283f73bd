/**
 * What drawing memes costs, against the picture library alone on the same drawings, which nobody can do without; and how
 * long requests wait meanwhile.
 */
import { availableParallelism } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import sharp from "sharp";
import { openRenderer } from "#modules/memes/index.ts";
import { defaultDoc } from "#shared/meme/defaults.ts";
import type { MemeDoc } from "#shared/meme/doc.ts";
import { FORMATS } from "#shared/meme/formats.ts";
import { aiServices } from "#test/support/ai-services.ts";
import { cpuPerOperation, scratch, seededData, startServer, type Bench } from "../harness.ts";
import { at } from "../home.ts";
import { Client, median } from "../load.ts";
import type { Reader } from "../seed.ts";

const ROUNDS = 5;
/** At least 60 % of what the library reaches alone. */
const AT_MOST = 1 / 0.6;

export const memes: Bench = {
  name: "memes",
  about: "memes drawn as WebP of 1080 pixels, against the picture library alone; what an order costs besides the model",
  async run(report) {
    await drawing(report);
    await orders(report);
  },
};

const ORDERS = 100;

/** Orders for a model that answers at once: hold, job, four variants stored, capture. The model is this process, which is not counted. */
async function orders(report: Parameters<Bench["run"]>[0]): Promise<void> {
  const services = await aiServices();
  const { dir, remove } = scratch();
  try {
    let readers: Reader[] = [];
    await seededData(dir, { accounts: 50, posts: 500, follows: 10 }, async (_url, data) => {
      readers = data.readers.slice(1, 11);
    });
    const server = await startServer(dir, {
      AI_BASE_URL: services.chatUrl,
      AI_MODEL: "instant",
      SKEIN_AI_CAPTION_COST: "0",
      SKEIN_MEME_DAILY_CREDITS: "100000",
    });
    const client = new Client(server.port, 2);
    try {
      // Several people, since nobody may order so many a day.
      const order = async (n: number): Promise<void> => {
        const { token } = at(readers, n % readers.length);
        const made = await client.call({
          path: "/api/skein/v1/memes/generations",
          method: "POST",
          token,
          body: { prompt: `order ${n}`, engine: "ai" },
        });
        const { id } = JSON.parse(made.text) as { id: string };
        // As the studio does: it listens until the order is over.
        const events = await client.call({ path: `/api/skein/v1/memes/generations/${id}/events`, token });
        const last = events.text.slice(events.text.lastIndexOf("event: "));
        if (!last.startsWith("event: settled") || !last.includes('"state":"done"'))
          throw new Error(`An order did not end: ${last.slice(0, 200)}`);
      };
      // Measured warm, as a server runs.
      for (let n = 0; n < 200; n += 2) await Promise.all([order(n), order(n + 1)]);
      const costs: number[] = [];
      for (let round = 1; round <= ROUNDS; round++)
        costs.push(
          await cpuPerOperation(server.pids, ORDERS, async () => {
            for (let n = 0; n < ORDERS; n += 2)
              await Promise.all([order(1000 * round + n), order(1000 * round + n + 1)]);
          }),
        );
      report({
        what: "CPU of an order besides the model, Node and PostgreSQL, listening to its end included",
        value: median(costs),
        unit: "ms",
        limit: 20,
      });
    } finally {
      client.close();
      await server.stop();
    }
  } finally {
    remove();
    await services.close();
  }
}

async function drawing(report: Parameters<Bench["run"]>[0]): Promise<void> {
  const renderer = await openRenderer();
  const parallel = Math.max(1, Math.min(4, availableParallelism()));
  const docs = FORMATS.map(({ id, boxes }, n) =>
    defaultDoc(
      id,
      boxes.map((_, box) => `Caption ${box} of picture ${n}, as long as they are`),
      "en",
      n,
    ),
  );
  const drawings = await Promise.all(docs.map((doc) => renderer.svg(doc)));
  const bare = (svg: string): Promise<Buffer> =>
    sharp(Buffer.from(svg)).flatten({ background: "#ffffff" }).webp({ quality: 82, effort: 2 }).toBuffer();
  const ours = (doc: MemeDoc): Promise<Uint8Array> => renderer.render(doc, { format: "webp", px: 1080 });
  await together(docs.slice(0, 6), parallel, ours);
  const floors: number[] = [];
  const times: number[] = [];
  const lag = monitorEventLoopDelay({ resolution: 5 });
  for (let round = 0; round < ROUNDS; round++) {
    floors.push(await together(drawings, parallel, bare));
    lag.enable();
    times.push(await together(docs, parallel, ours));
    lag.disable();
  }
  const [floor, time] = [median(floors), median(times)];
  report({ what: "a meme against the bare library", value: time / floor, unit: "×", limit: AT_MOST });
  report({
    what: `a meme, ${parallel} at a time (${((docs.length * 1000) / time).toFixed(1)} per second)`,
    value: time / docs.length,
    unit: "ms",
  });
  report({ what: "delay of the event loop meanwhile, p99", value: lag.percentile(99) / 1e6, unit: "ms", limit: 50 });
}

/** Milliseconds for all of them, a few at a time. */
async function together<T>(list: readonly T[], parallel: number, work: (one: T) => Promise<unknown>): Promise<number> {
  const queue = [...list];
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) await work(one);
    }),
  );
  return performance.now() - begun;
}
