/** Streaming, as Mastodon's clients use it: over a WebSocket with several streams, and as server-sent events. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "#test/support/eventually.ts";
import { PASSWORD, setUpOwner, signUp, type Person } from "#test/support/people.ts";
import { startSkein, type TestServer } from "#test/support/server.ts";

interface Event {
  stream: string[];
  event: string;
  payload: string;
  error?: string;
}

let server: TestServer;
let ann: Person;
let ben: Person;
let token: string;

/** A token of a program, as a person grants it. */
async function grant(person: Person, scope: string): Promise<string> {
  const redirect = "https://client.example/callback";
  const form = (path: string, body: Record<string, string>): Promise<Response> =>
    server.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const app = (await (
    await form("/api/v1/apps", { client_name: "Streams", redirect_uris: redirect, scopes: scope })
  ).json()) as {
    client_id: string;
    client_secret: string;
  };
  const answer = await person.ok<{ redirect_to: string }>("POST", "/api/skein/v1/oauth/authorization", {
    response_type: "code",
    client_id: app.client_id,
    redirect_uri: redirect,
    scope,
    decision: "allow",
  });
  const code = new URL(answer.redirect_to).searchParams.get("code") ?? "";
  const granted = (await (
    await form("/oauth/token", { grant_type: "authorization_code", code, redirect_uri: redirect, ...app })
  ).json()) as { access_token: string };
  return granted.access_token;
}

interface Connection {
  events: Event[];
  socket: WebSocket;
  closed: boolean;
}

async function connect(query: string): Promise<Connection> {
  const socket = new WebSocket(`${server.url.replace(/^http/, "ws")}/api/v1/streaming?${query}`);
  const made: Connection = { events: [], socket, closed: false };
  socket.addEventListener("message", (message) => made.events.push(JSON.parse(String(message.data)) as Event));
  socket.addEventListener("close", () => (made.closed = true));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("the connection was refused")));
  });
  return made;
}

const arrives = (connection: Connection, what: string, test_: (e: Event) => boolean): Promise<Event> =>
  eventually(what, async () => connection.events.find(test_));
const post = (author: Person, body: Record<string, unknown>): Promise<{ id: string }> =>
  author.ok<{ id: string }>("POST", "/api/v1/statuses", body);

describe("streaming", { concurrency: false }, () => {
  const open: Connection[] = [];
  before(async () => {
    server = await startSkein();
    [ann, ben] = [await signUp(server, "ann"), await signUp(server, "ben")];
    token = await grant(ann, "read write follow");
    await ann.ok("POST", `/api/v1/accounts/${ben.id}/follow`);
    await ann.ok("GET", "/api/v1/timelines/home");
  });
  after(() => {
    for (const c of open) c.socket.close();
  });

  test("a home stream brings posts, edits, deletions and notifications, and nothing of others", async () => {
    const home = await connect(`access_token=${token}&stream=user`);
    open.push(home);
    const { id } = await post(ben, { status: "fresh from the press" });
    const update = await arrives(home, "the post", (e) => e.event === "update");
    assert.deepEqual(update.stream, ["user"]);
    assert.equal((JSON.parse(update.payload) as { id: string }).id, id);
    await ben.ok("PUT", `/api/v1/statuses/${id}`, { status: "corrected" });
    const edit = await arrives(home, "the edit", (e) => e.event === "status.update");
    assert.match((JSON.parse(edit.payload) as { content: string }).content, /corrected/);
    await ben.ok("DELETE", `/api/v1/statuses/${id}`);
    const gone = await arrives(home, "the deletion", (e) => e.event === "delete");
    assert.equal(gone.payload, id);
    const mine = await post(ann, { status: "look at me" });
    await ben.ok("POST", `/api/v1/statuses/${mine.id}/favourite`);
    const note = await arrives(home, "the notification", (e) => e.event === "notification");
    assert.equal((JSON.parse(note.payload) as { type: string }).type, "favourite");
    // Not for ann: written by somebody she does not follow, and only for others.
    const cat = await signUp(server, "cat");
    await post(cat, { status: "a stranger speaks" });
    await post(ben, { status: "@cat between us", visibility: "direct" });
    const last = await post(ben, { status: "the last word" });
    await arrives(home, "the last post", (e) => e.event === "update" && e.payload.includes(`"id":"${last.id}"`));
    assert.equal(
      home.events.some((e) => e.payload.includes("stranger") || e.payload.includes("between us")),
      false,
    );
  });

  test("several streams share a connection; unknown ones and missing rights are said", async () => {
    const many = await connect(`access_token=${token}`);
    open.push(many);
    const say = (message: object): void => many.socket.send(JSON.stringify(message));
    say({ type: "subscribe", stream: "public:local" });
    say({ type: "subscribe", stream: "hashtag", tag: "Moss" });
    say({ type: "subscribe", stream: "nonsense" });
    await arrives(many, "the refusal", (e) => e.error === "Unknown stream type");
    const tagged = await post(ben, { status: "green #moss" });
    await arrives(many, "the hashtag", (e) => e.stream?.join(" ") === "hashtag moss" && e.payload.includes(tagged.id));
    await arrives(many, "the public one", (e) => e.stream?.[0] === "public:local" && e.payload.includes(tagged.id));
    say({ type: "unsubscribe", stream: "public:local" });
    say({ type: "unsubscribe", stream: "hashtag", tag: "moss" });
    say({ type: "subscribe", stream: "public" });
    await post(ben, { status: "quiet", visibility: "unlisted" });
    const open_ = await post(ben, { status: "loud" });
    await arrives(many, "the open one", (e) => e.stream?.[0] === "public" && e.payload.includes(open_.id));
    assert.equal(
      many.events.some((e) => e.payload?.includes("quiet")),
      false,
    );
    const narrow = await connect(`access_token=${await grant(ann, "read:accounts")}&stream=user`);
    open.push(narrow);
    await arrives(narrow, "the missing right", (e) => e.error !== undefined);
  });

  test("T43 who is suspended, frozen or gets a new password loses open streams at once, and does not come back", async () => {
    const staff = await setUpOwner(server, "boss");
    const decide = async (account: string, kind: string): Promise<void> => {
      const decision = { account_id: account, actions: [{ kind }], reference: "Rule 1", facts: "" };
      await staff.ok("POST", "/api/skein/v1/mod/decisions", decision);
    };
    const ways: [string, (person: Person) => Promise<unknown>][] = [
      ["suspended", (person) => decide(person.id, "suspend")],
      ["frozen", (person) => decide(person.id, "freeze")],
      [
        "newpass",
        (person) =>
          person.ok("POST", "/api/skein/v1/me/password", { current: PASSWORD, password: "quite another password" }),
      ],
    ];
    for (const [name, end] of ways) {
      const person = await signUp(server, name);
      const theirs = await grant(person, "read");
      const socket = await connect(`access_token=${theirs}&stream=user`);
      const events = await server.fetch("/api/v1/streaming/user", { headers: { authorization: `Bearer ${theirs}` } });
      assert.equal(events.status, 200);
      const ended = events.text();
      await end(person);
      await eventually(`the end of the WebSocket: ${name}`, async () => socket.closed);
      await ended;
      await assert.rejects(connect(`access_token=${theirs}&stream=user`), /refused/, name);
      const again = await server.fetch("/api/v1/timelines/home", { headers: { authorization: `Bearer ${theirs}` } });
      assert.equal(again.status, 401, name);
    }
  });

  test("nobody gets in without a valid token, and a revoked one ends the connection", async () => {
    await assert.rejects(connect("stream=user"));
    await assert.rejects(connect("access_token=wrong&stream=user"));
    const short = await grant(ann, "read");
    const connection = await connect(`access_token=${short}&stream=user`);
    open.push(connection);
    await ann.ok("POST", "/api/skein/v1/me/password", {
      current: "correct horse battery staple",
      password: "another long passphrase",
    });
    await eventually("the end of the connection", async () => connection.closed);
    token = "";
  });

  test("server-sent events carry the same", async () => {
    const fresh = await grant(ben, "read");
    const answer = await server.fetch("/api/v1/streaming/public/local", {
      headers: { authorization: `Bearer ${fresh}` },
    });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type") ?? "", /^text\/event-stream/);
    assert.ok(answer.body);
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    const { id } = await post(ben, { status: "as events" });
    let text = "";
    while (!text.includes(`"id":"${id}"`)) {
      const part = await reader.read();
      assert.equal(part.done, false);
      text += decoder.decode(part.value, { stream: true });
    }
    assert.match(text, /event: update\ndata: \{/);
    await reader.cancel();
    assert.equal((await server.fetch("/api/v1/streaming/user")).status, 401);
    assert.equal(await (await server.fetch("/api/v1/streaming/health")).text(), "OK");
  });
});
