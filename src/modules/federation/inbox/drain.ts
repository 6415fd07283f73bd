import { exec, one, run } from "#platform/db/sql.ts";
import { AppError } from "#platform/errors.ts";
import { digestOf } from "#modules/federation/identity/actors.ts";
import type { KnownActor } from "#modules/federation/sql.ts";
import { parseDocument, ParseProblem } from "#modules/federation/wire/parse.ts";
import { readDocument } from "#modules/federation/wire/jsonld.ts";
import { readObject } from "#modules/federation/wire/read.ts";
import type { IncomingActivity } from "#modules/federation/wire/types.ts";
import { HANDLERS, isPlainCreate } from "./apply.ts";
import type { InboxContext } from "./context.ts";
import { loadActors, type AuthoredNote } from "./notes.ts";
import { needsFetch } from "./reactions.ts";
import { LANES } from "./receive.ts";
import * as sql from "./sql.ts";

/** Applies what came in: each lane in order, notes many at a time. */
export interface Drain {
  wake(lane: number): void;
  /** Looks into every lane: repairs what a process that died left behind. */
  sweep(): Promise<void>;
  idle(): Promise<void>;
  stop(): Promise<void>;
  /** Applies one activity that needed something from elsewhere; for the job. */
  applyLater(body: string): Promise<void>;
}

const BATCH = 100;
/** Lanes at work at once: each waits for the database most of the time. */
const AT_ONCE = 3;
const GIVE_UP = 5;

export function createDrain(ctx: InboxContext): Drain {
  const { deps } = ctx;
  const waiting = new Set<number>();
  const running = new Map<number, boolean>();
  let stopped = false;
  const idlers: (() => void)[] = [];

  function next(): void {
    for (const lane of waiting) {
      if (stopped || running.size >= AT_ONCE) break;
      waiting.delete(lane);
      running.set(lane, false);
      void work(lane).finally(() => {
        const again = running.get(lane) === true;
        running.delete(lane);
        if (again) waiting.add(lane);
        next();
      });
    }
    if (running.size === 0 && waiting.size === 0) for (const idle of idlers.splice(0)) idle();
  }

  async function work(lane: number): Promise<void> {
    try {
      if (!(await one(deps.pool, sql.claimInboxLane, lane))) return;
      let held = performance.now();
      for (;;) {
        const rows = await run(deps.pool, sql.queued, lane, BATCH);
        if (rows.length === 0 || stopped) break;
        await batch(rows);
        if (performance.now() - held > 20_000) {
          await exec(deps.pool, sql.holdInboxLane, lane);
          held = performance.now();
        }
      }
      await exec(deps.pool, sql.freeInboxLane, lane);
      // What came in between the last look and the release has nobody else who looks for it.
      if (!stopped && (await run(deps.pool, sql.queued, lane, 1)).length > 0) running.set(lane, true);
    } catch (error) {
      deps.log.warn({ err: error }, "the inbox is held up");
      await exec(deps.pool, sql.freeInboxLane, lane).catch(() => {});
      setTimeout(() => self.wake(lane), 1000).unref();
    }
  }

  interface Read {
    row: sql.QueuedRow;
    activity: IncomingActivity | undefined;
    actor: KnownActor | undefined;
  }

  async function batch(rows: readonly sql.QueuedRow[]): Promise<void> {
    const actors = await loadActors(
      deps.pool,
      rows.map((r) => r.actor),
    );
    const all: Read[] = [];
    for (const row of rows) all.push({ row, activity: await read(row.body), actor: actors.get(row.actor) });
    let notes: { note: AuthoredNote; row: sql.QueuedRow }[] = [];
    const flush = async (): Promise<void> => {
      if (notes.length === 0) return;
      const some = notes;
      notes = [];
      try {
        await ctx.creates.store(
          some.map((n) => n.note),
          { quiet: false, queueIds: some.map((n) => n.row.id), depth: 1 },
        );
        deps.count?.("inbox_applied", "Create");
      } catch (error) {
        if (some.length > 1) deps.log.warn({ err: error }, "notes are stored one by one");
        // One of them cannot be stored: the others must not suffer for it.
        for (const one of some)
          await alone(one.row, () => ctx.creates.store([one.note], { quiet: false, queueIds: [one.row.id], depth: 1 }));
      }
    };
    for (const { row, activity, actor } of all) {
      if (activity && actor && isPlainCreate(activity, actor.uri) && activity.object?.kind === "note") {
        notes.push({ note: { note: activity.object, author: actor }, row });
        continue;
      }
      await flush();
      await alone(row, () => (activity && actor ? apply(activity, actor, row.body) : Promise.resolve()));
    }
    await flush();
  }

  /** One activity by itself: what cannot be done is given up after some tries, so that it does not hold up its lane for ever. */
  async function alone(row: sql.QueuedRow, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError)) {
        const tried = await one(deps.pool, sql.triedInVain, row.id);
        deps.log.warn({ err: error, attempts: tried?.attempts }, "an activity could not be applied");
        if (tried && tried.attempts < GIVE_UP) {
          await new Promise((resolve) => setTimeout(resolve, 100 * tried.attempts).unref());
          return;
        }
        deps.count?.("inbox_applied", "failed");
      }
    }
    await exec(deps.pool, sql.applied, [row.id]);
  }

  async function apply(activity: IncomingActivity, actor: KnownActor, body: string): Promise<void> {
    const handler = HANDLERS[activity.type];
    if (!handler) {
      deps.count?.("inbox_applied", "unknown");
      return;
    }
    deps.count?.("inbox_applied", activity.type);
    // Nobody waits in a lane for somebody else's server: what has to ask goes to a job.
    const asks =
      activity.type === "Move" ||
      (activity.type === "Announce" && (await needsFetch(activity, ctx))) ||
      (activity.type === "Create" && activity.object === undefined) ||
      (activity.type === "Update" && activity.object === undefined) ||
      (activity.type === "Update" && activity.object?.kind === "actor") ||
      (activity.type === "Accept" && activity.result !== undefined);
    if (!asks) {
      await handler(activity, actor, ctx);
      return;
    }
    await deps.tx((db) =>
      deps.publisher.enqueue(db, {
        task: "federation.apply",
        payload: { actor: actor.uri, body },
        key: `apply:${digestOf(`${actor.uri} ${activity.id ?? body}`).toString("hex")}`,
        maxAttempts: 6,
        priority: 2,
      }),
    );
  }

  async function read(body: string): Promise<IncomingActivity | undefined> {
    const json = parseDocument(Buffer.from(body, "utf8"));
    if (json instanceof ParseProblem) return undefined;
    const now = deps.clock.now();
    const object = readObject(json, now) ?? (await readDocument(json, now));
    return object?.kind === "activity" ? object : undefined;
  }

  const self: Drain = {
    wake(lane) {
      if (stopped || lane < 0 || lane >= LANES) return;
      if (running.has(lane)) running.set(lane, true);
      else waiting.add(lane);
      next();
    },
    async sweep() {
      for (const row of await run(deps.pool, sql.busyLanes)) self.wake(row.lane);
    },
    idle: () =>
      running.size === 0 && waiting.size === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => void idlers.push(resolve)),
    async stop() {
      stopped = true;
      waiting.clear();
      if (running.size > 0) await new Promise<void>((resolve) => void idlers.push(resolve));
    },
    async applyLater(body) {
      const activity = await read(body);
      if (!activity) return;
      const actor = (await loadActors(deps.pool, [activity.actor])).get(activity.actor);
      const handler = HANDLERS[activity.type];
      if (actor && handler) await handler(activity, actor, ctx);
    },
  };
  return self;
}
