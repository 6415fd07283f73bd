/** A server in process with people and what the tests of reading need. */
import { createPool, type Pool } from "#platform/db/pool.ts";
import { silentLog } from "#platform/log/log.ts";
import type { NewPost } from "#modules/posts/index.ts";
import { after } from "node:test";
import { testApp, type TestApp } from "../../support/app.ts";
import { issueToken, registerProgram } from "../../support/tokens.ts";
import { page, type Reader } from "./pages.ts";

export interface Someone extends Reader {
  token: string;
}

export interface Place {
  app: TestApp;
  pool: Pool;
  person(name: string): Promise<Someone>;
  follow(a: Reader, b: Reader, options?: { reblogs?: boolean; languages?: string[] }): Promise<void>;
  post(by: Reader, text: string, more?: Partial<NewPost>): Promise<bigint>;
  boost(by: Reader, post: bigint): Promise<bigint>;
  remove(by: Reader, post: bigint): Promise<void>;
  /** Runs every job that waits. */
  drain(): Promise<void>;
  /** Runs a background task by hand. */
  task(name: string, payload?: Record<string, unknown>): Promise<void>;
  /** The newest page of somebody's home. */
  home(of: Reader, query?: string): Promise<bigint[]>;
}

const pools: Pool[] = [];
after(async () => {
  for (const pool of pools) await pool.end();
});

export async function place(env: Record<string, string> = {}): Promise<Place> {
  const app = await testApp(env);
  const pool = createPool(app.databaseUrl, silentLog, { max: 2, applicationName: "skein-test" });
  pools.push(pool);
  const { appId } = await registerProgram(app);
  const { accounts, posts, timelines, jobs } = app.app;
  return {
    app,
    pool,
    async person(name) {
      const email = `${name}@example.com`;
      const id = await accounts.signUp.create({
        username: name,
        email,
        password: "correct horse battery staple",
        role: "user",
      });
      return { id, name, token: await issueToken(app, appId, id.toString(), "read write follow") };
    },
    follow: (a, b, options) =>
      accounts.relations.follow(a.id, b.id, { reblogs: options?.reblogs, languages: options?.languages }),
    post: async (by, text, more) =>
      (await posts.create({ accountId: by.id }, { text, visibility: "public", ...more })).id,
    boost: async (by, post) => (await posts.boost({ accountId: by.id }, post)).id,
    remove: async (by, post) => void (await posts.remove({ accountId: by.id }, post)),
    drain: () => jobs.drain(),
    async task(name, payload = {}) {
      const found = [...timelines.tasks, ...posts.tasks].find((t) => t.name === name);
      if (!found) throw new Error(`There is no task ${name}`);
      await found.run(payload);
    },
    home: async (of, query = "limit=40") => (await page(app, of, `/api/v1/timelines/home?${query}`)).ids,
  };
}
