import type { AppError, ErrorCode } from "#platform/errors.ts";
import { InternalError } from "#platform/http/server.ts";

const STATUS = {
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

/** Skein's own error body: a stable code, a sentence, and problems per field. */
export function toSkeinError(error: AppError): Response {
  const internal = error instanceof InternalError;
  return Response.json(
    {
      error: internal ? "internal" : (error.reason ?? error.code),
      error_description: error.message,
      ...(error.details ? { details: error.details } : {}),
      ...error.extra,
    },
    {
      status: internal ? 500 : STATUS[error.code],
      headers: error.retryAfter === undefined ? {} : { "Retry-After": String(error.retryAfter) },
    },
  );
}
