import type { Id } from "#platform/ids.ts";
import { AppError } from "#platform/errors.ts";
import { localAccount, type Handler, type InboxContext } from "./context.ts";

/** Followers here that are moved in one step. */
const SLICE = 500;

/**
 * Move: somebody goes to another account and takes their followers along. Both documents are fetched fresh: the old one has to point to the new one, and the new one
 * has to know the old one. No chains: who has moved once is not moved on by a later activity about the old account for a while, because the old account is then moved already.
 */
export const move: Handler = async (activity, actor, ctx) => {
  const targetUri = activity.target;
  if (activity.objectId !== actor.uri || targetUri === undefined || targetUri === actor.uri) return;
  const { deps } = ctx;
  const [row] = await deps.accounts.profiles.get([actor.id]);
  if (!row || row.moved_to_id !== null) return;
  const old = await ctx.documents.get(actor.uri);
  if (typeof old === "string" || old.kind !== "actor" || old.movedTo !== targetUri) return;
  const targetId = await confirmedTarget(targetUri, actor.uri, ctx);
  if (targetId === undefined) return;
  await deps.tx((db) => deps.accounts.remote.setMovedTo(db, actor.id, targetId));
  await moveFollowers(actor.id, targetId, ctx);
};

/** The account moved to, when it names the old one in `alsoKnownAs`. */
async function confirmedTarget(targetUri: string, oldUri: string, ctx: InboxContext): Promise<Id | undefined> {
  const { deps, uris } = ctx;
  const local = localAccount(targetUri, uris);
  if (local !== undefined) {
    const [account] = await deps.accounts.profiles.get([local]);
    return account && account.also_known_as.includes(oldUri) && account.moved_to_id === null ? local : undefined;
  }
  const document = await ctx.documents.get(targetUri);
  if (typeof document === "string" || document.kind !== "actor" || document.id !== targetUri) return undefined;
  if (!document.alsoKnownAs.includes(oldUri) || document.movedTo !== undefined) return undefined;
  return ctx.actors.store(document);
}

/** Everyone here who follows the old account follows the new one, as they did before; requests stay requests. */
export async function moveFollowers(fromId: Id, toId: Id, ctx: Pick<InboxContext, "deps">): Promise<number> {
  const { accounts } = ctx.deps;
  let after = 0n;
  let moved = 0;
  for (;;) {
    const some = await accounts.remote.localFollowers(fromId, after, SLICE);
    for (const follower of some) {
      after = follower;
      if (follower === toId) continue;
      const [now] = await accounts.relations.relationships(follower, [fromId]);
      try {
        await accounts.relations.follow(follower, toId, {
          reblogs: now?.showing_reblogs ?? true,
          notify: now?.notifying ?? false,
          languages: now?.languages ?? null,
          quiet: true,
        });
      } catch (error) {
        // Blocked there, or gone: then the follow just ends.
        if (!(error instanceof AppError)) throw error;
      }
      await accounts.relations.unfollow(follower, fromId);
      moved++;
    }
    if (some.length < SLICE) return moved;
  }
}
