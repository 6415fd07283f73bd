import { statement } from "#platform/db/sql.ts";

export type BlockKind = "ip" | "mail" | "mail_domain" | "url";
export type Severity = "approval" | "sign_up" | "access" | "refuse";

export interface BlockRow {
  id: bigint;
  kind: BlockKind;
  value: string;
  severity: Severity;
  comment: string;
  created_at: Date;
  expires_at: Date | null;
}
const columns = `id, kind, value, severity, comment, created_at, expires_at`;

export const insertBlock = statement<
  [
    id: bigint,
    kind: string,
    value: string,
    severity: string,
    comment: string,
    by: bigint | null,
    at: Date,
    expires: Date | null,
  ],
  BlockRow
>(
  "safety.insertBlock",
  `insert into mod_blocks (id, kind, value, severity, comment, created_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (kind, value) do nothing returning ${columns}`,
);
export const updateBlock = statement<
  [id: bigint, kind: string, value: string, severity: string, comment: string, expires: Date | null],
  BlockRow
>(
  "safety.updateBlock",
  `update mod_blocks set value = $3, severity = $4, comment = $5, expires_at = $6 where id = $1 and kind = $2 returning ${columns}`,
);
export const deleteBlock = statement<[id: bigint, kind: string], BlockRow>(
  "safety.deleteBlock",
  `delete from mod_blocks where id = $1 and kind = $2 returning ${columns}`,
);
export const blockById = statement<[id: bigint, kind: string], BlockRow>(
  "safety.blockById",
  `select ${columns} from mod_blocks where id = $1 and kind = $2`,
);
export const listBlocks = statement<[kind: string, before: bigint, after: bigint, limit: number], BlockRow>(
  "safety.listBlocks",
  `select ${columns} from mod_blocks where kind = $1 and id < $2 and id > $3 order by id desc limit $4::int`,
);
/** All that are in force: they are few, and kept in memory. */
export const blocksInForce = statement<[now: Date], BlockRow>(
  "safety.blocksInForce",
  `select ${columns} from mod_blocks where expires_at is null or expires_at > $1`,
);
export const sweepBlocks = statement<[now: Date], never>(
  "safety.sweepBlocks",
  `delete from mod_blocks where expires_at <= $1`,
);
