import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { testDatabase } from "#test/support/db.ts";
import { checkSql } from "./check-sql.ts";

const ROOT = resolve(import.meta.dirname, "..");
const PLANTED = "build/check-sql/planted/sql.ts";

after(() => rmSync(join(ROOT, "build/check-sql/planted"), { recursive: true, force: true }));

test("every statement is accepted by PostgreSQL, with the types declared beside it", async () => {
  const { problems, statements } = await checkSql((await testDatabase()).url);
  assert.deepEqual(problems, []);
  assert.ok(statements > 0);
});

test("wrong statements are noticed", async () => {
  mkdirSync(join(ROOT, "build/check-sql/planted"), { recursive: true });
  writeFileSync(
    join(ROOT, PLANTED),
    `import { statement } from "#platform/db/sql.ts";
export const right = statement<[id: bigint], { username: string; domain: string | null }>(
  "planted.right", "select username, domain from accounts where id = $1");
export const table = statement<[], never>("planted.table", "delete from no_such_table");
export const count = statement<[], { id: bigint }>("planted.count", "select id from accounts where id = $1");
export const param = statement<[id: string], { id: bigint }>("planted.param", "select id from accounts where id = $1");
export const column = statement<[], { id: bigint; name: string }>("planted.column", "select id, username from accounts");
export const type = statement<[], { id: number }>("planted.type", "select id from accounts");
export const nothing = statement<[], { id: bigint }>("planted.nothing", "delete from accounts");
export const maybe = statement<[], { domain: string }>("planted.maybe", "select domain from accounts");
export const star = statement<[], { key: string; value: unknown; updated_at: Date }>("planted.star", "select * from settings");
export const lists = { long: statement<[], { id: bigint }>("planted.long", "select id from accounts where id in (" + "1,".repeat(2100) + "1)") };
`,
  );
  const { problems } = await checkSql((await testDatabase()).url, [PLANTED]);
  assert.ok(problems.some((p) => p.startsWith("planted.right: reads accounts of accounts")));
  const about = (name: string): string[] => problems.filter((p) => p.startsWith(`planted.${name}`));
  assert.deepEqual(
    about("right").filter((p) => !p.includes("ARCHITECTURE.md")),
    [],
  );
  assert.match(about("table").join(), /no_such_table/);
  assert.match(about("count").join(), /has 1 parameters/);
  assert.match(about("param").join(), /\$1 is bigint/);
  assert.match(about("column").join(), /columns are "id" \| "username"/);
  assert.match(about("type").join(), /column id is bigint/);
  assert.match(about("nothing").join(), /columns are never/);
  assert.match(about("maybe").join(), /column domain may be null/);
  assert.match(about("star").join(), /select \*/);
  assert.match(about("long").join(), /bytes of SQL/);
});
