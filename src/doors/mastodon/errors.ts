import type { AppError, ErrorCode } from "#platform/errors.ts";
import { InternalError } from "#platform/http/server.ts";

export const STATUS = {
  bad_request: 400,
  unauthorized: 401,
  payment_required: 402,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unprocessable: 422,
  rate_limited: 429,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>;

/** Headers every error carries when they apply. */
export function errorHeaders(error: AppError): Record<string, string> {
  return error.retryAfter === undefined ? {} : { "Retry-After": String(error.retryAfter) };
}

/** Mastodon's error body: an English sentence in `error`, details per field for registration. */
export function toMastodonError(error: AppError): Response {
  const status = error instanceof InternalError ? 500 : STATUS[error.code];
  const body = { error: error.message, ...(error.details ? { details: error.details } : {}), ...error.extra };
  return Response.json(body, { status, headers: errorHeaders(error) });
}
