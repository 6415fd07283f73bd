import { exec, type Db } from "#platform/db/sql.ts";
import type { Id } from "#platform/ids.ts";
import { earnedBy, GRACE_DAYS, isOver, unearnedBy } from "./lot-rules.ts";
import { changeAndMove, changeLots, insertLots, insertMoves, type LotKind, type LotRow } from "./sql-credits.ts";
import type { Key, LedgerDeps } from "./types.ts";

const DAY_MS = 86_400_000;

/** A lot that is about to be stored. */
export interface NewLot {
  account: Id;
  kind: LotKind;
  priority: number;
  granted: bigint;
  paid: bigint;
  origin: Id | null;
  reason: string;
  effectiveAt: Date;
  expiresAt: Date | null;
  key: Key | null;
}

interface Change {
  remaining: bigint;
  reserved: bigint;
  consumed: bigint;
  gone: bigint;
  earned: bigint;
}

interface Move {
  lot: Id;
  transfer: Key | null;
  hold: Id | null;
  kind: "grant" | "reserve" | "release" | "use" | "refund" | "expire" | "move";
  amount: bigint;
}

/** Collects what happens to lots in one transaction and writes it with three statements at most. Every call answers the micro-euro it moves between sold and earned. */
export interface LotChanges {
  grant(lot: NewLot, transfer: Key | null): Id;
  reserve(lot: LotRow, amount: bigint, hold: Id, transfer: Key): void;
  /** Gives back what was reserved: to the same lot, or to one of grace when its time is over. */
  release(lot: LotRow, amount: bigint, hold: Id, transfer: Key): void;
  use(lot: LotRow, amount: bigint, hold: Id, transfer: Key): bigint;
  refund(lot: LotRow, amount: bigint, hold: Id, transfer: Key): bigint;
  expire(lot: LotRow, amount: bigint, transfer: Key): bigint;
  write(db: Db, voidedAt?: Date): Promise<void>;
}

export function collectLotChanges(deps: LedgerDeps, at: Date): LotChanges {
  const changes = new Map<Id, Change>();
  const moves: Move[] = [];
  const lots: (NewLot & { id: Id })[] = [];

  /** Applies a change to the row in hand too, so that the next one is computed from what is true then. */
  function change(lot: LotRow, by: Partial<Change>): void {
    const sum = changes.get(lot.id) ?? { remaining: 0n, reserved: 0n, consumed: 0n, gone: 0n, earned: 0n };
    for (const field of ["remaining", "reserved", "consumed", "gone", "earned"] as const) {
      sum[field] += by[field] ?? 0n;
      lot[field] += by[field] ?? 0n;
    }
    changes.set(lot.id, sum);
  }

  function grant(lot: NewLot, transfer: Key | null): Id {
    const id = deps.ids.next();
    lots.push({ ...lot, id });
    moves.push({ lot: id, transfer, hold: null, kind: "grant", amount: lot.granted });
    return id;
  }

  function grace(lot: LotRow, amount: bigint, paid: bigint, transfer: Key): void {
    moves.push({ lot: lot.id, transfer, hold: null, kind: "move", amount });
    const { account, kind, priority, reason } = lot;
    const until = new Date(at.getTime() + GRACE_DAYS * DAY_MS);
    grant(
      {
        ...{ account, kind, priority, reason, granted: amount, paid, origin: lot.id },
        ...{ effectiveAt: at, expiresAt: until, key: null },
      },
      transfer,
    );
  }

  return {
    grant,
    reserve(lot, amount, hold, transfer) {
      change(lot, { remaining: -amount, reserved: amount });
      moves.push({ lot: lot.id, transfer, hold, kind: "reserve", amount });
    },
    release(lot, amount, hold, transfer) {
      moves.push({ lot: lot.id, transfer, hold, kind: "release", amount });
      if (!isOver(lot, at)) {
        change(lot, { reserved: -amount, remaining: amount });
        return;
      }
      const paid = earnedBy(lot, amount);
      change(lot, { reserved: -amount, gone: amount, earned: paid });
      grace(lot, amount, paid, transfer);
    },
    use(lot, amount, hold, transfer) {
      const earned = earnedBy(lot, amount);
      change(lot, { reserved: -amount, consumed: amount, earned });
      moves.push({ lot: lot.id, transfer, hold, kind: "use", amount });
      return earned;
    },
    refund(lot, amount, hold, transfer) {
      const unearned = unearnedBy(lot, amount);
      moves.push({ lot: lot.id, transfer, hold, kind: "refund", amount });
      if (!isOver(lot, at)) {
        change(lot, { consumed: -amount, remaining: amount, earned: -unearned });
        return unearned;
      }
      change(lot, { consumed: -amount, gone: amount });
      grace(lot, amount, unearned, transfer);
      return unearned;
    },
    expire(lot, amount, transfer) {
      const earned = earnedBy(lot, amount);
      change(lot, { remaining: -amount, gone: amount, earned });
      moves.push({ lot: lot.id, transfer, hold: null, kind: "expire", amount });
      return earned;
    },
    async write(db, voidedAt) {
      const changed = [...changes.entries()];
      const column = (field: keyof Change): bigint[] => changed.map(([, c]) => c[field]);
      const changeColumns = [
        changed.map(([id]) => id),
        column("remaining"),
        column("reserved"),
        column("consumed"),
        column("gone"),
        column("earned"),
        voidedAt ?? null,
      ] as const;
      const moveColumns = [
        moves.map((m) => m.lot),
        moves.map((m) => m.transfer),
        moves.map((m) => m.hold ?? 0n),
        moves.map((m) => m.kind),
        moves.map((m) => m.amount),
      ] as const;
      // What happens most: lots that are there change.
      if (changed.length > 0 && lots.length === 0 && moves.length > 0) {
        await exec(db, changeAndMove, ...changeColumns, ...moveColumns);
        return;
      }
      if (changed.length > 0) await exec(db, changeLots, ...changeColumns);
      if (lots.length > 0) {
        await exec(
          db,
          insertLots,
          lots.map((l) => l.id),
          lots.map((l) => l.account),
          lots.map((l) => l.kind),
          lots.map((l) => l.priority),
          lots.map((l) => l.granted),
          lots.map((l) => l.paid),
          lots.map((l) => l.origin ?? 0n),
          lots.map((l) => l.reason),
          lots.map((l) => l.effectiveAt),
          lots.map((l) => l.expiresAt),
          lots.map((l) => l.key),
          at,
        );
      }
      if (moves.length > 0) await exec(db, insertMoves, ...moveColumns);
    },
  };
}
