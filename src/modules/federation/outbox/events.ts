import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { claimEvent } from "#platform/events/publish.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { QUOTE_STATE, VISIBILITY } from "#modules/posts/index.ts";
import type { FederationDeps } from "#modules/federation/deps.ts";
import { PRIORITY, type Queue, type Recipients } from "#modules/federation/delivery/queue.ts";
import { involvedWith } from "#modules/federation/delivery/sql.ts";
import type { Keys } from "#modules/federation/identity/keys.ts";
import { activityBetween, forgetActivities, rememberActivity, revokeAuthorization } from "#modules/federation/sql.ts";
import type { Uris } from "#modules/federation/uris.ts";
import {
  addressing,
  writeActivity,
  writeActor,
  writeCreation,
  writeVote,
  type Json,
} from "#modules/federation/wire/write.ts";
import type { OutgoingNotes } from "./notes.ts";

type Payload = Record<string, unknown>;
const idIn = (payload: Payload, key: string): Id => BigInt(String(payload[key]));
const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

/**
 * What happens here and concerns people elsewhere, as jobs. Each serialises one activity and writes its deliveries in one transaction with the note that it did, so a job
 * that runs twice sends once.
 */
export function outboxTasks(deps: FederationDeps, uris: Uris, keys: Keys, queue: Queue, notes: OutgoingNotes): Task[] {
  const { posts, accounts } = deps;

  async function isLocal(id: Id): Promise<boolean> {
    return (await accounts.remote.urisOf([id])).get(id) === null;
  }

  /** Actor id of somebody elsewhere; undefined for people of this instance. */
  async function remoteUri(id: Id): Promise<string | undefined> {
    return (await accounts.remote.urisOf([id])).get(id) ?? undefined;
  }

  /** Sends once for each event, however often its job runs. */
  async function once(task: string, payload: Payload, work: (db: TxClient) => Promise<void>): Promise<void> {
    await queue.ready();
    await deps.tx(async (db) => {
      if (await claimEvent(db, task, idIn(payload, "id"))) await work(db);
    });
  }

  /** Whom a post goes to: followers, the people it names, and the author of what it answers. */
  function audienceOf(visibility: number, authorId: Id, named: readonly Id[], more: readonly Id[] = []): Recipients {
    return {
      followersOf: visibility <= VISIBILITY.private ? authorId : undefined,
      accounts: [...new Set([...named, ...(visibility <= VISIBILITY.unlisted ? more : [])])],
      personal: visibility === VISIBILITY.direct,
    };
  }

  async function sendPost(task: string, payload: Payload, type: "Create" | "Update"): Promise<void> {
    const [note] = await notes.write([idIn(payload, "postId")]);
    if (!note) return;
    const { row, json } = note;
    const asking =
      row.quote_of_id !== null && row.quote_state === QUOTE_STATE.pending && type === "Create"
        ? await quoteRequest(row.id, row.account_id, row.quote_of_id)
        : undefined;
    await once(task, payload, async (db) => {
      const more: Id[] = [];
      if (row.in_reply_to_account_id !== null) more.push(row.in_reply_to_account_id);
      if (type === "Update") more.push(...(await run(db, involvedWith, row.id)).map((r) => r.account_id));
      const at = type === "Create" ? note.published : (row.edited_at ?? deps.clock.now());
      // What was withheld and is free again needs an id of its own: the first one is known elsewhere.
      const again = payload["type"] === "post.released" ? `#${String(payload["id"])}` : "";
      const id =
        type === "Create"
          ? `${uris.creation(row.id)}${again}`
          : `${uris.post(row.id)}#updates/${String(payload["id"])}`;
      await queue.deliver(
        db,
        writeCreation(json, type, id, at),
        audienceOf(row.visibility, row.account_id, note.mentionedIds, more),
        {
          actorId: row.account_id,
          priority: row.visibility === VISIBILITY.direct ? PRIORITY.answer : PRIORITY.post,
          object: uris.post(row.id),
        },
      );
      if (asking)
        await queue.deliver(
          db,
          asking.activity,
          { accounts: [asking.of] },
          { actorId: row.account_id, priority: PRIORITY.answer, object: uris.post(row.id) },
        );
    });
  }

  /** Asks the author of a post elsewhere whether ours may quote it (FEP-044f). */
  async function quoteRequest(
    quotingId: Id,
    authorId: Id,
    quotedId: Id,
  ): Promise<{ activity: Json; of: Id } | undefined> {
    const [quoted] = await posts.views.contents([quotedId]);
    const to = quoted && (await remoteUri(quoted.account_id));
    if (!quoted || quoted.uri === null || to === undefined) return undefined;
    const activity = writeActivity(
      "QuoteRequest",
      `${uris.post(quotingId)}#quote-request`,
      uris.actor(authorId),
      quoted.uri,
      { to: [to], cc: [] },
      { instrument: uris.post(quotingId) },
    );
    return { activity, of: quoted.account_id };
  }

  async function sendProfile(task: string, payload: Payload): Promise<void> {
    const id = idIn(payload, "accountId");
    const [account] = await accounts.profiles.get([id]);
    if (!account || account.domain !== null) return;
    const key = await keys.own(id);
    const movedTo =
      account.moved_to_id === null ? null : ((await remoteUri(account.moved_to_id)) ?? uris.actor(account.moved_to_id));
    const json = writeActor({ account, publicPem: key.publicPem, movedTo, publicUrl: deps.publicUrl }, uris);
    await once(task, payload, async (db) => {
      await queue.deliver(
        db,
        writeActivity("Update", `${uris.actor(id)}#updates/${String(payload["id"])}`, uris.actor(id), json, {
          to: [PUBLIC],
          cc: [uris.followers(id)],
        }),
        { followersOf: id },
        { actorId: id, priority: PRIORITY.profile, object: uris.actor(id) },
      );
    });
  }

  /** A word from one of ours to one person elsewhere. */
  async function tell(
    task: string,
    payload: Payload,
    fromId: Id,
    toId: Id,
    build: (to: string) => Promise<Json | undefined> | Json | undefined,
    priority: number,
    object?: string,
    after?: (db: TxClient) => Promise<void>,
  ): Promise<void> {
    if (!(await isLocal(fromId))) return;
    const to = await remoteUri(toId);
    if (to === undefined) return;
    const activity = await build(to);
    await once(task, payload, async (db) => {
      if (activity) await queue.deliver(db, activity, { accounts: [toId] }, { actorId: fromId, priority, object });
      await after?.(db);
    });
  }

  const pair = (payload: Payload): [Id, Id] => [idIn(payload, "accountId"), idIn(payload, "targetId")];
  const eventId = (payload: Payload): string => String(payload["id"]);

  async function followUri(from: Id, to: Id): Promise<string | undefined> {
    return (await one(deps.pool, activityBetween, "follow", from, to))?.uri;
  }

  async function answerFollow(
    task: string,
    payload: Payload,
    type: "Accept" | "Reject",
    by: Id,
    follower: Id,
  ): Promise<void> {
    await tell(
      task,
      payload,
      by,
      follower,
      async (to) => {
        const id = await followUri(follower, by);
        return writeActivity(type, `${uris.actor(by)}#${type.toLowerCase()}s/${eventId(payload)}`, uris.actor(by), {
          ...(id === undefined ? {} : { id }),
          type: "Follow",
          actor: to,
          object: uris.actor(by),
        });
      },
      PRIORITY.answer,
    );
  }

  async function undoFollow(task: string, payload: Payload, from: Id, to: Id): Promise<void> {
    await tell(
      task,
      payload,
      from,
      to,
      async (uri) => {
        const id = (await followUri(from, to)) ?? `${uris.actor(from)}#follows/${to}`;
        return writeActivity("Undo", `${uris.actor(from)}#undos/${eventId(payload)}`, uris.actor(from), {
          id,
          type: "Follow",
          actor: uris.actor(from),
          object: uri,
        });
      },
      PRIORITY.answer,
      `follow ${from} ${to}`,
      async (db) => {
        await exec(db, forgetActivities, "follow", from, to);
      },
    );
  }

  const task = (name: string, work: (payload: Payload) => Promise<void>): Task => ({
    name: `federation.${name}`,
    timeLimitMs: 120_000,
    run: work,
  });

  return [
    task("postCreated", (p) => sendPost("federation.postCreated", p, "Create")),
    task("postEdited", (p) => sendPost("federation.postEdited", p, "Update")),
    // The author of a quoted post elsewhere has allowed it: now everyone may be told where to look it up.
    task("quoteDecided", (p) =>
      Number(p["state"]) === QUOTE_STATE.accepted
        ? sendPost("federation.quoteDecided", p, "Update")
        : Promise.resolve(),
    ),
    task("pollClosed", (p) => sendPost("federation.pollClosed", p, "Update")),
    task("postDeleted", async (p) => {
      const authorId = idIn(p, "authorId");
      const postId = idIn(p, "postId");
      // Who deletes their account says so once, not for every post.
      const [author] = await accounts.profiles.get([authorId]);
      if (p["uri"] !== null || !author || author.domain !== null) return;
      const boostOfId = p["boostOfId"];
      const visibility = Number(p["visibility"]);
      const followers = uris.followers(authorId);
      if (typeof boostOfId === "string") {
        const original = p["boostOfUri"] ?? uris.post(BigInt(boostOfId));
        await once("federation.postDeleted", p, async (db) => {
          await queue.deliver(
            db,
            writeActivity(
              "Undo",
              `${uris.boost(postId)}#undo`,
              uris.actor(authorId),
              { id: uris.boost(postId), type: "Announce", actor: uris.actor(authorId), object: original },
              { to: [PUBLIC], cc: [followers] },
            ),
            {
              followersOf: authorId,
              accounts: typeof p["boostOfAuthorId"] === "string" ? [BigInt(p["boostOfAuthorId"])] : [],
            },
            { actorId: authorId, priority: PRIORITY.reaction, object: uris.boost(postId), final: true },
          );
        });
        return;
      }
      const named = Array.isArray(p["mentionIds"]) ? p["mentionIds"].map((id) => BigInt(String(id))) : [];
      const involved = Array.isArray(p["involvedIds"]) ? p["involvedIds"].map((id) => BigInt(String(id))) : [];
      await once("federation.postDeleted", p, async (db) => {
        await queue.deliver(
          db,
          writeActivity(
            "Delete",
            `${uris.post(postId)}#delete${p["type"] === "post.withheld" ? `-${String(p["id"])}` : ""}`,
            uris.actor(authorId),
            { id: uris.post(postId), type: "Tombstone" },
            addressing(visibility, followers, []),
          ),
          audienceOf(visibility, authorId, named, involved),
          { actorId: authorId, priority: PRIORITY.post, object: uris.post(postId), final: true },
        );
      });
    }),
    task("postBoosted", async (p) => {
      const authorId = idIn(p, "authorId");
      if (!(await isLocal(authorId))) return;
      const boostId = idIn(p, "postId");
      const [original] = await posts.views.contents([idIn(p, "boostOfId")]);
      const [boost] = await posts.views.contents([boostId]);
      if (!original || !boost) return;
      const author = await remoteUri(original.account_id);
      await once("federation.postBoosted", p, async (db) => {
        await queue.deliver(
          db,
          writeActivity(
            "Announce",
            uris.boost(boostId),
            uris.actor(authorId),
            notes.uriOf(original),
            addressing(boost.visibility, uris.followers(authorId), [author ?? uris.actor(original.account_id)]),
            { published: new Date(Number(boostId >> 16n)).toISOString() },
          ),
          { followersOf: authorId, accounts: [original.account_id] },
          { actorId: authorId, priority: PRIORITY.reaction, object: uris.boost(boostId) },
        );
      });
    }),
    task("favourited", async (p) => {
      const [by, postId] = [idIn(p, "byId"), idIn(p, "postId")];
      const [post] = await posts.views.contents([postId]);
      if (!post || post.uri === null) return;
      const uri = post.uri;
      await tell(
        "federation.favourited",
        p,
        by,
        post.account_id,
        (to) =>
          writeActivity("Like", `${uris.actor(by)}#likes/${eventId(p)}`, uris.actor(by), uri, { to: [to], cc: [] }),
        PRIORITY.reaction,
        `like ${by} ${postId}`,
      );
    }),
    task("unfavourited", async (p) => {
      const [by, postId] = [idIn(p, "byId"), idIn(p, "postId")];
      const [post] = await posts.views.contents([postId]);
      if (!post || post.uri === null) return;
      const uri = post.uri;
      await tell(
        "federation.unfavourited",
        p,
        by,
        post.account_id,
        () =>
          writeActivity("Undo", `${uris.actor(by)}#undos/${eventId(p)}`, uris.actor(by), {
            id: `${uris.actor(by)}#likes/${String(p["favouriteId"])}`,
            type: "Like",
            actor: uris.actor(by),
            object: uri,
          }),
        PRIORITY.reaction,
        `like ${by} ${postId}`,
      );
    }),
    task("voted", async (p) => {
      const by = idIn(p, "byId");
      const [post] = await posts.views.contents([idIn(p, "postId")]);
      if (!post || post.uri === null || !(await isLocal(by))) return;
      const to = await remoteUri(post.account_id);
      if (to === undefined) return;
      const pollUri = post.uri;
      const options = Array.isArray(p["options"]) ? p["options"].map(String) : [];
      await once("federation.voted", p, async (db) => {
        for (const [i, option] of options.entries()) {
          const id = `${uris.actor(by)}#votes/${eventId(p)}/${i}`;
          const vote = writeVote(id, uris.actor(by), option, pollUri, to, deps.clock.now());
          await queue.deliver(
            db,
            writeActivity("Create", `${id}/activity`, uris.actor(by), vote, { to: [to], cc: [] }),
            { accounts: [post.account_id], personal: true },
            { actorId: by, priority: PRIORITY.answer },
          );
        }
      });
    }),
    ...(["pinned", "unpinned"] as const).map((verb) =>
      task(verb, async (p) => {
        const by = idIn(p, "byId");
        const postId = idIn(p, "postId");
        if (!(await isLocal(by))) return;
        await once(`federation.${verb}`, p, async (db) => {
          await queue.deliver(
            db,
            writeActivity(
              verb === "pinned" ? "Add" : "Remove",
              `${uris.featured(by)}#${verb}/${eventId(p)}`,
              uris.actor(by),
              uris.post(postId),
              { to: [PUBLIC], cc: [uris.followers(by)] },
              { target: uris.featured(by) },
            ),
            { followersOf: by },
            { actorId: by, priority: PRIORITY.profile, object: `pin ${postId}` },
          );
        });
      }),
    ),
    task("followRequested", async (p) => {
      const [from, to] = pair(p);
      const uri = `${uris.actor(from)}#follows/${eventId(p)}`;
      await tell(
        "federation.followRequested",
        p,
        from,
        to,
        (target) => writeActivity("Follow", uri, uris.actor(from), target),
        PRIORITY.answer,
        `follow ${from} ${to}`,
        async (db) => {
          await exec(db, forgetActivities, "follow", from, to);
          await exec(db, rememberActivity, uri, "follow", from, to);
        },
      );
    }),
    task("followed", async (p) => {
      const [follower, followed] = pair(p);
      await answerFollow("federation.followed", p, "Accept", followed, follower);
      // Somebody here follows somebody elsewhere: their past should not be empty.
      if ((await isLocal(follower)) && (await remoteUri(followed)) !== undefined)
        await deps.tx((db) =>
          deps.publisher.enqueue(db, {
            task: "federation.backfill",
            payload: { accountId: followed.toString() },
            key: `backfill:${followed}`,
            maxAttempts: 3,
            priority: 6,
          }),
        );
    }),
    task("unfollowed", async (p) => {
      const [follower, followed] = pair(p);
      if (idIn(p, "byId") === follower) await undoFollow("federation.unfollowed", p, follower, followed);
      else await answerFollow("federation.unfollowed", p, "Reject", followed, follower);
    }),
    task("requestWithdrawn", async (p) => {
      const [follower, followed] = pair(p);
      await undoFollow("federation.requestWithdrawn", p, follower, followed);
    }),
    task("requestRejected", async (p) => {
      // Here the one who refuses is `accountId`, the one who asked `targetId`.
      const [by, follower] = pair(p);
      await answerFollow("federation.requestRejected", p, "Reject", by, follower);
    }),
    task("blocked", async (p) => {
      const [by, target] = pair(p);
      await tell(
        "federation.blocked",
        p,
        by,
        target,
        (to) => writeActivity("Block", `${uris.actor(by)}#blocks/${target}`, uris.actor(by), to),
        PRIORITY.answer,
        `block ${by} ${target}`,
      );
    }),
    task("unblocked", async (p) => {
      const [by, target] = pair(p);
      await tell(
        "federation.unblocked",
        p,
        by,
        target,
        (to) =>
          writeActivity("Undo", `${uris.actor(by)}#undos/${eventId(p)}`, uris.actor(by), {
            id: `${uris.actor(by)}#blocks/${target}`,
            type: "Block",
            actor: uris.actor(by),
            object: to,
          }),
        PRIORITY.answer,
        `block ${by} ${target}`,
      );
    }),
    task("profileChanged", (p) => sendProfile("federation.profileChanged", p)),
    task("moved", async (p) => {
      const [from, to] = pair(p);
      if (!(await isLocal(from))) return;
      const target = (await remoteUri(to)) ?? uris.actor(to);
      await once("federation.moved", p, async (db) => {
        await queue.deliver(
          db,
          writeActivity(
            "Move",
            `${uris.actor(from)}#moves/${eventId(p)}`,
            uris.actor(from),
            uris.actor(from),
            { to: [uris.followers(from)], cc: [] },
            { target },
          ),
          { followersOf: from },
          { actorId: from, priority: PRIORITY.move, object: uris.actor(from), final: true },
        );
      });
    }),
    // Sent by the instance, so that the other side does not learn who complains.
    task("reportFiled", async (p) => {
      if (p["forward"] !== true) return;
      const targetId = idIn(p, "targetId");
      const target = await remoteUri(targetId);
      if (target === undefined) return;
      const ids = Array.isArray(p["postIds"]) ? p["postIds"].map((id) => BigInt(String(id))) : [];
      const about = (await posts.views.contents(ids)).flatMap((r) => (r.uri === null ? [] : [r.uri]));
      await once("federation.reportFiled", p, async (db) => {
        await queue.deliver(
          db,
          writeActivity("Flag", `${uris.instance}#flags/${eventId(p)}`, uris.instance, [target, ...about], undefined, {
            content: typeof p["comment"] === "string" ? p["comment"] : "",
          }),
          { accounts: [targetId] },
          { actorId: 0n, priority: PRIORITY.answer },
        );
      });
    }),
    task("accountDeleted", async (p) => {
      const id = idIn(p, "accountId");
      if (!(await isLocal(id))) return;
      await once("federation.accountDeleted", p, async (db) => {
        await queue.deliver(
          db,
          writeActivity("Delete", `${uris.actor(id)}#delete`, uris.actor(id), uris.actor(id), { to: [PUBLIC], cc: [] }),
          { followersOf: id },
          { actorId: id, priority: PRIORITY.profile, object: uris.actor(id), final: true },
        );
      });
    }),
    task("quoteRevoked", async (p) => {
      const by = idIn(p, "authorId");
      const [quoting] = await posts.views.contents([idIn(p, "quotingId")]);
      if (!quoting || quoting.uri === null) return;
      const quotingUri = quoting.uri;
      await once("federation.quoteRevoked", p, async (db) => {
        const gone = await one(db, revokeAuthorization, idIn(p, "postId"), quotingUri);
        if (!gone) return;
        await queue.deliver(
          db,
          writeActivity(
            "Delete",
            `${uris.authorization(gone.id)}#delete`,
            uris.actor(by),
            uris.authorization(gone.id),
            {
              to: [PUBLIC],
              cc: [],
            },
          ),
          { followersOf: by, accounts: [quoting.account_id] },
          { actorId: by, priority: PRIORITY.answer, object: quotingUri, final: true },
        );
      });
    }),
    task("refuseReply", async (p) => {
      const parentId = idIn(p, "parentId");
      const [parent] = await posts.views.contents([parentId]);
      if (!parent) return;
      const authorId = idIn(p, "authorId");
      const to = await remoteUri(authorId);
      if (to === undefined) return;
      await queue.ready();
      await deps.tx((db) =>
        queue
          .deliver(
            db,
            writeActivity(
              "Reject",
              `${uris.actor(parent.account_id)}#rejects/${deps.ids.next()}`,
              uris.actor(parent.account_id),
              String(p["uri"]),
              {
                to: [to],
                cc: [],
              },
            ),
            { accounts: [authorId] },
            { actorId: parent.account_id, priority: PRIORITY.answer },
          )
          .then(() => undefined),
      );
    }),
  ];
}
