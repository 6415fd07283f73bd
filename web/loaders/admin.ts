import type { AdminAccount, InstanceSettings, Mail, RegistrationMode } from "#web/lib/api/types.ts";
import type { Context, SignedInContext } from "./context.ts";
import { Problem } from "./context.ts";

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
};

/** Everything under `/admin` is for owner and admins; the API checks it again. */
export async function operatorsOnly({ me }: SignedInContext): Promise<Record<string, never>> {
  if (me.role !== "owner" && me.role !== "admin")
    throw new Problem(403, "Only the operators of this server may open this page.");
  return {};
}

/** `/admin` */
export async function place(context: SignedInContext): Promise<{ settings: InstanceSettings }> {
  await operatorsOnly(context);
  return { settings: await context.api.get<InstanceSettings>("/api/skein/v1/instance") };
}

/** Saves what the place is called and what holds there. */
export async function savePlace({ api, flash }: Context, form: FormData): Promise<string> {
  const hints = form.getAll("rule_hint").map(String);
  const rules = form
    .getAll("rule_text")
    .map((rule, index) => ({ text: String(rule).trim(), hint: (hints[index] ?? "").trim() }))
    .filter((rule) => rule.text !== "");
  await api.send("PATCH", "/api/skein/v1/instance", {
    title: text(form, "title"),
    short_description: text(form, "short_description"),
    description: text(form, "description"),
    registrations: text(form, "registrations") as RegistrationMode,
    contact_email: text(form, "contact_email"),
    privacy_policy: text(form, "privacy_policy"),
    terms: text(form, "terms"),
    languages: text(form, "languages")
      .split(/[\s,]+/)
      .filter((code) => code !== ""),
    rules,
  });
  flash("saved");
  return "/admin";
}

/** `/admin/accounts`: who waits for approval. */
export async function pending(context: SignedInContext): Promise<{ accounts: AdminAccount[] }> {
  await operatorsOnly(context);
  return {
    accounts: await context.api.get<AdminAccount[]>("/api/v2/admin/accounts", { status: "pending", limit: 100 }),
  };
}

/** Lets an account in or turns it away. */
export const decideAccount =
  (verb: "approve" | "reject") =>
  async ({ api, flash }: Context, form: FormData): Promise<string> => {
    await api.send("POST", `/api/v1/admin/accounts/${encodeURIComponent(text(form, "id"))}/${verb}`, {});
    flash(verb === "approve" ? "approved" : "rejected");
    return "/admin/accounts";
  };

/** `/admin/mail` */
export async function mail(context: SignedInContext): Promise<{ mails: Mail[] }> {
  await operatorsOnly(context);
  return { mails: await context.api.get<Mail[]>("/api/skein/v1/mail") };
}
