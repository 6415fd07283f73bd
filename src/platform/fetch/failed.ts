/**
 * Why a request came to nothing.
 *
 * - Refused before anything was sent: `bad_url`, `blocked_domain` (the operator's block), `blocked_address` (a special-use address, before
 *   or after DNS), `rate` (too much for this host at the moment).
 * - The way there: `dns`, `network`, `tls`, `timeout`.
 * - The answer: `status` (not 2xx), `redirect` (too many, a loop, to http), `wrong_type`, `too_large`.
 */
export type FetchReason =
  | "bad_url"
  | "blocked_domain"
  | "blocked_address"
  | "rate"
  | "dns"
  | "network"
  | "tls"
  | "timeout"
  | "status"
  | "redirect"
  | "wrong_type"
  | "too_large";

/** Headers of an answer by lower-case name. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The one error of outgoing requests. The message is for logs: it names no address and no URL. */
export class FetchFailed extends Error {
  override readonly name = "FetchFailed";
  readonly reason: FetchReason;
  /** Status of the answer, when there was one. */
  readonly status: number | undefined;
  /** Its headers, for `Retry-After` or `Accept-Signature`. */
  readonly headers: AnswerHeaders | undefined;

  constructor(
    reason: FetchReason,
    message: string,
    more: { status?: number; headers?: AnswerHeaders; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.reason = reason;
    this.status = more.status;
    this.headers = more.headers;
  }
}

const TIMEOUTS = new Set(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);
/** Starts of the codes that OpenSSL and Node give to failed handshakes and certificates. */
const TLS = ["ERR_TLS", "ERR_SSL", "CERT_", "UNABLE_TO_", "DEPTH_ZERO", "SELF_SIGNED", "HOSTNAME_MISMATCH", "EPROTO"];

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Sorts whatever undici, Node or zlib reports into a {@link FetchFailed}. */
export function failure(error: unknown): FetchFailed {
  if (error instanceof FetchFailed) return error;
  // Several addresses were tried: what the last one said is as good as any, a timeout only when all timed out.
  if (error instanceof AggregateError && error.errors.length > 0) return failure(error.errors.at(-1));
  const code = codeOf(error);
  if (TIMEOUTS.has(code))
    return new FetchFailed("timeout", "The other server did not answer in time", { cause: error });
  if (TLS.some((start) => code.startsWith(start))) {
    return new FetchFailed("tls", `No secure connection: ${code}`, { cause: error });
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return new FetchFailed("too_large", "The headers of the answer are too large", { cause: error });
  }
  return new FetchFailed("network", `The connection failed: ${code || "unknown"}`, { cause: error });
}
