import { AppError } from "#platform/errors.ts";
import type { Log } from "#platform/log/log.ts";
import type { MediaPorts, PictureAtGate } from "./ports.ts";
import { keyOfBlob } from "./urls.ts";

/** The refusal says the same whatever was found: who tries out what is known here learns nothing from it. */
function blocked(): AppError {
  const sentence = "This picture cannot be published here.";
  return new AppError("unprocessable", `Validation failed: File: ${sentence}`, {
    reason: "media_blocked",
    details: { file: [{ error: "ERR_INVALID", description: sentence }] },
  });
}

function unchecked(cause: unknown): AppError {
  return new AppError(
    "unavailable",
    "Pictures cannot be checked right now, so this one was not taken. Please try again in a while. Posts without pictures are not affected.",
    { reason: "media_unchecked", retryAfter: 60, cause },
  );
}

export type PassGate = (picture: PictureAtGate) => Promise<void>;

/** Lets a picture through, or throws: 422 for what may not be here, 503 when nobody can tell. In both cases nothing of it is stored. */
export function createPassGate(deps: { ports?: MediaPorts; log: Log }): PassGate {
  return async (picture) => {
    const gate = deps.ports?.gate;
    if (!gate) return;
    let admitted: boolean;
    try {
      admitted = await gate.admit(picture);
    } catch (error) {
      deps.log.error({ err: error, use: picture.use }, "the media gate does not work; no picture is taken");
      throw unchecked(error);
    }
    if (!admitted) throw blocked();
  };
}

/** Tells the gate that files are gone. Best effort: what it goes on knowing of them does no harm. */
export async function forgetBlobs(deps: { ports?: MediaPorts; log: Log }, blobs: readonly string[]): Promise<void> {
  const forget = deps.ports?.gate?.forget;
  if (!forget || blobs.length === 0) return;
  const keys = blobs.map((blob) => {
    const name = keyOfBlob(blob);
    return name?.variant === "large" || name?.variant === "preview" ? name.key : blob;
  });
  await forget([...new Set(keys)]).catch((err: unknown) => deps.log.warn({ err }, "fingerprints could not be removed"));
}
