import type { AuthorizedApp, CredentialAccount, Invite, Preferences, Session } from "#web/lib/api/types.ts";
import type { Context, SignedInContext } from "./context.ts";

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};
const on = (form: FormData, name: string): boolean => form.get(name) === "on";

/** `/settings/profile`, `/settings/privacy`: the account with its source texts. */
export async function ownAccount({
  api,
  instance,
}: SignedInContext): Promise<{ account: CredentialAccount; maxFields: number }> {
  return {
    account: await api.get<CredentialAccount>("/api/v1/accounts/verify_credentials"),
    maxFields: instance.configuration.accounts?.max_profile_fields ?? 4,
  };
}

/** Saves the profile: names, texts, pictures and facts. */
export async function saveProfile({ api, flash }: Context, form: FormData): Promise<string> {
  const body = new FormData();
  for (const name of ["display_name", "note", "avatar_description", "header_description"])
    body.set(name, text(form, name));
  for (const name of ["avatar", "header"]) {
    const file = form.get(name);
    if (file instanceof File && file.size > 0) body.set(name, file, file.name);
  }
  const names = form.getAll("field_name").map(String);
  const values = form.getAll("field_value").map(String);
  names.forEach((name, index) => {
    body.set(`fields_attributes[${index}][name]`, name);
    body.set(`fields_attributes[${index}][value]`, values[index] ?? "");
  });
  body.set("bot", String(on(form, "bot")));
  await api.send("PATCH", "/api/v1/accounts/update_credentials", body);
  flash("saved");
  return "/settings/profile";
}

/** Saves who may follow, find and recommend. */
export async function savePrivacy({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("PATCH", "/api/v1/accounts/update_credentials", {
    locked: on(form, "locked"),
    discoverable: on(form, "discoverable"),
    indexable: on(form, "indexable"),
    hide_collections: on(form, "hide_collections"),
  });
  await api.send("PATCH", "/api/skein/v1/me/preferences", {
    posting_visibility: text(form, "posting_visibility"),
    posting_sensitive: on(form, "posting_sensitive"),
  });
  flash("saved");
  return "/settings/privacy";
}

/** Saves theme and reading preferences; works without an account too (theme only). */
export async function saveAppearance({ api, me, flash, remember }: Context, form: FormData): Promise<string> {
  const theme = text(form, "theme");
  remember("skein_theme", theme);
  if (me) {
    await api.send("PATCH", "/api/skein/v1/me/preferences", {
      theme,
      media: text(form, "media") || "default",
      spoilers: on(form, "spoilers"),
    });
  }
  flash("saved");
  return "/settings/appearance";
}

/** Saves the languages of the app and of one's posts. */
export async function saveLanguage({ api, me, flash, remember }: Context, form: FormData): Promise<string> {
  const locale = text(form, "locale");
  remember("skein_locale", locale);
  if (me) {
    const preferences: Partial<Preferences> = {
      locale: locale === "en" || locale === "de" ? locale : null,
      posting_language: text(form, "posting_language") || null,
    };
    await api.send("PATCH", "/api/skein/v1/me/preferences", preferences);
  }
  flash("saved");
  return "/settings/language";
}

/** Changes the e-mail address. */
export async function changeEmail({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("POST", "/api/skein/v1/me/email", {
    current: text(form, "current"),
    email: text(form, "email").trim(),
  });
  flash("email_changed");
  return "/settings/account";
}

/** Changes the password. */
export async function changePassword({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("POST", "/api/skein/v1/me/password", {
    current: text(form, "current"),
    password: text(form, "password"),
  });
  flash("password_changed");
  return "/settings/account";
}

/** What an account is protected with. */
export interface Security {
  totp: boolean;
  recovery_codes_left: number;
  passkeys: { id: string; name: string; created_at: string; last_used_at: string | null }[];
  holds: { id: string; email: string; due_at: string }[];
  events: { id: string; kind: string; ip: string; user_agent: string; at: string }[];
}

/** `/settings/account` */
export const account = async ({
  api,
  me,
}: SignedInContext): Promise<{ email: string; confirmed: boolean; security: Security }> => ({
  email: me.email,
  confirmed: me.email_confirmed,
  security: await api.get<Security>(SECURITY),
});

const SECURITY = "/api/skein/v1/me/security";
export interface NewTotp {
  secret: string;
  uri: string;
  qr: { size: number; path: string };
}

/** Makes the secret for an authenticator app; the page shows it. */
export const startTotp = async ({ api }: Context, form: FormData): Promise<{ totp: NewTotp }> => ({
  totp: await api.send<NewTotp>("POST", `${SECURITY}/totp`, { current: text(form, "current") }),
});

/** Turns the app on with its first code; the page shows the recovery codes, this once. */
export async function confirmTotp({ api }: Context, form: FormData): Promise<{ codes: string[] }> {
  const body = { code: text(form, "code") };
  return {
    codes: (await api.send<{ recovery_codes: string[] }>("POST", `${SECURITY}/totp/confirm`, body)).recovery_codes,
  };
}

export async function newCodes({ api }: Context, form: FormData): Promise<{ codes: string[] }> {
  const body = { current: text(form, "current") };
  return {
    codes: (await api.send<{ recovery_codes: string[] }>("POST", `${SECURITY}/recovery_codes`, body)).recovery_codes,
  };
}

export async function stopTotp({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("POST", `${SECURITY}/totp/stop`, { current: text(form, "current") });
  flash("saved");
  return "/settings/account";
}

export async function removePasskey({ api, flash }: Context, form: FormData): Promise<string> {
  const id = encodeURIComponent(text(form, "id"));
  await api.send("POST", `${SECURITY}/passkeys/${id}/remove`, { current: text(form, "current") });
  flash("deleted");
  return "/settings/account";
}

export async function cancelHold({ api, flash }: Context, form: FormData): Promise<string> {
  const id = encodeURIComponent(text(form, "id"));
  await api.send("POST", `${SECURITY}/holds/${id}/cancel`, { current: text(form, "current") });
  flash("saved");
  return "/settings/account";
}

/** Deletes the account for good. */
export async function deleteAccount({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("POST", "/api/skein/v1/me/delete", { current: text(form, "current") });
  flash("deleted");
  return "/";
}

/** `/settings/sessions` */
export const sessions = async ({ api }: SignedInContext): Promise<{ sessions: Session[] }> => ({
  sessions: await api.get<Session[]>("/api/skein/v1/sessions"),
});

/** Ends one session. */
export async function endSession({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("DELETE", `/api/skein/v1/sessions/${encodeURIComponent(text(form, "id"))}`);
  flash("session_ended");
  return "/settings/sessions";
}

/** `/settings/apps` */
export const apps = async ({ api }: SignedInContext): Promise<{ apps: AuthorizedApp[] }> => ({
  apps: await api.get<AuthorizedApp[]>("/api/skein/v1/me/apps"),
});

/** Takes a program's access back. */
export async function revokeApp({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("DELETE", `/api/skein/v1/me/apps/${encodeURIComponent(text(form, "id"))}`);
  flash("saved");
  return "/settings/apps";
}

/** `/settings/invites` */
export const invites = async ({ api }: SignedInContext): Promise<{ invites: Invite[] }> => ({
  invites: await api.get<Invite[]>("/api/skein/v1/invites"),
});

/** Creates an invitation. */
export async function createInvite({ api }: Context, form: FormData): Promise<string> {
  const uses = Number(text(form, "max_uses"));
  const seconds = Number(text(form, "expires_in"));
  await api.send("POST", "/api/skein/v1/invites", {
    ...(uses > 0 ? { max_uses: uses } : {}),
    ...(seconds > 0 ? { expires_in: seconds } : {}),
  });
  return text(form, "back") === "/admin/invites" ? "/admin/invites" : "/settings/invites";
}

/** Withdraws an invitation. */
export async function withdrawInvite({ api }: Context, form: FormData): Promise<string> {
  await api.send("DELETE", `/api/skein/v1/invites/${encodeURIComponent(text(form, "id"))}`);
  return text(form, "back") === "/admin/invites" ? "/admin/invites" : "/settings/invites";
}
