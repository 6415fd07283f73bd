import { statement } from "#platform/db/sql.ts";
import type { Focus } from "./rules.ts";

export interface StoredSize {
  width: number;
  height: number;
  /** `<width>x<height>`, as Mastodon writes it. */
  size: string;
  aspect: number;
}

export interface StoredMeta {
  original: StoredSize;
  small: StoredSize;
  focus: Focus;
  /** Of pictures that Skein drew: what they say of their origin. */
  digital_source_type?: string;
  /** Address of the post whose picture this one is made from. */
  remix_of?: string;
}

export interface MediaRow {
  id: bigint;
  account_id: bigint;
  post_id: bigint | null;
  kind: "image" | "gifv" | "video" | "audio";
  key: string;
  mime: string;
  description: string;
  blurhash: string | null;
  meta: StoredMeta;
}

/** What is needed to find a picture's files. */
export interface KeyRow {
  key: string;
  mime: string;
}

const COLUMNS = "id, account_id, post_id, kind, key, mime, description, blurhash, meta";

export const insertMedia = statement<
  [
    id: bigint,
    accountId: bigint,
    kind: string,
    key: string,
    mime: string,
    bytes: bigint,
    description: string,
    blurhash: string | null,
    meta: string,
    sha256: Buffer,
    createdAt: Date,
  ],
  MediaRow
>(
  "media.insert",
  `insert into media (id, account_id, kind, key, mime, bytes, description, blurhash, meta, sha256, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11)
   returning ${COLUMNS}`,
);

export const mediaOfOwner = statement<[id: bigint, accountId: bigint], MediaRow>(
  "media.ofOwner",
  `select ${COLUMNS} from media where id = $1 and account_id = $2`,
);

export const mediaOfPosts = statement<[postIds: bigint[]], MediaRow>(
  "media.ofPosts",
  `select ${COLUMNS} from media where post_id = any($1) order by id`,
);

/** Locked in the order of ids, so that two edits do not wait for each other. */
export const lockMedia = statement<[ids: bigint[]], MediaRow>(
  "media.lock",
  `select ${COLUMNS} from media where id = any($1) order by id for update`,
);

export const setPost = statement<[ids: bigint[], postId: bigint], Record<string, never>>(
  "media.setPost",
  "update media set post_id = $2 where id = any($1)",
);

/** Back among the uploads: they may be attached again until the sweep, which counts from now. */
export const detachExcept = statement<[postId: bigint, keepIds: bigint[], now: Date], Record<string, never>>(
  "media.detachExcept",
  "update media set post_id = null, created_at = $3 where post_id = $1 and id <> all($2)",
);

/** Null leaves a column as it is. */
export const updateMedia = statement<
  [id: bigint, accountId: bigint, description: string | null, focus: string | null],
  MediaRow
>(
  "media.update",
  `update media set description = coalesce($3, description),
     meta = case when $4::text is null then meta else jsonb_set(meta, '{focus}', $4::text::jsonb) end
   where id = $1 and account_id = $2
   returning ${COLUMNS}`,
);

export const deleteUnattached = statement<[id: bigint, accountId: bigint], KeyRow>(
  "media.deleteUnattached",
  "delete from media where id = $1 and account_id = $2 and post_id is null returning key, mime",
);

/** In slices, so that no sweep holds many locks. Rows that are being attached right now are left alone. */
export const deleteOrphans = statement<[before: Date, limit: number], KeyRow>(
  "media.deleteOrphans",
  `delete from media where id in (
     select id from media where post_id is null and created_at < $1 order by created_at limit $2::int for update skip locked)
   returning key, mime`,
);

export const deleteOfAccount = statement<[accountId: bigint], KeyRow>(
  "media.deleteOfAccount",
  "delete from media where account_id = $1 returning key, mime",
);

export const knownKeys = statement<[keys: string[]], { key: string }>(
  "media.knownKeys",
  "select key from media where key = any($1)",
);

export const deleteByKey = statement<[key: string], KeyRow>(
  "media.deleteByKey",
  "delete from media where key = $1 returning key, mime",
);

export const mediaByKey = statement<[key: string], KeyRow>("media.byKey", "select key, mime from media where key = $1");
