import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import {
  parseCronItems,
  run as runWorker,
  runMigrations,
  runOnce,
  Logger,
  type Runner,
  type TaskList,
  type WorkerPreset,
} from "./graphile.ts";
import type { Log } from "#platform/log/log.ts";
import type { Pool } from "#platform/db/pool.ts";
import { run, statement } from "#platform/db/sql.ts";

/** A background task. It runs at least once per job, so it must be idempotent. */
export interface Task {
  /** `<module>.<verb>`; renaming one needs a migration of waiting jobs. */
  name: string;
  run(payload: Record<string, unknown>): Promise<void>;
  /** Milliseconds after which a run counts as failed. */
  timeLimitMs?: number;
  /** When it runs by itself, as a crontab line in UTC. */
  cron?: string;
}

export interface Jobs {
  /** Starts working. */
  start(): Promise<void>;
  /** Ends the running jobs, gives back the prefetched ones. */
  stop(): Promise<void>;
  /** Runs everything that is due, in this process, and returns when nothing is left. For tests and one-off commands. */
  drain(): Promise<void>;
}

const heartbeat = statement<[pool: string, workers: string[]], never>(
  "platform.poolSeen",
  `insert into worker_pools (pool_id, worker_ids) values ($1, $2)
   on conflict (pool_id) do update set seen_at = now(), worker_ids = excluded.worker_ids`,
);
const leave = statement<[pool: string], never>("platform.poolLeft", `delete from worker_pools where pool_id = $1`);
const unlockDead = statement<[], { unlocked: bigint }>(
  "platform.unlockDeadPools",
  `with dead as (delete from worker_pools where seen_at < now() - interval '60 s' returning worker_ids)
   select count(graphile_worker.force_unlock_workers(worker_ids)) as unlocked from dead`,
);
// A job that is locked by nobody we know of was taken by a process that died before its first heartbeat.
const unlockStrangers = statement<[olderThan: Date], { unlocked: bigint }>(
  "platform.unlockStrangers",
  `select count(graphile_worker.force_unlock_workers(array[locked_by])) as unlocked from
     (select distinct locked_by from graphile_worker._private_jobs
      where locked_by is not null and locked_at < $1
        and not exists (select 1 from worker_pools w where locked_by = any (w.worker_ids))) s`,
);
const unlockPool = statement<[pool: string], { unlocked: bigint }>(
  "platform.unlockPool",
  `select count(graphile_worker.force_unlock_workers(array[$1])) as unlocked`,
);
const forgetEvents = statement<[], never>(
  "platform.forgetEvents",
  `delete from processed_events where at < now() - interval '7 days'`,
);

/** Creates the queue's own tables. Safe to call at every start; does nothing when they are current. */
export async function migrateJobs(pool: Pool): Promise<void> {
  await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) });
}

/** How long a queue that gave up is left alone before it is started again. */
const RESTART_MS = 500;

/** A queue that works, and the connection on which it waits for news. */
interface Working {
  runner: Runner;
  poolId: string;
  listener: { release(destroy: boolean): void } | undefined;
  /** It has shut down by itself and has to be replaced. */
  gaveUp: boolean;
}

export interface JobsOptions {
  pool: Pool;
  tasks: readonly Task[];
  log: Log;
  concurrency: number;
  /** True when no other process can use this database (the embedded one): every lock found at the start is then stale. */
  exclusive: boolean;
  /** How long running jobs may take to end when the queue stops, in milliseconds. */
  stopMs?: number;
  onDone?(task: string, seconds: number, ok: boolean): void;
}

export function createJobs(options: JobsOptions): Jobs {
  const { pool, log } = options;
  let working: Working | undefined;
  let recovering: Promise<void> | undefined;
  let beat: NodeJS.Timeout | undefined;
  let stopping = false;
  const logger = new Logger(() => (level, message) => {
    // While stopping, the queue's own connections may go before it does.
    if (stopping) return;
    if (level === "error") log.error({ component: "jobs" }, message);
    else if (level === "warning") log.warn({ component: "jobs" }, message);
  });

  const taskList: TaskList = {};
  for (const task of options.tasks) {
    taskList[task.name] = async (payload) => {
      const started = performance.now();
      let ok = false;
      try {
        await limited(task, payload);
        ok = true;
      } catch (error) {
        log.warn({ task: task.name, err: error }, "job failed");
        throw error;
      } finally {
        options.onDone?.(task.name, (performance.now() - started) / 1000, ok);
      }
    };
  }

  async function limited(task: Task, payload: unknown): Promise<void> {
    const limit = task.timeLimitMs ?? 60_000;
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`${task.name} took longer than ${limit} ms`)), limit);
    try {
      await Promise.race([task.run(isRecord(payload) ? payload : {}), promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  const preset: WorkerPreset = {
    worker: { localQueue: { size: 100, ttl: 10_000 }, completeJobBatchDelay: 5, failJobBatchDelay: 5 },
  };

  async function seen(): Promise<void> {
    const poolId = working?.poolId;
    if (poolId === undefined) return;
    try {
      await run(pool, heartbeat, poolId, [poolId]);
      await run(pool, unlockDead);
      await run(pool, unlockStrangers, new Date(Date.now() - 120_000));
      await run(pool, forgetEvents);
    } catch (error) {
      log.warn({ err: error }, "heartbeat of the job workers failed");
    }
  }

  async function launch(): Promise<void> {
    const events = new EventEmitter();
    let poolId = "";
    let listener: Working["listener"];
    events.on("pool:create", (e: { workerPool: { id: string } }) => (poolId = e.workerPool.id));
    events.on("pool:listen:success", (e: { client: NonNullable<Working["listener"]> }) => {
      // This loan's own function: once the queue has given the connection back, somebody else may have it, and it must not be taken from them.
      const { release } = e.client;
      listener = { release };
      if (working?.poolId === poolId) working.listener = listener;
    });
    // The queue shuts down for good when it fails to write down once that a job is done (one lost connection is enough), and tells nobody. It may do so before it is known here.
    let gaveUp = false;
    events.on("pool:gracefulShutdown", () => {
      gaveUp = true;
      if (working?.poolId !== poolId) return;
      working.gaveUp = true;
      replace();
    });
    const runner = await runWorker({
      pgPool: pool,
      taskList,
      concurrency: options.concurrency,
      noHandleSignals: true,
      pollInterval: 1000,
      logger,
      events,
      preset,
      parsedCronItems: parseCronItems(
        options.tasks.flatMap((t) =>
          t.cron
            ? [
                {
                  task: t.name,
                  match: t.cron,
                  identifier: t.name,
                  options: { backfillPeriod: 0, jobKey: `cron:${t.name}` },
                },
              ]
            : [],
        ),
      ),
    });
    working = { runner, poolId, listener, gaveUp };
    replace();
    await seen();
  }

  /** Starts another queue when the one that works has given up; one after the other. */
  function replace(): void {
    const own = working;
    if (stopping || !own?.gaveUp || recovering) return;
    recovering = recover(own).finally(() => {
      recovering = undefined;
      replace();
    });
  }

  async function recover(dead: Working): Promise<void> {
    log.warn("the job queue gave up and is started again");
    await end(dead, dead.runner.promise);
    while (!stopping) {
      await sleep(RESTART_MS);
      try {
        if (!stopping) await launch();
        return;
      } catch (error) {
        log.warn({ err: error }, "the job queue could not be started again");
      }
    }
  }

  /** Waits for a queue to end, and cuts it off when it does not: its counting of open work goes wrong after a failure, and then it waits for ever. */
  async function end(queue: Working, ended: Promise<unknown>): Promise<void> {
    if (working === queue) working = undefined;
    const { runner, poolId, listener } = queue;
    if (!(await within(ended, options.stopMs ?? 10_000))) {
      log.warn("the job queue did not stop in time and is cut off");
      await within(runner.kill("stopping took too long"), 2000);
      try {
        // It would keep the pool of connections from ending.
        listener?.release(true);
      } catch {
        // The queue gave it back after all.
      }
    }
    // What it has locked is done twice rather than never.
    await run(pool, unlockPool, poolId).catch(() => {});
    await run(pool, leave, poolId).catch(() => {});
  }

  return {
    async start() {
      if (options.exclusive) await run(pool, unlockStrangers, new Date(Date.now() + 60_000));
      stopping = false;
      await launch();
      beat = setInterval(() => void seen(), 20_000);
      beat.unref();
    },
    async stop() {
      stopping = true;
      clearInterval(beat);
      await recovering;
      if (working) await end(working, working.runner.stop());
    },
    async drain() {
      await runOnce({ pgPool: pool, taskList, noHandleSignals: true, logger, concurrency: 1 });
    },
  };
}

/** Waits for something to end, well or badly, but no longer than `ms`; tells whether it did. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), ms);
  try {
    return await Promise.race([Promise.allSettled([work]).then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
