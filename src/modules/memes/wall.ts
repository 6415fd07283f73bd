/** The wall of memes, votes, and who makes the best ones. */
import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import { idFloor, idTime, MAX_ID, type Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { FormatId } from "#shared/meme/formats.ts";
import type { MemesDeps } from "./deps.ts";
import * as sql from "./sql-memes.ts";
import type { MemeRow } from "./sql-memes.ts";

export type WallSort = "hot" | "new" | "top";
export type WallPeriod = "day" | "month" | "all";

export interface WallQuery {
  sort: WallSort;
  period: WallPeriod;
  format: FormatId | undefined;
  /** Where the page before ended: what `next` of it said. */
  cursor: string | undefined;
  limit: number;
}

export interface WallPage {
  memes: MemeRow[];
  /** Cursor of the next page; undefined at the end. */
  next: string | undefined;
}

export interface Wall {
  page(viewerId: Id | null, query: WallQuery): Promise<WallPage>;
  /** 1 for it, -1 against, 0 takes the vote back. One per account and meme. 404 for what one may not see, 422 for one's own. */
  vote(accountId: Id, memeId: Id, value: 1 | 0 | -1): Promise<MemeRow>;
  votes(accountId: Id, ids: readonly Id[]): Promise<Map<Id, number>>;
  leaders(limit: number): Promise<{ accountId: Id; score: number; memes: number; up: bigint }[]>;
  tasks: readonly Task[];
}

const DAY_MS = 86_400_000;
/** Accounts younger than this are new to the wall. */
const FRESH_MS = 7 * DAY_MS;
/** A place among so many hot ones is for a meme that few have seen. */
const FRESH_EVERY = 8;
/** Younger than this, a meme cools. */
const COOLING_MS = 72 * 3_600_000;

export function createWall(deps: MemesDeps): Wall {
  // Counted in memory and written now and then: a look is not worth a write.
  let seen = new Map<Id, number>();
  async function writeSeen(): Promise<void> {
    if (seen.size === 0) return;
    const some = seen;
    seen = new Map();
    await deps.tx((db) => exec(db, sql.countSeen, [...some.keys()], [...some.values()]));
  }

  async function rows(viewerId: Id | null, query: WallQuery): Promise<WallPage> {
    const from = cursorOf(query.cursor);
    const args = [viewerId, query.format ?? null, from.value, from.id, query.limit] as const;
    const list = query.sort === "hot" ? sql.wallHot : query.sort === "new" ? sql.wallNew : sql.wallTop[query.period];
    const memes = await run(deps.readPool, list, ...args);
    const last = memes.length < query.limit ? undefined : memes.at(-1);
    const value = last && (query.sort === "hot" ? last.hot : query.sort === "top" ? last.wilson : 0);
    return { memes, next: last && `${value}_${last.id}` };
  }

  /** Puts those that few have seen among the hot ones. They are on top of the page, not instead of others: no cursor skips anything. */
  async function withFresh(viewerId: Id | null, page: WallPage, query: WallQuery): Promise<WallPage> {
    const places = Math.floor(page.memes.length / FRESH_EVERY);
    if (places === 0 || query.format !== undefined) return page;
    const there = new Set(page.memes.map((m) => m.id));
    const fresh = (await run(deps.readPool, sql.wallFresh, viewerId, places * 3)).filter((m) => !there.has(m.id));
    const memes = [...page.memes];
    for (let i = 0; i < places; i++) {
      const one = fresh[i];
      if (one) memes.splice(i * FRESH_EVERY, 0, one);
    }
    return { ...page, memes };
  }

  return {
    async page(viewerId, query) {
      const found = await rows(viewerId, query);
      const page = query.sort === "hot" && query.cursor === undefined ? await withFresh(viewerId, found, query) : found;
      for (const m of page.memes) if (m.age === 0 && m.impressions < 100) seen.set(m.id, (seen.get(m.id) ?? 0) + 1);
      return page;
    },
    async vote(accountId, memeId, value) {
      const meme = await one(deps.pool, sql.visibleMeme, accountId, memeId);
      if (meme?.state !== "published") throw notFound();
      if (meme.account_id === accountId)
        throw new AppError("unprocessable", "Validation failed: this meme is your own", { reason: "own_meme" });
      return deps.tx(async (db) => {
        const locked = await one(db, sql.lockMeme, memeId);
        if (locked?.state !== "published") throw notFound();
        const known = await one(db, sql.ownVote, memeId, accountId);
        const before = known?.value ?? 0;
        if (before === value) return locked;
        // As it was at the first vote: taking back takes back what was counted.
        const fresh = known?.fresh ?? deps.clock.ms() - idTime(accountId).getTime() < FRESH_MS;
        if (value === 0) await exec(db, sql.dropVote, memeId, accountId);
        else await exec(db, sql.setVote, memeId, accountId, value, fresh, deps.clock.now());
        const up = Number(value === 1) - Number(before === 1);
        const down = Number(value === -1) - Number(before === -1);
        const some = Number(fresh);
        const counted = await one(db, sql.countVote, deps.clock.now(), memeId, up, down, up * some, down * some);
        return counted ?? locked;
      });
    },
    async votes(accountId, ids) {
      if (ids.length === 0) return new Map();
      return new Map((await run(deps.readPool, sql.ownVotes, accountId, [...ids])).map((v) => [v.meme_id, v.value]));
    },
    async leaders(limit) {
      const since = new Date(deps.clock.ms() - 30 * DAY_MS);
      const found = await run(deps.readPool, sql.leaders, since, limit);
      return found.map((r) => ({ accountId: r.account_id, score: r.score, memes: Number(r.memes), up: r.up }));
    },
    tasks: [
      {
        name: "memes.cool",
        cron: "*/5 * * * *",
        async run() {
          await writeSeen();
          const now = deps.clock.ms();
          const from = idFloor(new Date(now - COOLING_MS));
          await exec(deps.pool, sql.cool, deps.clock.now(), from, MAX_ID);
          await exec(deps.pool, sql.age, new Date(now - DAY_MS), new Date(now - 30 * DAY_MS));
        },
      },
    ],
  };
}

function cursorOf(text: string | undefined): { value: number; id: Id } {
  if (text === undefined) return { value: Number.MAX_VALUE, id: MAX_ID };
  const [, value, id] = /^(-?\d+(?:\.\d+)?(?:e-?\d+)?)_(\d{1,19})$/.exec(text) ?? [];
  if (value === undefined || id === undefined)
    throw invalid({ cursor: [{ error: "ERR_INVALID", description: "is not where a page ended" }] });
  return { value: Number(value), id: BigInt(id) };
}
