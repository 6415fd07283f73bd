/** A blocked domain disappears with everything it ever said, and comes back when the block is lifted, as far as the rules allow. */
import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { eventually } from "#test/support/eventually.ts";
import { setUpOwner, signUp, type Person } from "#test/support/people.ts";
import { startSkein } from "#test/support/server.ts";

const PEOPLE = 300;
const POSTS = 10_000;
const DOMAIN = "bad.example";

interface Status {
  id: string;
}

/** People of a domain with many posts, written straight into the database: only what readers see is tested here. */
async function populate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `with a as (insert into accounts (id, uri, username, domain, url)
         select (1700000000000 + n) * 65536, 'https://sub.${DOMAIN}/u/' || n, 'u' || n, case when n % 3 = 0 then 'sub.${DOMAIN}' else '${DOMAIN}' end, 'https://${DOMAIN}/@u' || n
         from generate_series(1, $1::int) n returning id)
       insert into account_stats (account_id) select id from a`,
      [PEOPLE],
    );
    await client.query(
      `insert into posts (id, account_id, uri, visibility, conversation_id, content, tags)
       select (1750000000000 + n) * 65536, (1700000000000 + 1 + n % $1::int) * 65536, 'https://${DOMAIN}/p/' || n, 0, (1750000000000 + n) * 65536, '<p>post</p>', '{weather}'
       from generate_series(1, $2::int) n`,
      [PEOPLE, POSTS],
    );
    await client.query(
      `insert into post_tags (tag, post_id, account_id) select 'weather', id, account_id from posts where uri is not null`,
    );
    await client.query(`insert into tags (name, display, last_post_id) values ('weather', 'weather', 1)`);
    await client.query(
      `insert into follows (account_id, target_id, id) select (select account_id from users order by account_id desc limit 1), a.id, a.id from accounts a where a.domain is not null`,
    );
  } finally {
    await client.end();
  }
}

const lists = ["/api/v1/timelines/tag/weather", "/api/v1/timelines/home", "/api/v1/timelines/public?remote=true"];

async function seen(reader: Person): Promise<number> {
  let n = 0;
  for (const path of lists) n += (await reader.ok<Status[]>("GET", path)).length;
  return n;
}

test("a blocked domain is gone from every list and page, and comes back when the block is lifted", async () => {
  const server = await startSkein({ database: "clone" });
  const owner = await setUpOwner(server);
  const ann = await signUp(server, "ann");
  assert.ok(server.databaseUrl);
  await populate(server.databaseUrl);
  const before = await seen(ann);
  assert.ok(before >= 40);
  const [first] = await ann.ok<Status[]>("GET", "/api/v1/timelines/tag/weather");
  assert.ok(first);
  const client = new pg.Client({ connectionString: server.databaseUrl });
  await client.connect();
  try {
    // One of them is suspended by hand, before.
    await client.query(
      `with a as (update accounts set suspended_at = now() where username = 'u7' returning id) update posts set withheld = true from a where account_id = a.id`,
    );
    const started = performance.now();
    const rule = await owner.ok<{ id: string }>("POST", "/api/v1/admin/domain_blocks", {
      domain: DOMAIN,
      severity: "suspend",
    });
    await eventually("everything is gone", async () => (await seen(ann)) === 0);
    const post = await ann.call("GET", `/api/v1/statuses/${first.id}`);
    assert.equal(post.status, 404, await post.text());
    const hidden = await client.query<{ n: string }>(
      `select count(*) as n from posts where uri is not null and not withheld`,
    );
    assert.equal(Number(hidden.rows[0]?.n), 0);
    console.log(`gone after ${Math.round(performance.now() - started)} ms`);
    const lifted = await owner.call("DELETE", `/api/v1/admin/domain_blocks/${rule.id}`);
    assert.equal(lifted.status, 200, await lifted.text());
    await eventually("it is back", async () => (await seen(ann)) === before);
    const still = await client.query<{ username: string }>(
      `select username from accounts where suspended_at is not null`,
    );
    assert.deepEqual(
      still.rows.map((r) => r.username),
      ["u7"],
    );
  } finally {
    await client.end();
  }
});
