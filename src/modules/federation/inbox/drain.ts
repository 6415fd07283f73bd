import { exec, one, run } from "#platform/db/sql.ts";
import { AppError } from "#platform/errors.ts";
import { digestOf } from "#modules/federation/identity/actors.ts";
import type { KnownActor } from "#modules/federation/sql.ts";
import { parseDocument, ParseProblem } from "#modules/federation/wire/parse.ts";
import { readDocument } from "#modules/federation/wire/jsonld.ts";
import { readObject } from "#modules/federation/wire/read.ts";
import type { Json } from "#modules/federation/wire/values.ts";
import type { IncomingActivity } from "#modules/federation/wire/types.ts";
import { handlerOf, isPlainCreate } from "./apply.ts";
import type { InboxContext } from "./context.ts";
import { loadActors, type AuthoredNote } from "./notes.ts";
import { needsFetch } from "./reactions.ts";
import * as sql from "./sql.ts";

/** Applies what came in: for each host in order, notes many at a time. */
export interface Drain {
  /** Keeps a document that was just parsed until its row is applied; bounded. */
  remember(queueId: bigint, json: Json): void;
  /** Something came in. */
  wake(): void;
  idle(): Promise<void>;
  stop(): Promise<void>;
  /** Applies one activity that needed something from elsewhere; for the job. */
  applyLater(body: string): Promise<void>;
}

/** Activities applied together: what a statement costs is shared by all of them. */
const BATCH = 200;
/** How long the first of a batch waits for company, in milliseconds. */
const GATHER_MS = 12;
const GIVE_UP = 5;
/** Parsed documents in memory: some ten megabytes at most in practice. */
const PARSED_MAX = 2000;
const LEASE_MS = 20_000;

export function createDrain(ctx: InboxContext): Drain {
  const { deps } = ctx;
  const parsed = new Map<bigint, Json>();
  let running = false;
  let again = false;
  let stopped = false;
  const idlers: (() => void)[] = [];

  /** One loop per process: lanes are what processes share, one process works on all of its lanes together. */
  async function work(): Promise<void> {
    running = true;
    try {
      do {
        again = false;
        await new Promise<void>((resolve) => setTimeout(resolve, GATHER_MS));
        if (stopped) break;
        const lanes = (await run(deps.pool, sql.claimLanes)).map((r) => r.lane);
        if (lanes.length === 0) continue;
        try {
          await drain(lanes);
        } finally {
          await exec(deps.pool, sql.freeLanes, lanes);
        }
        // What came in between the last look and the release has nobody else who looks for it.
        again ||= (await one(deps.pool, sql.waitingLanes))?.found === true;
      } while (again && !stopped);
    } catch (error) {
      deps.log.warn({ err: error }, "the inbox is held up");
      setTimeout(() => self.wake(), 1000).unref();
    } finally {
      running = false;
      for (const idle of idlers.splice(0)) idle();
    }
    if (again && !stopped) self.wake();
  }

  async function drain(lanes: number[]): Promise<void> {
    let held = performance.now();
    for (;;) {
      const rows = await run(deps.pool, sql.queued, lanes, BATCH);
      if (rows.length === 0 || stopped) return;
      await batch(rows);
      if (performance.now() - held > LEASE_MS) {
        await exec(deps.pool, sql.holdLanes, lanes);
        held = performance.now();
      }
      // A batch that was not full: the next one is better for a little waiting.
      if (rows.length < BATCH / 4) await new Promise<void>((resolve) => setTimeout(resolve, GATHER_MS));
    }
  }

  interface Read {
    row: sql.QueuedRow;
    json: Json | undefined;
    activity: IncomingActivity | undefined;
  }

  async function batch(rows: readonly sql.QueuedRow[]): Promise<void> {
    let actors = await loadActors(
      deps.pool,
      rows.map((r) => r.actor),
    );
    const all: Read[] = [];
    const missing = rows.filter((r) => !parsed.has(r.id)).map((r) => r.id);
    const bodies = new Map(
      missing.length === 0 ? [] : (await run(deps.pool, sql.bodiesOf, missing)).map((r) => [r.id, r.body]),
    );
    for (const row of rows) {
      const json = parsed.get(row.id) ?? parse(bodies.get(row.id) ?? "");
      parsed.delete(row.id);
      all.push({ row, json, activity: json && (await read(json)) });
    }
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
    for (const { row, json, activity } of all) {
      const actor = actors.get(row.actor);
      if (activity && actor && isPlainCreate(activity, actor.uri) && activity.object?.kind === "note") {
        notes.push({ note: { note: activity.object, author: actor }, row });
        continue;
      }
      await flush();
      await alone(row, () => (activity && actor && json ? apply(activity, actor, json) : Promise.resolve()));
      // An Accept makes its actor followed, a Delete makes it gone: what comes next in this batch has to know.
      actors = await loadActors(
        deps.pool,
        rows.map((r) => r.actor),
      );
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

  async function apply(activity: IncomingActivity, actor: KnownActor, json: Json): Promise<void> {
    const handler = handlerOf(activity.type);
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
        payload: { actor: actor.uri, body: JSON.stringify(json) },
        key: `apply:${digestOf(`${actor.uri} ${activity.id ?? JSON.stringify(json)}`).toString("hex")}`,
        maxAttempts: 6,
        priority: 2,
      }),
    );
  }

  function parse(body: string): Json | undefined {
    const json = parseDocument(Buffer.from(body, "utf8"));
    return json instanceof ParseProblem ? undefined : json;
  }

  async function read(json: Json): Promise<IncomingActivity | undefined> {
    const now = deps.clock.now();
    const object = readObject(json, now) ?? (await readDocument(json, now));
    return object?.kind === "activity" ? object : undefined;
  }

  const self: Drain = {
    remember(queueId, json) {
      if (parsed.size >= PARSED_MAX) {
        const [oldest] = parsed.keys();
        if (oldest !== undefined) parsed.delete(oldest);
      }
      parsed.set(queueId, json);
    },
    wake() {
      if (stopped) return;
      if (running) again = true;
      else void work();
    },
    idle: () => (running ? new Promise<void>((resolve) => void idlers.push(resolve)) : Promise.resolve()),
    async stop() {
      stopped = true;
      if (running) await new Promise<void>((resolve) => void idlers.push(resolve));
    },
    async applyLater(body) {
      const json = parse(body);
      const activity = json && (await read(json));
      if (!activity) return;
      const actor = (await loadActors(deps.pool, [activity.actor])).get(activity.actor);
      const handler = handlerOf(activity.type);
      if (actor && handler) await handler(activity, actor, ctx);
    },
  };
  return self;
}
