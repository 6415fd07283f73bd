/** The wall among 1,000,000 memes with 10,000,000 votes: a page reads about as many rows as it shows, whatever the order. */
import pg from "pg";
import { startEmbedded } from "#platform/db/embedded.ts";
import { MAX_ID } from "#platform/ids.ts";
import { silentLog } from "#platform/log/log.ts";
import { wallHot, wallNew, wallTop } from "#modules/memes/index.ts";
import { cpuPerOperation, scratch, seededData, startServer, type Bench } from "../harness.ts";
import { at } from "../home.ts";
import { Client } from "../load.ts";
import type { Reader } from "../seed.ts";

const MEMES = 1_000_000;
const VOTES_EACH = 10;
const PAGE = 20;
const CALLS = 400;

const DOC = JSON.stringify({
  version: 1,
  format: "top-bottom",
  lang: "en",
  captions: [{ text: "it is only a small change" }, { text: "said the avalanche" }],
  cast: [{ character: "purl", mood: "smug" }],
  scene: "office",
  seed: 7,
});

/** Every public post gets a meme; votes are spread as they are in life: most get few, some very many. */
async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Rows by the million: what a foreign key would check is right by construction.
    await client.query("set session_replication_role = replica; set synchronous_commit = off");
    await client.query(
      `insert into memes (id, account_id, doc, alt, lang, format, engine, engine_kind, key, state, post_id, up, down, impressions, age, created_at, published_at)
       select p.id, p.account_id, $1::jsonb, 'A sheep in an office', 'en', 'top-bottom', 'bank', 'bank', md5(p.id::text), 'published', p.id,
         v.up, v.down, 100, case when p.n > $2 * 0.999 then 0 when p.n > $2 * 0.95 then 1 else 2 end, t.at, t.at
       from (select id, account_id, row_number() over (order by id) as n from posts where visibility = 0 and boost_of_id is null and not withheld order by id desc limit $2) p
       cross join lateral (select (random() ^ 6 * 400)::int as up, (random() ^ 6 * 60)::int as down) v
       cross join lateral (select now() - (($2 - p.n) * interval '5 seconds') as at) t`,
      [DOC, MEMES],
    );
    await client.query(
      `update memes set wilson = meme_wilson(up, down), hot = meme_hot(up, down, (extract(epoch from now() - published_at) / 3600)::float8)`,
    );
    await client.query(
      `insert into meme_votes (meme_id, account_id, value, fresh, at)
       select m.id, a.id, case when random() < 0.85 then 1 else -1 end, false, m.published_at from memes m
       cross join lateral (select id from accounts where id >= (select min(id) from accounts) order by id offset (m.id % 50) limit ${VOTES_EACH}) a`,
    );
    await client.query("vacuum analyze memes, meme_votes");
  } finally {
    await client.end();
  }
}

interface Plan {
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}

/** Rows of the table that were looked at, shown or not. */
function rowsRead(plan: Plan, table: string): number {
  const own =
    plan["Relation Name"] === table
      ? (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"]
      : 0;
  return own + (plan.Plans ?? []).reduce((sum, child) => sum + rowsRead(child, table), 0);
}

export const memeWall: Bench = {
  name: "meme-wall",
  about: "pages of the meme wall among 1,000,000 memes and 10,000,000 votes (takes minutes, and 4 GB of disk)",
  slow: true,
  run: async (report) => {
    const { dir, remove } = scratch();
    try {
      let reader: Reader | undefined;
      await seededData(dir, { accounts: 200, posts: 1_300_000, follows: 50 }, async (url, data) => {
        reader = at(data.readers, 5);
        await fill(url);
      });
      const server = await startServer(dir);
      const { url } = await startEmbedded({ dataDir: dir, log: silentLog });
      const database = new pg.Client({ connectionString: url });
      await database.connect();
      const client = new Client(server.port, 4);
      try {
        const { rows } = await database.query<{ memes: string; votes: string }>(
          "select (select count(*) from memes) as memes, (select count(*) from meme_votes) as votes",
        );
        report({ what: "memes", value: Number(rows[0]?.memes), unit: "rows" });
        report({ what: "votes", value: Number(rows[0]?.votes), unit: "rows" });
        const lists = {
          hot: wallHot,
          new: wallNew,
          "top of the day": wallTop.day,
          "top of the month": wallTop.month,
          "top of all": wallTop.all,
        };
        for (const [what, list] of Object.entries(lists)) {
          for (const page of ["first page", "page in the middle"] as const) {
            const value = page === "first page" || what === "new" ? Number.MAX_VALUE : what === "hot" ? 1e-4 : 0.6;
            const before =
              page === "first page" || what !== "new"
                ? MAX_ID
                : BigInt(
                    (await database.query<{ id: string }>("select id from memes order by id offset 500000 limit 1"))
                      .rows[0]?.id ?? "0",
                  );
            const explained = await database.query<{ "QUERY PLAN": { Plan: Plan }[] }>(
              `explain (analyze, format json) ${list.text}`,
              [reader?.id ?? null, null, value, before, PAGE],
            );
            const plan = explained.rows[0]?.["QUERY PLAN"][0]?.Plan;
            if (!plan) throw new Error("no plan");
            report({
              what: `${what}, ${page}: memes read ÷ shown`,
              value: rowsRead(plan, "memes") / PAGE,
              unit: "×",
              limit: 3,
            });
          }
        }
        for (const sort of ["hot", "new", "top&period=month"]) {
          const next = () => ({ path: `/api/skein/v1/memes/wall?sort=${sort}`, token: reader?.token ?? "" });
          await client.run(100, next);
          const cost = await cpuPerOperation(server.pids, CALLS, () => client.run(CALLS, next));
          report({ what: `${sort}: CPU per page, Node and PostgreSQL`, value: cost, unit: "ms" });
        }
      } finally {
        client.close();
        await database.end();
        await server.stop();
      }
    } finally {
      remove();
    }
  },
};
