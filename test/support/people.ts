/** People who use a running server through its HTTP API, as a browser would: signed in by cookie. */
import assert from "node:assert/strict";
import { SESSION_COOKIE } from "#shared/web-host.ts";
import type { TestServer } from "./server.ts";

/** A started server, or an app in process (see `app.ts`). */
export type Place = Pick<TestServer, "fetch" | "url">;

export interface Person {
  username: string;
  id: string;
  /** Value of the `cookie` header. */
  cookie: string;
  /** Calls the API as this person. A body is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The same, and the answer has to be 200; returns its JSON. */
  ok<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
}

/** Everybody's password. */
export const PASSWORD = "correct horse battery staple";

/** Creates the owner's account with the set-up link the server printed. */
export async function setUpOwner(server: TestServer, username = "owner"): Promise<Person> {
  const token = server.setupToken();
  assert.ok(token, `the server printed no set-up link:\n${server.output()}`);
  const body = { token, username, email: `${username}@example.com`, password: PASSWORD };
  return signedIn(server, username, await post(server, "/api/skein/v1/setup", body));
}

/** Registers somebody on a server with open registration. */
export async function signUp(server: Place, username: string): Promise<Person> {
  const body = { username, email: `${username}@example.com`, password: PASSWORD, agreement: true };
  return signedIn(server, username, await post(server, "/api/skein/v1/signup", body));
}

/** Signs in again, after a restart of the server for example. */
export async function signIn(server: Place, username: string): Promise<Person> {
  return signedIn(
    server,
    username,
    await post(server, "/api/skein/v1/sessions", { login: username, password: PASSWORD }),
  );
}

async function post(server: Place, path: string, body: unknown): Promise<Response> {
  return server.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify(body),
  });
}

async function signedIn(server: Place, username: string, answer: Response): Promise<Person> {
  const text = await answer.text();
  assert.equal(answer.status, 200, `${username} could not sign in: ${text}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .find((pair) => pair.startsWith(`${SESSION_COOKIE}=`));
  assert.ok(cookie, `no session cookie for ${username}: ${text}`);
  const person: Person = {
    username,
    id: "",
    cookie,
    call: (method, path, body, headers) =>
      server.fetch(path, {
        method,
        headers: {
          cookie,
          origin: server.url,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    ok: async <T>(method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
      const response = await person.call(method, path, body, headers);
      const got = await response.text();
      assert.equal(response.status, 200, `${method} ${path} answered ${response.status}: ${got}`);
      return JSON.parse(got) as T;
    },
  };
  const account = await person.ok<{ id: string }>("GET", "/api/v1/accounts/verify_credentials");
  person.id = account.id;
  return person;
}

/** Every page of a list, newest first, by following `max_id`. */
export async function allPages<T extends { id: string }>(person: Person, path: string, limit = 40): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const last = all.at(-1)?.id;
    const query = `${path.includes("?") ? "&" : "?"}limit=${limit}${last === undefined ? "" : `&max_id=${last}`}`;
    const page = await person.ok<T[]>("GET", `${path}${query}`);
    all.push(...page);
    if (page.length === 0) return all;
  }
}
