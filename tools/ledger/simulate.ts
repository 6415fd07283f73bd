/**
 * The simulator: a seeded stream of entries against the real database and an exact ledger in memory, with repetitions,
 * reordering, killed connections, a killed database and a clock that jumps. Every answer is compared, and every balance.
 * The same seed sends the same entries; where a kill strikes within a burst is up to the machine.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { startEmbedded, type Embedded } from "#platform/db/embedded.ts";
import { migrate } from "#platform/db/migrate.ts";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { createTx } from "#platform/db/tx.ts";
import { createIds } from "#platform/ids.ts";
import { silentLog } from "#platform/log/log.ts";
import { createLedger, type EntryIn, type EntryOut, type Ledger } from "#modules/ledger/index.ts";
import { agrees, apply, type Oracle } from "./oracle.ts";
import { seeded, type Random } from "./random.ts";
import { createWorld, nextEntry, type World } from "./world.ts";

export interface SimulationOptions {
  seed: number;
  /** How many entries are sent. */
  steps: number;
}

export interface SimulationReport {
  ok: boolean;
  seed: number;
  steps: number;
  posted: number;
  refused: number;
  replayed: number;
  kills: { application: number; connection: number; database: number };
  seals: number;
  /** What went wrong, and after how many steps. */
  fault?: string;
}

const FAULTS = ["application", "connection", "database"] as const;
const START = Date.UTC(2026, 10, 1, 12);
const DAY = 86_400_000;

/** Starts a PostgreSQL of its own in a temporary folder, simulates, and removes it. */
export async function simulateAlone(
  options: SimulationOptions,
  say: (line: string) => void = () => {},
): Promise<SimulationReport> {
  const dir = mkdtempSync(join(tmpdir(), "skein-simulate-"));
  // Durable, as in production: what was acknowledged has to survive.
  const start = (): Promise<Embedded> => startEmbedded({ dataDir: dir, log: silentLog });
  let cluster = await start();
  const report: SimulationReport = {
    ...{ ok: false, ...options, posted: 0, refused: 0, replayed: 0 },
    ...{ kills: { application: 0, connection: 0, database: 0 }, seals: 0 },
  };
  try {
    await migrate(cluster.url, silentLog);
    await simulate(options, report, say, {
      url: cluster.url,
      async killDatabase() {
        process.kill(cluster.pid, "SIGKILL");
        // Its children notice and go; until then a new one may not start.
        for (let tries = 0; ; tries++) {
          try {
            cluster = await start();
            return;
          } catch (error) {
            if (tries > 200) throw error;
            await sleep(50);
          }
        }
      },
    });
    report.ok = true;
  } catch (error) {
    report.fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    await cluster.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  return report;
}

interface Place {
  url: string;
  killDatabase(): Promise<void>;
}

/** One life of the application: its connections and its ledger. */
interface Life {
  ledger: Ledger;
  pool: Pool;
  /** As kill -9 would: what is on its way stays on its way, nobody hears the answer. */
  die(): void;
}

async function simulate(
  { seed, steps }: SimulationOptions,
  report: SimulationReport,
  say: (line: string) => void,
  place: Place,
): Promise<void> {
  const random = seeded(seed);
  let nowMs = START;
  let sealedUntil = 0;
  const clock = { now: () => new Date(nowMs), ms: () => nowMs };
  const ids = createIds(clock, 0);
  const begin = (): Life => {
    const pool = createPool(place.url, silentLog, { max: 3, applicationName: "skein-simulate" });
    const sockets = new Set<{ destroy(): unknown }>();
    pool.on("connect", (client: object) => {
      const { connection } = client as { connection: { stream: { destroy(): unknown } } };
      sockets.add(connection.stream);
    });
    const ledger = createLedger({ pool, tx: createTx(pool), ids, clock, log: silentLog, writers: 1 });
    return { ledger, pool, die: () => sockets.forEach((socket) => socket.destroy()) };
  };
  let life = begin();
  const world = await createWorld(life.ledger);
  let done = 0;
  let spoken = 0;
  const due = [...FAULTS];
  try {
    while (done < steps) {
      // Every run has a kill of each kind, long ones have many.
      const certain = done >= (steps * (4 - due.length)) / 5 ? due.shift() : undefined;
      const fault = certain ?? (random.chance(0.01) ? random.pick(FAULTS) : undefined);
      // Small ones, too: only in them everything fits, and only then the quick judgement has the last word.
      const most = fault === undefined ? random.pick([3, 3, 60, 60, 400]) : 200;
      const size = Math.min(steps - done, 1 + random.below(most));
      const burst = random.shuffle(Array.from({ length: size }, () => nextEntry(world, random, nowMs)));
      const now = Math.max(nowMs, sealedUntil);
      if (fault === undefined) await exactly(world, burst, await send(life, burst, random), now, report);
      else {
        report.kills[fault]++;
        const answers = sendAll(life, burst, random);
        // After some of it was written, or before: the machine decides.
        if (random.chance(0.7)) await life.pool.query("select 1").catch(() => {});
        if (fault === "application") life.die();
        else if (fault === "connection") await killConnections(place.url);
        else await place.killDatabase();
        const settled = await answers;
        await life.ledger.stop();
        await life.pool.end().catch(() => {});
        life = await reborn(begin);
        await lawfully(world, burst, settled, life, now);
        // Whoever got no answer asks again, with the same keys: from here on every answer is known beforehand.
        await exactly(world, burst, await send(life, burst, random), now, report);
      }
      done += size;
      if (random.chance(0.1)) await life.ledger.roll();
      if (random.chance(0.05)) await sweep(world, life, nowMs);
      if (random.chance(0.02)) {
        const sealed = await life.ledger.closing.sealDays();
        report.seals += sealed.length;
        const last = sealed.at(-1);
        if (last) sealedUntil = Date.parse(`${last.day}T00:00:00Z`) + DAY;
      }
      nowMs += random.chance(0.05) ? (random.below(5) - 1) * (DAY / 2) : random.below(20_000);
      if (random.chance(0.05)) await compareBalances(world, life.ledger);
      if (done - spoken >= 10_000) {
        spoken = done;
        say(`seed ${seed}: ${done} steps`);
      }
    }
    await compareBalances(world, life.ledger);
    await life.ledger.roll();
    await compareBalances(world, life.ledger);
    const verified = await life.ledger.verify();
    if (!verified.ok) throw new Error(`verify: ${JSON.stringify(verified.checks.filter((c) => c.faults.length > 0))}`);
  } catch (error) {
    throw new Error(`after ${done} steps: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await life.ledger.stop();
    await life.pool.end().catch(() => {});
  }
}

/** Sends a burst as several callers would, in its order. */
function sendAll(life: Life, burst: readonly EntryIn[], random: Random): Promise<PromiseSettledResult<EntryOut[]>[]> {
  const calls: Promise<EntryOut[]>[] = [];
  for (let from = 0; from < burst.length;) {
    const size = 1 + random.below(5);
    calls.push(life.ledger.post(burst.slice(from, from + size)));
    from += size;
  }
  return Promise.allSettled(calls);
}

async function send(life: Life, burst: readonly EntryIn[], random: Random): Promise<EntryOut[]> {
  const settled = await sendAll(life, burst, random);
  return settled.flatMap((s) => {
    if (s.status === "rejected") throw s.reason;
    return s.value;
  });
}

/** Every answer is the one the oracle gives, one entry after the other. */
async function exactly(
  world: World,
  burst: readonly EntryIn[],
  answers: readonly EntryOut[],
  nowMs: number,
  report: SimulationReport,
): Promise<void> {
  for (const [i, entry] of burst.entries()) {
    const wanted = apply(world.oracle, entry, nowMs);
    const given = answers[i];
    if (!given || !agrees(wanted, given))
      throw new Error(`answered ${show(given)} instead of ${show(wanted)} to ${show(entry)}`);
    if (!given.ok) report.refused++;
    else if (given.replayed) report.replayed++;
    else report.posted++;
  }
}

/** After a kill: what is in the database was lawful in the order in which it was written, and everything acknowledged is there. */
async function lawfully(
  world: World,
  burst: readonly EntryIn[],
  settled: readonly PromiseSettledResult<EntryOut[]>[],
  life: Life,
  nowMs: number,
): Promise<void> {
  const byKey = new Map<string, EntryIn[]>();
  for (const entry of burst) for (const t of entry.transfers) byKey.set(t.key, [...(byKey.get(t.key) ?? []), entry]);
  const { rows } = await life.pool.query<{ entry: bigint; keys: string[] }>(
    `select t.entry, array_agg(t.key::text order by t.line) as keys from ledger_transfers t where t.key = any ($1::uuid[]) group by t.entry order by t.entry`,
    [[...byKey.keys()]],
  );
  const stored = new Set<bigint>();
  for (const { entry: id, keys } of rows) {
    stored.add(id);
    if (keys.every((key) => world.oracle.posted.has(key))) continue;
    const candidates = byKey.get(keys[0] ?? "") ?? [];
    const lawful = candidates.some((entry) => {
      if (entry.transfers.length !== keys.length || entry.transfers.some((t, i) => t.key !== keys[i])) return false;
      const answer = apply(world.oracle, entry, nowMs);
      return answer.ok && !answer.replayed;
    });
    if (!lawful) throw new Error(`after a kill: entry ${id} should not be there`);
  }
  for (const s of settled) {
    if (s.status === "rejected") continue;
    for (const out of s.value)
      if (out.ok && !stored.has(out.entry))
        throw new Error(`after a kill: entry ${out.entry} was acknowledged and is gone`);
  }
}

/** Ends holds whose time is over, in both. */
async function sweep(world: World, life: Life, nowMs: number): Promise<void> {
  await life.ledger.credits.sweepHolds();
  for (const hold of world.oracle.holds.values()) {
    if (!hold.open || hold.expiresAt > nowMs) continue;
    hold.open = false;
    const [debit, credit] = [account(world.oracle, hold.debit), account(world.oracle, hold.credit)];
    debit.dp -= hold.amount;
    credit.cp -= hold.amount;
  }
}

function account(oracle: Oracle, id: bigint): { d: bigint; dp: bigint; c: bigint; cp: bigint } {
  const found = oracle.accounts.get(id);
  if (!found) throw new Error("an account vanished");
  return found;
}

async function compareBalances(world: World, ledger: Ledger): Promise<void> {
  const real = await ledger.accounts.balances([...world.oracle.accounts.keys()]);
  for (const [id, a] of world.oracle.accounts) {
    const b = real.get(id);
    if (!b || b.debits !== a.d || b.credits !== a.c || b.held !== a.dp || b.incoming !== a.cp)
      throw new Error(`account ${id}: the database has ${show(b)}, wanted ${show(a)}`);
  }
}

/** Kills every connection of the application where it stands. */
async function killConnections(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  admin.on("error", () => {});
  await admin.connect();
  await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'skein-simulate' and pid <> pg_backend_pid()",
  );
  await admin.end();
}

/** A new life once nothing of the old one is left in the database. */
async function reborn(begin: () => Life): Promise<Life> {
  const life = begin();
  for (let tries = 0; ; tries++) {
    try {
      const { rows } = await life.pool.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where application_name = 'skein-simulate' and pid <> pg_backend_pid() and state <> 'idle'`,
      );
      if (rows[0]?.n === 0) return life;
    } catch (error) {
      if (tries > 500) throw error;
    }
    await sleep(10);
  }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? v.toString() : v));
}
