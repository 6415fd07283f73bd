import assert from "node:assert/strict";
import { test } from "node:test";
import { setUpOwner, signIn } from "#test/support/people.ts";
import { startSkein } from "#test/support/server.ts";

test("a fresh start becomes ready, prints a set-up link that works once, and stops cleanly", async () => {
  const server = await startSkein();
  assert.equal((await server.fetch("/healthz")).status, 200);
  assert.equal((await server.fetch("/readyz")).status, 200);
  const token = server.setupToken();
  await setUpOwner(server);
  const again = await server.fetch("/api/skein/v1/setup", {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify({ token, username: "second", email: "second@example.com", password: "correct horse battery" }),
  });
  assert.ok(again.status >= 400 && again.status < 500, `the link worked twice (${again.status})`);
  assert.equal(await server.stop(), 0, server.output());

  const restarted = await server.restart();
  assert.equal(restarted.setupToken(), undefined, "there is an owner already");
  assert.equal((await signIn(restarted, "owner")).username, "owner");
  assert.equal(await restarted.stop(), 0, restarted.output());
});

test("a wrong variable stops the start and is named with its value", async () => {
  await assert.rejects(startSkein({ env: { SKEIN_REGISTRATIONS: "sometimes" } }), (error: Error) => {
    assert.match(error.message, /SKEIN_REGISTRATIONS/);
    assert.match(error.message, /sometimes/);
    assert.match(error.message, /approval/);
    return true;
  });
});

test("a second server on one data directory is refused while the first one runs", async () => {
  const first = await startSkein({ database: "embedded" });
  await setUpOwner(first);
  await assert.rejects(startSkein({ database: "embedded", dataDir: first.dataDir }), /ended with exit code 1/);
  assert.equal((await first.fetch("/readyz")).status, 200, "the first one is not disturbed");

  await first.kill9();
  const next = await first.restart();
  assert.equal((await signIn(next, "owner")).username, "owner", "an unclean stop recovers");
  assert.equal(await next.stop(), 0, next.output());
});
