/** The whole server without sockets, on a database of its own; every JSON answer is judged where the data is there. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { createApp, type App } from "../../src/app.ts";
import { loadConfig } from "#platform/config/config.ts";
import { readEnv } from "#platform/config/env.ts";
import { silentLog } from "#platform/log/log.ts";
import { testDatabase } from "./db.ts";
import { responseOracle, type ResponseOracle } from "./response-oracle.ts";

export interface TestApp {
  app: App;
  /** Public origin without a trailing slash. */
  url: string;
  /** Connection string of the app's database. */
  databaseUrl: string;
  dataDir: string;
  /** Judged every JSON answer so far; undefined where the conformance data is absent. */
  oracle: ResponseOracle | undefined;
  /** Answers a request for a path, as over HTTP. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

const open = new Set<TestApp>();
after(async () => {
  for (const app of open) await app.close();
});

/** Makes an app that lives as long as the test file. `env` overrides configuration variables. Not `exclusive`: as if other processes worked on the same database. */
export async function testApp(
  env: Record<string, string> = {},
  { exclusive = true }: { exclusive?: boolean } = {},
): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), "skein-app-"));
  const { url: databaseUrl } = await testDatabase();
  const config = loadConfig(readEnv({ SKEIN_ENV: "test", DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...env }));
  const oracle = responseOracle();
  const app = await createApp({
    config,
    databaseUrl,
    log: silentLog,
    exclusive,
    ...(oracle && {
      observe: (method: string, path: string, status: number, body: string) =>
        void oracle.check(method, path, status, JSON.parse(body)),
    }),
  });
  const made: TestApp = {
    app,
    url: config.publicUrl,
    databaseUrl,
    dataDir,
    oracle,
    fetch: (path, init) => app.fetch(new Request(`${config.publicUrl}${path}`, init)),
    close: async () => {
      if (!open.delete(made)) return;
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  open.add(made);
  return made;
}
