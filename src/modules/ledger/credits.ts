import { one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { MAX_AMOUNT, type Asset } from "#platform/money.ts";
import type { Accounts } from "./accounts.ts";
import { accepted, refusalError } from "./batch.ts";
import { CHART } from "./chart.ts";
import { isKey, keyFor } from "./keys.ts";
import { collectLotChanges, type LotChanges } from "./lot-changes.ts";
import type { Credits, Grant, Granted, Hold, HoldRequest } from "./credit-types.ts";
import { divide, FREE_PRIORITY, isUsable, PAID_PRIORITY, take, type Part } from "./lot-rules.ts";
import * as sql from "./sql.ts";
import * as lotSql from "./sql-credits.ts";
import type { LotRow } from "./sql-credits.ts";
import type { EntryIn, EntryOut, Key, LedgerDeps } from "./types.ts";

type PostIn = (db: TxClient, entries: readonly EntryIn[]) => Promise<EntryOut[]>;

const STATES = ["open", "captured", "released", "expired"] as const;
const SLICE = 200;

export function createCredits(deps: LedgerDeps, accounts: Accounts, postIn: PostIn): Credits {
  const { pool, tx, clock } = deps;
  const own = (code: number, asset: Asset): Promise<Id> => accounts.open({ code, asset, owner: null });
  const system = (db: TxClient, code: number, asset: Asset): Promise<Id> =>
    accounts.openIn(db, { code, asset, owner: null });

  /** Locks what a user's lots hang on; everything after it sees what was committed before. */
  async function lock(db: TxClient, user: Id): Promise<{ credits: Id; sold: Id }> {
    const credits = await accounts.openIn(db, { code: CHART.credits, asset: "CREDIT", owner: user });
    const sold = await accounts.openIn(db, { code: CHART.creditsSold, asset: "EUR", owner: user });
    await run(db, lotSql.lockOwner, user, [CHART.credits, CHART.creditsSold]);
    return { credits, sold };
  }

  /** The owner of a hold on credits; throws 404 for any other hold. Who knows the owner saves two questions. */
  async function lockHold(db: TxClient, id: Id, owner?: Id): Promise<{ hold: sql.HoldRow; user: Id; sold: Id }> {
    if (owner !== undefined) {
      const { credits, sold } = await lock(db, owner);
      const hold = await one(db, sql.holdById, id);
      if (hold?.debit !== credits) throw refusalError("not_found");
      return { hold, user: owner, sold };
    }
    const found = await one(db, sql.holdById, id);
    const [account] = found ? await run(db, sql.balances, [found.debit]) : [];
    if (!found || account?.code !== CHART.credits || account.owner === null) throw refusalError("not_found");
    const { sold } = await lock(db, account.owner);
    const hold = await one(db, sql.holdById, id);
    if (!hold) throw refusalError("not_found");
    return { hold, user: account.owner, sold };
  }

  async function covered(db: TxClient, amount: bigint): Promise<void> {
    const rule = deps.coverage?.();
    if (!rule) return;
    const issued = await accounts.balance(await system(db, CHART.issuance, "CREDIT"), db);
    const sunk = await accounts.balance(await system(db, CHART.sink, "CREDIT"), db);
    // Everything that was issued and not used up, pools included: they will be given to somebody.
    const outstanding = -issued.posted - sunk.posted + amount;
    if (outstanding * rule.costPerCredit > rule.reserve * 1000n)
      throw new AppError("unavailable", "The reserve does not cover more free credits at the moment.", {
        reason: "coverage",
      });
  }

  async function grantIn(db: TxClient, g: Grant): Promise<Granted> {
    if (!isKey(g.key)) throw new AppError("unprocessable", "The key of a grant is a UUID in lower case.");
    if (g.amount <= 0n || g.amount > MAX_AMOUNT)
      throw new AppError("unprocessable", "The amount of a grant is positive and within bounds.");
    const issuance = await system(db, CHART.issuance, g.asset);
    const base = { kind: g.kind === "paid" ? ("purchase" as const) : ("grant" as const), memo: g.reason };
    const entry = { ...base, ...(g.actor === undefined ? {} : { actor: g.actor }) };
    if (g.asset === "TOKEN") {
      const credit = await accounts.openIn(db, { code: CHART.tokens, asset: "TOKEN", owner: g.user });
      const [out] = await postIn(db, [
        { ...entry, transfers: [{ key: g.key, debit: issuance, credit, amount: g.amount }] },
      ]);
      return { ...accepted(out), lot: undefined };
    }
    const kind = g.kind ?? "promo";
    const paid = g.paid ?? 0n;
    if (paid > 0n !== (kind === "paid") || paid < 0n)
      throw new AppError("unprocessable", "Paid credits have a price, and only they.");
    const { credits, sold } = await lock(db, g.user);
    const before = await one(db, lotSql.lotByKey, g.key);
    if (before && (before.account !== credits || before.kind !== kind)) throw refusalError("idempotency_mismatch");
    if (!before && kind !== "paid" && g.from === undefined) await covered(db, g.amount);
    const transfers = [{ key: g.key, debit: g.from ?? issuance, credit: credits, amount: g.amount }];
    if (paid > 0n) {
      const bank = await system(db, CHART.bank, "EUR");
      transfers.push({ key: keyFor("purchase", g.key), debit: bank, credit: sold, amount: paid });
    }
    const [out] = await postIn(db, [{ ...entry, transfers }]);
    const { entry: posted, replayed } = accepted(out);
    if (before) return { entry: posted, lot: before.id, replayed };
    const changes = collectLotChanges(deps, clock.now());
    const lot = changes.grant(
      {
        ...{ account: credits, kind, granted: g.amount, paid, origin: null, reason: g.reason, key: g.key },
        priority: g.priority ?? (kind === "paid" ? PAID_PRIORITY : FREE_PRIORITY),
        effectiveAt: clock.now(),
        expiresAt: g.expiresAt ?? null,
      },
      g.key,
    );
    await changes.write(db);
    return { entry: posted, lot, replayed };
  }

  async function holdIn(db: TxClient, r: HoldRequest): Promise<Hold & { replayed: boolean }> {
    if (r.amount <= 0n || r.amount > MAX_AMOUNT)
      throw new AppError("unprocessable", "The amount of a hold is positive and within bounds.");
    const { credits } = await lock(db, r.user);
    const lots = await run(db, lotSql.spendable, credits, r.key);
    // Without a lot nobody has said whether the key is known.
    if (lots[0]?.known ?? true) {
      const before = await one(db, sql.holdByKey, r.key);
      if (before && (before.debit !== credits || before.amount !== r.amount))
        throw refusalError("idempotency_mismatch");
      if (before) return { ...holdOf(before), replayed: true };
    }
    const at = clock.now();
    const parts = take(lots, r.amount, at);
    if (!parts)
      throw new AppError("payment_required", "You do not have enough credits for this.", {
        reason: "insufficient_credits",
      });
    const id = deps.ids.next();
    const changes = collectLotChanges(deps, at);
    for (const { lot, amount } of parts) changes.reserve(lot, amount, id, r.key);
    await changes.write(db);
    const transfer = {
      ...{ key: r.key, debit: credits, credit: await system(db, CHART.sink, "CREDIT"), amount: r.amount },
      hold: { id, expiresAt: r.expiresAt },
    };
    const [out] = await postIn(db, [{ kind: "hold", memo: r.reference, transfers: [transfer] }]);
    accepted(out);
    const { reference, expiresAt } = r;
    return {
      ...{ id, amount: r.amount, captured: 0n, state: "open", reference, expiresAt, createdAt: at },
      replayed: false,
    };
  }

  /** Ends a hold: uses the first `amount` of it, gives back the rest. */
  async function settle(
    db: TxClient,
    { hold, sold }: { hold: sql.HoldRow; sold: Id },
    amount: bigint,
    key: Key,
    kind: "capture" | "release" | "hold_expired",
  ): Promise<Hold> {
    const at = clock.now();
    const held = (await run(db, lotSql.lotsOfHold, hold.id)).map((row): Part<LotRow> => ({
      lot: row,
      amount: row.held,
    }));
    const { first, rest } = divide(held, amount);
    const changes = collectLotChanges(deps, at);
    let earned = 0n;
    for (const { lot, amount: part } of first) earned += changes.use(lot, part, hold.id, key);
    for (const { lot, amount: part } of rest) changes.release(lot, part, hold.id, key);
    await changes.write(db);
    const transfers: EntryIn["transfers"][number][] = [
      {
        ...{ key, debit: hold.debit, credit: hold.credit, amount: amount === 0n ? hold.amount : amount },
        resolve: { hold: hold.key, as: amount === 0n ? "void" : "post" },
      },
    ];
    if (earned > 0n) {
      const revenue = await system(db, CHART.memeRevenue, "EUR");
      transfers.push({ key: keyFor("earned", key), debit: sold, credit: revenue, amount: earned });
    }
    const memo = hold.reference === null ? {} : { memo: hold.reference };
    const [out] = await postIn(db, [{ kind, ...memo, transfers }]);
    accepted(out);
    const state = amount > 0n ? "captured" : kind === "hold_expired" ? "expired" : "released";
    return { ...holdOf(hold), captured: amount, state };
  }

  async function captureIn(
    db: TxClient,
    r: { hold: Id; amount: bigint; key: Key; user?: Id | undefined },
  ): Promise<Hold> {
    const found = await lockHold(db, r.hold, r.user);
    const { hold } = found;
    if (r.amount < 0n || r.amount > hold.amount) throw refusalError("capture_exceeds_hold");
    if (hold.state !== 0) {
      if (hold.resolved_by === r.key && hold.captured === r.amount) return holdOf(hold);
      throw refusalError(hold.state === 3 ? "hold_expired" : "already_resolved");
    }
    if (hold.expires_at !== null && hold.expires_at <= clock.now()) throw refusalError("hold_expired");
    return settle(db, found, r.amount, r.key, r.amount === 0n ? "release" : "capture");
  }

  async function releaseIn(db: TxClient, r: { hold: Id; user?: Id | undefined }): Promise<Hold> {
    const found = await lockHold(db, r.hold, r.user);
    const { hold } = found;
    if (hold.state === 1) throw refusalError("already_resolved");
    if (hold.state !== 0) return holdOf(hold);
    return settle(db, found, 0n, keyFor("release", hold.id), "release");
  }

  async function refundIn(db: TxClient, r: { hold: Id; amount: bigint; key: Key; reason: string }): Promise<void> {
    const { hold, sold } = await lockHold(db, r.hold);
    const before = await one(db, lotSql.refundByKey, r.key);
    if (before) {
      if (before.hold !== r.hold || before.amount !== r.amount) throw refusalError("idempotency_mismatch");
      return;
    }
    const used = (await run(db, lotSql.usedOfHold, hold.id)).map((row): Part<LotRow> => ({
      lot: row,
      amount: row.used,
    }));
    // The last that was used is the first to come back: what is spent first stays spent.
    const { first, rest } = divide(used.toReversed(), r.amount);
    const most = [...first, ...rest].reduce((sum, part) => sum + part.amount, 0n);
    if (r.amount <= 0n || r.amount > most) throw refusalError("capture_exceeds_hold");
    const changes = collectLotChanges(deps, clock.now());
    let unearned = 0n;
    for (const { lot, amount } of first) unearned += changes.refund(lot, amount, hold.id, r.key);
    await changes.write(db);
    const transfers = [{ key: r.key, debit: hold.credit, credit: hold.debit, amount: r.amount }];
    if (unearned > 0n) {
      const revenue = await system(db, CHART.memeRevenue, "EUR");
      transfers.push({ key: keyFor("unearned", r.key), debit: revenue, credit: sold, amount: unearned });
    }
    const [out] = await postIn(db, [{ kind: "refund", memo: r.reason, transfers }]);
    accepted(out);
  }

  /** Takes what is left of lots away, in one entry per lot, so that each has a key of its own and this may run again. */
  async function takeAway(db: TxClient, user: Id, which: (lot: LotRow) => boolean, voidedAt?: Date): Promise<number> {
    const { credits, sold } = await lock(db, user);
    const lots = (await run(db, lotSql.lotsOfAccount, credits)).filter(which);
    if (lots.length === 0) return 0;
    const changes: LotChanges = collectLotChanges(deps, clock.now());
    const sink = await system(db, CHART.sink, "CREDIT");
    const breakage = await system(db, CHART.breakage, "EUR");
    const entries = lots.map((lot): EntryIn => {
      const key = keyFor("lot-ended", lot.id);
      const amount = lot.remaining;
      const earned = changes.expire(lot, amount, key);
      const transfers = [{ key, debit: credits, credit: sink, amount }];
      if (earned > 0n)
        transfers.push({ key: keyFor("breakage", lot.id), debit: sold, credit: breakage, amount: earned });
      return { kind: "lot_expired", memo: lot.reason, transfers };
    });
    await changes.write(db, voidedAt);
    for (const out of await postIn(db, entries)) accepted(out);
    return lots.length;
  }

  return {
    async grant(g) {
      // Outside the transaction: accounts that everybody uses are made once, not waited for.
      await Promise.all([own(CHART.issuance, g.asset), own(CHART.sink, g.asset)]);
      return tx((db) => grantIn(db, g));
    },
    grantIn,
    holdIn,
    captureIn,
    releaseIn,
    refundIn,
    covered,
    async voidLot(id) {
      const lot = await one(pool, lotSql.lotById, id);
      const owner = lot && (await run(pool, sql.balances, [lot.account]))[0]?.owner;
      if (owner === undefined || owner === null) throw refusalError("not_found");
      await tx((db) => takeAway(db, owner, (l) => l.id === id, clock.now()));
    },
    async hold(id) {
      const row = await one(pool, sql.holdById, id);
      return row && holdOf(row);
    },
    async lots(user) {
      const account = await accounts.find({ code: CHART.credits, asset: "CREDIT", owner: user });
      return account === undefined ? [] : run(pool, lotSql.lotsOfAccount, account);
    },
    async holds(user) {
      const account = await accounts.find({ code: CHART.credits, asset: "CREDIT", owner: user });
      return account === undefined ? [] : (await run(pool, sql.openHolds, account, SLICE)).map(holdOf);
    },
    async wallet(user) {
      const codes = [CHART.credits, CHART.tokens, CHART.tokensStaked, CHART.tokensUnbonding];
      const rows = await run(pool, sql.accountsOfOwner, user, codes);
      const row = (code: number): (typeof rows)[number] | undefined => rows.find((a) => a.code === code);
      const free = (code: number): bigint => {
        const found = row(code);
        return found ? found.c - found.d - found.dp : 0n;
      };
      const credits = row(CHART.credits);
      const at = clock.now();
      const lots = credits ? (await run(pool, lotSql.lotsOfAccount, credits.id)).filter((l) => isUsable(l, at)) : [];
      const expiries = lots.flatMap((l) => (l.expires_at === null ? [] : [l.expires_at.getTime()]));
      return {
        credits: {
          available: lots.reduce((sum, l) => sum + l.remaining, 0n),
          held: credits?.dp ?? 0n,
          next_expiry: expiries.length === 0 ? null : new Date(Math.min(...expiries)),
        },
        tokens: {
          available: free(CHART.tokens),
          staked: free(CHART.tokensStaked),
          unbonding: free(CHART.tokensUnbonding),
        },
      };
    },
    async sweepHolds() {
      let swept = 0;
      for (;;) {
        const due = await run(pool, sql.dueHolds, clock.now(), SLICE);
        const ids = due.map((hold) => hold.id);
        const withLots = new Set((await run(pool, lotSql.holdsWithLots, ids)).map((row) => row.hold));
        // Holds of money are one batch; each hold of credits gives back to its lots in a transaction of its own.
        const plain = due.filter((hold) => !withLots.has(hold.id));
        if (plain.length > 0) swept += await tx((db) => sweepPlain(db, plain));
        for (const id of withLots) swept += await tx((db) => sweep(db, id));
        if (due.length < SLICE) return swept;
      }
    },
    async expireLots() {
      let ended = 0;
      for (;;) {
        const at = clock.now();
        const owners = await run(pool, lotSql.ownersOfDueLots, at, SLICE);
        for (const { owner } of owners) {
          if (owner !== null)
            ended += await tx((db) => takeAway(db, owner, (l) => l.expires_at !== null && l.expires_at <= at));
        }
        if (owners.length < SLICE) return ended;
      }
    },
  };

  async function sweep(db: TxClient, id: Id): Promise<number> {
    const found = await lockHold(db, id);
    if (found.hold.state !== 0) return 0;
    await settle(db, found, 0n, keyFor("hold-expired", id), "hold_expired");
    return 1;
  }

  async function sweepPlain(db: TxClient, holds: readonly sql.HoldRow[]): Promise<number> {
    const entries = holds.map((hold): EntryIn => ({
      kind: "hold_expired",
      ...(hold.reference === null ? {} : { memo: hold.reference }),
      transfers: [
        {
          ...{ key: keyFor("hold-expired", hold.id), debit: hold.debit, credit: hold.credit, amount: hold.amount },
          resolve: { hold: hold.key, as: "void" },
        },
      ],
    }));
    // One that was resolved in between is refused, and rightly so.
    return (await postIn(db, entries)).filter((out) => out.ok && !out.replayed).length;
  }
}

function holdOf(row: sql.HoldRow): Hold {
  return {
    ...{ id: row.id, amount: row.amount, captured: row.captured, state: STATES[row.state] ?? "open" },
    ...{ reference: row.reference, expiresAt: row.expires_at, createdAt: row.created_at },
  };
}
