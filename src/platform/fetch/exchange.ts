import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Dispatcher } from "undici";
import { FetchFailed, failure, type AnswerHeaders } from "./failed.ts";

/** Takes the body piece by piece; the connection waits while a promise is pending. */
export type Sink = (chunk: Buffer) => void | Promise<void>;

export interface ExchangeRequest {
  method: "GET" | "POST";
  path: string;
  /** Names and values in turn. */
  headers: string[];
  body?: Buffer | undefined;
  /** When it has to be over, in milliseconds of the monotonic clock. */
  deadline: number;
  /** Ends it earlier. */
  signal?: AbortSignal | undefined;
  /**
   * Asked as soon as status and headers are there.
   *
   * @returns how many bytes of body may come, after decompression, and what happens beyond: `fail` or `cut` it off.
   * @throws FetchFailed to end the exchange.
   */
  admit(status: number, headers: AnswerHeaders): { maxBytes: number; beyond: "fail" | "cut"; sink?: Sink | undefined };
}

export interface Exchange {
  status: number;
  headers: AnswerHeaders;
  /** Empty when a sink took it. */
  body: Buffer;
}

export function headerOf(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

/** Undefined for a body as it is. More than one coding, or one that was not asked for, is refused: chains of them are bombs. */
function decoderFor(encoding: string): Transform | undefined {
  switch (encoding.trim().toLowerCase()) {
    case "":
    case "identity":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      throw new FetchFailed("wrong_type", "A content coding that was not asked for");
  }
}

/**
 * One request and its answer over a dispatcher of undici, with a deadline for the whole and a limit on the decompressed body. Written on
 * `dispatch`, because that builds no streams and no promises per chunk.
 *
 * @throws FetchFailed (as a rejection).
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let wireBytes = 0;
    let limit: ReturnType<ExchangeRequest["admit"]> = { maxBytes: 0, beyond: "fail" };
    let status = 0;
    let answer: AnswerHeaders = {};
    let decoder: Transform | undefined;
    let controller: Dispatcher.DispatchController | undefined;
    let writing: Promise<void> | undefined;
    let over = false;

    const timer = setTimeout(
      () => fail(new FetchFailed("timeout", "The other server did not answer in time")),
      Math.max(1, request.deadline - performance.now()),
    );
    timer.unref();
    const abort = (): void => fail(new FetchFailed("timeout", "Given up"));
    request.signal?.addEventListener("abort", abort, { once: true });

    function end(): void {
      over = true;
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", abort);
      decoder?.destroy();
    }
    function fail(error: unknown): void {
      if (over) return;
      end();
      const failed = failure(error);
      controller?.abort(failed);
      reject(failed);
    }
    function succeed(): void {
      if (over) return;
      end();
      resolve({ status, headers: answer, body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
    }
    /** Everything that arrived, or as much of it as is wanted, is here; a sink may still be writing. */
    function finish(): void {
      if (writing) writing.then(finish, fail);
      else succeed();
    }
    function cut(): void {
      if (limit.beyond === "fail") return fail(new FetchFailed("too_large", "The answer is too large", { status }));
      const reason = new FetchFailed("too_large", "The rest is not needed");
      finish();
      controller?.abort(reason);
    }

    function take(chunk: Buffer): void {
      if (over) return;
      const room = limit.maxBytes - bytes;
      bytes += chunk.length;
      if (chunk.length > room) {
        if (limit.beyond === "cut" && room > 0) chunks.push(chunk.subarray(0, room));
        return cut();
      }
      if (!limit.sink) {
        chunks.push(chunk);
        return;
      }
      const pending = limit.sink(chunk);
      if (!pending) return;
      const source = decoder ?? controller;
      source?.pause();
      const all = Promise.all([writing, pending]).then(() => {
        if (writing !== all) return;
        writing = undefined;
        if (!over) source?.resume();
      });
      writing = all;
      all.catch(fail);
    }

    function decode(stream: Transform): void {
      decoder = stream;
      stream.on("data", take);
      stream.on("end", finish);
      stream.on("error", (error) => fail(failure(error)));
      stream.on("drain", () => {
        if (!over) controller?.resume();
      });
    }

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        // It was given up while it waited for a connection.
        if (over) started.abort(new FetchFailed("timeout", "Given up"));
      },
      onResponseStart(_controller, code, headers) {
        if (over || code < 200) return;
        status = code;
        answer = headers;
        try {
          limit = request.admit(code, headers);
          const announced = Number(headerOf(headers, "content-length") ?? "0");
          if (announced > limit.maxBytes && limit.beyond === "fail") cut();
          else {
            const stream = decoderFor(headerOf(headers, "content-encoding") ?? "");
            if (stream) decode(stream);
          }
        } catch (error) {
          fail(error);
        }
      },
      onResponseData(_controller, chunk) {
        if (over) return;
        if (!decoder) return take(chunk);
        wireBytes += chunk.length;
        // What unpacks to less than it took has no reason to be packed.
        if (wireBytes > limit.maxBytes + 1024) return cut();
        if (!decoder.write(chunk)) controller?.pause();
      },
      onResponseEnd() {
        if (over) return;
        if (decoder) decoder.end();
        else finish();
      },
      onResponseError(_controller, error) {
        fail(error);
      },
    };

    if (request.signal?.aborted) return abort();
    try {
      dispatcher.dispatch(
        { method: request.method, path: request.path, headers: request.headers, body: request.body ?? null },
        handler,
      );
    } catch (error) {
      fail(error);
    }
  });
}
