import { exec, run } from "#platform/db/sql.ts";
import { QUOTE_STATE } from "#modules/posts/index.ts";
import { digestOf } from "#modules/federation/identity/actors.ts";
import { bury, quotingApproved, type KnownActor } from "#modules/federation/sql.ts";
import { sameOrigin } from "#modules/federation/uris.ts";
import type { Handler, InboxContext } from "./context.ts";
import { renew } from "./renew.ts";

// Update, Delete, Add and Remove: only by the author, and only about what is the author's.

export const update: Handler = async (activity, actor, ctx) => {
  const { object, objectId } = activity;
  if (objectId === undefined) return;
  if (objectId === actor.uri) {
    if (object?.kind === "actor" && object.id === actor.uri) await ctx.actors.store(object);
    else await ctx.actors.refresh(actor.uri);
    return;
  }
  if (object?.kind === "note" && (object.attributedTo ?? actor.uri) === actor.uri && sameOrigin(object.id, actor.uri)) {
    await renew(object, actor, ctx);
    return;
  }
  // Not spelled out: asked for at its origin, when we have it at all.
  if (!ctx.uris.isLocal(objectId) && (await ctx.deps.posts.remote.byUris([objectId])).size > 0)
    await ctx.objects.look(objectId, { anew: true });
};

export const remove: Handler = async (activity, actor, ctx) => {
  const { deps } = ctx;
  const uri = activity.objectId;
  if (uri === undefined) return;
  if (uri === actor.uri) {
    await deps.tx((db) => deps.accounts.remote.erase(db, actor.id));
    return;
  }
  if (!sameOrigin(uri, actor.uri)) return;
  const known = (await deps.posts.remote.byUris([uri])).get(uri);
  if (known) {
    if (known.account_id === actor.id) await deps.posts.removeAny([{ id: known.id, accountId: actor.id }]);
    else return;
  } else await withdrawApproval(uri, actor, ctx);
  // A creation that is still on its way stays dead.
  await exec(deps.pool, bury, [digestOf(uri)]);
};

/** FEP-044f: the author of a quoted post takes the permission back. */
async function withdrawApproval(uri: string, actor: KnownActor, ctx: InboxContext): Promise<void> {
  for (const quoting of await run(ctx.deps.pool, quotingApproved, uri)) {
    if (quoting.quote_of_account_id !== actor.id) continue;
    await ctx.deps.tx((db) =>
      ctx.deps.posts.remote.setQuote(db, quoting.id, {
        id: null,
        accountId: null,
        state: QUOTE_STATE.revoked,
        approval: null,
      }),
    );
  }
}

const pin =
  (pinned: boolean): Handler =>
  async (activity, actor, ctx) => {
    const row = await ctx.actors.row(actor.id);
    if (activity.objectId === undefined || row?.featured === null || activity.target !== row?.featured) return;
    const post = await ctx.notes.find(ctx.deps.pool, activity.objectId);
    if (!post || post.account_id !== actor.id) return;
    const before = (await ctx.deps.posts.views.pinned(null, actor.id)).map((c) => c.id);
    await ctx.deps.posts.remote.setPins(
      actor.id,
      pinned ? [...new Set([...before, post.id])].slice(0, 20) : before.filter((id) => id !== post.id),
    );
  };
export const add = pin(true);
export const unpin = pin(false);
