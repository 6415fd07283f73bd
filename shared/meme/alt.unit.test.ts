import { equal, match, notEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { altText } from "./alt.ts";
import { defaultDoc } from "./defaults.ts";
import { CHARACTERS, MOODS, PROPS, SCENES, type MemeDoc } from "./doc.ts";
import { FORMATS, formatOf } from "./formats.ts";

test("the alternative text says what it is, contains every caption verbatim and is never empty", () => {
  for (const { id, boxes } of FORMATS) {
    for (const lang of ["en", "de", "fr", ""]) {
      const captions = boxes.map((_, n) => `  Caption № ${n} “as typed” <b> & 🐑${n}!`);
      const text = altText(defaultDoc(id, captions, lang, 12), lang);
      for (const caption of captions) ok(text.includes(caption), `${id}: ${text}`);
      match(text, /Meme/);
      match(altText(defaultDoc(id, [], lang, 12), lang), /Meme.{20}/);
    }
  }
});

test("it names who stands where, in which mood, with what", () => {
  const doc: MemeDoc = {
    ...defaultDoc("top-bottom", ["a", "b"], "en", 1),
    scene: "train",
    cast: [{ character: "bobbin", mood: "panic", prop: "umbrella" }],
  };
  match(altText(doc, "en"), /in a train: Bobbin the crow panics.* holds an umbrella/i);
  match(altText(doc, "de"), /im Zug: Bobbin, die Krähe, gerät in Panik.* hält einen Regenschirm/i);
});

test("every character, mood, thing and place has words of its own in both languages", () => {
  const base = defaultDoc("top-bottom", ["a", "b"], "en", 1);
  for (const lang of ["en", "de"]) {
    const seen = new Set<string>();
    for (const character of CHARACTERS)
      for (const mood of MOODS) seen.add(altText({ ...base, cast: [{ character, mood }] }, lang));
    equal(seen.size, CHARACTERS.length * MOODS.length);
    equal(
      new Set(PROPS.map((prop) => altText({ ...base, cast: [{ character: "purl", mood: "joy", prop }] }, lang))).size,
      PROPS.length,
    );
    equal(new Set(SCENES.map((scene) => altText({ ...base, scene }, lang))).size, SCENES.length);
  }
});

test("a photo is described in the words of who added it", () => {
  const doc: MemeDoc = {
    ...defaultDoc("caption-bar", ["Monday"], "en", 1),
    photo: { mediaId: "1", alt: "A dog asleep on a sofa", aspect: 1.5 },
  };
  match(altText(doc, "en"), /Photo: A dog asleep on a sofa\./);
});

test("a first picture fits the words and the format, and is the same for the same seed", () => {
  for (const { id, boxes, cast } of FORMATS) {
    const doc = defaultDoc(
      id,
      boxes.map(() => "something"),
      "en",
      77,
    );
    equal(doc.captions.length, boxes.length);
    equal(doc.cast.length, cast);
    equal(
      JSON.stringify(doc),
      JSON.stringify(
        defaultDoc(
          id,
          boxes.map(() => "something"),
          "en",
          77,
        ),
      ),
    );
  }
  const coffee = defaultDoc("top-bottom", ["Me before coffee", "Me after"], "en", 4);
  equal(coffee.cast[0]?.prop, "coffee");
  equal(coffee.scene, "kitchen");
  equal(defaultDoc("top-bottom", ["Ich bin müde", "Gute Nacht"], "de", 4).cast[0]?.mood, "tired");
  equal(defaultDoc("top-bottom", ["Überstunden im Büro", ""], "de", 4).scene, "office");
  const wished = defaultDoc("dialogue", ["a", "b"], "en", 4, {
    moods: ["love", "sad"],
    props: [null, "cake"],
    scene: "space",
  });
  equal(wished.cast.map(({ mood, prop }) => `${mood} ${prop ?? "-"}`).join(), "love -,sad cake");
  notEqual(wished.cast[0]?.character, wished.cast[1]?.character);
  equal(formatOf("chart").cast, defaultDoc("chart", [], "en", 1).cast.length);
});
