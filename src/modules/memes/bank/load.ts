/** Reads the bank's data files, once and only when somebody asks for a joke. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEntries, type Entry } from "./entries.ts";
import { createIndex, type Index } from "./search.ts";
import { parseTopics, type Topics } from "./topics.ts";
import type { BankLang } from "./words.ts";

const DATA = join(import.meta.dirname, "data");

export interface Bank {
  topics: Topics;
  entries(lang: BankLang): readonly Entry[];
  index(lang: BankLang): Index;
}

/** The bank with both languages. Throws when a data file breaks a rule; a test sees to it that none does. */
export function loadBank(folder: string = DATA): Bank {
  const topics = parseTopics(readFileSync(join(folder, "topics.txt"), "utf8"));
  const read = (lang: BankLang): Entry[] =>
    readdirSync(join(folder, lang))
      .filter((name) => name.endsWith(".txt"))
      .toSorted()
      .flatMap((name) => parseEntries(readFileSync(join(folder, lang, name), "utf8"), lang, `${lang}/${name}`));
  const entries: Partial<Record<BankLang, Entry[]>> = {};
  const indexes: Partial<Record<BankLang, Index>> = {};
  const of = (lang: BankLang): Entry[] => (entries[lang] ??= read(lang));
  return {
    topics,
    entries: of,
    index: (lang) => (indexes[lang] ??= createIndex(of(lang), lang, topics)),
  };
}
