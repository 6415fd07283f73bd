import type { Authorization, RegistrationMode, SignupInfo } from "#web/lib/api/types.ts";
import { ApiError } from "#web/lib/server/api.ts";
import type { Context } from "./context.ts";
import { localPath, Redirect } from "./context.ts";

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};

/** `/login`, and its second step */
export async function login({ me, url }: Context): Promise<{ next: string; second: boolean }> {
  const next = localPath(url.searchParams.get("next"), "/home");
  if (me) throw new Redirect(next);
  return { next, second: url.searchParams.has("second") };
}

/** The log-in form: name and password, or the code that is owed after them. */
export async function signIn({ api, url }: Context, form: FormData): Promise<string> {
  const next = localPath(text(form, "next") || url.searchParams.get("next"), "/home");
  const again = `/login?next=${encodeURIComponent(next)}`;
  if (form.has("code")) {
    try {
      await api.send("POST", "/api/skein/v1/sessions/second", { code: text(form, "code") });
    } catch (error) {
      if (error instanceof ApiError && error.code === "step_over") return again;
      throw error;
    }
    return next;
  }
  const answer = await api.send<{ state?: string }>("POST", "/api/skein/v1/sessions", {
    login: text(form, "login").trim(),
    password: text(form, "password"),
  });
  return answer.state === "second_factor" ? `${again}&second=1` : next;
}

/** `/signup` */
export async function signup({ api, me, url }: Context): Promise<{ info: SignupInfo; invite: string }> {
  if (me) throw new Redirect("/home");
  return { info: await api.get<SignupInfo>("/api/skein/v1/signup"), invite: url.searchParams.get("invite") ?? "" };
}

export interface SignupDone {
  state: "confirm_email" | "pending_approval";
  email: string;
}

/** The sign-up form. */
export async function signUp({ api, locale, flash }: Context, form: FormData): Promise<string | SignupDone> {
  const email = text(form, "email").trim();
  const answer = await api.send<{ state: "active" | "confirm_email" | "pending_approval" }>(
    "POST",
    "/api/skein/v1/signup",
    {
      username: text(form, "username").trim(),
      email,
      password: text(form, "password"),
      agreement: text(form, "agreement") === "on",
      ...(text(form, "invite") ? { invite: text(form, "invite").trim() } : {}),
      ...(text(form, "reason") ? { reason: text(form, "reason") } : {}),
      locale,
    },
  );
  if (answer.state !== "active") return { state: answer.state, email };
  flash("welcome");
  return "/home";
}

/** `/setup?token=` */
export async function setup({ api, url }: Context): Promise<{ token: string; valid: boolean }> {
  const token = url.searchParams.get("token") ?? "";
  const { valid } = await api.get<{ valid: boolean }>("/api/skein/v1/setup", { token });
  return { token, valid };
}

/** The set-up form: creates the owner and describes the place. */
export async function setUp({ api, flash, locale }: Context, form: FormData): Promise<string> {
  await api.send("POST", "/api/skein/v1/setup", {
    token: text(form, "token"),
    username: text(form, "username").trim(),
    email: text(form, "email").trim(),
    password: text(form, "password"),
    title: text(form, "title").trim(),
    description: text(form, "description").trim(),
    registrations: text(form, "registrations") as RegistrationMode,
    locale,
  });
  flash("welcome");
  return "/home";
}

/** Asks for a link to reset a password. The answer does not tell whether the address is known. */
export async function requestReset({ api }: Context, form: FormData): Promise<{ sent: true }> {
  await api.send("POST", "/api/skein/v1/password-resets", { email: text(form, "email").trim() });
  return { sent: true };
}

/** Sets a new password with the token of the link. */
export async function reset({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("PUT", "/api/skein/v1/password-resets", {
    token: text(form, "token"),
    password: text(form, "password"),
  });
  flash("password_changed");
  return "/login";
}

/** Confirms an e-mail address with the token of the link. */
export async function confirmEmail({ api, flash, me }: Context, form: FormData): Promise<string> {
  const token = text(form, "token");
  if (text(form, "cancel") !== "") {
    await api.send("POST", "/api/skein/v1/holds/cancel", { token: text(form, "cancel") });
    flash("saved");
    return "/login";
  }
  const answer = await api.send<{ held_until: string | null }>("POST", "/api/skein/v1/email-confirmations", { token });
  if (answer.held_until !== null) return me ? "/settings/account" : "/login";
  flash("confirmed");
  return me ? "/home" : "/login";
}

export type AuthorizeData = { authorization: Authorization; problem: "" } | { authorization: null; problem: string };

/** `/oauth/authorize`: who asks for what. A request which cannot be trusted is explained here and leads nowhere. */
export async function authorize({ api, url }: Context): Promise<AuthorizeData> {
  try {
    return {
      authorization: await api.get<Authorization>("/api/skein/v1/oauth/authorization", requestOf(url)),
      problem: "",
    };
  } catch (cause) {
    if (cause instanceof ApiError && cause.status < 500) return { authorization: null, problem: cause.message };
    throw cause;
  }
}

/** The decision about a program. */
export async function decide({ api, url }: Context, form: FormData): Promise<{ code: string }> {
  const answer = await api.send<{ redirect_to?: string; code?: string }>("POST", "/api/skein/v1/oauth/authorization", {
    ...requestOf(url),
    decision: text(form, "decision") === "allow" ? "allow" : "deny",
  });
  if (answer.redirect_to) throw new Redirect(answer.redirect_to, true);
  return { code: answer.code ?? "" };
}

/** Signs in on the authorise page and stays there. */
export async function signInHere({ api, url }: Context, form: FormData): Promise<string> {
  await api.send("POST", "/api/skein/v1/sessions", {
    login: text(form, "login").trim(),
    password: text(form, "password"),
  });
  return url.pathname + withoutAction(url);
}

/** Signs out on the authorise page, to decide with another account. */
export async function signOutHere({ api, url }: Context): Promise<string> {
  await api.send("DELETE", "/api/skein/v1/sessions/current");
  return url.pathname + withoutAction(url);
}

/** The program's own parameters, without the name of the form's action. */
function requestOf(url: URL): Record<string, string> {
  return Object.fromEntries([...url.searchParams].filter(([name]) => !name.startsWith("/")));
}

function withoutAction(url: URL): string {
  const query = new URLSearchParams(url.searchParams);
  for (const name of [...query.keys()]) if (name.startsWith("/")) query.delete(name);
  return `?${query.toString()}`;
}
