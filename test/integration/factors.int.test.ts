/** Second factors, known devices, and what a new password ends. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { codeOf } from "#platform/crypto/totp.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { PASSWORD, signIn, signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";

const API = "/api/skein/v1";
let here: TestApp;
let rows: Rows;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

before(async () => {
  here = await testApp({ SKEIN_REGISTRATIONS: "open" });
  rows = await rowsOf(here.databaseUrl);
});
after(() => rows.close());

function unbase32(text: string): Buffer {
  const bits = [...text].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, "0")).join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((b) => Number.parseInt(b, 2)));
}
const step = (): bigint => BigInt(Math.floor(Date.now() / 30_000));

async function post(
  path: string,
  body: unknown,
  cookie = "",
): Promise<{ status: number; body: Record<string, unknown>; cookies: string }> {
  const answer = await here.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", origin: here.url, cookie, "user-agent": "Test browser" },
    body: JSON.stringify(body),
  });
  const cookies = answer.headers
    .getSetCookie()
    .map((c) => c.split(";")[0] ?? "")
    .join("; ");
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, cookies };
}
const logIn = (username: string, password = PASSWORD, cookie = ""): ReturnType<typeof post> =>
  post(`${API}/sessions`, { login: username, password }, cookie);
const mails = async (username: string): Promise<string[]> =>
  (
    await rows.all<{ body: string }>("select body from mail where recipient = $1 order by id", [
      `${username}@example.com`,
    ])
  ).map((m) => m.body);

/** Turns the app on for somebody; answers the secret and the recovery codes. */
async function turnOn(who: Person): Promise<{ secret: Buffer; codes: string[]; used: bigint }> {
  const made = await who.ok<{ secret: string; uri: string; qr: { size: number; path: string } }>(
    "POST",
    `${API}/me/security/totp`,
    { current: PASSWORD },
  );
  const secret = unbase32(made.secret);
  assert.ok(made.uri.includes(made.secret) && made.qr.size > 20 && made.qr.path.startsWith("M"));
  const used = step();
  const { recovery_codes: codes } = await who.ok<{ recovery_codes: string[] }>(
    "POST",
    `${API}/me/security/totp/confirm`,
    { code: codeOf(secret, used) },
  );
  return { secret, codes, used };
}

test("T47 a code of the app is needed, once, and guessing ends in a wait", async () => {
  const anna = await signUp(here, "anna");
  assert.equal((await anna.call("POST", `${API}/me/security/totp`, { current: "wrong" })).status, 422);
  const { secret, used } = await turnOn(anna);
  const [stored] = await rows.all<{ secret: Buffer }>("select secret from account_totp");
  assert.ok(stored && !stored.secret.includes(secret), "the secret is not readable in the database");
  assert.equal((await anna.call("POST", `${API}/me/security/totp`, { current: PASSWORD })).status, 409);
  const first = await logIn("anna");
  assert.deepEqual(first.body, { state: "second_factor" });
  assert.ok(!first.cookies.includes("skein_session="), "no session before the second step");
  // The code that turned it on is used up; so are older ones and those far away.
  for (const d of [0n, -2n, 2n])
    assert.equal((await post(`${API}/sessions/second`, { code: codeOf(secret, used + d) }, first.cookies)).status, 401);
  const next = used + 1n > step() + 1n ? used : used + 1n;
  const done = await post(`${API}/sessions/second`, { code: codeOf(secret, next) }, first.cookies);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.match(done.cookies, /skein_session=\S+/);
  // The step is used up as well as the code.
  assert.equal((await post(`${API}/sessions/second`, { code: codeOf(secret, next) }, first.cookies)).status, 401);
  const again = await logIn("anna");
  assert.equal((await post(`${API}/sessions/second`, { code: codeOf(secret, next) }, again.cookies)).status, 401);
  let last = 0;
  for (let i = 0; i < 20; i++)
    last = (await post(`${API}/sessions/second`, { code: String(100000 + i) }, again.cookies)).status;
  assert.equal(last, 429);
  assert.equal((await post(`${API}/sessions/second`, { code: codeOf(secret, next + 1n) }, again.cookies)).status, 429);
});

test("T47 guesses at once are counted like guesses one by one, and a right one ends the count", async () => {
  const eve = await signUp(here, "eve");
  const { codes } = await turnOn(eve);
  const { cookies } = await logIn("eve");
  const guess = (i: number): Promise<number> =>
    post(`${API}/sessions/second`, { code: `wrong-${i}` }, cookies).then((a) => a.status);
  for (let i = 0; i < 9; i++) assert.equal(await guess(i), 401);
  assert.equal((await post(`${API}/sessions/second`, { code: codes[0] }, cookies)).status, 200);
  const next = await logIn("eve");
  const many = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      post(`${API}/sessions/second`, { code: `wrong-${i}` }, next.cookies).then((a) => a.status),
    ),
  );
  assert.deepEqual(
    [401, 429].map((s) => many.filter((m) => m === s).length),
    [10, 30],
  );
});

test("a recovery code counts once, also for two at the same time, and is told by mail", async () => {
  const ben = await signUp(here, "ben");
  const { codes } = await turnOn(ben);
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) assert.match(code, /^([a-z2-7]{4}-){3}[a-z2-7]{4}$/);
  const code = codes[0] ?? "";
  const steps = await Promise.all([logIn("ben"), logIn("ben")]);
  const used = await Promise.all(
    steps.map((s) => post(`${API}/sessions/second`, { code: code.toUpperCase().replaceAll("-", " ") }, s.cookies)),
  );
  assert.deepEqual(
    used.map((u) => u.status).toSorted((a, b) => a - b),
    [200, 401],
  );
  const state = await ben.ok<{ recovery_codes_left: number; totp: boolean }>("GET", `${API}/me/security`);
  assert.deepEqual([state.totp, state.recovery_codes_left], [true, 9]);
  assert.ok((await mails("ben")).some((m) => m.includes("A recovery code was used")));
  const fresh = await ben.ok<{ recovery_codes: string[] }>("POST", `${API}/me/security/recovery_codes`, {
    current: PASSWORD,
  });
  const old = await logIn("ben");
  assert.equal((await post(`${API}/sessions/second`, { code: codes[1] }, old.cookies)).status, 401);
  assert.equal((await post(`${API}/sessions/second`, { code: fresh.recovery_codes[1] }, old.cookies)).status, 200);
  await ben.ok("POST", `${API}/me/security/totp/stop`, { current: PASSWORD });
  assert.match((await logIn("ben")).cookies, /skein_session=\S+/);
});

test("the operator helps somebody who lost everything, and they are told", async () => {
  const cleo = await signUp(here, "cleo");
  await turnOn(cleo);
  await here.app.accounts.factors.reset(BigInt(cleo.id));
  assert.match((await logIn("cleo")).cookies, /skein_session=\S+/);
  assert.ok((await mails("cleo")).some((m) => m.includes("removed codes and passkeys")));
});

test("T38 who guesses is slowed down, and a device that is known still gets in", async () => {
  const dora = await signUp(here, "dora");
  assert.ok(dora);
  const known = await logIn("dora");
  const statuses: number[] = [];
  for (let i = 0; i < 30; i++) statuses.push((await logIn("dora", `guess ${i}`)).status);
  assert.equal(statuses.filter((s) => s === 401).length, 10);
  assert.equal(statuses.at(-1), 429);
  assert.equal((await logIn("dora")).status, 429, "not even with the right password from an unknown device");
  assert.equal((await logIn("dora", PASSWORD, known.cookies)).status, 200);
  // Unknown names are treated alike.
  const nobody: number[] = [];
  for (let i = 0; i < 12; i++) nobody.push((await logIn("nobody-here", `guess ${i}`)).status);
  assert.deepEqual(nobody, statuses.slice(0, 12));
});

test("a log-in from a new device is mailed, one from a known device is not", async () => {
  await signUp(here, "emil");
  const first = await mails("emil");
  const known = await logIn("emil");
  assert.equal((await mails("emil")).length, first.length + 1);
  assert.match((await mails("emil")).at(-1) ?? "", /not seen before[\s\S]*Test browser/);
  await logIn("emil", PASSWORD, known.cookies);
  assert.equal((await mails("emil")).length, first.length + 1);
});

test("T48 a new address waits for three days, the old one is told and can stop it; that ends all sessions", async () => {
  // With a mail server: without one an address is changed at once, and nothing is sent to it.
  const mailed = await testApp({ SKEIN_REGISTRATIONS: "open", SMTP_URL: "smtp://127.0.0.1:9" });
  const looks = await rowsOf(mailed.databaseUrl);
  const letters = async (to: string): Promise<string[]> =>
    (await looks.all<{ body: string }>("select body from mail where recipient = $1 order by id", [to])).map(
      (m) => m.body,
    );
  const link = (text: string | undefined, name: string): string =>
    new RegExp(`${name}=(\\S+)`).exec(text ?? "")?.[1] ?? "";
  const { accounts } = mailed.app;
  const id = await accounts.signUp.create({
    username: "gina",
    email: "gina@old.example",
    password: PASSWORD,
    role: "user",
  });
  const gina = await signIn(mailed, "gina");
  const email = async (): Promise<string> => (await accounts.profiles.user(id)).email;
  const ask = async (to: string): Promise<void> => {
    await gina.ok("POST", `${API}/me/email`, { current: PASSWORD, email: to });
    await accounts.signUp.confirmEmail(link((await letters(to)).at(-1), "token"));
  };
  await ask("thief@new.example");
  assert.equal(await email(), "gina@old.example");
  const told = (await letters("gina@old.example")).at(-1);
  assert.match(told ?? "", /thief@new\.example[\s\S]*confirm\?cancel=/);
  // Time alone does not do it before three days are over.
  const apply = (): Promise<void> | undefined => accounts.holds.tasks[0]?.run({});
  await looks.all("update account_holds set due_at = now() + interval '1 minute'");
  await apply();
  assert.equal(await email(), "gina@old.example");
  await accounts.holds.cancel(link(told, "cancel"));
  await assert.rejects(accounts.holds.cancel(link(told, "cancel")), /not valid any more/);
  assert.equal((await gina.call("GET", `${API}/me`)).status, 401, "the stolen session is over");
  await looks.all("update account_holds set due_at = now() - interval '1 minute'");
  await apply();
  assert.equal(await email(), "gina@old.example", "stopped is stopped");
  const again = await signIn(mailed, "gina");
  await again.ok("POST", `${API}/me/email`, { current: PASSWORD, email: "gina@new.example" });
  const { heldUntil } = await accounts.signUp.confirmEmail(link((await letters("gina@new.example")).at(-1), "token"));
  assert.ok(heldUntil && heldUntil.getTime() - Date.now() > 71 * 3_600_000);
  const { holds } = await again.ok<{ holds: { id: string; email: string }[] }>("GET", `${API}/me/security`);
  assert.deepEqual(
    holds.map((h) => h.email),
    ["gina@new.example"],
  );
  await looks.all("update account_holds set due_at = now() - interval '1 minute' where state = 'open'");
  await apply();
  await apply();
  assert.equal(await email(), "gina@new.example");
  assert.equal(
    (await again.call("POST", `${API}/me/security/holds/${holds[0]?.id}/cancel`, { current: PASSWORD })).status,
    404,
  );
  await looks.close();
});

test("T42 a new password by mail link, by staff or by oneself ends sessions and programs", async () => {
  const fred = await signUp(here, "fred");
  const id = BigInt(fred.id);
  const token = async (): Promise<string> => (await here.app.accounts.oauth.issue(id, undefined, ["read"])).token;
  const works = async (bearer: string): Promise<boolean> =>
    (await here.fetch("/api/v1/accounts/verify_credentials", { headers: { authorization: `Bearer ${bearer}` } }))
      .status === 200;
  const one = await token();
  assert.ok(await works(one));
  await here.app.accounts.staff.setPassword(id, "another long password");
  assert.ok(!(await works(one)));
  assert.equal((await fred.call("GET", `${API}/me`)).status, 401);
  const two = await token();
  await here.app.accounts.signUp.requestReset("fred@example.com");
  const link = /token=(\S+)/.exec((await mails("fred")).findLast((m) => m.includes("token=")) ?? "")?.[1];
  assert.ok(link);
  await here.app.accounts.signUp.resetPassword(link, "a third long password");
  assert.ok(!(await works(two)));
  await assert.rejects(here.app.accounts.signUp.resetPassword(link, "a fourth long password"), /not valid any more/);
  assert.ok((await mails("fred")).some((m) => m.includes("The password was changed")));
});
