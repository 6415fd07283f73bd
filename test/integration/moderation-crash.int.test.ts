/** kill -9 in the middle of suspensions: each is there whole, or not at all, and what follows from it is made good after the restart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "#test/support/eventually.ts";
import { signIn, signUp, type Person } from "#test/support/people.ts";
import { rowsOf } from "#test/support/rows.ts";
import { startSkein } from "#test/support/server.ts";

const PEOPLE = 12;

test("after kill -9 among suspensions no account is half suspended, and no post of a suspended one is served", async () => {
  let server = await startSkein({ database: "clone", env: { SKEIN_REGISTRATIONS: "open" } });
  const rows = await rowsOf(server.databaseUrl ?? "");
  await signUp(server, "mora");
  await rows.all(
    "update users set role = 'moderator' where account_id = (select id from accounts where username = 'mora')",
  );
  const mora = await signIn(server, "mora");
  const people: { who: Person; post: string }[] = [];
  for (let n = 0; n < PEOPLE; n++) {
    const who = await signUp(server, `person${n}`);
    people.push({ who, post: (await who.ok<{ id: string }>("POST", "/api/v1/statuses", { status: `post ${n}` })).id });
  }
  const suspend = (by: Person, account: string): Promise<Response> =>
    by.call("POST", "/api/skein/v1/mod/decisions", {
      ...{ account_id: account, actions: [{ kind: "suspend" }], reference: "Rule 1", facts: "A test." },
    });
  let answered = 0;
  let killed: Promise<void> | undefined;
  await Promise.allSettled(
    people.map(async ({ who }) => {
      await suspend(mora, who.id);
      if (++answered === 3) killed = server.kill9();
    }),
  );
  await eventually("the server is killed", async () => killed !== undefined);
  await killed;
  await rows.all("update worker_pools set seen_at = seen_at - interval '2 minutes'");
  server = await server.restart();

  const state = await rows.all<{
    id: string;
    suspended: boolean;
    action: boolean;
    statement: boolean;
    logged: boolean;
  }>(
    `select a.id::text as id, a.suspended_at is not null as suspended,
       exists (select 1 from mod_actions m where m.account_id = a.id and m.kind = 'suspend') as action,
       exists (select 1 from mod_statements s where s.account_id = a.id) as statement,
       exists (select 1 from audit_log l where l.object = 'account:' || a.id and l.verb = 'action.suspend') as logged
     from accounts a where a.username like 'person%'`,
  );
  for (const s of state)
    assert.ok(
      s.action === s.suspended && s.statement === s.suspended && s.logged === s.suspended,
      `half a suspension: ${JSON.stringify(s)}`,
    );
  const suspended = new Set(state.filter((s) => s.suspended).map((s) => s.id));
  assert.ok(suspended.size >= 3, "who was answered is suspended");
  for (const { who, post } of people) {
    const gone = suspended.has(who.id);
    await eventually(`the post of ${who.username}`, async () => {
      const answer = await server.fetch(`/api/v1/statuses/${post}`);
      return answer.status === (gone ? 404 : 200);
    });
    assert.equal((await who.call("GET", "/api/skein/v1/me")).status, gone ? 401 : 200);
  }
  // Who was spared can be suspended now, once.
  const again = await signIn(server, "mora");
  for (const { who } of people) if (!suspended.has(who.id)) assert.equal((await suspend(again, who.id)).status, 200);
  await eventually("everybody is told", async () => {
    const told = await rows.one<{ n: number }>(
      "select count(*)::int as n from mod_statements where sent_at is not null",
    );
    return told?.n === PEOPLE;
  });
  const letters = await rows.all(
    "select recipient from mail where body like '%Rule 1%' group by recipient having count(*) <> 1",
  );
  assert.deepEqual(letters, [], "nobody is told twice");
  await rows.close();
});
