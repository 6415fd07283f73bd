import assert from "node:assert/strict";
import { test } from "node:test";
import { allPages, setUpOwner, signIn, signUp, type Person } from "#test/support/people.ts";
import { startSkein } from "#test/support/server.ts";

interface Status {
  id: string;
  content: string;
  account: { id: string };
}

const POSTS = 200;
const KILL_AFTER = 60;

/** Posts at once until the server dies; returns the ids by text of what was acknowledged. */
async function postUntilKilled(author: Person, kill: () => Promise<void>): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  let killed: Promise<void> | undefined;
  await Promise.allSettled(
    Array.from({ length: POSTS }, async (_, n) => {
      const status = `Post number ${n}`;
      const response = await author.call("POST", "/api/v1/statuses", { status }, { "idempotency-key": `key-${n}` });
      if (response.status !== 200) return;
      const { id } = (await response.json()) as Status;
      acknowledged.set(status, id);
      if (acknowledged.size >= KILL_AFTER) killed ??= kill();
    }),
  );
  await killed;
  return acknowledged;
}

test("after kill -9 during 200 posts every acknowledged post is there once, and reaches its readers", async () => {
  const server = await startSkein();
  const author = await setUpOwner(server);
  const reader = await signUp(server, "reader");
  await reader.ok("POST", `/api/v1/accounts/${author.id}/follow`, {});
  await reader.ok("GET", "/api/v1/timelines/home");
  const acknowledged = await postUntilKilled(author, () => server.kill9());
  assert.ok(acknowledged.size >= KILL_AFTER, `only ${acknowledged.size} posts were acknowledged`);

  const after = await server.restart();
  const [again, follower] = [await signIn(after, "owner"), await signIn(after, "reader")];
  const listed = await allPages<Status>(again, `/api/v1/accounts/${author.id}/statuses`);
  const ids = listed.map((status) => status.id);
  assert.equal(new Set(ids).size, ids.length, "no post twice");
  const texts = listed.map((status) => status.content.replaceAll(/<[^>]+>/g, ""));
  assert.equal(new Set(texts).size, texts.length, "no text twice");
  for (const text of texts) assert.match(text, /^Post number \d+$/, "no half post");
  for (const [text, id] of acknowledged) {
    assert.ok(ids.includes(id), `${text} (${id}) was acknowledged and is gone`);
  }
  const account = await again.ok<{ statuses_count: number }>("GET", `/api/v1/accounts/${author.id}`);
  assert.equal(account.statuses_count, ids.length, "the counter agrees with the posts");

  // Whoever did not get an answer tries again with the same key: still one post each.
  for (let n = 0; n < POSTS; n++) {
    await again.ok("POST", "/api/v1/statuses", { status: `Post number ${n}` }, { "idempotency-key": `key-${n}` });
  }
  const complete = await allPages<Status>(again, `/api/v1/accounts/${author.id}/statuses`);
  assert.equal(complete.length, POSTS);

  const home = await allPages<Status>(follower, "/api/v1/timelines/home");
  const seen = home.filter((status) => status.account.id === author.id).map((status) => status.id);
  assert.deepEqual(
    seen,
    complete.map((status) => status.id),
    "the follower's home has them all, in order",
  );
  assert.equal(await after.stop(), 0, after.output());
});
