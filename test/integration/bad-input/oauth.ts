import { INVALID, urlencoded, type Case } from "./case.ts";
import type { World } from "./world.ts";

/** OAuth: RFC 6749 names the errors. */
export async function oauthCases(w: World): Promise<Case[]> {
  const { client, pkce } = w;
  const callback = "https://client.example/callback";
  const token = (name: string, fields: Record<string, string>, status: number, error: string): Case => ({
    name: `token: ${name}`,
    call: "POST /oauth/token",
    as: "nobody",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: client.id,
      client_secret: client.secret,
      redirect_uri: callback,
      ...fields,
    }).toString(),
    headers: urlencoded,
    status,
    error,
  });
  const request = (fields: Record<string, string>): Record<string, string> => ({
    response_type: "code",
    client_id: client.id,
    redirect_uri: callback,
    scope: "read",
    ...fields,
  });
  const ask = (name: string, fields: Record<string, string>, error: string, status = 400): Case[] => [
    {
      name: `authorization: ${name}`,
      call: `GET /api/skein/v1/oauth/authorization?${new URLSearchParams(request(fields))}`,
      as: "cookie",
      status,
      error,
    },
    {
      name: `agreeing: ${name}`,
      call: "POST /api/skein/v1/oauth/authorization",
      as: "cookie",
      json: { ...request(fields), decision: "allow" },
      status,
      error,
    },
  ];
  const app = (name: string, json: unknown, error: RegExp): Case => ({
    name: `program: ${name}`,
    call: "POST /api/v1/apps",
    as: "nobody",
    json,
    status: 422,
    error,
  });
  const good = { client_name: "A program", redirect_uris: callback };
  const challenged = { code_challenge: pkce.challenge, code_challenge_method: "S256" };
  const used = await w.code();
  const spent = await w.app.fetch("/oauth/token", {
    method: "POST",
    headers: urlencoded,
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: client.id,
      client_secret: client.secret,
      redirect_uri: callback,
      code: used,
    }).toString(),
  });
  const usedToken = ((await spent.json()) as { access_token: string }).access_token;
  // The token goes before the table starts, so that the second use of its code has nothing left to revoke.
  await w.app.app.accounts.oauth.revoke({ clientId: client.id, clientSecret: client.secret, token: usedToken });
  return [
    app("nothing at all", {}, /client_name/),
    app("no name", { ...good, client_name: " " }, /client_name/),
    app("no address", { client_name: "A program" }, /redirect_uris/),
    app("an address that is none", { ...good, redirect_uris: "nowhere" }, /redirect_uris/),
    app("an address that is a script", { ...good, redirect_uris: "javascript:alert(1)" }, /redirect_uris/),
    app("an unknown scope", { ...good, scopes: "read everything" }, /scopes/),
    app("a website that is a script", { ...good, website: "javascript:alert(document.cookie)" }, /website/),
    app("a name with NUL", { ...good, client_name: "a\0b" }, /not allowed/),
    app("addresses that are an object", { ...good, redirect_uris: { a: { b: 1 } } }, INVALID),
    token("nothing", { grant_type: "" }, 400, "unsupported_grant_type"),
    token("a password", { grant_type: "password" }, 400, "unsupported_grant_type"),
    token("an unknown program", { client_id: "nobody" }, 401, "invalid_client"),
    token("a wrong secret", { client_secret: "guessed", code: await w.code() }, 401, "invalid_client"),
    token("an unknown code", { code: "guessed" }, 400, "invalid_grant"),
    token("a used code", { code: used }, 400, "invalid_grant"),
    token(
      "another program's code",
      { code: await w.code(), client_id: client.other.id, client_secret: client.other.secret },
      400,
      "invalid_grant",
    ),
    token("another address", { code: await w.code(), redirect_uri: "urn:ietf:wg:oauth:2.0:oob" }, 400, "invalid_grant"),
    token("a challenge without its verifier", { code: await w.code(challenged) }, 400, "invalid_grant"),
    token(
      "a challenge with another verifier",
      { code: await w.code(challenged), code_verifier: "another".repeat(8) },
      400,
      "invalid_grant",
    ),
    token(
      "a challenge with itself",
      { code: await w.code(challenged), code_verifier: pkce.challenge },
      400,
      "invalid_grant",
    ),
    token("neither secret nor challenge", { code: await w.code(), client_secret: "" }, 400, "invalid_grant"),
    token(
      "client credentials without a secret",
      { grant_type: "client_credentials", client_secret: "" },
      401,
      "invalid_client",
    ),
    token(
      "client credentials with an unknown scope",
      { grant_type: "client_credentials", scope: "everything" },
      400,
      "invalid_scope",
    ),
    token("an endless code", { code: "x".repeat(5000) }, 400, "invalid_request"),
    {
      name: "token: broken JSON",
      call: "POST /oauth/token",
      as: "nobody",
      body: "{",
      headers: { "content-type": "application/json" },
      status: 400,
      error: "invalid_request",
    },
    {
      name: "token: a body of two megabytes",
      call: "POST /oauth/token",
      as: "nobody",
      body: `code=${"x".repeat(2 * 1024 * 1024)}`,
      headers: urlencoded,
      status: 413,
      error: "invalid_request",
    },
    {
      name: "revoking without a secret",
      call: "POST /oauth/revoke",
      as: "nobody",
      json: { client_id: client.id, token: "x" },
      status: 403,
      error: "unauthorized_client",
    },
    {
      name: "who one is without a token",
      call: "GET /oauth/userinfo",
      as: "nobody",
      status: 401,
      error: "invalid_token",
    },
    {
      name: "who one is with a writing token",
      call: "GET /oauth/userinfo",
      as: "writer",
      status: 403,
      error: "insufficient_scope",
    },
    ...ask("an unknown program", { client_id: "nobody" }, "invalid_client", 401),
    ...ask("an address nobody registered", { redirect_uri: "https://evil.example/" }, "invalid_redirect_uri"),
    ...ask(
      "an address that begins like a registered one",
      { redirect_uri: `${callback}/../evil` },
      "invalid_redirect_uri",
    ),
    ...ask("a token at once", { response_type: "token" }, "unsupported_response_type"),
    ...ask("a plain challenge", { code_challenge: pkce.verifier, code_challenge_method: "plain" }, "invalid_request"),
    ...ask("a challenge without a method", { code_challenge: pkce.challenge }, "invalid_request"),
    ...ask("a challenge that is none", { code_challenge: "short", code_challenge_method: "S256" }, "invalid_request"),
    ...ask("an unknown scope", { scope: "everything" }, "invalid_scope"),
    {
      name: "agreeing signed out",
      call: "POST /api/skein/v1/oauth/authorization",
      as: "nobody",
      json: { ...request({}), decision: "allow" },
      status: 401,
      error: "unauthorized",
    },
    {
      name: "agreeing by token",
      call: "POST /api/skein/v1/oauth/authorization",
      json: { ...request({}), decision: "allow" },
      status: 403,
      error: "forbidden",
    },
    {
      name: "agreeing from another site",
      call: "POST /api/skein/v1/oauth/authorization",
      as: "elsewhere",
      json: { ...request({}), decision: "allow" },
      status: 403,
      error: "cross_site",
    },
    {
      name: "agreeing perhaps",
      call: "POST /api/skein/v1/oauth/authorization",
      as: "cookie",
      json: { ...request({}), decision: "perhaps" },
      status: 422,
      error: "unprocessable",
    },
  ];
}
