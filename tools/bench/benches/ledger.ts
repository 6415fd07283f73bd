/** The ledger: posting in batches and one at a time, beside the transactions of `pgbench` on the same database, durable. */
import { performance } from "node:perf_hooks";
import pg from "pg";
import { systemClock } from "#platform/clock.ts";
import { startEmbedded } from "#platform/db/embedded.ts";
import { migrate } from "#platform/db/migrate.ts";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { createTx } from "#platform/db/tx.ts";
import { createIds } from "#platform/ids.ts";
import { silentLog } from "#platform/log/log.ts";
import { CHART, createLedger, newKey, type EntryIn, type Ledger } from "#modules/ledger/index.ts";
import { scratch, type Bench } from "../harness.ts";
import { at } from "../home.ts";
import { median, percentile } from "../load.ts";

const WALLETS = 10_000;
const BATCH = 1000;
const CLIENTS = 16;
const CALLERS = 64;
const ROUNDS = 3;
const SECONDS = 4;

export const ledger: Bench = {
  name: "ledger",
  about: "posting in batches and one at a time, one hot revenue account, fsync on; beside pgbench's transactions",
  run: async (report) => {
    const { dir, remove } = scratch();
    const cluster = await startEmbedded({ dataDir: dir, log: silentLog });
    try {
      await migrate(cluster.url, silentLog);
      const pool = createPool(cluster.url, silentLog, { max: 12, statementTimeoutMs: 60_000 });
      const book = createLedger({
        ...{ pool, tx: createTx(pool), ids: createIds(systemClock, 0), clock: systemClock, log: silentLog },
      });
      const { wallets, revenue } = await prepare(pool, book);
      await preparePgbench(pool);
      const rates = { bench: [] as number[], hot: [] as number[], single: [] as number[], batch: [] as number[] };
      const waits: number[] = [];
      // Each round measures everything once, so that a machine that slows down slows all of them.
      for (let round = 0; round < ROUNDS; round++) {
        rates.bench.push(await clients(cluster.url, (client) => tpcb(client)));
        rates.hot.push(await clients(cluster.url, (client) => hotRow(client)));
        rates.single.push(await singles(book, wallets, revenue, waits));
        rates.batch.push(await batches(book, wallets, revenue));
      }
      await book.stop();
      const sums = await pool.query<{ ok: boolean }>(
        `select (select sum(c - d) from ledger_accounts) + (select coalesce(sum(c - d), 0) from ledger_deltas) = 0
           and (select count(*) from ledger_transfers) > 0 and not exists (select 1 from ledger_accounts where bound = 1 and d + dp > c) as ok`,
      );
      if (sums.rows[0]?.ok !== true) throw new Error("The books do not balance.");
      await pool.end();
      const perMs = (list: number[]): number => 1000 / median(list);
      report({
        what: "pgbench's transaction (7 statements, 16 clients), time between two",
        value: perMs(rates.bench),
        unit: "ms",
      });
      report({ what: "the same with one row that all of them change", value: perMs(rates.hot), unit: "ms" });
      report({ what: "one transfer per call, 64 at once, time between two", value: perMs(rates.single), unit: "ms" });
      report({ what: "one transfer per call, 99 of 100 answered within", value: percentile(waits, 0.99), unit: "ms" });
      report({ what: "1,000 transfers per call, time between two transfers", value: perMs(rates.batch), unit: "ms" });
      const base = Math.max(median(rates.bench), median(rates.hot));
      // Inverse, because limits are upper ones: 0.5 is twice the rate, 0.1 ten times.
      report({
        what: "pgbench ÷ one transfer per call (rates)",
        value: base / median(rates.single),
        unit: "×",
        limit: 0.5,
      });
      report({ what: "pgbench ÷ batches (rates)", value: base / median(rates.batch), unit: "×", limit: 0.1 });
    } finally {
      await cluster.stop();
      remove();
    }
  },
};

async function prepare(pool: Pool, book: Ledger): Promise<{ wallets: bigint[]; revenue: bigint }> {
  const bank = await book.accounts.open({ code: CHART.bank, asset: "EUR", owner: null });
  const revenue = await book.accounts.open({ code: CHART.advertisingRevenue, asset: "EUR", owner: null });
  await pool.query(
    `insert into ledger_accounts (id, asset, code, owner, bound, rollup) select 1000 + n, 1, 2100, n, 1, false from generate_series(1, $1::int) n`,
    [WALLETS],
  );
  const wallets = Array.from({ length: WALLETS }, (_, n) => 1001n + BigInt(n));
  const fill = wallets.map((wallet): EntryIn => entry(bank, wallet, 1_000_000_000_000n));
  for (let i = 0; i < fill.length; i += BATCH) await book.post(fill.slice(i, i + BATCH));
  await pool.query("vacuum analyze ledger_accounts, ledger_transfers, ledger_entries");
  return { wallets, revenue };
}

function entry(debit: bigint, credit: bigint, amount: bigint): EntryIn {
  return { kind: "spend", transfers: [{ key: newKey(Date.now()), debit, credit, amount }] };
}

/** Many callers, each of whom waits for the answer before asking again. Answers transfers per second. */
async function singles(book: Ledger, wallets: readonly bigint[], revenue: bigint, waits: number[]): Promise<number> {
  const until = performance.now() + SECONDS * 1000;
  const before = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      for (let n = caller; performance.now() < until; n += 7919) {
        const asked = performance.now();
        const [out] = await book.post([entry(at(wallets, n % WALLETS), revenue, 1n)]);
        if (out?.ok !== true) throw new Error("A transfer was refused.");
        waits.push(performance.now() - asked);
        done++;
      }
    }),
  );
  return (done / (performance.now() - before)) * 1000;
}

async function batches(book: Ledger, wallets: readonly bigint[], revenue: bigint): Promise<number> {
  const until = performance.now() + SECONDS * 1000;
  const before = performance.now();
  let done = 0;
  // Two callers: while the database works on one batch, the next one is made.
  await Promise.all(
    [0, 1].map(async (caller) => {
      for (let n = caller * 5000; performance.now() < until; n += BATCH) {
        const made = Array.from({ length: BATCH }, (_, i) => entry(at(wallets, (n + i * 7) % WALLETS), revenue, 1n));
        if ((await book.post(made)).some((out) => !out.ok)) throw new Error("A transfer was refused.");
        done += BATCH;
      }
    }),
  );
  return (done / (performance.now() - before)) * 1000;
}

async function preparePgbench(pool: Pool): Promise<void> {
  for (const statement of [
    "create table bench_branches (bid int primary key, bbalance int, filler char(88)) with (fillfactor = 100)",
    "create table bench_tellers (tid int primary key, bid int, tbalance int, filler char(84)) with (fillfactor = 100)",
    "create table bench_accounts (aid int primary key, bid int, abalance int, filler char(84)) with (fillfactor = 100)",
    "create table bench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
    "insert into bench_branches select n, 0 from generate_series(1, 20) n",
    "insert into bench_tellers select n, (n - 1) / 10 + 1, 0 from generate_series(1, 200) n",
    "insert into bench_accounts select n, n % 20 + 1, 0, '' from generate_series(1, 500000) n",
  ])
    await pool.query(statement);
  await pool.query("vacuum analyze bench_branches, bench_tellers, bench_accounts, bench_history");
}

const HISTORY = "insert into bench_history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, current_timestamp)";

/** What `pgbench` runs by default (TPC-B-like), with prepared statements, as its `-M prepared`. */
async function tpcb(client: pg.Client): Promise<void> {
  const [aid, bid, tid] = [random(500_000), random(20), random(200)];
  const delta = random(10_000) - 5000;
  const q = (name: string, text: string, values: number[]): Promise<unknown> => client.query({ name, text, values });
  await client.query("begin");
  await q("a", "update bench_accounts set abalance = abalance + $1 where aid = $2", [delta, aid]);
  await q("s", "select abalance from bench_accounts where aid = $1", [aid]);
  await q("t", "update bench_tellers set tbalance = tbalance + $1 where tid = $2", [delta, tid]);
  await q("b", "update bench_branches set bbalance = bbalance + $1 where bid = $2", [delta, bid]);
  await q("h", HISTORY, [tid, bid, aid, delta]);
  await client.query("commit");
}

/** The plain way of a ledger: two balances and a line per transaction, one of the balances everybody's. */
async function hotRow(client: pg.Client): Promise<void> {
  const aid = random(500_000);
  const q = (name: string, text: string, values: number[]): Promise<unknown> => client.query({ name, text, values });
  await client.query("begin");
  await q("a", "update bench_accounts set abalance = abalance + $1 where aid = $2", [-1, aid]);
  await q("h", HISTORY, [1, 1, aid, 1]);
  await q("b", "update bench_branches set bbalance = bbalance + $1 where bid = $2", [1, 1]);
  await client.query("commit");
}

function random(to: number): number {
  return 1 + Math.floor(Math.random() * to);
}

/** Transactions per second of several clients, each on a connection of its own. */
async function clients(url: string, transaction: (client: pg.Client) => Promise<void>): Promise<number> {
  const all = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  try {
    const until = performance.now() + SECONDS * 1000;
    const before = performance.now();
    let done = 0;
    await Promise.all(
      all.map(async (client) => {
        while (performance.now() < until) {
          await transaction(client);
          done++;
        }
      }),
    );
    return (done / (performance.now() - before)) * 1000;
  } finally {
    await Promise.all(all.map((client) => client.end()));
  }
}
