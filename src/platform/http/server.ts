import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono, type Context as HonoContext } from "hono";
import type { z } from "zod";
import { isPgError } from "#platform/db/tx.ts";
import { AppError, type FieldProblem } from "#platform/errors.ts";
import type { Log } from "#platform/log/log.ts";
import type { Metrics } from "#platform/telemetry/metrics.ts";
import { nest, readBody, type BodyLimits } from "./body.ts";
import type { Rates, RateState } from "./rate.ts";
import { JsonText, scopeGranted, type AnswerHeaders, type Context, type Identity, type Route } from "./route.ts";

/** What travels with a request beside itself. */
export interface RequestEnv {
  /** Address of the client, after trusted proxies. */
  ip?: string;
  /** True for calls of the web app from inside the process: the page's own request has passed the origin check. */
  inProcess?: boolean;
  requestId?: string;
  /** Set for requests that came over the network. */
  incoming?: IncomingMessage;
  outgoing?: ServerResponse;
}

export type HttpApp = Hono<{ Bindings: RequestEnv }>;
type Ctx = HonoContext<{ Bindings: RequestEnv }>;

/** Answers an error in the form of one door's protocol. */
export type ErrorMapper = (error: AppError, requestId: string) => Response;

export interface MountOptions {
  authenticate(
    header: (name: "authorization" | "cookie") => string | undefined,
  ): Promise<Identity & { cookie: boolean }>;
  toError: ErrorMapper;
  rates: Rates;
  log: Log;
  metrics: Metrics;
  publicUrl: string;
  limits?: BodyLimits;
  /** Addresses that may not use the server at all. Asked for every request, so from memory. */
  refuses?: (ip: string) => boolean;
  /** Test harness only: sees every JSON answer. */
  observe?: ((method: string, path: string, status: number, body: string) => void) | undefined;
}

const DEFAULT_LIMITS: BodyLimits = { text: 1024 * 1024, multipart: 1024 * 1024 };

const CORS_EXPOSED =
  "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, Mastodon-Async-Refresh";

/** An empty app. A trailing slash is accepted on every path, without a redirect. */
export function createHttpApp(): HttpApp {
  return new Hono<{ Bindings: RequestEnv }>({
    getPath: (request) => {
      const start = request.url.indexOf("/", 8);
      const query = request.url.indexOf("?", start);
      const path = request.url.slice(start, query === -1 ? undefined : query);
      return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
    },
  });
}

/** Allows programs on other origins to use the API. No credentials: browsers then never send our cookie along. */
export function allowCors(app: HttpApp, paths: readonly string[]): void {
  for (const path of paths) {
    app.options(path, (c) =>
      c.body(null, 204, {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
        "Access-Control-Expose-Headers": CORS_EXPOSED,
        "Access-Control-Max-Age": "86400",
      }),
    );
  }
}

/** Registers routes: the one loop that authenticates, checks scope, role and rate, parses, answers, and maps errors. */
export function mount(app: HttpApp, routes: readonly Route[], options: MountOptions): void {
  for (const r of routes) {
    app.on(r.method, r.path, (c) => answer(c, r, options));
  }
}

// Unique within the process, short, and cheap: one is made for every request.
const idPrefix = randomBytes(5).toString("base64url");
let idCounter = 0;

/** A new request id. */
export function newRequestId(): string {
  idCounter = (idCounter + 1) % 0x100000000;
  return `${idPrefix}-${idCounter.toString(36)}`;
}

type HeaderRecord = Record<string, string | string[]>;

function headerBag(record: HeaderRecord): AnswerHeaders {
  return {
    set(name, value) {
      record[name] = value;
    },
    append(name, value) {
      const before = record[name];
      record[name] = before === undefined ? [value] : [...(typeof before === "string" ? [before] : before), value];
    },
  };
}

async function answer(c: Ctx, r: Route, o: MountOptions): Promise<Response> {
  const started = performance.now();
  const requestId = c.env?.requestId ?? newRequestId();
  const record: HeaderRecord = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": CORS_EXPOSED,
    "Cache-Control": "private, no-store",
    "X-Request-Id": requestId,
  };
  let result: string | Response;
  try {
    result = await perform(c, r, o, requestId, headerBag(record));
  } catch (error) {
    result = o.toError(asAppError(error, o.log, requestId, r.path), requestId);
  }
  const status = typeof result === "string" ? 200 : result.status;
  const seconds = (performance.now() - started) / 1000;
  o.metrics.request(r.path, r.method, status, seconds);
  if (o.log.isLevelEnabled("debug"))
    o.log.debug({ requestId, route: r.path, method: r.method, status, ms: Math.round(seconds * 1000) }, "request");
  if (typeof result !== "string") {
    for (const [name, value] of Object.entries(record)) {
      if (name === "Cache-Control" && result.headers.has(name)) continue;
      if (typeof value === "string") result.headers.set(name, value);
      else for (const one of value) result.headers.append(name, one);
    }
    return result;
  }
  record["Content-Type"] = "application/json; charset=utf-8";
  const outgoing = c.env?.outgoing;
  if (!outgoing) {
    const headers = new Headers();
    for (const [name, value] of Object.entries(record))
      for (const one of typeof value === "string" ? [value] : value) headers.append(name, one);
    return new Response(result, { status: 200, headers });
  }
  // Straight into the socket: a Response and its stream would cost more than most answers.
  const bytes = Buffer.from(result);
  record["Content-Length"] = String(bytes.byteLength);
  outgoing.writeHead(200, record);
  outgoing.end(bytes);
  return RESPONSE_ALREADY_SENT;
}

async function perform(
  c: Ctx,
  r: Route,
  o: MountOptions,
  requestId: string,
  headers: AnswerHeaders,
): Promise<string | Response> {
  const request = c.req.raw;
  const url = new URL(request.url);
  const ip = c.env?.ip ?? "127.0.0.1";
  if (o.refuses?.(ip) === true)
    throw new AppError("forbidden", "This server does not accept requests from your network.", {
      reason: "blocked_network",
    });
  const identity = await o.authenticate((name) => headerOf(c, name));
  if (identity.cookie && r.method !== "GET" && c.env?.inProcess !== true && !sameOrigin(request, o.publicUrl)) {
    throw new AppError("forbidden", "This request came from another site, so it was not carried out.", {
      reason: "cross_site",
    });
  }
  const ctx: Context = { viewer: identity.viewer, app: identity.app, request, url, requestId, ip, headers };
  authorize(r, ctx);
  if (r.rate !== "none") {
    const who = ctx.viewer ? `a${ctx.viewer.accountId}` : `i${ip}`;
    let state = await o.rates.take("general", who);
    if (r.rate !== "general" && !state.exceeded) state = await o.rates.take(r.rate, who);
    rateHeaders(headers, state);
    if (state.exceeded) {
      const wait = Math.max(1, Math.ceil((state.resetAt.getTime() - Date.now()) / 1000));
      throw new AppError("rate_limited", "Too many requests", { retryAfter: wait });
    }
  }
  const params = parse(r.params, c.req.param(), "path");
  const query = parse(r.query, r.query && url.search ? nest(url.searchParams) : {}, "query");
  let body: unknown = {};
  if (r.body) {
    const limits = o.limits ?? DEFAULT_LIMITS;
    const raw = await readBody(request, r.maxBody === undefined ? limits : { text: limits.text, multipart: r.maxBody });
    // Clients put parameters of writes into the query string too; the body wins.
    body = parse(r.body, url.search ? { ...nest(url.searchParams), ...raw } : raw, "body");
  }
  const result = await r.handle(ctx, { params, query, body });
  if (result instanceof Response) return result;
  const text = result instanceof JsonText ? result.text : JSON.stringify(result ?? {});
  o.observe?.(r.method, url.pathname, 200, text);
  return text;
}

/** One header, without building an object of all of them where the connection's own are at hand. */
function headerOf(c: Ctx, name: "authorization" | "cookie"): string | undefined {
  const { incoming } = c.env ?? {};
  return incoming ? incoming.headers[name] : (c.req.raw.headers.get(name) ?? undefined);
}

function authorize(r: Route, ctx: Context): void {
  if (r.auth === "public") {
    // Who shows a token sees what its owner sees: then it must suit, even where none is needed.
    if (ctx.viewer) needScope(r, ctx.viewer.scopes);
    return;
  }
  const staffNeeded = r.auth === "mod" || r.auth === "admin";
  if (r.auth === "app") {
    if (!ctx.viewer && !ctx.app) throw new AppError("unauthorized", "The access token is invalid");
  } else if (!ctx.viewer) {
    if (ctx.app) throw new AppError("unprocessable", "This method requires an authenticated user");
    throw new AppError("unauthorized", "The access token is invalid");
  }
  needScope(r, ctx.viewer?.scopes ?? ctx.app?.scopes ?? new Set<string>());
  if (staffNeeded) {
    const role = ctx.viewer?.role ?? "user";
    const ok = r.auth === "mod" ? role !== "user" : role === "admin" || role === "owner";
    if (!ok) throw new AppError("forbidden", "This action is not allowed");
  }
}

function needScope(r: Route, granted: ReadonlySet<string>): void {
  const wanted = r.scope === undefined ? [] : typeof r.scope === "string" ? [r.scope] : r.scope;
  if (wanted.length > 0 && !wanted.some((s) => scopeGranted(granted, s))) {
    throw new AppError("forbidden", "This action is outside the authorized scopes");
  }
}

/** Origin check for requests that are authenticated by cookie (OWASP, "Verifying origin with standard headers"). */
export function sameOrigin(request: Request, publicUrl: string): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null) return origin === publicUrl;
  const site = request.headers.get("sec-fetch-site");
  return site === "same-origin" || site === "none";
}

function rateHeaders(headers: AnswerHeaders, state: RateState): void {
  headers.set("X-RateLimit-Limit", String(state.limit));
  headers.set("X-RateLimit-Remaining", String(state.remaining));
  headers.set("X-RateLimit-Reset", state.resetAt.toISOString());
}

function parse(schema: z.ZodType | undefined, value: unknown, where: "path" | "query" | "body"): unknown {
  if (!schema) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  // An id in the path that is no id cannot name anything.
  if (where === "path") throw new AppError("not_found", "Record not found");
  const details: Record<string, FieldProblem[]> = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path.map(String).join(".") || where;
    const missing = issue.code === "invalid_type" && issue.input === undefined;
    (details[field] ??= []).push({
      error: missing ? "ERR_BLANK" : "ERR_INVALID",
      description: missing ? "can't be blank" : lower(issue.message),
    });
  }
  const sentence = Object.entries(details)
    .slice(0, 5)
    .map(([field, problems]) => `${field} ${problems[0]?.description ?? "is not valid"}`)
    .join(", ");
  throw new AppError(where === "query" ? "bad_request" : "unprocessable", `Validation failed: ${sentence}`, {
    details,
  });
}

function lower(text: string): string {
  return text.replace(/^Invalid input: /, "is not valid: ").replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase());
}

/** Errors we did not throw on purpose become 503 or 500; the details stay in the log. */
function asAppError(error: unknown, log: Log, requestId: string, route: string): AppError {
  if (error instanceof AppError) return error;
  // A row that something points to vanished in the meantime (foreign key), or text PostgreSQL cannot hold.
  if (isPgError(error) && error.code === "23503") return new AppError("not_found", "Record not found");
  if (isPgError(error) && (error.code === "22021" || error.code === "22P05"))
    return new AppError("unprocessable", "Validation failed: the text contains characters that are not allowed");
  log.error({ err: error, requestId, route }, "unhandled error");
  return new InternalError(requestId);
}

/** An unexpected failure: answered with 500 and a report id. */
export class InternalError extends AppError {
  constructor(requestId: string) {
    super("unavailable", `Something went wrong on our side. Nothing was changed. Report id ${requestId}`);
    this.name = "InternalError";
  }
}
