/** JSON over HTTP with a service that the operator has configured. */
import { FetchFailed, type GuardedFetch } from "#platform/fetch/guarded.ts";
import { EngineFailed } from "./failed.ts";

export interface Service {
  /** Answers the parsed body of a 2xx. Throws {@link EngineFailed} for everything else. */
  json(path: string, options: CallOptions): Promise<unknown>;
  /** Answers the bytes of a 2xx. */
  bytes(path: string, options: CallOptions): Promise<{ bytes: Buffer; mime: string }>;
}

export interface CallOptions {
  /** Sent as JSON by POST; absent: GET. */
  body?: unknown;
  maxBytes: number;
  /** Milliseconds since 1970. */
  deadline: number;
  signal?: AbortSignal | undefined;
}

/** @param base address without a slash at its end; every path is put behind it, so no answer can send us elsewhere. */
export function createService(
  fetcher: GuardedFetch,
  base: string,
  apiKey: string | undefined,
  now: () => number,
): Service {
  async function call(
    path: string,
    { body, maxBytes, deadline, signal }: CallOptions,
  ): Promise<{ bytes: Buffer; mime: string }> {
    const left = deadline - now();
    if (left <= 0) throw new EngineFailed("timeout", "no time left");
    try {
      const answer = await fetcher.service(base + path, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
        maxBytes,
        timeoutMs: left,
        signal,
      });
      const { status } = answer;
      const header = (name: string): string => String(answer.headers[name] ?? "");
      if (status === 401 || status === 403) throw new EngineFailed("auth", `the engine refused the key (${status})`);
      if (status === 429)
        throw new EngineFailed("rate", "the engine is asked too often", {
          retryAfter: seconds(header("retry-after"), now()),
        });
      if (status < 200 || status > 299)
        throw new EngineFailed("unreachable", `the engine answered ${status}`, {
          retryAfter: seconds(header("retry-after"), now()),
        });
      return { bytes: answer.body, mime: header("content-type").split(";")[0]?.trim() ?? "" };
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      const problem =
        error.reason === "timeout" ? "timeout" : error.reason === "too_large" ? "bad_answer" : "unreachable";
      throw new EngineFailed(problem, error.message, { cause: error });
    }
  }

  return {
    bytes: call,
    async json(path, options) {
      const { bytes } = await call(path, options);
      try {
        return JSON.parse(bytes.toString("utf8"));
      } catch (cause) {
        throw new EngineFailed("bad_answer", "the engine's answer is no JSON", { cause });
      }
    },
  };
}

/** `Retry-After` (RFC 9110 section 10.2.3) in seconds: a number, or a date. At most an hour. */
function seconds(text: string, now: number): number | undefined {
  if (text === "") return undefined;
  const n = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1000);
  return Number.isFinite(n) ? Math.min(3600, Math.max(1, n)) : undefined;
}
