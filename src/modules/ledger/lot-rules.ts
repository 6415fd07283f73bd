/** How lots of credits are spent, released and refunded. Decides only; no input or output. */

/** What the rules have to know of a lot. Amounts in thousandths of a credit, money in micro-euro. */
export interface LotState {
  id: bigint;
  priority: number;
  granted: bigint;
  remaining: bigint;
  consumed: bigint;
  gone: bigint;
  paid: bigint;
  earned: bigint;
  effective_at: Date;
  expires_at: Date | null;
  voided_at: Date | null;
}

/** Free credits of all kinds share one priority and come before paid ones. */
export const FREE_PRIORITY = 10;
export const PAID_PRIORITY = 100;

/** What comes back to a lot whose time is over lives on in a new one for this long. */
export const GRACE_DAYS = 7;

/** A part of a lot. */
export interface Part<L> {
  lot: L;
  amount: bigint;
}

/** True when a lot may be spent at a moment. */
export function isUsable(lot: LotState, at: Date): boolean {
  return lot.voided_at === null && lot.effective_at <= at && !isOver(lot, at);
}

/** True when a lot's time is over. */
export function isOver(lot: LotState, at: Date): boolean {
  return lot.voided_at !== null || (lot.expires_at !== null && lot.expires_at <= at);
}

/** Order of spending: priority, then what expires first, then the older lot. */
export function spendOrder(a: LotState, b: LotState): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  const [left, right] = [a.expires_at?.getTime() ?? Infinity, b.expires_at?.getTime() ?? Infinity];
  if (left !== right) return left < right ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Takes an amount from lots in the order of spending. Undefined when they have less. */
export function take<L extends LotState>(lots: readonly L[], amount: bigint, at: Date): Part<L>[] | undefined {
  const parts: Part<L>[] = [];
  let left = amount;
  for (const lot of lots.filter((l) => isUsable(l, at)).toSorted(spendOrder)) {
    if (left === 0n) break;
    const part = lot.remaining < left ? lot.remaining : left;
    if (part > 0n) parts.push({ lot, amount: part });
    left -= part;
  }
  return left === 0n ? parts : undefined;
}

/** Divides parts: the first `amount` of them, and the rest. */
export function divide<L>(parts: readonly Part<L>[], amount: bigint): { first: Part<L>[]; rest: Part<L>[] } {
  const first: Part<L>[] = [];
  const rest: Part<L>[] = [];
  let left = amount;
  for (const { lot, amount: all } of parts) {
    const part = all < left ? all : left;
    if (part > 0n) first.push({ lot, amount: part });
    if (all > part) rest.push({ lot, amount: all - part });
    left -= part;
  }
  return { first, rest };
}

/**
 * Money earned when `amount` more of a lot is used up. Computed from the total used so far, so that rounding never adds up:
 * when everything is used, exactly what was paid has been earned.
 */
export function earnedBy(lot: LotState, amount: bigint): bigint {
  const total = (lot.paid * (lot.consumed + lot.gone + amount)) / lot.granted;
  return total - lot.earned;
}

/** Money that is taken back when `amount` of what was used comes back to the lot; not negative. */
export function unearnedBy(lot: LotState, amount: bigint): bigint {
  const total = (lot.paid * (lot.consumed + lot.gone - amount)) / lot.granted;
  return lot.earned - total;
}
