import { one } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { createAccounts, type Accounts } from "./accounts.ts";
import { accepted, checkEntry, postSegment, segments } from "./batch.ts";
import type { Credits } from "./credit-types.ts";
import { createCredits } from "./credits.ts";
import { newKey } from "./keys.ts";
import { createClosing, type Closing } from "./seal.ts";
import { createPresale, type Presale } from "./presale.ts";
import { createStaking, type Staking } from "./staking.ts";
import { createStatements, type Statements } from "./statements.ts";
import * as sql from "./sql.ts";
import { verify, type Verified } from "./verify.ts";
import { createWriter } from "./writer.ts";
import type { Balance, EntryIn, EntryOut, Key, LedgerDeps } from "./types.ts";

export { ASSET_IDS, type AccountName, type Accounts } from "./accounts.ts";
export { accepted, refusalError } from "./batch.ts";
export { CHART } from "./chart.ts";
export type { Credits, Grant, Granted, Hold, HoldRequest, Wallet } from "./credit-types.ts";
export { isKey, keyFor, newKey } from "./keys.ts";
export type { Closing, Seal } from "./seal.ts";
export type { NewPresale, Presale } from "./presale.ts";
export type { PresaleRow, PurchaseRow } from "./sql-presale.ts";
export { POOLS, type PoolName, type Stake, type Staking } from "./staking.ts";
export { LOCK_TIERS, UNBONDING_DAYS } from "./staking-rules.ts";
export type { LotKind, LotRow } from "./sql-credits.ts";
export type { EntryPage, StatementLine, StatementPage, TrialRow, WalletEntry } from "./statements.ts";
export type { CheckResult, Verified } from "./verify.ts";
export { ENTRY_KINDS } from "./types.ts";
export type {
  Balance,
  CoverageRule,
  EntryIn,
  EntryKind,
  EntryOut,
  Key,
  LedgerDeps,
  Refusal,
  TransferIn,
} from "./types.ts";

/** How long changes of rollup accounts wait at most until they are moved into their rows, in milliseconds. */
const ROLL_AFTER_MS = 5000;

/** Every movement of money, credits and tokens. Amounts are `bigint` minor units of their asset. */
export interface Ledger {
  /**
   * Posts entries together with what others post at this moment, in order, each all or nothing; durable when it resolves.
   * A refused entry is an answer, not an error. Throws `unprocessable` for an entry that makes no sense, `unavailable` when the
   * database cannot be reached: try again with the same keys.
   */
  post(entries: readonly EntryIn[]): Promise<EntryOut[]>;
  /** Posts entries in the caller's transaction. Accounts stay locked until its end, so it comes last, and once. */
  postIn(db: TxClient, entries: readonly EntryIn[]): Promise<EntryOut[]>;
  accounts: Accounts;
  balance(account: Id): Promise<Balance>;
  statements: Statements;
  credits: Credits;
  staking: Staking;
  presale: Presale;
  /** Daily seals and accounting periods. */
  closing: Closing;
  /** Recomputes every invariant from the transfers, on one snapshot. */
  verify(): Promise<Verified>;
  /** Takes an entry back by a mirrored one; a second time answers the first reversal. Throws `AppError` when it cannot be. */
  reverse(entry: Id, memo: string, actor?: Id): Promise<{ entry: Id; replayed: boolean }>;
  /** A new key for something without a name of its own. */
  newKey(): Key;
  /** Moves the changes of rollup accounts into their rows. Answers how many it took. */
  roll(): Promise<bigint>;
  tasks: readonly Task[];
  /** Waits for what is being written and stops the timer. */
  stop(): Promise<void>;
}

export function createLedger(deps: LedgerDeps): Ledger {
  const { pool, clock, log } = deps;
  let timer: NodeJS.Timeout | undefined;

  const roll = async (): Promise<bigint> => (await one(pool, sql.roll))?.taken ?? 0n;

  /** Only who wrote something looks after it: an idle server asks nothing. */
  function rollSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      roll().catch((err: unknown) => log.warn({ err }, "rollup accounts could not be brought up to date"));
    }, ROLL_AFTER_MS).unref();
  }

  const writer = createWriter(deps, rollSoon);
  const accounts = createAccounts(deps);
  const statements = createStatements(deps);

  async function postIn(db: TxClient, entries: readonly EntryIn[]): Promise<EntryOut[]> {
    for (const entry of entries) checkEntry(entry);
    const out: EntryOut[] = [];
    for (const segment of segments(entries)) out.push(...(await postSegment(db, clock.now(), segment)));
    db.afterCommit(rollSoon);
    return out;
  }

  const credits = createCredits(deps, accounts, postIn);
  const staking = createStaking(deps, accounts, postIn, credits.covered);
  const presale = createPresale(deps, accounts, postIn);
  const closing = createClosing(deps);

  return {
    post: (entries) => writer.post(entries),
    postIn,
    accounts,
    balance: (account) => accounts.balance(account),
    statements,
    credits,
    staking,
    presale,
    closing,
    verify: () => verify(deps),
    async reverse(entry, memo, actor) {
      const [out] = await writer.post([await statements.reversalOf(entry, memo, actor)]);
      return accepted(out);
    },
    newKey: () => newKey(clock.ms()),
    roll,
    tasks: [
      {
        name: "ledger.minute",
        cron: "* * * * *",
        run: async () => {
          await roll();
          await credits.sweepHolds();
        },
      },
      {
        name: "ledger.hour",
        cron: "7 * * * *",
        timeLimitMs: 600_000,
        run: async () => {
          await credits.expireLots();
          await staking.release();
          await presale.settle();
        },
      },
      {
        name: "ledger.accrue",
        cron: "27 0 * * *",
        timeLimitMs: 3_600_000,
        run: async () => void (await staking.accrue()),
      },
      {
        name: "ledger.seal",
        cron: "17 0 * * *",
        timeLimitMs: 3_600_000,
        run: async () => void (await closing.sealDays()),
      },
    ],
    async stop() {
      clearTimeout(timer);
      await writer.idle();
    },
  };
}
