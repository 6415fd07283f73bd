/** Homes: written after posting, merged where they are not; what belongs there, and how much it costs to read. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import pg from "pg";
import { idFloor } from "#platform/ids.ts";
import { walkDown, walkUp } from "./paging/pages.ts";
import { place, type Place, type Someone } from "./paging/place.ts";

let at: Place;
let people = 0;
before(async () => {
  at = await place({ SKEIN_PULL_FOLLOWERS: "2" });
});

/** New people: a reader who follows the authors. */
async function readerOf(count = 1): Promise<{ reader: Someone; authors: Someone[] }> {
  const reader = await at.person(`reader${++people}`);
  const authors: Someone[] = [];
  for (let i = 0; i < count; i++) {
    const author = await at.person(`author${++people}`);
    await at.follow(reader, author);
    authors.push(author);
  }
  await at.drain();
  return { reader, authors };
}

async function one(): Promise<{ reader: Someone; author: Someone }> {
  const { reader, authors } = await readerOf();
  const [author] = authors;
  assert.ok(author);
  return { reader, author };
}

async function rowsOf(reader: Someone): Promise<bigint[]> {
  const { rows } = await at.pool.query<{ post_id: bigint }>(
    "select post_id from home where owner_id = $1 order by post_id desc",
    [reader.id],
  );
  return rows.map((r) => r.post_id);
}

const pending = async (): Promise<number> => (await at.pool.query("select 1 from pending_fanouts")).rows.length;

test("a post is in every home at once, before any job has run, and once after it ran twice", async () => {
  const { reader, author } = await one();
  assert.deepEqual(await at.home(reader), []);
  const post = await at.post(author, "hello");
  assert.deepEqual(await at.home(reader), [post], "the reader does not wait for the job");
  assert.deepEqual(await at.home(author), [post], "nor does the author");
  await at.task("timelines.fanout", { postId: post.toString() });
  await at.task("timelines.fanout", { postId: post.toString() });
  assert.deepEqual(await rowsOf(reader), [post]);
  assert.deepEqual(await at.home(reader), [post]);
  assert.equal(await pending(), 0);
  await at.pool.query("insert into pending_fanouts (post_id, account_id) values ($1, $2)", [post, author.id]);
  await at.task("timelines.fanout", { postId: post.toString() });
  assert.deepEqual(await rowsOf(reader), [post]);
  await at.drain();
});

test("a fan-out that was killed in the middle: everyone sees the post once, and the sweep ends the work", async () => {
  const { reader, author } = await one();
  const other = await at.person(`reader${++people}`);
  await at.follow(other, author);
  await at.drain();
  await at.home(reader);
  await at.home(other);
  const started = new Date(Date.now() - 120_000);
  const { id: post } = await at.app.app.posts.create(
    { accountId: author.id },
    { text: "half told", visibility: "public" },
    { at: started },
  );
  // As a killed job leaves it: written to one home, not to the other, and the job itself is lost.
  await at.pool.query("insert into pending_fanouts (post_id, account_id) values ($1, $2)", [post, author.id]);
  await at.pool.query("insert into home (owner_id, post_id) values ($1, $2)", [reader.id, post]);
  // Another process did this: what this one knows of an empty queue is told by its next commit.
  await at.post(author, "more").then((id) => at.remove(author, id));
  for (const who of [reader, other, author]) assert.deepEqual(await at.home(who), [post], who.name);
  await at.task("timelines.sweepFanouts");
  assert.equal(await pending(), 0);
  for (const who of [reader, other, author]) {
    assert.deepEqual(await rowsOf(who), [post], who.name);
    assert.deepEqual(await at.home(who), [post], who.name);
  }
  await at.drain();
});

test("a fan-out that may still be running is left alone by the sweep", async () => {
  const { author } = await one();
  await at.post(author, "just now");
  await at.task("timelines.sweepFanouts");
  assert.equal(await pending(), 1);
  await at.drain();
  assert.equal(await pending(), 0);
});

test("homes that are first read between a post and its job have the post once", async () => {
  const { reader, author } = await one();
  const post = await at.post(author, "early");
  assert.deepEqual(await at.home(author), [post]);
  assert.deepEqual(await at.home(reader), [post]);
  await at.drain();
  assert.deepEqual(await at.home(author), [post]);
  assert.deepEqual(await at.home(reader), [post]);
});

test("an author with many followers is read at reading time: before, at and after the change, in order and once", async () => {
  const { reader, author } = await one();
  const own: bigint[] = [await at.post(author, "for two")];
  await at.drain();
  for (let i = 0; i < 2; i++) await at.follow(await at.person(`crowd${++people}`), author);
  own.unshift(await at.post(author, "for three"));
  assert.deepEqual(await at.home(reader), own);
  await at.drain();
  const { rows } = await at.pool.query("select 1 from big_accounts where account_id = $1", [author.id]);
  assert.equal(rows.length, 1);
  assert.deepEqual(await at.home(reader), own);
  own.unshift(await at.post(author, "merged"));
  assert.deepEqual(await at.home(reader), own, "waiting for its job");
  await at.drain();
  own.unshift(await at.post(author, "merged again"));
  await at.drain();
  assert.deepEqual(await at.home(reader), own);
  assert.ok(!(await rowsOf(reader)).includes(own[0] ?? 0n), "not written");
  assert.deepEqual(await at.home(author), own);
  assert.deepEqual(await at.home(reader, `since_id=${own[1]}`), own.slice(0, 1), "a poll finds it");
  const late = await at.person(`late${++people}`);
  await at.home(late);
  await at.follow(late, author);
  await at.drain();
  assert.deepEqual(await at.home(late), own, "a new follower has it once");
});

test("who follows gets the older posts, who stops following loses them", async () => {
  const { reader, author } = await one();
  const known = await at.post(author, "known");
  const other = await at.person(`author${++people}`);
  const older = [await at.post(other, "older 1"), await at.post(other, "older 2")];
  await at.drain();
  assert.deepEqual(await at.home(reader), [known]);
  await at.follow(reader, other);
  await at.drain();
  assert.deepEqual(await at.home(reader), [...older.toReversed(), known]);
  await at.app.app.accounts.relations.unfollow(reader.id, other.id);
  await at.drain();
  assert.deepEqual(await at.home(reader), [known]);
  await at.app.app.accounts.relations.unfollow(reader.id, author.id);
  await at.follow(reader, author);
  await at.drain();
  assert.deepEqual(await at.home(reader), [known], "followed again at once");
});

test("boosts can be switched off and on for one person", async () => {
  const { reader, author } = await one();
  const other = await at.person(`author${++people}`);
  const boost = await at.boost(author, await at.post(other, "good"));
  const own = await at.post(author, "own");
  await at.drain();
  assert.deepEqual(await at.home(reader), [own, boost]);
  await at.follow(reader, author, { reblogs: false });
  await at.drain();
  assert.deepEqual(await at.home(reader), [own]);
  const second = await at.boost(author, await at.post(other, "better"));
  assert.deepEqual(await at.home(reader), [own], "not while it waits");
  await at.drain();
  assert.deepEqual(await at.home(reader), [own]);
  await at.follow(reader, author, { reblogs: true });
  await at.drain();
  assert.deepEqual(await at.home(reader), [second, own, boost]);
});

test("a follow in some languages leaves out the others, written and merged alike", async () => {
  const { reader, author } = await one();
  await at.app.app.accounts.relations.unfollow(reader.id, author.id);
  await at.follow(reader, author, { languages: ["de"] });
  await at.drain();
  await at.home(reader);
  const german = await at.post(author, "Guten Morgen", { language: "de" });
  await at.post(author, "Good morning", { language: "en" });
  const none = await at.post(author, "…", { language: null });
  assert.deepEqual(await at.home(reader), [none, german], "while they wait");
  await at.drain();
  assert.deepEqual(await at.home(reader), [none, german], "written");
  await at.pool.query("update home_states set floor_id = $2 where owner_id = $1", [reader.id, none + 1n]);
  await at.pool.query("delete from home where owner_id = $1", [reader.id]);
  await at.pool.query("select pg_notify('skein_signals', $1)", [`home:${reader.id}`]);
  await at.post(reader, "a commit of this process").then((id) => at.remove(reader, id));
  await at.drain();
  assert.deepEqual(await at.home(reader), [none, german], "merged");
});

test("answers to people one does not follow stay out; to oneself, to themselves and to friends they come", async () => {
  const { reader, authors } = await readerOf(2);
  const [author, friend] = authors;
  assert.ok(author && friend);
  const stranger = await at.person(`stranger${++people}`);
  const mine = await at.post(reader, "mine");
  const [strange, friendly] = [await at.post(stranger, "strange"), await at.post(friend, "friendly")];
  const first = await at.post(author, "first");
  const hidden = await at.post(author, "to a stranger", { inReplyToId: strange });
  const thread = await at.post(author, "second", { inReplyToId: first });
  const toFriend = await at.post(author, "to a friend", { inReplyToId: friendly });
  const toMe = await at.post(author, "to me", { inReplyToId: mine });
  const direct = await at.post(author, `@${stranger.name} psst`, { visibility: "direct" });
  const wanted = [toMe, toFriend, thread, first, friendly, mine];
  assert.deepEqual(await at.home(reader), wanted, "while they wait");
  await at.drain();
  assert.deepEqual(await at.home(reader), wanted, "written");
  assert.ok(![...wanted].some((id) => id === hidden || id === direct));
});

test("a home that grew too long is cut, and its older part is read on without a seam", async () => {
  const { reader, author } = await one();
  await at.home(reader);
  // A thousand posts and their rows, as months would leave them.
  const start = idFloor(new Date(Date.now() - 90_000_000));
  await at.pool.query(
    `with p as (insert into posts (id, account_id, visibility, conversation_id, content) select $1::int8 + n * 65536, $2, 0, $1::int8 + n * 65536, '<p>' || n || '</p>' from generate_series(1, 1250) n returning id)
     insert into home (owner_id, post_id) select $3, id from p`,
    [start, author.id, reader.id],
  );
  const newest = await at.post(author, "newest");
  await at.drain();
  assert.equal((await rowsOf(reader)).length, 1251);
  await at.task("timelines.trim");
  assert.equal((await rowsOf(reader)).length, 800);
  const wanted = [newest, ...Array.from({ length: 1250 }, (_, i) => start + BigInt(1250 - i) * 65536n)];
  assert.deepEqual(await walkDown(at.app, reader, "/api/v1/timelines/home", () => 40), wanted);
  assert.deepEqual(await walkUp(at.app, reader, "/api/v1/timelines/home", () => 40), wanted.toReversed());
  await at.task("timelines.trim");
  assert.equal((await rowsOf(reader)).length, 800, "cut once");
});

/** What the program sends to the database while something happens. */
async function statements(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const proto = pg.Client.prototype;
  const original = Object.getOwnPropertyDescriptor(proto, "query");
  assert.ok(original && typeof original.value === "function");
  const query: (...args: unknown[]) => unknown = original.value;
  Object.defineProperty(proto, "query", {
    ...original,
    value(this: unknown, ...args: unknown[]) {
      const [config] = args;
      sent.push(
        typeof config === "object" && config !== null && "name" in config ? String(config.name) : String(config),
      );
      return query.apply(this, args);
    },
  });
  try {
    await work();
  } finally {
    Object.defineProperty(proto, "query", original);
  }
  return sent;
}

/** The statements an answer with so many posts takes, by name. */
async function costOf(path: string, size: number, reader: Someone): Promise<string[]> {
  const sent = await statements(async () => {
    const response = await at.app.fetch(`${path}?limit=${size}`, {
      headers: { authorization: `Bearer ${reader.token}` },
    });
    assert.equal(((await response.json()) as unknown[]).length, size, path);
  });
  // Now and then a token or a home is noted as used: that has nothing to do with the posts.
  return sent.filter((name) => !/^(accounts\.(tokenByDigest|touch\w+)|timelines\.(state|touch))$/.test(name));
}

for (const quotes of [false, true]) {
  test(`20 and 40 posts ${quotes ? "with quotes " : ""}take the same number of statements, rendered before or not`, async () => {
    for (const list of ["home", "public", "account"] as const) {
      const costs: { cold: string[]; warm: string[] }[] = [];
      for (const size of [20, 40]) {
        const { reader, authors } = await readerOf(3);
        const [author, quoted, friend] = authors;
        assert.ok(author && quoted && friend);
        const poll = { options: ["a", "b"], expiresIn: 3600, multiple: false, hideTotals: false };
        for (let i = 0; i < 42; i++) {
          const other =
            quotes && i % 2 === 0 ? await at.post(quoted, `words ${i}`, { visibility: "unlisted", poll }) : undefined;
          if (i % 5 === 1) await at.boost(author, await at.post(friend, `boosted ${i}`));
          await at.post(author, `one of many ${i}`, i % 4 === 1 ? { poll } : { quotedId: other });
        }
        await at.drain();
        await at.app.app.timelines.home(reader.id, { before: 1n, after: 0n, upward: false, limit: 1 });
        const path = {
          home: "/api/v1/timelines/home",
          public: "/api/v1/timelines/public",
          account: `/api/v1/accounts/${author.id}/statuses`,
        }[list];
        costs.push({ cold: await costOf(path, size, reader), warm: await costOf(path, size, reader) });
      }
      const [few, many] = costs;
      assert.ok(few && many);
      assert.deepEqual(many.warm, few.warm, `${list}: rendered before`);
      assert.equal(many.cold.length, few.cold.length, `${list}: ${few.cold.join(", ")} / ${many.cold.join(", ")}`);
      assert.ok(many.cold.length <= 16, `${list}: ${many.cold.join(", ")}`);
    }
  });
}
