/** A Skein and a server built on Fedify live together over loopback, once with each form of signature. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import {
  Accept,
  Announce,
  Block,
  Create,
  Delete,
  Follow,
  Hashtag,
  Image,
  InteractionPolicy,
  InteractionRule,
  Like,
  Mention,
  Move,
  Note,
  PUBLIC_COLLECTION,
  QuoteAuthorization,
  QuoteRequest,
  Reject,
  Tombstone,
  Undo,
  Update,
  type Activity,
  type Actor,
  type Recipient,
} from "@fedify/vocab";
import sharp from "sharp";
import { eventually } from "#test/support/eventually.ts";
import { fedifyPeer, type FedifyPeer } from "#test/support/fedify-peer.ts";
import { signUp, type Person } from "#test/support/people.ts";
import { startSkein, type TestServer } from "#test/support/server.ts";

interface Status {
  id: string;
  uri: string;
  content: string;
  visibility: string;
  spoiler_text: string;
  edited_at: string | null;
  account: { acct: string };
  in_reply_to_id: string | null;
  replies_count: number;
  reblogs_count: number;
  favourites_count: number;
  tags: { name: string }[];
  mentions: { acct: string }[];
  media_attachments: { type: string; description: string | null }[];
  quote: { state: string; quoted_status: Status | null } | null;
  reblog: Status | null;
}
interface Relationship {
  following: boolean;
  requested: boolean;
  followed_by: boolean;
  blocked_by: boolean;
}
interface Notification {
  type: string;
  account: { acct: string };
  status?: Status;
}

let skein: TestServer;
before(async () => {
  skein = await startSkein({ env: { SKEIN_ALLOW_LOOPBACK_PEERS: "1" } });
});

for (const [address, firstKnock, names] of [
  ["127.0.0.8", "draft-cavage-http-signatures-12", ["ann", "amy"]],
  ["127.0.0.9", "rfc9421", ["bea", "bess"]],
] as const)
  describe(`with a Fedify that knocks with ${firstKnock} first`, { concurrency: false }, () => {
    let peer: FedifyPeer;
    /** One of ours. */
    let ann: Person;
    let annActor: Actor;
    let annUri: URL;
    /** One of theirs, as a URL and as ours know them. */
    let fritz: URL;
    let fritzId: string;
    let counter = 0;

    const id = (): URL => new URL(`/activities/${++counter}`, peer.origin);
    const followers = (): URL => peer.context.getFollowersUri("fritz");
    const open = {
      tos: [PUBLIC_COLLECTION],
      get ccs() {
        return [followers()];
      },
    };
    const send = (activity: Activity, by = "fritz", to: Actor = annActor): Promise<void> =>
      peer.send(by, to as Recipient, activity);
    const note = (values: Partial<ConstructorParameters<typeof Note>[0]>): Note & { id: URL } =>
      peer.note(
        (noteId) =>
          new Note({
            id: noteId,
            attribution: fritz,
            content: "<p>hello</p>",
            published: Temporal.Now.instant(),
            to: PUBLIC_COLLECTION,
            cc: followers(),
            ...values,
          }),
      );
    const publish = async (made: Note & { id: URL }): Promise<Note & { id: URL }> => {
      await send(new Create({ id: id(), actor: fritz, object: made, ...open }));
      return made;
    };
    const home = (): Promise<Status[]> => ann.ok<Status[]>("GET", "/api/v1/timelines/home");
    const arrives = (uri: URL): Promise<Status> =>
      eventually(`${uri.href} in the home`, async () => (await home()).find((s) => s.uri === uri.href));
    const status = (statusId: string): Promise<Status> => ann.ok<Status>("GET", `/api/v1/statuses/${statusId}`);
    const post = (body: Record<string, unknown>): Promise<Status> => ann.ok<Status>("POST", "/api/v1/statuses", body);
    const relation = async (): Promise<Relationship> => {
      const [row] = await ann.ok<Relationship[]>("GET", `/api/v1/accounts/relationships?id[]=${fritzId}`);
      assert.ok(row);
      return row;
    };
    const told = (type: string, about?: string): Promise<Notification> =>
      eventually(`${type} for ${ann.username}`, async () =>
        (await ann.ok<Notification[]>("GET", "/api/v1/notifications")).find(
          (n) => n.type === type && n.account.acct === `fritz@${peer.host}` && (!about || n.status?.id === about),
        ),
      );
    const gone = (statusId: string): Promise<true> =>
      eventually("the deletion", async () => {
        const answer = await ann.call("GET", `/api/v1/statuses/${statusId}`);
        await answer.arrayBuffer();
        return answer.status === 404 || undefined;
      }) as Promise<true>;

    before(async () => {
      peer = await fedifyPeer(address, firstKnock);
      fritz = peer.person("fritz");
      ann = await signUp(skein, names[0]);
      annUri = new URL(`${skein.url}/ap/actors/${ann.id}`);
      annActor = await peer.actor("fritz", annUri.href);
    });

    test("both find each other by WebFinger", async () => {
      const finger = await peer.context.lookupWebFinger(new URL(`${skein.url}/@${ann.username}`));
      assert.equal(finger?.subject, `acct:${ann.username}@${new URL(skein.url).host}`);
      assert.equal(finger?.links?.find((l) => l.rel === "self")?.href, annUri.href);
      assert.equal(annActor.preferredUsername, ann.username);
      assert.ok(annActor.inboxId && (await annActor.getPublicKey()));
      const found = await ann.ok<{ accounts: { id: string; acct: string; display_name: string }[] }>(
        "GET",
        `/api/v2/search?q=${encodeURIComponent(`@fritz@${peer.host}`)}&resolve=true`,
      );
      assert.equal(found.accounts[0]?.acct, `fritz@${peer.host}`);
      fritzId = found.accounts[0]?.id ?? "";
    });

    test("ours follows theirs, and is accepted", async () => {
      await ann.ok("POST", `/api/v1/accounts/${fritzId}/follow`);
      const follow = await peer.gets(Follow);
      assert.deepEqual([follow.actorId?.href, follow.objectId?.href], [annUri.href, fritz.href]);
      assert.equal((await relation()).requested, true);
      await send(new Accept({ id: id(), actor: fritz, object: follow }));
      await eventually("the acceptance", async () => (await relation()).following);
    });

    test("theirs follows ours, and is accepted", async () => {
      const follow = new Follow({ id: id(), actor: fritz, object: annUri, to: annUri });
      await send(follow);
      await told("follow");
      assert.equal((await relation()).followed_by, true);
      const accept = await peer.gets(Accept);
      assert.equal(accept.actorId?.href, annUri.href);
      assert.equal(accept.objectId?.href, follow.id?.href);
    });

    test("a post of theirs arrives with warning, hashtag, mention and picture", async () => {
      const made = note({
        content: `<p>Look, <a href="${annUri.href}" class="u-url mention">@${ann.username}</a> <a href="${peer.origin}/tags/moss">#Moss</a></p>`,
        summary: "A warning",
        sensitive: true,
        tags: [
          new Mention({ href: annUri, name: `@${ann.username}` }),
          new Hashtag({ href: new URL("/tags/moss", peer.origin), name: "#Moss" }),
        ],
        attachments: [
          new Image({
            url: new URL("/moss.png", peer.origin),
            mediaType: "image/png",
            name: "A green cushion",
            width: 40,
            height: 30,
          }),
        ],
      });
      await publish(made);
      const seen = await arrives(made.id);
      assert.deepEqual(
        [
          seen.spoiler_text,
          seen.visibility,
          seen.tags.map((t) => t.name.toLowerCase()),
          seen.mentions.map((m) => m.acct),
        ],
        ["A warning", "public", ["moss"], [ann.username]],
      );
      assert.deepEqual(
        seen.media_attachments.map((m) => [m.type, m.description]),
        [["image", "A green cushion"]],
      );
      await told("mention", seen.id);
    });

    test("a post of ours arrives there with warning, hashtag, mention and picture", async () => {
      const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: "#080" } })
        .png()
        .toBuffer();
      const form = new FormData();
      form.set("file", new Blob([new Uint8Array(png)], { type: "image/png" }), "moss.png");
      form.set("description", "A small green field");
      const upload = await skein.fetch("/api/v2/media", {
        method: "POST",
        headers: { cookie: ann.cookie, origin: skein.url },
        body: form,
      });
      const media = (await upload.json()) as { id: string };
      const sent = await post({
        status: `For @fritz@${peer.host} #Fern`,
        spoiler_text: "Careful",
        media_ids: [media.id],
        language: "en",
      });
      const create = await peer.gets(Create, (a) => a.objectId?.href === sent.uri);
      const object = await create.getObject();
      assert.ok(object instanceof Note);
      assert.deepEqual(
        [object.summary?.toString(), object.sensitive, object.attributionId?.href],
        ["Careful", true, annUri.href],
      );
      assert.ok(object.content?.toString().includes("For"));
      assert.ok(object.toIds.some((to) => to.href === PUBLIC_COLLECTION.href));
      const tags = [];
      for await (const tag of object.getTags()) tags.push(tag);
      assert.deepEqual(
        tags.flatMap((tag) => (tag instanceof Mention ? [tag.href?.href] : [])),
        [fritz.href],
      );
      assert.deepEqual(
        tags.flatMap((tag) => (tag instanceof Hashtag ? [tag.name?.toString().toLowerCase()] : [])),
        ["#fern"],
      );
      const pictures = [];
      for await (const picture of object.getAttachments()) pictures.push(picture);
      assert.equal(pictures[0]?.name?.toString(), "A small green field");
      const fetched = await peer.context.lookupObject(new URL(sent.uri));
      assert.ok(fetched instanceof Note);
      assert.equal(fetched.id?.href, sent.uri);
    });

    test("answers go both ways", async () => {
      const sent = await post({ status: "Who is there?" });
      const answer = await publish(
        note({
          content: "<p>I am</p>",
          replyTarget: new URL(sent.uri),
          tags: [new Mention({ href: annUri, name: `@${ann.username}` })],
        }),
      );
      const mention = await eventually("the answer", async () =>
        (await ann.ok<Notification[]>("GET", "/api/v1/notifications")).find((n) => n.status?.uri === answer.id.href),
      );
      assert.equal(mention.status?.in_reply_to_id, sent.id);
      assert.equal((await status(sent.id)).replies_count, 1);
      const back = await post({ status: `@fritz@${peer.host} welcome`, in_reply_to_id: mention.status?.id });
      const create = await peer.gets(Create, (a) => a.objectId?.href === back.uri);
      const object = await create.getObject();
      assert.ok(object instanceof Note);
      assert.equal(object.replyTargetId?.href, answer.id.href);
    });

    test("likes and boosts of theirs count, and are taken back", async () => {
      const sent = await post({ status: "Like me" });
      const like = new Like({ id: id(), actor: fritz, object: new URL(sent.uri), to: annUri });
      const boost = new Announce({ id: id(), actor: fritz, object: new URL(sent.uri), ...open });
      await send(like);
      await send(boost);
      await told("favourite", sent.id);
      await told("reblog", sent.id);
      const counted = await status(sent.id);
      assert.deepEqual([counted.favourites_count, counted.reblogs_count], [1, 1]);
      await send(new Undo({ id: id(), actor: fritz, object: like, to: annUri }));
      await send(new Undo({ id: id(), actor: fritz, object: boost, ...open }));
      await eventually("both are gone", async () => {
        const now = await status(sent.id);
        return now.favourites_count === 0 && now.reblogs_count === 0;
      });
    });

    test("likes and boosts of ours arrive there, and are taken back", async () => {
      const made = await publish(note({ content: "<p>Boost me</p>" }));
      const seen = await arrives(made.id);
      const about = (a: Activity): boolean => a.objectId?.href === made.id.href;
      await ann.ok("POST", `/api/v1/statuses/${seen.id}/favourite`);
      await ann.ok("POST", `/api/v1/statuses/${seen.id}/reblog`);
      const like = await peer.gets(Like, about);
      const boost = await peer.gets(Announce, about);
      await ann.ok("POST", `/api/v1/statuses/${seen.id}/unfavourite`);
      await ann.ok("POST", `/api/v1/statuses/${seen.id}/unreblog`);
      for (const done of [like, boost])
        await peer.gets(Undo, (a) => a.objectId?.href === done.id?.href && a.actorId?.href === annUri.href);
    });

    test("a boost of theirs brings a post that was not known", async () => {
      const other = peer.person("frieda");
      const made = peer.note(
        (noteId) =>
          new Note({
            id: noteId,
            attribution: other,
            content: "<p>Unheard of</p>",
            to: PUBLIC_COLLECTION,
            published: Temporal.Now.instant(),
          }),
      );
      await send(new Announce({ id: id(), actor: fritz, object: made.id, ...open }));
      const shown = await eventually("the boost", async () =>
        (await home()).find((s) => s.reblog?.uri === made.id.href),
      );
      assert.equal(shown.reblog?.account.acct, `frieda@${peer.host}`);
    });

    test("edits and deletions of theirs arrive", async () => {
      const made = await publish(note({ content: "<p>first</p>" }));
      const seen = await arrives(made.id);
      const edited = note({
        id: made.id,
        content: "<p>second</p>",
        updated: Temporal.Now.instant().add({ seconds: 1 }),
      });
      await send(new Update({ id: id(), actor: fritz, object: edited, ...open }));
      await eventually("the edit", async () => (await status(seen.id)).content.includes("second"));
      assert.notEqual((await status(seen.id)).edited_at, null);
      peer.forget(made);
      await send(new Delete({ id: id(), actor: fritz, object: new Tombstone({ id: made.id }), ...open }));
      await gone(seen.id);
    });

    test("edits and deletions of ours arrive there", async () => {
      const sent = await post({ status: "first" });
      await peer.gets(Create, (a) => a.objectId?.href === sent.uri);
      await ann.ok("PUT", `/api/v1/statuses/${sent.id}`, { status: "second" });
      const update = await peer.gets(Update, (a) => a.objectId?.href === sent.uri);
      const object = await update.getObject();
      assert.ok(object instanceof Note && object.content?.toString().includes("second") && object.updated);
      await ann.ok("DELETE", `/api/v1/statuses/${sent.id}`);
      const deletion = await peer.gets(Delete, (a) => a.objectId?.href === sent.uri);
      assert.ok((await deletion.getObject()) instanceof Tombstone);
    });

    test("theirs asks to quote ours (FEP-044f), and the permission is what the vocabulary calls one", async () => {
      const sent = await post({ status: "Quote me", quote_approval_policy: "public" });
      const made = note({ content: "<p>Listen to this</p>", quote: new URL(sent.uri) });
      const request = new QuoteRequest({
        id: id(),
        actor: fritz,
        object: new URL(sent.uri),
        instrument: made,
        to: annUri,
      });
      await send(request);
      const accept = await peer.gets(Accept, (a) => a.objectId?.href === request.id?.href);
      assert.ok(accept.resultId);
      const permission = await peer.context.lookupObject(accept.resultId);
      assert.ok(permission instanceof QuoteAuthorization);
      assert.deepEqual(
        [permission.interactingObjectId?.href, permission.interactionTargetId?.href, permission.attributionId?.href],
        [made.id.href, sent.uri, annUri.href],
      );
      const closed = await post({ status: "Not me", quote_approval_policy: "nobody" });
      const refused = new QuoteRequest({
        id: id(),
        actor: fritz,
        object: new URL(closed.uri),
        instrument: made,
        to: annUri,
      });
      await send(refused);
      await peer.gets(Reject, (a) => a.objectId?.href === refused.id?.href);
    });

    test("ours quotes theirs, with permission", async () => {
      const made = await publish(
        note({
          content: "<p>Quotable</p>",
          interactionPolicy: new InteractionPolicy({
            canQuote: new InteractionRule({ automaticApproval: PUBLIC_COLLECTION }),
          }),
        }),
      );
      const seen = await arrives(made.id);
      const quoting = await post({ status: "as fritz says", quoted_status_id: seen.id });
      assert.equal(quoting.quote?.state, "pending");
      const request = await peer.gets(QuoteRequest, (a) => a.objectId?.href === made.id.href);
      const permission = peer.authorization(
        (permissionId) =>
          new QuoteAuthorization({
            id: permissionId,
            attribution: fritz,
            interactingObject: new URL(quoting.uri),
            interactionTarget: made.id,
          }),
      );
      await send(new Accept({ id: id(), actor: fritz, object: request, result: permission.id, to: annUri }));
      await eventually("the permission", async () => (await status(quoting.id)).quote?.state === "accepted");
      await peer.gets(Update, (a) => a.objectId?.href === quoting.uri);
    });

    test("a block of theirs is felt, and ends", async () => {
      const block = new Block({ id: id(), actor: fritz, object: annUri, to: annUri });
      await send(block);
      await eventually("the block", async () => (await relation()).blocked_by);
      assert.equal((await relation()).following, false);
      await send(new Undo({ id: id(), actor: fritz, object: block, to: annUri }));
      await eventually("the end of the block", async () => !(await relation()).blocked_by);
    });

    test("a block of ours arrives there, and ends", async () => {
      await ann.ok("POST", `/api/v1/accounts/${fritzId}/block`);
      const block = await peer.gets(Block);
      assert.deepEqual([block.actorId?.href, block.objectId?.href], [annUri.href, fritz.href]);
      await ann.ok("POST", `/api/v1/accounts/${fritzId}/unblock`);
      await peer.gets(Undo, (a) => a.objectId?.href === block.id?.href);
    });

    test("following ends both ways", async () => {
      const before = peer.received.length;
      await ann.ok("POST", `/api/v1/accounts/${fritzId}/follow`);
      const follow = await eventually("the follow", async () =>
        peer.received.slice(before).find((a) => a instanceof Follow),
      );
      await send(new Accept({ id: id(), actor: fritz, object: follow }));
      await eventually("the acceptance", async () => (await relation()).following);
      await ann.ok("POST", `/api/v1/accounts/${fritzId}/unfollow`);
      await peer.gets(Undo, (a) => a.objectId?.href === follow.id?.href);
      const back = new Follow({ id: id(), actor: fritz, object: annUri, to: annUri });
      await send(back);
      await eventually("fritz follows", async () => (await relation()).followed_by);
      await send(new Undo({ id: id(), actor: fritz, object: back, to: annUri }));
      await eventually("fritz unfollows", async () => !(await relation()).followed_by);
    });

    test("who moves takes their followers along", async () => {
      const before = peer.received.length;
      await ann.ok("POST", `/api/v1/accounts/${fritzId}/follow`);
      const follow = await eventually("the follow", async () =>
        peer.received.slice(before).find((a) => a instanceof Follow),
      );
      await send(new Accept({ id: id(), actor: fritz, object: follow }));
      await eventually("the acceptance", async () => (await relation()).following);
      const target = peer.person("fritz-new", { aliases: [fritz] });
      peer.person("fritz", { successor: target });
      await send(new Move({ id: id(), actor: fritz, object: fritz, target, to: followers() }));
      const again = await peer.gets(Follow, (a) => a.objectId?.href === target.href);
      assert.equal(again.actorId?.href, annUri.href);
      await eventually("the old follow ends", async () => !(await relation()).following);
      peer.person("fritz", { successor: null });
    });

    test("after 401 to the first form of signature the other one is sent, and remembered", async () => {
      // Whatever is still on its way from before would be knocked with, too.
      await eventually("quiet", async () => {
        const before = peer.deliveries.length;
        await delay(1000);
        return peer.deliveries.length === before;
      });
      peer.refuse = "cavage";
      const begin = peer.deliveries.length;
      const found = await ann.ok<{ accounts: { id: string }[] }>(
        "GET",
        `/api/v2/search?q=${encodeURIComponent(`@frieda@${peer.host}`)}&resolve=true`,
      );
      await ann.ok("POST", `/api/v1/accounts/${found.accounts[0]?.id}/follow`);
      // Of this activity: something from before may still be on its way to other people of the peer.
      const delivered = (from: number, n: number, type: string): Promise<string[]> =>
        eventually(`${n} deliveries`, async () => {
          const some = peer.deliveries
            .slice(from)
            .filter((d) => d.body["type"] === type)
            .map((d) => `${d.spec} ${d.status}`);
          return some.length >= n ? some : undefined;
        });
      assert.deepEqual(await delivered(begin, 2, "Follow"), ["cavage 401", "rfc9421 202"]);
      await eventually("Fedify has verified it", async () => peer.received.at(-1) instanceof Follow);
      await ann.ok("POST", `/api/v1/accounts/${found.accounts[0]?.id}/unfollow`);
      assert.deepEqual(await delivered(begin + 2, 1, "Undo"), ["rfc9421 202"]);
      // And back, when the host changes its mind.
      peer.refuse = "rfc9421";
      const next = peer.deliveries.length;
      await ann.ok("POST", `/api/v1/accounts/${found.accounts[0]?.id}/follow`);
      assert.deepEqual(await delivered(next, 2, "Follow"), ["rfc9421 401", "cavage 202"]);
      peer.refuse = undefined;
    });

    test("every delivery of ours verified with Fedify", () => {
      const bad = peer.deliveries.filter((d) => d.status !== 202 && d.status !== 401);
      assert.deepEqual(bad, []);
      const refused = peer.deliveries.filter((d) => d.status === 401);
      assert.ok(refused.length >= 2);
    });

    test("accounts end both ways", async () => {
      const amy = await signUp(skein, names[1]);
      const amyUri = new URL(`${skein.url}/ap/actors/${amy.id}`);
      await send(
        new Follow({ id: id(), actor: fritz, object: amyUri, to: amyUri }),
        "fritz",
        await peer.actor("fritz", amyUri.href),
      );
      await peer.gets(Accept, (a) => a.actorId?.href === amyUri.href);
      await amy.ok("POST", "/api/skein/v1/me/delete", { current: "correct horse battery staple" });
      await peer.gets(Delete, (a) => a.actorId?.href === amyUri.href && a.objectId?.href === amyUri.href);
      await send(new Delete({ id: id(), actor: fritz, object: fritz, to: PUBLIC_COLLECTION }));
      await eventually("fritz is gone", async () => {
        const answer = await ann.call("GET", `/api/v1/accounts/${fritzId}`);
        await answer.arrayBuffer();
        return answer.status === 404;
      });
    });
  });
