/**
 * The largest size at which captions fit their boxes, and the lines they have then. Sizes are whole pixels of a picture
 * 1080 wide.
 */
import { levelsOf, visualOrder, type Levels } from "./bidi.ts";
import { capitals } from "./capitals.ts";
import { cut, tokensOf, type Token } from "./breaks.ts";
import type { Faces, Hand } from "./faces.ts";
import { piecesOf, type Piece, type Pieces } from "./pieces.ts";

/** Smaller is not legible on a phone. */
export const FLOOR = 40;
/** Width of the outline outside of a glyph, in em. */
export const OUTLINE = 0.09;
/** From baseline to baseline, in em; more where ink would touch. */
const LEADING = 1.1;
/** Below this a broken word is better than a small one, if it makes the text a fifth larger. */
const COMFORT = 64;
/** How narrow letters may become, as the last thing before a caption is called too long; and in which steps. */
const NARROWEST = 0.74;
const NARROWER = 0.05;

export interface TextStyle {
  hand: Hand;
  /** Largest size. */
  max: number;
  /** Room for an outline is left around the ink. */
  outlined: boolean;
  /** Shown in capitals. */
  upper?: true;
}

/** A caption with all that its size does not change. */
export interface Measured {
  tokens: readonly Token[];
  levels: Levels;
  /** Above and below the baseline, in em, over all words. */
  rise: number;
  drop: number;
  cap: number;
  leading: number;
  /** Ink beside the advance, with the outline. */
  left: number;
  right: number;
  pad: number;
  space: number;
  missing: readonly string[];
  style: TextStyle;
  shape(text: string, start: number): Pieces;
}

export interface Line {
  pieces: readonly Piece[];
  /** Advance in em. */
  width: number;
}

export interface Fitted {
  size: number;
  /** Width of letters: 1 as the face has them, less when only that made them legible. */
  stretch: number;
  lines: readonly Line[];
  measured: Measured;
  overflow: boolean;
}

/** Measures a caption. `lang` decides how capitals are made. */
export function measure(text: string, lang: string, faces: Faces, style: TextStyle): Measured {
  const clean = text.normalize("NFC").replace(/\p{Cc}/gu, " ");
  const shown = style.upper ? capitals(clean, lang) : clean;
  const levels = levelsOf(shown);
  const shaped = new Map<string, Pieces>();
  const shape = (word: string, start: number): Pieces => {
    const key = `${start} ${word}`;
    let found = shaped.get(key);
    if (!found) {
      found = piecesOf(word, start, levels, { faces, lang, hand: style.hand });
      shaped.set(key, found);
    }
    return found;
  };
  const tokens = tokensOf(shown);
  const words = tokens.map((token) => shape(token.text, token.start));
  const most = (of: (word: Pieces) => number): number => Math.max(0, ...words.map(of));
  const pad = style.outlined ? OUTLINE : 0;
  const base = faces.faceFor(0x41, style.hand, lang);
  const cap = base?.cap ?? 0.72;
  const rise = Math.max(
    cap,
    most((word) => word.rise),
  );
  const drop = most((word) => word.drop);
  return {
    ...{ tokens, levels, rise, drop, cap, pad, style, shape },
    // Outlines of two lines may meet; ink may not.
    leading: Math.max(LEADING, rise + drop + 0.01),
    left: most((word) => word.left) + pad,
    right: most((word) => word.right) + pad,
    space: base?.shape(" ", "ltr", "latn").advance ?? 0.25,
    missing: [...new Set(words.flatMap((word) => word.missing))],
  };
}

/** Height of a block of lines, in em. */
export function heightOf(measured: Measured, lines: number): number {
  if (lines === 0) return 0;
  return measured.rise + measured.drop + measured.leading * (lines - 1) + 2 * measured.pad;
}

/** The largest size for one caption in a box. */
export function fit(measured: Measured, w: number, h: number): Fitted {
  const [fitted] = fitTogether([{ measured, w }], h, 0);
  if (!fitted) throw new Error("one caption gives one fit");
  return fitted;
}

/** The largest common size at which captions stand above one another, each in its width, all in one height. */
export function fitTogether(
  captions: readonly { measured: Measured; w: number; h?: number }[],
  height: number,
  gap: number,
  stretch = 1,
): Fitted[] {
  const max = Math.max(1, Math.min(...captions.map(({ measured }) => measured.style.max)));
  const at = (size: number, hyphens: boolean): Token[][][] | undefined => {
    const all: Token[][][] = [];
    let used = gap * Math.max(0, captions.length - 1);
    for (const { measured, w, h } of captions) {
      const lines = wrap(measured, w / size / stretch, hyphens);
      if (!lines) return undefined;
      const needed = heightOf(measured, lines.length) * size;
      if (h !== undefined && needed > h) return undefined;
      used += needed;
      all.push(lines);
    }
    return used <= height ? all : undefined;
  };
  let size = largest(max, (one) => at(one, false) !== undefined);
  let hyphens = false;
  if (size < Math.min(COMFORT, max)) {
    const broken = largest(max, (one) => at(one, true) !== undefined);
    if (broken >= size * 1.2 || (size < FLOOR && broken > size)) [size, hyphens] = [broken, true];
  }
  const narrower = stretch - NARROWER;
  if (size < Math.min(FLOOR, max) && narrower >= NARROWEST) return fitTogether(captions, height, gap, narrower);
  const found = at(size, hyphens);
  return captions.map(({ measured, w }, n) => {
    const lines = balance(measured, found?.[n] ?? [], w / size / stretch);
    return { size, stretch, measured, overflow: size < FLOOR, lines: lines.map((line) => lineOf(measured, line)) };
  });
}

/** The largest whole number up to `max` that is good enough; what is good stays good when it gets smaller. */
function largest(max: number, good: (size: number) => boolean): number {
  let low = 1;
  let high = Math.floor(max);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (good(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function widthOf(measured: Measured, tokens: readonly Token[]): number {
  let width = 0;
  tokens.forEach((token, n) => {
    if (n > 0 && token.space) width += measured.space;
    width += widthOfToken(measured, token, n === tokens.length - 1);
  });
  return width;
}

function widthOfToken(measured: Measured, token: Token, ends: boolean): number {
  return measured.shape(ends && token.soft ? `${token.text}-` : token.text, token.start).advance;
}

/** The fewest lines at a width in em; undefined when a word is too wide and must not be broken. */
function wrap(measured: Measured, em: number, hyphens: boolean): Token[][] | undefined {
  const room = em - measured.left - measured.right;
  const lines: Token[][] = [];
  let line: Token[] = [];
  const queue = [...measured.tokens].reverse();
  for (let token = queue.pop(); token; token = queue.pop()) {
    if (widthOf(measured, [...line, token]) <= room) {
      line.push(token);
      continue;
    }
    // A word that has to be broken anyhow begins where there is room for three letters of it.
    const broken = hyphens && widthOf(measured, [token]) > room ? begin(measured, token, line, room) : undefined;
    if (broken) {
      line.push(broken[0]);
      queue.push(broken[1]);
    } else if (line.length > 0) queue.push(token);
    else return undefined;
    lines.push(line);
    line = [];
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

/** The beginning of a word that fits behind what a line has already, and the rest of it. */
function begin(measured: Measured, token: Token, line: readonly Token[], room: number): [Token, Token] | undefined {
  const used = line.length === 0 ? 0 : widthOf(measured, line) + (token.space ? measured.space : 0);
  const fits = (text: string): boolean => used + measured.shape(`${text}-`, token.start).advance <= room;
  const [first, ...more] = cut(token, fits);
  if (!first || more.length === 0 || widthOf(measured, [...line, first]) > room) return undefined;
  if (line.length > 0 && first.text.length < 3) return undefined;
  const at = first.text.length;
  const rest = { text: token.text.slice(at), start: token.start + at, space: false };
  return [first, token.soft ? { ...rest, soft: true } : rest];
}

/** The same number of lines, broken so that the widest is as narrow as it can be: no word is left alone. */
function balance(measured: Measured, lines: readonly Token[][], em: number): Token[][] {
  const tokens = lines.flat();
  const n = tokens.length;
  const k = lines.length;
  if (k < 2 || k === n) return [...lines];
  const gap = tokens.map((token) => (token.space ? measured.space : 0));
  const plain = tokens.map((token) => widthOfToken(measured, token, false));
  const ending = tokens.map((token) => widthOfToken(measured, token, true));
  const before = [0];
  for (let i = 0; i < n; i++) before.push((before[i] ?? 0) + (gap[i] ?? 0) + (plain[i] ?? 0));
  const width = (i: number, j: number): number =>
    (before[j] ?? 0) - (before[i] ?? 0) - (gap[i] ?? 0) + (ending[j - 1] ?? 0) - (plain[j - 1] ?? 0);
  // cost[l][j]: the widest of l lines that hold the first j tokens, and, to choose among equals, how uneven they are.
  const cost = Array.from({ length: k + 1 }, () => Array.from({ length: n + 1 }, () => Infinity));
  const from = Array.from({ length: k + 1 }, () => Array.from({ length: n + 1 }, () => 0));
  const first = cost[0];
  if (first) first[0] = 0;
  const room = em - measured.left - measured.right + 1e-9;
  for (let l = 1; l <= k; l++) {
    for (let j = l; j <= n; j++) {
      for (let i = j - 1; i >= l - 1; i--) {
        const w = width(i, j);
        if (w > room) break;
        // The sum of squares prefers even lines, and is smallest where the widest is narrow.
        const sum = (cost[l - 1]?.[i] ?? Infinity) + w * w;
        if (sum < (cost[l]?.[j] ?? Infinity) - 1e-9) {
          const [costs, froms] = [cost[l], from[l]];
          if (costs && froms) [costs[j], froms[j]] = [sum, i];
        }
      }
    }
  }
  if (!Number.isFinite(cost[k]?.[n] ?? Infinity)) return [...lines];
  const out: Token[][] = [];
  for (let l = k, j = n; l > 0; l--) {
    const i = from[l]?.[j] ?? 0;
    out.unshift(tokens.slice(i, j));
    j = i;
  }
  return out;
}

function lineOf(measured: Measured, tokens: readonly Token[]): Line {
  const pieces: (Piece | { level: number; advance: number })[] = [];
  tokens.forEach((token, n) => {
    const ends = n === tokens.length - 1;
    if (n > 0 && token.space) pieces.push({ level: measured.levels.at(token.start - 1), advance: measured.space });
    pieces.push(...measured.shape(ends && token.soft ? `${token.text}-` : token.text, token.start).pieces);
  });
  const shown = visualOrder(pieces);
  const width = shown.reduce((sum, { advance }) => sum + advance, 0);
  // Spaces are kept as pieces without glyphs: they have a width only.
  return {
    width,
    pieces: shown.map((piece) => ("run" in piece || "emoji" in piece ? piece : { ...piece, emoji: "" })),
  };
}
