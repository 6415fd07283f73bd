/** A load generator on keep-alive connections. It runs in the benchmark's own process, whose CPU is not counted. */
import { Agent, request, type IncomingMessage } from "node:http";
import { performance } from "node:perf_hooks";

export interface Call {
  path: string;
  token?: string;
  method?: "GET" | "POST";
  /** Sent as JSON. */
  body?: unknown;
}

export interface Answer {
  status: number;
  text: string;
  ms: number;
}

/** A client with a fixed number of connections to one server. */
export class Client {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, connections: number) {
    this.#port = port;
    // Less than the server's own idle time, so that a request never meets a connection that is being closed.
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, timeout: 10_000 });
  }

  /** Sends one request and reads the whole answer. */
  call({ path, token, method = "GET", body }: Call): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const before = performance.now();
    const headers: Record<string, string | number> = {};
    if (token) headers["authorization"] = `Bearer ${token}`;
    if (payload) {
      headers["content-type"] = "application/json";
      headers["content-length"] = payload.length;
    }
    const sent = request(
      { host: "127.0.0.1", port: this.#port, path, method, agent: this.#agent, headers },
      (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            ms: performance.now() - before,
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(payload);
    return promise;
  }

  /** Sends `count` requests, as many at once as there are connections. Throws when an answer is not 200. */
  async run(count: number, next: (n: number) => Call, check?: (answer: Answer, n: number) => void): Promise<number[]> {
    const times: number[] = [];
    let n = 0;
    const lane = async (): Promise<void> => {
      while (n < count) {
        const mine = n++;
        const call = next(mine);
        const answer = await this.call(call);
        if (answer.status !== 200) {
          throw new Error(
            `${call.method ?? "GET"} ${call.path} answered ${answer.status}: ${answer.text.slice(0, 300)}`,
          );
        }
        check?.(answer, mine);
        times.push(answer.ms);
      }
    };
    await Promise.all(Array.from({ length: this.#agent.maxSockets }, lane));
    return times;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which the given share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
