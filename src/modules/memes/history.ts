/** What the joke bank may know: which jokes somebody has seen, which are worn out, and what people laughed at. */
import { armOf, type JokeHistory } from "./engines/types.ts";
import { exec, run } from "#platform/db/sql.ts";
import type { Id } from "#platform/ids.ts";
import type { MemesDeps } from "./deps.ts";
import * as sql from "./sql-generations.ts";

export interface History {
  of(accountId: Id): Promise<JokeHistory>;
  remember(accountId: Id, sources: readonly string[]): Promise<void>;
}

const DAYS_30 = 30 * 86_400_000;
/** What the whole instance shares is read this often. */
const SHARED_MS = 60_000;

export function createHistory(deps: MemesDeps): History {
  let shared: { at: number; worn: Promise<JokeHistory["worn"]>; votes: Promise<JokeHistory["votes"]> } | undefined;

  function common(): NonNullable<typeof shared> {
    const now = deps.clock.ms();
    if (shared && now - shared.at < SHARED_MS) return shared;
    const week = new Date(now - 7 * 86_400_000);
    shared = {
      at: now,
      worn: run(deps.readPool, sql.wornSources, week, 2000).then(
        (rows) => new Map(rows.map((r) => [r.source_id, r.n])),
      ),
      votes: run(deps.readPool, sql.armVotes).then(
        (rows) => new Map(rows.map((r) => [r.arm, { up: Number(r.up), down: Number(r.down) }])),
      ),
    };
    return shared;
  }

  return {
    async of(accountId) {
      const { worn, votes } = common();
      const seen = await run(deps.readPool, sql.seenSources, accountId, new Date(deps.clock.ms() - DAYS_30));
      return { seen: new Set(seen.map((s) => s.source_id)), worn: await worn, votes: await votes };
    },
    async remember(accountId, sources) {
      if (sources.length > 0)
        await exec(deps.pool, sql.rememberSeen, accountId, [...new Set(sources)], deps.clock.now());
    },
  };
}

export { armOf };
