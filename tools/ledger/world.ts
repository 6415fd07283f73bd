/** What the simulator posts: accounts of every kind, and entries that are sometimes right and sometimes wrong. */
import type { Asset } from "#platform/money.ts";
import type { EntryIn, Key, Ledger, TransferIn } from "#modules/ledger/index.ts";
import type { Oracle, OracleAccount } from "./oracle.ts";
import type { Random } from "./random.ts";

const WALLETS = 24;
const REMEMBERED = 3000;
const UNKNOWN = 77n;

/** Code of the chart, bound and how many owners have such an account. */
const PLACES: readonly { code: number; bound: OracleAccount["bound"]; owners: number; asset: Asset }[] = [
  { code: 1000, bound: 0, owners: 0, asset: "EUR" },
  { code: 4000, bound: 0, owners: 0, asset: "EUR" },
  { code: 2490, bound: 0, owners: 0, asset: "TOKEN" },
  { code: 2100, bound: 1, owners: WALLETS, asset: "EUR" },
  { code: 2410, bound: 1, owners: 6, asset: "TOKEN" },
  { code: 2435, bound: 1, owners: 6, asset: "TOKEN" },
  { code: 1200, bound: 2, owners: 6, asset: "EUR" },
  { code: 9100, bound: 3, owners: 4, asset: "EUR" },
  { code: 9101, bound: 0, owners: 2, asset: "EUR" },
];

export interface World {
  oracle: Oracle;
  /** Entries that were sent, newest last; repetitions are drawn from them. */
  sent: EntryIn[];
  holds: { key: Key; debit: bigint; credit: bigint; amount: bigint }[];
  byAsset: Map<Asset, bigint[]>;
  nextHold: bigint;
}

/** Opens the accounts in the ledger and in the oracle. */
export async function createWorld(ledger: Ledger): Promise<World> {
  const oracle: Oracle = { accounts: new Map(), posted: new Map(), holds: new Map() };
  const byAsset = new Map<Asset, bigint[]>();
  for (const { code, bound, owners, asset } of PLACES) {
    for (let n = 0; n < Math.max(owners, 1); n++) {
      const limit = bound === 3 ? 1000n : 0n;
      const id = await ledger.accounts.open({ code, asset, owner: owners === 0 ? null : BigInt(n + 1) }, limit);
      oracle.accounts.set(id, { bound, limit, asset, closed: false, d: 0n, dp: 0n, c: 0n, cp: 0n });
      byAsset.set(asset, [...(byAsset.get(asset) ?? []), id]);
    }
  }
  return { oracle, sent: [], holds: [], byAsset, nextHold: 1n };
}

/** The next entry: mostly new, sometimes one that was sent before, sometimes one that was sent before and altered. */
export function nextEntry(world: World, random: Random, nowMs: number): EntryIn {
  if (world.sent.length > 0 && random.chance(0.1)) return random.pick(world.sent);
  if (world.sent.length > 0 && random.chance(0.02)) return altered(random.pick(world.sent), random);
  const entry: EntryIn = {
    kind: random.pick(["manual", "spend", "hold"] as const),
    transfers: Array.from({ length: random.chance(0.75) ? 1 : 2 + random.below(3) }, () =>
      transfer(world, random, nowMs),
    ),
    ...(random.chance(0.1) ? { memo: `"quoted" \\ {and}, odd ${random.below(9)}` } : {}),
    ...(random.chance(0.1) ? { doc: BigInt(random.below(100)) } : {}),
  };
  // An entry that ends a hold twice, or makes and ends it, is refused before it is sent: that is tested elsewhere.
  const ended = entry.transfers.flatMap((t) => (t.resolve ? [t.resolve.hold] : []));
  if (new Set(ended).size < ended.length) return nextEntry(world, random, nowMs);
  world.sent.push(entry);
  if (world.sent.length > REMEMBERED) world.sent.shift();
  for (const t of entry.transfers)
    if (t.hold) world.holds.push({ key: t.key, debit: t.debit, credit: t.credit, amount: t.amount });
  if (world.holds.length > REMEMBERED) world.holds.shift();
  return entry;
}

function transfer(world: World, random: Random, nowMs: number): TransferIn {
  const key = keyOf(random);
  const known = world.holds.length > 0 && random.chance(0.2) ? random.pick(world.holds) : undefined;
  if (known) {
    const post = random.chance(0.6);
    const part = BigInt(random.below(Number(known.amount) + 2)) || 1n;
    const swapped = random.chance(0.03);
    return {
      key,
      debit: swapped ? known.credit : known.debit,
      credit: swapped ? known.debit : known.credit,
      amount: post ? part : random.chance(0.95) ? known.amount : part,
      resolve: { hold: random.chance(0.98) ? known.key : keyOf(random), as: post ? "post" : "void" },
    };
  }
  const ids = world.byAsset.get(random.chance(0.8) ? "EUR" : "TOKEN") ?? [];
  const all = [...world.oracle.accounts.keys()];
  const debit = random.chance(0.01) ? UNKNOWN : random.pick(ids);
  let credit = random.chance(0.02) ? random.pick(all) : random.pick(ids);
  if (credit === debit) credit = ids.find((id) => id !== debit) ?? UNKNOWN + 1n;
  const amount = BigInt(1 + random.below(random.chance(0.2) ? 400 : 60));
  const plain = { key, debit, credit, amount, ...(random.chance(0.1) ? { code: random.below(5) } : {}) };
  if (!random.chance(0.15)) return plain;
  const expiresAt = random.chance(0.1) ? null : new Date(nowMs + random.below(120_000));
  return { ...plain, hold: { id: world.nextHold++, expiresAt } };
}

function altered(entry: EntryIn, random: Random): EntryIn {
  const [first, ...rest] = entry.transfers;
  if (!first) return entry;
  if (random.chance(0.3)) return { ...entry, doc: 999n };
  if (random.chance(0.3))
    return { ...entry, transfers: [first, ...rest, { ...first, key: keyOf(random) }].filter(once()) };
  return { ...entry, transfers: [{ ...first, amount: first.amount + 1n }, ...rest] };
}

/** Keeps the first transfer that ends a hold, and drops copies that make one (its id is taken). */
function once(): (t: TransferIn) => boolean {
  const seen = new Set<string>();
  const made = new Set<bigint>();
  return (t) => {
    const again = (t.resolve && seen.has(t.resolve.hold)) || (t.hold && made.has(t.hold.id));
    if (t.resolve) seen.add(t.resolve.hold);
    if (t.hold) made.add(t.hold.id);
    return !again;
  };
}

function keyOf(random: Random): Key {
  const hex = random.hex();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
