import type { FieldError, Page } from "#web/lib/api/types.ts";
import { nextQuery } from "#web/lib/api/links.ts";
import { webHost } from "#shared/web-host.ts";

/** An error answer of the API. `code` is Skein's error code, or the sentence of the client API. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, FieldError[]>;

  constructor(status: number, code: string, sentence: string, details: Record<string, FieldError[]>) {
    super(sentence);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

type Query = Record<string, string | number | boolean | string[] | null | undefined>;
type Body = object | FormData | undefined;

/** The client API as a page sees it: in process, with the rights of the page's request. */
export interface Api {
  get<T>(path: string, query?: Query): Promise<T>;
  /** A list with the query of its next page. */
  list<T>(path: string, query?: Query | string): Promise<Page<T>>;
  send<T>(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: Body,
    headers?: Record<string, string>,
  ): Promise<T>;
}

function withQuery(path: string, query: Query | string | undefined): string {
  if (query === undefined) return path;
  if (typeof query === "string") return query === "" ? path : `${path}?${query}`;
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    if (Array.isArray(value)) for (const item of value) params.append(`${name}[]`, item);
    else params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}

async function toError(response: Response): Promise<ApiError> {
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    body = null;
  }
  const record = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const code = typeof record["error"] === "string" ? record["error"] : `http_${response.status}`;
  const sentence = typeof record["error_description"] === "string" ? record["error_description"] : code;
  const details = typeof record["details"] === "object" && record["details"] !== null ? record["details"] : {};
  return new ApiError(response.status, code, sentence, details as Record<string, FieldError[]>);
}

/**
 * Builds the API for one page request. `cookie` is the page's cookie header; `forwarded` are the headers which tell the API who is calling (address, program); each Set-Cookie of an answer is
 * handed to `onCookie`.
 */
export function createApi(
  cookie: string | null,
  forwarded: Record<string, string>,
  onCookie: (value: string) => void,
): Api {
  let current = cookie;
  const call = async (method: string, path: string, body?: Body, extra?: Record<string, string>): Promise<Response> => {
    const headers = new Headers({ ...forwarded, ...extra, accept: "application/json" });
    if (current) headers.set("cookie", current);
    let payload: FormData | string | undefined;
    if (body instanceof FormData) payload = body;
    else if (body !== undefined) {
      payload = JSON.stringify(body);
      headers.set("content-type", "application/json");
    }
    const host = webHost();
    const response = await host.fetch(
      new Request(new URL(path, host.publicUrl), {
        method,
        headers,
        ...(payload === undefined ? {} : { body: payload }),
      }),
    );
    for (const value of response.headers.getSetCookie()) {
      onCookie(value);
      // What follows in the same request already acts in the new session.
      const pair = value.split(";", 1)[0];
      if (pair) current = current ? `${current}; ${pair}` : pair;
    }
    if (!response.ok) throw await toError(response);
    return response;
  };
  const read = async <T>(response: Response): Promise<T> => {
    const text = await response.text();
    return (text === "" ? {} : JSON.parse(text)) as T;
  };
  return {
    get: async <T>(path: string, query?: Query) => read<T>(await call("GET", withQuery(path, query))),
    list: async <T>(path: string, query?: Query | string) => {
      const response = await call("GET", withQuery(path, query));
      return { items: await read<T[]>(response), next: nextQuery(response.headers.get("link")) };
    },
    send: async <T>(method: string, path: string, body?: Body, headers?: Record<string, string>) =>
      read<T>(await call(method, path, body, headers)),
  };
}
