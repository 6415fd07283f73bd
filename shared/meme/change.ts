/** Changes of a document that touch more than one field: the same for a form without scripts and for the editor. */
import { defaultDoc } from "./defaults.ts";
import type { Caption, Figure, MemeDoc } from "./doc.ts";
import { formatOf, type FormatId } from "./formats.ts";

/** The same words and figures in another format. What stood somewhere by hand goes back to where the format puts it. */
export function withFormat(doc: MemeDoc, format: FormatId): MemeDoc {
  if (format === doc.format) return doc;
  const spec = formatOf(format);
  const texts = doc.captions.map(({ text }) => text);
  const captions = spec.boxes.map((_, n): Caption => ({ text: texts[n] ?? "" }));
  // Words for which the new format has no box would be lost: the last box takes them.
  const rest = texts.slice(spec.boxes.length).filter((text) => text.trim() !== "");
  const last = captions.at(-1);
  if (last && rest.length > 0) last.text = [last.text, ...rest].filter(Boolean).join(" ").slice(0, 200);
  const usual = defaultDoc(format, texts.slice(0, spec.boxes.length), doc.lang, doc.seed);
  const { photo, ...kept } = doc;
  return {
    ...kept,
    format,
    captions,
    cast: usual.cast.map((figure, n): Figure => doc.cast[n] ?? figure),
    ...(photo && spec.photo ? { photo } : {}),
  };
}
