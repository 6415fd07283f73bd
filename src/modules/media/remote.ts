import { createHash } from "node:crypto";
import { exec, type Db } from "#platform/db/sql.ts";
import { remember } from "./sql-remote.ts";

export type RemoteKind = "attachment" | "avatar" | "header" | "emoji";
export type RemoteVariant = "large" | "preview" | "avatar" | "header" | "emoji";

/** A picture that lies on another server. */
export interface RemotePicture {
  url: string;
  kind: RemoteKind;
}

export const REMOTE_PATH = "/media/remote/";

function digestOf(picture: RemotePicture): Buffer {
  return createHash("sha256").update(`${picture.kind} ${picture.url}`).digest().subarray(0, 16);
}

/**
 * The path under which a picture of another server is served here: `/media/remote/<32 hex digits>/<variant>`. The digits are a digest of its address and kind, so the
 * path is known before anything was fetched, and only pictures that were remembered are served.
 */
export function remotePath(picture: RemotePicture, variant: RemoteVariant): string {
  return `${REMOTE_PATH}${digestOf(picture).toString("hex")}/${variant}`;
}

/** Makes pictures available under their paths. They are fetched when somebody looks at them. */
export async function rememberRemote(db: Db, pictures: readonly RemotePicture[]): Promise<void> {
  const byDigest = new Map(pictures.map((p) => [digestOf(p).toString("hex"), p]));
  if (byDigest.size === 0) return;
  // In one order, so that two batches with the same pictures do not wait for each other.
  const rows = [...byDigest].sort(([a], [b]) => (a < b ? -1 : 1));
  await exec(
    db,
    remember,
    rows.map(([digest]) => Buffer.from(digest, "hex")),
    rows.map(([, p]) => p.url),
    rows.map(([, p]) => p.kind),
    rows.map(([, p]) => URL.parse(p.url)?.host ?? ""),
  );
}
