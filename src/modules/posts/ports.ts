import type { TxClient } from "#platform/db/tx.ts";
import type { Id } from "#platform/ids.ts";

/** Changes of a picture that a post carries. */
export interface MediaChange {
  id: Id;
  description?: string | undefined;
  focus?: { x: number; y: number } | undefined;
}

/** A picture as Mastodon's MediaAttachment entity, with paths instead of addresses. */
export interface AttachedMedia {
  id: string;
  description: string | null;
}

/** Finds people of other servers who are named in a post and not known yet; unreachable ones stay unknown. Bounded in time. */
export type PeoplePort = (handles: readonly { username: string; domain: string }[]) => Promise<void>;

/** What posts need of the media module. */
export interface MediaPort {
  attach(db: TxClient, accountId: Id, ids: Id[], postId: Id): Promise<AttachedMedia[]>;
  detachMissing(db: TxClient, postId: Id, keepIds: Id[]): Promise<void>;
  updateAttached(db: TxClient, accountId: Id, postId: Id, changes: MediaChange[]): Promise<AttachedMedia[]>;
}
