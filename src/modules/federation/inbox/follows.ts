import { exec, one } from "#platform/db/sql.ts";
import { AppError } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { PRIORITY } from "#modules/federation/delivery/queue.ts";
import {
  activityBetween,
  forgetActivities,
  knownActivity,
  rememberActivity,
  type KnownActor,
} from "#modules/federation/sql.ts";
import type { IncomingActivity } from "#modules/federation/wire/types.ts";
import { writeActivity } from "#modules/federation/wire/write.ts";
import { localAccount, type Handler, type InboxContext } from "./context.ts";

// Follow, Block, and the answers to follows.

/** Does something with a relationship; that it is not possible (gone, blocked, was never there) is no error here. */
export async function quietly(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

export const follow: Handler = async (activity, actor, ctx) => {
  const target = localAccount(activity.objectId, ctx.uris);
  if (target === undefined || actor.suspended) return;
  const { deps } = ctx;
  if (activity.id !== undefined) await exec(deps.pool, rememberActivity, activity.id, "follow", actor.id, target);
  const before = await relation(ctx, actor.id, target);
  if (before?.following) {
    // They lost our answer, or their follower list: say it again.
    await answer(ctx, "Accept", target, actor, activity.id);
    return;
  }
  if (!(await quietly(() => deps.accounts.relations.follow(actor.id, target, {}))))
    await answer(ctx, "Reject", target, actor, activity.id);
};

/** Answers a follow with the words it came in. */
export async function answer(
  ctx: InboxContext,
  type: "Accept" | "Reject",
  by: Id,
  follower: KnownActor,
  followId: string | undefined,
): Promise<void> {
  const { deps, uris, queue } = ctx;
  const follow = {
    ...(followId === undefined ? {} : { id: followId }),
    type: "Follow",
    actor: follower.uri,
    object: uris.actor(by),
  };
  await queue.ready();
  await deps.tx((db) =>
    queue
      .deliver(
        db,
        writeActivity(type, `${uris.actor(by)}#${type.toLowerCase()}s/${deps.ids.next()}`, uris.actor(by), follow),
        { accounts: [follower.id] },
        { actorId: by, priority: PRIORITY.answer },
      )
      .then(() => undefined),
  );
}

async function relation(
  ctx: InboxContext,
  viewer: Id,
  target: Id,
): Promise<{ following: boolean; requested: boolean } | undefined> {
  const [row] = await ctx.deps.accounts.relations.relationships(viewer, [target]);
  return row;
}

/** The follow of ours that an answer is about: named by its id, or spelled out. */
async function ourFollow(activity: IncomingActivity, actor: KnownActor, ctx: InboxContext): Promise<Id | undefined> {
  const embedded = activity.object;
  if (embedded?.kind === "activity" && embedded.type === "Follow") {
    const follower = localAccount(embedded.actor, ctx.uris);
    return embedded.objectId === actor.uri ? follower : undefined;
  }
  if (activity.objectId === undefined) return undefined;
  const known = await one(ctx.deps.pool, knownActivity, activity.objectId);
  return known?.kind === "follow" && known.target_id === actor.id ? known.account_id : undefined;
}

export async function acceptFollow(activity: IncomingActivity, actor: KnownActor, ctx: InboxContext): Promise<void> {
  const follower = await ourFollow(activity, actor, ctx);
  if (follower === undefined) return;
  // Only what was asked for can be granted (T20, T21).
  if (!(await relation(ctx, follower, actor.id))?.requested) return;
  await quietly(() => ctx.deps.accounts.relations.acceptRequest(actor.id, follower));
}

export async function rejectFollow(activity: IncomingActivity, actor: KnownActor, ctx: InboxContext): Promise<void> {
  const follower = await ourFollow(activity, actor, ctx);
  if (follower === undefined) return;
  const now = await relation(ctx, follower, actor.id);
  if (now?.requested) await quietly(() => ctx.deps.accounts.relations.rejectRequest(actor.id, follower));
  else if (now?.following) await quietly(() => ctx.deps.accounts.relations.removeFollower(actor.id, follower));
  await exec(ctx.deps.pool, forgetActivities, "follow", follower, actor.id);
}

export async function undoFollow(target: Id, actor: KnownActor, ctx: InboxContext): Promise<void> {
  await quietly(() => ctx.deps.accounts.relations.unfollow(actor.id, target));
  await exec(ctx.deps.pool, forgetActivities, "follow", actor.id, target);
}

export const block: Handler = async (activity, actor, ctx) => {
  const target = localAccount(activity.objectId, ctx.uris);
  if (target !== undefined) await quietly(() => ctx.deps.accounts.relations.block(actor.id, target));
};

/** Id of the follow that somebody sent or got, for answers and withdrawals. */
export async function followId(
  ctx: Pick<InboxContext, "deps">,
  accountId: Id,
  targetId: Id,
): Promise<string | undefined> {
  return (await one(ctx.deps.pool, activityBetween, "follow", accountId, targetId))?.uri;
}
