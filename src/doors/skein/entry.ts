import { z } from "zod";
import { zBool, zId, zInt, zText } from "#platform/http/fields.ts";
import { route, type Context, type Route } from "#platform/http/route.ts";
import { AppError, notFound } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import { SESSION_COOKIE } from "#shared/web-host.ts";
import { PASSWORD_MIN, type AuthorizationRequest, type From, type InviteRow } from "#modules/accounts/index.ts";
import type { SkeinDeps } from "./deps.ts";
import { mePayload } from "./me.ts";
import { zAuthentication } from "./passkey-schema.ts";

const SESSION_SECONDS = 180 * 86_400;

/**
 * Refuses to open a session for another site's page: nobody shall be logged in, unnoticed, as somebody else. Pages of this instance come in process or with its own origin.
 */
function ownPage(deps: SkeinDeps, ctx: Context): void {
  const origin = ctx.request.headers.get("origin");
  if (
    (origin !== null && origin !== deps.config.publicUrl) ||
    ctx.request.headers.get("sec-fetch-site") === "cross-site"
  ) {
    throw new AppError("forbidden", "This request came from another site, so it was not carried out.", {
      reason: "cross_site",
    });
  }
}

const DEVICE_COOKIE = "skein_device";
const STEP_COOKIE = "skein_step";
const STEP_SECONDS = 600;
const YEAR_SECONDS = 365 * 86_400;

const fromOf = (ctx: Context): From => ({ ip: ctx.ip, userAgent: ctx.request.headers.get("user-agent") ?? "" });

/** Opens a session, sets the cookies of session and device, and answers who is signed in. */
export async function signIn(deps: SkeinDeps, ctx: Context, accountId: Id): Promise<Record<string, unknown>> {
  const from = fromOf(ctx);
  const { secret } = await deps.tx((db) => deps.accounts.access.openSession(db, accountId, from));
  const device = await deps.accounts.factors.seen(accountId, cookieOf(ctx, DEVICE_COOKIE), from);
  ctx.headers.append("Set-Cookie", cookie(deps, secret, SESSION_SECONDS));
  ctx.headers.append("Set-Cookie", cookie(deps, device, YEAR_SECONDS, DEVICE_COOKIE));
  return mePayload(deps, accountId);
}

function cookieOf(ctx: Context, name: string): string | undefined {
  for (const part of (ctx.request.headers.get("cookie") ?? "").split(";")) {
    const cut = part.indexOf("=");
    if (part.slice(0, cut).trim() === name) return part.slice(cut + 1).trim();
  }
  return undefined;
}

/** The session cookie. `SameSite=Lax` keeps other sites from acting with it; the origin check is the second lock. */
export function cookie(deps: SkeinDeps, value: string, maxAge: number, name = SESSION_COOKIE): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${deps.config.https ? "; Secure" : ""}`;
}

const authorization = z
  .object({
    response_type: zText(50).default(""),
    client_id: zText(200).default(""),
    redirect_uri: zText(2000).default(""),
    scope: zText(2000).optional(),
    state: zText(4000).optional(),
    code_challenge: zText(200).optional(),
    code_challenge_method: zText(20).optional(),
  })
  .transform((q): AuthorizationRequest => ({
    response_type: q.response_type,
    client_id: q.client_id,
    redirect_uri: q.redirect_uri,
    scope: q.scope,
    state: q.state,
    code_challenge: q.code_challenge || undefined,
    code_challenge_method: q.code_challenge_method || undefined,
  }));

const OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob";

/** Sign-up, log-in, sessions, set-up, mail links, and the agreement to an application. */
export function entryRoutes(deps: SkeinDeps): Route[] {
  const { signUp, access, oauth, factors } = deps.accounts;
  const person = { username: zText(100).default(""), email: zText(300).default(""), password: zText(1000).default("") };

  return [
    route({
      method: "GET",
      path: "/api/skein/v1/signup",
      auth: "public",
      async handler() {
        const settings = await deps.instance.settings();
        return {
          registrations: settings.registrations,
          setup_needed: await signUp.setupNeeded(),
          mail_configured: deps.mail.configured,
          rules: (await deps.instance.rules()).map((r) => ({ id: r.id.toString(), text: r.text, hint: r.hint })),
          min_password: PASSWORD_MIN,
        };
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/signup",
      auth: "public",
      rate: "signup",
      body: z.object({
        ...person,
        agreement: zBool.default(false),
        invite: zText(100).optional(),
        reason: zText(2000).optional(),
        locale: zText(10).optional(),
      }),
      async handler(ctx, { body }) {
        ownPage(deps, ctx);
        const { accountId, state } = await signUp.signUp({ ...body, ip: ctx.ip });
        return state === "active" ? { state, session: await signIn(deps, ctx, accountId) } : { state };
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/setup",
      auth: "public",
      rate: "login",
      query: z.object({ token: zText(200).default("") }),
      handler: async (_ctx, { query }) => ({ valid: await signUp.setupTokenValid(query.token) }),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/setup",
      auth: "public",
      rate: "login",
      body: z.object({
        ...person,
        token: zText(200).default(""),
        title: zText(100).optional(),
        description: zText(5000).optional(),
        short_description: zText(300).optional(),
        registrations: z.enum(["open", "approval", "invite", "closed"]).optional(),
      }),
      async handler(ctx, { body }) {
        ownPage(deps, ctx);
        const accountId = await signUp.setUp(body.token, body);
        await deps.instance.update({
          contact_email: body.email,
          ...(body.title ? { title: body.title } : {}),
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.short_description === undefined ? {} : { short_description: body.short_description }),
          ...(body.registrations ? { registrations: body.registrations } : {}),
        });
        return signIn(deps, ctx, accountId);
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/sessions",
      auth: "public",
      rate: "login",
      body: z.object({ login: zText(300).default(""), password: zText(1000).default("") }),
      async handler(ctx, { body }) {
        ownPage(deps, ctx);
        const user = await signUp.logIn(body.login, body.password, cookieOf(ctx, DEVICE_COOKIE));
        const step = await factors.owed(user.account_id);
        if (step === undefined) return signIn(deps, ctx, user.account_id);
        // In a cookie, since what is in a page ends up in histories.
        ctx.headers.append("Set-Cookie", cookie(deps, step, STEP_SECONDS, STEP_COOKIE));
        return { state: "second_factor" };
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/sessions/second",
      auth: "public",
      rate: "login",
      body: z.object({ code: zText(100).default("") }),
      async handler(ctx, { body }) {
        ownPage(deps, ctx);
        const accountId = await factors.settle(cookieOf(ctx, STEP_COOKIE) ?? "", body.code, fromOf(ctx));
        await signUp.admit(accountId);
        ctx.headers.append("Set-Cookie", cookie(deps, "", 0, STEP_COOKIE));
        return signIn(deps, ctx, accountId);
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/sessions/passkey/question",
      auth: "public",
      rate: "login",
      handler: () => factors.passkeys.question(),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/sessions/passkey",
      auth: "public",
      rate: "login",
      body: z.object({ passkey: zAuthentication }),
      async handler(ctx, { body }) {
        ownPage(deps, ctx);
        const accountId = await factors.passkeys.logIn(body.passkey);
        await signUp.admit(accountId);
        return signIn(deps, ctx, accountId);
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/sessions",
      auth: "user",
      scope: "read:accounts",
      handler: async ({ viewer }) =>
        (await access.sessions(viewer.accountId)).map((s) => ({
          id: s.id.toString(),
          current: viewer.kind === "session" && viewer.credentialId === s.id,
          created_at: s.created_at.toISOString(),
          last_used_at: s.last_used_at.toISOString(),
          user_agent: s.user_agent,
          ip: s.ip,
        })),
    }),
    route({
      method: "DELETE",
      path: "/api/skein/v1/sessions/current",
      auth: "user",
      async handler(ctx) {
        if (ctx.viewer.kind !== "session")
          throw new AppError(
            "unprocessable",
            "Only a log-in of the web app can be ended here. Use /oauth/revoke for a token.",
          );
        await access.revokeSession(ctx.viewer.accountId, ctx.viewer.credentialId);
        ctx.headers.append("Set-Cookie", cookie(deps, "", 0));
        return {};
      },
    }),
    route({
      method: "DELETE",
      path: "/api/skein/v1/sessions/:id",
      auth: "user",
      scope: "write:accounts",
      params: z.object({ id: zId }),
      async handler({ viewer }, { params }) {
        await access.revokeSession(viewer.accountId, params.id);
        return {};
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/email-confirmations",
      auth: "public",
      rate: "login",
      body: z.object({ token: zText(200).default("") }),
      async handler(_ctx, { body }) {
        const { heldUntil } = await signUp.confirmEmail(body.token);
        return { confirmed: heldUntil === undefined, held_until: heldUntil?.toISOString() ?? null };
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/holds/cancel",
      auth: "public",
      rate: "login",
      body: z.object({ token: zText(200).default("") }),
      async handler(_ctx, { body }) {
        await deps.accounts.holds.cancel(body.token);
        return { cancelled: true };
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/password-resets",
      auth: "public",
      rate: "signup",
      body: z.object({ email: zText(300).default("") }),
      async handler(_ctx, { body }) {
        await signUp.requestReset(body.email);
        return { sent: true };
      },
    }),
    route({
      method: "PUT",
      path: "/api/skein/v1/password-resets",
      auth: "public",
      rate: "login",
      body: z.object({ token: zText(200).default(""), password: zText(1000).default("") }),
      async handler(_ctx, { body }) {
        await signUp.resetPassword(body.token, body.password);
        return { changed: true };
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/invites",
      auth: "user",
      scope: "read:accounts",
      handler: async ({ viewer }) =>
        (await signUp.invites(viewer.accountId)).map((i) => presentInvite(i, deps.config.publicUrl)),
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/invites",
      auth: "user",
      scope: "write:accounts",
      body: z.object({ max_uses: zInt(1, 1000).optional(), expires_in: zInt(60, 31_536_000).optional() }),
      async handler({ viewer }, { body }) {
        const { registrations } = await deps.instance.settings();
        if (registrations === "closed" && viewer.role === "user") {
          throw new AppError(
            "forbidden",
            "Registration is closed here, so only the people who run this instance can invite.",
            { reason: "registrations_closed" },
          );
        }
        return presentInvite(
          await signUp.createInvite(viewer.accountId, { maxUses: body.max_uses, expiresIn: body.expires_in }),
          deps.config.publicUrl,
        );
      },
    }),
    route({
      method: "DELETE",
      path: "/api/skein/v1/invites/:id",
      auth: "user",
      scope: "write:accounts",
      params: z.object({ id: zId }),
      async handler({ viewer }, { params }) {
        if (!(await signUp.deleteInvite(viewer.accountId, params.id))) throw notFound();
        return {};
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/oauth/authorization",
      auth: "public",
      query: authorization,
      async handler(ctx, { query }) {
        const { app, scopes } = await oauth.checkRequest(query);
        return {
          application: { name: app.name, website: app.website },
          scopes,
          redirect_uri: query.redirect_uri,
          signed_in: ctx.viewer !== undefined,
        };
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/oauth/authorization",
      auth: "user",
      body: z.intersection(authorization, z.object({ decision: z.enum(["allow", "deny"]) })),
      async handler({ viewer }, { body }) {
        // A program must not grant itself more: only a person at a page agrees.
        if (viewer.kind !== "session") throw new AppError("forbidden", "This needs a log-in of the web app.");
        const { decision, ...request } = body;
        await oauth.checkRequest(request);
        const back = new URLSearchParams(request.state === undefined ? {} : { state: request.state });
        if (decision === "deny") {
          if (request.redirect_uri === OUT_OF_BAND) return { redirect_to: "/" };
          back.set("error", "access_denied");
          back.set("error_description", "The resource owner or authorization server denied the request.");
          return { redirect_to: withQuery(request.redirect_uri, back) };
        }
        const code = await oauth.grantCode(viewer.accountId, request);
        if (request.redirect_uri === OUT_OF_BAND) return { code };
        back.set("code", code);
        return { redirect_to: withQuery(request.redirect_uri, back) };
      },
    }),
  ];
}

function presentInvite(i: InviteRow, publicUrl: string): Record<string, unknown> {
  return {
    id: i.id.toString(),
    code: i.code,
    url: `${publicUrl}/signup?invite=${i.code}`,
    uses: i.uses,
    max_uses: i.max_uses,
    expires_at: i.expires_at?.toISOString() ?? null,
  };
}

function withQuery(uri: string, params: URLSearchParams): string {
  return `${uri}${uri.includes("?") ? "&" : "?"}${params}`;
}
