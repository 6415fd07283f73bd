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

/** `/privacy` */
export const privacy = async ({ api }: Context): Promise<{ text: string }> => ({
  text: (await api.get<{ content: string }>("/api/v1/instance/privacy_policy").catch(() => ({ content: "" }))).content,
});

/** `/terms` */
export const terms = async ({ api }: Context): Promise<{ text: string }> => ({
  text: (await api.get<{ content: string }>("/api/v1/instance/terms_of_service").catch(() => ({ content: "" })))
    .content,
});
