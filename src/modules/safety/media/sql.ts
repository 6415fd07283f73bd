import { statement } from "#platform/db/sql.ts";
import type { BankKind } from "./kinds.ts";

export interface BankRow {
  id: bigint;
  name: string;
  kind: BankKind;
  created_at: Date;
}

export const insertBank = statement<[id: bigint, name: string, kind: string, at: Date], BankRow>(
  "safety.insertBank",
  `insert into media_banks (id, name, kind, created_at) values ($1, $2, $3, $4) on conflict (name) do nothing returning id, name, kind, created_at`,
);

export interface BankListRow extends BankRow {
  active: bigint;
  withdrawn: bigint;
}
export const listBanks = statement<[], BankListRow>(
  "safety.listBanks",
  `select b.id, b.name, b.kind, b.created_at, count(e.id) filter (where e.withdrawn_at is null) as active, count(e.id) filter (where e.withdrawn_at is not null) as withdrawn
   from media_banks b left join media_bank_entries e on e.bank_id = b.id group by b.id order by b.name`,
);

/** All banks are locked, so that entries become visible in the order of their ids. */
export const lockBanks = statement<[], { id: bigint; name: string }>(
  "safety.lockBanks",
  `select id, name from media_banks order by id for update`,
);

/** Answers what is new: added, or listed again. */
export const putEntries = statement<
  [bank: bigint, items: string[], algorithms: string[], hashes: Buffer[], crops: boolean[], at: Date],
  { id: bigint; again: boolean }
>(
  "safety.putEntries",
  `insert into media_bank_entries (bank_id, item, algorithm, hash, crop, added_at)
   select distinct on (x.i, x.a, x.h) $1::int8, x.i, x.a, x.h, x.c, $6::timestamptz from unnest($2::text[], $3::text[], $4::bytea[], $5::boolean[]) x(i, a, h, c)
   on conflict (bank_id, item, algorithm, hash) do update set withdrawn_at = null where media_bank_entries.withdrawn_at is not null
   returning id, added_at <> $6 as again`,
);

export const withdrawEntries = statement<[bank: bigint, items: string[], at: Date], { id: bigint }>(
  "safety.withdrawEntries",
  `update media_bank_entries set withdrawn_at = $3 where bank_id = $1 and item = any($2) and withdrawn_at is null returning id`,
);

export const muteEntry = statement<[id: bigint, at: Date], never>(
  "safety.muteEntry",
  `update media_bank_entries set muted_at = coalesce(muted_at, $2) where id = $1`,
);

export const lastEntry = statement<[], { id: bigint }>(
  "safety.lastEntry",
  `select coalesce(max(id), 0)::int8 as id from media_bank_entries`,
);

/** Withdrawn ones too: what is found is looked up again. */
export const pdqEntries = statement<[after: bigint, upTo: bigint, limit: number], { id: bigint; hash: Uint8Array }>(
  "safety.pdqEntries",
  `select id, hash from media_bank_entries where id > $1 and id <= $2 and algorithm = 'pdq' order by id limit $3::int`,
);

export interface EntryRow {
  id: bigint;
  item: string;
  algorithm: string;
  crop: boolean;
  bank: string;
  kind: BankKind;
}
const entry = `select e.id, e.item, e.algorithm, e.crop, b.name as bank, b.kind from media_bank_entries e join media_banks b on b.id = e.bank_id`;

export const exactEntries = statement<[hashes: Buffer[]], EntryRow>(
  "safety.exactEntries",
  `${entry} where e.hash = any($1) and e.algorithm <> 'pdq' and e.withdrawn_at is null and e.muted_at is null`,
);
export const entriesById = statement<[ids: bigint[]], EntryRow>(
  "safety.entriesById",
  `${entry} where e.id = any($1) and e.withdrawn_at is null and e.muted_at is null`,
);

export interface ScanRow {
  id: bigint;
  use: string;
  key: string;
  account_id: bigint | null;
  url: string | null;
  sha256: Uint8Array;
  sha1: Uint8Array;
  md5: Uint8Array;
  pdq: Uint8Array;
}
export const insertScan = statement<
  [
    use: string,
    key: string,
    account: bigint | null,
    url: string | null,
    sha256: Uint8Array,
    sha1: Uint8Array,
    md5: Uint8Array,
    pdq: Uint8Array,
    at: Date,
  ],
  never
>(
  "safety.insertScan",
  `insert into media_scans (use, key, account_id, url, sha256, sha1, md5, pdq, scanned_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (use, key) do update set account_id = excluded.account_id, url = excluded.url, sha256 = excluded.sha256, sha1 = excluded.sha1, md5 = excluded.md5,
     pdq = excluded.pdq, scanned_at = excluded.scanned_at`,
);
export const scansAfter = statement<[after: bigint, limit: number], ScanRow>(
  "safety.scansAfter",
  `select id, use, key, account_id, url, sha256, sha1, md5, pdq from media_scans where id > $1 order by id limit $2::int`,
);
export const deleteScan = statement<[id: bigint], never>("safety.deleteScan", `delete from media_scans where id = $1`);
export const forgetScans = statement<[keys: string[]], never>(
  "safety.forgetScans",
  `delete from media_scans where key = any($1)`,
);
