import type { Instance } from "#web/lib/api/types.ts";
import type { Context } from "./context.ts";

/** `/about` */
export async function about({ api, instance, head }: Context): Promise<{ instance: Instance; text: string }> {
  head({ title: instance.title, description: instance.description, canonical: "/about" });
  return {
    instance,
    text: (await api.get<{ content: string }>("/api/v1/instance/extended_description").catch(() => ({ content: "" })))
      .content,
  };
}

/** `/privacy` and `/terms` */
export async function policy(
  { api }: Context,
  which: "privacy" | "terms",
): Promise<{ policy: "privacy" | "terms"; text: string }> {
  const path = which === "terms" ? "/api/v1/instance/terms_of_service" : "/api/v1/instance/privacy_policy";
  return { policy: which, text: (await api.get<{ content: string }>(path).catch(() => ({ content: "" }))).content };
}
