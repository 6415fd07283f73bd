/** Moderation over HTTP: complaint, case, decision, notice, objection, and what nobody may learn. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { testApp, type TestApp } from "#test/support/app.ts";
import { PASSWORD, signIn, signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";

const API = "/api/skein/v1";
let here: TestApp;
let rows: Rows;
let owner: Person;
let mod: Person;
let other: Person;
let anna: Person;
let ben: Person;

interface Case {
  id: string;
  priority: number;
  state: string;
  queue: string;
  account: { id: string };
}
interface Whole extends Case {
  reports: { comment: string; account: { username: string } }[];
  posts: { id: string; named: boolean; restriction: string }[];
  actions: { id: string; kind: string }[];
}

before(async () => {
  here = await testApp({ SKEIN_REGISTRATIONS: "open" });
  rows = await rowsOf(here.databaseUrl);
  const make = async (username: string, role: "owner" | "moderator"): Promise<Person> => {
    await here.app.accounts.signUp.create({ username, email: `${username}@example.com`, password: PASSWORD, role });
    return signIn(here, username);
  };
  owner = await make("owner", "owner");
  mod = await make("mod", "moderator");
  other = await make("other", "moderator");
  anna = await signUp(here, "anna");
  ben = await signUp(here, "ben");
});
after(() => rows.close());

const say = (who: Person, status: string, more: object = {}): Promise<{ id: string }> =>
  who.ok("POST", "/api/v1/statuses", { status, ...more });
const drain = (): Promise<void> => here.app.jobs.drain();
const error = async (
  answer: Response,
  status: number,
): Promise<{ error: string; details?: Record<string, unknown> }> => {
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  return JSON.parse(text) as { error: string };
};

test("a complaint becomes a case; the decision removes the post everywhere, tells the author why, and can be objected to", async () => {
  const bad = await say(anna, "buy my snake oil");
  await ben.ok("POST", "/api/v1/reports", {
    account_id: anna.id,
    status_ids: [bad.id],
    comment: "spam",
    category: "spam",
  });
  const [found] = await mod.ok<Case[]>("GET", `${API}/mod/cases?queue=reports`);
  assert.ok(found);
  assert.equal(found.account.id, anna.id);
  const whole = await mod.ok<Whole>("GET", `${API}/mod/cases/${found.id}`);
  assert.equal(whole.reports[0]?.comment, "spam");
  assert.equal(whole.reports[0]?.account.username, "ben");
  assert.deepEqual(
    whole.posts.map((p) => [p.id, p.named]),
    [[bad.id, true]],
  );
  const decision = {
    actions: [{ kind: "remove", post_id: bad.id }, { kind: "warn" }],
    ...{ ground: "terms", reference: "Rule 2: no advertising", facts: "An advertisement for snake oil." },
  };
  await mod.ok("POST", `${API}/mod/cases/${found.id}/decision`, decision);
  for (const who of [ben, anna]) assert.equal((await who.call("GET", `/api/v1/statuses/${bad.id}`)).status, 404);
  assert.equal((await here.fetch(`/api/v1/statuses/${bad.id}`)).status, 404);
  const resolved = await mod.ok<{ action_taken: boolean }[]>("GET", "/api/v1/admin/reports?resolved=true");
  assert.equal(resolved.length, 1);
  await drain();
  const told = await anna.ok<{ type: string; moderation_warning?: { action: string; text: string } }[]>(
    "GET",
    "/api/v1/notifications?types[]=moderation_warning",
  );
  assert.equal(told.length, 1);
  assert.equal(told[0]?.moderation_warning?.action, "delete_statuses");
  assert.match(told[0]?.moderation_warning?.text ?? "", /snake oil/);
  interface Standing {
    restrictions: {
      id: string;
      kind: string;
      statement: { text: string };
      appeal: null | { outcome: string | null };
    }[];
    strikes: unknown[];
  }
  const standing = await anna.ok<Standing>("GET", `${API}/standing`);
  const removal = standing.restrictions.find((r) => r.kind === "remove");
  assert.ok(removal);
  assert.match(removal.statement.text, /Rule 2: no advertising/);
  assert.equal(standing.strikes.length, 2);
  assert.ok(!JSON.stringify(standing).includes("mod"), "names of moderators are not told");
  const bens = await ben.ok<{ reports: { outcome: string }[] }>("GET", `${API}/standing`);
  assert.equal(bens.reports[0]?.outcome, "acted");
  await error(await ben.call("POST", `${API}/standing/${removal.id}/appeal`, { text: "mine?" }), 404);
  await anna.ok("POST", `${API}/standing/${removal.id}/appeal`, { text: "It is satire." });
  await error(await anna.call("POST", `${API}/standing/${removal.id}/appeal`, { text: "Really!" }), 422);
  const [appeal] = await other.ok<{ id: string; yours: boolean }[]>("GET", `${API}/mod/appeals`);
  assert.equal(appeal?.yours, false);
  assert.equal((await mod.ok<{ yours: boolean }[]>("GET", `${API}/mod/appeals`))[0]?.yours, true);
  await error(await mod.call("POST", `${API}/mod/appeals/${appeal?.id}`, { outcome: "upheld", answer: "No." }), 403);
  await other.ok("POST", `${API}/mod/appeals/${appeal?.id}`, { outcome: "overturned", answer: "Satire it is." });
  assert.equal((await here.fetch(`/api/v1/statuses/${bad.id}`)).status, 200);
});

test("T52 complaints about what one cannot see are refused, and nobody learns a moderator's name", async () => {
  const secret = await say(anna, "only for me", { visibility: "private" });
  const answer = await ben.call("POST", "/api/v1/reports", { account_id: anna.id, status_ids: [secret.id] });
  await error(answer, 422);
  await error(await ben.call("GET", `${API}/mod/cases`), 403);
  await error(await ben.call("GET", `${API}/mod/audit`), 403);
  await error(await mod.call("GET", `${API}/mod/audit`), 403);
  const mails = await rows.all<{ body: string }>("select body from mail");
  for (const { body } of mails) assert.doesNotMatch(body, /@mod\b|@other\b|@owner\b/);
});

test("T66 many fresh accounts together do not outrank a child in danger, and nothing is removed by itself", async () => {
  const victim = await signUp(here, "victim");
  const post = await say(victim, "an unpopular opinion");
  const crowd = await Promise.all(Array.from({ length: 60 }, (_, i) => signUp(here, `crowd${i}`)));
  for (const one of crowd)
    await one.ok("POST", "/api/v1/reports", { account_id: victim.id, status_ids: [post.id], category: "legal" });
  const find = async (): Promise<Case | undefined> =>
    (await mod.ok<Case[]>("GET", `${API}/mod/cases`)).find((c) => c.account.id === victim.id);
  const loud = await find();
  assert.ok(loud && loud.priority <= 70, `priority ${loud?.priority}`);
  assert.equal((await here.fetch(`/api/v1/statuses/${post.id}`)).status, 200);
  const notice = {
    ...{ url: `${here.url}/@anna`, category: "child_safety", good_faith: true },
    explanation: "This person talks to children in a way that frightens me.",
  };
  const filed = await here.fetch(`${API}/notices`, json(notice));
  assert.equal(filed.status, 200);
  const [first] = await mod.ok<Case[]>("GET", `${API}/mod/cases`);
  assert.equal(first?.account.id, anna.id);
  assert.ok(first.priority > loud.priority);
  // Who complained in vain counts for less the next time.
  await mod.ok("POST", `${API}/mod/cases/${loud.id}/dismiss`);
  for (const one of crowd.slice(0, 5))
    await one.ok("POST", "/api/v1/reports", { account_id: ben.id, category: "legal" });
  const fair = await Promise.all(Array.from({ length: 5 }, (_, i) => signUp(here, `fair${i}`)));
  for (const one of fair) await one.ok("POST", "/api/v1/reports", { account_id: owner.id, category: "legal" });
  const cases = await mod.ok<Case[]>("GET", `${API}/mod/cases`);
  const about = (id: string): number => cases.find((c) => c.account.id === id)?.priority ?? -1;
  assert.ok(about(ben.id) < about(owner.id), `${about(ben.id)} and ${about(owner.id)}`);
});

test("anybody can send a notice without an account, learns what is missing, and what became of it", async () => {
  const broken = await here.fetch(`${API}/notices`, json({ url: "https://elsewhere.test/x", category: "nonsense" }));
  const { details } = await error(broken, 422);
  assert.deepEqual(Object.keys(details ?? {}).toSorted(), [
    "category",
    "email",
    "explanation",
    "good_faith",
    "name",
    "url",
  ]);
  const post = await say(ben, "somebody's address");
  const notice = {
    ...{ url: `${here.url}/@ben/${post.id}`, category: "privacy", law: "GDPR Art. 17", good_faith: true },
    ...{ explanation: "This shows where I live, and I did not agree.", name: "A. Person", email: "person@example.org" },
  };
  const answer = await here.fetch(`${API}/notices`, json({ ...notice, language: "de" }));
  assert.equal(answer.status, 200);
  const { receipt } = (await answer.json()) as { receipt: string };
  const state = async (): Promise<{ outcome: string | null }> =>
    (await (await here.fetch(`${API}/notices/${receipt}`)).json()) as { outcome: string | null };
  assert.equal((await state()).outcome, null);
  const found =
    (await mod.ok<Case[]>("GET", `${API}/mod/cases?queue=notices`)).find((c) => c.account.id === ben.id) ??
    (await mod.ok<Case[]>("GET", `${API}/mod/cases`)).find((c) => c.account.id === ben.id);
  assert.ok(found);
  const decision = { actions: [{ kind: "remove", post_id: post.id }], ground: "illegal", reference: "GDPR Art. 17" };
  await mod.ok("POST", `${API}/mod/cases/${found.id}/decision`, decision);
  await drain();
  assert.equal((await state()).outcome, "acted");
  const mails = await rows.all<{ subject: string }>(
    "select subject from mail where recipient = 'person@example.org' order by id",
  );
  assert.deepEqual(
    mails.map((m) => m.subject.split(" ")[0]),
    ["Deine", "Über"],
  );
  assert.equal((await here.fetch(`${API}/notices/${"x".repeat(32)}`)).status, 404);
});

test("somebody who is suspended can object with the key of the letter, and only with it", async () => {
  const gone = await signUp(here, "gone");
  const decision = { account_id: gone.id, actions: [{ kind: "suspend" }], reference: "Rule 1", facts: "Threats." };
  await mod.ok("POST", `${API}/mod/decisions`, decision);
  await drain();
  assert.equal((await gone.call("GET", `${API}/standing`)).status, 401);
  const mail = await rows.one<{ body: string }>(
    "select body from mail where recipient = 'gone@example.com' order by id desc limit 1",
  );
  const key = /\/standing\?key=(\S+)/.exec(mail?.body ?? "")?.[1];
  assert.ok(key);
  const seen = await here.fetch(`${API}/standing/by_key`, json({ key, language: "de" }));
  const restriction = (await seen.json()) as { kind: string; statement: { text: string } };
  assert.equal(restriction.kind, "suspend");
  assert.match(restriction.statement.text, /gesperrt/);
  assert.equal((await here.fetch(`${API}/standing/by_key`, json({ key: `${key}x` }))).status, 404);
  assert.equal((await here.fetch(`${API}/standing/by_key/appeal`, json({ key, text: "Not me." }))).status, 200);
  const open = await other.ok<{ id: string; handle: string }[]>("GET", `${API}/mod/appeals`);
  const mine = open.find((a) => a.handle === "gone");
  await other.ok("POST", `${API}/mod/appeals/${mine?.id}`, { outcome: "overturned", answer: "A mix-up." });
  await drain();
  assert.ok(await signIn(here, "gone"));
});

test("T53 the only owner stays the owner, and nobody deletes themselves out of it", async () => {
  const { staff } = here.app.accounts;
  await assert.rejects(staff.setRole({ role: "operator" }, BigInt(owner.id), "user"), /only owner/);
  await error(await owner.call("POST", `${API}/me/delete`, { current: PASSWORD }), 403);
  await staff.setRole({ role: "operator" }, BigInt(other.id), "owner");
  await staff.setRole({ role: "operator" }, BigInt(other.id), "moderator");
  await assert.rejects(staff.setRole({ role: "moderator" }, BigInt(owner.id), "user"), /not allowed/);
  await assert.rejects(staff.setRole({ role: "admin" }, BigInt(anna.id), "admin"), /not allowed/);
});

test("T54 what a profile may not say is not taken from it", async () => {
  const before = await rows.one("select role, email_confirmed_at, approved_at from users where account_id = $1", [
    ben.id,
  ]);
  const body = {
    display_name: "Ben",
    role: "owner",
    confirmed_at: "2020-01-01",
    credits: "1000000",
    suspended_at: null,
    labels: ["staff"],
  };
  await ben.ok("PATCH", "/api/v1/accounts/update_credentials", body);
  await ben.call("PATCH", `${API}/me/preferences`, { role: "owner", theme: "dark" });
  assert.deepEqual(
    await rows.one("select role, email_confirmed_at, approved_at from users where account_id = $1", [ben.id]),
    before,
  );
  const labels = await rows.one<{ labels: string[] }>("select labels from accounts where id = $1", [ben.id]);
  assert.deepEqual(labels?.labels, []);
  const wallet = (who: Person): Promise<unknown> => who.ok("GET", `${API}/wallet`);
  assert.deepEqual(await wallet(ben), await wallet(anna), "everybody has the same");
});

test("the numbers are public, without names, and say how often decisions were wrong", async () => {
  const answer = await here.fetch(`${API}/transparency`);
  const numbers = (await answer.json()) as {
    actions: { kind: string; count: number; undone: number }[];
    appeals: { filed: number; overturned: { of: number; count: number; low: number; high: number } };
  };
  const removed = numbers.actions.filter((a) => a.kind === "remove").reduce((n, a) => n + a.count, 0);
  assert.equal(removed, 2);
  assert.deepEqual([numbers.appeals.filed, numbers.appeals.overturned.of, numbers.appeals.overturned.count], [2, 2, 2]);
  assert.ok(numbers.appeals.overturned.low > 0.3 && numbers.appeals.overturned.high === 1);
  const log = await owner.ok<{ verb: string }[]>("GET", `${API}/mod/audit?limit=200`);
  for (const verb of [
    "action.remove",
    "action.suspend",
    "undo.suspend",
    "appeal.overturned",
    "notice.received",
    "case.dismissed",
  ])
    assert.ok(
      log.some((l) => l.verb === verb),
      `${verb} is in the log`,
    );
  assert.equal((await owner.ok<{ ok: boolean }>("GET", `${API}/mod/audit/verify`)).ok, true);
});

function json(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", origin: here.url },
    body: JSON.stringify(body),
  };
}
