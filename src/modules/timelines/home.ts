import { createLru } from "#platform/cache/lru.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import type { Page } from "#platform/http/page.ts";
import type { Id } from "#platform/ids.ts";
import type { CardRow } from "#modules/posts/index.ts";
import type { TimelinesDeps } from "./deps.ts";
import * as sql from "./sql.ts";

/** Rows a home keeps, newest first; older pages are merged from the authors. */
export const HOME_ROWS = 800;
/** Rows taken of each author when a home is built. */
export const PER_AUTHOR = 100;
/** Who follows more accounts than this gets no written home: their pages are always merged. */
const MERGE_FOLLOWS = 2000;
const TOUCH_EVERY_MS = 3_600_000;
/** How long "nothing new" may be repeated without asking the database, when other processes could have written. */
const SHARED_QUIET_MS = 400;
const EXCLUSIVE_QUIET_MS = 30_000;

export interface Home {
  /** One page of the home timeline, newest first, without gaps while posts arrive. */
  page(viewerId: Id, page: Page): Promise<CardRow[]>;
}

interface State {
  floor: Id;
  merged: boolean;
  touchedAt: number;
  loadedAt: number;
}

export function createHome(deps: TimelinesDeps): Home {
  const states = createLru<Id, State>(2 * 1024 * 1024, () => 80);
  const quiet = createLru<Id, { upTo: Id; epoch: number; at: number }>(2 * 1024 * 1024, () => 80);
  const building = new Map<Id, Promise<State>>();
  deps.signals.on("home", (key) => (key === "*" ? states.clear() : states.delete(BigInt(key))));
  deps.signals.onLost(() => states.clear());

  // Whether anything is unwritten, as of a commit count of this process. Other processes' posts are not counted there: then the whole statement runs always.
  let unwritten = { epoch: -1, found: true };
  async function homeList(): Promise<typeof sql.home> {
    if (!deps.exclusive) return sql.home;
    const epoch = deps.epoch();
    if (unwritten.epoch !== epoch) {
      const row = await one(deps.readPool, sql.somethingUnwritten);
      unwritten = { epoch, found: row?.found ?? true };
    }
    return unwritten.found ? sql.home : sql.homeWritten;
  }

  async function load(owner: Id): Promise<State | undefined> {
    const row = await one(deps.pool, sql.homeState, owner);
    if (!row?.ready) return undefined;
    const state = { floor: row.floor_id, merged: row.follows > MERGE_FOLLOWS, touchedAt: 0, loadedAt: deps.clock.ms() };
    states.set(owner, state);
    return state;
  }

  async function build(owner: Id): Promise<State> {
    await exec(deps.pool, sql.openHome, owner);
    await deps.tx(async (db) => {
      // Another process may build the same home: then it is ready when we get the lock.
      await run(db, sql.lockHome, owner);
      if ((await one(db, sql.homeState, owner))?.ready) return;
      await exec(db, sql.clearHome, owner);
      await run(db, sql.buildHome, owner, HOME_ROWS, PER_AUTHOR);
      await run(db, sql.setState, owner, HOME_ROWS, PER_AUTHOR);
      await deps.signals.send(db, "home", owner.toString());
    });
    const state = await load(owner);
    if (!state) throw new Error("a home that was just built is not ready");
    return { ...state, touchedAt: deps.clock.ms() };
  }

  async function stateOf(owner: Id): Promise<State> {
    const known = states.get(owner);
    // Counts of follows change: look again now and then whether merging is due.
    const state = known && deps.clock.ms() - known.loadedAt < 300_000 ? known : await load(owner);
    if (state) {
      if (known) state.touchedAt = known.touchedAt;
      if (deps.clock.ms() - state.touchedAt > TOUCH_EVERY_MS) {
        state.touchedAt = deps.clock.ms();
        await exec(deps.pool, sql.touchHome, owner);
      }
      return state;
    }
    const running = building.get(owner) ?? build(owner).finally(() => building.delete(owner));
    building.set(owner, running);
    return running;
  }

  const read = (
    list: typeof sql.home,
    upward: boolean,
    viewer: Id,
    before: Id,
    after: Id,
    limit: number,
  ): Promise<CardRow[]> => deps.posts.views.page(list, upward, viewer, before, after, limit);

  return {
    async page(viewerId, page) {
      const horizon = await deps.horizon.settle();
      const before = page.before <= horizon ? page.before : horizon + 1n;
      const epoch = deps.epoch();
      if (page.after > 0n) {
        const known = quiet.get(viewerId);
        const maxAge = deps.exclusive ? EXCLUSIVE_QUIET_MS : SHARED_QUIET_MS;
        if (known && known.upTo <= page.after && known.epoch === epoch && deps.clock.ms() - known.at < maxAge)
          return [];
      }
      const state = await stateOf(viewerId);
      if (page.after > 0n && !state.merged && page.after >= state.floor) {
        const newer = await one(deps.readPool, sql.newest, viewerId, page.after);
        if (!newer?.found) {
          quiet.set(viewerId, { upTo: page.after, epoch, at: deps.clock.ms() });
          return [];
        }
      }
      if (state.merged) return read(sql.merged, page.upward, viewerId, before, page.after, page.limit);
      const written = page.after > state.floor - 1n ? page.after : state.floor - 1n;
      const merge = page.after < state.floor - 1n;
      if (page.upward) {
        // Upwards the older part comes first.
        const old = merge
          ? await read(sql.merged, true, viewerId, before < state.floor ? before : state.floor, page.after, page.limit)
          : [];
        if (old.length >= page.limit) return old;
        const rest = await read(await homeList(), true, viewerId, before, written, page.limit - old.length);
        return [...rest, ...old];
      }
      const rows =
        before > state.floor ? await read(await homeList(), false, viewerId, before, written, page.limit) : [];
      if (rows.length >= page.limit || !merge) return rows;
      const old = await read(
        sql.merged,
        false,
        viewerId,
        before < state.floor ? before : state.floor,
        page.after,
        page.limit - rows.length,
      );
      return [...rows, ...old];
    },
  };
}
