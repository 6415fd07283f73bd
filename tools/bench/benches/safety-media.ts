/**
 * The media gate: whether PDQ is the reference's in every bit, how fast and how complete the search among a million and ten million known pictures is, and
 * whether the server stays responsive while four large pictures come in at once.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { z } from "zod";
import { loadConfig } from "#platform/config/config.ts";
import { readEnv } from "#platform/config/env.ts";
import { silentLog } from "#platform/log/log.ts";
import { generated, randomWords } from "#platform/pdq/generated.fixture.ts";
import { DIHEDRAL, MAX_DISTANCE, pdq, pdqText } from "#platform/pdq/hash.ts";
import { createPdqIndex } from "#modules/safety/index.ts";
import { cloneTemplate, dropDatabase, startTestCluster } from "#test/support/cluster.ts";
import { conformanceFile } from "#test/support/conformance.ts";
import { signUp } from "#test/support/people.ts";
import { createApp } from "../../../src/app.ts";
import type { Bench } from "../harness.ts";
import { median, percentile } from "../load.ts";
import { samplePhoto } from "./media.ts";

type Report = Parameters<Bench["run"]>[0];

const MILLION = 1_000_000;
const SIZES = [
  { entries: MILLION, p99: 2, buildSeconds: 1, megabytes: 250 },
  { entries: 10 * MILLION, p99: 15, buildSeconds: 5, megabytes: 1100 },
];
/** Entries given to the index at once, as the server does. */
const BATCH = 100_000;
const QUERIES = 1000;
const BYTES = 32;
const PARALLEL = 4;
const ROUNDS = 4;

export const safetyMedia: Bench = {
  name: "safety-media",
  about:
    "media gate: exactness of PDQ, search among 1 and 10 million known pictures, event loop during four uploads of 12 MP",
  slow: true,
  async run(report) {
    await exactness(report);
    for (const size of SIZES) search(report, size);
    await uploads(report);
  },
};

const fixtures = z.object({
  cases: z.array(
    z.object({
      ...{ seed: z.number(), width: z.number(), height: z.number(), quality: z.number(), hash: z.string() },
      layers: z.object({
        ...{ gradient: z.number(), rects: z.number(), discs: z.number() },
        stripes: z.tuple([z.number(), z.number(), z.number()]).nullable(),
        ...{ contrast: z.number(), noise: z.number(), grey: z.number(), mirror: z.number() },
      }),
      dihedral: z.record(z.string(), z.string()),
    }),
  ),
});

async function exactness(report: Report): Promise<void> {
  const file = conformanceFile("pdq/pixel-buffers.json");
  if (file === undefined) throw new Error("The reference's answers are not here: set SKEIN_CONFORMANCE_DIR.");
  const { cases } = fixtures.parse(JSON.parse(await readFile(file, "utf8")));
  let different = 0;
  for (const one of cases) {
    const found = pdq(generated(one.seed, one.width, one.height, one.layers));
    const equal =
      found.quality === one.quality &&
      pdqText(found.hash) === one.hash &&
      DIHEDRAL.every((how) => pdqText(found.dihedral[how]) === one.dihedral[how]);
    if (!equal) different++;
  }
  report({ what: "pictures compared with the reference", value: cases.length, unit: "rows" });
  report({ what: "of them with another hash, quality or turned hash", value: different, unit: "rows", limit: 0 });
}

function search(report: Report, { entries, p99, buildSeconds, megabytes }: (typeof SIZES)[number]): void {
  const name = `${entries / MILLION} M`;
  const next = randomWords(entries);
  const before = memoryMb();
  const index = createPdqIndex();
  const queries: { hash: Uint8Array; id: number }[] = [];
  const every = Math.floor(entries / QUERIES);
  let buildMs = 0;
  for (let from = 0; from < entries; from += BATCH) {
    const words = new Uint32Array((BATCH * BYTES) / 4);
    for (let w = 0; w < words.length; w++) words[w] = next();
    const hashes = new Uint8Array(words.buffer);
    const ids = Array.from({ length: BATCH }, (_, i) => from + i);
    for (const id of ids)
      if (id % every === 0)
        queries.push({ id, hash: neighbour(hashes.slice((id - from) * BYTES, (id - from + 1) * BYTES), next) });
    const begun = threadMs();
    index.add(ids, hashes);
    buildMs += threadMs() - begun;
  }
  const memory = memoryMb() - before;
  for (const { hash } of queries.slice(0, 100)) index.search(hash);
  let missed = 0;
  const cpuBefore = threadMs();
  const times = queries.map(({ id, hash }) => {
    const begun = performance.now();
    const found = index.search(hash);
    const took = performance.now() - begun;
    if (!found.some((match) => match.id === id && match.distance === MAX_DISTANCE)) missed++;
    return took;
  });
  const cpu = threadMs() - cpuBefore;
  report({
    what: `${name}: neighbours at ${MAX_DISTANCE} bits that were missed, of ${QUERIES}`,
    value: missed,
    unit: "rows",
    limit: 0,
  });
  report({ what: `${name}: CPU of a search, mean`, value: cpu / QUERIES, unit: "ms" });
  report({ what: `${name}: search p50`, value: median(times), unit: "ms" });
  report({ what: `${name}: search p99`, value: percentile(times, 0.99), unit: "ms", limit: p99 });
  report({ what: `${name}: memory`, value: memory, unit: "MB", limit: megabytes });
  report({ what: `${name}: building, CPU`, value: buildMs / 1000, unit: "s", limit: buildSeconds });
}

/** A hash that differs in exactly as many bits as are allowed. */
function neighbour(hash: Uint8Array, next: () => number): Uint8Array {
  const flipped = new Set<number>();
  while (flipped.size < MAX_DISTANCE) flipped.add(next() % (BYTES * 8));
  for (const bit of flipped) hash[bit >> 3] = (hash[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return hash;
}

/** CPU time of this thread, in steps of some milliseconds: what others do on the machine does not count. */
const threadMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** What is held, without what could be collected. */
const memoryMb = (): number => {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc()");
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
};

/** The whole server in this process, called without sockets: what stops the event loop shows as it is. */
async function uploads(report: Report): Promise<void> {
  const photo = await samplePhoto();
  const cluster = await startTestCluster();
  const database = await cloneTemplate(cluster.url);
  const dir = await mkdtemp(join(tmpdir(), "skein-bench-safety-"));
  const config = loadConfig(
    readEnv({ SKEIN_ENV: "test", DATA_DIR: dir, DATABASE_URL: database.url, SKEIN_REGISTRATIONS: "open" }),
  );
  const app = await createApp({ config, databaseUrl: database.url, log: silentLog, exclusive: true });
  try {
    const url = config.publicUrl;
    const place = { url, fetch: (path: string, init?: RequestInit) => app.fetch(new Request(`${url}${path}`, init)) };
    const person = await signUp(place, "photographer");
    const boundary = "----skein-bench";
    const body = Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
      ),
      photo,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const headers = { cookie: person.cookie, origin: url, "content-type": `multipart/form-data; boundary=${boundary}` };
    const times: number[] = [];
    const upload = async (): Promise<void> => {
      const begun = performance.now();
      const response = await place.fetch("/api/v2/media", { method: "POST", headers, body });
      if (response.status !== 200) throw new Error(`upload: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
      times.push(performance.now() - begun);
    };
    await upload();
    times.length = 0;
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    for (let round = 0; round < ROUNDS; round++) await Promise.all(Array.from({ length: PARALLEL }, upload));
    delay.disable();
    report({
      what: `event-loop delay during ${PARALLEL} parallel uploads of 12 MP, p99`,
      value: delay.percentile(99) / 1e6,
      unit: "ms",
      limit: 20,
    });
    report({ what: "longest", value: delay.max / 1e6, unit: "ms" });
    report({ what: `upload, ${PARALLEL} at once, p50`, value: median(times), unit: "ms" });
  } finally {
    await app.close();
    await dropDatabase(cluster.url, database.name);
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
