/** With a mail server: addresses are confirmed, passwords can be reset, and nothing tells which addresses are known. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startSkein, type TestServer } from "#test/support/server.ts";
import { smtpSink } from "#test/support/smtp-sink.ts";

const send = (server: TestServer, method: string, path: string, body: unknown): Promise<Response> =>
  server.fetch(path, {
    method,
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify(body),
  });

test("sign-up waits for the confirmation of the address; a reset changes the password and ends every session", async () => {
  const sink = await smtpSink();
  const server = await startSkein({ env: { SMTP_URL: sink.url, MAIL_FROM: "skein@sink.example" } });
  const person = { username: "ada", email: "ada@mail.example", password: "first password here", agreement: true };
  const signedUp = await send(server, "POST", "/api/skein/v1/signup", person);
  assert.equal(signedUp.status, 200);
  assert.deepEqual(await signedUp.json(), { state: "confirm_email" });
  assert.deepEqual(signedUp.headers.getSetCookie(), []);

  const logIn = (password: string): Promise<Response> =>
    send(server, "POST", "/api/skein/v1/sessions", { login: "ada", password });
  const early = await logIn(person.password);
  assert.equal(early.status, 403);
  assert.equal(((await early.json()) as { error: string }).error, "unconfirmed");

  const welcome = await sink.next();
  assert.match(welcome, /To: ada@mail\.example/);
  const token = /\/confirm\?token=([\w-]+)/.exec(welcome)?.[1];
  assert.ok(token, welcome);
  // The links lead to pages that exist.
  assert.equal((await server.fetch(`/confirm?token=${token}`)).status, 200);
  assert.equal((await send(server, "POST", "/api/skein/v1/email-confirmations", { token })).status, 200);
  const again = await send(server, "POST", "/api/skein/v1/email-confirmations", { token });
  assert.equal(again.status, 422, "a link works once");
  const session = await logIn(person.password);
  assert.equal(session.status, 200);
  const cookie = session.headers.getSetCookie()[0]?.split(";")[0] ?? "";

  const unknown = await send(server, "POST", "/api/skein/v1/password-resets", { email: "nobody@mail.example" });
  const known = await send(server, "POST", "/api/skein/v1/password-resets", { email: person.email });
  assert.deepEqual([unknown.status, await unknown.json()], [known.status, await known.json()]);
  const resetMail = await sink.next();
  const reset = /\/password\/reset\?token=([\w-]+)/.exec(resetMail)?.[1];
  assert.ok(reset, resetMail);
  assert.equal((await server.fetch(`/password/reset?token=${reset}`)).status, 200);
  const short = await send(server, "PUT", "/api/skein/v1/password-resets", { token: reset, password: "short" });
  assert.equal(short.status, 422);
  const changed = await send(server, "PUT", "/api/skein/v1/password-resets", {
    token: reset,
    password: "second password",
  });
  assert.equal(changed.status, 200, "a refused password does not use the link up");
  assert.equal((await server.fetch("/api/skein/v1/me", { headers: { cookie } })).status, 401);
  assert.equal((await logIn(person.password)).status, 401);
  assert.equal((await logIn("second password")).status, 200);
  await server.stop();
});
