import { AppError } from "#platform/errors.ts";
import type { Screened } from "./moderation/index.ts";

/** What is not made here, as an error that says so kindly and offers something else. `reason` is the stable code. */
export function refusal(judged: Extract<Screened, { ok: false }>, field: string, lang: string): AppError {
  const which = lang.startsWith("de") ? "de" : "en";
  return new AppError("unprocessable", judged.message[which], {
    reason: judged.code,
    details: { [field]: [{ error: "ERR_REFUSED", description: judged.message[which] }] },
    extra: { code: judged.code, redirect: judged.redirect?.[which] ?? null },
  });
}
