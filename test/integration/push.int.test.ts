/**
 * Web Push from end to end: programs subscribe, a push service on this machine takes the messages, and what it got is
 * decrypted by `http_ece` and its signature verified by Node: neither is ours.
 */
import assert from "node:assert/strict";
import { createECDH, createPublicKey, randomBytes, verify, type ECDH } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { silentLog } from "#platform/log/log.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { signUp } from "#test/support/people.ts";
import { issueToken, registerProgram } from "#test/support/tokens.ts";

interface Decryption {
  version: string;
  privateKey: ECDH;
  authSecret: string;
  dh?: string;
  salt?: string;
}
const ece: { decrypt(body: Buffer, params: Decryption): Buffer } = createRequire(import.meta.url)("http_ece");

interface Got {
  headers: IncomingHttpHeaders;
  body: Buffer;
}
interface Someone {
  id: bigint;
  name: string;
  token: string;
}
interface Program {
  path: string;
  keys: ECDH;
  secret: string;
  key: string;
}
interface Message {
  access_token: string;
  preferred_locale: string;
  notification_id: number;
  notification_type: string;
  icon: string;
  title: string;
  body: string;
}

const PATH = "/api/v1/push/subscription";
let app: TestApp;
let pool: Pool;
let program: Awaited<ReturnType<typeof registerProgram>>;
let service: Server;
let origin: string;
/** What came, by path; and what is answered there, 201 unless it is said here. */
const got = new Map<string, Got[]>();
const answers = new Map<string, number>();

before(async () => {
  app = await testApp({ SKEIN_REGISTRATIONS: "open", SKEIN_ALLOW_LOOPBACK_PEERS: "1" });
  pool = createPool(app.databaseUrl, silentLog, { max: 1, applicationName: "skein-test" });
  program = await registerProgram(app);
  service = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "";
      got.set(path, [...(got.get(path) ?? []), { headers: request.headers, body: Buffer.concat(chunks) }]);
      response.writeHead(answers.get(path) ?? 201).end();
    });
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const address = service.address();
  assert.ok(address && typeof address === "object");
  origin = `http://127.0.0.1:${address.port}`;
});
after(async () => {
  service.closeAllConnections();
  service.close();
  await pool.end();
});

const token = (id: bigint): Promise<string> => issueToken(app, program.appId, id.toString(), "read write follow push");

async function someone(name: string): Promise<Someone> {
  const id = await app.app.accounts.signUp.create({
    username: name,
    email: `${name}@example.com`,
    password: "correct horse battery staple",
    role: "user",
  });
  return { id, name, token: await token(id) };
}

const call = (bearer: string, method: string, body?: unknown): Promise<Response> =>
  app.fetch(PATH, {
    method,
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

interface Wish {
  standard?: boolean;
  alerts?: Record<string, boolean>;
  policy?: string;
}

let programs = 0;
async function subscribed(bearer: string, wish: Wish = {}): Promise<Program> {
  const keys = createECDH("prime256v1");
  keys.generateKeys();
  const secret = randomBytes(16).toString("base64url");
  const path = `/push/${++programs}`;
  const { standard = true, alerts = { mention: true, favourite: true, follow: true }, ...data } = wish;
  const response = await call(bearer, "POST", {
    subscription: {
      endpoint: origin + path,
      standard,
      keys: { p256dh: keys.getPublicKey("base64url"), auth: secret },
    },
    data: { ...data, alerts },
  });
  assert.equal(response.status, 200, await response.clone().text());
  const { server_key: key } = (await response.json()) as { server_key: string };
  return { path, keys, secret, key };
}

const sent = (to: Program): Got[] => got.get(to.path) ?? [];
const titles = (to: Program): string[] => sent(to).map((one) => message(to, one).title);

function message(to: Program, { headers, body }: Got): Message {
  const version = headers["content-encoding"] ?? "";
  const field = (name: string, text: unknown): string =>
    new RegExp(`(?:^|[;,])\\s*${name}=([A-Za-z0-9_-]+)`).exec(String(text))?.[1] ?? "";
  const legacy = { dh: field("dh", headers["crypto-key"]), salt: field("salt", headers["encryption"]) };
  const params = { version, privateKey: to.keys, authSecret: to.secret, ...(version === "aesgcm" ? legacy : {}) };
  return JSON.parse(ece.decrypt(body, params).toString()) as Message;
}

/** The claims of a VAPID token that was signed by the key the program got. */
function claims(to: Program, jwt: string): { aud: string; exp: number; sub: string } {
  const [head = "", payload = "", signature = ""] = jwt.split(".");
  const point = Buffer.from(to.key, "base64url");
  assert.equal(point.length, 65);
  const [x, y] = [point.subarray(1, 33).toString("base64url"), point.subarray(33).toString("base64url")];
  const key = createPublicKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x, y } });
  const signed = Buffer.from(`${head}.${payload}`);
  assert.ok(
    verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")),
    "the signature does not fit the server's key",
  );
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
  assert.deepEqual(read(head), { typ: "JWT", alg: "ES256" });
  return read(payload) as ReturnType<typeof claims>;
}

const write = async (by: Someone, text: string, more: object = {}): Promise<bigint> =>
  (await app.app.posts.create({ accountId: by.id }, { text, visibility: "public", ...more })).id;
const drain = (): Promise<void> => app.app.jobs.drain();
/** Jobs of pushes that wait for another try. */
async function waiting(): Promise<number> {
  const text = "select count(*)::int as n from graphile_worker.jobs where task_identifier = 'notifications.push'";
  return (await pool.query<{ n: number }>(text)).rows[0]?.n ?? -1;
}
const hurry = (): Promise<unknown> =>
  pool.query(`update graphile_worker._private_jobs set run_at = now() where run_at > now()`);

test("a program subscribes, reads, changes and ends its subscription", async () => {
  const anna = await someone("anna");
  const none = await call(anna.token, "GET");
  assert.deepEqual([none.status, await none.json()], [404, { error: "Record not found" }]);
  assert.equal((await call(anna.token, "PUT", { data: { policy: "none" } })).status, 404);

  const key = createECDH("prime256v1").generateKeys("base64");
  const form = new URLSearchParams({
    "subscription[endpoint]": "https://push.example/abc",
    "subscription[keys][p256dh]": key,
    "subscription[keys][auth]": "AAECAwQFBgcICQoLDA0ODw==",
    "data[alerts][mention]": "true",
    "data[alerts][reblog]": "false",
    "data[alerts][admin.report]": "1",
    "data[alerts][something_new]": "true",
    "data[policy]": "followed",
  });
  const headers = { authorization: `Bearer ${anna.token}` };
  const made = await app.fetch(PATH, { method: "POST", headers, body: form });
  assert.equal(made.status, 200, await made.clone().text());
  const first = (await made.json()) as Record<string, unknown>;
  const { id, server_key: serverKey, ...rest } = first;
  const off = Object.fromEntries(
    "status reblog follow follow_request favourite poll update quote quoted_update admin.sign_up"
      .split(" ")
      .map((type) => [type, false]),
  );
  assert.deepEqual(rest, {
    endpoint: "https://push.example/abc",
    standard: false,
    alerts: { ...off, mention: true, "admin.report": true },
    policy: "followed",
  });
  assert.match(String(id), /^\d+$/);
  assert.deepEqual(await (await call(anna.token, "GET")).json(), first);

  // The same key everywhere a program looks for it.
  const instance = (await (await app.fetch("/api/v2/instance")).json()) as {
    configuration: { vapid: { public_key: string } };
  };
  const app1 = (await (await app.fetch("/api/v1/apps/verify_credentials", { headers })).json()) as {
    vapid_key: string;
  };
  assert.deepEqual([instance.configuration.vapid.public_key, app1.vapid_key], [serverKey, serverKey]);

  const changed = (await (
    await call(anna.token, "PUT", { data: { alerts: { poll: true } }, policy: "all" })
  ).json()) as typeof first;
  assert.deepEqual(
    [changed["policy"], changed["alerts"]],
    ["all", { ...off, mention: false, "admin.report": false, poll: true }],
  );

  // Another token of the same person has nothing to do with it.
  assert.equal((await call(await token(anna.id), "GET")).status, 404);
  assert.deepEqual(await (await call(anna.token, "DELETE")).json(), {});
  assert.equal((await call(anna.token, "GET")).status, 404);
});

test("who may not subscribe, and what is no subscription", async () => {
  const bob = await someone("bob");
  const good = {
    endpoint: "https://push.example/x",
    keys: { p256dh: createECDH("prime256v1").generateKeys("base64url"), auth: randomBytes(16).toString("base64url") },
  };
  const offCurve = Buffer.alloc(65, 1);
  offCurve[0] = 4;
  for (const bad of [
    { ...good, endpoint: "http://push.example/x" },
    { ...good, endpoint: "https://10.0.0.1/x" },
    { ...good, endpoint: "https://push.example:22/x" },
    { ...good, endpoint: "no address" },
    { ...good, keys: { ...good.keys, auth: randomBytes(15).toString("base64url") } },
    { ...good, keys: { ...good.keys, p256dh: randomBytes(64).toString("base64url") } },
    { ...good, keys: { ...good.keys, p256dh: offCurve.toString("base64url") } },
  ]) {
    const response = await call(bob.token, "POST", { subscription: bad });
    assert.equal(response.status, 422, JSON.stringify(bad));
  }
  assert.equal((await call(bob.token, "POST", { subscription: good, data: { policy: "some" } })).status, 422);
  const small = await issueToken(app, program.appId, bob.id.toString(), "read write");
  assert.equal((await call(small, "POST", { subscription: good })).status, 403);
  const session = await signUp(app, "carl");
  const refused = await session.call("POST", PATH, { subscription: good });
  assert.equal(refused.status, 403);
  assert.match(((await refused.json()) as { error: string }).error, /browser session/);
});

test("a mention reaches a program of today and one of yesterday, each in its own encryption", async () => {
  const [dora, emil] = [await someone("dora"), await someone("emil")];
  await app.app.accounts.profiles.update(emil.id, { display_name: "Emil & Söhne" });
  const now = await subscribed(dora.token);
  const old = await subscribed(await token(dora.id), { standard: false });
  await write(emil, `@dora <b>fish</b> & ${"chips ".repeat(40)}`, { visibility: "direct" });
  await drain();

  const [one, ...more] = sent(now);
  assert.ok(one && more.length === 0);
  assert.equal(one.headers["content-encoding"], "aes128gcm");
  assert.deepEqual([one.headers["ttl"], one.headers["urgency"]], ["172800", "high"]);
  const [, jwt = "", k] = /^vapid t=([^,]+), k=(.+)$/.exec(one.headers.authorization ?? "") ?? [];
  assert.equal(k, now.key);
  const { aud, exp, sub } = claims(now, jwt);
  assert.deepEqual([aud, sub], [origin, "mailto:no-reply@localhost"]);
  const ahead = exp - Date.now() / 1000;
  assert.ok(ahead > 0 && ahead <= 24 * 3600, "the token is valid for a day at most (RFC 8292, section 2)");
  const text = message(now, one);
  assert.deepEqual(
    [text.access_token, text.preferred_locale, text.notification_type, text.title, text.icon],
    ["", "en", "mention", "Emil & Söhne mentioned you", `${app.url}/img/avatar.png`],
  );
  assert.match(text.body, /^@dora <b>fish<\/b> & chips .*…$/);
  assert.ok([...text.body].length <= 140);
  const plain = ece
    .decrypt(one.body, { version: "aes128gcm", privateKey: now.keys, authSecret: now.secret })
    .toString();
  const id = /"notification_id":(\d+)[,}]/.exec(plain)?.[1];
  const shown = await app.fetch(`/api/v1/notifications/${id}`, { headers: { authorization: `Bearer ${dora.token}` } });
  assert.equal(((await shown.json()) as { type: string }).type, "mention");

  const [other] = sent(old);
  assert.ok(other && sent(old).length === 1);
  assert.equal(other.headers["content-encoding"], "aesgcm");
  assert.ok(String(other.headers["crypto-key"]).includes(`p256ecdsa=${old.key}`));
  assert.equal(claims(old, /^WebPush (.+)$/.exec(other.headers.authorization ?? "")?.[1] ?? "").aud, origin);
  assert.deepEqual(message(old, other), text);
});

test("in the person's language; a content warning stands for the content", async () => {
  const [fritz, gerd] = [await someone("fritz"), await someone("gerd")];
  await app.app.accounts.profiles.setPreferences(fritz.id, { locale: "de" });
  const phone = await subscribed(fritz.token);
  await write(gerd, "@fritz the butler did it", { spoilerText: "Krimi" });
  await drain();
  const [one] = sent(phone);
  assert.ok(one);
  const { title, body, preferred_locale: locale } = message(phone, one);
  assert.deepEqual([title, body, locale], ["gerd hat dich erwähnt", "Krimi", "de"]);
});

test("only what is wanted, from those who are wanted", async () => {
  const [hans, ida, jan, kim] = [
    await someone("hans"),
    await someone("ida"),
    await someone("jan"),
    await someone("kim"),
  ];
  const { relations } = app.app.accounts;
  await relations.follow(hans.id, ida.id, {});
  await relations.follow(jan.id, hans.id, {});
  await drain();
  const post = await write(hans, "like me");
  const followed = await subscribed(hans.token, { policy: "followed" });
  const follower = await subscribed(await token(hans.id), { policy: "follower" });
  const nobody = await subscribed(await token(hans.id), { policy: "none" });
  const mentions = await subscribed(await token(hans.id), { alerts: { mention: true } });
  const all = await subscribed(await token(hans.id), { policy: "all" });
  for (const by of [ida, jan, kim]) await app.app.posts.favourite(by.id, post);
  await drain();
  const like = (name: string): string => `${name} likes your post`;
  assert.deepEqual(titles(followed), [like("ida")]);
  assert.deepEqual(titles(follower), [like("jan")]);
  assert.deepEqual(titles(nobody), []);
  assert.deepEqual(titles(mentions), []);
  assert.deepEqual(titles(all).sort(), [like("ida"), like("jan"), like("kim")]);
  assert.equal(sent(all)[0]?.headers["urgency"], "normal");
});

/** The notification is there, and its push still waits. */
async function liked(of: Someone, by: Someone): Promise<void> {
  const post = await write(of, "like me");
  await drain();
  await app.app.posts.favourite(by.id, post);
  const task = app.app.notifications.tasks.find((t) => t.name === "notifications.favourited");
  await task?.run({ authorId: String(of.id), byId: String(by.id), postId: String(post) });
}

test("nothing waits for people without subscriptions; who is muted or gone meanwhile is not pushed", async () => {
  const [lea, max] = [await someone("lea"), await someone("max")];
  await liked(lea, max);
  assert.equal(await waiting(), 0);
  await drain();
  const phone = await subscribed(lea.token);
  await liked(lea, max);
  assert.equal(await waiting(), 1);
  await app.app.accounts.relations.mute(lea.id, max.id, { notifications: true, duration: 0 });
  await drain();
  assert.deepEqual([sent(phone), await waiting()], [[], 0]);
  await liked(lea, max);
  await drain();
  assert.deepEqual(sent(phone), []);

  await app.app.accounts.relations.unmute(lea.id, max.id);
  await liked(lea, max);
  await app.app.notifications.clear(lea.id);
  // The event itself would tell it again.
  await pool.query("delete from graphile_worker._private_jobs where key like 'notifications.favourited%'");
  await drain();
  assert.deepEqual(sent(phone), []);
});

test("a subscription ends with its token, and when the push service says that it is gone", async () => {
  const [nina, otto] = [await someone("nina"), await someone("otto")];
  const second = await token(nina.id);
  const [phone, tablet] = [await subscribed(nina.token), await subscribed(second)];
  await app.app.accounts.oauth.revoke({ ...program, token: second });
  answers.set(phone.path, 410);
  for (let n = 0; n < 2; n++) {
    await liked(nina, otto);
    await drain();
  }
  assert.deepEqual([sent(tablet).length, sent(phone).length], [0, 1]);
  assert.equal((await call(nina.token, "GET")).status, 404);
});

test("a push service that is away is asked again; the others are not told twice", async () => {
  const [paul, rosa] = [await someone("paul"), await someone("rosa")];
  const [up, down] = [await subscribed(paul.token), await subscribed(await token(paul.id))];
  answers.set(down.path, 503);
  await liked(paul, rosa);
  await drain();
  assert.deepEqual([sent(up).length, sent(down).length, await waiting()], [1, 1, 1]);
  answers.set(down.path, 201);
  await hurry();
  await drain();
  assert.deepEqual([sent(up).length, sent(down).length, await waiting()], [1, 2, 0]);
});

test("ten refusals in a row end a subscription", async () => {
  const [sven, tina] = [await someone("sven"), await someone("tina")];
  const phone = await subscribed(sven.token);
  const refuse = async (times: number): Promise<void> => {
    answers.set(phone.path, 400);
    for (let n = 0; n < times; n++) {
      await liked(sven, tina);
      await drain();
    }
    answers.delete(phone.path);
  };
  await refuse(9);
  await liked(sven, tina);
  await drain();
  await refuse(9);
  assert.equal((await call(sven.token, "GET")).status, 200);
  await refuse(1);
  assert.equal((await call(sven.token, "GET")).status, 404);
  assert.deepEqual([sent(phone).length, await waiting()], [20, 0]);
});
