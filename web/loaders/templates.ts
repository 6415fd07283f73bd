/** Pictures that people offer to everybody as templates, and what staff does with them. */
import type { EngineCosts, EngineHealth, MemeTemplate, Studio } from "#web/lib/api/meme-types.ts";
import type { MediaAttachment } from "#web/lib/api/types.ts";
import { m } from "#web/lib/paraglide/messages.js";
import type { Context, SignedInContext } from "./context.ts";
import { Problem } from "./context.ts";

const API = "/api/skein/v1";
const PAGE = 24;

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
};

const staff = (role: string | undefined): boolean => role === "owner" || role === "admin" || role === "moderator";

export interface TemplatesData {
  templates: MemeTemplate[];
  older: string | null;
  /** Whether the reader may look at what is offered. */
  staff: boolean;
}

/** `/memes/templates` */
export async function templates({ api, url, me, head }: Context): Promise<TemplatesData> {
  head({ title: m.templates_title(), description: m.templates_lead(), canonical: "/memes/templates" });
  const before = url.searchParams.get("max_id");
  const found = await api.get<MemeTemplate[]>(`${API}/memes/templates`, {
    max_id: before !== null && /^\d+$/.test(before) ? before : null,
    limit: PAGE,
  });
  return {
    templates: found,
    older: found.length < PAGE ? null : (found.at(-1)?.id ?? null),
    staff: staff(me?.role),
  };
}

const ABOVE = { x: 40, y: 30, w: 1000, h: 260 } as const;
const BELOW = { x: 40, y: 790, w: 1000, h: 260 } as const;
/** Where the texts of an offered template go. */
const ZONES: Record<string, readonly { x: number; y: number; w: number; h: number }[]> = {
  both: [ABOVE, BELOW],
  above: [ABOVE],
  below: [BELOW],
};

/** Offers one's own picture to everybody. */
export async function offerTemplate({ api, flash }: Context, form: FormData): Promise<string> {
  const file = form.get("file");
  if (!(file instanceof File) || file.size === 0) throw new Problem(422, m.check_no_file());
  const body = new FormData();
  body.set("file", file, file.name);
  body.set("description", text(form, "alt"));
  const media = await api.send<MediaAttachment>("POST", "/api/v2/media", body);
  await api.send("POST", `${API}/memes/templates`, {
    media_id: media.id,
    name: text(form, "name"),
    alt: text(form, "alt"),
    licence: text(form, "licence"),
    credit: text(form, "credit"),
    zones: ZONES[text(form, "zones")] ?? ZONES["both"],
  });
  flash("offered");
  return "/memes/templates";
}

export interface MemesAdminData {
  /** Offered templates nobody has decided on yet. */
  waiting: MemeTemplate[];
  older: string | null;
  /** What engines say and cost; null for moderators, whom money does not concern. */
  engines: { health: EngineHealth[]; costs: EngineCosts[]; studio: Studio } | null;
}

/** `/admin/memes` */
export async function memesAdmin({ api, me, url }: SignedInContext): Promise<MemesAdminData> {
  if (!staff(me.role)) throw new Problem(403, "Only the staff of this server may open this page.");
  const before = url.searchParams.get("max_id");
  const operator = me.role !== "moderator";
  const [waiting, health, costs, studio] = await Promise.all([
    api.get<MemeTemplate[]>(`${API}/admin/memes/templates`, {
      max_id: before !== null && /^\d+$/.test(before) ? before : null,
      limit: PAGE,
    }),
    operator ? api.get<EngineHealth[]>(`${API}/admin/memes/engines`) : [],
    operator ? api.get<EngineCosts[]>(`${API}/admin/memes/costs`) : [],
    operator ? api.get<Studio>(`${API}/memes/studio`) : null,
  ]);
  return {
    waiting,
    older: waiting.length < PAGE ? null : (waiting.at(-1)?.id ?? null),
    engines: studio ? { health, costs, studio } : null,
  };
}

/** Lets a template in or turns it away. */
export const reviewTemplate =
  (verb: "approve" | "refuse") =>
  async ({ api, flash }: Context, form: FormData): Promise<string> => {
    await api.send("POST", `${API}/admin/memes/templates/${encodeURIComponent(text(form, "id"))}/${verb}`, {});
    flash(verb === "approve" ? "approved" : "rejected");
    return "/admin/memes";
  };
