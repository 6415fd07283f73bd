import { z } from "zod";
import { zBool, zId, zList, zText } from "#platform/http/fields.ts";
import { route, type Route } from "#platform/http/route.ts";
import { AppError } from "#platform/errors.ts";
import type { Id } from "#platform/ids.ts";
import type { SkeinDeps } from "./deps.ts";

/** Who is signed in, with everything the web app's frame shows. */
export async function mePayload(deps: SkeinDeps, accountId: Id): Promise<Record<string, unknown>> {
  const user = await deps.accounts.profiles.user(accountId);
  const marker = (await deps.timelines.markers(accountId)).get("notifications");
  return {
    account: await deps.credentialAccount(accountId),
    role: user.role,
    email: user.email,
    email_confirmed: user.confirmed,
    preferences: await deps.accounts.profiles.preferences(accountId),
    unread_notifications: await deps.notifications.unread(accountId, marker?.last_read_id ?? 0n, 100),
  };
}

const preferences = z.object({
  locale: z.enum(["en", "de"]).nullable().optional(),
  theme: z.enum(["auto", "light", "dark"]).optional(),
  posting_visibility: z.enum(["public", "unlisted", "private", "direct"]).optional(),
  posting_sensitive: zBool.optional(),
  posting_language: zText(10).nullable().optional(),
  posting_quote_policy: z.enum(["public", "followers", "nobody"]).optional(),
  media: z.enum(["default", "show_all", "hide_all"]).optional(),
  spoilers: zBool.optional(),
});

/** One's own account: preferences, password, address, applications; and the instance for those who run it. */
export function meRoutes(deps: SkeinDeps): Route[] {
  const { profiles, oauth } = deps.accounts;
  const current = { current: zText(1000).default("") };
  return [
    route({
      method: "GET",
      path: "/api/skein/v1/me",
      auth: "user",
      scope: "read:accounts",
      handler: ({ viewer }) => mePayload(deps, viewer.accountId),
    }),
    route({
      method: "PATCH",
      path: "/api/skein/v1/me/preferences",
      auth: "user",
      scope: "write:accounts",
      body: preferences,
      async handler({ viewer }, { body }) {
        const changes = Object.fromEntries(Object.entries(body).filter(([, v]) => v !== undefined));
        await profiles.setPreferences(viewer.accountId, changes);
        return profiles.preferences(viewer.accountId);
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/me/password",
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      body: z.object({ ...current, password: zText(1000).default("") }),
      async handler({ viewer }, { body }) {
        sessionOnly(viewer.kind);
        await profiles.changePassword(viewer.accountId, body.current, body.password, viewer.credentialId);
        return { changed: true };
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/me/email",
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      body: z.object({ ...current, email: zText(300).default("") }),
      async handler({ viewer }, { body }) {
        sessionOnly(viewer.kind);
        await profiles.changeEmail(viewer.accountId, body.current, body.email);
        return { confirmation_sent: deps.mail.configured };
      },
    }),
    route({
      method: "POST",
      path: "/api/skein/v1/me/delete",
      auth: "user",
      scope: "write:accounts",
      rate: "login",
      body: z.object(current),
      async handler({ viewer }, { body }) {
        sessionOnly(viewer.kind);
        await profiles.remove(viewer.accountId, body.current);
        return { deleted: true };
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/me/apps",
      auth: "user",
      scope: "read:accounts",
      handler: async ({ viewer }) =>
        (await oauth.grantedApps(viewer.accountId)).map((a) => ({
          id: a.id.toString(),
          name: a.name,
          website: a.website,
          scopes: a.scopes,
          created_at: a.created_at.toISOString(),
          last_used_at: a.last_used_at?.toISOString() ?? null,
        })),
    }),
    route({
      method: "DELETE",
      path: "/api/skein/v1/me/apps/:id",
      auth: "user",
      scope: "write:accounts",
      params: z.object({ id: zId }),
      async handler({ viewer }, { params }) {
        await oauth.revokeApp(viewer.accountId, params.id);
        return {};
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/instance",
      auth: "admin",
      scope: "admin:read",
      handler: () => instancePayload(deps),
    }),
    route({
      method: "PATCH",
      path: "/api/skein/v1/instance",
      auth: "admin",
      scope: "admin:write",
      body: z.object({
        title: zText(100).optional(),
        short_description: zText(300).optional(),
        description: zText(20_000).optional(),
        contact_email: zText(300).optional(),
        registrations: z.enum(["open", "approval", "invite", "closed"]).optional(),
        privacy_policy: zText(100_000).optional(),
        terms: zText(100_000).optional(),
        languages: zList(zText(10), 50).optional(),
        rules: zList(z.object({ text: zText(500), hint: zText(2000).default("") }), 50).optional(),
      }),
      async handler(_ctx, { body }) {
        const { rules, ...settings } = body;
        if (settings.title !== undefined && settings.title.trim() === "") {
          throw new AppError("unprocessable", "Validation failed: title can't be blank", {
            details: { title: [{ error: "ERR_BLANK", description: "can't be blank" }] },
          });
        }
        const changes = Object.fromEntries(
          Object.entries(settings).filter(
            ([key, v]) => v !== undefined && (key !== "languages" || settings.languages?.length),
          ),
        );
        await deps.instance.update(
          changes,
          rules?.filter((r) => r.text.trim() !== ""),
        );
        return instancePayload(deps);
      },
    }),
    route({
      method: "GET",
      path: "/api/skein/v1/mail",
      auth: "admin",
      scope: "admin:read",
      handler: async () =>
        (await deps.mail.outbox(200)).map((m) => ({
          id: m.id.toString(),
          to: m.recipient,
          subject: m.subject,
          text: m.body,
          created_at: m.created_at.toISOString(),
          sent_at: m.sent_at?.toISOString() ?? null,
          error: m.error,
        })),
    }),
  ];
}

async function instancePayload(deps: SkeinDeps): Promise<Record<string, unknown>> {
  return {
    ...(await deps.instance.settings()),
    rules: (await deps.instance.rules()).map((r) => ({ id: r.id.toString(), text: r.text, hint: r.hint })),
    mail_configured: deps.mail.configured,
    version: deps.config.version,
  };
}

/** A token that leaked must not be able to take the account over. */
export function sessionOnly(kind: "token" | "session"): void {
  if (kind !== "session") throw new AppError("forbidden", "This needs a log-in of the web app.");
}
