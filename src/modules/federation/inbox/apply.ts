import { one } from "#platform/db/sql.ts";
import { exec } from "#platform/db/sql.ts";
import { digestOf } from "#modules/federation/identity/actors.ts";
import { bury, knownActivity, type KnownActor } from "#modules/federation/sql.ts";
import { sameOrigin } from "#modules/federation/uris.ts";
import type { IncomingActivity } from "#modules/federation/wire/types.ts";
import { add, remove, unpin, update } from "./changes.ts";
import { localAccount, type Handler, type InboxContext } from "./context.ts";
import { acceptFollow, block, follow, quietly, rejectFollow, undoFollow } from "./follows.ts";
import { move } from "./moves.ts";
import { acceptQuote, quoteRequest, rejectQuote } from "./quotes.ts";
import { announce, like, undoLike } from "./reactions.ts";

const accept: Handler = async (activity, actor, ctx) => {
  await acceptFollow(activity, actor, ctx);
  await acceptQuote(activity, actor, ctx);
};
const reject: Handler = async (activity, actor, ctx) => {
  await rejectFollow(activity, actor, ctx);
  await rejectQuote(activity, actor, ctx);
};

/** Create of something that did not come along, or is not the sender's own: it is looked for at its origin. */
const create: Handler = async (activity, actor, ctx) => {
  const { object, objectId } = activity;
  if (objectId === undefined || ctx.uris.isLocal(objectId)) return;
  if (object?.kind === "note" && (object.attributedTo ?? actor.uri) === actor.uri && sameOrigin(objectId, actor.uri)) {
    if (object.vote !== undefined) await vote(object.inReplyTo, object.vote, actor, ctx);
    else await ctx.creates.store([{ note: object, author: actor }], { quiet: false });
    return;
  }
  if (actor.followed) await ctx.objects.look(objectId);
};

async function vote(pollUri: string | undefined, option: string, actor: KnownActor, ctx: InboxContext): Promise<void> {
  const local = pollUri === undefined ? undefined : ctx.uris.parse(pollUri);
  if (local?.kind === "post" && !actor.suspended) await ctx.deps.posts.remote.countVote(actor.id, local.id, option);
}

/** Only one's own can be undone (T20). */
const undo: Handler = async (activity, actor, ctx) => {
  const { deps, uris } = ctx;
  const inner = activity.object;
  if (inner?.kind === "activity") {
    if (inner.actor !== actor.uri) return;
    const target = localAccount(inner.objectId, uris);
    switch (inner.type) {
      case "Follow":
        if (target !== undefined) await undoFollow(target, actor, ctx);
        return;
      case "Block":
        if (target !== undefined) await quietly(() => deps.accounts.relations.unblock(actor.id, target));
        return;
      case "Like":
      case "EmojiReact":
        if (inner.objectId !== undefined) await undoLike(inner.objectId, actor, ctx, inner.type);
        return;
      case "Announce":
        await unboost(inner.id, inner.objectId, actor, ctx);
        return;
      default:
        return;
    }
  }
  const uri = activity.objectId;
  if (uri === undefined || !sameOrigin(uri, actor.uri)) return;
  const known = await one(deps.pool, knownActivity, uri);
  if (known && known.account_id === actor.id) {
    if (known.kind === "follow") await undoFollow(known.target_id, actor, ctx);
    else
      await quietly(async () => {
        await deps.posts.unfavourite(actor.id, known.target_id);
      });
    return;
  }
  await unboost(uri, undefined, actor, ctx);
};

async function unboost(
  uri: string | undefined,
  of: string | undefined,
  actor: KnownActor,
  ctx: InboxContext,
): Promise<void> {
  const { deps } = ctx;
  const boost = uri === undefined ? undefined : (await deps.posts.remote.byUris([uri])).get(uri);
  if (boost) {
    if (boost.account_id === actor.id) await deps.posts.removeAny([{ id: boost.id, accountId: actor.id }]);
    return;
  }
  const post = of === undefined ? undefined : await ctx.notes.find(deps.pool, of);
  if (post)
    await quietly(async () => {
      await deps.posts.unboost({ accountId: actor.id }, post.id);
    });
  // The boost may be on its way still, looking for what it is about. What another origin announced is not the actor's to bury.
  if (uri !== undefined && sameOrigin(uri, actor.uri)) await exec(deps.pool, bury, [digestOf(uri)]);
}

/** Complaints of other servers reach the moderators of this one. */
const flag: Handler = async (activity, actor, ctx) => {
  const { reports } = await ctx.policies.of(actor.domain);
  if (!reports) return;
  ctx.deps.count?.("inbox", "flag");
  await ctx.deps.complaints?.({
    from: actor.id,
    text: activity.content,
    accounts: activity.objectIds.flatMap((uri) => localAccount(uri, ctx.uris) ?? []),
    posts: activity.objectIds.flatMap((uri) => {
      const local = ctx.uris.parse(uri);
      return local?.kind === "post" ? [local.id] : [];
    }),
  });
};

/** Every activity that does something here, by its type. FEDERATION.md lists the same; a test compares both. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  Accept: accept,
  Add: add,
  Announce: announce,
  Block: block,
  Create: create,
  Delete: remove,
  EmojiReact: like,
  Flag: flag,
  Follow: follow,
  Like: like,
  Move: move,
  QuoteRequest: quoteRequest,
  Reject: reject,
  Remove: unpin,
  Undo: undo,
  Update: update,
};

/** What is done with activities of a type; undefined for those unknown. The type is a stranger's word and may be any property's name. */
export function handlerOf(type: string): Handler | undefined {
  return Object.hasOwn(HANDLERS, type) ? HANDLERS[type] : undefined;
}

/** True for a creation that can be stored together with others: the sender's own note, spelled out, and no vote. */
export function isPlainCreate(activity: IncomingActivity, actorUri: string): boolean {
  const { object } = activity;
  return (
    activity.type === "Create" &&
    object?.kind === "note" &&
    object.vote === undefined &&
    (object.attributedTo ?? actorUri) === actorUri &&
    sameOrigin(object.id, actorUri)
  );
}
