/** Streams of somebody who is not let in any more, and of programs that may not hear everything. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "#test/support/eventually.ts";
import { setUpOwner, signUp, type Person } from "#test/support/people.ts";
import { startSkein, type TestServer } from "#test/support/server.ts";

const CALLBACK = "https://client.example/callback";
let server: TestServer;
let owner: Person;
const open: WebSocket[] = [];

before(async () => {
  server = await startSkein({ env: { SKEIN_REGISTRATIONS: "open" } });
  owner = await setUpOwner(server);
});
after(() => {
  for (const socket of open) socket.close();
});

const json = (path: string, body: unknown): Promise<Response> =>
  server.fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

async function grant(person: Person, scope: string): Promise<{ token: string; app: string }> {
  const made = await json("/api/v1/apps", { client_name: "Streams", redirect_uris: CALLBACK, scopes: scope });
  const app = (await made.json()) as { id: string; client_id: string; client_secret: string };
  const { redirect_to } = await person.ok<{ redirect_to: string }>("POST", "/api/skein/v1/oauth/authorization", {
    response_type: "code",
    client_id: app.client_id,
    redirect_uri: CALLBACK,
    scope,
    decision: "allow",
  });
  const code = new URL(redirect_to).searchParams.get("code") ?? "";
  const answer = await json("/oauth/token", { grant_type: "authorization_code", code, redirect_uri: CALLBACK, ...app });
  return { token: ((await answer.json()) as { access_token: string }).access_token, app: app.id };
}

interface Connection {
  texts: string[];
  closed: boolean;
}

async function connect(token: string, stream: string): Promise<Connection> {
  const address = `${server.url.replace(/^http/, "ws")}/api/v1/streaming?access_token=${token}&stream=${stream}`;
  const socket = new WebSocket(address);
  open.push(socket);
  const made: Connection = { texts: [], closed: false };
  socket.addEventListener("message", (message) => made.texts.push(String(message.data)));
  socket.addEventListener("close", () => (made.closed = true));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the connection was refused")));
  });
  return made;
}

/** A stream of server-sent events that notes when it ends. */
async function listen(token: string): Promise<{ ended: boolean }> {
  const answer = await server.fetch("/api/v1/streaming/user", { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  const made = { ended: false };
  const reader = answer.body?.getReader();
  const pull = async (): Promise<void> => {
    while (reader && !(await reader.read()).done);
    made.ended = true;
  };
  void pull().catch(() => (made.ended = true));
  return made;
}

const ways: [name: string, end: (who: Person, app: string) => Promise<unknown>][] = [
  ["suspended", (who) => owner.ok("POST", `/api/v1/admin/accounts/${who.id}/action`, { type: "suspend" })],
  ["disabled", (who) => owner.ok("POST", `/api/v1/admin/accounts/${who.id}/action`, { type: "disable" })],
  ["showing the program out", (who, app) => who.ok("DELETE", `/api/skein/v1/me/apps/${app}`)],
];

for (const [index, [name, end]] of ways.entries()) {
  test(`T43 ${name} ends open streams, and nobody comes back with the token`, async () => {
    const who = await signUp(server, `listener${index}`);
    const { token, app } = await grant(who, "read");
    const socket = await connect(token, "user");
    const events = await listen(token);
    assert.deepEqual([socket.closed, events.ended], [false, false]);
    await end(who, app);
    await eventually("the end of the WebSocket", async () => socket.closed);
    await eventually("the end of the events", async () => events.ended);
    await assert.rejects(connect(token, "user"), /refused/);
    const again = await server.fetch("/api/v1/streaming/user", { headers: { authorization: `Bearer ${token}` } });
    assert.equal(again.status, 401);
  });
}

test("T51 who may not read notifications hears none, on whatever stream", async () => {
  const [ann, ben] = [await signUp(server, "ann"), await signUp(server, "ben")];
  const narrow = (await grant(ann, "read:statuses")).token;
  const wide = (await grant(ann, "read")).token;
  const [deaf, hearing] = [await connect(narrow, "user"), await connect(wide, "user")];
  const refused = await connect(narrow, "user:notification");
  await eventually("the refusal", async () => refused.texts.some((t) => t.includes("required scopes")));
  const mine = await ann.ok<{ id: string }>("POST", "/api/v1/statuses", { status: "look at me" });
  await ben.ok("POST", `/api/v1/statuses/${mine.id}/favourite`);
  await eventually("the notification", async () => hearing.texts.some((t) => t.includes('"event":"notification"')));
  // A later event of the same connection shows that the notification did not just take its time.
  const last = await ann.ok<{ id: string }>("POST", "/api/v1/statuses", { status: "the last word" });
  await eventually("the last post", async () => deaf.texts.some((t) => t.includes(last.id)));
  assert.equal(
    deaf.texts.some((t) => t.includes('"event":"notification"')),
    false,
  );
});
