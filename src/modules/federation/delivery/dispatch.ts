import { createLru } from "#platform/cache/lru.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import { FetchFailed } from "#platform/fetch/failed.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import type { Keys } from "#modules/federation/identity/keys.ts";
import type { DomainPolicies } from "#modules/federation/policy/domains.ts";
import {
  readAcceptSignature,
  signCavageAsync,
  signRfc9421Async,
  type Rfc9421Options,
  type SignInput,
} from "#modules/federation/signatures/sign.ts";
import { afterAnswer, afterFailure, retryAt, type Outcome } from "./rules.ts";
import * as sql from "./sql.ts";

/** Sends what is due, a lane per host: slow hosts hold up nobody but themselves. */
export interface Dispatcher {
  /** Something is due for this host; "*" means: look yourself. */
  wake(host: string): void;
  /** Looks for lanes with due rows: repairs what a process that died left behind. */
  sweep(): Promise<void>;
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Lanes that are claimed with one statement. */
const CLAIM = 128;
/** Rows of one lane before others have their turn. */
const SLICE = 32;
const PER_HOST = 4;
const IN_FLIGHT = 192;
/** What was sent is written down together, this many milliseconds later at most. */
const FLUSH_MS = 4;

interface Body {
  body: Buffer;
  digest: Buffer;
  base64: string;
}

const CONTENT_TYPE = "application/activity+json";

export function createDispatcher(deps: FederationDeps, keys: Keys, policies: DomainPolicies): Dispatcher {
  const waiting = new Set<string>();
  /** Lanes of this process; true when something new came meanwhile. */
  const active = new Map<string, boolean>();
  const bodies = createLru<bigint, Body>(16 * 1024 * 1024, (b) => b.body.length + 200);
  let sending = 0;
  const slots: (() => void)[] = [];
  let pumping = false;
  let sweepWanted = false;
  let stopped = false;
  const idlers: (() => void)[] = [];

  // Rows that are done, and lanes whose turn is over, wait here for the next flush.
  let done: bigint[] = [];
  let finished: string[] = [];
  let flushing: Promise<void> | undefined;
  let flushTimer: NodeJS.Timeout | undefined;

  async function slot(): Promise<void> {
    if (sending < IN_FLIGHT) {
      sending++;
      return;
    }
    await new Promise<void>((resolve) => void slots.push(resolve));
  }
  function freeSlot(): void {
    const next = slots.shift();
    if (next) next();
    else sending--;
  }

  function settled(): void {
    if (active.size === 0 && waiting.size === 0 && !pumping && !sweepWanted)
      for (const idle of idlers.splice(0)) idle();
  }

  function scheduleFlush(): void {
    flushTimer ??= setTimeout(() => {
      flushTimer = undefined;
      void flush();
    }, FLUSH_MS);
  }

  async function flush(): Promise<void> {
    if (flushing) {
      await flushing;
      if (done.length === 0 && finished.length === 0) return;
    }
    flushing = (async () => {
      const ids = done;
      const hosts = finished;
      done = [];
      finished = [];
      try {
        if (ids.length > 0) await exec(deps.pool, sql.doneRows, ids);
        if (hosts.length === 0) return;
        await exec(deps.pool, sql.releaseLanes, hosts);
        const left = new Set((await run(deps.pool, sql.stillDue, hosts)).map((r) => r.host));
        for (const host of hosts) {
          const again = active.get(host) === true || left.has(host);
          active.delete(host);
          if (again && !stopped) waiting.add(host);
        }
      } catch (error) {
        deps.log.warn(
          { err: error },
          "what was delivered could not be written down; it is looked at again by the sweep",
        );
        for (const host of hosts) active.delete(host);
      }
    })();
    await flushing;
    flushing = undefined;
    if (waiting.size > 0) void pump();
    settled();
  }

  async function pump(): Promise<void> {
    if (pumping || stopped) return;
    pumping = true;
    try {
      while ((waiting.size > 0 || sweepWanted) && !stopped) {
        if (sweepWanted) {
          sweepWanted = false;
          for (const row of await run(deps.pool, sql.sweepLanes, 1000))
            if (!active.has(row.host)) waiting.add(row.host);
        }
        const some: string[] = [];
        for (const host of waiting) {
          waiting.delete(host);
          if (active.has(host)) active.set(host, true);
          else some.push(host);
          if (some.length >= CLAIM) break;
        }
        if (some.length === 0) continue;
        const lanes = await run(deps.pool, sql.claimLanes, some);
        if (lanes.length === 0) continue;
        for (const lane of lanes) active.set(lane.host, false);
        const rows = await run(
          deps.pool,
          sql.dueRows,
          lanes.map((l) => l.host),
          SLICE,
        );
        await load(rows);
        for (const lane of lanes) {
          const own = rows.filter((r) => r.host === lane.host);
          void drain(lane, own).finally(() => {
            finished.push(lane.host);
            scheduleFlush();
          });
        }
      }
    } catch (error) {
      deps.log.warn({ err: error }, "deliveries are held up");
      setTimeout(() => {
        sweepWanted = true;
        void pump();
      }, 1000).unref();
    } finally {
      pumping = false;
      settled();
    }
  }

  async function load(rows: readonly sql.DueRow[]): Promise<void> {
    const missing = [...new Set(rows.map((r) => r.body_id))].filter((id) => !bodies.get(id));
    if (missing.length === 0) return;
    for (const row of await run(deps.pool, sql.bodies, missing))
      bodies.set(row.id, { body: row.body, digest: row.digest, base64: row.digest.toString("base64") });
  }

  /** One turn of a lane: its rows, a few at a time. Stops at the first sign that the host is in trouble. */
  async function drain(lane: sql.LaneRow, rows: readonly sql.DueRow[]): Promise<void> {
    if (!(await policies.mayTalkTo(lane.host))) {
      await exec(deps.pool, sql.dropLane, lane.host);
      return;
    }
    const state = { spec: lane.sig_spec ?? "cavage", troubled: false, told: false, lane };
    const queue = lane.probing ? rows.slice(0, 1) : [...rows];
    const started = performance.now();
    const worker = async (): Promise<void> => {
      for (let row = queue.shift(); row && !state.troubled && !stopped; row = queue.shift()) {
        await slot();
        try {
          await send(row, state);
        } catch (error) {
          deps.log.warn({ err: error }, "a delivery failed in an unexpected way");
          state.troubled = true;
        } finally {
          freeSlot();
        }
        if (performance.now() - started > 25_000) await exec(deps.pool, sql.extendLeases, [lane.host]);
      }
    };
    await Promise.all(Array.from({ length: Math.min(PER_HOST, queue.length) }, worker));
    if (lane.probing && !state.troubled && rows.length > 1) active.set(lane.host, true);
  }

  interface LaneState {
    spec: "cavage" | "rfc9421";
    troubled: boolean;
    /** The host's row says already that all is well. */
    told: boolean;
    lane: sql.LaneRow;
  }

  async function attempt(
    row: sql.DueRow,
    body: Body,
    spec: "cavage" | "rfc9421",
    asked?: Rfc9421Options,
  ): Promise<{ status: number; retryAfter: string | undefined; acceptSignature: string | undefined }> {
    const key = await keys.own(row.actor_id);
    const input: SignInput = {
      method: "POST",
      url: row.inbox_url,
      keyId: key.id,
      privateKey: key.privateKey,
      date: deps.clock.now(),
      body: { digest: body.base64, contentType: CONTENT_TYPE },
    };
    const headers = await (spec === "cavage" ? signCavageAsync(input) : signRfc9421Async(input, asked));
    const answer = await deps.fetcher.post(row.inbox_url, body.body, headers);
    const header = (name: string): string | undefined => {
      const value = answer.headers[name];
      return Array.isArray(value) ? value[0] : value;
    };
    return {
      status: answer.status,
      retryAfter: header("retry-after"),
      acceptSignature: header("accept-signature"),
    };
  }

  async function send(row: sql.DueRow, state: LaneState): Promise<void> {
    const body = bodies.get(row.body_id);
    if (!body) {
      done.push(row.id);
      return;
    }
    const started = performance.now();
    let status: number | null = null;
    let reason = "";
    let outcome: Outcome;
    try {
      let answer = await attempt(row, body, state.spec);
      if (answer.status === 401 || answer.status === 403) {
        // The host may say what it wants signed (RFC 9421, section 5).
        const asked = answer.acceptSignature && readAcceptSignature(answer.acceptSignature, true);
        const other = asked || state.spec === "cavage" ? "rfc9421" : "cavage";
        const second = await attempt(row, body, other, asked || undefined);
        if (second.status < 400) {
          state.spec = other;
          state.told = false;
        }
        // Two refusals are final; a host that stumbles over the second is tried again like any other.
        if (second.status !== 401 && second.status !== 403) answer = second;
      }
      status = answer.status;
      reason = `HTTP ${status}`;
      outcome = afterAnswer(status, answer.retryAfter, deps.clock.now());
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      reason = error.reason;
      outcome = afterFailure(error.reason);
    }
    deps.count?.("delivery", outcome.kind);
    if (outcome.kind === "done" || outcome.kind === "drop" || outcome.kind === "gone") {
      done.push(row.id);
      scheduleFlush();
      if (outcome.kind === "gone") await pruneInbox(row.inbox_url);
      const fine = state.lane.failures === 0 && !state.lane.probing && state.lane.sig_spec === state.spec;
      if (outcome.kind === "done" && !state.told && !fine)
        await exec(deps.pool, sql.laneSucceeded, row.host, state.spec, Math.round(performance.now() - started));
      state.told = true;
      return;
    }
    const at = retryAt(row.attempts, row.created_at, deps.clock.now(), outcome.until);
    if (at === undefined) done.push(row.id);
    else await exec(deps.pool, sql.retryRow, row.id, at, status, reason);
    if (outcome.trouble || outcome.until) {
      const after = await one(deps.pool, sql.laneFailed, row.host, status, reason, outcome.until ?? null);
      if (after?.open !== false) state.troubled = true;
    }
  }

  /** An inbox says that it is gone: its people are asked for, and forgotten when their server says so, too. */
  async function pruneInbox(inbox: string): Promise<void> {
    await deps.tx((db) =>
      deps.publisher.enqueue(db, {
        task: "federation.checkInbox",
        payload: { inbox },
        key: `inbox:${inbox}`.slice(0, 500),
      }),
    );
  }

  return {
    wake(host) {
      if (stopped) return;
      if (host === "*") sweepWanted = true;
      else waiting.add(host);
      void pump();
    },
    async sweep() {
      sweepWanted = true;
      await pump();
    },
    idle: () =>
      active.size === 0 && waiting.size === 0 && !pumping && !sweepWanted
        ? Promise.resolve()
        : new Promise<void>((resolve) => void idlers.push(resolve)),
    async stop() {
      stopped = true;
      const deadline = Date.now() + 12_000;
      while (active.size > 0 && Date.now() < deadline) await new Promise((r) => setTimeout(r, 20));
      clearTimeout(flushTimer);
      await flush();
    },
  };
}
