/** How programs get in, and how they are shown out again. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { createHash } from "node:crypto";
import { testApp, type TestApp } from "#test/support/app.ts";
import { signUp, type Person } from "#test/support/people.ts";
import { registerProgram } from "#test/support/tokens.ts";

const CALLBACK = "https://client.example/callback";
const OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob";
const VERIFIER = "a-verifier-that-is-long-enough-for-the-rfc-7636";
const CHALLENGE = {
  code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
  code_challenge_method: "S256",
};

let app: TestApp;
let anna: Person;
let program: { appId: bigint; clientId: string; clientSecret: string };

before(async () => {
  app = await testApp({ SKEIN_REGISTRATIONS: "open" });
  anna = await signUp(app, "anna");
  program = await registerProgram(app);
});

type Decision = { redirect_to?: string; code?: string };

function decide(more: Record<string, string> = {}): Promise<Decision> {
  const request = {
    response_type: "code",
    client_id: program.clientId,
    redirect_uri: CALLBACK,
    scope: "read",
    decision: "allow",
  };
  return anna.ok<Decision>("POST", "/api/skein/v1/oauth/authorization", { ...request, ...more });
}

async function code(more?: Record<string, string>): Promise<string> {
  const { redirect_to = "" } = await decide(more);
  return new URL(redirect_to).searchParams.get("code") ?? "";
}

async function exchange(fields: Record<string, string>): Promise<{ status: number; token: string; error: string }> {
  const body = { grant_type: "authorization_code", client_id: program.clientId, redirect_uri: CALLBACK, ...fields };
  const answer = await app.fetch("/oauth/token", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(body).toString(),
  });
  const got = (await answer.json()) as { access_token?: string; error?: string };
  return { status: answer.status, token: got.access_token ?? "", error: got.error ?? "" };
}

const whoami = async (token: string): Promise<number> =>
  (await app.fetch("/api/v1/accounts/verify_credentials", { headers: { authorization: `Bearer ${token}` } })).status;

test("a code that comes twice takes back the token it gave", async () => {
  const once = await code();
  const first = await exchange({ code: once, client_secret: program.clientSecret });
  assert.equal(await whoami(first.token), 200);
  const second = await exchange({ code: once, client_secret: program.clientSecret });
  assert.deepEqual([second.status, second.error], [400, "invalid_grant"]);
  assert.equal(await whoami(first.token), 401);
});

test("of two exchanges at once one wins, and none keeps a token", async () => {
  const once = await code();
  const both = await Promise.all([1, 2].map(() => exchange({ code: once, client_secret: program.clientSecret })));
  assert.deepEqual(
    both.map((b) => b.status).sort((a, b) => a - b),
    [200, 400],
  );
  const won = both.find((b) => b.status === 200);
  assert.equal(await whoami(won?.token ?? ""), 401);
});

test("a program without a secret gets in by its verifier", async () => {
  const got = await exchange({ code: await code(CHALLENGE), code_verifier: VERIFIER });
  assert.equal(got.status, 200);
  assert.equal(await whoami(got.token), 200);
});

test("a program without a web address is shown the code", async () => {
  const shown = await decide({ redirect_uri: OUT_OF_BAND });
  assert.equal(shown.redirect_to, undefined);
  const got = await exchange({
    code: shown.code ?? "",
    redirect_uri: OUT_OF_BAND,
    client_secret: program.clientSecret,
  });
  assert.equal(await whoami(got.token), 200);
});

test("who refuses sends the program back with the reason, and no code", async () => {
  const back = new URL((await decide({ decision: "deny", state: "s 1&2" })).redirect_to ?? "");
  assert.equal(back.origin, "https://client.example");
  assert.deepEqual(
    ["error", "state", "code"].map((name) => back.searchParams.get(name)),
    ["access_denied", "s 1&2", null],
  );
});

test("the client's name and secret may come by HTTP Basic", async () => {
  const basic = Buffer.from(`${program.clientId}:${program.clientSecret}`).toString("base64");
  const answer = await app.fetch("/oauth/token", {
    method: "POST",
    headers: { authorization: `Basic ${basic}`, "content-type": "application/json" },
    body: JSON.stringify({ grant_type: "client_credentials", scope: "read" }),
  });
  assert.equal(answer.status, 200);
});

test("a program shown out loses every token at once; a changed password ends them all", async () => {
  const token = async (): Promise<string> =>
    (await exchange({ code: await code(), client_secret: program.clientSecret })).token;
  const [first, second] = [await token(), await token()];
  const apps = await anna.ok<{ id: string; name: string }[]>("GET", "/api/skein/v1/me/apps");
  assert.deepEqual(
    apps.map((a) => a.id),
    [program.appId.toString()],
  );
  await anna.ok("DELETE", `/api/skein/v1/me/apps/${program.appId}`);
  assert.deepEqual([await whoami(first), await whoami(second)], [401, 401]);
  assert.deepEqual(await anna.ok("GET", "/api/skein/v1/me/apps"), []);

  const third = await token();
  const elsewhere = await app.fetch("/api/skein/v1/sessions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ login: "anna@example.com", password: "correct horse battery staple" }),
  });
  const cookie = elsewhere.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  await anna.ok("POST", "/api/skein/v1/me/password", {
    current: "correct horse battery staple",
    password: "another good one",
  });
  assert.equal(await whoami(third), 401);
  assert.equal((await app.fetch("/api/skein/v1/me", { headers: { cookie } })).status, 401);
  assert.equal((await anna.call("GET", "/api/skein/v1/me")).status, 200, "the browser that changed it stays");
});
