/** Federation: what an incoming activity costs until it is seen, and a delivery until it is there. */
import { createPublicKey, sign, verify } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { startEmbedded } from "#platform/db/embedded.ts";
import { silentLog } from "#platform/log/log.ts";
import {
  cpuPerOperation,
  scratch,
  seededData,
  startServer,
  type Bench,
  type Result,
  type RunningServer,
} from "../harness.ts";
import { creation, introduce, peers, send, signed, sinks, type Peer, type Signed } from "../fediverse.ts";
import { fedifyCost } from "../fedify.ts";
import { at, HOME } from "../home.ts";
import { Client, median } from "../load.ts";
import type { Reader, Seeded } from "../seed.ts";
import { readingCost } from "../reading.ts";

type Report = (result: Omit<Result, "bench">) => void;

const PEERS = { SKEIN_ALLOW_LOOPBACK_PEERS: "1" };
const SMALL = { accounts: 200, posts: 20_000, follows: 50 };

/** Microseconds of CPU that a bare RSA-2048 verification and signature cost on this machine. */
function rsa(peer: Peer): { verifyUs: number; signUs: number } {
  const data = Buffer.alloc(300, 7);
  const publicKey = createPublicKey(peer.pem);
  const signature = sign("sha256", data, peer.key);
  const time = (n: number, work: () => unknown): number => {
    const before = process.cpuUsage();
    for (let i = 0; i < n; i++) work();
    const used = process.cpuUsage(before);
    return (used.user + used.system) / n;
  };
  time(200, () => verify("sha256", data, publicKey, signature));
  return {
    verifyUs: time(2000, () => verify("sha256", data, publicKey, signature)),
    signUs: time(300, () => sign("sha256", data, peer.key)),
  };
}

async function inbox(
  report: Report,
  server: RunningServer,
  url: string,
  people: readonly Peer[],
  reader: Reader,
  verifyUs: number,
): Promise<void> {
  const host = `localhost:${server.port}`;
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  const client = new Client(server.port, 1);
  try {
    await client.call({ path: HOME, token: reader.token });
    const prepare = (count: number, run: string): Signed[] =>
      Array.from({ length: count }, (_, n) => {
        const peer = at(people, n);
        return signed(peer, host, "/inbox", creation(peer, n, run));
      });
    const seen = async (run: string, count: number): Promise<void> => {
      // Applied and spread to homes, not only stored. (Homes themselves are cut to their size now and then.)
      const statement = `select count(*) as n from posts p where p.uri like '%/statuses/' || $1 || '%' and not exists (select 1 from pending_fanouts f where f.post_id = p.id)`;
      for (let tries = 0; tries < 6000; tries++) {
        const found = await database.query<{ n: string }>(statement, [run]);
        if (Number(found.rows[0]?.n) >= count) return;
        await delay(10);
      }
      throw new Error("Not every note was seen within a minute.");
    };
    const warm = prepare(300, "w");
    await send(server.port, warm, 16);
    await seen("w", 300);
    const costs: number[] = [];
    const rates: number[] = [];
    const COUNT = 3000;
    for (let round = 0; round < 3; round++) {
      const run = `r${round}x`;
      const all = prepare(COUNT, run);
      let took = 0;
      costs.push(
        await cpuPerOperation(server.pids, COUNT, async () => {
          const before = performance.now();
          const statuses = await send(server.port, all, 16);
          if (statuses.get(202) !== COUNT) throw new Error(`Not all were taken: ${JSON.stringify([...statuses])}`);
          await seen(run, COUNT);
          took = performance.now() - before;
        }),
      );
      rates.push((COUNT / took) * 1000);
    }
    report({
      what: "inbox: CPU per Create(Note), taken durably until it stands in a home",
      value: median(costs),
      unit: "ms",
    });
    report({
      what: "inbox: the same ÷ one RSA-2048 verification",
      value: (median(costs) * 1000) / verifyUs,
      unit: "×",
      limit: 27,
    });
    report({
      what: "inbox: time between two seen notes, load generator on the same cores",
      value: 1000 / median(rates),
      unit: "ms",
    });
    // 1,500 a second on two cores that verify 45,000 signatures each.
    report({
      what: "inbox: the same ÷ one RSA-2048 verification",
      value: 1_000_000 / median(rates) / verifyUs,
      unit: "×",
      limit: 30,
    });
  } finally {
    client.close();
    await database.end();
  }
}

/** One post of an author with a follower on each host; milliseconds until every shared inbox has it, and CPU per host. */
async function deliver(
  server: RunningServer,
  author: Reader,
  hosts: number,
  at_: Awaited<ReturnType<typeof sinks>>,
  rounds: number,
  which?: (host: string) => boolean,
  wanted = hosts,
): Promise<{ ms: number; cpu: number }> {
  const client = new Client(server.port, 1);
  const times: number[] = [];
  const costs: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      at_.reset();
      const cpu = await cpuPerOperation(server.pids, hosts, async () => {
        const before = performance.now();
        const answer = await client.call({
          method: "POST",
          path: "/api/v1/statuses",
          token: author.token,
          body: { status: `Round ${round} for ${hosts} hosts, about the weather.` },
        });
        if (answer.status !== 200) throw new Error(`Posting answered ${answer.status}`);
        await at_.until(wanted, which);
        const last = Math.max(...[...at_.first].filter(([host]) => which?.(host) ?? true).map(([, t]) => t));
        times.push(last - before);
        await delay(150);
      });
      costs.push(cpu);
    }
  } finally {
    client.close();
  }
  return { ms: median(times.slice(1)), cpu: median(costs.slice(1)) };
}

async function outbound(report: Report, signUs: number): Promise<void> {
  // 80 ms and 1.5 s on a machine that signs in 0.262 ms.
  for (const [hosts, limit] of [
    [50, 305],
    [1000, 5725],
  ] as const) {
    const there = await sinks(hosts);
    const { dir, remove } = scratch();
    try {
      let seeded: Seeded | undefined;
      await seededData(dir, SMALL, async (url, data) => {
        seeded = data;
        await introduce(url, peers(hosts * 2, there.hosts, 1), { follows: at(data.readers, 3).id });
      });
      if (!seeded) throw new Error("no data");
      const server = await startServer(dir, PEERS);
      try {
        const got = await deliver(server, at(seeded.readers, 3), hosts, there, hosts > 100 ? 4 : 6);
        report({ what: `delivery: until ${hosts} hosts have a post`, value: got.ms, unit: "ms" });
        report({
          what: `delivery: the same ÷ one RSA-2048 signature`,
          value: (got.ms * 1000) / signUs,
          unit: "×",
          limit,
        });
        report({ what: `delivery: CPU per host, ${hosts} hosts`, value: got.cpu, unit: "ms" });
        if (hosts > 100) {
          report({
            what: "delivery: CPU per host ÷ one RSA-2048 signature",
            value: (got.cpu * 1000) / signUs,
            unit: "×",
            limit: 2.7,
          });
          // Two cores can sign that fast at best; the load generator and the receivers share them.
          const best = signUs / 1000 / 2;
          report({
            what: "delivery: time per host ÷ best time of two cores that only sign",
            value: got.ms / hosts / best,
            unit: "×",
            limit: 1 / 0.6,
          });
        }
      } finally {
        await server.stop();
      }
    } finally {
      there.close();
      remove();
    }
  }
}

/** A fifth of the hosts answers after five seconds, or not at all: the others must hardly notice. */
async function slowHosts(report: Report): Promise<void> {
  const HOSTS = 200;
  const slow = (n: number): boolean => n % 5 === 4;
  const measure = async (delayMs: number): Promise<number> => {
    const there = await sinks(HOSTS, slow, delayMs);
    const { dir, remove } = scratch();
    try {
      let seeded: Seeded | undefined;
      await seededData(dir, SMALL, async (url, data) => {
        seeded = data;
        await introduce(url, peers(HOSTS, there.hosts, 1), { follows: at(data.readers, 3).id });
      });
      if (!seeded) throw new Error("no data");
      const server = await startServer(dir, PEERS);
      try {
        const healthy = new Set(there.hosts.filter((_, n) => !slow(n)));
        return (await deliver(server, at(seeded.readers, 3), HOSTS, there, 5, (h) => healthy.has(h), healthy.size)).ms;
      } finally {
        await server.stop();
      }
    } finally {
      there.close();
      remove();
    }
  };
  const calm = await measure(0);
  const troubled = await measure(5000);
  report({
    what: "delivery: time for the healthy 80 % of 200 hosts, the others slow ÷ all healthy",
    value: troubled / calm,
    unit: "×",
    limit: 1.2,
  });
}

/** 100,000 deliveries to hosts that are gone wait; posting must not notice. */
async function deadHosts(report: Report): Promise<void> {
  const { dir, remove } = scratch();
  try {
    let seeded: Seeded | undefined;
    await seededData(dir, SMALL, async (_url, data) => {
      seeded = data;
    });
    if (!seeded) throw new Error("no data");
    const author = at(seeded.readers, 3);
    const server = await startServer(dir, PEERS);
    const { url } = await startEmbedded({ dataDir: dir, log: silentLog });
    const database = new pg.Client({ connectionString: url });
    await database.connect();
    const client = new Client(server.port, 1);
    try {
      const posts = (): Promise<number[]> =>
        client.run(60, (n) => ({
          method: "POST",
          path: "/api/v1/statuses",
          token: author.token,
          body: { status: `Post ${n} while others wait` },
        }));
      await posts();
      const before: number[] = [];
      for (let i = 0; i < 3; i++) before.push(median(await posts()));
      await database.query(
        `insert into delivery_hosts (host) select '127.9.' || (n / 250) || '.' || (n % 250 + 1) || ':9' from generate_series(0, 499) n`,
      );
      await database.query(`insert into activity_bodies (id, body, digest) values (1, '{}', '\\x00')`);
      await database.query(
        `insert into deliveries (id, host, inbox_url, body_id, actor_id)
         select n, '127.9.' || (n % 500 / 250) || '.' || (n % 250 + 1) || ':9', 'http://127.9.' || (n % 500 / 250) || '.' || (n % 250 + 1) || ':9/inbox/' || n, 1, ${author.id}
         from generate_series(1, 100000) n`,
      );
      await database.query(`select pg_notify('skein_signals', 'deliver:*')`);
      await delay(3000);
      const after: number[] = [];
      for (let i = 0; i < 3; i++) after.push(median(await posts()));
      report({
        what: "posting while 100,000 deliveries to 500 dead hosts wait ÷ before",
        value: median(after) / median(before),
        unit: "×",
        limit: 1.2,
      });
    } finally {
      client.close();
      await database.end();
      await server.stop();
    }
  } finally {
    remove();
  }
}

export const federation: Bench = {
  name: "federation",
  about: "inbox and deliveries against bare RSA and Fedify; slow and dead hosts",
  slow: true,
  run: async (report) => {
    const hosts = Array.from({ length: 10 }, (_, n) => `127.2.0.${n + 1}:4000`);
    const people = peers(50, hosts);
    const { verifyUs, signUs } = rsa(at(people, 0));
    report({ what: "bare RSA-2048 verification", value: verifyUs / 1000, unit: "ms" });
    report({ what: "bare RSA-2048 signature", value: signUs / 1000, unit: "ms" });
    const samples = Array.from({ length: 500 }, (_, n) =>
      signed(at(people, n), "localhost:3000", "/inbox", creation(at(people, n), n, "s")),
    );
    const reading = await readingCost(people, samples);
    report({ what: "reading and checking a signed Create(Note), one core", value: reading / 1000, unit: "ms" });
    // 8,000 a second on a core that verifies 45,000 signatures.
    report({ what: "the same ÷ one RSA-2048 verification", value: reading / verifyUs, unit: "×", limit: 5.7 });
    const fedify = await fedifyCost(people, samples.slice(0, 150));
    report({ what: "the same in Fedify ÷ in Skein", value: fedify / reading, unit: "×" });
    const { dir, remove } = scratch();
    try {
      let reader: Reader | undefined;
      await seededData(dir, SMALL, async (url, data) => {
        reader = at(data.readers, 5);
        await introduce(url, people, { followers: [reader.id] });
      });
      if (!reader) throw new Error("no data");
      const server = await startServer(dir, PEERS);
      const { url } = await startEmbedded({ dataDir: dir, log: silentLog });
      try {
        await inbox(report, server, url, people, reader, verifyUs);
      } finally {
        await server.stop();
      }
    } finally {
      remove();
    }
    await outbound(report, signUs);
    await slowHosts(report);
    await deadHosts(report);
  },
};
