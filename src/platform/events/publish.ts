import type { TxClient } from "#platform/db/tx.ts";
import { run, statement } from "#platform/db/sql.ts";

/** News of a module: plain JSON with a snowflake id; ids inside are decimal strings. Handlers load the current state themselves. */
export interface Event {
  id: string;
  type: string;
  [field: string]: unknown;
}

export interface Publisher {
  /**
   * Writes one durable job per subscriber in the caller's transaction: the side effect happens if and only if the change is committed.
   */
  publish(db: TxClient, event: Event): Promise<void>;
  /** Adds jobs in the caller's transaction, in one statement. */
  enqueue(db: TxClient, ...jobs: readonly JobSpec[]): Promise<void>;
}

export interface JobSpec {
  task: string;
  payload: Record<string, unknown>;
  key?: string;
  runAt?: Date;
  priority?: number;
  maxAttempts?: number;
}

/** Who hears of which event type: task names (`<module>.<verb>`) by event type. */
export type Subscriptions = Record<string, readonly { task: string; priority?: number; maxAttempts?: number }[]>;

// Also used by the restore of a backup. $1 is an array of graphile_worker.job_spec as JSON: {identifier, payload, job_key, run_at, priority, max_attempts}
export const addJobs = statement<[specs: string], { n: bigint }>(
  "platform.addJobs",
  `select count(*) as n from graphile_worker.add_jobs(
     array(select json_populate_record(null::graphile_worker.job_spec, s) from json_array_elements($1::json) s), false)`,
);

const claim = statement<[task: string, event: bigint], { event_id: bigint }>(
  "platform.claimEvent",
  `insert into processed_events (task, event_id) values ($1, $2) on conflict do nothing returning event_id`,
);

/** True the first time a task meets an event, in the transaction of its effect: a handler without a fitting unique constraint has its effect once. */
export async function claimEvent(db: TxClient, task: string, eventId: bigint): Promise<boolean> {
  return (await run(db, claim, task, eventId)).length > 0;
}

export function createPublisher(subscriptions: Subscriptions): Publisher {
  async function add(db: TxClient, specs: object[]): Promise<void> {
    if (specs.length > 0) await run(db, addJobs, JSON.stringify(specs));
  }
  return {
    publish: (db, event) =>
      add(
        db,
        (subscriptions[event.type] ?? []).map((s) => ({
          identifier: s.task,
          payload: event,
          job_key: `${s.task}:${event.id}`,
          priority: s.priority ?? 0,
          max_attempts: s.maxAttempts ?? 15,
        })),
      ),
    enqueue: (db, ...jobs) =>
      add(
        db,
        jobs.map((job) => ({
          identifier: job.task,
          payload: job.payload,
          job_key: job.key,
          run_at: job.runAt?.toISOString(),
          priority: job.priority ?? 0,
          max_attempts: job.maxAttempts ?? 15,
        })),
      ),
  };
}
