/** Checks documents of the outside: everything a person, a program or a model sends is measured here before it is drawn. */
import { z } from "zod";
import { AppError, invalid } from "#platform/errors.ts";
import { CHARACTERS, MAX_CAPTION, MOODS, PROPS, SCENES, type MemeDoc } from "#shared/meme/doc.ts";
import { FORMAT_IDS, formatOf } from "#shared/meme/formats.ts";

/** In units of a picture of 1080; a little outside is allowed, as somebody drags. */
const rect = z.strictObject({
  x: z.number().min(-200).max(1280),
  y: z.number().min(-200).max(1280),
  w: z.number().min(40).max(1280),
  h: z.number().min(40).max(1280),
});
const share = z.number().min(0).max(1);
const crop = z
  .strictObject({ x: share, y: share, w: z.number().min(0.05).max(1), h: z.number().min(0.05).max(1) })
  .refine((r) => r.x + r.w <= 1.0001 && r.y + r.h <= 1.0001, "is not within the picture");

const caption = z.strictObject({
  text: z
    .string()
    .max(MAX_CAPTION)
    .transform((text) =>
      text
        .normalize("NFC")
        .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
        .trim(),
    ),
  place: rect.optional(),
  maxSize: z.number().int().min(40).max(240).optional(),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, "is not a colour like #ffcc00")
    .optional(),
});

const figure = z.strictObject({
  character: z.enum(CHARACTERS),
  mood: z.enum(MOODS),
  prop: z.enum(PROPS).optional(),
  flip: z.literal(true).optional(),
});

export const memeDocument = z
  .strictObject({
    version: z.literal(1),
    format: z.enum(FORMAT_IDS),
    lang: z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "is not a language code such as en"),
    captions: z.array(caption).max(8),
    cast: z.array(figure).max(4),
    scene: z.enum(SCENES),
    seed: z.number().int().min(0).max(65535),
    photo: z
      .strictObject({
        mediaId: z.string().regex(/^\d{1,19}$/),
        templateId: z
          .string()
          .regex(/^\d{1,19}$/)
          .optional(),
        alt: z.string().max(1500),
        crop: crop.optional(),
        aspect: z.number().min(0.05).max(20),
      })
      .optional(),
  })
  .superRefine((doc, ctx) => {
    const spec = formatOf(doc.format);
    if (doc.captions.length !== spec.boxes.length)
      ctx.addIssue({
        code: "custom",
        path: ["captions"],
        message: `has to have ${spec.boxes.length} entries for ${doc.format}`,
      });
    if (doc.cast.length !== spec.cast)
      ctx.addIssue({ code: "custom", path: ["cast"], message: `has to have ${spec.cast} figures for ${doc.format}` });
    if (doc.photo && !spec.photo)
      ctx.addIssue({ code: "custom", path: ["photo"], message: `cannot be shown in ${doc.format}` });
  });

/** Reads a document; 422 with a problem per field when it is none. */
export function readDocument(input: unknown): MemeDoc {
  const read = memeDocument.safeParse(input);
  if (!read.success) {
    const details: Record<string, { error: string; description: string }[]> = {};
    for (const issue of read.error.issues) {
      const field = ["document", ...issue.path.map(String)].join(".");
      (details[field] ??= []).push({ error: "ERR_INVALID", description: issue.message });
    }
    throw invalid(details);
  }
  return clean(read.data);
}

/** Without the members that are not there: exact optional types, and bytes that are the same for the same meme. */
function clean(read: z.output<typeof memeDocument>): MemeDoc {
  const { photo, captions, cast, ...rest } = read;
  return {
    ...rest,
    captions: captions.map((c) => ({
      text: c.text,
      ...(c.place && { place: c.place }),
      ...(c.maxSize !== undefined && { maxSize: c.maxSize }),
      ...(c.colour !== undefined && { colour: c.colour.toLowerCase() }),
    })),
    cast: cast.map((f) => ({
      character: f.character,
      mood: f.mood,
      ...(f.prop && { prop: f.prop }),
      ...(f.flip && { flip: f.flip }),
    })),
    ...(photo && {
      photo: {
        mediaId: photo.mediaId,
        ...(photo.templateId !== undefined && { templateId: photo.templateId }),
        alt: photo.alt,
        aspect: photo.aspect,
        ...(photo.crop && { crop: photo.crop }),
      },
    }),
  };
}

/** A meme with nothing on it is not published. */
export function requireWords(doc: MemeDoc): void {
  if (doc.captions.every((c) => c.text === ""))
    throw new AppError("unprocessable", "Validation failed: captions are all empty", {
      details: { "document.captions": [{ error: "ERR_BLANK", description: "are all empty: write at least one" }] },
    });
}
