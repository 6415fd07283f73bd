/** Where a caption may be broken into lines. */
import { clusters } from "./pieces.ts";
import { HYPHENATED, UNSPACED } from "./script.ts";

/** What stays together on a line. */
export interface Token {
  text: string;
  /** Where it begins in the caption. */
  start: number;
  /** A space stands before it, unless it begins a line. */
  space: boolean;
  /** Part of a broken word: shows a hyphen when the line ends after it. */
  soft?: true;
}

// Characters that may not begin or end a line (kinsoku), as in JIS X 4051.
const NOT_FIRST =
  /^[\p{Pe}\p{Pf}、。，．・：；？！ーゝゞヽヾ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…‥,.!?:;%°’”]/u;
const NOT_LAST = /[\p{Ps}\p{Pi}#@$€£¥]$/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HIRAGANA_END = /[\p{Script=Hiragana}、。！？」』）…]$/u;
const HIRAGANA_START = /^[\p{Script=Hiragana}ー]/u;
const AFTER_HYPHEN = /(?<=\p{L}[-–—/])(?=\p{L})/u;

/** Tokens of a caption: words, and phrases of scripts that are written without spaces. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(/\S+/g)) {
    const [word] = match;
    let start = match.index;
    let space = true;
    const parts = UNSPACED.test(word) ? unspacedParts(word) : word.split(AFTER_HYPHEN);
    for (const part of parts) {
      tokens.push({ text: part, start, space });
      start += part.length;
      space = false;
    }
  }
  return tokens;
}

/**
 * Japanese breaks best between phrases, which mostly end where hiragana gives way to another script; Chinese, which has no
 * kana, after any character. A dictionary would know more, but not the same one in every browser.
 */
function unspacedParts(word: string): string[] {
  const phrases = KANA.test(word);
  const parts: string[] = [];
  for (const one of clusters(word)) {
    const last = parts.at(-1);
    if (last === undefined) parts.push(one);
    else if (NOT_FIRST.test(one) || NOT_LAST.test(last) || together(last, one, phrases)) parts[parts.length - 1] += one;
    else parts.push(one);
  }
  return parts;
}

function together(before: string, next: string, phrases: boolean): boolean {
  const both = UNSPACED.test(next) && UNSPACED.test(before.slice(-1));
  if (!both) return !UNSPACED.test(next) && !UNSPACED.test(before.slice(-1));
  if (!phrases) return false;
  return HIRAGANA_START.test(next) || !HIRAGANA_END.test(before);
}

/** Letters of one sound: a word is not cut inside them. */
const ONE_SOUND = /^(?:ch|ck|ph|th|sh|qu|sc|ss)$/i;
const VOWEL = /[aeiouyäöüáéíóúàèìòùâêîôûаеёиоуыэюяαεηιουω]/i;

/**
 * Cuts a token that is too wide. `fits` says whether a beginning, with its hyphen, has room. Words are cut where a syllable
 * probably begins: before a consonant that a vowel follows.
 */
export function cut(token: Token, fits: (text: string) => boolean): Token[] {
  const chars = clusters(token.text);
  const out: Token[] = [];
  let from = 0;
  let start = token.start;
  while (from < chars.length) {
    let to = longest(chars, from, fits);
    if (to < chars.length) to = syllable(chars, from, to);
    const text = chars.slice(from, to).join("");
    const last = to >= chars.length;
    const hyphen = !last && HYPHENATED.test(chars[to - 1] ?? "") && HYPHENATED.test(chars[to] ?? "");
    const piece: Token = { text, start, space: from === 0 && token.space };
    out.push(hyphen || (last && token.soft) ? { ...piece, soft: true } : piece);
    start += text.length;
    from = to;
  }
  return out;
}

/** The most characters that fit, at least one. Wider beginnings are wider, so it can be halved. */
function longest(chars: readonly string[], from: number, fits: (text: string) => boolean): number {
  let low = from + 1;
  let high = chars.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(chars.slice(from, middle).join(""))) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Endings of German parts of words, which take an s before the next part. */
const PART = /(?:ung|heit|keit|schaft|tät|ion)$/i;

function syllable(chars: readonly string[], from: number, to: number): number {
  // Three letters at the end of a word are not left alone on the next line, if that can be helped.
  const latest = Math.min(to, chars.length - 3);
  const earliest = Math.max(from + 2, latest - 5);
  const before = (at: number): string => chars.slice(from, at).join("");
  for (let at = latest; at > earliest; at--) if (/s$/i.test(before(at)) && PART.test(before(at - 1))) return at;
  for (let at = latest; at > earliest; at--) {
    const [last, first, next] = [chars[at - 1] ?? "", chars[at] ?? "", chars[at + 1] ?? ""];
    if (!HYPHENATED.test(last) || !HYPHENATED.test(first)) return at;
    const splits = ONE_SOUND.test(last + first) || (/s/i.test(first) && PART.test(before(at)));
    if (!VOWEL.test(first) && VOWEL.test(next) && !splits) return at;
  }
  return to;
}
