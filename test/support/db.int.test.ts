import assert from "node:assert/strict";
import { test } from "node:test";
import { migrationStatus } from "#platform/db/migrate.ts";
import { withDatabase } from "./cluster.ts";
import { testDatabase } from "./db.ts";

test("two test databases are migrated and apart", async () => {
  const [a, b] = await Promise.all([testDatabase(), testDatabase()]);
  assert.deepEqual((await migrationStatus(a.url)).pending, []);
  await a.pool().query("create table only_here (x int)");
  const found = await b.pool().query("select to_regclass('only_here') as found");
  assert.equal(found.rows[0]?.found, null);
  await a.drop();
  const left = await b.pool().query("select 1 from pg_database where datname = $1", [a.name]);
  assert.equal(left.rowCount, 0);
});

test("the database of a connection string is replaced, its options stay", () => {
  assert.equal(withDatabase("postgresql://u:p@/skein?host=%2Ftmp", "x"), "postgresql://u:p@/x?host=%2Ftmp");
  assert.equal(withDatabase("postgres://u@localhost:5432/skein", "x"), "postgres://u@localhost:5432/x");
});
