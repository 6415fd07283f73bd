/** What somebody tries who wants a program's access without being let in. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { testApp, type TestApp } from "#test/support/app.ts";
import { signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";
import { issueToken, registerProgram } from "#test/support/tokens.ts";

const CALLBACK = "https://client.example/callback";
const VERIFIER = "a-verifier-that-is-long-enough-for-the-rfc-7636";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

let app: TestApp;
let rows: Rows;
let anna: Person;
let program: Awaited<ReturnType<typeof registerProgram>>;
let other: Awaited<ReturnType<typeof registerProgram>>;

before(async () => {
  app = await testApp({ SKEIN_REGISTRATIONS: "open" });
  rows = await rowsOf(app.databaseUrl);
  anna = await signUp(app, "anna");
  [program, other] = [await registerProgram(app), await registerProgram(app)];
});
after(() => rows.close());

const agree = (more: Record<string, string> = {}): Promise<Response> =>
  anna.call("POST", "/api/skein/v1/oauth/authorization", {
    response_type: "code",
    client_id: program.clientId,
    redirect_uri: CALLBACK,
    scope: "read",
    decision: "allow",
    ...more,
  });

async function code(more: Record<string, string> = {}): Promise<string> {
  const answer = await agree(more);
  assert.equal(answer.status, 200);
  const { redirect_to = "" } = (await answer.json()) as { redirect_to?: string };
  const found = new URL(redirect_to).searchParams.get("code");
  assert.ok(found);
  return found;
}

async function token(
  fields: Record<string, string>,
): Promise<{ status: number; token: string; error: string; scope: string }> {
  const body = { grant_type: "authorization_code", client_id: program.clientId, redirect_uri: CALLBACK, ...fields };
  const answer = await app.fetch("/oauth/token", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(body).toString(),
  });
  const got = (await answer.json()) as { access_token?: string; error?: string; scope?: string };
  return { status: answer.status, token: got.access_token ?? "", error: got.error ?? "", scope: got.scope ?? "" };
}

const call = (bearer: string, path: string, init: RequestInit = {}): Promise<Response> =>
  app.fetch(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${bearer}` } });
const works = async (bearer: string): Promise<boolean> =>
  (await call(bearer, "/api/v1/accounts/verify_credentials")).status === 200;

test("T50 only the very address that was registered is led to", async () => {
  const tricks = [
    `${CALLBACK}/`,
    `${CALLBACK}/more`,
    `${CALLBACK}?more=1`,
    `${CALLBACK}#part`,
    `${CALLBACK}.evil.example`,
    "https://client.example.evil.example/callback",
    "https://client.example@evil.example/callback",
    "https://evil.example/https://client.example/callback",
    "https://client.example/x/../callback",
    "https://client.example:443/callback",
    "https://CLIENT.example/callback",
    "http://client.example/callback",
    "javascript:alert(1)",
    "",
  ];
  for (const redirect_uri of tricks) {
    const answer = await agree({ redirect_uri });
    const body = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual([answer.status, body["error"]], [400, "invalid_redirect_uri"], redirect_uri);
    assert.ok(!("redirect_to" in body), redirect_uri);
  }
  for (const uri of [
    "javascript:alert(1)",
    "data:text/html,x",
    "blob:https://a.example/x",
    "/relative",
    `${CALLBACK}#part`,
  ]) {
    const answer = await app.fetch("/api/v1/apps", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client_name: "Trick", redirect_uris: [uri] }),
    });
    assert.equal(answer.status, 422, uri);
  }
});

test("T50 the challenge has to be S256, and a method without one is refused", async () => {
  for (const more of [
    { code_challenge: VERIFIER, code_challenge_method: "plain" },
    { code_challenge: CHALLENGE },
    { code_challenge: CHALLENGE, code_challenge_method: "s256" },
    { code_challenge: "short", code_challenge_method: "S256" },
    { code_challenge_method: "S256" },
    { code_challenge_method: "plain" },
  ]) {
    const answer = await agree(more);
    assert.deepEqual(
      [answer.status, ((await answer.json()) as { error: string }).error],
      [400, "invalid_request"],
      JSON.stringify(more),
    );
  }
});

test("T50 a program without a secret needs the verifier; one with a challenge needs it too", async () => {
  const bare = await token({ code: await code() });
  assert.deepEqual([bare.status, bare.error], [400, "invalid_grant"]);
  const challenge = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
  for (const fields of [{}, { code_verifier: "" }, { code_verifier: `${VERIFIER}x` }, { code_verifier: CHALLENGE }]) {
    const got = await token({ code: await code(challenge), client_secret: program.clientSecret, ...fields });
    assert.deepEqual([got.status, got.error], [400, "invalid_grant"], JSON.stringify(fields));
  }
  assert.equal((await token({ code: await code(challenge), code_verifier: VERIFIER })).status, 200);
  // Programs as Mastodon's: a secret and no challenge.
  assert.equal((await token({ code: await code(), client_secret: program.clientSecret })).status, 200);
});

test("T50 a code is for its program, its address and a minute, and once: again takes everything back", async () => {
  const stolen = await code();
  const foreign = await token({ code: stolen, client_id: other.clientId, client_secret: other.clientSecret });
  assert.deepEqual([foreign.status, foreign.error], [400, "invalid_grant"]);
  const elsewhere = await token({ code: stolen, client_secret: program.clientSecret, redirect_uri: `${CALLBACK}/x` });
  assert.deepEqual([elsewhere.status, elsewhere.error], [400, "invalid_grant"]);
  const wrong = await token({ code: stolen, client_secret: other.clientSecret });
  assert.deepEqual([wrong.status, wrong.error], [401, "invalid_client"]);
  const right = await token({ code: stolen, client_secret: program.clientSecret });
  assert.equal(right.status, 200);
  assert.ok(await works(right.token));
  assert.equal((await token({ code: stolen, client_secret: program.clientSecret })).error, "invalid_grant");
  assert.ok(!(await works(right.token)));

  const late = await code();
  const digest = createHash("sha256").update(late).digest();
  const left = await rows.one<{ seconds: number }>(
    "select extract(epoch from expires_at - now())::float8 as seconds from oauth_codes where digest = $1",
    [digest],
  );
  assert.ok(left && left.seconds <= 60 && left.seconds > 0, String(left?.seconds));
  await rows.all("update oauth_codes set expires_at = now() - interval '1 second' where digest = $1", [digest]);
  assert.equal((await token({ code: late, client_secret: program.clientSecret })).error, "invalid_grant");
});

test("T50 nobody gets more scope than was agreed to, nor than the program registered", async () => {
  const got = await token({
    code: await code({ scope: "read:accounts" }),
    client_secret: program.clientSecret,
    scope: "read write admin:write",
  });
  assert.deepEqual([got.status, got.scope], [200, "read:accounts"]);
  const narrow = await app.app.accounts.oauth.registerApp({
    name: "Narrow",
    redirectUris: [CALLBACK],
    scopes: "read:statuses",
    website: undefined,
  });
  for (const scope of ["read", "read:statuses write", "admin:read", "everything"]) {
    const answer = await agree({ client_id: narrow.app.client_id, scope });
    assert.deepEqual(
      [answer.status, ((await answer.json()) as { error: string }).error],
      [400, "invalid_scope"],
      scope,
    );
  }
  for (const grant_type of ["password", "refresh_token", "implicit", ""]) {
    const answer = await token({ grant_type, code: "x", client_secret: program.clientSecret });
    assert.deepEqual([answer.status, answer.error], [400, "unsupported_grant_type"], grant_type);
  }
  assert.deepEqual((await agree({ response_type: "token" })).status, 400);
});

test("T50 a program with a token cannot agree to another program", async () => {
  const bearer = await issueToken(app, program.appId, anna.id, "read write");
  const answer = await call(bearer, "/api/skein/v1/oauth/authorization", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      response_type: "code",
      client_id: other.clientId,
      redirect_uri: CALLBACK,
      scope: "write",
      decision: "allow",
    }),
  });
  assert.equal(answer.status, 403);
});

test("T51 who may read cannot write, and a former admin's token administers nothing", async () => {
  const reader = await issueToken(app, program.appId, anna.id, "read");
  const json = { method: "POST", headers: { "content-type": "application/json" } };
  assert.equal((await call(reader, "/api/v1/statuses", { ...json, body: '{"status":"x"}' })).status, 403);
  for (const path of ["/api/skein/v1/me/password", "/api/skein/v1/me/email", "/api/skein/v1/me/delete"]) {
    const all = await issueToken(app, program.appId, anna.id, "read write follow push admin:read admin:write");
    const answer = await call(all, path, {
      ...json,
      body: '{"current":"x","password":"another one","email":"a@b.example"}',
    });
    assert.equal(answer.status, 403, path);
  }
  const { staff } = app.app.accounts;
  await staff.setRole({ role: "operator" }, BigInt(anna.id), "admin");
  const admin = await issueToken(app, program.appId, anna.id, "admin:read admin:write");
  assert.equal((await call(admin, "/api/v1/admin/accounts")).status, 200);
  assert.equal((await call(reader, "/api/v1/admin/accounts")).status, 403);
  await staff.setRole({ role: "operator" }, BigInt(anna.id), "user");
  assert.equal((await call(admin, "/api/v1/admin/accounts")).status, 403);
});
