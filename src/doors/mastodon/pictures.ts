import type { Id } from "#platform/ids.ts";
import type { ProfileKind } from "#modules/media/index.ts";
import type { StoredImage } from "#modules/accounts/index.ts";
import type { MastodonDeps } from "./deps.ts";

interface PictureInput {
  /** An empty text removes the picture. */
  avatar: File | "" | undefined;
  header: File | "" | undefined;
  avatar_description: string | undefined;
  header_description: string | undefined;
  /** Address the request came from. */
  ip: string;
}

/**
 * Stores new profile pictures, lets `save` keep them, and removes what is not needed any more: the new files when saving fails, the old ones when it succeeds.
 */
export async function exclusivePictures(
  deps: MastodonDeps,
  accountId: Id,
  input: PictureInput,
  save: (pictures: { avatar?: StoredImage | null; header?: StoredImage | null }) => Promise<void>,
): Promise<void> {
  const [before] = await deps.accounts.profiles.get([accountId]);
  const made: string[] = [];
  const replaced: string[] = [];

  async function picture(
    kind: ProfileKind,
    file: File | "" | undefined,
    description: string | undefined,
    old: StoredImage | null,
  ): Promise<StoredImage | null | undefined> {
    if (file === undefined && (description === undefined || !old)) return undefined;
    if (file === undefined) return old && { ...old, description: description ?? "" };
    if (old) replaced.push(old.key);
    if (file === "" || file.size === 0) return null;
    const image = await deps.media.profileImage(new Uint8Array(await file.arrayBuffer()), kind, {
      accountId,
      ip: input.ip,
    });
    made.push(image.key);
    return { ...image, description: description ?? "" };
  }

  try {
    const avatar = await picture("avatar", input.avatar, input.avatar_description, before?.avatar ?? null);
    const header = await picture("header", input.header, input.header_description, before?.header ?? null);
    await save({ ...(avatar === undefined ? {} : { avatar }), ...(header === undefined ? {} : { header }) });
  } catch (error) {
    await deps.media.removeBlobs(made);
    throw error;
  }
  await deps.media.removeBlobs(replaced);
}
