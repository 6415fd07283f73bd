import type { AppError } from "#platform/errors.ts";
import { InternalError } from "#platform/http/server.ts";
import { STATUS } from "#platform/http/status.ts";

/** Headers every error carries when they apply. */
function errorHeaders(error: AppError): Record<string, string> {
  return error.retryAfter === undefined ? {} : { "Retry-After": String(error.retryAfter) };
}

/** Mastodon's error body: an English sentence in `error`, details per field for registration. */
export function toMastodonError(error: AppError): Response {
  const status = error instanceof InternalError ? 500 : STATUS[error.code];
  const body = { error: error.message, ...(error.details ? { details: error.details } : {}), ...error.extra };
  return Response.json(body, { status, headers: errorHeaders(error) });
}
