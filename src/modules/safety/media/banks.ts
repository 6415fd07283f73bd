import { exec, one, run } from "#platform/db/sql.ts";
import type { TxClient } from "#platform/db/tx.ts";
import { AppError } from "#platform/errors.ts";
import { MIN_QUALITY } from "#platform/pdq/hash.ts";
import type { Id } from "#platform/ids.ts";
import { note, type MediaSafetyDeps } from "./deps.ts";
import type { BankKind } from "./kinds.ts";
import type { HashList, ListedHash } from "./list-types.ts";
import { reviewCases } from "./sql-cases.ts";
import { unconfirm } from "./sql-reports.ts";
import {
  insertBank,
  listBanks,
  lockBanks,
  putEntries,
  withdrawEntries,
  type BankListRow,
  type BankRow,
} from "./sql.ts";

export interface Imported {
  bank: string;
  /** Hashes that are new. */
  added: number;
  /** Hashes that had been withdrawn and are listed again. */
  relisted: number;
  /** Hashes that were known already. */
  unchanged: number;
  withdrawn: number;
  /** Records that could not be used, by reason. */
  skipped: Record<string, number>;
  /** Cases that rest on a withdrawn hash and wait for another look. */
  reviews: number;
}

/** Lists of known pictures. */
export interface Banks {
  create(name: string, kind: BankKind): Promise<BankRow>;
  list(): Promise<BankListRow[]>;
  /** Adds what is listed and withdraws what no longer is, in one transaction. The same list again changes nothing. The library is compared with what is new by a job. */
  importList(name: string, list: HashList): Promise<Imported>;
  /** Adds a picture of one's own with its crop variants: only its hashes are kept. */
  addPicture(name: string, bytes: Uint8Array): Promise<Imported>;
}

const SLICE = 5000;
/** A picture that was at the gate while the bank grew has been stored by then. */
const LATE_MS = 2 * 60_000;

export function createBanks(deps: MediaSafetyDeps): Banks {
  async function store(
    db: TxClient,
    name: string,
    hashes: readonly (ListedHash & { crop?: boolean })[],
    list: HashList,
  ) {
    const bank = (await run(db, lockBanks)).find((b) => b.name === name);
    if (!bank) throw new AppError("not_found", `There is no bank "${name}". Create it with: safety bank create.`);
    const at = deps.clock.now();
    const fresh: { id: Id; again: boolean }[] = [];
    for (let from = 0; from < hashes.length; from += SLICE) {
      const part = hashes.slice(from, from + SLICE);
      fresh.push(
        ...(await run(
          db,
          putEntries,
          bank.id,
          part.map((h) => h.item),
          part.map((h) => h.algorithm),
          part.map((h) => h.hash),
          part.map((h) => h.crop ?? false),
          at,
        )),
      );
    }
    const gone: Id[] = [];
    for (let from = 0; from < list.withdrawn.length; from += SLICE)
      gone.push(
        ...(await run(db, withdrawEntries, bank.id, list.withdrawn.slice(from, from + SLICE), at)).map((e) => e.id),
      );
    const reviews: Id[] = [];
    for (let from = 0; from < gone.length; from += SLICE)
      reviews.push(
        ...(await run(db, reviewCases, gone.slice(from, from + SLICE), "The list has withdrawn this hash.")).map(
          (c) => c.id,
        ),
      );
    await exec(db, unconfirm, reviews);
    for (const caseId of reviews) await note(deps, db, { action: "case.review", caseId, detail: "hash withdrawn" });
    if (fresh.length > 0) {
      const after = fresh.reduce((least, e) => (e.id < least ? e.id : least), fresh[0]?.id ?? 0n) - 1n;
      const payload = { entriesAfter: after.toString(), scansAfter: "0" };
      await deps.publisher.enqueue(
        db,
        { task: "safety.rescan", payload, priority: 8 },
        { task: "safety.rescan", payload, priority: 8, runAt: new Date(deps.clock.ms() + LATE_MS) },
      );
    }
    const relisted = fresh.filter((e) => e.again).length;
    const distinct = new Set(hashes.map((h) => `${h.item} ${h.algorithm} ${h.hash.toString("hex")}`)).size;
    const done: Imported = {
      bank: name,
      added: fresh.length - relisted,
      relisted,
      unchanged: distinct - fresh.length,
      withdrawn: gone.length,
      skipped: list.skipped,
      reviews: reviews.length,
    };
    await note(deps, db, { action: "bank.import", detail: JSON.stringify(done) });
    return done;
  }

  return {
    async create(name, kind) {
      if (!/^[a-z0-9][a-z0-9_.-]{0,62}$/.test(name))
        throw new AppError(
          "unprocessable",
          `"${name}" is no name for a bank: small letters, digits, ".", "-" and "_".`,
        );
      return deps.tx(async (db) => {
        const row = await one(db, insertBank, deps.ids.next(), name, kind, deps.clock.now());
        if (!row) throw new AppError("conflict", `There is a bank "${name}" already.`);
        await note(deps, db, { action: "bank.create", detail: `${name} ${kind}` });
        return row;
      });
    },
    list: () => run(deps.pool, listBanks),
    importList: (name, list) => deps.tx((db) => store(db, name, list.hashes, list)),
    async addPicture(name, bytes) {
      const scan = await deps.media.scan(bytes, true);
      const sha256 = Buffer.from(scan.sha256);
      const item = `picture:${sha256.toString("hex")}`;
      const hashes: (ListedHash & { crop: boolean })[] = [
        { item, algorithm: "sha256", hash: sha256, crop: false },
        { item, algorithm: "md5", hash: Buffer.from(scan.md5), crop: false },
      ];
      for (const form of scan.forms) {
        if (form.quality < MIN_QUALITY) continue;
        // The turned ones are computed of what comes to the gate.
        const [hash] = form.hashes;
        if (hash) hashes.push({ item, algorithm: "pdq", hash: Buffer.from(hash), crop: form.name === "crop" });
      }
      return deps.tx((db) => store(db, name, hashes, { hashes, withdrawn: [], skipped: {} }));
    },
  };
}
