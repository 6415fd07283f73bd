/** kill -9 in the middle of what comes in, and of what goes out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "#test/support/eventually.ts";
import {
  activity,
  hostilePeer,
  PUBLIC,
  send,
  type HostilePeer,
  type Json,
  type PeerActor,
} from "#test/support/hostile-peer.ts";
import { allPages, signIn, signUp, type Person } from "#test/support/people.ts";
import { testApp } from "#test/support/app.ts";
import { rowsOf } from "#test/support/rows.ts";
import { startSkein, type TestServer } from "#test/support/server.ts";

interface Status {
  id: string;
  uri: string;
  content: string;
  replies_count: number;
}

const PEERS = { SKEIN_ALLOW_LOOPBACK_PEERS: "1" };

/** Starts a killed server again, as if a minute had gone by: until then what the dead process held is its own. */
async function aMinuteLater(server: TestServer): Promise<TestServer> {
  assert.ok(server.databaseUrl, "this test looks into the database");
  const rows = await rowsOf(server.databaseUrl);
  await rows.all("update inbox_lanes set lease_until = '-infinity'");
  await rows.all("update delivery_hosts set lease_until = null");
  await rows.all("update worker_pools set seen_at = seen_at - interval '2 minutes'");
  await rows.close();
  return server.restart();
}

/** Runs `work` for every item, some at a time; what fails because the server is gone is left out. */
async function inParallel<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item).catch(() => {});
    }),
  );
}

test("after kill -9 during 300 deliveries everything that was acknowledged has taken effect once", async () => {
  const server = await startSkein({ database: "clone", env: PEERS });
  const peer = await hostilePeer("127.0.0.12");
  const bob = peer.actor("bob");
  const ann = await signUp(server, "ann");
  const post = await ann.ok<Status>("POST", "/api/v1/statuses", { status: "answer me" });
  const annUri = `${server.url}/ap/actors/${ann.id}`;
  const answers = Array.from({ length: 300 }, (_, n) =>
    activity(bob, "Create", {
      type: "Note",
      id: `${peer.origin}/notes/${n}`,
      attributedTo: bob.id,
      content: `<p>answer ${n}</p>`,
      inReplyTo: post.uri,
      to: [PUBLIC, annUri],
      tag: [{ type: "Mention", href: annUri, name: "@ann" }],
    }),
  );
  const uriOf = (one: Json): string => String((one["object"] as Json)["id"]);
  const acknowledged = new Set<string>();
  let killed: Promise<void> | undefined;
  await inParallel(answers, 12, async (one) => {
    const status = await send(server, one, { by: bob });
    assert.equal(status, 202);
    acknowledged.add(uriOf(one));
    if (acknowledged.size >= 120) killed ??= server.kill9();
  });
  await killed;
  assert.ok(acknowledged.size >= 120 && acknowledged.size < 300, `${acknowledged.size} were acknowledged`);

  const after = await aMinuteLater(server);
  const again = await signIn(after, "ann");
  const told = (): Promise<{ id: string; status: Status }[]> =>
    allPages<{ id: string; status: Status }>(again, "/api/v1/notifications?types[]=mention");
  const first = await eventually("everything acknowledged", async () => {
    const uris = new Set((await told()).map((n) => n.status.uri));
    return [...acknowledged].every((uri) => uris.has(uri)) && uris;
  });
  // Who got no answer sends again, and so do the others.
  await inParallel(answers, 12, async (one) => assert.equal(await send(after, one, { by: bob }), 202));
  const all = await eventually("all of them", async () => {
    const list = await told();
    return list.length >= 300 && list;
  });
  assert.ok(first.size <= 300);
  assert.equal(all.length, 300, "one notification each");
  assert.equal(new Set(all.map((n) => n.status.uri)).size, 300);
  assert.equal((await again.ok<Status>("GET", `/api/v1/statuses/${post.id}`)).replies_count, 300, "each counted once");
  const thread = await again.ok<{ descendants: Status[] }>("GET", `/api/v1/statuses/${post.id}/context`);
  assert.equal(thread.descendants.length, 300);
  await after.stop();
});

test("after kill -9 while a post goes out every living inbox gets it, always under the same id", async () => {
  const server = await startSkein({ database: "clone", env: PEERS });
  const peers: HostilePeer[] = await Promise.all(Array.from({ length: 20 }, (_, n) => hostilePeer(`127.0.1.${n + 1}`)));
  const ann: Person = await signUp(server, "ann");
  const annUri = `${server.url}/ap/actors/${ann.id}`;
  let keys: PeerActor | undefined;
  const followers = peers.flatMap((peer) =>
    Array.from({ length: 10 }, (_, n) => {
      const actor = peer.actor(`f${n}`, {}, keys);
      keys ??= actor;
      return { peer, actor };
    }),
  );
  await inParallel(followers, 12, async ({ actor }) => {
    assert.equal(await send(server, activity(actor, "Follow", annUri), { by: actor }), 202);
  });
  await eventually("200 followers", async () => {
    const { followers_count } = await ann.ok<{ followers_count: number }>("GET", `/api/v1/accounts/${ann.id}`);
    return followers_count === 200;
  });
  // The answers to the follows are out of the way.
  const accepted = (): number =>
    peers.reduce((n, p) => n + p.seen.filter((s) => s.body.includes('"Accept"')).length, 0);
  await eventually("200 acceptances", async () => accepted() >= 200);
  const dead = peers[0];
  await dead?.close();

  let got = 0;
  const enough = Promise.withResolvers<void>();
  const ids = new Map<string, Set<string>>();
  for (const { peer, actor } of followers)
    peer.serve(new URL(actor.inbox).pathname, ({ body }) => {
      const sent = JSON.parse(body) as Json;
      if (sent["type"] === "Create") {
        const seen = ids.get(actor.inbox) ?? new Set();
        ids.set(actor.inbox, seen.add(`${String(sent["id"])} ${JSON.stringify(sent["object"])}`));
        if (++got === 30) enough.resolve();
      }
      return { status: 202 };
    });
  await ann.ok("POST", "/api/v1/statuses", { status: "to everybody" });
  await enough.promise;
  await server.kill9();
  const before = ids.size;
  assert.ok(before < 190, `${before} had it already`);

  const after = await aMinuteLater(server);
  await eventually("every living inbox", async () => ids.size >= 190);
  assert.equal(ids.size, 190);
  const said = new Set([...ids.values()].flatMap((some) => [...some]));
  assert.equal(said.size, 1, "the same activity everywhere, however often");
  await after.stop();
});

test("who is alone on its database takes up at once what a dead process held; beside others it waits", async () => {
  for (const exclusive of [true, false]) {
    const here = await testApp({}, { exclusive });
    const rows = await rowsOf(here.databaseUrl);
    await rows.all("update inbox_lanes set lease_until = now() + interval '1 minute'");
    await rows.all(
      "insert into delivery_hosts (host, lease_until) values ('gone.example', now() + interval '1 minute')",
    );
    await here.app.federation.start();
    const [left] = await rows.all<{ lanes: number; hosts: number }>(
      `select (select count(*) from inbox_lanes where lease_until > now())::int as lanes,
         (select count(*) from delivery_hosts where lease_until > now())::int as hosts`,
    );
    assert.deepEqual(left, exclusive ? { lanes: 0, hosts: 0 } : { lanes: 16, hosts: 1 });
    await rows.close();
  }
});
