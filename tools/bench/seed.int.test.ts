import assert from "node:assert/strict";
import { test } from "node:test";
import { testDatabase } from "#test/support/db.ts";
import { addAuthor, seed } from "./seed.ts";

test("the seeder fills the present schema, and quiet people wrote only the oldest posts", async () => {
  const { url, pool } = await testDatabase();
  const seeded = await seed(url, { accounts: 50, posts: 2000, follows: 20 });
  assert.equal(seeded.readers.length, 50);
  const counts = await pool().query(
    `select (select count(*) from posts) as posts, (select count(*) from oauth_tokens) as tokens,
       (select count(*) from follows) as follows, (select sum(statuses) from account_stats) as statuses,
       (select count(*) from pg_index i where i.indrelid = 'posts'::regclass and i.indisvalid) as indexes`,
  );
  assert.equal(counts.rows[0].posts, 2000n);
  assert.equal(counts.rows[0].tokens, 50n);
  assert.equal(counts.rows[0].statuses, 2000n);
  assert.equal(
    Number(counts.rows[0].follows),
    seeded.readers.reduce((sum, r) => sum + r.follows.size, 0),
  );
  assert.ok(counts.rows[0].indexes > 1n, "the indexes are back");
  const quiet = await pool().query(
    `select max(id) filter (where account_id = any($1)) as last_quiet, min(id) filter (where account_id <> all($1)) as first_other
     from posts`,
    [[...seeded.quiet.follows, seeded.quiet.id]],
  );
  assert.ok(quiet.rows[0].last_quiet < quiet.rows[0].first_other);
});

test("an author gets exactly the wanted number of followers", async () => {
  const { url, pool } = await testDatabase();
  const seeded = await seed(url, { accounts: 20, posts: 100, follows: 5 });
  const author = seeded.readers[5];
  assert.ok(author);
  const reading = await addAuthor(url, seeded, author, 300);
  assert.ok(reading.length > 0 && !reading.includes(author));
  const found = await pool().query("select count(*) as n from follows where target_id = $1", [author.id]);
  assert.equal(found.rows[0].n, 300n);
});
