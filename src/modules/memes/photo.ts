/** Pictures of people under captions: a working copy of each is kept with the memes that show it. */
import { createHash, randomBytes } from "node:crypto";
import type { Id } from "#platform/ids.ts";
import type { MemesDeps } from "./deps.ts";

/** The random part of a file's name: nobody guesses it. */
export const newKey = (): string => randomBytes(16).toString("hex");

/** Working copies of photos are this wide or high at most. */
const WORKING_PX = 2160;

/** A working copy of a picture, kept with the memes that show it: the upload itself may go. Throws like an upload when the media gate stops it. */
export async function keepPhoto(deps: MemesDeps, accountId: Id, bytes: Uint8Array): Promise<string> {
  const { default: sharp } = await import("sharp");
  const copy = await sharp(bytes, { limitInputPixels: 100_000_000 })
    .rotate()
    .resize(WORKING_PX, WORKING_PX, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 86 })
    .toBuffer();
  // By its content: the same picture twice is one file.
  const key = `${createHash("sha256").update(copy).digest("hex").slice(0, 32)}-meme-photo.webp`;
  if (await deps.blobs.exists(key)) return key;
  await deps.media.screen(copy, { use: "meme", key, by: { accountId } });
  await deps.blobs.put(key, copy);
  return key;
}

/** The working copy; undefined when there is none. */
export async function readPhoto(
  deps: MemesDeps,
  key: string,
): Promise<{ bytes: Uint8Array; mime: string } | undefined> {
  const found = await deps.blobs.get(key);
  if (!found) return undefined;
  const { body } = found;
  return {
    bytes: body instanceof Uint8Array ? body : new Uint8Array(await new Response(body).arrayBuffer()),
    mime: "image/webp",
  };
}
