/**
 * What people and programs send by mistake or on purpose: every request of these tables is refused with the right
 * status, in the form of its protocol, and nothing of it is stored.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessCases } from "./bad-input/access.ts";
import { bodyCases } from "./bad-input/bodies.ts";
import type { Case } from "./bad-input/case.ts";
import { listCases } from "./bad-input/lists.ts";
import { oauthCases } from "./bad-input/oauth.ts";
import { ownCases } from "./bad-input/own.ts";
import { postCases } from "./bad-input/posts.ts";
import { badInputWorld, type World } from "./bad-input/world.ts";

let world: World;
before(async () => {
  world = await badInputWorld();
});
after(() => world.close());

async function send(c: Case): Promise<{ status: number; type: string; text: string }> {
  const cut = c.call.indexOf(" ");
  const headers: Record<string, string> = {
    ...world.as[c.as ?? "anna"],
    ...(c.json === undefined ? {} : { "content-type": "application/json" }),
    ...c.headers,
  };
  let body = c.json === undefined ? c.body : JSON.stringify(c.json);
  if (body instanceof FormData) {
    // As bytes: a stream that the server does not read to its end would complain later.
    const whole = new Response(body);
    headers["content-type"] ??= whole.headers.get("content-type") ?? "";
    body = await whole.arrayBuffer();
  }
  const answer = await world.app.fetch(c.call.slice(cut + 1), {
    method: c.call.slice(0, cut),
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", text: await answer.text() };
}

/** Everything that is wrong with the answer to one case. */
function faults(c: Case, answer: { status: number; type: string; text: string }): string[] {
  const found: string[] = [];
  if (answer.status !== c.status) found.push(`status ${answer.status} instead of ${c.status}`);
  if (!answer.type.startsWith("application/json")) found.push(`content type ${answer.type}`);
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(answer.text) as Record<string, unknown>;
  } catch {
    found.push("no JSON");
  }
  if (typeof body["error"] !== "string" || body["error"] === "") found.push("no error text");
  else if (typeof c.error === "string" ? body["error"] !== c.error : !c.error.test(body["error"]))
    found.push(`error is not ${c.error}`);
  const path = c.call.split(" ")[1] ?? "";
  if (
    (path.startsWith("/api/skein/") || path.startsWith("/oauth/")) &&
    (typeof body["error_description"] !== "string" || body["error_description"] === "")
  )
    found.push("no error_description");
  return found.map((fault) => `${c.name} (${c.call.slice(0, 100)}): ${fault} — ${answer.text.slice(0, 300)}`);
}

function table(name: string, least: number, cases: (w: World) => Case[] | Promise<Case[]>): void {
  test(name, async (t) => {
    const list = await cases(world);
    assert.ok(list.length >= least, `only ${list.length} cases`);
    assert.equal(new Set(list.map((c) => c.name)).size, list.length, "two cases have one name");
    const wrong: string[] = [];
    let before = await world.stored();
    for (const c of list) {
      wrong.push(...faults(c, await send(c)));
      const now = await world.stored();
      for (const [what, has] of Object.entries(now)) {
        if (before[what] !== has)
          wrong.push(`${c.name} (${c.call.slice(0, 100)}): changed ${what} from ${before[what]} to ${has}`);
      }
      before = now;
    }
    t.diagnostic(`${list.length} cases`);
    assert.ok(wrong.length === 0, `\n${wrong.join("\n")}`);
  });
}

table("who asks without the right is refused", 30, accessCases);
table("bodies that cannot be read are refused", 30, bodyCases);
table("posts, polls and marks out of bounds are refused", 80, postCases);
table("people, lists and pictures: unknown, foreign and misspelt things are refused", 70, listCases);
table("OAuth mistakes get their names", 40, oauthCases);
table("the own API refuses with a code and a sentence", 40, ownCases);

test("odd input that is no mistake is answered", async () => {
  const far = "9".repeat(19);
  const queries = [
    ...[
      "%5C",
      "%25",
      "_",
      "'",
      "!",
      "%26%20%7C",
      ":*",
      "(",
      "%22",
      "%23",
      "%40",
      "%40%40",
      "%F0%9F%A6%94",
      "%ED%A0%80",
      "before:9999-12-31",
      "after:9999-12-31",
      "during:9999-12-31",
      "before:0000-01-01",
      "after:0001-01-01",
      "from:me",
      "from:nobody",
      "from:%5C",
      "language:zz",
      "has:media",
    ].map((q) => `/api/v2/search?q=${q}`),
    `/api/v2/search?q=${encodeURIComponent(`${world.app.url}/@ben/${far}`)}`,
    `/api/v2/search?q=${encodeURIComponent(`${world.app.url}/users/1/statuses/${far}`)}`,
    `/api/v2/search?q=${encodeURIComponent(`${world.app.url}/%%[`)}`,
    "/api/v2/search?q=",
    "/api/v2/search?q=a&offset=1000&limit=0",
    "/api/v1/accounts/search?q=%5C",
    "/api/v1/accounts/search?q=%25",
    "/api/v1/timelines/home?limit=1000000",
    "/api/v1/timelines/home?limit=0",
    "/api/v1/timelines/home?limit=",
    "/api/v1/timelines/home?max_id=",
    "/api/v1/timelines/home?max_id=0",
    `/api/v1/timelines/home?max_id=9223372036854775807`,
    `/api/v1/timelines/public?min_id=9223372036854775807`,
    "/api/v1/timelines/public?max_id=5&min_id=9",
    "/api/v1/timelines/tag/%F0%9F%A6%94",
    "/api/v1/timelines/tag/a?any[]=&all[]=%00".replace("%00", "b"),
    "/api/v1/statuses?id[]=1&id[]=1",
    "/api/v1/notifications?types[]=nothing&exclude_types[]=nothing",
    "/api/v1/accounts/relationships?id=1",
    "/api/v1/accounts/relationships",
    "/api/v1/timelines/home/",
    "/api/v1/timelines/home?__proto__[x]=1&constructor=1&toString[]=1",
  ];
  const wrong: string[] = [];
  for (const path of queries) {
    const answer = await world.app.fetch(path, { headers: world.as["anna"] ?? {} });
    if (answer.status !== 200) wrong.push(`${path}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
  }
  assert.ok(wrong.length === 0, `\n${wrong.join("\n")}`);
});
