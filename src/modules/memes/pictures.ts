/** From a document to files: drawn, encoded, marked, signed, stored. Order matters: any change after signing breaks the signature. */
import { createHash } from "node:crypto";
import { encode } from "blurhash";
import { exec, one } from "#platform/db/sql.ts";
import { notFound } from "#platform/errors.ts";
import type { EngineKind, MemeDoc } from "#shared/meme/doc.ts";
import type { MemesDeps } from "./deps.ts";
import { SOURCE_TYPE_BASE, type C2pa, type Origin, type SignedMime, type SourceType } from "./provenance/c2pa.ts";
import type { lazyRenderer } from "./heavy.ts";
import { rememberFile, variantByKey } from "./sql-generations.ts";
import { memeByKey } from "./sql-memes.ts";

/** What is known of a meme that is going to be a file. */
export interface Drawable {
  key: string;
  doc: MemeDoc;
  engine: string;
  engineKind: EngineKind;
  model: string | null;
  photoKey: string | null;
  /** Made by a model, not taken by a person. */
  photoByModel: boolean;
  /** Address of the meme it is a remix of. */
  parent: string | undefined;
  memeId: bigint | null;
}

export type PictureFormat = "webp" | "jpg" | "png" | "gif";
export const MIMES: Readonly<Record<PictureFormat, SignedMime>> = {
  webp: "image/webp",
  jpg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
};

export interface Pictures {
  /** One file; made when it is first asked for, then kept. */
  file(what: Drawable, format: PictureFormat, px: 540 | 1080): Promise<Uint8Array>;
  /** The file with this name: `<key>.webp`, `<key>-540.webp`. 404 for what is no meme's name. */
  byName(name: string): Promise<{ bytes: Uint8Array; mime: string }>;
  /** Removes the files of these memes, after the transaction that let go of them. */
  remove(keys: readonly string[]): Promise<void>;
  blurhash(bytes: Uint8Array): Promise<string>;
  sourceType(what: Drawable): SourceType;
}

const NAMES: Readonly<Record<EngineKind, string>> = {
  stage: "Skein stage: a person's words, drawn",
  bank: "Skein joke bank and comic engine; no AI model ran",
  ai: "AI",
};
const NAME = /^([0-9a-f]{32})(-540)?\.(webp|jpg|png|gif)$/;
const blobOf = (key: string, format: PictureFormat, px: number): string => `${key}-meme-${px}.${format}`;

/**
 * The digital source type (IPTC) of a meme. The entries of the joke bank and the drawn cast were made by people with the help of models, and
 * say so: what is put together from them by a program is a composite with trained media. A person's own words or photo are a person's.
 */
export function sourceTypeOf(kind: EngineKind, photo: "none" | "own" | "model"): SourceType {
  if (photo === "model") return "trainedAlgorithmicMedia";
  if (kind === "stage") return photo === "own" ? "humanEdits" : "digitalCreation";
  return "compositeWithTrainedAlgorithmicMedia";
}

export function createPictures(
  deps: MemesDeps,
  renderer: Pick<ReturnType<typeof lazyRenderer>, "render" | "animate">,
  c2pa: C2pa,
): Pictures {
  const making = new Map<string, Promise<Uint8Array>>();

  const sourceType = (what: Drawable): SourceType =>
    sourceTypeOf(what.engineKind, what.photoKey === null ? "none" : what.photoByModel ? "model" : "own");

  async function blob(key: string): Promise<Uint8Array | undefined> {
    const found = await deps.blobs.get(key);
    if (!found) return undefined;
    return found.body instanceof Uint8Array ? found.body : new Uint8Array(await new Response(found.body).arrayBuffer());
  }

  async function make(what: Drawable, format: PictureFormat, px: 540 | 1080): Promise<Uint8Array> {
    const photo = what.photoKey === null ? undefined : await blob(what.photoKey);
    const type = sourceType(what);
    const origin: Origin = {
      sourceType: type,
      agent:
        what.model === null ? NAMES[what.engineKind] : `${NAMES[what.engineKind]}: ${what.model} via ${what.engine}`,
      version: deps.version,
      parent: what.parent,
      photo: photo !== undefined,
    };
    const drawn =
      format === "gif"
        ? await renderer.animate(what.doc, { format, px, photo, sourceType: SOURCE_TYPE_BASE + type })
        : await renderer.render(what.doc, {
            format: format === "jpg" ? "jpeg" : format,
            px,
            photo,
            sourceType: SOURCE_TYPE_BASE + type,
          });
    const bytes = await c2pa.sign(drawn, MIMES[format], origin);
    // What is drawn by a program of its own parts is known to be harmless; a photo under it is not.
    const key = blobOf(what.key, format, px);
    if (photo) await deps.media.screen(bytes, { use: "meme", key, by: {} });
    await deps.blobs.put(key, bytes);
    const sha256 = createHash("sha256").update(bytes).digest();
    await exec(
      deps.pool,
      rememberFile,
      sha256,
      what.key,
      what.memeId,
      what.engine,
      what.engineKind,
      what.model,
      SOURCE_TYPE_BASE + type,
      MIMES[format],
      deps.clock.now(),
    );
    return bytes;
  }

  const self: Pictures = {
    sourceType,
    async file(what, format, px) {
      const name = blobOf(what.key, format, px);
      const kept = await blob(name);
      if (kept) return kept;
      const running = making.get(name) ?? make(what, format, px).finally(() => making.delete(name));
      making.set(name, running);
      return running;
    },
    async byName(name) {
      const [, key, small, format] = NAME.exec(name) ?? [];
      if (key === undefined || !isFormat(format)) throw notFound();
      const px = small === undefined ? 1080 : 540;
      const kept = await blob(blobOf(key, format, px));
      if (kept) return { bytes: kept, mime: MIMES[format] };
      const what = await drawableByKey(deps, key);
      if (!what) throw notFound();
      return { bytes: await self.file(what, format, px), mime: MIMES[format] };
    },
    async remove(keys) {
      for (const key of keys)
        for (const format of ["webp", "jpg", "png", "gif"] as const)
          for (const px of [1080, 540])
            await deps.blobs
              .delete(blobOf(key, format, px))
              .catch((err: unknown) => deps.log.warn({ err }, "a meme's file could not be removed"));
    },
    async blurhash(bytes) {
      const { default: sharp } = await import("sharp");
      const { data, info } = await sharp(bytes)
        .resize(32, 32, { fit: "fill" })
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      return encode(new Uint8ClampedArray(data), info.width, info.height, 4, 4);
    },
  };
  return self;
}

function isFormat(text: string | undefined): text is PictureFormat {
  return text !== undefined && Object.hasOwn(MIMES, text);
}

/** What a file's random name belongs to: a meme, or a variant that is none yet. */
export async function drawableByKey(deps: MemesDeps, key: string): Promise<Drawable | undefined> {
  const meme = await one(deps.pool, memeByKey, key);
  if (meme) {
    return {
      key,
      doc: meme.doc,
      engine: meme.engine,
      engineKind: meme.engine_kind,
      model: meme.model,
      photoKey: meme.photo_key,
      photoByModel: meme.engine === "picture",
      parent: meme.parent_id === null ? undefined : `${deps.publicUrl}/memes/${meme.parent_id}`,
      memeId: meme.id,
    };
  }
  const variant = await one(deps.pool, variantByKey, key);
  if (!variant) return undefined;
  return {
    key,
    doc: variant.doc,
    engine: variant.engine,
    engineKind: variant.engine_kind,
    model: variant.model,
    photoKey: variant.photo_key,
    photoByModel: variant.engine === "picture",
    parent: undefined,
    memeId: null,
  };
}
