/** What operators do about people at the command line, beside a running server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { testApp } from "#test/support/app.ts";
import { cliOf } from "#test/support/cli.ts";
import { signUp } from "#test/support/people.ts";
import { rowsOf } from "#test/support/rows.ts";

test("suspended at the command line, objected to, decided there by another hand, and all of it in a log that shows changes", async () => {
  const here = await testApp({ SKEIN_REGISTRATIONS: "open" }, { exclusive: false });
  const rows = await rowsOf(here.databaseUrl);
  const cli = cliOf(here);
  const gone = await signUp(here, "gone");
  await cli.json("account", "suspend", "gone", "--reason", "Threats against a neighbour.");
  assert.equal((await gone.call("GET", "/api/skein/v1/me")).status, 401);
  await here.app.jobs.drain();
  const letter = await rows.one<{ body: string }>(
    "select body from mail where recipient = 'gone@example.com' order by id desc limit 1",
  );
  assert.match(letter?.body ?? "", /Threats against a neighbour/);
  const key = /key=(\S+)/.exec(letter?.body ?? "")?.[1] ?? "";
  await here.app.safety.decisions.redress.appealByKey(key, "That was somebody else.");
  const [open] = await cli.json<{ id: string; username: string; text: string }[]>("appeal", "list");
  assert.deepEqual([open?.username, open?.text], ["gone", "That was somebody else."]);
  assert.equal((await cli.call("appeal", "decide", open?.id ?? "", "--outcome", "maybe")).code, 2);
  await cli.json("appeal", "decide", open?.id ?? "", "--outcome", "overturned", "--answer", "A mix-up.");
  assert.equal((await here.app.accounts.profiles.get([BigInt(gone.id)]))[0]?.suspended, false);

  const whole = await cli.json<{ ok: boolean; first_broken: number | null; lines: number }>("audit", "verify");
  assert.deepEqual([whole.ok, whole.first_broken], [true, null]);
  assert.ok(whole.lines >= 4);
  await rows.all("alter table audit_log disable trigger all");
  await rows.all("update audit_log set object = 'account:1' where seq = 2");
  const broken = await cli.call("audit", "verify", "--json");
  assert.equal(broken.code, 1);
  assert.deepEqual(JSON.parse(broken.out), { ok: false, first_broken: 2, reason: "the line was changed" });
  await rows.close();
});
