/** What a blob store keeps of one blob. */
export interface BlobInfo {
  key: string;
  /** Bytes. */
  size: number;
  modifiedAt: Date;
}

/** An inclusive range of bytes. */
export interface ByteRange {
  start: number;
  end: number;
}

/** A blob that is being read. `body` must be consumed or cancelled: it may hold an open file. */
export interface BlobRead {
  /** Bytes of the whole blob, also when only a range is read. */
  size: number;
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
}

/**
 * Where uploaded files lie. A blob is written once under a random name of our own and never changes, so readers may keep it for ever.
 * Modules know this port only; the local implementation is `fs.ts`.
 */
export interface BlobStore {
  /** Stores the bytes, or a copy of the file. When it resolves, the blob is complete and durable; when it throws, nothing of it is visible. */
  put(key: string, source: Uint8Array | { file: string }): Promise<void>;
  /** Undefined when there is no such blob. The range must lie within the blob. */
  get(key: string, range?: ByteRange): Promise<BlobRead | undefined>;
  stat(key: string): Promise<BlobInfo | undefined>;
  exists(key: string): Promise<boolean>;
  /** Deleting what is not there is fine. */
  delete(key: string): Promise<void>;
  /** Every complete blob, in no particular order. */
  list(): AsyncIterable<BlobInfo>;
  /** Removes the remains of writes that were cut off before `before`; returns how many. */
  tidy(before: Date): Promise<number>;
}

const KEY = /^[a-z0-9][a-z0-9-]{7,79}\.[a-z0-9]{1,8}$/;

/**
 * True for the only form of keys a store accepts: lower case (some file systems know no other), one dot, no slash.
 * Anything else never reaches a file system.
 */
export function isBlobKey(key: string): boolean {
  return KEY.test(key);
}
