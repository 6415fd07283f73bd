import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { PostsDeps } from "./deps.ts";
import { boostersOf } from "./sql.ts";
import {
  lockModerated,
  setImposed,
  setLabels,
  setRestriction,
  settleWithheld,
  touchPictures,
  type Imposed,
  type ModeratedRow,
} from "./sql-moderation.ts";

/** What can be done to a post, weakest first; stored as the index. Quarantined posts are kept from strangers; held and removed ones are withheld, held ones not from their author. */
export const RESTRICTIONS = ["none", "quarantined", "held", "removed"] as const;
export type Restriction = (typeof RESTRICTIONS)[number];

/** From this one on a post is withheld. */
const HELD = RESTRICTIONS.indexOf("held");

/** What moderation knows of a post and may change: each is the state, not a step, so that doing it again changes nothing. */
export interface PostModeration {
  /** Locks a post and answers its state; 404 when it is not there, or a boost. */
  lock(db: TxClient, id: Id): Promise<ModeratedState>;
  restrict(db: TxClient, id: Id, to: Restriction): Promise<void>;
  /** Puts a warning, a cover, or both over what the author said; null takes them away. */
  impose(db: TxClient, id: Id, over: { spoiler: string | null; sensitive: boolean } | null): Promise<void>;
  label(db: TxClient, id: Id, labels: readonly string[]): Promise<void>;
  /** Makes readers see an author's pictures covered, or not any more. */
  authorChanged(db: TxClient, accountId: Id): Promise<void>;
}

export interface ModeratedState {
  accountId: Id;
  restriction: Restriction;
  imposed: Imposed | null;
  labels: string[];
}

/** What a reader sees when `over` is put over what the author said. */
export function covered(
  base: Imposed["base"],
  over: Pick<Imposed, "spoiler" | "sensitive"> | null,
): { spoiler: string; sensitive: boolean } {
  const spoiler = base.spoiler === "" ? (over?.spoiler ?? "") : base.spoiler;
  return { spoiler, sensitive: base.sensitive || (over?.sensitive ?? false) || spoiler !== "" };
}

export function createModeration(deps: PostsDeps): PostModeration {
  async function locked(db: TxClient, id: Id): Promise<ModeratedRow> {
    const row = await one(db, lockModerated, id);
    if (!row || row.boost_of_id !== null) throw notFound();
    return row;
  }

  /** Everybody who keeps the post rendered, or shows it, looks again. */
  const changed = (db: TxClient, id: Id): Promise<void> => deps.signals.send(db, "post", id.toString());

  return {
    async lock(db, id) {
      const row = await locked(db, id);
      const restriction = RESTRICTIONS[row.restriction] ?? "none";
      return { accountId: row.account_id, restriction, imposed: row.imposed, labels: row.labels };
    },
    async restrict(db, id, to) {
      const row = await locked(db, id);
      const level = RESTRICTIONS.indexOf(to);
      if (row.restriction === level) return;
      await exec(db, setRestriction, id, level);
      await exec(db, settleWithheld, id);
      await changed(db, id);
      const [was, is] = [row.restriction >= HELD, level >= HELD];
      if (was === is) return;
      const boosters = is ? await run(db, boostersOf, id) : [];
      await deps.publisher.publish(db, {
        id: deps.ids.next().toString(),
        type: is ? "post.withheld" : "post.released",
        postId: id.toString(),
        authorId: row.account_id.toString(),
        boostOfId: null,
        uri: row.uri,
        visibility: row.visibility,
        mentionIds: row.mention_ids,
        involvedIds: boosters.slice(0, 500).map((b) => b.account_id.toString()),
      });
    },
    async impose(db, id, over) {
      const row = await locked(db, id);
      const base = row.imposed?.base ?? { spoiler: row.spoiler_text, sensitive: row.sensitive };
      const next: Imposed | null = over && { spoiler: over.spoiler, sensitive: over.sensitive, base };
      const seen = covered(base, next);
      await exec(db, setImposed, id, next && JSON.stringify(next), seen.spoiler, seen.sensitive);
      await changed(db, id);
      if (row.uri !== null) return;
      await deps.publisher.publish(db, {
        id: deps.ids.next().toString(),
        type: "post.covered",
        postId: id.toString(),
        authorId: row.account_id.toString(),
      });
    },
    async label(db, id, labels) {
      await locked(db, id);
      await exec(db, setLabels, id, [...new Set(labels)].toSorted());
      await changed(db, id);
    },
    async authorChanged(db, accountId) {
      await exec(db, touchPictures, accountId);
    },
  };
}
