import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { MAX_AMOUNT } from "#platform/money.ts";
import type { Accounts } from "./accounts.ts";
import { accepted, refusalError } from "./batch.ts";
import { CHART } from "./chart.ts";
import { isKey, keyFor } from "./keys.ts";
import { holdById } from "./sql.ts";
import * as sql from "./sql-presale.ts";
import type { PresaleRow, PurchaseRow } from "./sql-presale.ts";
import type { EntryIn, EntryOut, Key, LedgerDeps } from "./types.ts";

const DAY_MS = 86_400_000;
const SLICE = 100;
/** Millionths in a token. */
const TOKEN = 1_000_000n;

export interface NewPresale {
  name: string;
  /** Micro-euro per whole token. */
  price: bigint;
  /** Millionths of a token: what is for sale, what must be sold or everybody is refunded, what one person may buy. */
  cap: bigint;
  softCap: bigint;
  perUserCap: bigint;
  opensAt: Date;
  closesAt: Date;
  /** Whoever has no tokens by then is refunded. */
  deliverBy: Date;
  /** How long a buyer may change their mind; default 14. */
  refundDays?: number;
}

/** Rounds of a token sale. Money rests in escrow until the tokens are delivered, and goes back by itself when they are not. */
export interface Presale {
  /** Opens a round and mints what is for sale into its inventory. Throws `forbidden` while the operator has not switched presales on. */
  open(round: NewPresale): Promise<Id>;
  rounds(): Promise<PresaleRow[]>;
  purchases(user: Id): Promise<PurchaseRow[]>;
  /** Buys from the user's EUR wallet. The same key buys once. Throws `insufficient_funds`, `sold_out`, `per_user_cap`, `not_open`. */
  buy(request: { user: Id; presale: Id; tokens: bigint; key: Key }): Promise<PurchaseRow>;
  /** The buyer's own refund, within the time for it. Throws 404, and `conflict` with reason `too_late`. Again has no effect. */
  refund(request: { user: Id; purchase: Id }): Promise<PurchaseRow>;
  /** Delivers a round that is closed, has reached its soft cap and whose time for refunds is over. Throws `conflict` otherwise. */
  deliver(presale: Id): Promise<number>;
  /** Refunds rounds that missed their soft cap or their date, and goes on with what was begun. Answers how many purchases. */
  settle(): Promise<number>;
}

type PostIn = (db: TxClient, entries: readonly EntryIn[]) => Promise<EntryOut[]>;

export function createPresale(deps: LedgerDeps, accounts: Accounts, postIn: PostIn): Presale {
  const { pool, tx, clock, ids } = deps;

  function allowed(): void {
    if (deps.presale !== true)
      throw new AppError("forbidden", "Presales are switched off here.", { reason: "presale_off" });
  }

  async function places(
    db: TxClient,
    round: Id,
    user: Id,
  ): Promise<Record<"wallet" | "escrow" | "inventory" | "tokens", Id>> {
    const open = (code: number, asset: "EUR" | "TOKEN", owner: Id): Promise<Id> =>
      accounts.openIn(db, { code, asset, owner });
    return {
      wallet: await open(CHART.customerWallet, "EUR", user),
      escrow: await open(CHART.presaleEscrow, "EUR", round),
      inventory: await open(CHART.presaleInventory, "TOKEN", round),
      tokens: await open(CHART.tokens, "TOKEN", user),
    };
  }

  /** Ends one purchase. Under the lock of its round. */
  async function end(db: TxClient, purchase: PurchaseRow, how: "refunded" | "delivered"): Promise<void> {
    const at = await places(db, purchase.presale, purchase.owner);
    const hold = await one(db, holdById, purchase.hold);
    if (!hold) throw new Error("the hold of a purchase vanished");
    const tokens = {
      ...{ key: keyFor("presale", how, purchase.id), debit: at.inventory, credit: at.tokens, amount: purchase.tokens },
      resolve: { hold: hold.key, as: how === "delivered" ? ("post" as const) : ("void" as const) },
    };
    const to =
      how === "refunded"
        ? at.wallet
        : await accounts.openIn(db, { code: CHART.presaleProceeds, asset: "EUR", owner: null });
    const money = {
      key: keyFor("presale-money", how, purchase.id),
      debit: at.escrow,
      credit: to,
      amount: purchase.cost,
    };
    await exec(db, sql.setPurchaseState, purchase.id, how);
    if (how === "refunded") await exec(db, sql.addSold, purchase.presale, -purchase.tokens);
    const kind = how === "refunded" ? "presale_refund" : "presale_delivery";
    const [out] = await postIn(db, [{ kind, memo: `presale:${purchase.presale}`, transfers: [tokens, money] }]);
    accepted(out);
  }

  /** Ends what is left in escrow, some at a time, then the round. */
  async function endAll(round: Id, how: "refunded" | "delivered"): Promise<number> {
    let ended = 0;
    for (;;) {
      const slice = await tx(async (db) => {
        await one(db, sql.lockPresale, round);
        const some = await run(db, sql.inEscrow, round, SLICE);
        // One entry per transaction's end would be the rule; here the lock of the round keeps the order of all its accounts.
        for (const purchase of some) await end(db, purchase, how);
        if (some.length < SLICE) await exec(db, sql.setPresaleState, round, how);
        return some.length;
      });
      ended += slice;
      if (slice < SLICE) return ended;
    }
  }

  const reached = (p: PresaleRow): boolean => p.sold >= p.soft_cap;

  return {
    async open(round) {
      allowed();
      const { name, price, cap, softCap, perUserCap, opensAt, closesAt, deliverBy, refundDays = 14 } = round;
      if (price <= 0n || cap <= 0n || cap > MAX_AMOUNT || softCap < 0n || softCap > cap || perUserCap <= 0n)
        throw new AppError(
          "unprocessable",
          "Price and caps of a presale are positive, and the soft cap is within the cap.",
        );
      if (opensAt >= closesAt || closesAt > deliverBy)
        throw new AppError("unprocessable", "A presale opens before it closes, and closes before it delivers.");
      return tx(async (db) => {
        const id = ids.next();
        const dates = [opensAt, closesAt, deliverBy] as const;
        await exec(db, sql.insertPresale, id, name, price, cap, softCap, perUserCap, ...dates, refundDays, clock.now());
        const issuance = await accounts.openIn(db, { code: CHART.issuance, asset: "TOKEN", owner: null });
        const inventory = await accounts.openIn(db, { code: CHART.presaleInventory, asset: "TOKEN", owner: id });
        const transfers = [{ key: keyFor("presale", id), debit: issuance, credit: inventory, amount: cap }];
        const [out] = await postIn(db, [{ kind: "presale_setup", memo: name, transfers }]);
        accepted(out);
        return id;
      });
    },
    rounds: () => run(pool, sql.presales),
    purchases: (user) => run(pool, sql.purchasesOf, user),
    async buy({ user, presale, tokens, key }) {
      allowed();
      if (tokens <= 0n || tokens > MAX_AMOUNT || !isKey(key))
        throw new AppError("unprocessable", "A purchase has a positive amount and a key.");
      return tx(async (db) => {
        const round = await one(db, sql.lockPresale, presale);
        if (!round) throw refusalError("not_found");
        const before = await one(db, sql.purchaseByKey, key);
        if (before) {
          if (before.owner !== user || before.presale !== presale || before.tokens !== tokens)
            throw refusalError("idempotency_mismatch");
          return before;
        }
        const at = clock.now();
        const refuse = (reason: string, sentence: string): never => {
          throw new AppError("conflict", sentence, { reason });
        };
        if (round.state !== "open" || at < round.opens_at || at >= round.closes_at)
          refuse("not_open", "This presale is not open.");
        if (round.sold + tokens > round.cap) refuse("sold_out", "There are not that many left.");
        const had = (await one(db, sql.boughtBy, presale, user))?.tokens ?? 0n;
        if (had + tokens > round.per_user_cap) refuse("per_user_cap", "That is more than one person may buy.");
        // Rounded up to the micro-euro: nobody gets a token for nothing.
        const cost = (tokens * round.price + TOKEN - 1n) / TOKEN;
        const [id, hold] = [ids.next(), ids.next()];
        const places_ = await places(db, presale, user);
        const [out] = await postIn(db, [
          {
            ...{ kind: "presale_purchase", memo: `presale:${presale}` },
            transfers: [
              { key, debit: places_.wallet, credit: places_.escrow, amount: cost },
              {
                ...{
                  key: keyFor("presale-hold", key),
                  debit: places_.inventory,
                  credit: places_.tokens,
                  amount: tokens,
                },
                hold: { id: hold, expiresAt: null },
              },
            ],
          },
        ]);
        accepted(out);
        await exec(db, sql.insertPurchase, id, presale, user, tokens, cost, hold, key, at);
        await exec(db, sql.addSold, presale, tokens);
        const made = await one(db, sql.purchaseById, id);
        if (!made) throw new Error("a purchase vanished");
        return made;
      });
    },
    async refund({ user, purchase }) {
      const found = await one(pool, sql.purchaseById, purchase);
      if (!found || found.owner !== user) throw refusalError("not_found");
      return tx(async (db) => {
        const round = await one(db, sql.lockPresale, found.presale);
        const row = await one(db, sql.purchaseById, purchase);
        if (!round || !row) throw refusalError("not_found");
        if (row.state === "refunded") return row;
        const until = new Date(row.created_at.getTime() + round.refund_days * DAY_MS);
        if (row.state !== "escrow" || round.state !== "open" || clock.now() >= until)
          throw new AppError("conflict", `This could be returned until ${until.toISOString()}.`, {
            reason: "too_late",
          });
        await end(db, row, "refunded");
        return { ...row, state: "refunded" };
      });
    },
    async deliver(presale) {
      await tx(async (db) => {
        const round = await one(db, sql.lockPresale, presale);
        if (!round) throw refusalError("not_found");
        if (round.state === "delivering" || round.state === "delivered") return;
        const safe = new Date(round.closes_at.getTime() + round.refund_days * DAY_MS);
        const at = clock.now();
        if (round.state !== "open" || !reached(round) || at < safe || at >= round.deliver_by)
          throw new AppError("conflict", "Only a successful presale can be delivered, after the time for refunds.", {
            reason: "not_deliverable",
          });
        await exec(db, sql.setPresaleState, presale, "delivering");
      });
      return endAll(presale, "delivered");
    },
    async settle() {
      let ended = 0;
      for (const { id } of await run(pool, sql.unfinishedPresales)) {
        const state = await tx(async (db) => {
          const round = await one(db, sql.lockPresale, id);
          const at = clock.now();
          if (round?.state !== "open") return round?.state;
          const missed = (at >= round.closes_at && !reached(round)) || at >= round.deliver_by;
          if (missed) await exec(db, sql.setPresaleState, id, "refunding");
          return missed ? "refunding" : "open";
        });
        if (state === "refunding") ended += await endAll(id, "refunded");
        else if (state === "delivering") ended += await endAll(id, "delivered");
      }
      return ended;
    },
  };
}
