import qrcode from "qrcode-generator";
import { z } from "zod";
import { zId, zText } from "#platform/http/fields.ts";
import { route, type Route, type SignedIn } from "#platform/http/route.ts";
import type { From, PasskeyRow } from "#modules/accounts/index.ts";
import type { SkeinDeps } from "./deps.ts";
import { sessionOnly } from "./me.ts";
import { zRegistration } from "./passkey-schema.ts";

const current = { current: zText(1000).default("") };
const API = "/api/skein/v1/me/security";

/** How somebody logs in, for themselves. Every change asks for the password: a session that was left open must not be enough. */
export function securityRoutes(deps: SkeinDeps): Route[] {
  const { factors, profiles } = deps.accounts;
  const from = (ctx: SignedIn): From => ({ ip: ctx.ip, userAgent: ctx.request.headers.get("user-agent") ?? "" });

  async function prove(ctx: SignedIn, password: string): Promise<void> {
    sessionOnly(ctx.viewer.kind);
    await profiles.checkPassword(ctx.viewer.accountId, password);
  }
  const passkey = (p: PasskeyRow): Record<string, unknown> => ({
    id: p.id.toString(),
    name: p.name,
    created_at: p.created_at.toISOString(),
    last_used_at: p.last_used_at?.toISOString() ?? null,
  });

  return [
    route({
      method: "GET",
      path: API,
      auth: "user",
      scope: "read:accounts",
      async handler({ viewer }) {
        sessionOnly(viewer.kind);
        const state = await factors.state(viewer.accountId);
        return {
          totp: state.totp,
          recovery_codes_left: state.recoveryLeft,
          passkeys: state.passkeys.map(passkey),
          holds: (await deps.accounts.holds.of(viewer.accountId)).map((h) => ({
            ...{ id: h.id.toString(), kind: h.kind, email: h.payload.email, due_at: h.due_at.toISOString() },
          })),
          events: state.events.map((e) => ({
            ...{ id: e.id.toString(), kind: e.kind, ip: e.ip, user_agent: e.user_agent, at: e.at.toISOString() },
          })),
        };
      },
    }),
    route({
      method: "POST",
      path: `${API}/holds/:id/cancel`,
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      params: z.object({ id: zId }),
      body: z.object(current),
      async handler(ctx, { params, body }) {
        await prove(ctx, body.current);
        await deps.accounts.holds.cancelOwn(ctx.viewer.accountId, params.id);
        return {};
      },
    }),
    route({
      method: "POST",
      path: `${API}/totp`,
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      body: z.object(current),
      async handler(ctx, { body }) {
        await prove(ctx, body.current);
        const made = await factors.startTotp(ctx.viewer.accountId);
        return { ...made, qr: picture(made.uri) };
      },
    }),
    route({
      method: "POST",
      path: `${API}/totp/confirm`,
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      body: z.object({ code: zText(20).default("") }),
      async handler(ctx, { body }) {
        sessionOnly(ctx.viewer.kind);
        return { recovery_codes: await factors.confirmTotp(ctx.viewer.accountId, body.code, from(ctx)) };
      },
    }),
    route({
      method: "POST",
      path: `${API}/totp/stop`,
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      body: z.object(current),
      async handler(ctx, { body }) {
        await prove(ctx, body.current);
        await factors.stopTotp(ctx.viewer.accountId, from(ctx));
        return {};
      },
    }),
    route({
      method: "POST",
      path: `${API}/recovery_codes`,
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      body: z.object(current),
      async handler(ctx, { body }) {
        await prove(ctx, body.current);
        return { recovery_codes: await factors.newRecoveryCodes(ctx.viewer.accountId, from(ctx)) };
      },
    }),
    route({
      method: "POST",
      path: `${API}/passkeys/question`,
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      body: z.object(current),
      async handler(ctx, { body }) {
        await prove(ctx, body.current);
        return factors.passkeys.registration(ctx.viewer.accountId);
      },
    }),
    route({
      method: "POST",
      path: `${API}/passkeys`,
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      body: z.object({ passkey: zRegistration, name: zText(200).default("") }),
      async handler(ctx, { body }) {
        sessionOnly(ctx.viewer.kind);
        return passkey(await factors.passkeys.register(ctx.viewer.accountId, body.passkey, body.name, from(ctx)));
      },
    }),
    route({
      method: "POST",
      path: `${API}/passkeys/:id/remove`,
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      params: z.object({ id: zId }),
      body: z.object(current),
      async handler(ctx, { params, body }) {
        await prove(ctx, body.current);
        await factors.passkeys.remove(ctx.viewer.accountId, params.id, from(ctx));
        return {};
      },
    }),
  ];
}

/** A QR code as a path of unit squares, with its width in squares. */
function picture(text: string): { size: number; path: string } {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (code.isDark(y, x)) path += `M${x} ${y}h1v1h-1z`;
  return { size, path };
}
