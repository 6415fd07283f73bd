/** The one place where framework-neutral loaders and actions meet SvelteKit. */
import { error, fail, redirect } from "@sveltejs/kit";
import type { ActionFailure, RequestEvent } from "@sveltejs/kit";
import type { FieldError } from "#web/lib/api/types.ts";
import type { Context, SignedInContext } from "#web/loaders/context.ts";
import { Problem, Redirect } from "#web/loaders/context.ts";
import { ApiError } from "./api.ts";

type AnyEvent = Pick<RequestEvent, "locals" | "url" | "request"> & { params: Record<string, string | undefined> };

/** What a form gets back when the API refused it. */
export interface FormProblem {
  message: string;
  code: string;
  fields: Record<string, FieldError[]>;
  values: Record<string, string>;
}

const secret = /password|^current$|token/;

function contextOf(event: AnyEvent): Context {
  return { ...event.locals.context, url: event.url, params: event.params };
}

/** The page a form was sent from, when it is one of ours. */
function sentFrom(event: AnyEvent): string {
  const referer = event.request.headers.get("referer");
  if (!referer || !URL.canParse(referer)) return "/home";
  const url = new URL(referer);
  return url.origin === event.url.origin ? url.pathname + url.search : "/home";
}

function loginAddress(event: AnyEvent): string {
  const target = event.request.method === "GET" ? event.url.pathname + event.url.search : sentFrom(event);
  return `/login?next=${encodeURIComponent(target)}`;
}

function translate(cause: unknown, event: AnyEvent): never {
  if (cause instanceof Redirect) redirect(303, cause.location, { external: cause.external });
  if (cause instanceof Problem) error(cause.status, cause.message);
  if (cause instanceof ApiError) {
    if (cause.status === 401 && !event.locals.context.me) redirect(303, loginAddress(event));
    error(cause.status >= 400 && cause.status < 600 ? cause.status : 500, cause.message);
  }
  throw cause;
}

/** A page anybody may read. */
export function page<T>(loader: (context: Context) => Promise<T>): (event: AnyEvent) => Promise<T> {
  return async (event) => {
    try {
      return await loader(contextOf(event));
    } catch (cause) {
      return translate(cause, event);
    }
  };
}

/** A page for people who are signed in; others are sent to the log-in and come back. */
export function memberPage<T>(loader: (context: SignedInContext) => Promise<T>): (event: AnyEvent) => Promise<T> {
  return async (event) => {
    const context = contextOf(event);
    const { me } = context;
    if (!me) redirect(303, loginAddress(event));
    try {
      return await loader({ ...context, me });
    } catch (cause) {
      return translate(cause, event);
    }
  };
}

/**
 * A form action. It returns the path to go on to (303), or an object which the page shows. A refusal of the API comes back to the form with what was typed (never passwords).
 */
export function action<T extends object | string>(
  handler: (context: Context, form: FormData) => Promise<T>,
): (event: AnyEvent) => Promise<Exclude<T, string> | ActionFailure<FormProblem>> {
  return async (event) => {
    const form = await event.request.formData();
    try {
      const result = await handler(contextOf(event), form);
      if (typeof result === "string") redirect(303, result);
      return result as Exclude<T, string>;
    } catch (cause) {
      if (cause instanceof Redirect) redirect(303, cause.location, { external: cause.external });
      if (cause instanceof ApiError) {
        if (
          cause.status === 401 &&
          !event.locals.context.me &&
          cause.code !== "invalid_login" &&
          cause.code !== "invalid_code"
        )
          redirect(303, loginAddress(event));
        const values: Record<string, string> = {};
        for (const [name, value] of form) if (typeof value === "string" && !secret.test(name)) values[name] = value;
        return fail(cause.status, { message: cause.message, code: cause.code, fields: cause.details, values });
      }
      if (cause instanceof Problem)
        return fail(cause.status, { message: cause.message, code: "problem", fields: {}, values: {} });
      throw cause;
    }
  };
}
