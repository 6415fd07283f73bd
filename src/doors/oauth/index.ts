import { z } from "zod";
import { AppError } from "#platform/errors.ts";
import { zList, zText } from "#platform/http/fields.ts";
import { route, type Context, type Route } from "#platform/http/route.ts";
import { InternalError } from "#platform/http/server.ts";
import { OAuthError, SCOPES, type Accounts, type GrantedToken } from "#modules/accounts/index.ts";

// OAuth 2 as Mastodon's clients use it: RFC 6749, 7009 (revocation), 7636 (PKCE), 8414 (metadata). The page /oauth/authorize belongs to the web app.

/** Errors of the OAuth door: the names of RFC 6749. */
export function toOAuthError(error: AppError): Response {
  if (error instanceof OAuthError) {
    return Response.json(
      { error: error.oauth, error_description: error.message },
      { status: error.oauth === "invalid_client" ? 401 : 400 },
    );
  }
  // Tokens that do not suit have names of their own (RFC 6750, 3.1).
  const forbidden =
    error.reason === "unauthorized_client"
      ? "unauthorized_client"
      : error.reason === undefined
        ? "insufficient_scope"
        : "invalid_request";
  const name: Partial<Record<AppError["code"], string>> = {
    unauthorized: "invalid_token",
    forbidden,
    rate_limited: "temporarily_unavailable",
  };
  const status =
    error instanceof InternalError
      ? 500
      : error.code === "rate_limited"
        ? 429
        : error.code === "too_large"
          ? 413
          : error.code === "forbidden"
            ? 403
            : error.code === "unauthorized"
              ? 401
              : 400;
  return Response.json(
    {
      error: name[error.code] ?? (status === 500 ? "server_error" : "invalid_request"),
      error_description: error.message,
    },
    { status, headers: error.retryAfter === undefined ? {} : { "Retry-After": String(error.retryAfter) } },
  );
}

/** Client credentials may come in the body or by HTTP Basic (RFC 6749, 2.3.1). */
function clientOf(
  ctx: Context,
  body: { client_id?: string | undefined; client_secret?: string | undefined },
): { id: string; secret: string | undefined } {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/.exec(ctx.request.headers.get("authorization") ?? "")?.[1];
  if (basic) {
    const [id = "", secret = ""] = Buffer.from(basic, "base64").toString().split(":");
    const plain = (text: string): string => {
      try {
        return decodeURIComponent(text);
      } catch {
        return text;
      }
    };
    return { id: plain(id), secret: plain(secret) };
  }
  return { id: body.client_id ?? "", secret: body.client_secret };
}

const presentToken = (t: GrantedToken): Record<string, unknown> => ({
  access_token: t.token,
  token_type: "Bearer",
  scope: t.scopes.join(" "),
  created_at: Math.floor(t.createdAt.getTime() / 1000),
});

export function oauthRoutes(deps: { accounts: Accounts; publicUrl: string }): Route[] {
  const { oauth } = deps.accounts;
  return [
    route({
      method: "POST",
      path: "/oauth/token",
      auth: "public",
      rate: "login",
      body: z.object({
        grant_type: zText(100).default(""),
        client_id: zText(200).optional(),
        client_secret: zText(200).optional(),
        code: zText(200).default(""),
        redirect_uri: zText(2000).default(""),
        code_verifier: zText(200).optional(),
        scope: zText(2000).optional(),
      }),
      async handler(ctx, { body }) {
        const client = clientOf(ctx, body);
        if (body.grant_type === "authorization_code") {
          return presentToken(
            await oauth.exchangeCode({
              clientId: client.id,
              clientSecret: client.secret,
              code: body.code,
              redirectUri: body.redirect_uri,
              verifier: body.code_verifier,
            }),
          );
        }
        if (body.grant_type === "client_credentials") {
          return presentToken(
            await oauth.clientCredentials({
              clientId: client.id,
              clientSecret: client.secret ?? "",
              scope: body.scope,
            }),
          );
        }
        throw new OAuthError(
          "unsupported_grant_type",
          "The authorization grant type is not supported by the authorization server.",
        );
      },
    }),
    route({
      method: "POST",
      path: "/oauth/revoke",
      auth: "public",
      body: z.object({
        client_id: zText(200).optional(),
        client_secret: zText(200).optional(),
        token: zText(300).default(""),
      }),
      async handler(ctx, { body }) {
        const client = clientOf(ctx, body);
        await oauth.revoke({ clientId: client.id, clientSecret: client.secret ?? "", token: body.token });
        return {};
      },
    }),
    ...(["GET", "POST"] as const).map((method) =>
      route({
        method,
        path: "/oauth/userinfo",
        auth: "user",
        scope: ["profile", "read:accounts"],
        async handler({ viewer }) {
          const [row] = await deps.accounts.profiles.get([viewer.accountId]);
          if (!row) throw new AppError("unauthorized", "The access token is invalid");
          const url = `${deps.publicUrl}/@${row.username}`;
          return {
            iss: `${deps.publicUrl}/`,
            sub: `${deps.publicUrl}/users/${row.id}`,
            name: row.display_name || row.username,
            preferred_username: row.username,
            profile: url,
            picture: deps.publicUrl + (row.avatar?.url ?? "/img/avatar.png"),
          };
        },
      }),
    ),
    route({
      method: "GET",
      path: "/.well-known/oauth-authorization-server",
      auth: "public",
      handler: async () => ({
        issuer: `${deps.publicUrl}/`,
        authorization_endpoint: `${deps.publicUrl}/oauth/authorize`,
        token_endpoint: `${deps.publicUrl}/oauth/token`,
        revocation_endpoint: `${deps.publicUrl}/oauth/revoke`,
        userinfo_endpoint: `${deps.publicUrl}/oauth/userinfo`,
        app_registration_endpoint: `${deps.publicUrl}/api/v1/apps`,
        service_documentation: "https://docs.joinmastodon.org/",
        scopes_supported: SCOPES,
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "client_credentials"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
        code_challenge_methods_supported: ["S256"],
      }),
    }),
  ];
}

/** Registration and check of applications: Mastodon's paths, with Mastodon's error bodies. */
export function appRoutes(deps: {
  accounts: Accounts;
  /** By which push services know this instance. */
  vapidKey: () => Promise<string>;
}): Route[] {
  const { oauth } = deps.accounts;
  return [
    route({
      method: "POST",
      path: "/api/v1/apps",
      auth: "public",
      rate: "login",
      body: z.object({
        client_name: zText(200).default(""),
        redirect_uris: z.union([zText(10_000), zList(zText(2000), 20)]).default(""),
        scopes: zText(2000).optional(),
        website: zText(2000).nullable().optional(),
      }),
      async handler(_ctx, { body }) {
        const redirectUris = (
          typeof body.redirect_uris === "string" ? body.redirect_uris.split(/\s+/) : body.redirect_uris
        ).filter(Boolean);
        const { app, clientSecret } = await oauth.registerApp({
          name: body.client_name,
          redirectUris,
          scopes: body.scopes,
          website: body.website ?? undefined,
        });
        return {
          id: app.id.toString(),
          name: app.name,
          website: app.website,
          scopes: app.scopes,
          redirect_uri: app.redirect_uris.join("\n"),
          redirect_uris: app.redirect_uris,
          client_id: app.client_id,
          client_secret: clientSecret,
          client_secret_expires_at: 0,
          vapid_key: await deps.vapidKey(),
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/apps/verify_credentials",
      auth: "app",
      async handler(ctx) {
        const id = ctx.viewer?.appId ?? ctx.app?.appId;
        const app = id === undefined ? undefined : await oauth.app(id);
        if (!app) throw new AppError("unauthorized", "The access token is invalid");
        return {
          id: app.id.toString(),
          name: app.name,
          website: app.website,
          scopes: app.scopes,
          redirect_uri: app.redirect_uris.join("\n"),
          redirect_uris: app.redirect_uris,
          vapid_key: await deps.vapidKey(),
        };
      },
    }),
  ];
}
