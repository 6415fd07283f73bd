import type { AppError } from "#platform/errors.ts";
import { InternalError } from "#platform/http/server.ts";
import { STATUS } from "#platform/http/status.ts";

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
