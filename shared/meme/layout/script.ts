/** Which writing system a character belongs to: decides shaping, where lines may break, and what a missing font is called. */

export interface Script {
  /** English name, as in Unicode: what a "no font for …" message says. */
  name: string;
  /** OpenType tag. */
  tag: string;
}

const known = (name: string, tag: string, pattern: RegExp): Script & { pattern: RegExp } => ({ name, tag, pattern });

// In the order of how often they are met.
const SCRIPTS = [
  known("Latin", "latn", /\p{Script=Latin}/u),
  known("Han", "hani", /\p{Script=Han}/u),
  known("Hiragana", "kana", /\p{Script=Hiragana}/u),
  known("Katakana", "kana", /\p{Script=Katakana}/u),
  known("Hangul", "hang", /\p{Script=Hangul}/u),
  known("Cyrillic", "cyrl", /\p{Script=Cyrillic}/u),
  known("Greek", "grek", /\p{Script=Greek}/u),
  known("Arabic", "arab", /\p{Script=Arabic}/u),
  known("Hebrew", "hebr", /\p{Script=Hebrew}/u),
  known("Devanagari", "dev2", /\p{Script=Devanagari}/u),
  known("Thai", "thai", /\p{Script=Thai}/u),
  known("Bengali", "bng2", /\p{Script=Bengali}/u),
  known("Tamil", "tml2", /\p{Script=Tamil}/u),
  known("Telugu", "tel2", /\p{Script=Telugu}/u),
  known("Gujarati", "gjr2", /\p{Script=Gujarati}/u),
  known("Kannada", "knd2", /\p{Script=Kannada}/u),
  known("Malayalam", "mlm2", /\p{Script=Malayalam}/u),
  known("Gurmukhi", "gur2", /\p{Script=Gurmukhi}/u),
  known("Sinhala", "sinh", /\p{Script=Sinhala}/u),
  known("Georgian", "geor", /\p{Script=Georgian}/u),
  known("Armenian", "armn", /\p{Script=Armenian}/u),
  known("Ethiopic", "ethi", /\p{Script=Ethiopic}/u),
  known("Khmer", "khmr", /\p{Script=Khmer}/u),
  known("Lao", "lao ", /\p{Script=Lao}/u),
  known("Myanmar", "mym2", /\p{Script=Myanmar}/u),
  known("Tibetan", "tibt", /\p{Script=Tibetan}/u),
];
const COMMON = /\p{Script=Common}|\p{Script=Inherited}/u;

/** The script of a character; undefined for those that go with any script: digits, punctuation, marks, spaces. */
export function scriptOf(char: string): Script | undefined {
  const ascii = char.charCodeAt(0) < 0x80;
  if (ascii) return /[A-Za-z]/.test(char) ? SCRIPTS[0] : undefined;
  const found = SCRIPTS.find(({ pattern }) => pattern.test(char));
  if (found) return found;
  return COMMON.test(char) ? undefined : { name: "Other", tag: "DFLT" };
}

/** Scripts written without spaces, where a line may end after nearly every character. */
export const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}]/u;

/** Letters of scripts in which a word may be broken with a hyphen. */
export const HYPHENATED = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u;
