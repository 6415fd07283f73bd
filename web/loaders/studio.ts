/** The meme studio: prompts, variants, and the form of one meme. */
import { CHARACTERS, MOODS, PROPS, SCENES, type Caption, type Figure, type MemeDoc } from "#shared/meme/doc.ts";
import { defaultDoc } from "#shared/meme/defaults.ts";
import { formatOf, FORMATS, isFormatId } from "#shared/meme/formats.ts";
import type { Meme, MemeGeneration, Studio, Wallet } from "#web/lib/api/meme-types.ts";
import type { MediaAttachment, Status } from "#web/lib/api/types.ts";
import type { Context, SignedInContext } from "./context.ts";
import { Problem } from "./context.ts";

const API = "/api/skein/v1";

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
};

export interface StudioData {
  studio: Studio;
  generation: MemeGeneration | null;
  drafts: Meme[];
  wallet: Wallet | null;
}

/** `/memes`; for readers without an account the same page, which sends them to the wall or to sign up. */
export async function studio({ api, url, me, head }: Context): Promise<StudioData> {
  head({ title: "Memes", description: "", canonical: "/memes" });
  const order = url.searchParams.get("g");
  const [found, generation, drafts, wallet] = await Promise.all([
    api.get<Studio>(`${API}/memes/studio`),
    me && order && /^\d+$/.test(order)
      ? api.get<MemeGeneration>(`${API}/memes/generations/${order}`).catch(() => null)
      : null,
    me ? api.get<Meme[]>(`${API}/memes`, { limit: 20 }) : [],
    me ? api.get<Wallet>(`${API}/wallet`) : null,
  ]);
  return { studio: found, generation, drafts: drafts.filter((d) => d.state === "draft").slice(0, 6), wallet };
}

/** Asks for variants. A photo is uploaded first. */
export async function make({ api }: Context, form: FormData): Promise<string> {
  const photo = form.get("photo");
  let photoId: string | undefined;
  if (photo instanceof File && photo.size > 0) {
    const body = new FormData();
    body.set("file", photo, photo.name);
    const alt = text(form, "photo_alt");
    if (alt !== "") body.set("description", alt);
    photoId = (await api.send<MediaAttachment>("POST", "/api/v2/media", body)).id;
  }
  const made = await api.send<MemeGeneration>(
    "POST",
    `${API}/memes/generations`,
    {
      prompt: text(form, "prompt"),
      engine: text(form, "engine") || "bank",
      variants: Number(text(form, "variants") || "4"),
      photo_id: photoId,
    },
    { "idempotency-key": text(form, "key") || crypto.randomUUID() },
  );
  return `/memes?g=${made.id}`;
}

/** Posts a variant as it is. */
export async function postVariant({ api, flash }: Context, form: FormData): Promise<string> {
  const draft = await api.send<Meme>("POST", `${API}/memes`, { variant_id: text(form, "variant_id") });
  const status = await api.send<Status>("POST", `${API}/memes/${draft.id}/publish`, { status: text(form, "status") });
  flash("posted");
  return `/@${status.account.acct}/${status.id}`;
}

export interface EditData {
  document: MemeDoc;
  /** What it is made from; the form sends it back. */
  from: { kind: "variant" | "remix" | "meme" | "new"; id: string };
  /** Picture of the document as the server draws it; null before it was saved. */
  picture: string | null;
  alt: string;
  credit: string | null;
  chips: string[];
}

/** `/memes/edit` */
export async function edit({ api, url, locale }: SignedInContext): Promise<EditData> {
  const query = url.searchParams;
  const id = (name: string): string | null => {
    const value = query.get(name);
    return value !== null && /^\d+$/.test(value) ? value : null;
  };
  const [variant, remix, meme, generation] = [id("variant"), id("remix"), id("meme"), id("g")];
  if (meme !== null) {
    const found = await api.get<Meme>(`${API}/memes/${meme}`);
    if (found.state !== "draft") throw new Problem(404, "This meme is published already.");
    return {
      document: found.document,
      from: { kind: "meme", id: meme },
      picture: found.image_url,
      alt: found.alt,
      credit: found.remix_of?.account?.acct ?? null,
      chips: [],
    };
  }
  if (remix !== null) {
    const found = await api.get<Meme>(`${API}/memes/${remix}`);
    return {
      document: found.document,
      from: { kind: "remix", id: remix },
      picture: found.image_url,
      alt: found.alt,
      credit: found.account?.acct ?? null,
      chips: [],
    };
  }
  if (variant !== null && generation !== null) {
    const found = (await api.get<MemeGeneration>(`${API}/memes/generations/${generation}`)).variants.find(
      (v) => v.id === variant,
    );
    if (!found) throw new Problem(404, "There is no such variant.");
    return {
      document: found.document,
      from: { kind: "variant", id: variant },
      picture: found.image_url,
      alt: found.alt,
      credit: null,
      chips: found.chips,
    };
  }
  const wanted = query.get("format") ?? "";
  const format = isFormatId(wanted) ? wanted : "top-bottom";
  const empty = formatOf(format).boxes.map(() => "");
  return {
    document: defaultDoc(format, empty, locale, 1, {}),
    from: { kind: "new", id: "" },
    picture: null,
    alt: "",
    credit: null,
    chips: [],
  };
}

/** The document in a form: as JSON from the editor, or field by field. */
function documentOf(form: FormData): MemeDoc {
  const before = JSON.parse(text(form, "document")) as MemeDoc;
  if (form.get("edited") === "script") return before;
  const wanted = text(form, "format");
  const format = isFormatId(wanted) ? wanted : before.format;
  const spec = formatOf(format);
  const changed = format !== before.format;
  const captions = spec.boxes.map((_, i): Caption => {
    const kept = changed ? {} : { ...before.captions[i] };
    return { ...kept, text: text(form, `caption${i}`) };
  });
  const drawn = defaultDoc(
    format,
    captions.map((c) => c.text),
    before.lang,
    before.seed,
    {},
  );
  const cast =
    spec.cast === 0
      ? []
      : drawn.cast.map((usual, i): Figure => {
          const figure = changed && i >= before.cast.length ? usual : (before.cast[i] ?? usual);
          const prop = PROPS.find((p) => p === text(form, `prop${i}`));
          return {
            character: CHARACTERS.find((c) => c === text(form, `character${i}`)) ?? figure.character,
            mood: MOODS.find((mood) => mood === text(form, `mood${i}`)) ?? figure.mood,
            ...(prop ? { prop } : {}),
            ...(form.get(`flip${i}`) === "on" ? { flip: true as const } : {}),
          };
        });
  const { photo, ...rest } = before;
  return {
    ...rest,
    format,
    captions,
    cast,
    scene: SCENES.find((s) => s === text(form, "scene")) ?? before.scene,
    ...(photo && spec.photo ? { photo } : {}),
  };
}

async function saved({ api }: Context, form: FormData): Promise<Meme> {
  const document = documentOf(form);
  const [kind, id] = [text(form, "kind"), encodeURIComponent(text(form, "id"))];
  if (kind === "meme") return api.send<Meme>("PUT", `${API}/memes/${id}`, { document });
  if (kind === "remix") return api.send<Meme>("POST", `${API}/memes/${id}/remix`, { document });
  return api.send<Meme>("POST", `${API}/memes`, kind === "variant" ? { variant_id: id, document } : { document });
}

/** Keeps the draft and shows how the server draws it. */
export async function save(context: Context, form: FormData): Promise<string> {
  return `/memes/edit?meme=${(await saved(context, form)).id}`;
}

/** Makes the post. */
export async function publish(context: Context, form: FormData): Promise<string> {
  const draft = await saved(context, form);
  const alt = text(form, "alt");
  const status = await context.api.send<Status>("POST", `${API}/memes/${draft.id}/publish`, {
    status: text(form, "status"),
    visibility: text(form, "visibility") || "public",
    remix_policy: text(form, "remix_policy") || "anyone",
    ...(alt === "" || alt === text(form, "alt_before") ? {} : { alt }),
  });
  context.flash("posted");
  return `/@${status.account.acct}/${status.id}`;
}

/** Every format there is, for the picker. */
export const formats = FORMATS;
