/** Noun phrases: whether a prompt surely is one, and how it looks with an article in the case a sentence wants. */
import type { NounKind, Topics, TopicWord } from "./topics.ts";
import type { SlotFeature } from "./entries.ts";
import { stem, wordsOf, type BankLang } from "./words.ts";

export interface NounPhrase {
  /** As it was typed, without an article. */
  head: string;
  kind: NounKind;
  /** "my", "mein": stays in place of an article. */
  owned: boolean;
}

const ARTICLE = { en: /^(?:the|a|an)\s+/iu, de: /^(?:der|die|das|ein|eine)\s+/iu };

/**
 * The noun phrase a prompt consists of. Only a known noun with at most an article before it counts: an unknown word may
 * be anything, and a wrong guess makes an ungrammatical caption.
 */
export function nounPhrase(text: string, lang: BankLang, topics: Topics): NounPhrase | undefined {
  const bare = text.replace(ARTICLE[lang], "");
  const words = wordsOf(bare);
  const stems = words.map((word) => stem(word, lang));
  const first = stems[0];
  if (first === undefined) return undefined;
  const fitting = topics
    .startingWith(first, lang)
    .filter(
      (known) => known.noun && known.stems.length === stems.length && known.stems.every((s, i) => s === stems[i]),
    );
  // Singular and plural have one stem: the form that was typed wins.
  const found = fitting.find((known) => known.text.toLowerCase() === bare.toLowerCase()) ?? fitting[0];
  if (!found?.noun || /[.!?,:;]/u.test(bare)) return undefined;
  const kind =
    lang === "en" ? numberOf(found, bare) : found.text.toLowerCase() === bare.toLowerCase() ? found.noun : undefined;
  if (!kind) return undefined;
  const head = lang === "de" ? found.text : bare;
  return { head, kind, owned: false };
}

function numberOf(known: TopicWord, typed: string): NounKind | undefined {
  if (known.noun !== "sg") return known.noun;
  const same = known.text.toLowerCase() === typed.toLowerCase();
  if (same) return "sg";
  return /s$/iu.test(typed) && !/s$/iu.test(known.text) ? "pl" : undefined;
}

type Case = "nom" | "acc" | "dat";
const DEF: Readonly<Record<"m" | "f" | "n" | "pl", Readonly<Record<Case, string>>>> = {
  m: { nom: "der", acc: "den", dat: "dem" },
  f: { nom: "die", acc: "die", dat: "der" },
  n: { nom: "das", acc: "das", dat: "dem" },
  pl: { nom: "die", acc: "die", dat: "den" },
};
const INDEF: Readonly<Record<"m" | "f" | "n", Readonly<Record<Case, string>>>> = {
  m: { nom: "ein", acc: "einen", dat: "einem" },
  f: { nom: "eine", acc: "eine", dat: "einer" },
  n: { nom: "ein", acc: "ein", dat: "einem" },
};

/** Masculine nouns that take -n in all cases but the nominative, and adjectives used as nouns: cannot be inflected here. */
const WEAK =
  /(?:name|kollege|student|praktikant|tourist|mensch|herr|bär|held|astronaut|fotograf|gedanke|introvertierter|vorgesetzter|zahnseide|erster tag|neugeborenes|arbeiten)$/iu;

/** The phrase with the article and case the features ask for. Undefined where the grammar is not sure of the form. */
export function inflect(noun: NounPhrase, features: readonly SlotFeature[], lang: BankLang): string | undefined {
  const wantsCase = (["nom", "acc", "dat"] as const).find((c) => features.includes(c)) ?? "nom";
  const article = features.includes("def") ? "def" : features.includes("indef") ? "indef" : "bare";
  let text: string;
  if (lang === "en") {
    if (article === "indef" && noun.kind !== "sg") return undefined;
    const lower = noun.head;
    text =
      article === "def"
        ? `the ${lower}`
        : article === "indef"
          ? `${/^[aeiou]/iu.test(lower) ? "an" : "a"} ${lower}`
          : lower;
  } else {
    if (noun.kind === "sg" || noun.kind === "mass") return undefined;
    if (article !== "bare" && (/\s/u.test(noun.head) || (wantsCase !== "nom" && WEAK.test(noun.head))))
      return undefined;
    if (
      WEAK.test(noun.head) &&
      noun.head.includes("er") &&
      article !== "bare" &&
      /(?:erter|etzter|enes)$/u.test(noun.head)
    )
      return undefined;
    if (noun.kind === "pl" && wantsCase === "dat" && article !== "bare") return undefined;
    if (article === "indef") {
      if (noun.kind === "pl") return undefined;
      text = `${INDEF[noun.kind][wantsCase]} ${noun.head}`;
    } else text = article === "def" ? `${DEF[noun.kind][wantsCase]} ${noun.head}` : noun.head;
  }
  return features.includes("cap") ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
