/** More people write at once than there are connections. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPool } from "#platform/db/pool.ts";
import { createTx, refuseNested } from "#platform/db/tx.ts";
import { silentLog } from "#platform/log/log.ts";
import { testDatabase } from "#test/support/db.ts";
import { place } from "./paging/place.ts";

const AT_ONCE = 40;

test("posts, answers, quotes, edits and deletions of forty at once all come through", async () => {
  const at = await place();
  const [anna, ben] = [await at.person("anna"), await at.person("ben")];
  const { posts } = at.app.app;
  const many = <T>(work: (n: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, n) => work(n)));
  const first = await at.post(anna, "the first");
  const made = await many((n) =>
    at.post(
      n % 2 === 0 ? anna : ben,
      `@ben @anna #many ${n}`,
      n % 3 === 0 ? { inReplyToId: first } : { quotedId: first },
    ),
  );
  const author = (n: number): { accountId: bigint } => ({ accountId: (n % 2 === 0 ? anna : ben).id });
  const edit = { spoilerText: "", sensitive: false, mediaIds: [], mediaChanges: [], poll: undefined };
  await many((n) => posts.edit(author(n), made[n] ?? 0n, { ...edit, text: `changed, @anna @ben ${n}` }));
  await many((n) => posts.favourite(anna.id, made[n] ?? 0n));
  await many((n) => posts.remove(author(n), made[n] ?? 0n));
  const { rows } = await at.pool.query("select id from posts");
  assert.deepEqual(rows, [{ id: first }]);
});

test("in tests, code in a transaction that asks for a second connection is told so at once", async () => {
  const { url } = await testDatabase();
  const pool = refuseNested(createPool(url, silentLog, { max: 2 }));
  const other = createPool(url, silentLog, { max: 1 });
  const tx = createTx(pool);
  try {
    await assert.rejects(
      tx(async () => pool.query("select 1")),
      /in a transaction asks the pool for a second connection/,
    );
    await assert.rejects(
      tx(() => tx(async () => {})),
      /second connection/,
    );
    // Another pool is another matter, and so is the time after the commit.
    await tx(async (db) => {
      await other.query("select 1");
      db.afterCommit(() => void 0);
    });
    await pool.query("select 1");
  } finally {
    await pool.end();
    await other.end();
  }
});
