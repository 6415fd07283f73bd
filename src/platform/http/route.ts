import type { z } from "zod";
import type { Id } from "#platform/ids.ts";

/** Who is asking. */
export interface Viewer {
  accountId: Id;
  role: "user" | "moderator" | "admin" | "owner";
  /** Granted OAuth scopes; a web session has all of them. */
  scopes: ReadonlySet<string>;
  /** The token's or session's id. */
  credentialId: Id;
  kind: "token" | "session";
  appId: Id | undefined;
}

/** An application that asks for itself (client credentials). */
export interface AppViewer {
  appId: Id;
  scopes: ReadonlySet<string>;
}

export interface Identity {
  viewer: Viewer | undefined;
  app: AppViewer | undefined;
}

/** Headers of an answer while it is being made. */
export interface AnswerHeaders {
  set(name: string, value: string): void;
  /** Adds a further value, for headers that may stand several times (`Set-Cookie`). */
  append(name: string, value: string): void;
}

export interface Context {
  viewer: Viewer | undefined;
  app: AppViewer | undefined;
  request: Request;
  url: URL;
  requestId: string;
  ip: string;
  /** Headers to add to the answer. */
  headers: AnswerHeaders;
}

export interface SignedIn extends Context {
  viewer: Viewer;
}

/** `public`: anyone; `user`: somebody signed in; `app`: a token of any kind; `mod`, `admin`: staff. */
export type Auth = "public" | "user" | "app" | "mod" | "admin";

/** Classes of rate limits; the limits themselves are in `rate.ts`. */
export type RateClass = "general" | "posting" | "media" | "deleting" | "login" | "signup" | "search" | "none";

type Schema = z.ZodType | undefined;
type Out<S extends Schema> = S extends z.ZodType ? z.output<S> : Record<string, never>;

/** What a handler may answer: a value to be sent as JSON, a `Response`, or JSON text that is ready to go. */
export class JsonText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Hono pattern, e.g. `/api/v1/statuses/:id`. */
  path: string;
  auth: Auth;
  /** OAuth scope a token needs, e.g. `write:statuses`. A wider scope (`write`) includes it. Several: any one suffices. */
  scope: string | readonly string[] | undefined;
  rate: RateClass;
  params: Schema;
  query: Schema;
  body: Schema;
  /** Largest body in bytes, when it differs from the door's default. */
  maxBody: number | undefined;
  handle(ctx: Context, input: { params: unknown; query: unknown; body: unknown }): Promise<unknown>;
}

interface RouteSpec<A extends Auth, P extends Schema, Q extends Schema, B extends Schema> {
  method: Route["method"];
  path: string;
  auth: A;
  scope?: string | readonly string[];
  rate?: RateClass;
  params?: P;
  query?: Q;
  body?: B;
  maxBody?: number;
  handler(
    ctx: A extends "user" | "mod" | "admin" ? SignedIn : Context,
    input: { params: Out<P>; query: Out<Q>; body: Out<B> },
  ): Promise<unknown>;
}

/** Declares a route as data. One loop registers it, checks token, scope and rate, parses the input, and answers. */
export function route<
  A extends Auth,
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
>(spec: RouteSpec<A, P, Q, B>): Route {
  return {
    method: spec.method,
    path: spec.path,
    auth: spec.auth,
    scope: spec.scope,
    rate: spec.rate ?? "general",
    params: spec.params,
    query: spec.query,
    body: spec.body,
    maxBody: spec.maxBody,
    // The registering loop has checked `auth` and parsed the input by these very schemas: this is the one place that joins both sides.
    handle: (ctx, input) =>
      spec.handler(ctx as Parameters<typeof spec.handler>[0], input as Parameters<typeof spec.handler>[1]),
  };
}

/** True when the granted scopes include the wanted one: `write` includes `write:statuses`, `admin:read` includes `admin:read:accounts`. */
export function scopeGranted(granted: ReadonlySet<string>, wanted: string): boolean {
  if (granted.has(wanted)) return true;
  const cut = wanted.lastIndexOf(":");
  return cut > 0 && scopeGranted(granted, wanted.slice(0, cut));
}
