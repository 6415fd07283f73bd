/** What a prompt is about and how it is built, so that only jokes are chosen whose slots it can fill. */
import { cleanPrompt, signWord } from "./clean.ts";
import { languageOf, STOP } from "./language.ts";
import { nounPhrase, type NounPhrase } from "./nouns.ts";
import type { Topics } from "./topics.ts";
import { stem, wordCount, wordsOf, type BankLang } from "./words.ts";

export type PromptKind =
  | "topic"
  | "contrast"
  | "sequence"
  | "confession"
  | "scene"
  | "one-word"
  | "observation"
  | "photo"
  | "empty";

/** A word or phrase that carries the subject. */
export interface Term {
  stem: string;
  /** As it was typed, for a noun the bank knows. */
  noun?: string;
  /** How much of the prompt's subject it is: 1 for a noun, less for a verb or adjective anybody uses. */
  weight: number;
  /** Topics it belongs to, with how surely. */
  topics: { id: string; sure: number }[];
}

export interface Parsed {
  /** The prompt without markup and requests, as captions may show it. */
  text: string;
  lang: string;
  /** The language if the bank is written in it. */
  bankLang?: BankLang;
  kind: PromptKind;
  terms: Term[];
  /** "A vs B": both sides in the order they were named, and what both are about ("when you come home"). */
  sides?: { a: string; b: string; aTopics: string[]; bTopics: string[] };
  /** "A, then B, then C". */
  steps?: string[];
  /** The whole prompt as a noun phrase, where it is surely one. */
  noun?: NounPhrase;
  /** The prompt is one activity: "deploying on a friday afternoon". */
  gerund?: string;
  /** What follows "when": "the wifi dies". */
  clause?: string;
  actor?: string;
  time?: string;
  place?: string;
  quant?: string;
  /** The subject short enough for a heading. */
  title?: string;
}

/** Words everybody uses about everything; not being matched says little. */
const LIGHT: Readonly<Record<BankLang, ReadonlySet<string>>> = {
  en: new Set(
    `good bad new old big small first last next time day people person week year work today tomorrow tonight yesterday
    really perfectly moment middle suddenly finally trying try start stop end look looks feel feeling keep keeps let put
    explaining explain easy hard happens happen afternoon evening night better worse best worst long short whole little
    entire single free minute minutes hour hours half random certain nice love hate buy buying told ask asking watch
    open opens using use wait waiting seeing having again going pm am home house my 5 10 3 8 9 up
    die dies died dying break breaks broke judge judging agree agreeing run running walk walking assemble walks come coming
    leave leaving left turn turns play plays playing eat eats eating drink sit sits sitting stand standing talk talking call
    calls find finds finding lose steal stole change changes fix fixing finish never worst ready real own own's bad cheap
    expensive perfect perfect fast slow late early loud quiet stupid weird strange awkward favourite favorite annoying
    congratulating congratulate works work trying social sporty noisy tiny huge giant random morning days weeks years place
    way ways reason idea part end middle side must contain set put putting send sending write writing read reading learn
    learning hear hearing listen listening show shows showing share sharing answer answers answering
    six seven forty thirty twenty night behind stuck getting discovered nobody`.split(/\s+/),
  ),
  de: new Set(
    `gut gute guter gutes schlecht neu neue neuer neues alt alte alter groß große klein kleine erste ersten letzte letzten
    nächste zeit tag tage woche jahr mal leute mensch heute morgen abend nacht uhr minute minuten stunde stunden plötzlich
    endlich perfekt einfach versuchen versucht anfangen fängt ende sieht aussieht fühlt mitten statt besser schlimmer
    beste lange kurze ganze ganzer einzige brauche brauchst brauchen lasse lässt will mitten tut hell große freitag
    erklären erkläre versuche neun acht fünf zehn drei hause daheim stirbt sterben kaputt frisst fressen läuft laufen steht
    stehen sitzt sitzen liegt liegen findet finden verliert bleibt bleiben spricht sprechen redet reden ruft rufen schreibt
    antwortet antworten nennt spielt spielen isst essen trinkt trinken hört hören zeigt lernt lernen kommt fährt fahren hält
    richtig falsch schnell langsam laut leise billig teuer müde seltsam komisch peinlich nervig schön hässlich ewig ständig
    dauernd plötzlich erneut ohne gefühle hat aufbauen kaufen bauen gebaut gemacht angefangen angerufen bekommen bekomme sechs sieben elf zwölf
    morgens abends mittags nachts früh spät nirgends überall irgendwo immer zehnten`.split(/\s+/),
  ),
};

const VERSUS: Readonly<Record<BankLang, RegExp>> = {
  en: /\s+(?:vs\.?|versus)\s+/iu,
  de: /\s+(?:vs\.?|versus|gegen|oder)\s+/iu,
};

/** Splits "A vs B" and takes what stands behind both away from B: "cats vs dogs when you come home". */
function sidesOf(text: string, lang: BankLang): { a: string; b: string; tail: string } | undefined {
  const parts = text.split(VERSUS[lang]);
  const [a, rest] = parts;
  if (parts.length !== 2 || !a || !rest || wordCount(a) > 8 || wordCount(rest) > 12) return undefined;
  const tail = /\s+(?:when|while|if|during|wenn|während|beim|im|bei|am|at|in the|on)\s+.+$/iu.exec(rest);
  // "gym in january vs gym in february": there the tail belongs to its own side.
  const own = tail && / (?:in|im|at|on|beim|bei) /iu.test(` ${a} `);
  const b = tail && !own ? rest.slice(0, tail.index) : rest;
  return { a: a.trim(), b: b.trim(), tail: tail && !own ? tail[0].trim() : "" };
}

const STEP: Readonly<Record<BankLang, RegExp>> = {
  en: /\s*(?:[,;.]\s*(?:and\s+)?(?:then|next|finally)|\s+(?:and\s+)?then|→|->|=>)\s+/iu,
  de: /\s*(?:[,;.]\s*(?:und\s+)?(?:dann|danach|schließlich)|\s+(?:und\s+)?dann|→|->|=>)\s+/iu,
};

const VERB_FIRST =
  /^(?:ist|sind|war|wird|werden|hat|habe|haben|kommt|kommen|geht|gehen|steht|liegt|sitzt|fährt|fällt|fängt|macht|mache|will|kann|muss|brennt|regnet|ruft|schläft|sagt|gibt|bin|esse|schlafe|kaufe|suche)\s/iu;

function stepsOf(text: string, lang: BankLang): string[] | undefined {
  // "When" can go, "wenn" cannot: it has the verb at the end.
  const stripped = text.replace(/^(?:when|first|at first|erst|zuerst)\s+/iu, "");
  const bare = lang === "de" && VERB_FIRST.test(stripped) ? text : stripped;
  const steps = bare.split(STEP[lang]).map((step) => step.replace(/^[,;:\s]+|[,;:\s]+$/gu, ""));
  // "dann ist es hell": without "dann" the verb would stand first, as in a question.
  for (const [i, step] of steps.entries())
    if (lang === "de" && i > 0 && VERB_FIRST.test(step)) steps[i] = `dann ${step}`;
  // "5 minutes, then 10" means ten minutes.
  const unit = /\d+\s+(\p{L}+)/u.exec(steps[0] ?? "")?.[1];
  for (const [i, step] of steps.entries()) if (unit && /^\d+$/u.test(step)) steps[i] = `${step} ${unit}`;
  return steps.length >= 3 && steps.every((step) => step !== "" && wordCount(step) <= 8) ? steps : undefined;
}

const CONFESSION: Readonly<Record<BankLang, RegExp>> = {
  en: /^(?:i (?:said|told|promised|thought|swore|only|bought|just|accidentally|have|was|forgot|still|never|always|can't|did|went|keep)|i'll|i'm|me (?:telling|saying|pretending))\b/iu,
  de: /^(?:ich (?:wollte|habe|hatte|dachte|sagte|bin|kann|war|vergesse|werde|mache|brauche|nur)|mir vorgenommen|hab)\b/iu,
};
const CLAUSE: Readonly<Record<BankLang, RegExp>> = { en: /^(?:when|if)\s+(.+)$/iu, de: /^(?:wenn|falls)\s+(.+)$/iu };
const FINITE: Readonly<Record<BankLang, RegExp>> = {
  en: /\b(?:is|are|was|were|has|have|had|does|do|did|will|would|can|could|should|works?|needs?|dies|says|said|goes|keeps?|makes?|takes?|gets?|wants?|knows?|eats?|starts?|explains|judges?|i|i'm|you|he|she|it's|they|we)\b/iu,
  de: /\b(?:ist|sind|war|waren|hat|haben|hatte|wird|werden|kann|können|soll|muss|will|wollte|geht|macht|frisst|kommt|sagt|antwortet|braucht|fährt|steht|läuft|weiß|ich|du|er|wir|man)\b/iu,
};
const TIME: Readonly<Record<BankLang, RegExp>> = {
  en: /\b(?:at \d{1,2}(?::\d\d)?\s?(?:am|pm)|on (?:a )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: morning| afternoon| evening)?|before nine|at midnight|in (?:january|february|march|april|may|june|july|august|september|october|november|december))\b/iu,
  de: /\b(?:um \d{1,2}(?::\d\d)? Uhr|am (?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|am Mittwoch|vor neun Uhr|nachts um drei|um Mitternacht|im (?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember))\b/iu,
};
const PLACE: Readonly<Record<BankLang, RegExp>> = {
  en: /\b(?:at|in) the (?:office|gym|kitchen|supermarket|dentist|doctor's|train station|airport|library|bathroom|garden|park|cinema|classroom|elevator|lift|forest|beach|waiting room)\b/iu,
  de: /\b(?:im (?:Büro|Fitnessstudio|Supermarkt|Wartezimmer|Zug|Homeoffice|Bad|Garten|Park|Kino|Aufzug|Wald|Baumarkt|Bus)|in der (?:Küche|Bahn|Schule|Kantine)|am (?:Strand|Bahnhof|Flughafen)|beim (?:Arzt|Zahnarzt|Friseur))(?![\p{L}])/iu,
};
const QUANT: Readonly<Record<BankLang, RegExp>> = {
  en: /\b(?:\d+|two|three|four|five|six|ten|twelve|twenty) (?:minutes|hours|days|weeks|meetings|tabs|emails|episodes|times|people)\b/iu,
  de: /\b(?:\d+|zwei|drei|vier|fünf|sechs|zehn|zwölf|zwanzig) (?:Minuten|Stunden|Tage|Wochen|Meetings|Tabs|Mails|Folgen|Mal|Leute)(?![\p{L}])/iu,
};

/** The speaker's words as said to them: my → your, ich → du only where no verb would have to change. */
export function shiftPerson(text: string, lang: BankLang): string {
  if (lang === "de") {
    return text
      .replace(/\bmein(e[mnrs]?)?(?![\p{L}])/giu, (_all, end?: string) => `dein${end ?? ""}`)
      .replace(/\b([mM])ich(?![\p{L}])/gu, "dich")
      .replace(/\bmir(?![\p{L}])/giu, "dir");
  }
  const swap: Readonly<Record<string, string>> = {
    my: "your",
    mine: "yours",
    me: "you",
    myself: "yourself",
    i: "you",
    "i'm": "you're",
    "i am": "you are",
    "i was": "you were",
    "i'd": "you'd",
    "i'll": "you'll",
    "i've": "you've",
  };
  return text.replace(
    /\b(?:i am|i was|i'm|i'd|i'll|i've|myself|mine|my|me|i)\b/giu,
    (word) => swap[word.toLowerCase()] ?? word,
  );
}

/** The weight of a word behind a preposition. */
const ASIDE = 0.55;
const PREPOSITION: Readonly<Record<BankLang, RegExp>> = {
  en: /\b(?:in|on|at|from|with|during|after|before|under|of|for|without)(?: (?:the|a|an|my|your|his|her|our|their|this))?(?: \S+)?$/u,
  de: /(?:^|\s)(?:in|im|am|an|auf|aus|bei|beim|mit|nach|vom|von|vor|zur|zum|unter|über|für|ohne)(?: (?:der|die|das|dem|den|ein|eine|einer|einem|einen|meine[mnrs]?|mein))?(?: \S+)?$/u,
};

/** An unknown word that is hardly a noun: in German one without a capital, in English one with a verb's ending. */
function likelyVerb(word: string, text: string, lang: BankLang): boolean {
  if (lang === "en") return /.{3,}(?:ed|ing|ly)$/u.test(word);
  return /\p{Lu}/u.test(text) && text.includes(word);
}

/** Finds the subject's words. Phrases win over single words; German compounds are split where a part is known. */
export function termsOf(text: string, lang: BankLang, topics: Topics): Term[] {
  const words = wordsOf(text);
  const stems = words.map((word) => stem(word, lang));
  const terms: Term[] = [];
  // What stands behind a preposition tells more about the subject than it is the subject.
  const behind = (i: number): boolean => PREPOSITION[lang].test(words.slice(Math.max(0, i - 3), i).join(" "));
  for (let i = 0; i < words.length;) {
    const word = words[i] ?? "";
    const at = stems[i] ?? "";
    const fitting = topics
      .startingWith(at, lang)
      .filter((known) => known.stems.every((part, k) => part === stems[i + k]));
    const longest = fitting[0]?.stems.length ?? 0;
    const isStop = STOP[lang].has(word);
    if (longest > 1 || (longest === 1 && !isStop)) {
      const best = fitting.filter((known) => known.stems.length === longest);
      const light = longest === 1 && LIGHT[lang].has(word);
      terms.push({
        stem: stems.slice(i, i + longest).join(" "),
        weight: (light ? 0.2 : 1 + 0.25 * (longest - 1)) * (behind(i) ? ASIDE : 1),
        ...(!light && best.some((known) => known.noun) ? { noun: typed(text, words.slice(i, i + longest)) } : {}),
        topics: [...new Set(best.map((known) => known.topic))].map((id) => ({ id, sure: 1 })),
      });
      i += longest;
      continue;
    }
    if (!isStop && !/^\d+$/.test(word)) {
      const parts = lang === "de" ? compound(word, topics) : hyphenated(word, lang, topics);
      const verb = parts.length === 0 && likelyVerb(word, text, lang);
      const weight = LIGHT[lang].has(word) ? 0.15 : verb ? 0.35 : behind(i) ? ASIDE : 1;
      terms.push({ stem: at, weight, topics: parts });
    }
    i += 1;
  }
  return terms;
}

/** Words of a text with the capitals they had. */
function typed(text: string, words: readonly string[]): string {
  const at = text.toLowerCase().indexOf(words.join(" "));
  return at < 0 ? words.join(" ") : text.slice(at, at + words.join(" ").length);
}

function hyphenated(word: string, lang: BankLang, topics: Topics): Term["topics"] {
  if (!word.includes("-")) return [];
  return word
    .split("-")
    .flatMap((part) => topics.single(stem(part, lang), lang))
    .map((known) => ({ id: known.topic, sure: 0.8 }));
}

/** "Orchideenfriedhof" → Orchidee + Friedhof. The last part says what it is, the first what it has to do with. */
function compound(word: string, topics: Topics): Term["topics"] {
  const hyphen = hyphenated(word, "de", topics);
  if (hyphen.length > 0) return hyphen;
  const found: Term["topics"] = [];
  for (let cut = word.length - 4; cut >= 4; cut--) {
    for (const known of topics.single(stem(word.slice(cut), "de"), "de"))
      if (known.noun) found.push({ id: known.topic, sure: 0.85 });
    // The first part has to be the word itself, with or without a joint: "Spargel" is nothing to do with "Sparen".
    const front = word.slice(0, cut);
    for (const part of new Set([front, front.replace(/(?:s|en|n|e)$/u, ""), front.replace(/n$/u, "")])) {
      for (const known of topics.single(stem(part, "de"), "de"))
        if (part.length >= 4 && known.noun && known.text.toLowerCase() === part)
          found.push({ id: known.topic, sure: 0.8 });
    }
  }
  const best = new Map<string, number>();
  for (const { id, sure } of found) best.set(id, Math.max(best.get(id) ?? 0, sure));
  return [...best].slice(0, 3).map(([id, sure]) => ({ id, sure }));
}

const uniqueTopics = (terms: readonly Term[]): string[] => [
  ...new Set(terms.flatMap((t) => t.topics.map((x) => x.id))),
];

/** Everything the bank wants to know of a prompt. `lang` is what is assumed when the prompt does not tell. */
export function parsePrompt(prompt: string, lang: string, topics: Topics, photoAlt?: string): Parsed {
  const cleaned = cleanPrompt(prompt);
  const { photo } = cleaned;
  const seen = photo ?? photoAlt;
  const fallback = lang.split("-")[0]?.toLowerCase() ?? "en";
  const sign = cleaned.text === "" && !seen ? signWord(prompt, fallback === "de" ? "de" : "en") : undefined;
  const text = sign ?? cleaned.text;
  const known = (word: string): { en: boolean; de: boolean } => ({
    en: topics.knows(stem(word, "en"), "en"),
    de: topics.knows(stem(word, "de"), "de"),
  });
  const code = languageOf(text === "" && seen ? seen : text, fallback, known);
  const bankLang = code === "en" || code === "de" ? code : undefined;
  const parsed: Parsed = { text, lang: code, kind: "topic", terms: [], ...(bankLang ? { bankLang } : {}) };
  const words = wordCount(text);
  if (!bankLang) {
    parsed.kind = text === "" ? "empty" : words <= 1 ? "one-word" : "scene";
    return parsed;
  }
  parsed.terms = termsOf(seen ? `${text} ${seen}` : text, bankLang, topics);
  const sides = sidesOf(text, bankLang);
  const steps = stepsOf(text, bankLang);
  if (sides) {
    const about = (side: string): string[] => uniqueTopics(termsOf(side, bankLang, topics));
    parsed.sides = { a: sides.a, b: sides.b, aTopics: about(sides.a), bTopics: about(sides.b) };
  }
  if (steps) parsed.steps = steps;
  const clause = CLAUSE[bankLang].exec(text)?.[1];
  parsed.kind = kindOf(parsed, { text, words, clause, photo: seen !== undefined }, bankLang);
  if (clause && parsed.kind === "scene") parsed.clause = clause;
  slots(parsed, bankLang, topics);
  return parsed;
}

function kindOf(
  parsed: Parsed,
  at: { text: string; words: number; clause: string | undefined; photo: boolean },
  lang: BankLang,
): PromptKind {
  if (at.photo) return "photo";
  if (at.text === "") return "empty";
  if (parsed.sides) return "contrast";
  if (parsed.steps) return "sequence";
  if (at.words === 1) return "one-word";
  if (CONFESSION[lang].test(at.text)) return "confession";
  if (at.clause) return "scene";
  if (/^\p{L}+ing\b/u.test(at.text) && lang === "en" && at.words > 2) return "scene";
  return FINITE[lang].test(at.text) ? "observation" : "topic";
}

const ACTOR = {
  en: /^((?:my|the|our) (?:\p{L}+ )?(?:coworker|colleague|boss|manager|cat|dog|grandma|grandpa|mum|mom|dad|brother|sister|neighbou?r|roommate|flatmate|partner|printer|toddler|kid|group chat|teacher|landlord|brain|computer))\b/iu,
  de: /^((?:mein|meine|der|die|das|unser|unsere) (?:Kollege|Kollegin|Chef|Chefin|Katze|Kater|Hund|Oma|Opa|Mama|Papa|Bruder|Schwester|Nachbar|Nachbarin|Mitbewohner|Drucker|Kind|Gruppenchat|Lehrer|Lehrerin|Vermieter|Gehirn|Rechner))(?![\p{L}])/iu,
};

function slots(parsed: Parsed, lang: BankLang, topics: Topics): void {
  const { text, kind } = parsed;
  const words = wordCount(text);
  if (words === 0) return;
  const pick = (pattern: RegExp): string | undefined => pattern.exec(text)?.[0];
  const set = <K extends "time" | "place" | "quant" | "actor">(key: K, value: string | undefined): void => {
    if (value) parsed[key] = value;
  };
  set("time", pick(TIME[lang]));
  set("place", pick(PLACE[lang]));
  set("quant", pick(QUANT[lang]));
  set("actor", ACTOR[lang].exec(text)?.[1]);
  const noun = kind === "topic" || kind === "one-word" ? nounPhrase(text, lang, topics) : undefined;
  if (noun) parsed.noun = noun;
  if (
    lang === "en" &&
    /^\p{L}{3,}ing\b/u.test(text) &&
    words <= 6 &&
    !FINITE.en.test(text) &&
    !parsed.sides &&
    noun?.head !== text
  ) {
    if (
      !/^(?:morning|evening|meeting|spring|king|ring|thing|something|nothing|during|string|ceiling|wedding|building|parking)\b/iu.test(
        text,
      )
    )
      parsed.gerund = text;
  }
  const short = words <= 5 && text.length <= 44 && (kind === "topic" || kind === "one-word" || kind === "scene");
  if (short && !FINITE[lang].test(text) && !parsed.clause && !/[.!?:]/u.test(text)) parsed.title = text;
  // A sentence is no heading, but what it is about can be one.
  const about = parsed.terms.find((term) => term.noun !== undefined)?.noun;
  if (parsed.title === undefined && about !== undefined && kind !== "contrast") parsed.title = about;
}
