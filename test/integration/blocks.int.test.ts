/** Addresses, networks and links that are not let in, through Mastodon's admin API. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { testApp, type TestApp } from "#test/support/app.ts";
import { PASSWORD, signIn, signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";

let here: TestApp;
let rows: Rows;
let owner: Person;
let anna: Person;

before(async () => {
  here = await testApp({ SKEIN_REGISTRATIONS: "open" });
  rows = await rowsOf(here.databaseUrl);
  await here.app.accounts.signUp.create({
    username: "owner",
    email: "owner@example.com",
    password: PASSWORD,
    role: "owner",
  });
  owner = await signIn(here, "owner");
  anna = await signUp(here, "anna");
});
after(() => rows.close());

let count = 0;
/** Registers from an address; answers the state, or the status and the field that was refused. */
async function register(email: string, ip = "198.51.100.7"): Promise<string> {
  const answer = await here.app.fetch(
    new Request(`${here.url}/api/skein/v1/signup`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: here.url },
      body: JSON.stringify({ username: `new${count++}`, email, password: PASSWORD, agreement: true }),
    }),
    { ip },
  );
  const body = (await answer.json()) as { state?: string; details?: Record<string, { error: string }[]> };
  return body.state ?? `${answer.status} ${JSON.stringify(body.details ?? {})}`;
}

test("T44 a blocked mailbox stays blocked in all its spellings, a domain with those below it", async () => {
  assert.equal(await register("Spam.Mer@gmail.com"), "active");
  const blocked = await owner.ok<{ id: string; canonical_email_hash: string }>(
    "POST",
    "/api/v1/admin/canonical_email_blocks",
    { email: "spammer@gmail.com" },
  );
  assert.match(blocked.canonical_email_hash, /^[0-9a-f]{64}$/);
  for (const email of ["s.p.a.m.m.e.r@gmail.com", "SPAMMER+1@googlemail.com"])
    assert.match(await register(email), /ERR_BLOCKED/, email);
  assert.equal(await register("spammer@gmail.example"), "active");
  const met = await owner.ok<{ id: string }[]>("POST", "/api/v1/admin/canonical_email_blocks/test", {
    email: "spam.mer+x@gmail.com",
  });
  assert.deepEqual(
    met.map((b) => b.id),
    [blocked.id],
  );
  await owner.ok("DELETE", `/api/v1/admin/canonical_email_blocks/${blocked.id}`);
  assert.equal(await register("spammer+2@gmail.com"), "active");
  const domain = await owner.ok<{ id: string }>("POST", "/api/v1/admin/email_domain_blocks", {
    domain: "Throwaway.Example",
  });
  assert.match(await register("a@throwaway.example"), /ERR_BLOCKED/);
  assert.match(await register("a@mx.throwaway.example"), /ERR_BLOCKED/);
  assert.equal(await register("a@notthrowaway.example"), "active");
  assert.equal(
    (await owner.call("POST", "/api/v1/admin/email_domain_blocks", { domain: "throwaway.example" })).status,
    422,
  );
  assert.equal((await owner.call("POST", "/api/v1/admin/email_domain_blocks", { domain: "*" })).status, 422);
  await owner.ok("DELETE", `/api/v1/admin/email_domain_blocks/${domain.id}`);
});

test("a network needs approval, may not register, or may not come at all; until it is over", async () => {
  const add = (
    ip: string,
    severity: string,
    more: object = {},
  ): Promise<{ id: string; ip: string; severity: string }> =>
    owner.ok("POST", "/api/v1/admin/ip_blocks", { ip, severity, ...more });
  const careful = await add("203.0.113.0/25", "sign_up_requires_approval");
  assert.equal(careful.severity, "sign_up_requires_approval");
  assert.equal(await register("b@one.example", "203.0.113.5"), "pending_approval");
  assert.equal(await register("c@one.example", "203.0.113.200"), "active");
  await owner.ok("PUT", `/api/v1/admin/ip_blocks/${careful.id}`, { severity: "sign_up_block" });
  assert.match(await register("d@one.example", "203.0.113.5"), /ERR_BLOCKED/);
  assert.match(await register("d@one.example", "::ffff:203.0.113.5"), /ERR_BLOCKED/);
  await add("2001:db8:5::/48", "no_access", { comment: "attack" });
  const from = (ip: string): Promise<Response> => here.app.fetch(new Request(`${here.url}/api/v2/instance`), { ip });
  assert.equal((await from("2001:db8:5::1")).status, 403);
  assert.equal((await from("2001:db8:6::1")).status, 200);
  await rows.all("update mod_blocks set expires_at = now() - interval '1 s' where value = '2001:db8:5::/48'");
  await here.app.safety.blocks.tasks[0]?.run({});
  await owner.ok("DELETE", `/api/v1/admin/ip_blocks/${careful.id}`);
  assert.equal((await from("2001:db8:5::1")).status, 200);
  for (const ip of ["0.0.0.0/0", "10.0.0.0/4", "nonsense", "10.0.0.0/33", "::/0"])
    assert.equal((await owner.call("POST", "/api/v1/admin/ip_blocks", { ip, severity: "no_access" })).status, 422, ip);
  const own = await owner.call("POST", "/api/v1/admin/ip_blocks", { ip: "127.0.0.0/8", severity: "no_access" });
  assert.match(await own.text(), /covers the address that you come from/);
  assert.equal((await anna.call("GET", "/api/v1/admin/ip_blocks")).status, 403);
});

test("a link that may not be posted is refused, in new posts and in edits, however it is written", async () => {
  const post = await anna.ok<{ id: string }>("POST", "/api/v1/statuses", { status: "fine https://bad.example/shop/1" });
  const rule = await owner.ok<{ id: string; url: string }>("POST", "/api/skein/v1/mod/url_blocks", {
    url: "https://bad.example/shop",
  });
  assert.equal(rule.url, "bad.example/shop");
  for (const status of ["see https://www.BAD.example/Shop/2?a=1", "http://x.bad.example/%73hop"]) {
    const refused = await anna.call("POST", "/api/v1/statuses", { status });
    assert.equal(refused.status, 422, status);
    assert.match(await refused.text(), /link that may not be posted/);
  }
  assert.equal(
    (await anna.call("PUT", `/api/v1/statuses/${post.id}`, { status: "now https://bad.example/shop" })).status,
    422,
  );
  await anna.ok("POST", "/api/v1/statuses", { status: "https://bad.example/other is fine" });
  await owner.ok("DELETE", `/api/skein/v1/mod/url_blocks/${rule.id}`);
  await anna.ok("POST", "/api/v1/statuses", { status: "https://bad.example/shop" });
  const verbs = await rows.all<{ verb: string }>(
    "select distinct verb from audit_log where verb like 'block.%' order by verb",
  );
  assert.deepEqual(
    verbs.map((v) => v.verb),
    ["block.added", "block.changed", "block.removed"],
  );
});
