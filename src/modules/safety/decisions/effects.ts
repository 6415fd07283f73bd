import type { TxClient } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";
import { RESTRICTIONS } from "#modules/posts/index.ts";
import type { DecisionsDeps } from "./deps.ts";
import type { Slot, SlotValue } from "./kinds.ts";

/** Whom or what an action concerns. */
export interface Subject {
  account: Id;
  post: Id | null;
}

/** Reads and sets the state behind the slots: the only place that touches people and posts. */
export interface Effects {
  /** The state as it is; 404 when the post is not there or not this account's. */
  read(db: TxClient, slot: Slot, subject: Subject): Promise<SlotValue>;
  write(db: TxClient, slot: Slot, subject: Subject, value: SlotValue): Promise<void>;
}

export function createEffects(deps: Pick<DecisionsDeps, "accounts" | "posts">): Effects {
  const { moderation: people } = deps.accounts;
  const { moderation: posts } = deps.posts;
  return {
    async read(db, slot, { account, post }) {
      if (post !== null) {
        const state = await posts.lock(db, post);
        if (slot === "labels") return state.labels;
        if (slot === "restriction") return state.restriction;
        // What the author said is kept with the post itself.
        return null;
      }
      const state = await people.lock(db, account);
      switch (slot) {
        case "suspended":
        case "disabled":
        case "silenced":
        case "sensitized":
        case "labels":
          return state[slot];
        default:
          return null;
      }
    },
    async write(db, slot, { account, post }, value) {
      switch (slot) {
        case "none":
          return;
        case "suspended":
        case "disabled":
        case "silenced":
        case "sensitized":
          await people.set(db, account, { [slot]: value === true });
          if (slot === "sensitized") await deps.posts.moderation.authorChanged(db, account);
          return;
        case "labels": {
          const labels = Array.isArray(value) ? value : [];
          if (post === null) await people.set(db, account, { labels });
          else await posts.label(db, post, labels);
          return;
        }
        case "restriction":
          if (post !== null) await posts.restrict(db, post, RESTRICTIONS.find((r) => r === value) ?? "none");
          return;
        case "imposed":
          if (post === null) return;
          await posts.impose(
            db,
            post,
            value !== null && typeof value === "object" && "spoiler" in value ? value : null,
          );
      }
    },
  };
}
