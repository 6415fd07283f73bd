/** How much a stranger can make us do or show (T24 to T27, T29). */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  activity,
  AS2,
  hostilePeer,
  PUBLIC,
  signedHeaders,
  type HostilePeer,
  type Json,
  type PeerActor,
} from "#test/support/hostile-peer.ts";
import { instance, type Instance } from "#test/support/instance.ts";
import { signUp, type Person } from "#test/support/people.ts";
import { startSkein } from "#test/support/server.ts";

interface Status {
  id: string;
  uri: string;
  content: string;
  visibility: string;
  reblog: Status | null;
  poll: { options: unknown[] } | null;
  tags: unknown[];
  mentions: unknown[];
  media_attachments: unknown[];
}

describe("how much a stranger can make us do", { concurrency: false }, () => {
  let here: Instance;
  let peer: HostilePeer;
  let other: HostilePeer;
  let bob: PeerActor;
  let carl: PeerActor;
  let ann: Person;
  let bobId: string;
  const arrived = async (uri: string): Promise<Status> => {
    const home = await ann.ok<Status[]>("GET", "/api/v1/timelines/home?limit=40");
    const found = home.find((s) => s.uri === uri);
    assert.ok(found, `${uri} is not there`);
    return found;
  };

  before(async () => {
    [here, peer, other] = await Promise.all([instance(), hostilePeer("127.0.0.4"), hostilePeer("127.0.0.5")]);
    [bob, carl] = [peer.actor("bob"), other.actor("carl")];
    ann = await signUp(here.at, "ann");
    bobId = await here.follow(ann, bob, peer);
    await here.follow(ann, carl, other);
  });
  after(() => here.rows.close());

  test("T24 a chain of answers without end is walked a little way", async () => {
    const link = (n: number): Json => ({
      "@context": AS2,
      id: `${peer.origin}/chain/${n}`,
      type: "Note",
      attributedTo: bob.id,
      content: `<p>${n}</p>`,
      to: [PUBLIC],
      inReplyTo: `${peer.origin}/chain/${n + 1}`,
    });
    peer.others = ({ path }) => {
      const n = /^\/chain\/(\d+)$/.exec(path)?.[1];
      return n === undefined ? undefined : { body: link(Number(n)) };
    };
    const before = peer.seen.length;
    await here.takes(activity(bob, "Create", link(0)), bob);
    const asked = peer.seen.slice(before).filter((s) => s.path.startsWith("/chain/"));
    assert.ok(asked.length > 3 && asked.length <= 32, `${asked.length} fetches`);
    // Somebody who names a later link does not begin a new walk through what was walked.
    await here.takes(activity(bob, "Create", { ...link(0), id: `${peer.origin}/notes/second` }), bob);
    assert.ok(peer.seen.length - before <= 2 * asked.length);
  });

  test("T24 answers in a circle end", async () => {
    const [a, b] = [`${peer.origin}/notes/circle-a`, `${peer.origin}/notes/circle-b`];
    const noteA = peer.note(bob, "circle-a", { inReplyTo: b });
    peer.note(bob, "circle-b", { inReplyTo: a });
    peer.note(bob, "circle-self", { inReplyTo: `${peer.origin}/notes/circle-self` });
    await here.takes(activity(bob, "Create", noteA), bob);
    await here.takes(
      activity(bob, "Create", peer.note(bob, "circle-self", { inReplyTo: `${peer.origin}/notes/circle-self` })),
      bob,
    );
    assert.ok(peer.asked("/notes/circle-a") + peer.asked("/notes/circle-b") <= 4);
    assert.ok(peer.asked("/notes/circle-self") <= 2);
    // The last link that would close the circle is left out.
    const known = await here.rows.all<{ id: string; below: string | null }>(
      "select id::text, in_reply_to_id::text as below from posts where uri = any($1)",
      [[a, b]],
    );
    assert.equal(known.filter((p) => p.below !== null).length, 1);
    for (const { id } of known) {
      const thread = await ann.ok<{ ancestors: Status[]; descendants: Status[] }>(
        "GET",
        `/api/v1/statuses/${id}/context`,
      );
      assert.equal(thread.ancestors.length + thread.descendants.length, 1);
    }
    await here.settle();
  });

  test("T24 collections without end are read a little way", async () => {
    const endless = peer.actor("endless");
    endless.document["featured"] = `${peer.origin}/featured/0`;
    endless.document["outbox"] = `${peer.origin}/outbox/0`;
    peer.others = ({ path }) => {
      const [, what, n] = /^\/(featured|outbox|replies)\/(\d+)$/.exec(path) ?? [];
      if (what === undefined) return undefined;
      return {
        body: {
          "@context": AS2,
          id: peer.origin + path,
          type: "OrderedCollectionPage",
          partOf: `${peer.origin}/${what}/0`,
          next: `${peer.origin}/${what}/${Number(n) + 1}`,
          orderedItems: [`${peer.origin}/nothing/${what}/${n}`],
        },
      };
    };
    await here.follow(ann, endless, peer);
    for (const what of ["featured", "outbox"]) {
      const asked = peer.seen.filter((s) => s.path.startsWith(`/${what}/`)).length;
      assert.ok(asked > 0 && asked <= 3, `${asked} pages of ${what}`);
    }
    const note = peer.note(bob, "many-answers", { replies: `${peer.origin}/replies/0` });
    await here.takes(activity(bob, "Create", note), bob);
    const { id } = await arrived(note.id);
    for (let n = 0; n < 3; n++) await ann.ok("GET", `/api/v1/statuses/${id}/context`);
    await here.settle();
    const asked = peer.seen.filter((s) => s.path.startsWith("/replies/")).length;
    assert.ok(asked <= 9, `${asked} pages of replies`);
  });

  test("T25 what is too much is cut or refused", async () => {
    const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
    const option = (i: number): Json => ({ type: "Note", name: `${i}` });
    const poll = peer.note(bob, "poll", { type: "Question", oneOf: many(10_000, option) });
    const crowd = peer.note(bob, "crowd", {
      tag: [
        ...many(3000, (i) => ({ type: "Hashtag", name: `#tag${i}` })),
        ...many(3000, (i) => ({ type: "Mention", href: `${other.origin}/users/${i}`, name: `@${i}` })),
        { type: "Mention", href: here.actorOf(ann), name: "@ann" },
      ],
      attachment: many(3000, (i) => ({ type: "Image", mediaType: "image/png", url: `${peer.origin}/${i}.png` })),
    });
    for (const note of [poll, crowd]) await here.takes(activity(bob, "Create", note), bob);
    assert.ok(((await arrived(poll.id)).poll?.options.length ?? 1000) <= 100);
    const seen = await arrived(crowd.id);
    assert.ok(seen.tags.length <= 100 && seen.mentions.length <= 200 && seen.media_attachments.length <= 16);
    const long = peer.note(bob, "long", { content: `<p>${"x".repeat(900_000)}</p>` });
    await here.takes(activity(bob, "Create", long), bob);
    assert.ok((await arrived(long.id)).content.length <= 520_000);
    await here.unmoved(async () => {
      const all = { type: "Question", oneOf: many(100_000, option) };
      assert.ok([400, 413].includes(await here.send(activity(bob, "Create", peer.note(bob, "all", all)), bob)));
      const huge = { content: "x".repeat(5_000_000) };
      assert.equal(await here.send(activity(bob, "Create", peer.note(bob, "huge", huge)), bob), 413);
      const nodes = { x: many(200_000, () => 0) };
      assert.equal(await here.send(activity(bob, "Create", "https://nowhere.example/", nodes), bob), 400);
    });
  });

  test("T26 a suspended person's posts are shown nowhere, whoever passes them on", async () => {
    const known = peer.note(bob, "t26-known");
    await here.takes(activity(bob, "Create", known), bob);
    await here.takes(activity(carl, "Announce", known.id), carl);
    const { id } = await arrived(known.id);
    const { policies } = here.at.app.federation;
    const rule = { rejectMedia: false, rejectReports: false, privateComment: "", publicComment: "", obfuscate: false };
    await policies.put({ ...rule, domain: peer.host, severity: "suspend" });
    await here.settle();
    const fresh = peer.note(bob, "t26-fresh");
    const answering = peer.note(bob, "t26-answer", { inReplyTo: known.id });
    await here.takes(activity(carl, "Announce", fresh.id), carl);
    await here.takes(activity(bob, "Create", answering), bob);
    await here.takes(activity(bob, "Announce", other.note(carl, "t26-carls").id), bob);
    for (const path of [
      "/api/v1/timelines/home",
      "/api/v1/timelines/public",
      `/api/v1/accounts/${bobId}/statuses`,
      "/api/v1/notifications",
    ]) {
      const text = await (await ann.call("GET", path)).text();
      assert.doesNotMatch(text, /t26-(known|fresh|answer|carls)/, path);
    }
    assert.equal(peer.asked("/notes/t26-fresh"), 0);
    const gone = await ann.call("GET", `/api/v1/statuses/${id}`);
    await gone.arrayBuffer();
    assert.equal(gone.status, 404);
    const searched = await (
      await ann.call("GET", `/api/v2/search?q=${encodeURIComponent(fresh.id)}&resolve=true`)
    ).text();
    assert.doesNotMatch(searched, /t26-fresh/);
    await policies.remove(peer.host);
    await here.settle();
  });

  test("T27 what was for followers stays for followers", async () => {
    const quiet = peer.note(carl, "unused");
    const note = { ...quiet, id: `${other.origin}/notes/t27`, to: [carl.followers], cc: [], content: "<p>t27</p>" };
    await here.takes(activity(carl, "Create", note), carl);
    const { id } = await arrived(note.id);
    const open = { ...note, to: [PUBLIC], cc: [carl.followers], updated: new Date(Date.now() + 60_000).toISOString() };
    other.serve("/notes/t27", { body: { "@context": AS2, ...open } });
    await here.takes(activity(carl, "Create", open), carl);
    await here.takes(activity(carl, "Update", open), carl);
    await here.takes(activity(carl, "Update", note.id), carl);
    await ann.ok("GET", `/api/v2/search?q=${encodeURIComponent(note.id)}&resolve=true`);
    assert.equal((await arrived(note.id)).visibility, "private");
    const stranger = await here.at.fetch(`/api/v1/statuses/${id}`);
    await stranger.arrayBuffer();
    assert.equal(stranger.status, 404);
  });
});

describe("a post that is not for everyone", () => {
  test("T29 leaks through no door", async () => {
    const server = await startSkein({ env: { SKEIN_ALLOW_LOOPBACK_PEERS: "1" } });
    const [ann, dora] = [await signUp(server, "ann"), await signUp(server, "dora")];
    const peer = await hostilePeer("127.0.0.6");
    const stranger = peer.actor("stranger");
    const words = "zanzibar quokka";
    const open = await ann.ok<Status>("POST", "/api/v1/statuses", { status: "open #doors" });
    const actor = `${server.url}/ap/actors/${ann.id}`;
    const count = async (path: string): Promise<unknown> =>
      ((await (await fetch(`${actor}${path}`)).json()) as { totalItems?: unknown }).totalItems;
    const totals = async (): Promise<unknown[]> => [await count("/outbox"), await count("/featured")];
    const before = await totals();
    const hidden: Status[] = [];
    for (const visibility of ["private", "direct"])
      hidden.push(
        await ann.ok<Status>("POST", "/api/v1/statuses", {
          status: `${words} #doors`,
          visibility,
          in_reply_to_id: open.id,
        }),
      );
    assert.deepEqual(await totals(), before);
    assert.equal(
      ((await (await fetch(`${server.url}/ap/posts/${open.id}/replies`)).json()) as { totalItems: number }).totalItems,
      0,
    );

    const read = async (path: string, headers: Record<string, string>): Promise<{ status: number; text: string }> => {
      const answer = await server.fetch(path, { headers });
      return { status: answer.status, text: await answer.text() };
    };
    const json = { accept: "application/activity+json" };
    const signed = (path: string): Record<string, string> => {
      const made = signedHeaders(`${server.url}${path}`, "", {
        by: stranger,
        covered: ["(request-target)", "host", "date"],
      });
      // A GET is signed like a POST but for the method.
      return { ...made, ...json };
    };
    const absent = (BigInt(open.id) - 12_345n).toString();
    for (const { id } of hidden)
      for (const rest of ["", "/activity", "/replies", "/likes", "/shares", "/replies?page=1"]) {
        const path = `/ap/posts/${id}${rest}`;
        assert.deepEqual(await read(path, json), await read(path.replace(id, absent), json), path);
        assert.notEqual((await read(path, signed(path))).status, 200, path);
      }
    const pages = [
      `/@ann/${open.id}`,
      "/@ann",
      "/tags/doors",
      "/explore",
      ...hidden.map((s) => `/@ann/${s.id}`),
      ...hidden.map((s) => `/@ann/${s.id}/embed`),
      "/@ann.rss",
      "/@ann.atom",
      "/@ann/feed",
      `/api/oembed?url=${encodeURIComponent(`${server.url}/@ann/${hidden[0]?.id}`)}`,
      `/ap/actors/${ann.id}/outbox?page=9223372036854775807`,
      `/ap/actors/${ann.id}/featured`,
      "/api/v1/timelines/tag/doors",
      "/api/v1/timelines/public",
      `/api/v1/accounts/${ann.id}/statuses`,
      `/api/v1/statuses/${open.id}/context`,
      `/api/v2/search?q=zanzibar&type=statuses`,
    ];
    for (const path of pages)
      for (const headers of [json, { accept: "text/html" }, { cookie: dora.cookie }, {}] as Record<string, string>[]) {
        const answer = await fetch(`${server.url}${path}`, { headers });
        // An answer may repeat what was asked for.
        assert.doesNotMatch((await answer.text()).replaceAll("q=zanzibar", ""), /zanzibar|quokka/, path);
      }
    for (const { id } of hidden)
      for (const rest of ["", "/context", "/card", "/source", "/history", "/favourited_by", "/reblogged_by"])
        for (const headers of [{}, { cookie: dora.cookie }] as Record<string, string>[]) {
          const got = await read(`/api/v1/statuses/${id}${rest}`, headers);
          assert.deepEqual(got, await read(`/api/v1/statuses/${absent}${rest}`, headers), `${id}${rest}`);
          assert.ok([401, 404].includes(got.status), `${got.status} ${rest}`);
        }
    for (const { id } of hidden) {
      const page = await fetch(`${server.url}/@ann/${id}`, { headers: { accept: "text/html" } });
      assert.equal(page.status, 404);
      assert.doesNotMatch(await page.text(), /og:description|zanzibar/);
    }
    const shown = await dora.ok<{ statuses_count: number }>("GET", `/api/v1/accounts/${ann.id}`);
    // As at Mastodon, posts for followers are counted; messages are not.
    assert.equal(shown.statuses_count, 2);
    await server.stop();
  });
});
