import { run } from "#platform/db/sql.ts";
import type { BlobInfo } from "#platform/storage/blob.ts";
import { forgetBlobs } from "./gate.ts";
import type { MediaDeps } from "./index.ts";
import { blobsOf } from "./present.ts";
import type { MediaLimits } from "./rules.ts";
import { deleteOrphans, knownKeys } from "./sql.ts";
import { knownRemoteKeys } from "./sql-remote.ts";
import { keyOfBlob } from "./urls.ts";

const SLICE = 500;

export interface Swept {
  /** Uploads without a post. */
  uploads: number;
  /** Files that nothing refers to: a crash came between file and row, or between row and file. */
  files: number;
  /** Remains of writes that were cut off. */
  drafts: number;
}

/**
 * Removes what nobody will miss: uploads that found no post within a day, and files without a row. Only files that are
 * themselves a day old are looked at, so that an upload in progress is never touched.
 */
export async function sweepOrphans(deps: MediaDeps, limits: MediaLimits): Promise<Swept> {
  const before = new Date(deps.clock.ms() - limits.orphanMs);
  const swept: Swept = { uploads: 0, files: 0, drafts: await deps.blobs.tidy(before) };
  for (;;) {
    // Rows go first: a crash after that leaves files without a row, which the next sweep finds.
    const rows = await deps.tx((db) => run(db, deleteOrphans, before, SLICE));
    for (const row of rows) for (const blob of blobsOf(row)) await deps.blobs.delete(blob);
    await forgetBlobs(deps, rows.flatMap(blobsOf));
    swept.uploads += rows.length;
    if (rows.length < SLICE) break;
  }
  let slice: BlobInfo[] = [];
  for await (const blob of deps.blobs.list()) {
    if (blob.modifiedAt >= before) continue;
    slice.push(blob);
    if (slice.length < SLICE) continue;
    swept.files += await sweepFiles(deps, slice);
    slice = [];
  }
  swept.files += await sweepFiles(deps, slice);
  return swept;
}

async function sweepFiles(deps: MediaDeps, blobs: BlobInfo[]): Promise<number> {
  const attachments = new Map<string, string>();
  const remotes = new Map<string, string>();
  const profiles: string[] = [];
  for (const { key: blob } of blobs) {
    const name = keyOfBlob(blob);
    if (!name) continue;
    if (name.remote) remotes.set(blob, name.key);
    else if (name.variant === "large" || name.variant === "preview") attachments.set(blob, name.key);
    else profiles.push(blob);
  }
  const unused: string[] = [];
  if (attachments.size > 0) {
    const known = new Set((await run(deps.pool, knownKeys, [...new Set(attachments.values())])).map((r) => r.key));
    for (const [blob, key] of attachments) if (!known.has(key)) unused.push(blob);
  }
  if (remotes.size > 0) {
    const known = new Set((await run(deps.pool, knownRemoteKeys, [...new Set(remotes.values())])).map((r) => r.key));
    for (const [blob, key] of remotes) if (!known.has(key)) unused.push(blob);
  }
  const inUse = deps.ports?.profileImagesInUse;
  if (inUse && profiles.length > 0) {
    const used = new Set(await inUse(profiles));
    unused.push(...profiles.filter((blob) => !used.has(blob)));
  }
  for (const blob of unused) await deps.blobs.delete(blob);
  await forgetBlobs(deps, unused);
  return unused.length;
}
