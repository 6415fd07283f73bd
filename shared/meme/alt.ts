/** A meme in words, for those who do not see it: what is drawn, and every caption as it stands there. */
import { FORMAT_WORDS } from "./alt-formats.ts";
import { FIGURE_WORDS, MOOD_WORDS, PROP_WORDS, SCENE_WORDS, type Words } from "./alt-words.ts";
import { otherScene } from "./art/formats/scenery.ts";
import type { Figure, MemeDoc } from "./doc.ts";
import { formatOf } from "./formats.ts";

/** The text of a screen reader, in English or, for `de`, in German. Never empty; captions are in it verbatim. */
export function altText(doc: MemeDoc, lang: string): string {
  const german = /^de\b/i.test(lang);
  const say = ([en, de]: Words): string => (german ? de : en);
  const words = FORMAT_WORDS[doc.format];
  const sentences = [say(words.what)];
  const picture = doc.photo ? photo(doc.photo.alt, german) : pictureOf(doc, german);
  if (picture) sentences.push(picture);
  const [open, close] = german ? ["„", "“"] : ["“", "”"];
  doc.captions.forEach(({ text }, n) => {
    if (text.trim() === "") return;
    const role = words.boxes[n];
    sentences.push(`${role ? `${say(role)}: ` : ""}${open}${text}${close}${/[.!?…]$/.test(text) ? "" : "."}`);
  });
  return sentences.join(" ");
}

function photo(alt: string, german: boolean): string {
  const text = alt.trim();
  if (text === "") return german ? "Auf einem Foto." : "On a photo.";
  return `${german ? "Foto" : "Photo"}: ${text}${/[.!?…]$/.test(text) ? "" : "."}`;
}

/** Who stands where, in which mood, with what. */
function pictureOf(doc: MemeDoc, german: boolean): string {
  const { cast } = formatOf(doc.format);
  const figures = doc.cast.slice(0, cast).map((figure) => figureOf(figure, german));
  const { scenes } = FORMAT_WORDS[doc.format];
  const pick = german ? 1 : 0;
  const here = SCENE_WORDS[doc.scene][pick];
  if (scenes === 2 && figures.length === 2) {
    const there = SCENE_WORDS[otherScene(doc.scene)][pick];
    return german
      ? `Links ${here}: ${figures[0]}. Rechts ${there}: ${figures[1]}.`
      : `Left, ${here}: ${figures[0]}. Right, ${there}: ${figures[1]}.`;
  }
  if (figures.length === 0) return "";
  const place = scenes === 0 ? "" : `${here}: `;
  const text = `${place}${figures.join("; ")}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function figureOf({ character, mood, prop }: Figure, german: boolean): string {
  const pick = german ? 1 : 0;
  const held = prop
    ? `${german ? (prop === "crown" ? " und trägt " : " und hält ") : prop === "crown" ? " and wears " : " and holds "}${PROP_WORDS[prop][pick]}`
    : "";
  return `${FIGURE_WORDS[character][pick]} ${MOOD_WORDS[mood][pick]}${held}`;
}
