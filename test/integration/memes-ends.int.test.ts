/** How orders of memes end when something goes wrong: nothing is paid that was not shown, and nothing stays set aside. */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { inspect } from "node:util";
import sharp from "sharp";
import { createApp, type App } from "../../src/app.ts";
import { loadConfig } from "#platform/config/config.ts";
import { readEnv } from "#platform/config/env.ts";
import { silentLog } from "#platform/log/log.ts";
import { aiServices, type AiServices } from "#test/support/ai-services.ts";
import { testApp, type TestApp } from "#test/support/app.ts";
import { eventually } from "#test/support/eventually.ts";
import { signUp, type Person } from "#test/support/people.ts";
import { rowsOf, type Rows } from "#test/support/rows.ts";

const API = "/api/skein/v1";
interface Generation {
  id: string;
  state: string;
  notice: string | null;
  charged: string;
  variants: { engine: { kind: string } }[];
}

let services: AiServices;
let at: TestApp;
let rows: Rows;
let ann: Person;
let whole: Buffer;

/** Another process on the same database: with these engines, or without any. */
async function another(env: Record<string, string>): Promise<App> {
  const read = readEnv({ SKEIN_ENV: "test", DATA_DIR: at.dataDir, DATABASE_URL: at.databaseUrl, ...env });
  return createApp({ config: loadConfig(read), databaseUrl: at.databaseUrl, log: silentLog, exclusive: false });
}

before(async () => {
  services = await aiServices();
  at = await testApp(
    { AI_BASE_URL: services.chatUrl, AI_IMAGE_URL: services.url, AI_IMAGE_KIND: "a1111", SKEIN_AI_CAPTION_COST: "0" },
    { exclusive: false },
  );
  rows = await rowsOf(at.databaseUrl);
  whole = await sharp({ create: { width: 256, height: 256, channels: 3, background: "#4488cc" } })
    .png()
    .toBuffer();
  services.picture = whole;
  ann = await signUp(at, "ann");
});
after(async () => {
  await rows.close();
  await services.close();
});
afterEach(async () => {
  services.fault = undefined;
  services.picture = whole;
  const checked = await at.app.ledger.verify();
  assert.ok(checked.ok, inspect(checked, { depth: 5 }));
  const { credits } = await ann.ok<{ credits: { held: string } }>("GET", `${API}/wallet`);
  assert.equal(credits.held, "0", "nothing stays set aside");
});

const order = (body: object): Promise<Generation> => ann.ok("POST", `${API}/memes/generations`, body);
const again = (g: Generation): Promise<Generation> => ann.ok("GET", `${API}/memes/generations/${g.id}`);
const sweep = (app: App): Promise<void> | undefined =>
  app.memes.tasks.find((t) => t.name === "memes.sweepGenerations")?.run({});

test("an order whose process died, and whose engine is gone since, is answered by the joke bank and given back", async () => {
  const made = await order({ prompt: "the last train", engine: "ai" });
  await rows.all(
    `update meme_generations set state = 'running', lease_until = now() - interval '1 s', attempts = 1 where id = ${made.id}`,
  );
  const bare = await another({});
  try {
    await sweep(bare);
  } finally {
    await bare.close();
  }
  const done = await again(made);
  assert.deepEqual([done.state, done.notice, done.charged], ["done", "engine_unreachable", "0"]);
  assert.ok(done.variants.length > 0 && done.variants.every((v) => v.engine.kind !== "ai"));
});

test("an order of the joke bank whose process died is taken up by the sweeper", async () => {
  const made = await order({ prompt: "the first train", engine: "bank" });
  await rows.all(`delete from meme_variants where generation_id = ${made.id}`);
  await rows.all(
    `update meme_generations set state = 'running', finished_at = null, lease_until = now() - interval '1 s' where id = ${made.id}`,
  );
  await sweep(at.app);
  const done = await again(made);
  assert.deepEqual([done.state, done.charged], ["done", "0"]);
  assert.ok(done.variants.length > 0);
});

test("a picture that is cut off is not shown and not paid: the joke bank answers, and says why", async () => {
  services.picture = whole.subarray(0, Math.floor(whole.length / 2));
  const made = await order({ prompt: "half a sheep", engine: "picture", variants: 1 });
  await at.app.jobs.drain();
  const done = await again(made);
  assert.deepEqual([done.state, done.notice, done.charged], ["done", "engine_bad_answer", "0"]);
  assert.ok(done.variants.every((v) => v.engine.kind !== "ai"));
});

test("an order can be ended from another process than the one that works on it", async () => {
  services.fault = "hang";
  const made = await order({ prompt: "for ever", engine: "ai" });
  const working = at.app.jobs.drain();
  await eventually("the engine is asked", async () => (await again(made)).state === "running");
  const other = await another({ AI_BASE_URL: services.chatUrl });
  try {
    const { row } = await other.memes.generating.cancel(BigInt(ann.id), BigInt(made.id));
    assert.equal(row.state, "cancelled");
  } finally {
    await other.close();
  }
  // The one that waited for the engine is told, and lets go at once.
  await working;
  const done = await again(made);
  assert.deepEqual([done.state, done.charged, done.variants.length], ["cancelled", "0", 0]);
});
