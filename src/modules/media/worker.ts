/**
 * The picture process: decodes foreign bytes, and does nothing else. It is a process and not a thread because a thread
 * that is inside the decoder cannot be ended (its termination waits for the native call), and because a crash or a
 * memory hunger of the decoder must not be the server's. It has no environment, no network and no right to write files.
 */
import {
  encodeAttachment,
  encodeEmoji,
  encodeProfile,
  RefusedError,
  scanPicture,
  type Attachment,
  type Emoji,
  type ProfilePicture,
} from "./codec.ts";
import type { MediaLimits, ProfileKind, Refusal } from "./rules.ts";
import type { Scan } from "./scan.ts";

export type Work =
  | { kind: "attachment" | "emoji" | "scan" | "crops"; bytes: Uint8Array; limits: MediaLimits }
  | { kind: ProfileKind; bytes: Uint8Array; limits: MediaLimits };

export type Answer =
  | { type: "ready" }
  | { type: "attachment"; result: Attachment }
  | { type: "profile"; result: ProfilePicture }
  | { type: "emoji"; result: Emoji }
  | { type: "scan"; result: Scan }
  | { type: "refused"; refusal: Refusal; detail: string };

async function answer(work: Work): Promise<Answer> {
  try {
    if (work.kind === "attachment")
      return { type: "attachment", result: await encodeAttachment(work.bytes, work.limits) };
    if (work.kind === "emoji") return { type: "emoji", result: await encodeEmoji(work.bytes, work.limits) };
    if (work.kind === "scan" || work.kind === "crops")
      return { type: "scan", result: await scanPicture(work.bytes, work.kind === "crops", work.limits) };
    return { type: "profile", result: await encodeProfile(work.bytes, work.kind, work.limits) };
  } catch (error) {
    if (error instanceof RefusedError) return { type: "refused", refusal: error.refusal, detail: "" };
    const detail = error instanceof Error ? error.message : "unknown";
    return { type: "refused", refusal: /timeout/i.test(detail) ? "too_slow" : "damaged", detail };
  }
}

function send(message: Answer): void {
  // The parent may be gone: then there is nobody to tell, and the closed channel ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

process.on("message", (work: Work) => void answer(work).then(send));
send({ type: "ready" });
