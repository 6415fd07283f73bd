/** Ten thousand captions in many scripts: all legible, none outside its box, the same picture every time. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { random } from "#shared/meme/art/draw.ts";
import { contrast, READABLE } from "#shared/meme/art/contrast.ts";
import { defaultDoc } from "#shared/meme/defaults.ts";
import type { MemeDoc } from "#shared/meme/doc.ts";
import { FORMATS, type BoxSpec } from "#shared/meme/formats.ts";
import { FLOOR } from "#shared/meme/layout/fit.ts";
import { svg, textsOf } from "#shared/meme/svg.ts";
import { createFonts } from "./fonts.ts";
import { glyphsOf } from "./glyph-boxes.ts";

const SEED = Number(process.env["SKEIN_TEST_SEED"] ?? 20_261);
const CAPTIONS = 10_000;

const COMPOUNDS = [
  "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
  "Donaudampfschifffahrtsgesellschaftskapitänsmütze",
  "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung",
  "Kraftfahrzeughaftpflichtversicherung",
  "Arbeiterunfallversicherungsgesetz",
  "Geschwindigkeitsbeschränkungsschild",
] as const;
const EMOJI = ["🐑", "☕️", "👩‍💻", "🇩🇪", "❤️", "1️⃣", "🔥", "👨‍👩‍👧‍👦", "🏴‍☠️", "😀", "⏰", "👍🏽"] as const;

type Random = () => number;
const between = (next: Random, from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
const pick = <T>(next: Random, list: ArrayLike<T>): T => {
  const found = list[Math.floor(next() * list.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
};
/** Letters stand in the order of how often they are used. */
function word(next: Random, letters: string, from: number, to: number): string {
  const list = [...letters];
  return Array.from({ length: between(next, from, to) }, () => list[Math.floor(next() ** 1.8 * list.length)]).join("");
}
const words = (count: number, one: () => string): string => Array.from({ length: count }, one).join(" ");

/** What people write, by language; `most` is how many words the box takes. */
const WRITERS: Record<string, (next: Random, most: number) => string> = {
  en: (next, most) =>
    words(between(next, 1, most), () => word(next, "etaoinshrdlucmfwypvbgkjqxz", 1, 11)) +
    pick(next, ["", "!", "?", "…", " (again)"]),
  de: (next, most) => {
    const list = words(between(next, 1, most), () => word(next, "enisratdhulcgmobwfkzpväßjüyxqö", 2, 12)).split(" ");
    // A button of three words need not hold a whole law.
    const compounds = COMPOUNDS.filter(({ length }) => most > 3 || length < 40);
    if (next() < 0.5) list[between(next, 0, list.length - 1)] = pick(next, compounds);
    return list.join(" ");
  },
  ja: (next, most) =>
    word(next, "のにはをたがでてとしれさあいうえおかテストコーヒー猫犬会議一行変更全部落月曜日、。「」ー", 1, most * 3),
  zh: (next, most) =>
    word(next, "我只是改了一行代码为什么所有测试都失败今天天气很好，。？不想上班周一咖啡", 1, most * 2),
  ko: (next, most) =>
    words(between(next, 1, most), () => word(next, "가나다라마바사아자차카타파하한글테스트왜줄만", 1, 5)),
  ar: (next, most) =>
    words(between(next, 1, most), () => word(next, "اليمونرتبةعدسفهكقحجشطصخزضذثءظغ", 1, 9)) +
    pick(next, ["", "؟", " 100%", " Skein"]),
  he: (next, most) =>
    words(between(next, 1, most), () => word(next, "יוהלאתרשבמנםדעחפקצגסכטזןךףץ", 1, 8)) +
    pick(next, ["", "?", " (3)", " OK"]),
  hi: (next, most) =>
    words(between(next, 1, most), () =>
      pick(next, ["बस", "एक", "लाइन", "बदली", "थी", "अब", "सब", "कुछ", "टूट", "गया", "क्योंकि", "प्रोग्राम"]),
    ),
  ru: (next, most) => words(between(next, 1, most), () => word(next, "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф", 1, 12)),
  el: (next, most) => words(between(next, 1, most), () => word(next, "αειοτνσρκπμληυδγθφχβξζψω", 1, 11)),
  emoji: (next, most) =>
    words(between(next, 1, most), () => (next() < 0.4 ? pick(next, EMOJI) : word(next, "etaoinshrdlu", 1, 8))),
  mixed: (next, most) =>
    words(between(next, 1, most), () =>
      pick(next, ["Skein", "قال", "猫", "🐑", "3.14", "שלום", "Ünï", "“quote”", "C++", "#1"]),
    ),
  vi: (next, most) =>
    words(between(next, 1, most), () =>
      pick(next, ["Tôi", "chỉ", "sửa", "một", "dòng", "mã", "thôi", "được", "ngủ", "muộn"]),
    ),
};

function caption(next: Random, lang: string, box: BoxSpec): string {
  const text = (WRITERS[lang] ?? (() => "x"))(next, box.maxWords);
  return [...text].slice(0, 190).join("").trim();
}

const fonts = createFonts();

test(`${CAPTIONS} captions within the word limits are legible and inside their boxes (seed ${SEED})`, async () => {
  const next = random(SEED);
  const languages = Object.keys(WRITERS);
  const faults: string[] = [];
  let count = 0;
  for (let round = 0; count < CAPTIONS; round++) {
    const format = FORMATS[round % FORMATS.length];
    if (!format) throw new Error("there are formats");
    const lang = pick(next, languages);
    const texts = format.boxes.map((box) => caption(next, lang, box));
    const doc = defaultDoc(format.id, texts, lang, between(next, 0, 65_535));
    await fonts.faces.prepare(textsOf(doc), doc.lang);
    const { svg: picture, boxes } = svg(doc, fonts.faces);
    const fault = (n: number, what: string): unknown =>
      faults.push(`${format.id}, box ${n}, ${lang}, round ${round}: ${what}: ${texts[n]}`);
    boxes.forEach((box, n) => {
      if (box.missingFont !== undefined) fault(n, `no font for ${box.missingFont}`);
      if (texts[n] && (box.overflow || box.size < FLOOR)) fault(n, `${box.size} px`);
    });
    for (const glyph of glyphsOf(picture)) {
      const box = boxes[glyph.caption]?.rect;
      if (!box) throw new Error(`no box ${glyph.caption}`);
      const outside = Math.max(box.x - glyph.x0, box.y - glyph.y0, glyph.x1 - box.x - box.w, glyph.y1 - box.y - box.h);
      if (outside > 0.75) fault(glyph.caption, `ink ${outside.toFixed(2)} px outside its box`);
      if (Math.min(glyph.x0, glyph.y0, 1080 - glyph.x1, 1080 - glyph.y1) < 0)
        fault(glyph.caption, "ink outside the picture");
    }
    count += texts.length;
  }
  equal(faults.length, 0, `seed ${SEED}: ${faults.length} faults, e.g.\n${faults.slice(0, 40).join("\n")}`);
});

test("the same document is the same picture, also with fonts opened anew", async () => {
  const doc = defaultDoc("dialogue", ["Straße, ÄÖÜ und “Zitate”", "مرحبا Skein 🐑"], "de", 7);
  const other = createFonts();
  await Promise.all([fonts.faces.prepare(textsOf(doc), "de"), other.faces.prepare(textsOf(doc), "de")]);
  deepEqual(svg(doc, fonts.faces), svg(doc, other.faces));
});

test("text can be told from its outline or box, whatever colour somebody chose", async () => {
  const next = random(SEED);
  for (let round = 0; round < 300; round++) {
    const format = FORMATS[round % FORMATS.length];
    if (!format) throw new Error("there are formats");
    const colour = `#${between(next, 0, 0xffffff).toString(16).padStart(6, "0")}`;
    const plain = defaultDoc(
      format.id,
      format.boxes.map(() => "Read me"),
      "en",
      round,
    );
    const doc: MemeDoc = {
      ...plain,
      captions: plain.captions.map((one) => ({ ...one, colour, place: { x: 90, y: 90, w: 700, h: 200 } })),
    };
    await fonts.faces.prepare(textsOf(doc), "en");
    const { svg: picture } = svg(doc, fonts.faces);
    for (const [, outline = "", fill = ""] of picture.matchAll(
      /fill="(#\w+)" stroke="#\w+" stroke-linejoin="round"\/><use href="#\w+-t\d+g" fill="(#\w+)"/g,
    ))
      ok(contrast(outline, fill) >= READABLE, `${fill} in ${outline}`);
  }
});

test("what is too long says so, and what no font has is named instead of drawn as a box", async () => {
  const long = defaultDoc("doors", ["so many words ".repeat(14).trim(), "", ""], "en", 1);
  await fonts.faces.prepare(textsOf(long), "en");
  const result = svg(long, fonts.faces);
  equal(result.boxes[0]?.overflow, true);
  const thai = defaultDoc("top-bottom", ["สวัสดี hello", "ok"], "th", 1);
  await fonts.faces.prepare(textsOf(thai), "th");
  const found = svg(thai, fonts.faces);
  equal(found.boxes[0]?.missingFont, "Thai");
  equal(glyphsOf(found.svg).filter((glyph) => glyph.caption === 0).length, "hello".length);
});
