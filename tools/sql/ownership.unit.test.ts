import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignAccess, readOwnership } from "./ownership.ts";

const rules = {
  owners: new Map([
    ["posts", "posts"],
    ["follows", "accounts"],
    ["home", "timelines"],
  ]),
  reads: new Map([["timelines", new Set(["posts"])]]),
  writes: new Map([["posts", new Set(["home"])]]),
};

test("a module may use its own tables and read the listed ones", () => {
  const text = "insert into home (owner_id) select o.id from posts o on conflict do update set owner_id = 1";
  assert.deepEqual(foreignAccess("timelines.write", text, rules), []);
});

test("a listed foreign write is accepted", () => {
  assert.deepEqual(foreignAccess("posts.x", "delete from home", rules), []);
});

test("a foreign write and a read that is not listed are told", () => {
  assert.match(foreignAccess("timelines.x", "update posts set rev = 1", rules).join(), /writes posts/);
  assert.match(
    foreignAccess("timelines.x", "select 1 from home h join follows f on true", rules).join(),
    /reads follows/,
  );
});

test("a table's name as a column is no access", () => {
  assert.deepEqual(foreignAccess("timelines.x", "select h.posts, follows from home h for update", rules), []);
});

test("the document lists every module's tables", () => {
  const { owners, reads } = readOwnership();
  assert.equal(owners.get("posts"), "posts");
  assert.equal(owners.get("process_slots"), "platform");
  assert.ok(reads.get("timelines")?.has("follows"));
});
