import { createHash } from "node:crypto";
import type { Clock } from "#platform/clock.ts";
import type { Pool } from "#platform/db/pool.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import type { Tx, TxClient } from "#platform/db/tx.ts";
import { AppError, notFound } from "#platform/errors.ts";
import type { Id, Ids } from "#platform/ids.ts";
import type { Log } from "#platform/log/log.ts";
import type { BlobStore } from "#platform/storage/blob.ts";
import type { EncodedPicture } from "./codec.ts";
import { createDecoder } from "./decoder.ts";
import { createPassGate, forgetBlobs } from "./gate.ts";
import { createRemoteMedia, type RemoteMedia, type RemoteMediaDeps } from "./remote-cache.ts";
import type { Bringer, MediaPorts, PictureUse } from "./ports.ts";
import { blobsOf, CENTRE, mediaItem, mediaJson, sizeOf } from "./present.ts";
import {
  attachProblem,
  checkDescription,
  checkFocus,
  isPictureFormat,
  MEDIA_LIMITS,
  refused,
  sniff,
  storedFormat,
  storedType,
  type MediaLimits,
  type ProfileKind,
  type Refusal,
} from "./rules.ts";
import type { Scan } from "./scan.ts";
import {
  deleteByKey,
  deleteOfAccount,
  deleteUnattached,
  detachExcept,
  insertMedia,
  lockMedia,
  mediaByKey,
  mediaOfOwner,
  mediaOfPosts,
  setPost,
  updateMedia,
  type KeyRow,
  type MediaRow,
  type StoredMeta,
} from "./sql.ts";
import { cachedByDigest, withholdRemote } from "./sql-remote.ts";
import { sweepOrphans, type Swept } from "./sweep.ts";
import type { FinishedPicture, MediaChanges, MediaItem, MediaJson, NewMedia, ProfileImage } from "./types.ts";
import { blobKey, newMediaKey, pathOf } from "./urls.ts";

export type { Bringer, MediaGate, MediaPorts, PictureAtGate, PictureUse } from "./ports.ts";
export { absoluteMedia } from "./present.ts";
export { MEDIA_LIMITS, PICTURE_TYPES, PROFILE_SIZES, type Focus, type MediaLimits, type ProfileKind } from "./rules.ts";
export type { Form, FormName, Scan } from "./scan.ts";
export type { StoredMeta, StoredSize } from "./sql.ts";
export type { Swept } from "./sweep.ts";
export type { FinishedPicture, MediaChanges, MediaItem, MediaJson, NewMedia, ProfileImage } from "./types.ts";
export { isRemoteBlob, MEDIA_PATH } from "./urls.ts";
export type { RemoteFile, RemoteMedia, RemoteMediaDeps } from "./remote-cache.ts";
export {
  REMOTE_PATH,
  rememberRemote,
  remotePath,
  type RemoteKind,
  type RemotePicture,
  type RemoteVariant,
} from "./remote.ts";

export interface MediaDeps {
  /** For reads. */
  pool: Pool;
  tx: Tx;
  ids: Ids;
  clock: Clock;
  blobs: BlobStore;
  log: Log;
  /** What differs from `MEDIA_LIMITS`. */
  limits?: Partial<MediaLimits>;
  ports?: MediaPorts;
  /** Without it, pictures of other servers are not shown. */
  remote?: RemoteMediaDeps;
}

/** Pictures: uploads, what posts carry, avatars and headers. Errors are `AppError`s with sentences for the uploader. */
export interface Media {
  readonly limits: MediaLimits;
  /**
   * Decodes a picture, writes it anew without metadata, and stores it as an upload that waits for a post.
   * 422 for what is no picture, damaged, beyond the limits or stopped by the gate; 503 when too many pictures wait or nobody can tell. Nothing remains of a refused one.
   */
  upload(accountId: Id, input: NewMedia): Promise<MediaItem>;
  /**
   * Stores a finished picture of Skein's own making as an upload, byte by byte as it is: what is signed must not be written anew. Nothing of what people upload may come this way.
   */
  adopt(accountId: Id, picture: FinishedPicture): Promise<MediaItem>;
  /** The file of a picture of this account, as it is shown large; 404 for any other. */
  file(
    accountId: Id,
    id: Id,
  ): Promise<{ key: string; bytes: Uint8Array; width: number; height: number; description: string }>;
  /** A picture of this account; 404 for any other. */
  get(accountId: Id, id: Id): Promise<MediaItem>;
  /** Changes alt text and focal point of an upload. What a post shows is changed with `updateAttached`; doing it here is 404. */
  update(accountId: Id, id: Id, changes: MediaChanges): Promise<MediaItem>;
  /** Removes an upload; 422 when a post carries it. */
  remove(accountId: Id, id: Id): Promise<void>;
  /** Gives uploads to a post, in the posting transaction, and locks them. In request order; a repeated id counts once. 422 when one is unknown, foreign or another post's. */
  attach(db: TxClient, accountId: Id, ids: readonly Id[], postId: Id): Promise<MediaJson[]>;
  /** Takes from a post every picture that is not kept (an edit, or a deletion with nothing kept). They become uploads again and can be attached anew for a day. */
  detachMissing(db: TxClient, postId: Id, keepIds: readonly Id[]): Promise<void>;
  /** Changes alt texts and focal points of a post's pictures, in the editing transaction; answers the changed ones in request order. 422 for a picture the post does not carry. */
  updateAttached(
    db: TxClient,
    accountId: Id,
    postId: Id,
    changes: readonly ({ id: Id } & MediaChanges)[],
  ): Promise<MediaJson[]>;
  /** Stores an avatar (400 x 400) or header (1500 x 500), cut around its middle. Of an animation the first frame stays. The caller keeps the result, or removes the blob. */
  profileImage(bytes: Uint8Array, kind: ProfileKind, by?: Bringer): Promise<ProfileImage>;
  /** Fingerprints of a picture that is not going to be stored; with `crops` also those of slightly cropped copies. Throws like `upload`. */
  scan(bytes: Uint8Array, crops: boolean): Promise<Scan>;
  /** For modules that keep pictures of their own: decodes one and asks the gate. Throws like `upload`. Without a gate nothing is looked at. */
  screen(bytes: Uint8Array, what: { use: PictureUse; key: string; by: Bringer }): Promise<void>;
  /** The stored file of a picture that was let through, as it is shown large; undefined when it is not there. */
  stored(use: PictureUse, key: string): Promise<Uint8Array | undefined>;
  /** Takes a picture that was let through out of service, by its use and key at the gate: rows first, then files. True when there was something. */
  withhold(use: PictureUse, key: string): Promise<boolean>;
  /** Removes files by their blob keys, after the transaction that let go of them. A failure is logged; the sweep comes later. */
  removeBlobs(keys: readonly string[]): Promise<void>;
  /** Removes everything an account uploaded: rows, then files. Profile pictures belong to the profile. */
  removeAllOf(accountId: Id): Promise<number>;
  /** The pictures posts carry, in order of upload. */
  forPosts(postIds: readonly Id[]): Promise<Map<Id, MediaJson[]>>;
  /** Removes old uploads without a post, and files without a row. For a daily job. */
  sweepOrphans(): Promise<Swept>;
  /** Pictures of other servers. */
  readonly remote: RemoteMedia;
  /** Process id of the picture process while it runs. */
  readonly workerPid: number | undefined;
  /** Ends the picture process. */
  close(): void;
}

/** A picture that was withheld is asked for again after that, and meets the gate again. */
const WEEK = 7 * 24 * 60 * 60 * 1000;

export function createMedia(deps: MediaDeps): Media {
  const limits: MediaLimits = { ...MEDIA_LIMITS, ...deps.limits };
  const decoder = createDecoder(limits, deps.log);
  let closed = false;
  const passGate = createPassGate(deps);
  const remote = createRemoteMedia(deps, limits, decoder, passGate, () => closed);

  /** What can be refused without a decoder is refused before a process starts. */
  function admit(bytes: Uint8Array): void {
    const found = sniff(bytes);
    let refusal: Refusal | undefined = isPictureFormat(found) ? undefined : found;
    if (bytes.length > limits.maxBytes) refusal = "too_large";
    if (refusal) throw refused(refusal, limits);
  }

  async function removeBlobs(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await deps.blobs.delete(key).catch((err: unknown) => deps.log.warn({ err }, "a media file could not be removed"));
    }
    await forgetBlobs(deps, keys);
  }

  /** Stores all files, or none of them. */
  async function putAll(files: readonly { key: string; bytes: Uint8Array }[]): Promise<void> {
    try {
      for (const file of files) await deps.blobs.put(file.key, file.bytes);
    } catch (error) {
      await removeBlobs(files.map((f) => f.key));
      throw error;
    }
  }

  interface Kept {
    large: EncodedPicture;
    preview: EncodedPicture;
    blurhash: string;
    description: string;
    /** What the digest is of: the file as it came. */
    sent: Uint8Array;
    meta: Omit<StoredMeta, "original" | "small">;
  }

  /** Stores both files and their row, or nothing. */
  async function keep(accountId: Id, key: string, picture: Kept): Promise<MediaItem> {
    const { large, preview } = picture;
    const files = [
      { key: blobKey(key, "large", large.format), bytes: large.bytes },
      { key: blobKey(key, "preview", preview.format), bytes: preview.bytes },
    ];
    await putAll(files);
    try {
      const meta: StoredMeta = {
        original: sizeOf(large.width, large.height),
        small: sizeOf(preview.width, preview.height),
        ...picture.meta,
      };
      const row = await deps.tx((db) =>
        one(
          db,
          insertMedia,
          deps.ids.next(),
          accountId,
          "image",
          key,
          storedType(large.format),
          BigInt(large.bytes.length + preview.bytes.length),
          picture.description,
          picture.blurhash,
          JSON.stringify(meta),
          createHash("sha256").update(picture.sent).digest(),
          deps.clock.now(),
        ),
      );
      if (!row) throw new Error("The picture's row could not be stored");
      return mediaItem(row);
    } catch (error) {
      await removeBlobs(files.map((f) => f.key));
      throw error;
    }
  }

  const removeFilesOf = (rows: readonly KeyRow[]): Promise<void> => removeBlobs(rows.flatMap((row) => blobsOf(row)));

  async function locked(db: TxClient, accountId: Id, ids: readonly Id[], postId: Id): Promise<MediaRow[]> {
    const rows = new Map((await run(db, lockMedia, [...ids])).map((row) => [row.id, row]));
    return ids.map((id) => {
      const row = rows.get(id);
      const problem = attachProblem(row, accountId, postId);
      if (!row || problem) throw new AppError("unprocessable", problem ?? "", { reason: "media_not_attachable" });
      return row;
    });
  }

  const self: Media = {
    limits,

    async upload(accountId, input) {
      const description = checkDescription(input.description ?? "", limits);
      const focus = input.focus ? checkFocus(input.focus) : CENTRE;
      admit(input.bytes);
      const { large, preview, blurhash, scan } = await decoder.attachment(input.bytes);
      const key = newMediaKey();
      await passGate({ use: "upload", key, by: { accountId, ip: input.ip }, bytes: input.bytes, scan });
      return keep(accountId, key, { large, preview, blurhash, description, sent: input.bytes, meta: { focus } });
    },

    async adopt(accountId, picture) {
      const description = checkDescription(picture.description, limits);
      const key = newMediaKey();
      const { large, blurhash } = picture;
      await self.screen(large.bytes, { use: "upload", key, by: { accountId } });
      const meta = {
        focus: CENTRE,
        digital_source_type: picture.sourceType,
        ...(picture.remixOf === undefined ? {} : { remix_of: picture.remixOf }),
      };
      const preview = { ...picture.preview, format: "webp" as const };
      return keep(accountId, key, { large, preview, blurhash, description, sent: large.bytes, meta });
    },

    async file(accountId, id) {
      const row = await one(deps.pool, mediaOfOwner, id, accountId);
      if (!row || row.kind !== "image") throw notFound();
      const key = blobKey(row.key, "large", storedFormat(row.mime));
      const found = await deps.blobs.get(key);
      if (!found) throw notFound();
      const bytes =
        found.body instanceof Uint8Array ? found.body : new Uint8Array(await new Response(found.body).arrayBuffer());
      const { width, height } = row.meta.original;
      return { key, bytes, width, height, description: row.description };
    },

    async get(accountId, id) {
      const row = await one(deps.pool, mediaOfOwner, id, accountId);
      if (!row) throw notFound();
      return mediaItem(row);
    },

    update: (accountId, id, changes) =>
      deps.tx(async (db) => {
        const [found] = await run(db, lockMedia, [id]);
        if (!found || found.account_id !== accountId || found.post_id !== null) throw notFound();
        const row = await change(db, accountId, id, changes);
        return mediaItem(row);
      }),

    async remove(accountId, id) {
      const rows = await deps.tx((db) => run(db, deleteUnattached, id, accountId));
      if (rows.length === 0) {
        if (!(await one(deps.pool, mediaOfOwner, id, accountId))) throw notFound();
        throw new AppError("unprocessable", "Media attachment is currently used by a status", {
          reason: "media_in_use",
        });
      }
      await removeFilesOf(rows);
    },

    async attach(db, accountId, ids, postId) {
      const wanted = [...new Set(ids)];
      if (wanted.length === 0) return [];
      const rows = await locked(db, accountId, wanted, postId);
      await exec(db, setPost, wanted, postId);
      return rows.map(mediaJson);
    },

    async detachMissing(db, postId, keepIds) {
      await exec(db, detachExcept, postId, [...keepIds], deps.clock.now());
    },

    async updateAttached(db, accountId, postId, changes) {
      const rows = await locked(db, accountId, [...new Set(changes.map((c) => c.id))], postId);
      if (rows.some((row) => row.post_id !== postId)) {
        throw new AppError("unprocessable", "Validation failed: a picture does not belong to this post", {
          reason: "media_not_attached",
        });
      }
      const changed: MediaJson[] = [];
      for (const { id, ...what } of changes) changed.push(mediaJson(await change(db, accountId, id, what)));
      return changed;
    },

    async profileImage(bytes, kind, by = {}) {
      admit(bytes);
      const { picture, blurhash, scan } = await decoder.profile(bytes, kind);
      const key = blobKey(newMediaKey(), kind, picture.format);
      await passGate({ use: kind, key, by, bytes, scan });
      await deps.blobs.put(key, picture.bytes);
      return { key, url: pathOf(key), static_url: pathOf(key), blurhash };
    },

    async scan(bytes, crops) {
      admit(bytes);
      return decoder.scan(bytes, crops);
    },

    async screen(bytes, what) {
      if (!deps.ports?.gate) return;
      admit(bytes);
      await passGate({ ...what, bytes, scan: await decoder.scan(bytes, false) });
    },

    async stored(use, key) {
      let blob: string | undefined = key;
      if (use === "upload") {
        const row = await one(deps.pool, mediaByKey, key);
        blob = row && blobsOf(row)[0];
      } else if (use.startsWith("remote_")) {
        const row = await one(deps.pool, cachedByDigest, Buffer.from(key, "hex"));
        blob = row && remote.filesOf(row)[0];
      }
      const found = blob === undefined ? undefined : await deps.blobs.get(blob);
      if (!found) return undefined;
      return found.body instanceof Uint8Array
        ? found.body
        : new Uint8Array(await new Response(found.body).arrayBuffer());
    },

    async withhold(use, key) {
      if (use === "upload") {
        const rows = await deps.tx((db) => run(db, deleteByKey, key));
        await removeFilesOf(rows);
        return rows.length > 0;
      }
      if (use === "avatar" || use === "header" || use === "meme") {
        const found = await deps.blobs.exists(key);
        if (found) await removeBlobs([key]);
        return found;
      }
      const [row] = await run(deps.pool, withholdRemote, Buffer.from(key, "hex"), new Date(deps.clock.ms() + WEEK));
      if (row) await removeBlobs(remote.filesOf(row));
      return row !== undefined;
    },

    removeBlobs,

    async removeAllOf(accountId) {
      const rows = await deps.tx((db) => run(db, deleteOfAccount, accountId));
      await removeFilesOf(rows);
      return rows.length;
    },

    async forPosts(postIds) {
      const found = new Map<Id, MediaJson[]>();
      if (postIds.length === 0) return found;
      for (const row of await run(deps.pool, mediaOfPosts, [...postIds])) {
        if (row.post_id === null) continue;
        const list = found.get(row.post_id);
        if (list) list.push(mediaJson(row));
        else found.set(row.post_id, [mediaJson(row)]);
      }
      return found;
    },

    sweepOrphans: () => sweepOrphans(deps, limits),
    remote,
    get workerPid() {
      return decoder.pid;
    },
    close() {
      closed = true;
      decoder.close();
    },
  };
  return self;

  async function change(db: TxClient, accountId: Id, id: Id, changes: MediaChanges): Promise<MediaRow> {
    const description = changes.description === undefined ? null : checkDescription(changes.description, limits);
    const focus = changes.focus === undefined ? null : JSON.stringify(checkFocus(changes.focus));
    const row = await one(db, updateMedia, id, accountId, description, focus);
    if (!row) throw notFound();
    return row;
  }
}
