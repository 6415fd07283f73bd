/**
 * Undoes what people do to get words past a filter: full-width letters, invisible characters, look-alikes from other
 * alphabets, digits for letters, letters s p a c e d out, letters repeeeated.
 */

/** Letters of other alphabets that look like Latin ones. NFKC has already folded full-width and mathematical letters. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    а: "a",
    е: "e",
    о: "o",
    р: "p",
    с: "c",
    у: "y",
    х: "x",
    і: "i",
    ї: "i",
    ј: "j",
    ѕ: "s",
    һ: "h",
    ԁ: "d",
    ԛ: "q",
    ԝ: "w",
    к: "k",
    м: "m",
    т: "t",
    в: "b",
    н: "h",
    г: "r",
    п: "n",
    и: "u",
    л: "l",
    ь: "b",
    з: "3",
    б: "6",
    ё: "e",
    є: "e",
    А: "A",
    В: "B",
    Е: "E",
    К: "K",
    М: "M",
    Н: "H",
    О: "O",
    Р: "P",
    С: "C",
    Т: "T",
    Х: "X",
    У: "Y",
    І: "I",
    Ј: "J",
    Ѕ: "S",
    α: "a",
    β: "b",
    ε: "e",
    ι: "i",
    κ: "k",
    ν: "v",
    ο: "o",
    ρ: "p",
    τ: "t",
    υ: "u",
    χ: "x",
    γ: "y",
    η: "n",
    σ: "o",
    ω: "w",
    Α: "A",
    Β: "B",
    Ε: "E",
    Ζ: "Z",
    Η: "H",
    Ι: "I",
    Κ: "K",
    Μ: "M",
    Ν: "N",
    Ο: "O",
    Ρ: "P",
    Τ: "T",
    Υ: "Y",
    Χ: "X",
    ı: "i",
    ɡ: "g",
    ɑ: "a",
    ɩ: "i",
    ʀ: "r",
    ʏ: "y",
    ɪ: "i",
    ɴ: "n",
    ᴀ: "a",
    ᴇ: "e",
    ᴋ: "k",
    ᴏ: "o",
    ł: "l",
    ø: "o",
    đ: "d",
    "@": "a",
    $: "s",
    "€": "e",
    "£": "l",
  }),
);

const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "9": "g",
  "!": "i",
  "|": "l",
  "+": "t",
};

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * A text with its capitals, in plain Latin letters as far as possible; umlauts become their base letters, ß is ss.
 *
 * @param one how a 1 before a vowel is read: "k1ll" is kill, "b1ack" is black.
 */
export function plain(text: string, one: "i" | "l" = "i"): string {
  let s = text.normalize("NFKC").replace(INVISIBLE, "");
  s = s.replace(/[^\s\w]/gu, (c) => LOOKALIKES.get(c) ?? c);
  s = s
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replaceAll("ß", "ss")
    .replaceAll("ẞ", "SS");
  s = s.replace(/[’‘`´]/gu, "'");
  // Digits and signs stand for letters only inside a word: "r0ast" yes, "12 years" no, "kill!" no.
  s = s.replace(/[\p{L}\d!|+]*\p{L}[\p{L}\d!|+]*/gu, (word) =>
    word.replace(/[0134579!|+8](?=[\p{L}\d!|+]*\p{L})|(?<=\p{L})[0134579](?!\d*(?:am|pm|x|k)\b)/gu, (c, at: number) =>
      c === "1" && one === "l" && /[aeiou]/iu.test(word[at + 1] ?? "") ? "l" : (LEET[c] ?? c),
    ),
  );
  return s;
}

/** "k i l l", "k.i.l.l", "k-i-l-l" → "kill". At least three letters, so that "a b" and initials stay. */
function joinSpaced(text: string): string {
  return text.replace(/(?<![\p{L}\d])(?:\p{L}[\s._*\-/]{1,2}){2,}\p{L}(?![\p{L}\d])/gu, (run) => {
    // Two blanks between letters are a gap between words, "k i l l  h i m", and one where other signs part the letters.
    return run
      .split(/[._*\-/]/u.test(run) ? /\s+/u : /\s{2,}/u)
      .map((part) => part.replace(/[\s._*\-/]+/gu, ""))
      .join(" ");
  });
}

/** What rules are tried on: the text in small letters, with evasions undone in the ways they can be read. */
export function readings(text: string): string[] {
  const base = plain(text);
  const joined = joinSpaced(base);
  const bare = joined.replace(/(?<=\p{L})[*_.~^](?=\p{L})/gu, "");
  const squeezed = bare.replace(/(\p{L})\1{2,}/gu, "$1");
  const doubled = bare.replace(/(\p{L})\1{2,}/gu, "$1$1");
  const all = [base, joined, bare, squeezed, doubled, plain(text, "l")].map((s) =>
    s.toLowerCase().replace(/\s+/gu, " ").trim(),
  );
  return [...new Set(all)];
}
