/** Stable error kinds. Doors map them to their protocol's status; modules know no HTTP. */
export type ErrorCode =
  | "bad_request"
  | "unauthorized"
  | "payment_required"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "gone"
  | "too_large"
  | "unprocessable"
  | "rate_limited"
  | "unavailable";

/** One problem of one field: a code in the style of Mastodon's registration errors (`ERR_BLANK`, `ERR_TAKEN`, ...) and a sentence. */
export interface FieldProblem {
  error: string;
  description: string;
}

export interface AppErrorOptions {
  /** A finer machine-readable reason, shown as `error` by Skein's own API, e.g. `invalid_login`. */
  reason?: string;
  /** Problems per field name. */
  details?: Record<string, FieldProblem[]>;
  /** Further members of the error body, e.g. `unexpected_accounts`. */
  extra?: Record<string, unknown>;
  /** Seconds after which a retry makes sense. */
  retryAfter?: number;
  cause?: unknown;
}

/** The only error a module throws on purpose. `message` is an English sentence that is safe to show to anyone. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly details: Record<string, FieldProblem[]> | undefined;
  readonly extra: Record<string, unknown> | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.reason = options.reason;
    this.details = options.details;
    this.extra = options.extra;
    this.retryAfter = options.retryAfter;
  }
}

/** 404 with Mastodon's sentence: absent and not-allowed-to-see look alike. */
export function notFound(): AppError {
  return new AppError("not_found", "Record not found");
}

/** 422 in the form clients expect: one sentence and the problems per field. */
export function invalid(details: Record<string, FieldProblem[]>): AppError {
  const first = Object.entries(details)
    .flatMap(([field, problems]) => problems.map((p) => `${field} ${p.description}`))
    .join(", ");
  return new AppError("unprocessable", `Validation failed: ${first}`, { details });
}
