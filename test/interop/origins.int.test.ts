/** What belongs to whom (T18 to T21, T28): documents, relations and handles that somebody else claims. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import {
  activity,
  ACTIVITY_JSON,
  AS2,
  hostilePeer,
  PUBLIC,
  type HostilePeer,
  type Json,
  type PeerActor,
} from "#test/support/hostile-peer.ts";
import { instance, type Instance } from "#test/support/instance.ts";
import { signUp, type Person } from "#test/support/people.ts";

interface Status {
  id: string;
  uri: string;
  content: string;
}
interface Relationship {
  following: boolean;
  requested: boolean;
  followed_by: boolean;
}

describe("what belongs to whom", { concurrency: false }, () => {
  let here: Instance;
  let evil: HostilePeer;
  let victim: HostilePeer;
  let mallory: PeerActor;
  let bob: PeerActor;
  /** Lives on bob's server, and is not bob. */
  let eve: PeerActor;
  let ann: Person;
  let post: string;
  let bobId: string;
  let malloryId: string;

  const content = async (uri: string): Promise<string | undefined> =>
    (await here.rows.one<{ content: string }>("select content from posts where uri = $1", [uri]))?.content;
  const resolve = async (url: string): Promise<Status[]> =>
    (
      await ann.ok<{ statuses: Status[] }>(
        "GET",
        `/api/v2/search?q=${encodeURIComponent(url)}&resolve=true&type=statuses`,
      )
    ).statuses;
  const relation = async (viewer: Person, id: string): Promise<Relationship | undefined> =>
    (await viewer.ok<Relationship[]>("GET", `/api/v1/accounts/relationships?id[]=${id}`))[0];
  const get = async (path: string): Promise<number> => {
    const answer = await ann.call("GET", path);
    await answer.arrayBuffer();
    return answer.status;
  };

  before(async () => {
    [here, evil, victim] = await Promise.all([instance(), hostilePeer("127.0.0.2"), hostilePeer("127.0.0.3")]);
    [mallory, bob, eve] = [evil.actor("mallory"), victim.actor("bob"), victim.actor("eve")];
    ann = await signUp(here.at, "ann");
    bobId = await here.follow(ann, bob, victim);
    malloryId = await here.follow(ann, mallory, evil);
    await here.find(ann, eve, victim);
    post = (await ann.ok<Status>("POST", "/api/v1/statuses", { status: "hello" })).id;
    await here.settle();
  });
  after(() => here.rows.close());

  test("T18 a document that says it is somebody else's is asked for at its own address, and dropped when it is not there", async () => {
    const real = victim.note(bob, "t18", { content: "<p>real</p>" });
    evil.serve("/copies/1", { body: { ...real, content: "<p>forged</p>" } });
    const found = await resolve(`${evil.origin}/copies/1`);
    assert.deepEqual([found.length, await content(real.id)], [1, "<p>real</p>"]);
    assert.ok(victim.asked("/notes/t18") > 0);

    const forged = { ...real, id: `${victim.origin}/notes/never`, content: "<p>forged</p>" };
    evil.serve("/copies/2", { body: forged });
    await here.unmoved(async () => assert.deepEqual(await resolve(`${evil.origin}/copies/2`), []));

    // On its own address, but not what was asked for: the author's other post, by way of an actor elsewhere.
    const stolen = evil.note(mallory, "stolen", { attributedTo: bob.id });
    await here.unmoved(async () => assert.deepEqual(await resolve(stolen.id), []));
  });

  test("T18 an origin that sends us elsewhere has not said anything", async () => {
    const id = `${victim.origin}/open/redirect`;
    victim.serve("/open/redirect", { status: 302, headers: { location: `${evil.origin}/landing` } });
    const note = { "@context": AS2, id, type: "Note", attributedTo: bob.id, content: "<p>forged</p>", to: [PUBLIC] };
    evil.serve("/landing", { body: note });
    await here.unmoved(async () => assert.deepEqual(await resolve(id), []));
    // Nor does an actor who is redirected there get in.
    evil.serve("/landing", { body: { ...mallory.document, id, inbox: `${id}/inbox` } });
    await here.unmoved(async () => void (await resolve(id)));
    assert.equal(await here.send(activity({ id }, "Follow", here.actorOf(ann)), mallory, { keyId: id }), 401);
  });

  test("T19 nobody deletes or changes what is another's", async () => {
    const real = victim.note(bob, "t19", { content: "<p>real</p>" });
    await here.takes(activity(bob, "Create", real), bob);
    const changed = { ...real, content: "<p>forged</p>", updated: new Date(Date.now() + 1000).toISOString() };
    await here.unmoved(async () => {
      for (const somebody of [mallory, eve])
        for (const forged of [
          activity(somebody, "Update", changed),
          activity(somebody, "Update", { ...changed, attributedTo: somebody.id }),
          activity(somebody, "Update", { ...bob.document, name: "owned" }),
          activity(somebody, "Remove", real.id, { target: bob.featured }),
          activity(somebody, "Add", real.id, { target: bob.featured }),
          activity(somebody, "Delete", real.id),
          activity(somebody, "Delete", { id: real.id, type: "Tombstone" }),
          activity(somebody, "Delete", bob.id),
          activity(somebody, "Delete", here.postOf(post)),
          activity(somebody, "Delete", here.actorOf(ann)),
          activity(somebody, "Undo", real.id),
          activity(somebody, "Create", { ...real, attributedTo: somebody.id, content: "<p>forged</p>" }),
          activity(somebody, "Create", { ...real, id: here.postOf(post), attributedTo: somebody.id }),
        ])
          assert.equal(await here.send(forged, somebody), 202, JSON.stringify(forged).slice(0, 200));
    }, ["tombstones"]);
    const grave = createHash("sha256").update(real.id).digest().subarray(0, 16);
    assert.deepEqual(await here.rows.all("select at from tombstones where digest = $1", [grave]), []);
    assert.equal(await content(real.id), "<p>real</p>");
  });

  test("T19 a boost that brings somebody else's post along does not speak for it", async () => {
    const real = victim.note(bob, "t19-boosted", { content: "<p>real</p>" });
    await here.takes(activity(mallory, "Announce", { ...real, content: "<p>forged</p>" }), mallory);
    assert.equal(await content(real.id), "<p>real</p>");
    const never = { ...real, id: `${victim.origin}/notes/t19-never`, content: "<p>forged</p>" };
    await here.unmoved(async () => {
      assert.equal(await here.send(activity(mallory, "Announce", never), mallory), 202);
      assert.equal(await here.send(activity(mallory, "Announce", activity(bob, "Create", never)), mallory), 202);
    });
  });

  test("T20 nobody undoes what another did", async () => {
    const follow = activity(bob, "Follow", here.actorOf(ann));
    const like = activity(bob, "Like", here.postOf(post));
    const boost = activity(bob, "Announce", here.postOf(post));
    for (const done of [follow, like, boost]) await here.takes(done, bob);
    assert.equal((await relation(ann, bobId))?.followed_by, true);
    await here.unmoved(async () => {
      for (const somebody of [mallory, eve])
        for (const done of [follow, like, boost])
          for (const object of [done, done["id"], { ...done, actor: somebody.id }])
            assert.equal(await here.send(activity(somebody, "Undo", object), somebody), 202);
    }, ["tombstones"]);
  });

  test("T20 undoing a boost that never was cannot keep somebody's post from coming", async () => {
    const later = victim.note(bob, "t20-later");
    const undone = { type: "Announce", id: later.id, actor: mallory.id, object: "https://nowhere.example/1" };
    await here.takes(activity(mallory, "Undo", undone), mallory);
    await here.takes(activity(mallory, "Delete", later.id), mallory);
    await here.takes(activity(bob, "Create", later), bob);
    assert.ok(await content(later.id));
  });

  test("T20 a boost that was undone before it could be looked up stays undone", async () => {
    const real = victim.note(bob, "t20-undone");
    const boost = activity(mallory, "Announce", real.id);
    // Both are in the lane before the post is fetched.
    assert.equal(await here.send(boost, mallory), 202);
    assert.equal(await here.send(activity(mallory, "Undo", boost), mallory), 202);
    await here.settle();
    assert.equal(await content(String(boost["id"])), undefined);
  });

  test("T20 a move that the new account does not know of moves nobody", async () => {
    await here.unmoved(async () => {
      mallory.document["movedTo"] = bob.id;
      assert.equal(await here.send(activity(mallory, "Move", mallory.id, { target: bob.id }), mallory), 202);
      // To somebody who knows somebody else, and of somebody else's account.
      bob.document["alsoKnownAs"] = [eve.id];
      assert.equal(await here.send(activity(mallory, "Move", mallory.id, { target: bob.id }), mallory), 202);
      assert.equal(await here.send(activity(mallory, "Move", bob.id, { target: mallory.id }), mallory), 202);
      assert.equal(await here.send(activity(mallory, "Move", mallory.id, { target: here.actorOf(ann) }), mallory), 202);
    });
    delete mallory.document["movedTo"];
    delete bob.document["alsoKnownAs"];
    assert.equal((await relation(ann, malloryId))?.following, true);
  });

  test("T20 an answer to a question that was never asked is ignored", async () => {
    const zoe = evil.actor("zoe");
    const zoeId = await here.find(ann, zoe, evil);
    await here.unmoved(async () => {
      const follow = { type: "Follow", actor: here.actorOf(ann), object: zoe.id };
      for (const object of [
        follow,
        { ...follow, id: `${here.actorOf(ann)}#follows/1` },
        `${here.actorOf(ann)}#follows/1`,
      ])
        for (const type of ["Accept", "Reject"]) assert.equal(await here.send(activity(zoe, type, object), zoe), 202);
    });
    assert.equal((await relation(ann, zoeId))?.following, false);
  });

  test("T21 a forged acceptance leaves a request pending, and pending is not following", async () => {
    const locked = victim.actor("locked", { manuallyApprovesFollowers: true });
    const id = await here.find(ann, locked, victim);
    await ann.ok("POST", `/api/v1/accounts/${id}/follow`);
    await here.settle();
    const follow = victim.seen.flatMap((s) => (s.method === "POST" ? [JSON.parse(s.body) as Json] : [])).at(-1);
    assert.equal(follow?.["type"], "Follow");
    const ben = await signUp(here.at, "ben");
    await here.follow(ben, locked, victim);
    await here.unmoved(async () => {
      for (const somebody of [mallory, eve])
        for (const object of [follow, follow["id"], { type: "Follow", actor: here.actorOf(ann), object: somebody.id }])
          assert.equal(await here.send(activity(somebody, "Accept", object), somebody), 202);
    });
    assert.deepEqual([(await relation(ann, id))?.following, (await relation(ann, id))?.requested], [false, true]);
    const quiet = victim.note(locked, "t21", { to: [locked.followers], cc: [] });
    await here.takes(activity(locked, "Create", quiet), locked);
    const home = await ben.ok<Status[]>("GET", "/api/v1/timelines/home");
    const there = home.find((s) => s.uri === quiet.id);
    assert.ok(there);
    assert.equal(await get(`/api/v1/statuses/${there.id}`), 404);
    const shown = await ann.ok<Status[]>("GET", `/api/v1/accounts/${id}/statuses`);
    assert.equal(
      shown.some((s) => s.uri === quiet.id),
      false,
    );
  });

  test("T21 who waits to be let in gets nothing that is for followers", async () => {
    const dora = await signUp(here.at, "dora");
    await dora.ok("PATCH", "/api/v1/accounts/update_credentials", { locked: true });
    await here.takes(activity(mallory, "Follow", here.actorOf(dora)), mallory);
    // Says of itself that it was let in.
    const follow = { type: "Follow", actor: mallory.id, object: here.actorOf(dora) };
    await here.takes(activity(mallory, "Accept", follow), mallory);
    assert.equal((await relation(dora, malloryId))?.followed_by, false);
    const before = evil.seen.length;
    await dora.ok("POST", "/api/v1/statuses", { status: "only for followers", visibility: "private" });
    await here.settle();
    assert.deepEqual(
      evil.seen.slice(before).filter((s) => s.body.includes("only for followers")),
      [],
    );
  });

  test("T28 a handle that WebFinger does not confirm is not taken over", async () => {
    const handle = async (uri: string): Promise<string | undefined> =>
      (
        await here.rows.one<{ handle: string }>(
          "select username || '@' || domain as handle from accounts where uri = $1",
          [uri],
        )
      )?.handle;
    const bobs = `bob@${victim.host}`;
    assert.equal(await handle(bob.id), bobs);
    const finger = (name: string, subject: string, href: string): void =>
      evil.serve(`/.well-known/webfinger?resource=${encodeURIComponent(`acct:${name}@${evil.host}`)}`, {
        type: "application/jrd+json",
        body: { subject, links: [{ rel: "self", type: ACTIVITY_JSON, href }] },
      });
    // Claims bob's handle in the actor, and in WebFinger of its own host.
    const claims = evil.actor("claims", { webfinger: bobs, preferredUsername: "bob" });
    const fingers = evil.actor("fingers");
    finger("fingers", `acct:${bobs}`, fingers.id);
    for (const somebody of [claims, fingers]) {
      await here.takes(activity(somebody, "Like", here.postOf(post)), somebody);
      assert.equal((await handle(somebody.id))?.endsWith(`@${evil.host}`), true);
      assert.equal(await handle(bob.id), bobs);
    }
    // On bob's own server: calls itself bob, but WebFinger there names bob.
    const twin = victim.actor("twin", { preferredUsername: "bob" });
    await here.takes(activity(twin, "Like", here.postOf(post)), twin);
    assert.notEqual(await handle(twin.id), bobs);
    assert.equal(await handle(bob.id), bobs);
    assert.equal((await ann.ok<{ id: string }>("GET", `/api/v1/accounts/lookup?acct=${bobs}`)).id, bobId);
    // A handle elsewhere that names our people.
    const ours = evil.actor("ours", { webfinger: `ann@${new URL(here.at.url).host}`, preferredUsername: "ann" });
    await here.takes(activity(ours, "Like", here.postOf(post)), ours);
    assert.equal((await handle(ours.id))?.endsWith(`@${evil.host}`), true);
    assert.equal((await ann.ok<{ id: string }>("GET", "/api/v1/accounts/lookup?acct=ann")).id, ann.id);
  });

  test("T28 a name that WebFinger now gives to another actor goes to that one", async () => {
    const first = evil.actor("same");
    await here.find(ann, first, evil);
    const second = evil.actor("same2", { preferredUsername: "same" });
    evil.serve(`/.well-known/webfinger?resource=${encodeURIComponent(`acct:same@${evil.host}`)}`, {
      type: "application/jrd+json",
      body: { subject: `acct:same@${evil.host}`, links: [{ rel: "self", type: ACTIVITY_JSON, href: second.id }] },
    });
    await here.takes(activity(second, "Like", here.postOf(post)), second);
    const [row] = await here.rows.all<{ uri: string }>(
      "select uri from accounts where username = 'same' and domain = $1",
      [evil.host],
    );
    assert.equal(row?.uri, second.id);
  });
});
