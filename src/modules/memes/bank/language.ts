/** Which language a text is in: by script, and for Latin letters by stop words. Exact for English and German only. */
import { wordsOf } from "./words.ts";

const list = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Words that carry grammar and no subject. They tell languages apart and are left out when topics are looked for. */
export const STOP: Readonly<Record<"en" | "de", ReadonlySet<string>>> = {
  en: list(`a an the and or but if when while because so than then that this these those there here i you he she it we they
    me him her us them my your his its our their mine yours myself yourself is are was were be been being am do does did done
    have has had having will would can could should may might must not no nor of to in on at by for with from into onto about
    over under after before until till up down out off again once only just too very really also as how what why who whom
    which where every each all any some few more most other another such same own it's i'm you're don't didn't doesn't can't
    won't isn't i'd i'll i've that's there's what's he's she's let's wasn't isn't aren't we're they're vs versus still even
    ever never always actually literally somehow something someone everyone nobody anything everything get gets got getting
    go goes going gone come comes came make makes made making take takes took want wants wanted need needs like thing things
    one two three much many way back see says said say tell told think thought know without between yes oh okay`),
  de: list(`der die das den dem des ein eine einen einem einer eines und oder aber wenn als weil dass daß ob so dann da hier
    dort ich du er sie es wir ihr mich dich sich uns euch ihn ihm ihnen mein meine meinen meinem meiner meines dein deine
    deinen deinem deiner sein seine seinen seinem seiner unser unsere ist sind war waren bin bist seid wird werden wurde hat
    habe haben hast hatte hatten kann kannst können konnte soll sollte muss musst müssen musste will willst wollte wollten mag möchte
    nicht kein keine keinen keiner nichts nie immer noch schon nur auch mal wieder sehr zu zum zur in im am an auf aus bei beim
    mit nach seit von vom vor für über unter durch ohne um bis gegen zwischen was wer wie wo warum wieso welche welcher jeder
    jede jedes alle alles man etwas jemand niemand doch halt eben eigentlich kurz ganz mehr viel viele wenig erst bald gerade
    eins zwei drei geht gehen macht machen kommt kommen sagt sagen weiß wissen denn mir dir ihre ihren ihrem selbst damit weg
    danach vs ja nein oh okay heute morgen gestern`),
};

/** Enough of other languages not to take them for English. */
const OTHERS: readonly (readonly [string, ReadonlySet<string>])[] = [
  [
    "fr",
    list("le la les des une est et pas je tu il nous vous mon ma mes ton que qui dans pour sur avec quand au aux ce"),
  ],
  ["es", list("el los las una y no que yo mi mis tu es en con para por cuando del al se lo pero como está muy")],
  ["it", list("il lo gli una e non che io mio mia di è per con quando del della sono nel alla ma come anche")],
  ["pt", list("o os uma e não que eu meu minha é com para quando do da no na mas como muito em")],
  ["nl", list("de het een en niet ik mijn is dat met voor van als wanneer op aan maar hoe ook naar bij")],
  ["pl", list("i nie w na z się że to jest mój moja kiedy jak do po ale czy")],
];

const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ["ja", /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ["zh", /\p{Script=Han}/u],
  ["ko", /\p{Script=Hangul}/u],
  ["uk", /[іїєґІЇЄҐ]/u],
  ["ru", /\p{Script=Cyrillic}/u],
  ["el", /\p{Script=Greek}/u],
  ["ar", /\p{Script=Arabic}/u],
  ["he", /\p{Script=Hebrew}/u],
  ["hi", /\p{Script=Devanagari}/u],
  ["th", /\p{Script=Thai}/u],
];

/** Tells whether a word is known in English, in German or in both; what the bank's own vocabulary knows. */
export type KnownWord = (word: string) => { en: boolean; de: boolean };

/**
 * The language code of a text.
 *
 * @param fallback what to say when nothing speaks for any language, such as the person's own.
 * @param known vocabulary beyond stop words: decides single words like "Elternabend".
 */
export function languageOf(text: string, fallback: string, known?: KnownWord): string {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return fallback;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (latin < letters / 2) return SCRIPTS.find(([, script]) => script.test(text))?.[0] ?? fallback;
  const words = wordsOf(text);
  const score = { en: 0, de: 0 };
  for (const word of words) {
    const en = STOP.en.has(word);
    const de = STOP.de.has(word);
    if (en) score.en += de ? 0.4 : 1;
    if (de) score.de += en ? 0.4 : 1;
    if (/[äöüß]/.test(word)) score.de += 0.7;
    if (known && !en && !de) {
      const is = known(word);
      if (is.en && !is.de) score.en += 0.6;
      if (is.de && !is.en) score.de += 0.6;
    }
  }
  const best = Math.max(score.en, score.de);
  const foreign = OTHERS.map(([code, set]) => [code, words.filter((word) => set.has(word)).length] as const).toSorted(
    (a, b) => b[1] - a[1],
  )[0];
  if (foreign && foreign[1] >= 2 && foreign[1] > best + 0.5) return foreign[0];
  if (best === 0 || score.en === score.de) return fallback;
  return score.en > score.de ? "en" : "de";
}
