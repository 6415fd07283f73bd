/** What things cost people, and what engines cost the operator. */
import { createLru } from "#platform/cache/lru.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import type { Id } from "#platform/ids.ts";
import { keyFor } from "#modules/ledger/index.ts";
import type { MemesDeps } from "./deps.ts";
import type { EngineName } from "./engine-room.ts";
import * as sql from "./sql-generations.ts";

export interface PriceList {
  /** Thousandths of a credit by item. */
  now: ReadonlyMap<string, bigint>;
  coming: { item: string; price: bigint; from: Date }[];
}

export interface EngineDay {
  engine: string;
  day: string;
  /** Micro-euro. */
  cost: bigint;
  calls: number;
  failed: number;
}

export interface Prices {
  list(): Promise<PriceList>;
  /** Price of a generation, in thousandths of a credit. Divisible by `n`: nobody pays for a part of a variant. */
  of(name: EngineName, n: number): Promise<bigint>;
  /** Gives today's free credits, once a UTC day. Nothing is given that nobody asked for: who makes no memes has no credits that expire. */
  daily(accountId: Id): Promise<void>;
  /** Counts a call against the engine's budget of the day; false when that is used up: it rests until midnight UTC. */
  afford(name: EngineName, estimate: bigint): Promise<boolean>;
  /** The call failed: it is taken as if it had cost nothing. */
  failed(name: EngineName, estimate: bigint): Promise<void>;
  /** What engines cost in the last days. For the operator. */
  costs(days: number): Promise<EngineDay[]>;
  /** Whether it rests, and until when. */
  restsUntil(name: EngineName): Promise<Date | undefined>;
}

const DAY_MS = 86_400_000;

export function createPrices(deps: MemesDeps): Prices {
  const day = (): string => deps.clock.now().toISOString().slice(0, 10);
  const midnight = (): Date => new Date(Math.floor(deps.clock.ms() / DAY_MS + 1) * DAY_MS);

  // Who has had today's credits: asking the books again would cost a commit each time.
  const given = createLru<Id, string>(512 * 1024, () => 64);

  async function list(): Promise<PriceList> {
    const now = deps.clock.now();
    const [current, coming] = await Promise.all([
      run(deps.readPool, sql.prices, now),
      run(deps.readPool, sql.comingPrices, now),
    ]);
    return {
      now: new Map(current.map((p) => [p.item, p.price])),
      coming: coming.map((p) => ({ item: p.item, price: p.price, from: p.effective_from })),
    };
  }

  // A rise is announced days before: a minute does not matter.
  let known: { at: number; prices: Promise<ReadonlyMap<string, bigint>> } | undefined;
  function current(): Promise<ReadonlyMap<string, bigint>> {
    const at = deps.clock.ms();
    if (!known || at - known.at > 60_000 || at < known.at) {
      const prices = list().then((l) => l.now);
      known = { at, prices };
      prices.catch(() => (known = undefined));
    }
    return known.prices;
  }

  return {
    list,
    async of(name, n) {
      if (name === "stage" || name === "bank" || name === "browser") return 0n;
      const now = await current();
      const count = BigInt(n);
      if (name === "picture") return (now.get("picture") ?? 0n) * count;
      // One price for up to four variants, rounded down to whole shares.
      const whole = (now.get("captions") ?? 0n) * ((count + 3n) / 4n);
      return (whole / count) * count;
    },
    async daily(accountId) {
      const { dailyCredits } = deps.ai;
      if (dailyCredits === 0) return;
      const today = day();
      if (given.get(accountId) === today) return;
      await deps.ledger.credits.grant({
        user: accountId,
        asset: "CREDIT",
        amount: BigInt(dailyCredits) * 1000n,
        key: keyFor("meme daily", accountId, today),
        kind: "daily",
        reason: `daily:${today}`,
        expiresAt: midnight(),
      });
      given.set(accountId, today);
    },
    async afford(name, estimate) {
      return (await one(deps.pool, sql.reserveCost, name, day(), estimate, deps.ai.dailyCost)) !== undefined;
    },
    async failed(name, estimate) {
      await exec(deps.pool, sql.correctCost, name, day(), -estimate, 1, 0n);
    },
    async costs(days) {
      const since = new Date(deps.clock.ms() - days * DAY_MS).toISOString().slice(0, 10);
      return run(deps.readPool, sql.costs, since);
    },
    async restsUntil(name) {
      const today = (await run(deps.readPool, sql.costs, day())).find((c) => c.engine === name);
      return today && today.cost >= deps.ai.dailyCost && deps.ai.dailyCost > 0n ? midnight() : undefined;
    },
  };
}
