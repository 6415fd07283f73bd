/** The monthly pool, templates and staking, through the API and the books. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import sharp from "sharp";
import { createPool } from "#platform/db/pool.ts";
import { createTx } from "#platform/db/tx.ts";
import { silentLog } from "#platform/log/log.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";

const API = "/api/skein/v1";
const MONTH = 202610;
let at: TestApp;
let rows: Rows;
let ann: Person;
before(async () => {
  at = await testApp();
  rows = await rowsOf(at.databaseUrl);
  ann = await signUp(at, "ann");
});
after(() => rows.close());

/** Somebody who has been here for long. */
async function veteran(id: bigint, name: string): Promise<void> {
  await rows.all("insert into accounts (id, username, indexable) values ($1, $2, true)", [id.toString(), name]);
  await rows.all("insert into account_stats (account_id) values ($1)", [id.toString()]);
  await rows.all("insert into users (account_id, email, password_hash) values ($1, $2, 'x')", [
    id.toString(),
    `${name}@example.com`,
  ]);
}
const october = (day: number): string => new Date(Date.UTC(2026, 9, day, 12)).toISOString();
const longAgo = (n: number): bigint => (BigInt(Date.UTC(2025, 0, 1) + n * 1000) << 16n) | 1n;

test("the pool of a month: closed once, paid after review out of what was paid, never more", async () => {
  const [best, other] = [longAgo(1), longAgo(2)];
  const voters = Array.from({ length: 30 }, (_, i) => longAgo(100 + i));
  for (const [i, id] of [best, other, ...voters].entries()) await veteran(id, `veteran${i}`);
  // Models earned 1,000 credits in October: used in the books, and in the orders.
  const { credits } = at.app.ledger;
  const user = BigInt(ann.id);
  await credits.grant({ user, asset: "CREDIT", amount: 1_000_000n, key: at.app.ledger.newKey(), reason: "test" });
  const database = createPool(at.databaseUrl, silentLog, { max: 2 });
  await createTx(database)(async (db) => {
    const hold = await credits.holdIn(db, {
      user,
      amount: 1_000_000n,
      key: at.app.ledger.newKey(),
      expiresAt: new Date(Date.now() + 60_000),
      reference: "test",
    });
    await credits.captureIn(db, { hold: hold.id, amount: 1_000_000n, key: at.app.ledger.newKey() });
  });
  await database.end();
  await rows.all(
    `insert into meme_generations (id, account_id, prompt, lang, n, engine, seed, state, price, captured, created_at, finished_at)
     values (1, $1, 'p', 'en', 4, 'chat', 0, 'done', 1000000, 1000000, $2, $2)`,
    [ann.id, october(10)],
  );
  for (const [n, author] of [best, other].entries()) {
    await rows.all(
      `insert into memes (id, account_id, doc, alt, lang, format, engine, engine_kind, key, state, created_at, published_at)
       values ($1::int8, $2, '{}', 'x', 'en', 'top-bottom', 'bank', 'bank', md5($1::int8::text), 'published', $3, $3)`,
      [n + 1, author.toString(), october(2)],
    );
    for (const [i, voter] of voters.entries())
      await rows.all("insert into meme_votes (meme_id, account_id, value, fresh, at) values ($1, $2, $3, false, $4)", [
        n + 1,
        voter.toString(),
        n === 0 || i < 20 ? 1 : -1,
        october(3 + (i % 20)),
      ]);
  }
  // On at least five days everybody wrote something.
  for (const voter of voters)
    for (let day = 5; day < 11; day++)
      await rows.all(
        "insert into posts (id, account_id, visibility, content, conversation_id) values ($1, $2, 0, 'x', $1)",
        [
          (
            (BigInt(Date.UTC(2026, 9, day, 9)) << 16n) +
            (voter % 65_536n) +
            BigInt(voters.indexOf(voter)) +
            2n
          ).toString(),
          voter.toString(),
        ],
      );

  const closed = await at.app.memes.pool.close(MONTH);
  assert.equal(closed.amount, 200_000n);
  const again = await at.app.memes.pool.close(MONTH);
  assert.deepEqual([again.snapshot_sha256, again.amount], [closed.snapshot_sha256, closed.amount]);
  const report = (await (await at.fetch(`${API}/memes/pool?month=${MONTH}`)).json()) as {
    amount: string;
    state: string;
    shares: { account: { id: string } | null; amount: string; voters: number }[];
  };
  assert.deepEqual([report.amount, report.state], ["200", "held"]);
  assert.deepEqual(
    report.shares.map((s) => [s.account?.id, s.amount, s.voters]),
    [
      [best.toString(), "10", 30],
      [other.toString(), "10", 30],
    ],
    "nobody more than a twentieth",
  );
  assert.equal(await at.app.memes.pool.pay(), 0, "held for review");
  await rows.all("update meme_pools set payable_at = now() - interval '1 s'");
  assert.equal(await at.app.memes.pool.pay(), 1);
  assert.equal(await at.app.memes.pool.pay(), 0);
  for (const id of [best, other]) assert.equal((await credits.wallet(id)).credits.available, 10_000n);
  assert.equal((await at.fetch(`${API}/memes/pool?month=202001`)).status, 404);
});

test("templates: offered with a licence, shown to everybody only after somebody looked", async () => {
  const mod = await signUp(at, "keeper");
  await rows.all("update users set role = 'moderator' where account_id = $1", [mod.id]);
  const form = new FormData();
  const bytes = await sharp({ create: { width: 500, height: 500, channels: 3, background: "#336699" } })
    .png()
    .toBuffer();
  form.set("file", new Blob([Uint8Array.from(bytes)], { type: "image/png" }), "x.png");
  const media = (await (
    await at.fetch("/api/v2/media", { method: "POST", headers: { cookie: ann.cookie, origin: at.url }, body: form })
  ).json()) as { id: string };
  const offer = (body: object): Promise<Response> =>
    ann.call("POST", `${API}/memes/templates`, { media_id: media.id, ...body });
  assert.equal((await offer({ name: "Sea", alt: "The sea", licence: "all rights reserved" })).status, 422);
  assert.equal((await offer({ name: "Sea", alt: "", licence: "own" })).status, 422);
  assert.equal((await offer({ name: "Sea", alt: "The sea", licence: "CC-BY" })).status, 422);
  const made = (await (await offer({ name: "Sea", alt: "The sea", licence: "own" })).json()) as {
    id: string;
    state: string;
  };
  assert.equal(made.state, "pending");
  assert.equal((await offer({ name: "Sea", alt: "The sea", licence: "own" })).status, 409);
  assert.deepEqual(await (await at.fetch(`${API}/memes/templates`)).json(), []);
  assert.equal((await at.fetch(`${API}/memes/templates/${made.id}/image`)).status, 404);
  const document = {
    version: 1,
    format: "top-bottom",
    lang: "en",
    captions: [{ text: "so calm" }, { text: "so wet" }],
    cast: [{ character: "purl", mood: "joy" }],
    scene: "beach",
    seed: 1,
    photo: { mediaId: "0", templateId: made.id, alt: "x", aspect: 1 },
  };
  assert.equal((await ann.call("POST", `${API}/memes`, { document })).status, 422);
  assert.equal((await ann.call("POST", `${API}/admin/memes/templates/${made.id}/approve`, {})).status, 403);
  const session = await at.fetch("/api/skein/v1/sessions", {
    method: "POST",
    headers: { "content-type": "application/json", origin: at.url },
    body: JSON.stringify({ login: "keeper", password: "correct horse battery staple" }),
  });
  const cookie = session.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const approved = await at.fetch(`${API}/admin/memes/templates/${made.id}/approve`, {
    method: "POST",
    headers: { cookie, origin: at.url },
  });
  assert.equal(approved.status, 200);
  assert.equal(((await (await at.fetch(`${API}/memes/templates`)).json()) as unknown[]).length, 1);
  const draft = await ann.ok<{ alt: string; image_url: string }>("POST", `${API}/memes`, { document });
  assert.match(draft.alt, /The sea/);
  assert.equal((await at.fetch(draft.image_url.slice(at.url.length))).status, 200);
});

test("staking: locked, then on its way back, then free; one's own only, and not before its time", async () => {
  const { credits } = at.app.ledger;
  await credits.grant({
    user: BigInt(ann.id),
    asset: "TOKEN",
    amount: 10_000_000n,
    key: at.app.ledger.newKey(),
    reason: "test",
  });
  const tokens = async (): Promise<unknown> => (await ann.ok<{ tokens: unknown }>("GET", `${API}/wallet`)).tokens;
  assert.equal((await ann.call("POST", `${API}/wallet/stakes`, { amount: "4", lock_days: 5 })).status, 422);
  assert.equal((await ann.call("POST", `${API}/wallet/stakes`, { amount: "1e3", lock_days: 30 })).status, 422);
  const stake = await ann.ok<{ id: string; state: string }>(
    "POST",
    `${API}/wallet/stakes`,
    { amount: "4", lock_days: 30 },
    { "idempotency-key": "s" },
  );
  const same = await ann.ok<{ id: string }>(
    "POST",
    `${API}/wallet/stakes`,
    { amount: "4", lock_days: 30 },
    { "idempotency-key": "s" },
  );
  assert.equal(same.id, stake.id);
  assert.deepEqual(await tokens(), { available: "6", staked: "4", unbonding: "0" });
  assert.equal((await ann.call("POST", `${API}/wallet/stakes`, { amount: "7", lock_days: 30 })).status, 402);
  const bob = await signUp(at, "bob");
  assert.equal((await bob.call("DELETE", `${API}/wallet/stakes/${stake.id}`)).status, 404);
  assert.equal((await ann.call("DELETE", `${API}/wallet/stakes/${stake.id}`)).status, 409);
  await rows.all("update ledger_stakes set unlocks_at = now() - interval '1 s'");
  assert.equal((await ann.ok<{ state: string }>("DELETE", `${API}/wallet/stakes/${stake.id}`)).state, "unbonding");
  assert.deepEqual(await tokens(), { available: "6", staked: "0", unbonding: "4" });
});

test("after all that the books are right", async () => {
  assert.equal((await at.app.ledger.verify()).ok, true);
});
