import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import type { Tx, TxClient } from "#platform/db/tx.ts";
import type { Page } from "#platform/http/page.ts";
import type { Id } from "#platform/ids.ts";
import type { Task } from "#platform/jobs/worker.ts";
import { GENESIS, lineHash } from "./chain.ts";
import {
  appendLine,
  insertRoot,
  linesAfter,
  linesBefore,
  lockHead,
  readHead,
  roots,
  type AuditRow,
  type RootRow,
} from "./sql.ts";

export type { AuditRow, RootRow } from "./sql.ts";

export interface AuditDeps {
  pool: Pool;
  tx: Tx;
  clock: Clock;
  /** Folder of the key that signs the end of each day. */
  secretsDir: string;
}

export interface AuditEntry {
  /** Who did it; null for a program, or the operator at the command line. */
  actor: Id | null;
  /** What, e.g. `action.suspend`. */
  verb: string;
  /** To what, e.g. `account:123`. */
  object: string;
  /** What belongs to it; ids as strings. Never secrets, nor what people wrote. */
  data: Record<string, unknown>;
}

export type Verified = { ok: true; lines: bigint } | { ok: false; firstBroken: bigint; why: string };

/** What was done to people, posts, rules and evidence, by whom: each line holds the hash of the one before, so a change afterwards shows. */
export interface Audit {
  /** Adds a line in the transaction of what it tells of. Transactions that do so wait for each other until they end. */
  append(db: TxClient, entry: AuditEntry): Promise<void>;
  list(page: Page, filter?: { verb?: string | undefined; object?: string | undefined }): Promise<AuditRow[]>;
  /** Recomputes every hash, and compares the end and the signed ends of days. Names the first line that is not what it was. */
  verify(): Promise<Verified>;
  roots(): Promise<RootRow[]>;
  tasks: Task[];
}

const KEY_FILE = "audit-key.pem";
const SLICE = 2000;
/** Objects and verbs are names, data is a record: what is longer is a mistake of the caller. */
const LIMITS = { verb: 80, object: 200, data: 20_000 };

export function createAudit(deps: AuditDeps): Audit {
  /** The key that signs; made when there is none. Whoever wins the race wrote the file that all read. */
  async function key(): Promise<KeyObject> {
    const path = join(deps.secretsDir, KEY_FILE);
    const read = (): Promise<string> => readFile(path, "utf8");
    const pem = await read().catch(async () => {
      await mkdir(deps.secretsDir, { recursive: true, mode: 0o700 });
      const made = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
      await writeFile(path, made, { mode: 0o600, flag: "wx" }).catch(() => {});
      return read();
    });
    return createPrivateKey(pem);
  }
  const idOf = (k: KeyObject): string => hash("sha256", k.export({ type: "spki", format: "der" }), "hex").slice(0, 16);
  const signed = (root: Pick<RootRow, "day" | "seq" | "hash">): Buffer =>
    Buffer.from(`skein audit ${root.day} ${root.seq} ${root.hash.toString("hex")}`);

  async function seal(): Promise<void> {
    const head = await one(deps.pool, readHead);
    if (!head || head.seq === 0n) return;
    const secret = await key();
    // The day that is over: its last line is the last of all, or one that was added in the minutes since.
    const day = new Date(deps.clock.ms() - 86_400_000).toISOString().slice(0, 10);
    const root = { day, seq: head.seq, hash: head.hash };
    await exec(
      deps.pool,
      insertRoot,
      day,
      head.seq,
      head.hash,
      idOf(createPublicKey(secret)),
      sign(null, signed(root), secret),
    );
  }

  async function verifyAll(): Promise<Verified> {
    const marks = new Map((await run(deps.pool, roots)).map((r) => [r.seq, r]));
    const secret = marks.size === 0 ? undefined : createPublicKey(await key());
    // Read first: lines that are added meanwhile come after it.
    const head = await one(deps.pool, readHead);
    const end = head?.seq ?? 0n;
    let prev: Uint8Array = GENESIS;
    let seq = 0n;
    while (seq < end) {
      const lines = await run(deps.pool, linesAfter, seq, SLICE);
      if (lines.length === 0) return { ok: false, firstBroken: seq + 1n, why: "the line is missing" };
      for (const line of lines) {
        seq++;
        if (line.seq !== seq) return { ok: false, firstBroken: seq, why: "the line is missing" };
        const made = lineHash(prev, { ...line, actorId: line.actor_id });
        if (!made.equals(line.hash) || !line.prev.equals(prev))
          return { ok: false, firstBroken: seq, why: "the line was changed" };
        const root = marks.get(seq);
        if (root && (!root.hash.equals(made) || !secret || !verify(null, signed(root), secret, root.signature)))
          return { ok: false, firstBroken: seq, why: `the line is not what was signed on ${root.day}` };
        marks.delete(seq);
        prev = made;
        if (seq === end) break;
      }
    }
    if (head && !head.hash.equals(prev)) return { ok: false, firstBroken: end, why: "the log does not end as it did" };
    const beyond = [...marks.keys()].toSorted((a, b) => (a < b ? -1 : 1))[0];
    if (beyond !== undefined) return { ok: false, firstBroken: end + 1n, why: "lines that were signed are missing" };
    // Nothing may stand behind the end, except what was added while this ran.
    const [more] = await run(deps.pool, linesAfter, end, 1);
    const now = await one(deps.pool, readHead);
    if (more && (now?.seq ?? 0n) === end) return { ok: false, firstBroken: more.seq, why: "a line was put in" };
    return { ok: true, lines: end };
  }

  return {
    async append(db, entry) {
      const data = JSON.stringify(entry.data);
      if (entry.verb.length > LIMITS.verb || entry.object.length > LIMITS.object || data.length > LIMITS.data)
        throw new Error(`The audit line "${entry.verb.slice(0, 40)}" is too long`);
      const head = await one(db, lockHead);
      if (!head) throw new Error("The audit log has no head");
      const line = {
        seq: head.seq + 1n,
        at: deps.clock.now(),
        actorId: entry.actor,
        verb: entry.verb,
        object: entry.object,
        data,
      };
      await exec(
        db,
        appendLine,
        line.seq,
        line.at,
        line.actorId,
        line.verb,
        line.object,
        data,
        head.hash,
        lineHash(head.hash, line),
      );
    },
    list: (page, filter = {}) =>
      run(deps.pool, linesBefore, page.before, page.after, page.limit, filter.verb ?? null, filter.object ?? null),
    verify: verifyAll,
    roots: () => run(deps.pool, roots),
    tasks: [{ name: "safety.sealAudit", cron: "7 0 * * *", run: seal }],
  };
}
