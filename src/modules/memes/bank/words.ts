/** Words: splitting a text, reducing words to their stem, and how much two texts differ. English and German. */

/** The two languages the bank is written in. */
export type BankLang = "en" | "de";

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/** The words of a text in lower case; hyphenated words stay whole, possessive endings go. */
export function wordsOf(text: string): string[] {
  const found = text.normalize("NFKC").toLowerCase().match(WORD) ?? [];
  return found.map((word) => word.replaceAll("’", "'").replace(/'s$/u, ""));
}

/** How many words a caption has, counted as a reader would. */
export function wordCount(text: string): number {
  return text.split(/\s+/u).filter((part) => /[\p{L}\p{N}]/u.test(part)).length;
}

/** Forms no rule finds. */
const IRREGULAR: Readonly<Record<BankLang, ReadonlyMap<string, string>>> = {
  en: new Map(
    Object.entries({
      mice: "mouse",
      geese: "goose",
      feet: "foot",
      teeth: "tooth",
      children: "child",
      wives: "wife",
      knives: "knife",
      leaves: "leaf",
      shelves: "shelf",
      loaves: "loaf",
      people: "person",
      bought: "buy",
      slept: "sleep",
      went: "go",
      forgot: "forget",
      forgotten: "forget",
      lost: "lose",
      drove: "drive",
      driven: "drive",
      ate: "eat",
      woke: "wake",
      ran: "run",
      wrote: "write",
      dying: "die",
      dies: "die",
      died: "die",
      broke: "break",
      taxes: "tax",
      shoes: "shoe",
      series: "series",
      lying: "lie",
      dishes: "dish",
      movies: "movie",
      cookies: "cookie",
      selfies: "selfie",
      hoodies: "hoodie",
    }),
  ),
  de: new Map(
    Object.entries({
      mäuse: "maus",
      lief: "lauf",
      schlief: "schlaf",
      ging: "geh",
      vergaß: "vergess",
      gekauft: "kauf",
      geschlafen: "schlaf",
      verloren: "verlier",
      firmen: "firma",
      konten: "konto",
      museen: "museum",
      hausaufgaben: "hausaufgab",
      daten: "dat",
      meetings: "meeting",
      ausgerollt: "ausroll",
      abgespült: "abspul",
      eingeschlafen: "einschlaf",
    }),
  ),
};

function stemEn(word: string): string {
  if (word.length <= 3) return word;
  let s = word;
  if (s.endsWith("ies") && s.length > 4) s = `${s.slice(0, -3)}y`;
  else if (/(?:s|x|z|ch|sh)es$/.test(s)) s = s.slice(0, -2);
  else if (s.endsWith("s") && !/(?:ss|us|is)$/.test(s)) s = s.slice(0, -1);
  if (s.endsWith("ing") && s.length > 5) s = undouble(s.slice(0, -3));
  else if (s.endsWith("ied") && s.length > 4) s = `${s.slice(0, -3)}y`;
  else if (s.endsWith("ed") && s.length > 4) s = undouble(s.slice(0, -2));
  // A silent e is lost in "coding" and kept in "code": without it both are one.
  return s.length > 3 && s.endsWith("e") ? s.slice(0, -1) : s;
}

function undouble(s: string): string {
  return /([bdgklmnprtv])\1$/.test(s) && !/(?:ll|ss)$/.test(s) ? s.slice(0, -1) : s;
}

const UMLAUTS: Readonly<Record<string, string>> = { ä: "a", ö: "o", ü: "u", ß: "ss" };

function stemDe(word: string): string {
  let s = word.replace(/[äöüß]/g, (c) => UMLAUTS[c] ?? c);
  if (s.length <= 4) return s;
  if (/^ge.{3,}t$/.test(s)) s = s.slice(2);
  for (const end of ["ern", "est", "en", "er", "es", "em", "et", "st", "e", "n", "s", "t"]) {
    if (s.endsWith(end) && s.length - end.length >= 4) return s.slice(0, -end.length);
  }
  return s;
}

/** The stem of a word in lower case. Not a word itself: only good for comparing. */
export function stem(word: string, lang: BankLang): string {
  const known = IRREGULAR[lang].get(word);
  if (known) return lang === "en" ? stemEn(known) : stemDe(known);
  return lang === "en" ? stemEn(word) : stemDe(word);
}

/** Edit distance by the longer length: 0 for equal texts, 1 for nothing in common. Case and signs do not count. */
export function difference(a: string, b: string): number {
  const x = squash(a);
  const y = squash(b);
  const longest = Math.max(x.length, y.length);
  if (longest === 0) return 0;
  let before = Array.from({ length: y.length + 1 }, (_, i) => i);
  for (let i = 1; i <= x.length; i++) {
    const row = [i];
    for (let j = 1; j <= y.length; j++) {
      const replaced = (before[j - 1] ?? 0) + (x[i - 1] === y[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = row;
  }
  return (before[y.length] ?? 0) / longest;
}

function squash(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** The least two variants of one generation must differ. */
export const DISTINCT = 0.35;
