/** The document in the editor's form, field by field: what it is without scripts. */
import { withFormat } from "#shared/meme/change.ts";
import { CHARACTERS, MOODS, PROPS, SCENES, type Caption, type Figure, type MemeDoc } from "#shared/meme/doc.ts";
import { isFormatId } from "#shared/meme/formats.ts";

const text = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
};

/** What the fields say, on top of what the document was before. */
export function documentFrom(form: FormData, before: MemeDoc): MemeDoc {
  const captions = before.captions.map((caption, n): Caption => ({ ...caption, text: text(form, `caption${n}`) }));
  const cast = before.cast.map((figure, n): Figure => {
    if (!form.has(`character${n}`)) return figure;
    const prop = PROPS.find((one) => one === text(form, `prop${n}`));
    return {
      character: CHARACTERS.find((one) => one === text(form, `character${n}`)) ?? figure.character,
      mood: MOODS.find((one) => one === text(form, `mood${n}`)) ?? figure.mood,
      ...(prop ? { prop } : {}),
      ...(form.get(`flip${n}`) === "on" ? { flip: true as const } : {}),
    };
  });
  const scene = SCENES.find((one) => one === text(form, "scene")) ?? before.scene;
  const wanted = text(form, "format");
  const doc = { ...before, captions, cast, scene };
  return isFormatId(wanted) ? withFormat(doc, wanted) : doc;
}
