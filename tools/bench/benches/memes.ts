/**
 * What drawing memes costs, against the picture library alone on the same drawings, which nobody can do without; and how
 * long requests wait meanwhile.
 */
import { availableParallelism } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import sharp from "sharp";
import { createRenderer } from "#modules/memes/index.ts";
import { defaultDoc } from "#shared/meme/defaults.ts";
import type { MemeDoc } from "#shared/meme/doc.ts";
import { FORMATS } from "#shared/meme/formats.ts";
import type { Bench } from "../harness.ts";
import { median } from "../load.ts";

const ROUNDS = 5;
/** At least 60 % of what the library reaches alone. */
const AT_MOST = 1 / 0.6;

export const memes: Bench = {
  name: "memes",
  about: "memes drawn as WebP of 1080 pixels, against the picture library alone",
  run: drawing,
};

async function drawing(report: Parameters<Bench["run"]>[0]): Promise<void> {
  const renderer = createRenderer();
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
  const delay = monitorEventLoopDelay({ resolution: 5 });
  for (let round = 0; round < ROUNDS; round++) {
    floors.push(await together(drawings, parallel, bare));
    delay.enable();
    times.push(await together(docs, parallel, ours));
    delay.disable();
  }
  const [floor, time] = [median(floors), median(times)];
  report({ what: "a meme against the bare library", value: time / floor, unit: "×", limit: AT_MOST });
  report({
    what: `a meme, ${parallel} at a time (${((docs.length * 1000) / time).toFixed(1)} per second)`,
    value: time / docs.length,
    unit: "ms",
  });
  report({ what: "delay of the event loop meanwhile, p99", value: delay.percentile(99) / 1e6, unit: "ms", limit: 50 });
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
