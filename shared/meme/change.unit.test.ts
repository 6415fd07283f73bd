import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { withFormat } from "./change.ts";
import { defaultDoc } from "./defaults.ts";
import { FORMATS, FORMAT_IDS, formatOf } from "./formats.ts";
import { stagings } from "./staging.ts";

test("no word is lost when the format changes", () => {
  const words = ["one", "two", "three", "four"];
  const doc = defaultDoc("interview", words, "en", 3);
  for (const id of FORMAT_IDS) {
    const other = withFormat(doc, id);
    const spec = formatOf(id);
    equal(other.captions.length, spec.boxes.length, id);
    equal(other.cast.length, spec.cast, id);
    const text = other.captions.map((caption) => caption.text).join(" ");
    for (const word of words) ok(text.includes(word), `${id}: ${text}`);
  }
});

test("figures somebody chose stay, places somebody chose do not", () => {
  const before = defaultDoc("top-bottom", ["a", "b"], "en", 3);
  const doc = {
    ...before,
    cast: [{ character: "bobbin" as const, mood: "love" as const, prop: "crown" as const }],
    captions: [{ text: "a", place: { x: 1, y: 2, w: 300, h: 100 } }, { text: "b" }],
  };
  const other = withFormat(doc, "dialogue");
  deepEqual(other.cast[0], doc.cast[0]);
  ok(other.captions.every((caption) => caption.place === undefined));
});

test("a photo stays where it can be shown", () => {
  const doc = { ...defaultDoc("top-bottom", ["a", "b"], "en", 3), photo: { mediaId: "1", alt: "", aspect: 1 } };
  for (const format of FORMATS) equal(withFormat(doc, format.id).photo !== undefined, format.photo, format.id);
});

test("a line is shown in twelve formats, and every word of it is its own", () => {
  for (const line of [
    "tea",
    "tea at four vs tea at midnight",
    "first this, then that, then the end",
    "猫がコーヒーを飲む",
  ]) {
    const found = stagings(line, 12);
    equal(found.length, 12, line);
    equal(new Set(found.map(({ format }) => format)).size, 12);
    for (const { captions } of found)
      for (const caption of captions) ok(line.toLowerCase().includes(caption.toLowerCase()), `${caption} of ${line}`);
  }
  deepEqual(stagings("  \n ", 12), []);
});
