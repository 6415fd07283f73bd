/** What operators decide about other servers, and how members move between them. */
import type { Alias, DomainAllow, DomainBlock, Page, PeerHost } from "#web/lib/api/types.ts";
import { operatorsOnly } from "./admin.ts";
import type { Context, SignedInContext } from "./context.ts";

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
};

const here = "/admin/federation";
const blocks = "/api/v1/admin/domain_blocks";
const allows = "/api/v1/admin/domain_allows";
const own = "/api/skein/v1/admin/federation";

export interface FederationData {
  limited: boolean;
  rules: Page<DomainBlock>;
  allows: DomainAllow[];
  hosts: PeerHost[];
}

/** `/admin/federation` */
export async function federation(context: SignedInContext): Promise<FederationData> {
  await operatorsOnly(context);
  const { api, url } = context;
  const [{ limited }, rules, allowed, hosts] = await Promise.all([
    api.get<{ limited: boolean }>(own),
    api.list<DomainBlock>(blocks, { max_id: url.searchParams.get("max_id"), limit: 50 }),
    api.get<DomainAllow[]>(allows, { limit: 200 }),
    api.get<PeerHost[]>(`${own}/hosts`),
  ]);
  return { limited, rules, allows: allowed, hosts: hosts.filter((host) => host.waiting > 0 || host.state !== "ok") };
}

const rule = (form: FormData): Record<string, unknown> => ({
  severity: text(form, "severity"),
  reject_media: form.get("reject_media") === "on",
  reject_reports: form.get("reject_reports") === "on",
  private_comment: text(form, "private_comment"),
  public_comment: text(form, "public_comment"),
  obfuscate: form.get("obfuscate") === "on",
});

/** A form whose work is one call; then the page again. */
const calls =
  (work: (context: Context, form: FormData) => Promise<unknown>, flash: "saved" | "deleted" | "retried") =>
  async (context: Context, form: FormData): Promise<string> => {
    await work(context, form);
    context.flash(flash);
    return here;
  };
const id = (form: FormData): string => encodeURIComponent(text(form, "id"));
const host = (form: FormData): string => encodeURIComponent(text(form, "host"));

export const addRule = calls(
  ({ api }, form) => api.send("POST", blocks, { domain: text(form, "domain"), ...rule(form) }),
  "saved",
);
export const changeRule = calls(({ api }, form) => api.send("PUT", `${blocks}/${id(form)}`, rule(form)), "saved");
export const removeRule = calls(({ api }, form) => api.send("DELETE", `${blocks}/${id(form)}`), "deleted");
export const allowDomain = calls(({ api }, form) => api.send("POST", allows, { domain: text(form, "allow") }), "saved");
export const disallowDomain = calls(({ api }, form) => api.send("DELETE", `${allows}/${id(form)}`), "deleted");
export const retryHost = calls(({ api }, form) => api.send("POST", `${own}/hosts/${host(form)}/retry`, {}), "retried");
export const dropHost = calls(({ api }, form) => api.send("DELETE", `${own}/hosts/${host(form)}`), "deleted");

/** Takes over a list of another server; the page says what became of it. */
export async function importRules(
  { api }: Context,
  form: FormData,
): Promise<{ imported: { added: number; changed: number; skipped: number } }> {
  const body = new FormData();
  const file = form.get("file");
  if (file instanceof File && file.size > 0) body.set("file", file, file.name);
  return { imported: await api.send("POST", `${own}/domain_blocks.csv`, body) };
}

/** `/settings/move` */
export async function moving({ api, me }: SignedInContext): Promise<{ aliases: Alias[]; followers: number }> {
  return {
    aliases: await api.get<Alias[]>("/api/skein/v1/me/aliases"),
    followers: me.account.followers_count,
  };
}

export async function addAlias({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("POST", "/api/skein/v1/me/aliases", { target: text(form, "alias") });
  flash("saved");
  return "/settings/move";
}

export async function removeAlias({ api, flash }: Context, form: FormData): Promise<string> {
  await api.send("DELETE", "/api/skein/v1/me/aliases", { uri: text(form, "uri") });
  flash("deleted");
  return "/settings/move";
}

/** Moves the followers to another account. */
export async function moveAway({ api, flash }: Context, form: FormData): Promise<string> {
  const current = form.get("current");
  await api.send("POST", "/api/skein/v1/me/move", {
    target: text(form, "target"),
    current: typeof current === "string" ? current : "",
  });
  flash("moved");
  return "/settings/move";
}
