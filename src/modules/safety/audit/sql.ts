import { statement } from "#platform/db/sql.ts";

export interface AuditRow {
  seq: bigint;
  at: Date;
  actor_id: bigint | null;
  verb: string;
  object: string;
  data: string;
  prev: Buffer;
  hash: Buffer;
}
const columns = `seq, at, actor_id, verb, object, data, prev, hash`;

/** The last line; whoever holds it may add the next one. */
export const lockHead = statement<[], { seq: bigint; hash: Buffer }>(
  "safety.auditLockHead",
  `select seq, hash from audit_head for update`,
);
export const readHead = statement<[], { seq: bigint; hash: Buffer }>(
  "safety.auditHead",
  `select seq, hash from audit_head`,
);
export const appendLine = statement<
  [
    seq: bigint,
    at: Date,
    actor: bigint | null,
    verb: string,
    object: string,
    data: string,
    prev: Uint8Array,
    hash: Uint8Array,
  ],
  never
>(
  "safety.auditAppend",
  `with h as (update audit_head set seq = $1, hash = $8)
   insert into audit_log (seq, at, actor_id, verb, object, data, prev, hash) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
export const linesAfter = statement<[seq: bigint, limit: number], AuditRow>(
  "safety.auditAfter",
  `select ${columns} from audit_log where seq > $1 order by seq limit $2::int`,
);
export const linesBefore = statement<
  [before: bigint, after: bigint, limit: number, verb: string | null, object: string | null],
  AuditRow
>(
  "safety.auditBefore",
  `select ${columns} from audit_log where seq < $1 and seq > $2 and ($4::text is null or verb like $4 || '%') and ($5::text is null or object = $5) order by seq desc limit $3::int`,
);
export const insertRoot = statement<
  [day: string, seq: bigint, hash: Uint8Array, keyId: string, signature: Uint8Array],
  never
>(
  "safety.auditSeal",
  `insert into audit_roots (day, seq, hash, key_id, signature) values ($1, $2, $3, $4, $5) on conflict do nothing`,
);
export interface RootRow {
  day: string;
  seq: bigint;
  hash: Buffer;
  key_id: string;
  signature: Buffer;
}
export const roots = statement<[], RootRow>(
  "safety.auditRoots",
  `select day::text as day, seq, hash, key_id, signature from audit_roots order by day`,
);
