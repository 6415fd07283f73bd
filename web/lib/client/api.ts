/** Calls of the browser to the API, with the session cookie. */
import { nextQuery } from "#web/lib/api/links.ts";
import type { Page, Status } from "#web/lib/api/types.ts";

export class CallError extends Error {
  override readonly name = "CallError";
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

async function request(
  method: string,
  path: string,
  body?: object | FormData,
  headers: Record<string, string> = {},
): Promise<Response> {
  const init: RequestInit = { method, headers: { accept: "application/json", ...headers } };
  if (body instanceof FormData) init.body = body;
  else if (body) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "content-type": "application/json" };
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new CallError(0, "");
  }
  if (!response.ok) {
    const answer = (await response.json().catch(() => ({}))) as { error?: string; error_description?: string };
    throw new CallError(response.status, answer.error_description ?? answer.error ?? String(response.status));
  }
  return response;
}

/** One call; throws `CallError` (status 0 when the server cannot be reached). */
export async function call<T>(
  method: string,
  path: string,
  body?: object | FormData,
  headers?: Record<string, string>,
): Promise<T> {
  return (await (await request(method, path, body, headers)).json()) as T;
}

/** Posts as the pages show them. What makes them ready is loaded when it is needed: the first page comes ready from the server. */
async function ready(list: Status[]): Promise<Status[]> {
  const { slim } = await import("#web/lib/slim.ts");
  return list.map(slim);
}

/** A call that answers a post. */
export async function callPost(
  method: string,
  path: string,
  body?: object,
  headers?: Record<string, string>,
): Promise<Status> {
  const answer = await call<Status>(method, path, body, headers);
  return (await ready([answer]))[0] ?? answer;
}

/** A list of posts with the query of its next page. */
export async function callPosts(path: string): Promise<Page<Status>> {
  const answer = await callList<Status>(path);
  return { ...answer, items: await ready(answer.items) };
}

/** A list with the query of its next page. */
export async function callList<T>(path: string): Promise<Page<T>> {
  const response = await request("GET", path);
  return { items: (await response.json()) as T[], next: nextQuery(response.headers.get("link")) };
}
