/** What somebody tries who wants another person's account: guessing, requests from other sites, fields nobody asked for, letters without end. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { buildFilter } from "#platform/breach/filter.ts";
import { SESSION_COOKIE } from "#shared/web-host.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { PASSWORD, signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";

const API = "/api/skein/v1";
let here: TestApp;
let rows: Rows;
let ann: Person;

before(async () => {
  here = await testApp({ SKEIN_REGISTRATIONS: "open" });
  rows = await rowsOf(here.databaseUrl);
  ann = await signUp(here, "ann");
});
after(() => rows.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}, method = "POST"): Promise<Response> =>
  here.fetch(path, {
    method,
    headers: { "content-type": "application/json", origin: here.url, ...headers },
    body: JSON.stringify(body),
  });
const told = async (answer: Response): Promise<unknown> => [answer.status, await answer.json()];

test("T37 what is too long, or too much, is refused", async () => {
  const long = "x".repeat(1_000_000);
  const app = { client_name: "Fine", redirect_uris: ["https://client.example/callback"], scopes: "read" };
  const many = Array.from({ length: 10_000 }, (_, i) => `https://client.example/${i}`);
  for (const [what, body] of Object.entries({
    name: { ...app, client_name: long },
    website: { ...app, website: `https://client.example/${long}` },
    scopes: { ...app, scopes: `read ${long}` },
    "one address": { ...app, redirect_uris: [`https://client.example/${long}`] },
    "a list of addresses": { ...app, redirect_uris: many },
    "a text of addresses": { ...app, redirect_uris: many.join("\n") },
    "21 addresses in a short text": { ...app, redirect_uris: many.slice(0, 21).join(" ") },
  }))
    assert.equal((await post("/api/v1/apps", body)).status, 422, what);
  assert.equal((await post("/api/v1/apps", { ...app, redirect_uris: many.slice(0, 20).join(" ") })).status, 200);
  for (const field of ["login", "password"])
    assert.equal(
      (await post(`${API}/sessions`, { login: "ann", password: PASSWORD, [field]: long })).status,
      422,
      field,
    );
  const stored = await rows.one<{ longest: number }>("select max(length(user_agent)) as longest from sessions");
  await post(`${API}/sessions`, { login: "ann", password: PASSWORD }, { "user-agent": "x".repeat(10_000) });
  const after_ = await rows.one<{ longest: number }>("select max(length(user_agent)) as longest from sessions");
  assert.ok(stored && after_ && after_.longest <= 300, String(after_?.longest));
});

test("T38 many guesses at once, by whatever name, are counted together", async () => {
  const victim = await signUp(here, "victim");
  const names = ["victim", "@victim", "VICTIM", " victim ", "victim@example.com", "Victim@Example.com"];
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      post(`${API}/sessions`, { login: names[i % names.length], password: `guess ${i}` }),
    ),
  );
  const count = (status: number): number => answers.filter((a) => a.status === status).length;
  assert.deepEqual([count(401), count(429)], [10, 50]);
  assert.equal((await post(`${API}/sessions`, { login: "victim", password: PASSWORD })).status, 429);
  assert.equal((await victim.call("GET", `${API}/me`)).status, 200);
});

test("T38 what was right does not count", async () => {
  await signUp(here, "busy");
  for (let i = 0; i < 15; i++)
    assert.equal((await post(`${API}/sessions`, { login: "busy", password: PASSWORD })).status, 200);
});

test("T39 names and addresses that are known get the same answers as others", async () => {
  await signUp(here, "known");
  const logIn = (login: string): Promise<unknown> =>
    post(`${API}/sessions`, { login, password: "not the password" }).then(told);
  assert.deepEqual(await logIn("known"), await logIn("unknown"));
  assert.deepEqual(await logIn("known@example.com"), await logIn("unknown@example.com"));
  const reset = (email: string): Promise<unknown> => post(`${API}/password-resets`, { email }).then(told);
  for (let i = 0; i < 8; i++) assert.deepEqual(await reset("known@example.com"), await reset("unknown@example.com"));
});

test("T41 a mailbox gets five letters in an hour, whoever asks and however it is spelt", async () => {
  await signUp(here, "quiet");
  for (let i = 0; i < 100; i++) {
    const request = new Request(`${here.url}${API}/password-resets`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: here.url },
      body: JSON.stringify({ email: i % 2 === 0 ? "quiet@example.com" : "QUIET@Example.com" }),
    });
    assert.equal((await here.app.fetch(request, { ip: `198.51.100.${i}` })).status, 200);
  }
  const sent = await rows.all(
    "select 1 from mail where recipient = 'quiet@example.com' and body like '%/password/reset?token=%'",
  );
  assert.equal(sent.length, 5);
});

test("a password of a leak is refused wherever one is chosen", async () => {
  const folder = mkdtempSync(join(tmpdir(), "skein-leak-"));
  const leaked = "a leaked password";
  const [list, file] = [join(folder, "list"), join(folder, "filter")];
  writeFileSync(list, `${createHash("sha1").update(leaked).digest("hex")}:7\n`);
  await buildFilter(list, file);
  const place = await testApp({ SKEIN_REGISTRATIONS: "open", SKEIN_BREACH_FILTER: file });
  const who = await signUp(place, "fay");
  const refused = { password: [{ error: "ERR_BREACHED" }] };
  const problem = async (answer: Response): Promise<unknown> => {
    assert.equal(answer.status, 422);
    const { details } = (await answer.json()) as { details: Record<string, { error: string }[]> };
    return Object.fromEntries(Object.entries(details).map(([k, v]) => [k, v.map(({ error }) => ({ error }))]));
  };
  const person = { username: "gus", email: "gus@example.com", password: leaked, agreement: true };
  const headers = { "content-type": "application/json", origin: place.url };
  const signed = await place.fetch(`${API}/signup`, { method: "POST", headers, body: JSON.stringify(person) });
  assert.deepEqual(await problem(signed), refused);
  const changed = await who.call("POST", `${API}/me/password`, { current: PASSWORD, password: leaked });
  assert.deepEqual(await problem(changed), refused);
  const { signUp: door, staff } = place.app.accounts;
  await door.requestReset("fay@example.com");
  const looked = await rowsOf(place.databaseUrl);
  const mail = await looked.one<{ body: string }>(
    "select body from mail where body like '%token=%' order by id desc limit 1",
  );
  await looked.close();
  const token = /token=(\S+)/.exec(mail?.body ?? "")?.[1] ?? "";
  await assert.rejects(door.resetPassword(token, leaked), /stolen passwords/);
  await assert.rejects(staff.setPassword(BigInt(who.id), leaked), /stolen passwords/);
  await door.resetPassword(token, "one that did not leak");
  await place.close();
  rmSync(folder, { recursive: true });
});

test("T49 no route that changes something acts for a cookie that another site sends along", async () => {
  const changing = here.app.routes.filter((r) => r.method !== "GET");
  assert.ok(changing.length > 100);
  const before_ = await rows.snapshot();
  const from: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: `${here.url}.evil.example` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    {},
  ];
  for (const r of changing) {
    const path = r.path.replaceAll(/:\w+(\{[^}]*\})?/g, "1");
    for (const headers of from) {
      const answer = await here.fetch(path, {
        method: r.method,
        headers: { cookie: ann.cookie, "content-type": "application/x-www-form-urlencoded", ...headers },
        body: "status=from+another+site",
      });
      assert.equal(answer.status, 403, `${r.method} ${r.path} ${JSON.stringify(headers)}`);
    }
  }
  assert.deepEqual(await rows.snapshot(), before_);
});

test("T49 nobody is logged in, unnoticed, by another site", async () => {
  const person = { username: "mallory", email: "mallory@example.com", password: PASSWORD, agreement: true };
  for (const origin of ["https://evil.example", "null"])
    for (const [path, body] of [
      [`${API}/sessions`, { login: "ann", password: PASSWORD }],
      [`${API}/signup`, person],
      [`${API}/setup`, { ...person, token: "x" }],
    ] as const) {
      const answer = await post(path, body, { origin });
      assert.equal(answer.status, 403, `${path} ${origin}`);
      assert.ok(!answer.headers.getSetCookie().some((c) => c.startsWith(SESSION_COOKIE)));
    }
  const right = await post(`${API}/sessions`, { login: "ann", password: PASSWORD });
  const cookie = right.headers.getSetCookie().find((c) => c.startsWith(SESSION_COOKIE)) ?? "";
  assert.match(cookie, /; HttpOnly; SameSite=Lax/);
});

test("T54 a change of the profile changes the profile only", async () => {
  const state = (): Promise<unknown> =>
    rows.one(
      `select u.email, u.email_confirmed_at, u.role, u.approved_at, u.disabled_at, u.password_hash, a.username, a.domain, a.suspended_at, a.silenced_at, a.labels,
         s.followers, s.statuses, (select count(*)::int from ledger_accounts) as books
       from users u join accounts a on a.id = u.account_id join account_stats s on s.account_id = a.id where u.account_id = $1`,
      [ann.id],
    );
  const was = await state();
  const extra = {
    role: "owner",
    role_id: "3",
    email: "evil@example.com",
    email_confirmed_at: "2020-01-01",
    confirmed_at: "2020-01-01",
    approved: true,
    password_hash: "x",
    password: "another long password",
    username: "other",
    acct: "other",
    domain: "evil.example",
    id: "1",
    credits: "1000000",
    balance: 1_000_000,
    followers_count: 1_000_000,
    suspended_at: null,
    labels: ["verified"],
    preferences: { role: "owner" },
  };
  await ann.ok("PATCH", "/api/v1/accounts/update_credentials", {
    display_name: "Ann",
    ...extra,
    source: extra,
    user: extra,
  });
  await ann.ok("PATCH", `${API}/me/preferences`, { theme: "dark", ...extra });
  assert.deepEqual(await state(), was);
  const stored = await rows.one<{ preferences: object }>("select preferences from users where account_id = $1", [
    ann.id,
  ]);
  assert.ok(stored && !Object.keys(stored.preferences).some((key) => key in extra), JSON.stringify(stored));
  const me = await ann.ok<{ role: string; account: { display_name: string } }>("GET", `${API}/me`);
  assert.deepEqual([me.role, me.account.display_name], ["user", "Ann"]);
});
