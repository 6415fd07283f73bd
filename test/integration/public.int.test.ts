/** Public and hashtag lists among very many posts of other servers: what they show, and how much they read for it. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { allStatements } from "#platform/db/sql.ts";
import { idFloor } from "#platform/ids.ts";
import { page } from "./paging/pages.ts";
import { place, type Place, type Someone } from "./paging/place.ts";

const REMOTES = 20_000;
let at: Place;
let anna: Someone;
const own: bigint[] = [];
const visitor = { id: 0n, name: "a visitor", token: undefined };

before(async () => {
  at = await place();
  anna = await at.person("anna");
  for (let i = 0; i < 5; i++) own.push(await at.post(anna, `number ${i} #skein`));
  await at.drain();
  // Ids of the next second and later: all of them are newer than what was written here.
  const first = (own.at(-1) ?? 0n) + (1n << 16n);
  await at.pool.query(
    `insert into accounts (id, username, domain, uri, discoverable) select n, 'r' || n, 'd' || (n % 3) || '.test', 'https://d/' || n, true from generate_series(1, 30) n`,
  );
  await at.pool.query(
    `insert into posts (id, account_id, visibility, conversation_id, content, uri, tags, media)
     select $1::int8 + n, 1 + n % 30, 0, $1::int8 + n, 'x', 'https://d/p/' || n, '{skein}', case when n % 2 = 0 then '[{}]'::jsonb else '[]' end from generate_series(1, $2::int) n`,
    [first, REMOTES],
  );
  await at.pool.query(
    `insert into post_tags (tag, post_id, account_id, local) select 'skein', id, account_id, false from posts where uri is not null`,
  );
  await at.pool.query(
    `insert into account_stats (account_id, statuses) select id, 1000 from accounts where domain is not null`,
  );
  await at.pool.query("update post_stats set favourites = 9");
  // An answer to something that never arrived, and somebody whose whole server is limited.
  await at.pool.query("update posts set in_reply_to_uri = 'https://d/unknown' where id = $1", [first + 7n]);
  await at.pool.query("update accounts set silenced_at = now() where id = 5");
  await at.pool.query("vacuum analyze");
});

const ids = async (path: string): Promise<bigint[]> => (await page(at.app, visitor, path)).ids;
const isOwn = (id: bigint): boolean => own.includes(id);

test("local, remote and all, on the public list and of a hashtag", async () => {
  const newest = [...own].reverse();
  for (const list of ["public", "tag/skein"]) {
    const path = (query: string): string => `/api/v1/timelines/${list}?limit=40${query}`;
    assert.deepEqual(await ids(path("&local=true")), newest, list);
    const remote = await ids(path("&remote=true"));
    assert.equal(remote.length, 40, list);
    assert.equal(remote.some(isOwn), false, list);
    for (const query of ["", "&local=true&remote=true", "&local=false"])
      assert.equal((await ids(path(query))).some(isOwn), false, "what others wrote is newer");
    const around = `&max_id=${(own.at(-1) ?? 0n) + (1n << 16n) + 3n}`;
    assert.deepEqual((await ids(path(around))).filter(isOwn), newest, list);
    assert.equal((await ids(path(around))).length, 7, list);
    assert.deepEqual(await ids(path(`&local=true&min_id=${own[1]}`)), newest.slice(0, 3), list);
    assert.deepEqual(await ids(path("&local=true&only_media=true")), [], list);
    assert.equal((await ids(path("&remote=true&only_media=true"))).length, 40, list);
  }
  assert.deepEqual(await ids("/api/v1/timelines/tag/skein?limit=40&any[]=other&local=true"), newest);
  const around = (own.at(-1) ?? 0n) + (1n << 16n) + 9n;
  const shown = await ids(`/api/v1/timelines/public?remote=true&limit=40&max_id=${around}`);
  assert.equal(shown.includes(around - 2n), false, "answers to what is not here stay out");
  assert.equal(shown.length, 6, "so do people who are limited");
});

interface Plan {
  "Relation Name"?: string;
  "Actual Rows"?: number;
  "Actual Loops"?: number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}
/** Rows that a plan reads from a table, whether it keeps them or not. */
function rowsRead(plan: Plan, tables: readonly string[]): number {
  const here = tables.includes(plan["Relation Name"] ?? "")
    ? ((plan["Actual Rows"] ?? 0) + (plan["Rows Removed by Filter"] ?? 0)) * (plan["Actual Loops"] ?? 1)
    : 0;
  return (plan.Plans ?? []).reduce((sum, child) => sum + rowsRead(child, tables), here);
}

test("a page reads few rows, however much comes from elsewhere", async () => {
  const before = idFloor(new Date(Date.now() + 3_600_000)).toString();
  const page = `${before}, 0, 20`;
  const lists: [name: string, values: string][] = [
    ...["", "Local", "Remote"].flatMap((origin): [string, string][] => [
      [`timelines.public${origin}`, `null, ${page}`],
      [`timelines.publicMedia${origin}`, `null, ${page}`],
    ]),
    ["timelines.tagLocal", `null, 'skein', ${page}, '{}', '{}', false`],
    // The same holds for what one author wrote.
    ["posts.ofAccount", `null, 2, ${page}, true, true, null`],
  ];
  const text = new Map(allStatements().map((s) => [s.name, s.text]));
  const client = await at.pool.connect();
  try {
    // As the pool for reading does.
    await client.query("set plan_cache_mode = force_generic_plan");
    for (const [list, values] of lists) {
      for (const name of [list, `${list}Up`]) {
        await client.query(`prepare "${name}" as ${text.get(name)}`);
        const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
          `explain (analyze, format json) execute "${name}" (${values})`,
        );
        const plan = rows[0]?.["QUERY PLAN"][0].Plan;
        assert.ok(plan);
        const read = rowsRead(plan, ["posts", "post_tags"]);
        assert.ok(read < 250, `${name} read ${read} rows`);
      }
    }
  } finally {
    client.release();
  }
});

test("the numbers of the instance are its own; trends too; its peers are listed", async () => {
  const get = async <T>(path: string): Promise<T> => {
    const response = await at.app.fetch(path);
    assert.equal(response.status, 200, path);
    return (await response.json()) as T;
  };
  const { stats } = await get<{ stats: Record<string, number> }>("/api/v1/instance");
  assert.deepEqual(stats, { user_count: 1, status_count: 5, domain_count: 3 });
  assert.deepEqual(await get("/api/v1/instance/peers"), ["d0.test", "d1.test", "d2.test"]);
  const { usage } = await get<{ usage: { users: { active_month: number } } }>("/api/v2/instance");
  assert.ok(usage.users.active_month <= 1);
  const activity = await get<{ statuses: string }[]>("/api/v1/instance/activity");
  assert.equal(
    activity.reduce((sum, week) => sum + Number(week.statuses), 0),
    5,
  );
  await at.pool.query("update accounts set discoverable = true where id = $1", [anna.id]);
  await at.pool.query(
    "insert into post_stats (post_id, favourites) select id, 9 from posts on conflict (post_id) do update set favourites = 9",
  );
  const trends = await get<{ id: string }[]>("/api/v1/trends/statuses");
  assert.deepEqual(new Set(trends.map((t) => BigInt(t.id))), new Set(own));
  await at.pool.query("update post_tags set tag = 'elsewhere' where not local");
  await at.pool.query("insert into tags (name, display) values ('elsewhere', 'elsewhere') on conflict do nothing");
  assert.deepEqual(
    (await get<{ name: string }[]>("/api/v1/trends/tags")).map((t) => t.name),
    ["skein"],
  );
  const people = await get<{ acct: string }[]>("/api/v1/directory");
  assert.deepEqual(
    people.map((p) => p.acct),
    ["anna"],
  );
});
