import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { loadConfig } from "#platform/config/config.ts";
import { readEnv } from "#platform/config/env.ts";
import { silentLog } from "#platform/log/log.ts";
import { testDatabase } from "#test/support/db.ts";
import { createApp, type App } from "../../src/app.ts";
import { DEMO_PASSWORD, loadDemo } from "./load.ts";

let app: App;
let dataDir: string;

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "skein-demo-test-"));
  const config = loadConfig(readEnv({ SKEIN_ENV: "test", DATA_DIR: dataDir, PORT: "0" }));
  app = await createApp({ config, databaseUrl: (await testDatabase()).url, log: silentLog, exclusive: true });
});
after(async () => {
  await app.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function json<T>(path: string): Promise<T> {
  const response = await app.fetch(new Request(`http://localhost${path}`));
  assert.equal(response.status, 200, path);
  return (await response.json()) as T;
}

test("a small demo is loaded through the modules, once, and can be read and logged in to", async () => {
  const made = await loadDemo({ seed: 3, accounts: 6, posts: 30, settle: true }, app, () => {});
  assert.equal(made.accounts, 6);
  assert.equal(made.posts, 30);
  assert.ok(made.follows > 5 && made.favourites > 10);
  const host = await json<{ id: string; avatar: string; avatar_description: string; statuses_count: number }>(
    "/api/v1/accounts/lookup?acct=hanne",
  );
  assert.match(host.avatar, /\/media\/[0-9a-f]{32}-avatar\.webp$/);
  assert.match(host.avatar_description, /Dutt/);
  const picture = await app.fetch(new Request(host.avatar));
  assert.equal(picture.headers.get("content-type"), "image/webp");
  const posts = await json<{ created_at: string; media_attachments: { description: string }[] }[]>(
    "/api/v1/timelines/public?limit=40",
  );
  const dates = posts.map((p) => Date.parse(p.created_at));
  assert.deepEqual(
    dates,
    dates.toSorted((a, b) => b - a),
  );
  assert.ok((dates[0] ?? 0) - (dates.at(-1) ?? 0) > 30 * 86_400_000);
  assert.ok(posts.flatMap((p) => p.media_attachments).every((m) => m.description));
  assert.equal((await app.accounts.signUp.logIn("hanne", DEMO_PASSWORD)).role, "owner");
  assert.equal((await app.instance.settings()).title, "Flachsfeld");
  await assert.rejects(
    loadDemo({ seed: 3, accounts: 6, posts: 30, settle: true }, app, () => {}),
    { code: "conflict" },
  );
});
