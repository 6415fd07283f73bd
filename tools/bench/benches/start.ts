/** From the start of the process to ready: on nothing, and on existing data. And memory while idle. */
import { setTimeout as delay } from "node:timers/promises";
import { residentMb } from "../cpu.ts";
import { scratch, startServer, type Bench } from "../harness.ts";
import { median } from "../load.ts";

const TIMES = 5;
const IDLE_MS = 5000;

export const start: Bench = {
  name: "start",
  about: "time to ready with the embedded database, fresh and warm; memory while idle",
  run: async (report) => {
    const fresh: number[] = [];
    const warm: number[] = [];
    const memory: number[] = [];
    for (let n = 0; n < TIMES; n++) {
      const { dir, remove } = scratch();
      try {
        const first = await startServer(dir, { SKEIN_ENV: "production" });
        fresh.push(first.readyMs);
        await first.stop();
        const second = await startServer(dir, { SKEIN_ENV: "production" });
        warm.push(second.readyMs);
        if (n === 0) {
          await delay(IDLE_MS);
          memory.push(residentMb(second.pid));
        }
        await second.stop();
      } finally {
        remove();
      }
    }
    report({ what: "fresh data directory until ready", value: median(fresh) / 1000, unit: "s", limit: 6 });
    report({ what: "existing data directory until ready", value: median(warm) / 1000, unit: "s", limit: 1.5 });
    report({ what: "resident memory of Node, idle", value: median(memory), unit: "MB", limit: 160 });
  },
};
