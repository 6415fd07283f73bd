import { one, run } from "#platform/db/sql.ts";
import type { Page } from "#platform/http/page.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { CardRow } from "#modules/posts/index.ts";
import type { TimelinesDeps } from "./deps.ts";
import { fanoutTasks } from "./fanout.ts";
import { createHome } from "./home.ts";
import * as sql from "./sql.ts";

export type { TimelinesDeps } from "./deps.ts";
export type { MarkerRow, Origin } from "./sql.ts";

export interface TagFilter {
  any: readonly string[];
  all: readonly string[];
  none: readonly string[];
  media: boolean;
  /** Default: everyone's. */
  origin?: sql.Origin | undefined;
}

/** Home, public and hashtag timelines, and how far somebody has read. */
export interface Timelines {
  home(viewerId: Id, page: Page): Promise<CardRow[]>;
  /** Public posts of everyone here and everyone known elsewhere, or of one of both. */
  publicTimeline(viewerId: Id | null, page: Page, onlyMedia: boolean, origin?: sql.Origin): Promise<CardRow[]>;
  tag(viewerId: Id | null, page: Page, filter: TagFilter): Promise<CardRow[]>;
  /** Of these people, the ones whose home shows a post. */
  readersOf(postId: Id, owners: readonly Id[]): Promise<Id[]>;
  markers(accountId: Id): Promise<Map<string, sql.MarkerRow>>;
  setMarker(accountId: Id, timeline: "home" | "notifications", lastReadId: Id): Promise<sql.MarkerRow>;
  tasks: readonly Task[];
}

export function createTimelines(deps: TimelinesDeps): Timelines {
  const home = createHome(deps);
  const { views } = deps.posts;
  /** Public lists end where every post is decided, so that readers who poll miss none. */
  const upTo = async (page: Page): Promise<Id> => {
    const horizon = await deps.horizon.settle();
    return page.before <= horizon ? page.before : horizon + 1n;
  };
  return {
    home: home.page,
    async publicTimeline(viewerId, page, onlyMedia, origin = "all") {
      return views.page(
        onlyMedia ? sql.publicMedia[origin] : sql.publicTimeline[origin],
        page.upward,
        viewerId,
        await upTo(page),
        page.after,
        page.limit,
      );
    },
    async tag(viewerId, page, filter) {
      const before = await upTo(page);
      const [first] = filter.any;
      const origin = filter.origin ?? "all";
      if (first === undefined) return [];
      if (filter.any.length === 1)
        return views.page(
          sql.tagTimeline[origin],
          page.upward,
          viewerId,
          first,
          before,
          page.after,
          page.limit,
          [...filter.all],
          [...filter.none],
          filter.media,
        );
      return views.page(
        sql.tagsTimeline[origin],
        page.upward,
        viewerId,
        [...filter.any],
        before,
        page.after,
        page.limit,
        [...filter.all],
        [...filter.none],
        filter.media,
      );
    },
    readersOf: async (postId, owners) =>
      owners.length === 0 ? [] : (await run(deps.pool, sql.readersOf, postId, [...owners])).map((r) => r.owner_id),
    async markers(accountId) {
      return new Map((await run(deps.pool, sql.markers, accountId)).map((m) => [m.timeline, m]));
    },
    async setMarker(accountId, timeline, lastReadId) {
      const row = await one(deps.pool, sql.setMarker, accountId, timeline, lastReadId);
      if (!row) throw new Error("a marker that was just written is missing");
      return row;
    },
    tasks: fanoutTasks(deps),
  };
}
