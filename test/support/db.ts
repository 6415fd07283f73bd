/**
 * A database of its own for each test file, cloned from a migrated template (about 0.1 s each).
 *
 * `npm test` starts one cluster per run and passes its address in SKEIN_TEST_DATABASE_URL; set the variable yourself to
 * test against another server (its user must be allowed to create databases). A file that is run alone with
 * `node --test` starts a cluster for itself.
 */
import { after } from "node:test";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { silentLog } from "#platform/log/log.ts";
import { cloneTemplate, dropDatabase, startTestCluster, type TestCluster } from "./cluster.ts";

/** A migrated database that lives as long as the test file. */
export interface TestDatabase {
  /** Connection string. */
  url: string;
  name: string;
  /** A pool on this database, made at the first use and closed with the database. */
  pool(): Pool;
  /** Closes the pool and removes the database. Happens by itself when the file's tests are over. */
  drop(): Promise<void>;
}

const open = new Set<TestDatabase>();
let ownCluster: Promise<TestCluster> | undefined;

after(async () => {
  await Promise.all([...open].map((database) => database.drop()));
  if (ownCluster) await (await ownCluster).stop();
});

async function server(): Promise<string> {
  const given = process.env["SKEIN_TEST_DATABASE_URL"];
  if (given) return given;
  ownCluster ??= startTestCluster();
  return (await ownCluster).url;
}

/** Makes a fresh, migrated, empty database. */
export async function testDatabase(): Promise<TestDatabase> {
  const serverUrl = await server();
  const { name, url } = await cloneTemplate(serverUrl);
  let pool: Pool | undefined;
  const database: TestDatabase = {
    url,
    name,
    pool: () => (pool ??= createPool(url, silentLog, { max: 4, applicationName: "skein-test" })),
    drop: async () => {
      if (!open.delete(database)) return;
      // A test may have ended the pool itself.
      await pool?.end().catch(() => {});
      await dropDatabase(serverUrl, name);
    },
  };
  open.add(database);
  return database;
}
