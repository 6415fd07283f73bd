import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { exec, one, run } from "#platform/db/sql.ts";
import { AppError } from "#platform/errors.ts";
import type { Task } from "#platform/jobs/worker.ts";
import type { Bringer, MediaGate, PictureUse } from "#modules/media/index.ts";
import { note, type MediaSafetyDeps } from "./deps.ts";
import { EVIDENCE_KEY_FILE, evidenceKey, keyId, seal } from "./evidence.ts";
import { freezes } from "./kinds.ts";
import { printsOf, type Hit, type Known } from "./known.ts";
import { sealedDigest } from "./retention.ts";
import { caseById, insertCase, insertEvidence, setFrozen } from "./sql-cases.ts";
import { deleteScan, forgetScans, insertScan, scansAfter, type ScanRow } from "./sql.ts";

interface Stopped {
  use: PictureUse;
  key: string;
  by: Bringer;
  sha256: Uint8Array;
  sha1: Uint8Array;
  md5: Uint8Array;
  /** Undefined when the file is not there any more. */
  bytes: Uint8Array | undefined;
  foundBy: "gate" | "rescan";
}

/** Scans of one slice of a re-scan, and how long the next one waits: the library is not searched at the cost of those who use it. */
const SLICE = 200;
const PAUSE_MS = 500;
/** What the person is told. */
const REFERENCE = "A picture that may not be published here. A person will look at it.";
/** When freezing at once did not work, a job does it. */
const FREEZE_AGAIN_MS = 30_000;

const isUse = (text: string): text is PictureUse =>
  [
    "upload",
    "avatar",
    "header",
    "meme",
    "remote_attachment",
    "remote_avatar",
    "remote_header",
    "remote_emoji",
  ].includes(text);

export interface Gate extends Required<MediaGate> {
  tasks: Task[];
}

/** Stops known pictures: before they are stored, and when a bank grows. */
export function createGate(deps: MediaSafetyDeps, known: Known): Gate {
  async function publicKey(): Promise<ReturnType<typeof evidenceKey> | undefined> {
    const pem = await readFile(join(deps.secretsDir, EVIDENCE_KEY_FILE), "utf8").catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    });
    return pem === undefined ? undefined : evidenceKey(pem);
  }

  /** Everything that a hit means, in one transaction: case, evidence, log, and the promise to freeze. Answers the case when it is new. */
  async function openCase(picture: Stopped, hit: Hit): Promise<{ id: bigint; freeze: boolean } | undefined> {
    const { by, bytes } = picture;
    const accountId = by.accountId ?? null;
    const [person] = accountId === null ? [] : await deps.accounts.profiles.get([accountId]);
    // The owner decides about cases and would be locked out of them.
    const freeze = freezes(hit.kind) && person?.domain === null && (await deps.accounts.ownerId()) !== accountId;
    // A broken key must not let anything through, nor keep the picture readable: the case says that there is no evidence.
    const key = await publicKey().catch((err: unknown) => {
      deps.log.error({ err }, "the evidence key cannot be used");
      return undefined;
    });
    const now = deps.clock.now();
    const id = deps.ids.next();
    const hex = (digest: Uint8Array): string => Buffer.from(digest).toString("hex");
    return deps.tx(async (db) => {
      const row = await one(
        db,
        insertCase,
        id,
        picture.use,
        picture.key,
        accountId,
        person?.username ?? "",
        by.url ?? null,
        hit.kind,
        hit.bank,
        hit.item,
        hit.entryId,
        hit.algorithm,
        hit.distance,
        picture.sha256,
        picture.foundBy,
        bytes === undefined ? "none" : key ? "sealed" : "no_key",
        freeze,
        now,
      );
      if (!row) return undefined;
      let sealed: Buffer | undefined;
      if (key && bytes) {
        const about = {
          ...{ case: id.toString(), use: picture.use, found_by: picture.foundBy, at: now.toISOString() },
          account: accountId === null ? null : { id: accountId.toString(), username: person?.username ?? "" },
          ...{ ip: by.ip ?? null, url: by.url ?? null },
          ...{ sha256: hex(picture.sha256), sha1: hex(picture.sha1), md5: hex(picture.md5) },
          hit: { ...hit, entryId: hit.entryId?.toString() ?? null },
          // A re-scan finds what was written anew here, not the file that was sent.
          bytes: picture.foundBy === "gate" ? "as received" : "as stored",
        };
        sealed = seal(key, id, about, bytes);
        await exec(db, insertEvidence, id, keyId(key), sealed, now);
      }
      await note(deps, db, {
        ...{ action: "case.open", caseId: id, detail: `${hit.kind} ${hit.algorithm} ${hit.distance}` },
        // Whoever exchanges the evidence would have to change the chained log as well.
        data: sealed === undefined ? {} : { sealed: sealedDigest(sealed) },
      });
      if (freeze)
        await deps.publisher.enqueue(db, {
          task: "safety.freeze",
          payload: { caseId: id.toString() },
          runAt: new Date(deps.clock.ms() + FREEZE_AGAIN_MS),
        });
      return { id, freeze };
    });
  }

  /** Freezes the account of a case. Doing it again changes nothing. */
  async function freezeFor(caseId: bigint): Promise<void> {
    const found = await one(deps.pool, caseById, caseId);
    if (!found?.freezes || found.frozen_at !== null || found.account_id === null || found.state === "overturned")
      return;
    await deps.decisions.ensure(
      found.account_id,
      "suspend",
      { gate: true },
      {
        // What it was compared with, and how near it was, is nobody's business.
        ground: "illegal",
        reference: REFERENCE,
        facts: "",
      },
    );
    await deps.tx(async (db) => {
      await exec(db, setFrozen, caseId, deps.clock.now());
      await note(deps, db, { action: "account.freeze", caseId });
    });
  }

  async function stop(picture: Stopped, hit: Hit): Promise<void> {
    const opened = await openCase(picture, hit);
    if (!opened) return;
    deps.log.warn({ case: opened.id.toString(), kind: hit.kind, use: picture.use }, "a known picture was stopped");
    // The picture is out already; a failure here is made good by the job.
    if (opened.freeze)
      await freezeFor(opened.id).catch((err: unknown) => deps.log.error({ err }, "an account could not be frozen yet"));
  }

  /** A profile does not go on naming a picture that is gone. */
  async function leaveProfile({ use, key, account_id: id }: ScanRow): Promise<void> {
    if (id === null || (use !== "avatar" && use !== "header")) return;
    const [person] = await deps.accounts.profiles.get([id]);
    if (person?.[use]?.key === key) await deps.accounts.profiles.update(id, { [use]: null });
  }

  async function again(scan: ScanRow, find: (row: ScanRow) => Promise<Hit | undefined>): Promise<void> {
    const hit = await find(scan);
    if (!hit || !isUse(scan.use)) return;
    const bytes = await deps.media.stored(scan.use, scan.key);
    if (bytes !== undefined) {
      const by = { accountId: scan.account_id ?? undefined, url: scan.url ?? undefined };
      const { key, use, sha256, sha1, md5 } = scan;
      await stop({ use, key, by, sha256, sha1, md5, bytes, foundBy: "rescan" }, hit);
    }
    await deps.media.withhold(scan.use, scan.key);
    await leaveProfile(scan);
    // Last, so that whatever was cut off before is done again. A file that is on its way is met by the second run.
    if (bytes !== undefined) await exec(deps.pool, deleteScan, scan.id);
  }

  /** Compares a slice of the library with entries after the given one, and leaves the rest to the next job. */
  async function rescan(entriesAfter: bigint, scansFrom: bigint): Promise<void> {
    const find = await known.among(entriesAfter);
    const scans = await run(deps.pool, scansAfter, scansFrom, SLICE);
    for (const scan of scans)
      await again(scan, (row) => {
        const exact = [row.sha256, row.sha1, row.md5].map((digest) => Buffer.from(digest));
        const pdq = Array.from({ length: row.pdq.length / 32 }, (_, i) => row.pdq.subarray(i * 32, (i + 1) * 32));
        return find({ exact, pdq });
      });
    const last = scans.at(-1);
    if (!last || scans.length < SLICE) return;
    await deps.tx((db) =>
      deps.publisher.enqueue(db, {
        task: "safety.rescan",
        payload: { entriesAfter: entriesAfter.toString(), scansAfter: last.id.toString() },
        priority: 8,
        runAt: new Date(deps.clock.ms() + PAUSE_MS),
      }),
    );
  }

  return {
    async admit({ use, key, by, bytes, scan }) {
      const prints = printsOf(scan);
      const { sha256, sha1, md5 } = scan;
      const hit = await known.find(prints);
      if (hit) {
        await stop({ use, key, by, sha256, sha1, md5, bytes, foundBy: "gate" }, hit);
        return false;
      }
      await deps.tx((db) =>
        exec(
          db,
          insertScan,
          use,
          key,
          by.accountId ?? null,
          by.url ?? null,
          sha256,
          sha1,
          md5,
          Buffer.concat(prints.pdq),
          deps.clock.now(),
        ),
      );
      return true;
    },
    async forget(keys) {
      await exec(deps.pool, forgetScans, [...keys]);
    },
    tasks: [
      {
        name: "safety.rescan",
        timeLimitMs: 600_000,
        run: (payload) => rescan(BigInt(String(payload["entriesAfter"])), BigInt(String(payload["scansAfter"]))),
      },
      {
        name: "safety.freeze",
        async run(payload) {
          await freezeFor(BigInt(String(payload["caseId"]))).catch((error: unknown) => {
            // Whoever is gone cannot be frozen.
            if (error instanceof AppError && error.code === "not_found") return;
            throw error;
          });
        },
      },
    ],
  };
}
