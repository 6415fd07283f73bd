/**
 * `npm run demo [-- --data <folder>] [-- --seed <n>]`: starts the real server on a throw-away data directory, fills it
 * with the demo, and prints the address and three log-ins. With `--data` the folder is kept, and filled only once.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadConfig } from "#platform/config/config.ts";
import { ConfigError, readEnv } from "#platform/config/env.ts";
import { createLog } from "#platform/log/log.ts";
import { start } from "../../src/start.ts";
import { DEMO_LOGINS, DEMO_PASSWORD, DEMO_SIZE, loadDemo } from "./load.ts";

const { values } = parseArgs({ options: { data: { type: "string" }, seed: { type: "string", default: "1" } } });
const seed = Number(values.seed);
if (!Number.isInteger(seed)) {
  console.error("--seed must be a whole number.");
  process.exit(2);
}
const dataDir = values.data === undefined ? mkdtempSync(join(tmpdir(), "skein-demo-")) : resolve(values.data);
const throwAway = (): void => {
  if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
};

try {
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    DATABASE_URL: "",
    SKEIN_REGISTRATIONS: process.env["SKEIN_REGISTRATIONS"] ?? "open",
    SKEIN_LOG_LEVEL: process.env["SKEIN_LOG_LEVEL"] ?? "warn",
  };
  const config = loadConfig(readEnv(env));
  const begun = performance.now();
  const running = await start(config, createLog(config.logLevel), (line) => console.log(line));
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    console.log("Stopping …");
    void running.stop().finally(() => {
      throwAway();
      process.exit(0);
    });
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    if ((await running.app.accounts.profiles.byHandle(DEMO_LOGINS[0], null)) === undefined) {
      const made = await loadDemo({ seed, ...DEMO_SIZE, settle: true }, running.app, (line) => console.log(line));
      console.log(
        `${made.accounts} people, ${made.posts} posts, ${made.photos} pictures, ${made.memes} memes, ${made.boosts} boosts, ${made.favourites} likes (${((performance.now() - begun) / 1000).toFixed(0)} s)`,
      );
    }
    console.log(`\nThe demo is open: ${running.url}\n\nLog in with the password ${DEMO_PASSWORD} as`);
    const about = { hanne: "owner, German", jonte: "German", wren: "English" };
    for (const login of DEMO_LOGINS) console.log(`  ${login.padEnd(6)} ${about[login]}`);
    console.log(
      `\n${values.data === undefined ? "Everything is thrown away when you stop it" : "Stop it"} with Ctrl-C.`,
    );
  } catch (error) {
    if (!stopping) {
      await running.stop();
      throw error;
    }
  }
} catch (error) {
  throwAway();
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
