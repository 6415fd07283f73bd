import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { systemClock } from "#platform/clock.ts";
import { createPool, type Pool } from "#platform/db/pool.ts";
import { createTx } from "#platform/db/tx.ts";
import { silentLog } from "#platform/log/log.ts";
import { MAX_ID } from "#platform/ids.ts";
import { testDatabase } from "#test/support/db.ts";
import { createAudit, type Audit } from "./index.ts";

const LINES = 12n;
let pool: Pool;
let audit: Audit;
let folder: string;

before(async () => {
  const { url } = await testDatabase();
  pool = createPool(url, silentLog, { max: 4 });
  folder = mkdtempSync(join(tmpdir(), "skein-audit-"));
  audit = createAudit({ pool, tx: createTx(pool), clock: systemClock, secretsDir: join(folder, "secrets") });
});
after(async () => {
  await pool.end();
  rmSync(folder, { recursive: true, force: true });
});

/** What somebody with full rights on the database would do: the trigger stops only who does not mean to. */
async function tamper(sql: string): Promise<void> {
  await pool.query("alter table audit_log disable trigger all");
  await pool.query(sql);
  await pool.query("alter table audit_log enable trigger all");
}

beforeEach(async () => {
  await tamper(
    "delete from audit_log; delete from audit_roots; update audit_head set seq = 0, hash = sha256('skein audit log'::bytea)",
  );
  const tx = createTx(pool);
  await Promise.all(
    Array.from({ length: Number(LINES) }, (_, i) =>
      tx((db) =>
        audit.append(db, {
          actor: i % 3 === 0 ? null : BigInt(i),
          verb: `action.${i % 2 === 0 ? "limit" : "suspend"}`,
          object: `account:${i}`,
          data: { n: i, text: 'quote " and ünïcode' },
        }),
      ),
    ),
  );
});

test("a log nobody touched is fine, also with signed ends of days", async () => {
  assert.deepEqual(await audit.verify(), { ok: true, lines: LINES });
  await audit.tasks[0]?.run({});
  await audit.tasks[0]?.run({});
  assert.equal((await audit.roots()).length, 1);
  assert.deepEqual(await audit.verify(), { ok: true, lines: LINES });
  const page = { before: MAX_ID, after: 0n, upward: false, limit: 5 };
  assert.deepEqual(
    (await audit.list(page, { verb: "action.limit" })).map((l) => l.verb),
    Array(5).fill("action.limit"),
  );
});

test("T62 every single-row edit, deletion, insertion and swap is found, and the first broken line named", async () => {
  const edits = [
    ...["at = at + interval '1 millisecond'", "actor_id = 99", "verb = 'action.none'", "object = 'account:x'"],
    ...[`data = '{"n":1}'`, "prev = sha256('x'::bytea)", "hash = sha256('x'::bytea)"],
  ];
  for (const edit of edits)
    for (const seq of [1n, 7n, LINES]) {
      await pool.query("create table kept as select * from audit_log");
      await tamper(`update audit_log set ${edit} where seq = ${seq}`);
      const found = await audit.verify();
      assert.ok(!found.ok, `${edit} of line ${seq} was not found`);
      assert.equal(found.firstBroken, seq, `${edit} of line ${seq}`);
      await tamper("delete from audit_log; insert into audit_log select * from kept");
      await pool.query("drop table kept");
    }
  for (const seq of [1n, 7n, LINES]) {
    await pool.query("create table kept as select * from audit_log");
    await tamper(`delete from audit_log where seq = ${seq}`);
    const found = await audit.verify();
    assert.ok(!found.ok, `the deletion of line ${seq} was not found`);
    assert.equal(found.firstBroken, seq);
    await tamper("delete from audit_log; insert into audit_log select * from kept");
    // A deletion that closes the gap.
    await tamper(
      `delete from audit_log where seq = ${seq}; update audit_log set seq = -seq where seq > ${seq}; update audit_log set seq = -seq - 1 where seq < 0`,
    );
    assert.ok(!(await audit.verify()).ok, `the closed gap of line ${seq} was not found`);
    await tamper("delete from audit_log; insert into audit_log select * from kept");
    await pool.query("drop table kept");
  }
  for (const [a, b] of [
    [1, 2],
    [3, 9],
    [11, 12],
  ]) {
    await tamper(
      `update audit_log set seq = -1 where seq = ${a}; update audit_log set seq = ${a} where seq = ${b}; update audit_log set seq = ${b} where seq = -1`,
    );
    const found = await audit.verify();
    assert.ok(!found.ok, `the swap of ${a} and ${b} was not found`);
    assert.equal(found.firstBroken, BigInt(a ?? 0));
    await tamper(
      `update audit_log set seq = -1 where seq = ${a}; update audit_log set seq = ${a} where seq = ${b}; update audit_log set seq = ${b} where seq = -1`,
    );
  }
  await tamper(
    `insert into audit_log select seq + 1, at, actor_id, verb, object, data, hash, sha256('x'::bytea) from audit_log where seq = ${LINES}`,
  );
  const added = await audit.verify();
  assert.ok(!added.ok);
  assert.equal(added.firstBroken, LINES + 1n);
});

test("who cuts off the end of the log, its head too, is found by the signed end of the day", async () => {
  await audit.tasks[0]?.run({});
  await tamper(
    `delete from audit_log where seq > 8; update audit_head set seq = 8, hash = (select hash from audit_log where seq = 8)`,
  );
  const found = await audit.verify();
  assert.ok(!found.ok);
  assert.equal(found.firstBroken, 9n);
});

test("the program itself cannot change or remove a line", async () => {
  for (const sql of ["update audit_log set verb = 'x'", "delete from audit_log", "truncate audit_log"])
    await assert.rejects(pool.query(sql), /never changed nor removed/);
});
