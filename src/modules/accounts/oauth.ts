import { createHash } from "node:crypto";
import { digest, newToken, sameSecret } from "#platform/crypto/secrets.ts";
import { exec, one, run } from "#platform/db/sql.ts";
import { AppError, invalid, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { scopeGranted } from "#platform/http/route.ts";
import type { Access } from "./access.ts";
import type { AccountsDeps } from "./deps.ts";
import { SCOPES } from "./rules.ts";
import {
  appByClientId,
  appById,
  grantedApps,
  insertApp,
  insertCode,
  insertToken,
  lockCode,
  revokeAppTokens,
  revokeByCode,
  revokeToken,
  useCode,
  type AppRow,
  type GrantedAppRow,
} from "./sql-access.ts";

/** Where a program without a web address shows the code to its user. */
export const OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob";

/** How long a code may be exchanged. */
const CODE_SECONDS = 60;
/** Addresses one program may register. */
const MAX_REDIRECTS = 20;

/** An OAuth error by its RFC 6749 name. */
export class OAuthError extends AppError {
  readonly oauth: string;
  constructor(oauth: string, message: string) {
    super(oauth === "invalid_client" ? "unauthorized" : "bad_request", message, { reason: oauth });
    this.oauth = oauth;
  }
}

export interface RegisteredApp {
  app: AppRow;
  clientSecret: string;
}

export interface AuthorizationRequest {
  response_type: string;
  client_id: string;
  redirect_uri: string;
  scope: string | undefined;
  state: string | undefined;
  code_challenge: string | undefined;
  code_challenge_method: string | undefined;
}

export interface GrantedToken {
  token: string;
  scopes: string[];
  createdAt: Date;
  accountId: Id | undefined;
}

/** OAuth 2 (RFC 6749) with PKCE S256 (RFC 7636), revocation (RFC 7009) and client credentials, as Mastodon's clients use it. */
export interface OAuth {
  registerApp(input: {
    name: string;
    redirectUris: string[];
    scopes: string | undefined;
    website: string | undefined;
  }): Promise<RegisteredApp>;
  app(id: Id): Promise<AppRow | undefined>;
  /** Checks an authorization request; throws before anything is shown or redirected when client or address are wrong. */
  checkRequest(request: AuthorizationRequest): Promise<{ app: AppRow; scopes: string[] }>;
  /** Gives a code after the person agreed. */
  grantCode(accountId: Id, request: AuthorizationRequest): Promise<string>;
  exchangeCode(input: {
    clientId: string;
    clientSecret: string | undefined;
    code: string;
    redirectUri: string;
    verifier: string | undefined;
  }): Promise<GrantedToken>;
  clientCredentials(input: {
    clientId: string;
    clientSecret: string;
    scope: string | undefined;
  }): Promise<GrantedToken>;
  /** A token without a code: command line, and registration through the API. */
  issue(accountId: Id | undefined, appId: Id | undefined, scopes: string[]): Promise<GrantedToken>;
  revoke(input: { clientId: string; clientSecret: string; token: string }): Promise<void>;
  grantedApps(accountId: Id): Promise<GrantedAppRow[]>;
  revokeApp(accountId: Id, appId: Id): Promise<void>;
}

export function createOAuth(deps: AccountsDeps, access: Access): OAuth {
  function scopesOf(text: string | undefined, fallback: readonly string[]): string[] {
    const wanted = (text ?? "").split(/[\s+]+/).filter(Boolean);
    return wanted.length > 0 ? [...new Set(wanted)] : [...fallback];
  }

  async function client(clientId: string, secret: string | undefined, needSecret: boolean): Promise<AppRow> {
    const app = await one(deps.pool, appByClientId, clientId);
    const fail = (): OAuthError =>
      new OAuthError(
        "invalid_client",
        "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.",
      );
    if (!app) throw fail();
    if (secret === undefined || secret === "") {
      if (needSecret) throw fail();
      return app;
    }
    if (!sameSecret(digest(secret), app.secret_digest)) throw fail();
    return app;
  }

  async function issue(accountId: Id | undefined, appId: Id | undefined, scopes: string[]): Promise<GrantedToken> {
    const token = newToken();
    await exec(deps.pool, insertToken, deps.ids.next(), digest(token), appId ?? null, accountId ?? null, scopes, null);
    return { token, scopes, createdAt: deps.clock.now(), accountId };
  }

  const self: OAuth = {
    async registerApp(input) {
      const details: Record<string, { error: string; description: string }[]> = {};
      if (input.name.trim() === "") details["client_name"] = [{ error: "ERR_BLANK", description: "can't be blank" }];
      if (input.redirectUris.length === 0)
        details["redirect_uris"] = [{ error: "ERR_BLANK", description: "can't be blank" }];
      if (input.redirectUris.length > MAX_REDIRECTS)
        details["redirect_uris"] = [{ error: "ERR_TOO_MANY", description: `has more than ${MAX_REDIRECTS} entries` }];
      for (const uri of input.redirectUris.slice(0, MAX_REDIRECTS)) {
        if (!redirectAllowed(uri))
          details["redirect_uris"] = [{ error: "ERR_INVALID", description: "must be an absolute URI" }];
      }
      const scopes = scopesOf(input.scopes, ["read"]);
      if (input.website && !websiteAllowed(input.website))
        details["website"] = [{ error: "ERR_INVALID", description: "must be an http or https address" }];
      if (scopes.some((s) => !SCOPES.includes(s)))
        details["scopes"] = [{ error: "ERR_INVALID", description: "doesn't match configured on the server." }];
      if (Object.keys(details).length > 0) throw invalid(details);
      const clientSecret = newToken();
      const row: AppRow = {
        id: deps.ids.next(),
        client_id: newToken(),
        secret_digest: digest(clientSecret),
        name: input.name.trim(),
        website: input.website || null,
        redirect_uris: input.redirectUris,
        scopes,
      };
      await exec(
        deps.pool,
        insertApp,
        row.id,
        row.client_id,
        row.secret_digest,
        row.name,
        row.website,
        row.redirect_uris,
        row.scopes,
      );
      return { app: row, clientSecret };
    },
    app: (id) => one(deps.pool, appById, id),
    async checkRequest(request) {
      const app = await one(deps.pool, appByClientId, request.client_id);
      if (!app)
        throw new OAuthError("invalid_client", "This program is not known here. It must register itself first.");
      if (!app.redirect_uris.includes(request.redirect_uri))
        throw new OAuthError("invalid_redirect_uri", "The address to return to is not one the program registered.");
      if (request.response_type !== "code")
        throw new OAuthError("unsupported_response_type", "Only response_type=code is supported.");
      // Without a method `plain` is meant (RFC 7636, 4.3). A method without a challenge is a program that believes to be protected.
      if (
        request.code_challenge_method !== undefined &&
        (request.code_challenge === undefined || request.code_challenge_method !== "S256")
      )
        throw new OAuthError("invalid_request", "The code challenge method must be S256, together with a challenge.");
      if (request.code_challenge !== undefined && request.code_challenge_method === undefined)
        throw new OAuthError("invalid_request", "The code challenge method must be S256.");
      if (request.code_challenge !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(request.code_challenge))
        throw new OAuthError("invalid_request", "The code challenge is not a base64url SHA-256.");
      const scopes = scopesOf(request.scope, ["read"]);
      const registered = new Set(app.scopes);
      if (!scopes.every((s) => SCOPES.includes(s) && scopeGranted(registered, s)))
        throw new OAuthError("invalid_scope", "The requested scope is invalid, unknown, or malformed.");
      return { app, scopes };
    },
    async grantCode(accountId, request) {
      const { app, scopes } = await self.checkRequest(request);
      const code = newToken();
      const expires = new Date(deps.clock.ms() + CODE_SECONDS * 1000);
      await exec(
        deps.pool,
        insertCode,
        digest(code),
        app.id,
        accountId,
        request.redirect_uri,
        scopes,
        request.code_challenge ?? null,
        expires,
      );
      return code;
    },
    async exchangeCode(input) {
      const app = await client(input.clientId, input.clientSecret, false);
      const bad = (): OAuthError =>
        new OAuthError(
          "invalid_grant",
          "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.",
        );
      const codeDigest = digest(input.code);
      const token = newToken();
      const outcome = await deps.tx(async (db) => {
        const row = await one(db, lockCode, codeDigest);
        if (!row || row.app_id !== app.id) return undefined;
        if (row.used) {
          // A code that comes twice was stolen by one of both: the token it gave is withdrawn (RFC 6749, 4.1.2).
          const gone = await run(db, revokeByCode, codeDigest);
          await access.forget(
            db,
            gone.map((g) => g.digest),
          );
          return undefined;
        }
        if (row.expired || row.redirect_uri !== input.redirectUri) return undefined;
        if (row.code_challenge !== null) {
          const made = createHash("sha256")
            .update(input.verifier ?? "")
            .digest("base64url");
          if (!sameSecret(Buffer.from(made), Buffer.from(row.code_challenge))) return undefined;
        } else if (input.clientSecret === undefined || input.clientSecret === "") {
          return undefined;
        }
        await exec(db, useCode, codeDigest);
        await exec(db, insertToken, deps.ids.next(), digest(token), app.id, row.account_id, row.scopes, codeDigest);
        return row;
      });
      if (!outcome) throw bad();
      return { token, scopes: outcome.scopes, createdAt: deps.clock.now(), accountId: outcome.account_id };
    },
    async clientCredentials(input) {
      const app = await client(input.clientId, input.clientSecret, true);
      const scopes = scopesOf(input.scope, ["read"]);
      const registered = new Set(app.scopes);
      if (!scopes.every((s) => SCOPES.includes(s) && scopeGranted(registered, s)))
        throw new OAuthError("invalid_scope", "The requested scope is invalid, unknown, or malformed.");
      return issue(undefined, app.id, scopes);
    },
    issue,
    async revoke(input) {
      const app = await client(input.clientId, input.clientSecret, true).catch((error: unknown) => {
        if (error instanceof OAuthError)
          throw new AppError("forbidden", "You are not authorized to revoke this token", {
            reason: "unauthorized_client",
          });
        throw error;
      });
      await deps.tx(async (db) => {
        const d = digest(input.token);
        if (await one(db, revokeToken, d, app.id)) await access.forget(db, [d]);
      });
    },
    grantedApps: (accountId) => run(deps.pool, grantedApps, accountId),
    async revokeApp(accountId, appId) {
      await deps.tx(async (db) => {
        const gone = await run(db, revokeAppTokens, accountId, appId);
        if (gone.length === 0) throw notFound();
        await access.forget(
          db,
          gone.map((g) => g.digest),
        );
      });
    },
  };
  return self;
}

/** Shown as a link under every post the program writes, so never a script. */
function websiteAllowed(address: string): boolean {
  return URL.canParse(address) && ["http:", "https:"].includes(new URL(address).protocol);
}

/** Absolute addresses, the out-of-band name, and programs' own schemes. Scripts and data are no addresses. */
function redirectAllowed(uri: string): boolean {
  if (uri === OUT_OF_BAND) return true;
  if (uri.length > 2000 || !URL.canParse(uri)) return false;
  const url = new URL(uri);
  return !["javascript:", "data:", "vbscript:", "file:", "blob:"].includes(url.protocol) && url.hash === "";
}
