import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { levelsOf, visualOrder } from "./bidi.ts";
import { cut, tokensOf } from "./breaks.ts";
import { capitals } from "./capitals.ts";
import { emojiIn, emojiName } from "./emoji.ts";
import { clusters } from "./pieces.ts";

const texts = (text: string): string[] => tokensOf(text).map((token) => token.text);

test("words break at spaces and after hyphens", () => {
  deepEqual(texts("a well-known  thing"), ["a", "well-", "known", "thing"]);
  deepEqual(
    tokensOf("a well-known").map(({ space }) => space),
    [true, true, false],
  );
  deepEqual(texts("-5 and 3-4"), ["-5", "and", "3-4"]);
});

test("Japanese breaks between phrases, Chinese after any character, and no line begins with a full stop", () => {
  deepEqual(texts("一行だけ変更しました。"), ["一行だけ", "変更しました。"]);
  deepEqual(texts("我改了，真的"), ["我", "改", "了，", "真", "的"]);
  for (const token of texts("「はい」、コーヒーをください！")) ok(!/^[」、ー！]/u.test(token), token);
});

test("tokens know where they stand", () => {
  const text = "  Ein  Satz-Teil 猫だ ";
  for (const { text: word, start } of tokensOf(text)) equal(text.slice(start, start + word.length), word);
});

test("long words are cut at syllables, with nothing lost", () => {
  for (const word of [
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
    "internationalisation",
    "aaaaaaaa",
  ]) {
    const parts = cut({ text: word, start: 3, space: true }, (text) => text.length <= 14);
    equal(parts.map((part) => part.text).join(""), word);
    ok(parts.every((part) => part.text.length <= 14));
    deepEqual(
      parts.map((part) => part.soft === true),
      parts.map((_, n) => n < parts.length - 1),
    );
  }
  const [first] = cut({ text: "Etikettierungsüberwachung", start: 0, space: true }, (text) => text.length <= 17);
  equal(first?.text, "Etikettierungs");
});

test("emoji stay in one piece and carry the name of their picture", () => {
  deepEqual(clusters("a👩‍💻🇩🇪e\u0301"), ["a", "👩‍💻", "🇩🇪", "e\u0301"]);
  equal(emojiName("❤️"), "2764");
  equal(emojiName("👩‍💻"), "1f469-200d-1f4bb");
  deepEqual(emojiIn("1 🐑 and 1️⃣"), ["1f411", "31-20e3"]);
});

test("mixed directions are put into the order they are drawn in", () => {
  const text = "קרא Skein 100%";
  const levels = levelsOf(text);
  equal(levels.rtl, true);
  const words = [...text.matchAll(/\S+/g)].map((match) => ({ word: match[0], level: levels.at(match.index) }));
  // The Hebrew word comes first for its reader: at the right.
  deepEqual(
    visualOrder(words).map(({ word }) => word),
    ["Skein", "100%", "קרא"],
  );
  equal(levelsOf("plain").rtl, false);
  equal(levelsOf("abc (אבג)").rtl, false);
  equal(levelsOf("(א)").char(0), ")");
});

test("capitals keep the sharp s one letter and follow Turkish and Greek", () => {
  equal(capitals("Straße", "de"), "STRAẞE");
  equal(capitals("iki", "tr"), "İKİ");
  equal(capitals("iki", "en"), "IKI");
  equal(capitals("Άλλαξα μία", "el"), "ΑΛΛΑΞΑ ΜΙΑ");
});
