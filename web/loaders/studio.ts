/** The meme studio: prompts, variants, and the form of one meme. */
import { defaultDoc } from "#shared/meme/defaults.ts";
import { MAX_CAPTION, type Caption, type MemeDoc, type Photo } from "#shared/meme/doc.ts";
import { formatOf, isFormatId } from "#shared/meme/formats.ts";
import { documentFrom } from "#web/lib/memes/form-doc.ts";
import type { Meme, MemeGeneration, MemeTemplate, Studio, Wallet } from "#web/lib/api/meme-types.ts";
import type { MediaAttachment, Status } from "#web/lib/api/types.ts";
import { m } from "#web/lib/paraglide/messages.js";
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
  /** Where the photo under the captions lies, when there is one. */
  photoUrl: string | null;
  /** What the post says to begin with: whom a licence wants named. */
  words: string;
}

/** `/memes/edit` */
export async function edit({ api, url, locale }: SignedInContext): Promise<EditData> {
  const query = url.searchParams;
  const id = (name: string): string | null => {
    const value = query.get(name);
    return value !== null && /^\d+$/.test(value) ? value : null;
  };
  const [variant, remix, meme, generation] = [id("variant"), id("remix"), id("meme"), id("g")];
  const keptPhoto = (doc: MemeDoc, of: string): string | null => (doc.photo ? `${API}/memes/${of}/photo` : null);
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
      photoUrl: keptPhoto(found.document, meme),
      words: "",
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
      photoUrl: keptPhoto(found.document, remix),
      words: "",
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
      photoUrl: (await upload(api, found.document.photo?.mediaId ?? null))?.url ?? null,
      words: "",
    };
  }
  const template = id("template");
  if (template !== null) return fromTemplate(api, template, locale);
  const wanted = query.get("format") ?? "";
  const format = isFormatId(wanted) ? wanted : "top-bottom";
  // A line from the studio's live preview comes along in the address.
  const given = query.getAll("t").map((line) => line.slice(0, MAX_CAPTION));
  const seed = Number(query.get("seed") ?? "1");
  const texts = formatOf(format).boxes.map((_, n) => given[n] ?? "");
  const drawn = defaultDoc(format, texts, locale, Number.isInteger(seed) && seed >= 0 ? seed & 0xffff : 1, {});
  const photo = formatOf(format).photo ? await upload(api, id("photo")) : null;
  return {
    document: photo ? { ...drawn, photo: photo.photo } : drawn,
    from: { kind: "new", id: "" },
    picture: null,
    alt: "",
    credit: null,
    chips: [],
    photoUrl: photo?.url ?? null,
    words: "",
  };
}

/** One's own upload as a photo under captions; null when it is gone. */
async function upload(api: Context["api"], id: string | null): Promise<{ photo: Photo; url: string } | null> {
  if (id === null || id === "0") return null;
  const media = await api.get<MediaAttachment>(`/api/v1/media/${id}`).catch(() => null);
  const size = media?.meta?.original;
  if (!media?.url || !size?.width || !size.height) return null;
  return {
    url: media.url,
    photo: { mediaId: id, alt: media.description ?? "", aspect: size.width / size.height },
  };
}

function creditOf({ name, licence, credit }: MemeTemplate): string {
  return licence === "CC-BY" || licence === "CC-BY-SA"
    ? m.templates_line({ name, credit, licence: licence.replace("CC-", "CC ") })
    : "";
}

/** An empty meme over a template, with its texts where the template wants them. */
async function fromTemplate(api: Context["api"], id: string, locale: string): Promise<EditData> {
  const [found] = await api.get<MemeTemplate[]>(`${API}/memes/templates`, {
    max_id: (BigInt(id) + 1n).toString(),
    limit: 1,
  });
  if (found?.id !== id) throw new Problem(404, "There is no such template.");
  const drawn = defaultDoc("top-bottom", ["", ""], locale, 1, {});
  return {
    document: {
      ...drawn,
      captions: drawn.captions.map((caption, n): Caption => {
        const place = found.zones[n];
        return place ? { ...caption, place } : caption;
      }),
      photo: { mediaId: "0", templateId: id, alt: found.alt, aspect: found.aspect },
    },
    from: { kind: "new", id: "" },
    picture: found.image_url,
    alt: "",
    credit: null,
    chips: [],
    photoUrl: found.image_url,
    words: creditOf(found),
  };
}

/** The document in a form: as JSON from the editor, or field by field. */
function documentOf(form: FormData): MemeDoc {
  const before = JSON.parse(text(form, "document")) as MemeDoc;
  return form.get("edited") === "script" ? before : documentFrom(form, before);
}

async function saved({ api }: Context, form: FormData): Promise<Meme> {
  const document = documentOf(form);
  // When it is refused, the page goes on with what somebody made and not with what it had sent.
  form.set("document", JSON.stringify(document));
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
