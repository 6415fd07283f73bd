import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FORMAT_IDS, formatOf, MECHANISMS } from "#shared/meme/formats.ts";
import { screenCaptions } from "./moderation/index.ts";
import { slotOf, slotsIn, SLOT_TYPES, type Entry } from "./bank/entries.ts";
import { fillEntry } from "./bank/fill.ts";
import { languageOf } from "./bank/language.ts";
import { loadBank } from "./bank/load.ts";
import { inflect, nounPhrase } from "./bank/nouns.ts";
import { parsePrompt } from "./bank/parse.ts";
import { difference, DISTINCT, stem, wordCount, wordsOf, type BankLang } from "./bank/words.ts";

// Loading parses every line with the entries' schema and throws on the first that breaks it.
const bank = loadBank();
const LANGS: readonly BankLang[] = ["en", "de"];
const all: readonly Entry[] = LANGS.flatMap((lang) => bank.entries(lang));
const textOf = (entry: Entry): string => entry.boxes.map((box) => box.text).join(" ");

describe("joke bank: data", () => {
  it("is as large as promised, in both languages, over all formats, mechanisms and topics", () => {
    assert.ok(bank.entries("en").length >= 1700);
    assert.ok(bank.entries("de").length >= 1300);
    assert.ok(bank.topics.ids().length >= 150);
    for (const lang of LANGS) {
      const entries = bank.entries(lang);
      const has = <T>(of: (entry: Entry) => T): Set<T> => new Set(entries.map(of));
      assert.deepEqual(
        [...FORMAT_IDS].filter((id) => !has((e) => e.format).has(id)),
        [],
      );
      assert.deepEqual(
        [...MECHANISMS].filter((m) => !has((e) => e.mechanism).has(m)),
        [],
      );
      const topics = new Set(entries.flatMap((e) => e.topics));
      assert.deepEqual(
        bank.topics.ids().filter((id) => !topics.has(id)),
        [],
      );
    }
  });

  it("names only topics of the table, an origin and an author, and no id twice", () => {
    const ids = new Set<string>();
    for (const entry of all) {
      for (const topic of entry.topics) assert.ok(bank.topics.get(topic), `${entry.id}: ${topic}`);
      assert.ok(["human", "ai-assisted"].includes(entry.origin) && entry.author !== "", entry.id);
      assert.ok(!ids.has(entry.id), `${entry.id} is there twice`);
      ids.add(entry.id);
    }
  });

  it("keeps to the boxes, words and figures of the formats", () => {
    for (const entry of all) {
      const spec = formatOf(entry.format);
      assert.deepEqual(
        entry.boxes.map((b) => b.role),
        spec.boxes.map((b) => b.role),
        entry.id,
      );
      for (const [i, box] of spec.boxes.entries())
        assert.ok(wordCount(entry.boxes[i]?.text ?? "") <= box.maxWords, `${entry.id}: ${box.role}`);
      assert.ok(wordCount(textOf(entry)) <= 34, `${entry.id}: ${textOf(entry)}`);
      assert.ok(entry.moods.length === 0 || entry.moods.length === spec.cast, entry.id);
      assert.doesNotMatch(textOf(entry), /[<>[\]#@]|https?:|undefined/u, entry.id);
    }
  });

  it("is in the language it says", () => {
    for (const entry of all) {
      const plain = textOf(entry).replace(/\{[^}]*\}/g, "");
      assert.equal(languageOf(plain, entry.lang), entry.lang, `${entry.id}: ${plain}`);
    }
  });

  it("has no two jokes of a topic and format that are nearly the same", () => {
    const groups = Map.groupBy(
      all.flatMap((entry) => (entry.topics.length > 0 ? entry.topics : ["any"]).map((topic) => ({ entry, topic }))),
      ({ entry, topic }) => `${entry.lang} ${topic} ${entry.format}`,
    );
    for (const [name, group] of groups) {
      for (const [i, a] of group.entries()) {
        for (const b of group.slice(i + 1)) {
          const apart = difference(textOf(a.entry), textOf(b.entry));
          assert.ok(apart >= DISTINCT, `${name}: "${textOf(a.entry)}" and "${textOf(b.entry)}"`);
        }
      }
    }
  });

  it("passes the moderation that its captions go through", () => {
    for (const entry of all) {
      const judged = screenCaptions(entry.boxes.map((box) => box.text));
      assert.ok(judged.ok, `${entry.id}: ${textOf(entry)}`);
    }
  });
});

/** Prompts that between them yield every slot type, several kinds of each. */
const SAMPLES: Readonly<Record<BankLang, readonly string[]>> = {
  en: [
    ...["printer", "the umbrella", "email", "coffee", "cats", "headphones", "apple pies", "hedgehog", "side project"],
    ...[
      "waiting for the bus",
      "juggling",
      "riding the bus",
      "my cat on the keyboard",
      "cats vs dogs",
      "when it rains",
      "owl",
    ],
    ...[
      "when my boss types in the chat",
      "first one tab, then ten, then smoke",
      "my cat at 3am",
      "two hours in the office",
    ],
    ...["ten emails on a friday afternoon", "the group chat decided to meet in the park", "I forgot my keys again"],
  ],
  de: [
    ...["Drucker", "die Katze", "Regal", "Socken", "E-Mail", "Ohrwurm", "Nudeln", "Feierabend", "Backofen", "Kollege"],
    ...[
      "meine Katze auf der Tastatur",
      "Katze oder Hund",
      "wenn es regnet",
      "Fahrrad vs Auto",
      "wenn der Chef im Chat schreibt",
      "wenn es regnet",
    ],
    ...[
      "erst ein Tab, dann zehn, dann Rauch",
      "mein Hund im Homeoffice um 9 Uhr",
      "zehn Mails am Freitag",
      "der Drucker im Büro",
    ],
    ...["ich habe schon wieder den Schlüssel verloren"],
  ],
};

describe("joke bank: slots", () => {
  for (const lang of LANGS) {
    const prompts = SAMPLES[lang].map((prompt) => parsePrompt(prompt, lang, bank.topics));
    const slotted = bank.entries(lang).filter((entry) => Object.keys(entry.needs).length > 0);

    it(`${lang}: every entry with slots can be filled, and every filling keeps to the format`, () => {
      for (const entry of slotted) {
        const filled = prompts.flatMap((parsed) => fillEntry(entry, parsed) ?? []);
        assert.ok(filled.length > 0, `${entry.id}: ${textOf(entry)} is filled by no prompt`);
        for (const text of filled) assert.doesNotMatch(text, /[{}]|undefined|\s{2}/u, entry.id);
        for (const parsed of prompts) {
          const captions = fillEntry(entry, parsed);
          for (const [i, caption] of (captions ?? []).entries())
            assert.ok(wordCount(caption) <= (formatOf(entry.format).boxes[i]?.maxWords ?? 0), caption);
        }
      }
    });

    it(`${lang}: uses only slots that exist`, () => {
      for (const entry of slotted)
        for (const box of entry.boxes)
          for (const name of slotsIn(box.text)) assert.ok(SLOT_TYPES.includes(slotOf(name).type));
    });

    it(`${lang}: every noun of the topics has its forms`, () => {
      let nouns = 0;
      for (const prompt of bankNouns(lang)) {
        const noun = nounPhrase(prompt, lang, bank.topics);
        if (!noun) continue;
        nouns += 1;
        assert.ok(inflect(noun, ["bare"], lang));
        const definite = inflect(noun, ["def", "nom"], lang);
        assert.ok(definite === undefined || /^(?:the|der|die|das) /.test(definite), prompt);
      }
      assert.ok(nouns > 300, `${nouns} nouns`);
    });
  }

  it("inflects German articles by gender and case", () => {
    const form = (prompt: string, ...features: ("def" | "indef" | "nom" | "acc" | "dat")[]): string | undefined => {
      const noun = nounPhrase(prompt, "de", bank.topics);
      return noun && inflect(noun, features, "de");
    };
    assert.equal(form("Drucker", "def", "acc"), "den Drucker");
    assert.equal(form("Drucker", "def", "dat"), "dem Drucker");
    assert.equal(form("die Katze", "def", "dat"), "der Katze");
    assert.equal(form("Regal", "indef", "dat"), "einem Regal");
    assert.equal(form("Socken", "indef", "nom"), undefined);
    assert.equal(form("Kollege", "def", "acc"), undefined);
    assert.equal(form("Kollege", "def", "nom"), "der Kollege");
  });

  it("chooses a or an", () => {
    const noun = nounPhrase("umbrella", "en", bank.topics);
    assert.equal(noun && inflect(noun, ["indef"], "en"), "an umbrella");
    const mass = nounPhrase("coffee", "en", bank.topics);
    assert.equal(mass && inflect(mass, ["indef"], "en"), undefined);
  });
});

function bankNouns(lang: BankLang): string[] {
  const seen = new Set<string>();
  for (const entry of bank.entries(lang))
    for (const word of wordsOf(textOf(entry)))
      for (const known of bank.topics.startingWith(stem(word, lang), lang)) seen.add(known.text);
  return [...seen];
}
