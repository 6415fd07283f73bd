/** Reading home, and asking whether there is anything new, against sending the same bytes from memory. */
import { ownCpuMs } from "../cpu.ts";
import { cpuPerOperation, startBaseline, startServer, usualData, type Bench } from "../harness.ts";
import { at, HOME, openHomes } from "../home.ts";
import { Client, median, percentile, type Call } from "../load.ts";

const CONNECTIONS = 8;
const ROUNDS = 5;
const PER_ROUND = 2000;
const BARE_PER_ROUND = 8000;

async function run(report: Parameters<Bench["run"]>[0], which: "home" | "empty-poll"): Promise<void> {
  const { dir, seeded } = await usualData();
  const { readers, quiet, busy } = seeded;
  const server = await startServer(dir);
  const client = new Client(server.port, CONNECTIONS);
  try {
    const pages = await openHomes(client, readers);
    const rotating = readers.filter((r) => r !== quiet && r !== busy);
    const page = pages.get(at(rotating, 0))?.text ?? "";
    const bare = await startBaseline([page, "[]"]);
    const bareClient = new Client(bare.port, CONNECTIONS);
    try {
      const bareCost = async (path: string): Promise<number> =>
        cpuPerOperation(bare.pids, BARE_PER_ROUND, () => bareClient.run(BARE_PER_ROUND, () => ({ path })));
      const poll = (n: number): Call => {
        const reader = at(readers, n);
        return { path: `${HOME}&since_id=${pages.get(reader)?.newest ?? ""}`, token: reader.token };
      };
      const rows: { what: string; limit: number; next: (n: number) => Call; empty?: boolean }[] =
        which === "home"
          ? [
              {
                what: "1,000 rotating readers",
                limit: 12,
                next: (n) => ({ path: HOME, token: at(readers, n).token }),
              },
              { what: "reader of quiet people", limit: 12, next: () => ({ path: HOME, token: quiet.token }) },
              { what: "reader of 1,000 people", limit: 12, next: () => ({ path: HOME, token: busy.token }) },
            ]
          : [{ what: "since_id, nothing new", limit: 3, next: poll, empty: true }];
      await bareCost("/0");
      for (const { what, limit, next, empty } of rows) {
        await client.run(1000, next);
        const ratios: number[] = [];
        const costs: number[] = [];
        const nodeCosts: number[] = [];
        const small: number[] = [];
        let times: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const limitCost = await bareCost("/0");
          const nodeBefore = ownCpuMs(server.pid);
          const cost = await cpuPerOperation(server.pids, PER_ROUND, async () => {
            times = await client.run(PER_ROUND, next, (answer) => {
              if (empty && answer.text !== "[]") throw new Error("The poll was meant to be empty.");
            });
          });
          ratios.push(cost / limitCost);
          costs.push(cost);
          nodeCosts.push((ownCpuMs(server.pid) - nodeBefore) / PER_ROUND);
          if (empty) small.push(cost / (await bareCost("/1")));
        }
        report({ what: `${what}: CPU of Node and PostgreSQL ÷ bare limit`, value: median(ratios), unit: "×", limit });
        report({ what: `${what}: CPU per request`, value: median(costs), unit: "ms" });
        report({ what: `${what}: of that in Node`, value: median(nodeCosts), unit: "ms" });
        report({ what: `${what}: p50 at ${CONNECTIONS} connections`, value: median(times), unit: "ms" });
        report({ what: `${what}: p99`, value: percentile(times, 0.99), unit: "ms" });
        if (empty) report({ what: `${what}: CPU ÷ sending the two bytes "[]"`, value: median(small), unit: "×" });
      }
      report({ what: "size of a page of 20", value: Buffer.byteLength(page) / 1000, unit: "kB" });
    } finally {
      bareClient.close();
      await bare.stop();
    }
  } finally {
    client.close();
    await server.stop();
  }
}

export const home: Bench = {
  name: "home",
  about: "home timeline of 20 posts among 200,000, three kinds of readers, against the bare limit",
  run: (report) => run(report, "home"),
};

export const emptyPoll: Bench = {
  name: "empty-poll",
  about: "home timeline with nothing new, against the bare limit of a full page",
  run: (report) => run(report, "empty-poll"),
};
