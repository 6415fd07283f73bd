import { m } from "./paraglide/messages.js";

const kinds: Record<string, () => string> = {
  manual: m.entry_manual,
  grant: m.entry_grant,
  purchase: m.entry_purchase,
  hold: m.entry_hold,
  capture: m.entry_capture,
  release: m.entry_release,
  hold_expired: m.entry_release,
  lot_expired: m.entry_expired,
  refund: m.entry_refund,
  reversal: m.entry_reversal,
  stake: m.entry_stake,
  unbonding: m.entry_unbonding,
  unstake: m.entry_unstake,
  stake_reward: m.entry_stake_reward,
  spend: m.entry_capture,
  top_up: m.entry_purchase,
  daily: m.lot_daily,
  paid: m.lot_paid,
  promo: m.lot_promo,
  pool: m.lot_pool,
};

/** What an entry or a lot is, in the reader's language. */
export const walletKind = (kind: string): string => kinds[kind]?.() ?? kind;

/** What it was for. References of our own are put into words; what an operator wrote stays as it is. */
export function walletReference(reference: string | null): string {
  if (reference === null) return "";
  if (reference.startsWith("meme_generation:")) return m.ref_generation();
  if (reference.startsWith("daily:")) return m.ref_daily();
  const days = /^(\d+) days$/.exec(reference)?.[1];
  if (days !== undefined) return m.stake_days({ days });
  return reference;
}
