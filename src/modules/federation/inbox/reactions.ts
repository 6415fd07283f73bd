import { exec, run } from "#platform/db/sql.ts";
import { remotePath, rememberRemote } from "#modules/media/index.ts";
import { digestOf } from "#modules/federation/identity/actors.ts";
import { buried, rememberActivity, type KnownActor } from "#modules/federation/sql.ts";
import type { IncomingActivity } from "#modules/federation/wire/types.ts";
import type { Handler, InboxContext } from "./context.ts";
import { quietly } from "./follows.ts";

// Like, EmojiReact and Announce.

export const like: Handler = async (activity, actor, ctx) => {
  const { deps } = ctx;
  const post = activity.objectId === undefined ? undefined : await ctx.notes.find(deps.pool, activity.objectId);
  if (!post || actor.suspended) return;
  if (activity.reaction !== undefined) await react(activity, actor, post.id, ctx);
  if (activity.type !== "Like") return;
  const done = await quietly(async () => {
    await deps.posts.favourite(actor.id, post.id);
  });
  if (done && activity.id !== undefined)
    await exec(deps.pool, rememberActivity, activity.id, "like", actor.id, post.id);
};

async function react(activity: IncomingActivity, actor: KnownActor, postId: bigint, ctx: InboxContext): Promise<void> {
  const name = activity.reaction ?? "";
  const custom = /^:([\w@.-]+):$/.exec(name)?.[1];
  if (custom === undefined) {
    await ctx.deps.posts.remote.react(actor.id, postId, name, null);
    return;
  }
  const emoji = activity.emojis.find((e) => e.name === custom.split("@")[0]);
  if (!emoji) return;
  const picture = { url: emoji.url, kind: "emoji" } as const;
  await rememberRemote(ctx.deps.pool, [picture]);
  await ctx.deps.posts.remote.react(actor.id, postId, emoji.name, remotePath(picture, "emoji"));
}

export async function undoLike(postUri: string, actor: KnownActor, ctx: InboxContext, type: string): Promise<void> {
  const post = await ctx.notes.find(ctx.deps.pool, postUri);
  if (!post) return;
  await ctx.deps.posts.remote.unreact(actor.id, post.id);
  if (type === "Like")
    await quietly(async () => {
      await ctx.deps.posts.unfavourite(actor.id, post.id);
    });
}

export const announce: Handler = async (activity, actor, ctx) => {
  const { deps, uris } = ctx;
  // What a group passes on wrapped (FEP-1b12) is about the object inside.
  const inner = activity.object?.kind === "activity" ? (activity.object.objectId ?? undefined) : activity.objectId;
  if (inner === undefined || activity.id === undefined || actor.suspended) return;
  let post = await ctx.notes.find(deps.pool, inner);
  // Boosts of strangers by strangers are nobody's business here.
  if (!post && (!actor.followed || uris.isLocal(inner))) return;
  if (post && !actor.followed && !uris.isLocal(inner)) return;
  if (!post) {
    const id = await ctx.objects.look(inner);
    post = id === undefined ? undefined : await ctx.notes.find(deps.pool, inner);
    if (!post) return;
  }
  // It was undone while its post was looked for.
  if ((await run(deps.pool, buried, [digestOf(activity.id)])).length > 0) return;
  const now = deps.clock.now();
  const at = activity.published && activity.published < now ? activity.published : now;
  await deps.posts.remote.boost(actor.id, post.id, activity.id, at, false);
};

/** True when an announcement needs something that is not here: it is then applied by a job, which may ask. */
export async function needsFetch(activity: IncomingActivity, ctx: InboxContext): Promise<boolean> {
  const inner = activity.object?.kind === "activity" ? activity.object.objectId : activity.objectId;
  return inner !== undefined && !ctx.uris.isLocal(inner) && (await ctx.notes.find(ctx.deps.pool, inner)) === undefined;
}
