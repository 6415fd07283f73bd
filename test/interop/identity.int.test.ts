/** Who may say what (T11 to T17, T22, T23): forged, replayed and malformed deliveries against a real app. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { activity, AS2, hostilePeer, type HostilePeer, type Json, type PeerActor } from "#test/support/hostile-peer.ts";
import { instance, type Instance } from "#test/support/instance.ts";
import { signUp, type Person } from "#test/support/people.ts";

const METRICS = "a token for the metrics";
const HOUR = 3_600_000;

describe("who may say what", { concurrency: false }, () => {
  let here: Instance;
  let evil: HostilePeer;
  let victim: HostilePeer;
  let mallory: PeerActor;
  let bob: PeerActor;
  let ann: Person;
  /** A public post of ann's. */
  let post: string;
  const note = (author: PeerActor, name: string, more: Json = {}): Json & { id: string } =>
    (author === bob ? victim : evil).note(author, name, more);
  const stored = async (uri: string): Promise<{ content: string; visibility: number } | undefined> =>
    here.rows.one("select content, visibility from posts where uri = $1", [uri]);

  before(async () => {
    [here, evil, victim] = await Promise.all([
      instance({ SKEIN_METRICS_TOKEN: METRICS }),
      hostilePeer("127.0.0.2"),
      hostilePeer("127.0.0.3"),
    ]);
    mallory = evil.actor("mallory");
    bob = victim.actor("bob");
    ann = await signUp(here.at, "ann");
    await here.follow(ann, bob, victim);
    await here.find(ann, mallory, evil);
    post = (await ann.ok<{ id: string }>("POST", "/api/v1/statuses", { status: "hello" })).id;
    await here.settle();
  });
  after(() => here.rows.close());

  test("T11 a key that cannot be had is asked for once, however many activities name it", async () => {
    await here.unmoved(async () => {
      const like = activity(mallory, "Like", here.postOf(post));
      for (const suffix of ["", "key"]) {
        const name = `ghost${suffix}`;
        const keyId = (n: number): string => `${evil.origin}/users/${name}#${suffix === "" ? "main" : n}`;
        for (let n = 0; n < 1000; n += 50) {
          const answers = await Promise.all(
            Array.from({ length: 50 }, (_, i) => here.send(like, mallory, { keyId: keyId(n + i) })),
          );
          assert.deepEqual([...new Set(answers)], [401]);
        }
        assert.equal(evil.asked(`/users/${name}`), 1, `fetches of ${name}`);
      }
    });
  });

  test("T12 a valid signature of A says nothing in the name of B", async () => {
    const existing = note(bob, "t12");
    await here.takes(activity(bob, "Create", existing), bob);
    const asked = victim.seen.length;
    await here.unmoved(async () => {
      for (const forged of [
        activity(bob, "Create", { ...existing, id: `${victim.origin}/notes/forged` }),
        activity(bob, "Follow", here.actorOf(ann)),
        activity(bob, "Like", here.postOf(post)),
        activity(bob, "Announce", here.postOf(post)),
        activity(bob, "Block", here.actorOf(ann)),
        activity(bob, "Delete", bob.id),
        activity(bob, "Update", { ...bob.document, name: "owned" }),
        activity(bob, "Move", bob.id, { target: mallory.id }),
        activity(bob, "Undo", activity(bob, "Follow", here.actorOf(ann))),
        activity(bob, "Flag", [here.actorOf(ann), here.postOf(post)]),
      ])
        for (const spec of ["cavage", "rfc9421"] as const)
          assert.equal(await here.send(forged, mallory, { spec }), 401, String(forged["type"]));
    });
    assert.equal(victim.seen.length, asked, "nothing was fetched for a forgery");
  });

  test("T12 what is passed on is a hint: the object is fetched at its origin, and what the messenger says does not count", async () => {
    const existing = note(bob, "hinted");
    await here.takes(activity(bob, "Create", existing), bob);
    const forged = activity(bob, "Update", {
      ...existing,
      content: "<p>forged</p>",
      updated: new Date().toISOString(),
    });
    await here.unmoved(async () => assert.equal(await here.send(forged, mallory), 202));
    const reply = note(bob, "hinted-reply", { inReplyTo: here.postOf(post), content: "<p>as written</p>" });
    assert.equal(await here.send(activity(bob, "Create", { ...reply, content: "<p>forged</p>" }), mallory), 202);
    await here.settle();
    assert.equal((await stored(reply.id))?.content, "<p>as written</p>");
  });

  test("T12 a hint about a followers-only post does not remove it, although its origin does not show it to us", async () => {
    const quiet = note(bob, "quiet", { to: [bob.followers], cc: [], content: "<p>for followers</p>" });
    victim.serve("/notes/quiet", { status: 404 });
    await here.takes(activity(bob, "Create", quiet), bob);
    assert.equal((await stored(quiet.id))?.visibility, 2);
    for (const type of ["Update", "Delete", "Create"])
      await here.unmoved(async () => assert.equal(await here.send(activity(bob, type, quiet), mallory), 202));
    // Nor does a hint about something that is not there yet keep it from coming.
    const later = { ...note(bob, "later", { inReplyTo: here.postOf(post) }) };
    victim.serve("/notes/later", { status: 404 });
    assert.equal(await here.send(activity(bob, "Create", later), mallory), 202);
    await here.settle();
    await here.takes(activity(bob, "Create", later), bob);
    assert.ok(await stored(later.id));
  });

  test("T13 what is not signed, or not wholly, is refused", async () => {
    await here.unmoved(async () => {
      const like = activity(mallory, "Like", here.postOf(post));
      const body = JSON.stringify(like);
      const bare = await here.at.fetch("/inbox", {
        method: "POST",
        headers: { "content-type": "application/activity+json" },
        body,
      });
      assert.equal(bare.status, 401);
      const usual = ["(request-target)", "host", "date", "digest"];
      for (const covered of [[], ["(created)"], ["date"], ...usual.map((left) => usual.filter((c) => c !== left))])
        for (const algorithm of ["hs2019", "rsa-sha256"])
          assert.equal(await here.send(like, mallory, { covered, algorithm }), 401, covered.join(" "));
      const full = ["@method", "@target-uri", "content-digest"];
      for (const covered of [[], ...full.map((left) => full.filter((c) => c !== left))])
        assert.equal(await here.send(like, mallory, { spec: "rfc9421", covered }), 401, covered.join(" "));
      for (const spec of ["cavage", "rfc9421"] as const)
        assert.equal(await here.send(like, mallory, { spec, digestOf: "{}" }), 401);
      for (const algorithm of ["none", "hmac-sha256", "rsa-sha1"])
        assert.equal(await here.send(like, mallory, { algorithm }), 401, algorithm);
    });
  });

  test("T14 a signature for another path or host does not count here", async () => {
    await here.unmoved(async () => {
      const like = activity(mallory, "Like", here.postOf(post));
      for (const spec of ["cavage", "rfc9421"] as const)
        for (const signedUrl of [
          `${here.actorOf(ann)}/inbox`,
          "http://other.example/inbox",
          `${here.at.url}/inbox?x=1`,
          `${here.at.url}/INBOX`,
        ])
          assert.equal(await here.send(like, mallory, { spec, signedUrl }), 401, `${spec} ${signedUrl}`);
    });
  });

  test("T15 a request that is sent again has no second effect, and an old or future one none at all", async () => {
    const create = activity(bob, "Create", note(bob, "t15"));
    const ago = (ms: number): Date => new Date(Date.now() - ms);
    assert.equal(await here.send(create, bob, { date: ago(60_000) }), 202);
    await here.settle();
    await here.unmoved(async () => {
      assert.equal(await here.send(create, bob, { date: ago(60_000) }), 202);
      assert.equal(await here.send(create, bob), 202);
      assert.equal(await here.send({ ...create, object: note(bob, "t15-other") }, bob), 202);
      const fresh = activity(bob, "Create", note(bob, "t15-late"));
      for (const spec of ["cavage", "rfc9421"] as const)
        for (const date of [ago(13 * HOUR), ago(-1.1 * HOUR)])
          assert.equal(await here.send(fresh, bob, { spec, date }), 401, `${spec} ${date.toISOString()}`);
    });
  });

  test("T16 key, owner and actor have to name each other", async () => {
    const key = (id: string, owner: string): Json => ({
      "@context": ["https://w3id.org/security/v1"],
      id: `${evil.origin}${id}`,
      type: "Key",
      owner,
      publicKeyPem: mallory.publicPem,
    });
    evil.serve("/keys/other-id", { body: key("/keys/another", mallory.id) });
    evil.serve("/keys/foreign", { body: key("/keys/foreign", bob.id) });
    evil.serve("/keys/unnamed", { body: key("/keys/unnamed", mallory.id) });
    const thief = evil.actor("thief");
    thief.document["publicKey"] = { id: thief.keyId, owner: bob.id, publicKeyPem: mallory.publicPem };
    const liar = evil.actor("liar");
    liar.document["publicKey"] = { id: bob.keyId, owner: bob.id, publicKeyPem: mallory.publicPem };
    await here.unmoved(async () => {
      const like = activity(mallory, "Like", here.postOf(post));
      const forged = activity(bob, "Like", here.postOf(post));
      for (const keyId of ["/keys/other-id", "/keys/foreign", "/keys/unnamed", "/users/thief#main-key", "/users/liar"])
        for (const what of [like, forged])
          assert.equal(await here.send(what, mallory, { keyId: `${evil.origin}${keyId}` }), 401, keyId);
      assert.equal(await here.send(forged, mallory, { keyId: bob.keyId }), 401);
    });
  });

  test("T16 a key that its actor has given up does not count any more", async () => {
    const otto = evil.actor("otto");
    await here.takes(activity(otto, "Like", here.postOf(post)), otto);
    const fresh = evil.actor("otto-fresh");
    otto.document["publicKey"] = { id: `${otto.id}#second`, owner: otto.id, publicKeyPem: fresh.publicPem };
    const renewed = { keyId: `${otto.id}#second`, privateKey: fresh.privateKey };
    const update = activity(otto, "Update", otto.document);
    assert.equal(await here.send(update, otto, { by: renewed }), 202);
    await here.settle();
    await here.unmoved(async () => {
      assert.equal(await here.send(activity(otto, "Follow", here.actorOf(ann)), otto), 401);
      // The old key under the new name.
      assert.equal(await here.send(activity(otto, "Block", here.actorOf(ann)), otto, { keyId: renewed.keyId }), 401);
    });
  });

  test("T17 an upload on somebody's host that looks like an actor is none", async () => {
    const types = ["text/plain", "image/png", "text/html", "application/json", "application/octet-stream"];
    await here.unmoved(async () => {
      for (const [n, type] of [...types, "application/ld+json", "application/activity+jsonx"].entries()) {
        const id = `${victim.origin}/media/${n}`;
        const body = {
          ...mallory.document,
          id,
          inbox: `${id}/inbox`,
          publicKey: { id, owner: id, publicKeyPem: mallory.publicPem },
        };
        victim.serve(`/media/${n}`, { type, body });
        const follow = activity({ id }, "Follow", here.actorOf(ann));
        assert.equal(await here.send(follow, mallory, { keyId: id }), 401, type);
      }
    });
  });

  test("T22 a context that gives names another meaning cannot make one document say two things", async () => {
    const remapped = {
      actor: { "@id": "https://evil.example/ns#noise", "@type": "@id" },
      by: { "@id": "as:actor", "@type": "@id" },
    };
    await here.unmoved(async () => {
      const like = activity(mallory, "Like", here.postOf(post));
      // For a plain reader mallory acts, for a JSON-LD processor bob: neither of them may win by it.
      const two: Json = { ...like, "@context": [AS2, { as: `${AS2}#`, ...remapped }], by: bob.id };
      assert.ok([202, 401].includes(await here.send(two, mallory)));
      // An LD signature is no proof.
      const signature = {
        type: "RsaSignature2017",
        creator: bob.keyId,
        created: new Date().toISOString(),
        signatureValue: "AAAA",
      };
      const forged = { ...activity(bob, "Like", here.postOf(post)), signature };
      assert.equal(await here.send(forged, mallory), 401);
    });
  });

  test("T23 strange JSON is refused or has no effect", async () => {
    const like = activity(bob, "Like", "https://nowhere.example/post");
    const text = JSON.stringify(like);
    const withFirst = (key: string, value: string): string => `{${JSON.stringify(key)}:${value},${text.slice(1)}`;
    const withLast = (key: string, value: string): string => `${text.slice(0, -1)},${JSON.stringify(key)}:${value}}`;
    await here.unmoved(async () => {
      // Every reader sees the same actor: the last one.
      assert.equal(await here.send(withLast("actor", JSON.stringify(mallory.id)), bob), 401);
      assert.equal(
        await here.send(
          withFirst("actor", JSON.stringify(bob.id)).replace(
            /"actor":"[^"]*users\/bob","object/,
            `"actor":"${mallory.id}","object`,
          ),
          bob,
        ),
        401,
      );
      const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
      for (const [body, status] of [
        [withLast("tag", deep), 400],
        [withLast("x", "1e400"), 202],
        ["[]", 400],
        ["null", 400],
        ['"text"', 400],
        ["{", 400],
        ["", 400],
        [`\ufeff${text}x`, 400],
        [withLast("object", "1e400"), 202],
        [withLast("object", '"\\ud800"'), 202],
        [withLast("id", '"\\ud800"'), 202],
        [withLast("object", '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'), 202],
        [withFirst("__proto__", '{"polluted":true,"actor":"x"}'), 202],
      ] as const)
        assert.equal(
          await here.send(body.replace(String(like["id"]), `${bob.id}/strange/${Math.random()}`), bob),
          status,
          body.slice(0, 80),
        );
      assert.equal(({} as Json)["polluted"], undefined);
    });
  });

  test("T23 a type that is the name of something in JavaScript is an unknown type, and holds up nothing", async () => {
    await here.unmoved(async () => {
      for (const type of ["constructor", "valueOf", "hasOwnProperty", "toString", "isPrototypeOf", "toLocaleString"])
        assert.equal(await here.send(activity(bob, type, here.postOf(post)), bob), 202);
    });
    const metrics = await here.at.fetch("/metrics", { headers: { authorization: `Bearer ${METRICS}` } });
    const text = await metrics.text();
    assert.match(text, /outcome="unknown"/);
    assert.doesNotMatch(text, /outcome="(failed|constructor|valueOf)"/);
  });
});
