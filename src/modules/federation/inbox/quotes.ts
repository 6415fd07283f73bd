import { one } from "#platform/db/sql.ts";
import { QUOTE_POLICY, QUOTE_STATE, VISIBILITY, type KnownPost } from "#modules/posts/index.ts";
import { PRIORITY } from "#modules/federation/delivery/queue.ts";
import { authorizeQuote, type KnownActor } from "#modules/federation/sql.ts";
import { sameOrigin } from "#modules/federation/uris.ts";
import type { IncomingActivity } from "#modules/federation/wire/types.ts";
import { writeActivity } from "#modules/federation/wire/write.ts";
import type { Handler, InboxContext } from "./context.ts";

// Quotes after FEP-044f: asking, allowing, refusing.

export const quoteRequest: Handler = async (activity, actor, ctx) => {
  const { deps, uris, queue } = ctx;
  const local = activity.objectId === undefined ? undefined : uris.parse(activity.objectId);
  const instrument = activity.instrument;
  const quotingUri =
    typeof instrument === "string" ? instrument : instrument && "id" in instrument ? instrument.id : undefined;
  if (local?.kind !== "post" || quotingUri === undefined || !sameOrigin(quotingUri, actor.uri)) return;
  const post = (await deps.posts.remote.localByIds([local.id])).get(local.id);
  if (!post) return;
  const allowed = await mayQuote(post, actor, ctx);
  const by = post.account_id;
  const request = {
    ...(activity.id === undefined ? {} : { id: activity.id }),
    type: "QuoteRequest",
    actor: actor.uri,
    object: uris.post(post.id),
    instrument: quotingUri,
  };
  await queue.ready();
  await deps.tx(async (db) => {
    const given = allowed ? await one(db, authorizeQuote, deps.ids.next(), post.id, quotingUri) : undefined;
    const type = given ? "Accept" : "Reject";
    await queue.deliver(
      db,
      writeActivity(
        type,
        `${uris.actor(by)}#${type.toLowerCase()}s/${deps.ids.next()}`,
        uris.actor(by),
        request,
        { to: [actor.uri], cc: [] },
        given ? { result: uris.authorization(given.id) } : {},
      ),
      { accounts: [actor.id] },
      { actorId: by, priority: PRIORITY.answer },
    );
  });
};

async function mayQuote(post: KnownPost, actor: KnownActor, ctx: InboxContext): Promise<boolean> {
  if (actor.suspended || post.boost_of_id !== null || post.visibility > VISIBILITY.unlisted) return false;
  const [relation] = await ctx.deps.accounts.relations.relationships(post.account_id, [actor.id]);
  if (relation?.blocking || relation?.blocked_by) return false;
  if (post.quote_policy === QUOTE_POLICY.public) return true;
  return post.quote_policy === QUOTE_POLICY.followers && relation?.followed_by === true;
}

/** The answer to a request of ours. The request's id is the quoting post's address with `#quote-request`. */
async function ourQuote(activity: IncomingActivity, actor: KnownActor, ctx: InboxContext): Promise<bigint | undefined> {
  const { object, objectId } = activity;
  const requested =
    object?.kind === "activity" && object.type === "QuoteRequest"
      ? typeof object.instrument === "string"
        ? object.instrument
        : object.id?.replace(/#quote-request$/, "")
      : objectId?.endsWith("#quote-request")
        ? objectId.replace(/#quote-request$/, "")
        : undefined;
  const local = requested === undefined ? undefined : ctx.uris.parse(requested);
  if (local?.kind !== "post") return undefined;
  const [row] = await ctx.deps.posts.views.contents([local.id]);
  if (!row || row.uri !== null || row.quote_of_id === null) return undefined;
  const [quoted] = await ctx.deps.posts.views.contents([row.quote_of_id]);
  return quoted?.account_id === actor.id ? row.id : undefined;
}

export async function acceptQuote(activity: IncomingActivity, actor: KnownActor, ctx: InboxContext): Promise<void> {
  const postId = await ourQuote(activity, actor, ctx);
  if (postId === undefined || activity.result === undefined || !sameOrigin(activity.result, actor.uri)) return;
  const [row] = await ctx.deps.posts.views.contents([postId]);
  if (row?.quote_of_id == null) return;
  const [quoted] = await ctx.deps.posts.views.contents([row.quote_of_id]);
  if (!quoted?.uri || !(await ctx.objects.approves(activity.result, quoted.uri, ctx.uris.post(postId)))) return;
  const approval = activity.result;
  await ctx.deps.tx(async (db) => {
    await ctx.deps.posts.remote.setQuote(db, postId, {
      id: quoted.id,
      accountId: quoted.account_id,
      state: QUOTE_STATE.accepted,
      approval,
    });
  });
}

export async function rejectQuote(activity: IncomingActivity, actor: KnownActor, ctx: InboxContext): Promise<void> {
  const postId = await ourQuote(activity, actor, ctx);
  if (postId === undefined) return;
  await ctx.deps.tx((db) =>
    ctx.deps.posts.remote.setQuote(db, postId, {
      id: null,
      accountId: null,
      state: QUOTE_STATE.rejected,
      approval: null,
    }),
  );
}
