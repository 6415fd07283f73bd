import { rememberRemote } from "#modules/media/index.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import type { KnownActor } from "#modules/federation/sql.ts";
import type { IncomingNote } from "#modules/federation/wire/types.ts";
import type { Notes } from "./notes.ts";

/** Renews a post that is here; the visibility stays what it was (T27). */
export async function renew(
  note: IncomingNote,
  author: KnownActor,
  ctx: { deps: FederationDeps; notes: Notes },
): Promise<void> {
  const { deps } = ctx;
  const known = (await deps.posts.remote.byUris([note.id])).get(note.id);
  if (!known || known.account_id !== author.id) return;
  const [prepared] = await ctx.notes.prepare([{ note, author }]);
  if (!prepared) return;
  const [row] = await deps.posts.views.contents([known.id]);
  if (!row) return;
  const newer = prepared.post.edited !== null && (row.edited_at === null || prepared.post.edited > row.edited_at);
  await deps.tx(async (db) => {
    await rememberRemote(db, prepared.pictures);
    await deps.posts.remote.renew(db, known.id, prepared.post, newer);
    if (prepared.checkQuote)
      await deps.publisher.enqueue(db, {
        task: "federation.checkQuote",
        payload: { postId: known.id.toString() },
        key: `quote:${known.id}`,
        maxAttempts: 5,
      });
  });
  await deps.posts.remote.reportCounts(known.id, note.likesCount, note.sharesCount);
}
