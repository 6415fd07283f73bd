import type { ErrorCode } from "#platform/errors.ts";

/** The HTTP status of each kind of error (RFC 9110), for the doors that answer JSON. */
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
