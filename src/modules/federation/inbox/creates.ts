import { exec, run } from "#platform/db/sql.ts";
import { rememberRemote } from "#modules/media/index.ts";
import type { TxClient } from "#platform/db/tx.ts";
import type { Received } from "#modules/posts/index.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import { digestOf } from "#modules/federation/identity/actors.ts";
import { buried } from "#modules/federation/sql.ts";
import type { AuthoredNote, Notes, PreparedNote } from "./notes.ts";
import { applied } from "./sql.ts";

export interface StoreOptions {
  quiet: boolean;
  /** Rows of the queue that are done with this. */
  queueIds?: readonly bigint[] | undefined;
  /** How deep the answered post is looked for, when it is not here; undefined: not at all. */
  depth?: number | undefined;
}

export interface Creates {
  /**
   * Stores notes with everything that follows, and takes their rows off the queue, in one transaction. `quiet` notes are context that was fetched: they need not concern anybody here,
   * and nobody is told of them. What cannot be stored now is looked after by jobs.
   */
  store(notes: readonly AuthoredNote[], options: StoreOptions): Promise<Received[]>;
}

export function createCreates(deps: FederationDeps, notes: Notes): Creates {
  async function jobs(
    db: TxClient,
    fresh: readonly PreparedNote[],
    ids: ReadonlyMap<string, bigint>,
    depth: number | undefined,
  ): Promise<void> {
    for (const p of fresh) {
      const postId = ids.get(p.note.id);
      if (postId === undefined) continue;
      if (p.checkQuote)
        await deps.publisher.enqueue(db, {
          task: "federation.checkQuote",
          payload: { postId: postId.toString() },
          key: `quote:${postId}`,
          maxAttempts: 5,
          priority: 3,
        });
      if (p.post.inReplyToUri !== null && depth !== undefined)
        await deps.publisher.enqueue(db, {
          task: "federation.look",
          payload: { uri: p.post.inReplyToUri, depth },
          key: `look:${digestOf(p.post.inReplyToUri).toString("hex")}`,
          maxAttempts: 3,
          priority: 8,
        });
      if (p.refusedReply)
        await deps.publisher.enqueue(db, {
          task: "federation.refuseReply",
          payload: { parentId: p.refusedReply.id.toString(), uri: p.note.id, authorId: p.author.id.toString() },
        });
    }
  }

  return {
    async store(all, { quiet, queueIds, depth }) {
      const graves = new Set(
        all.length === 0
          ? []
          : (
              await run(
                deps.pool,
                buried,
                all.map(({ note }) => digestOf(note.id)),
              )
            ).map((r) => r.digest.toString("hex")),
      );
      const alive = all.filter(({ note }) => !graves.has(digestOf(note.id).toString("hex")));
      const prepared = await notes.prepare(alive);
      const wanted = quiet ? prepared : prepared.filter((p) => p.relevant);
      return deps.tx(async (db) => {
        let received: Received[] = [];
        if (wanted.length > 0) {
          await rememberRemote(
            db,
            wanted.flatMap((p) => p.pictures),
          );
          received = await deps.posts.remote.receive(
            db,
            wanted.map((p) => p.post),
            quiet,
          );
          const ids = new Map(received.filter((r) => r.fresh).map((r) => [r.uri, r.id]));
          await jobs(
            db,
            wanted.filter((p) => ids.has(p.note.id)),
            ids,
            depth,
          );
        }
        if (queueIds && queueIds.length > 0) await exec(db, applied, [...queueIds]);
        return received;
      });
    },
  };
}
