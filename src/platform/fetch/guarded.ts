import { exchange, headerOf, type Exchange, type Sink } from "./exchange.ts";
import { FetchFailed, type AnswerHeaders } from "./failed.ts";
import { createHostLimits, type HostLimitOptions } from "./limits.ts";
import { isOfType } from "./media-type.ts";
import { createPools } from "./pools.ts";
import { createResolve, type Resolve } from "./resolve.ts";
import { checkTarget, type Target, type TargetRules } from "./target.ts";

export { FetchFailed, type AnswerHeaders, type FetchReason } from "./failed.ts";

/** Signs one request; called for every hop of a redirect. The headers are added to the request. */
export type Signer = (request: {
  method: "GET" | "POST";
  url: URL;
}) => Record<string, string> | Promise<Record<string, string>>;

export interface FetchedDocument {
  /** Where it was found, after redirects: what counts when its origin is judged. */
  url: string;
  status: number;
  headers: AnswerHeaders;
  /** As sent, with parameters; empty when there was none. */
  contentType: string;
  body: Buffer;
}

export interface DocumentOptions {
  accept: string;
  /** Media types; with `;profile="…"` that profile is required too. */
  types: readonly string[];
  /** After decompression. */
  maxBytes: number;
  sign?: Signer | undefined;
  /** For the whole, redirects included, in milliseconds. Default 10,000. */
  timeoutMs?: number | undefined;
}

export interface BytesOptions {
  accept: string;
  maxBytes: number;
  timeoutMs?: number | undefined;
  sign?: Signer | undefined;
  /** Gets the body instead of `body` of the result. On failure it may have got a part. */
  sink?: Sink | undefined;
}

export interface PostAnswer {
  status: number;
  headers: AnswerHeaders;
  /** At most 16 KiB; what is beyond is cut off. */
  body: string;
}

export interface ServiceRequest {
  method: "GET" | "POST";
  headers?: Readonly<Record<string, string>>;
  body?: Buffer;
  /** Of the answer. */
  maxBytes: number;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface ServiceAnswer {
  status: number;
  headers: AnswerHeaders;
  body: Buffer;
}

/**
 * The one client for outgoing requests: every URL that another server, a user or the operator names goes through here. All methods reject
 * with {@link FetchFailed} and nothing else, except that a signer's error passes through.
 */
export interface GuardedFetch {
  /** GETs a document. Follows up to three redirects, each judged and signed anew. Only 2xx is a success. */
  document(url: string, options: DocumentOptions): Promise<FetchedDocument>;
  /** GETs media. The same, but of any type: the caller judges what it got. */
  bytes(url: string, options: BytesOptions): Promise<FetchedDocument>;
  /** POSTs once. Never follows; every status is an answer. */
  post(
    url: string,
    body: Buffer,
    headers: Readonly<Record<string, string>>,
    options?: { timeoutMs?: number | undefined },
  ): Promise<PostAnswer>;
  /**
   * Asks a service of the operator's: only origins in `trustedOrigins`, whatever their address. Never follows a redirect; every status is an answer. A client that may do
   * this must not also be the one that fetches what strangers name.
   */
  service(url: string, request: ServiceRequest): Promise<ServiceAnswer>;
  /** Ends all connections; requests under way fail. */
  close(): Promise<void>;
  /** For metrics: origins with connections, hosts with a budget. */
  readonly size: { origins: number; hosts: number };
}

export interface GuardedFetchOptions {
  version: string;
  publicUrl: string;
  /** `SKEIN_ALLOW_LOOPBACK_PEERS`: plain http to loopback, any port. */
  allowLoopback?: boolean | undefined;
  /** Ports of https besides 443. */
  ports?: readonly number[] | undefined;
  /** Origins of services that the operator runs and configured by hand; their addresses are not judged. */
  trustedOrigins?: readonly string[] | undefined;
  /** Is this host (lower case, without port) blocked? Asked before its name is looked up. */
  blocked?: ((host: string) => boolean) | undefined;
  resolve?: Resolve | undefined;
  ca?: string | undefined;
  connectTimeoutMs?: number | undefined;
  maxOrigins?: number | undefined;
  /** Limits of GET per host; media has a budget of its own. Deliveries are limited by their lanes. */
  limits?: Partial<HostLimitOptions> | undefined;
}

const TIMEOUT = 10_000;
const MAX_REDIRECTS = 3;
/** Bytes of a body that nobody asked for: answers to POST, redirects, errors. */
const SMALL_BODY = 16 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Creates the client. It holds sockets: close it. */
export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const rules: TargetRules = {
    allowLoopback: options.allowLoopback ?? false,
    ports: options.ports ?? [],
    trustedOrigins: new Set(options.trustedOrigins),
    blocked: options.blocked ?? (() => false),
  };
  const pools = createPools({
    rules,
    resolve: options.resolve ?? createResolve(),
    connectTimeoutMs: options.connectTimeoutMs ?? 3000,
    maxOrigins: options.maxOrigins ?? 2048,
    socketsPerHost: 8,
    ca: options.ca,
  });
  const limit = { burst: 40, perSecond: 4, parallel: 4, waiting: 64, ...options.limits };
  const documentLimits = createHostLimits(limit);
  const mediaLimits = createHostLimits(limit);
  const userAgent = `Skein/${options.version} (+${options.publicUrl})`;

  /** One hop of a GET. A redirect is an answer here, any other status than 2xx is not. */
  async function hop(target: Target, get: DocumentOptions | BytesOptions, deadline: number): Promise<Exchange> {
    const headers = ["user-agent", userAgent, "accept", get.accept];
    // Media is packed already.
    headers.push("accept-encoding", "types" in get ? "gzip, br" : "identity");
    if (get.sign) pushAll(headers, await get.sign({ method: "GET", url: target.url }));
    const done = await ("types" in get ? documentLimits : mediaLimits).enter(target.host, deadline);
    try {
      return await pools.use(target, (dispatcher) =>
        exchange(dispatcher, {
          method: "GET",
          path: target.path,
          headers,
          deadline,
          admit(status, answer) {
            if (REDIRECTS.has(status)) return { maxBytes: SMALL_BODY, beyond: "cut" };
            if (status < 200 || status > 299) {
              throw new FetchFailed("status", `The other server answered ${status}`, { status, headers: answer });
            }
            if ("types" in get && !isOfType(headerOf(answer, "content-type") ?? "", get.types)) {
              throw new FetchFailed("wrong_type", "Not a document of a type that was asked for", { status });
            }
            return { maxBytes: get.maxBytes, beyond: "fail", sink: "sink" in get ? get.sink : undefined };
          },
        }),
      );
    } finally {
      done();
    }
  }

  async function get(url: string, what: DocumentOptions | BytesOptions): Promise<FetchedDocument> {
    const deadline = performance.now() + (what.timeoutMs ?? TIMEOUT);
    const visited = new Set<string>();
    let target = checkTarget(url, rules);
    for (;;) {
      target.url.hash = "";
      visited.add(target.url.href);
      const { status, headers, body } = await hop(target, what, deadline);
      if (!REDIRECTS.has(status)) {
        return { url: target.url.href, status, headers, contentType: headerOf(headers, "content-type") ?? "", body };
      }
      target = next(target, headerOf(headers, "location"), status, visited);
    }
  }

  /** The next hop. It is judged like any URL, and must neither be one that was visited nor give up https. */
  function next(from: Target, location: string | undefined, status: number, visited: ReadonlySet<string>): Target {
    const refuse = (why: string): FetchFailed => new FetchFailed("redirect", why, { status });
    if (location === undefined) throw refuse("A redirect without a target");
    if (visited.size > MAX_REDIRECTS) throw refuse("Too many redirects");
    const url = URL.parse(location, from.url);
    if (!url) throw refuse("A redirect to something that is no URL");
    const target = checkTarget(url.href, rules);
    target.url.hash = "";
    if (visited.has(target.url.href)) throw refuse("A redirect in a circle");
    if (from.url.protocol === "https:" && target.url.protocol !== "https:")
      throw refuse("A redirect from https to http");
    return target;
  }

  return {
    document: get,
    bytes: get,
    async post(url, body, headers, { timeoutMs = TIMEOUT } = {}) {
      const deadline = performance.now() + timeoutMs;
      const target = checkTarget(url, rules);
      const all = ["user-agent", userAgent];
      pushAll(all, headers);
      const answer = await pools.use(target, (dispatcher) =>
        exchange(dispatcher, {
          method: "POST",
          path: target.path,
          headers: all,
          body,
          deadline,
          admit: () => ({ maxBytes: SMALL_BODY, beyond: "cut" }),
        }),
      );
      return { status: answer.status, headers: answer.headers, body: answer.body.toString() };
    },
    async service(url, request) {
      const target = checkTarget(url, rules);
      if (!rules.trustedOrigins.has(target.origin))
        throw new FetchFailed("bad_url", "Not an origin that the operator has configured");
      const all = ["user-agent", userAgent];
      pushAll(all, request.headers ?? {});
      const { status, headers, body } = await pools.use(target, (dispatcher) =>
        exchange(dispatcher, {
          method: request.method,
          path: target.path,
          headers: all,
          body: request.body,
          deadline: performance.now() + request.timeoutMs,
          signal: request.signal,
          admit: () => ({ maxBytes: request.maxBytes, beyond: "fail" }),
        }),
      );
      return { status, headers, body };
    },
    close: () => pools.close(),
    get size() {
      return { origins: pools.size, hosts: documentLimits.size + mediaLimits.size };
    },
  };
}

function pushAll(list: string[], headers: Readonly<Record<string, string>>): void {
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) list.push(name, value);
  }
}
