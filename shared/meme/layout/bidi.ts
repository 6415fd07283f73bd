/** Order of characters in lines that mix writing directions: the Unicode Bidirectional Algorithm, applied after breaking. */
import bidiFactory from "bidi-js";

const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\u200F\u202B\u202E\u2067]/u;

export interface Levels {
  /** Whether the text as a whole runs from right to left. */
  rtl: boolean;
  /** Embedding level for each UTF-16 unit: odd ones run from right to left. */
  at(index: number): number;
  /** The character to draw there: brackets are mirrored. */
  char(index: number): string | undefined;
}

const LEFT_TO_RIGHT: Levels = { rtl: false, at: () => 0, char: () => undefined };
interface Bidi {
  getEmbeddingLevels(text: string, base: "auto"): { levels: Uint8Array; paragraphs: { level: number }[] };
  getMirroredCharactersMap(text: string, levels: Uint8Array): Map<number, string>;
}
let bidi: Bidi | undefined;

/** The package exports a function; its types promise something else to Node than to bundlers. */
function makeBidi(): Bidi {
  const factory: unknown = bidiFactory;
  return (factory as () => Bidi)();
}

/** Levels of a text of one paragraph; its direction is that of its first strong character. */
export function levelsOf(text: string): Levels {
  if (!RIGHT_TO_LEFT.test(text)) return LEFT_TO_RIGHT;
  bidi ??= makeBidi();
  const found = bidi.getEmbeddingLevels(text, "auto");
  const mirrored = bidi.getMirroredCharactersMap(text, found.levels);
  return {
    rtl: ((found.paragraphs[0]?.level ?? 0) & 1) === 1,
    at: (index) => found.levels[index] ?? 0,
    char: (index) => mirrored.get(index),
  };
}

/** The pieces of a line from left to right, as they are drawn (rule L2). Each piece has one level. */
export function visualOrder<T extends { level: number }>(pieces: readonly T[]): T[] {
  const order = [...pieces];
  const highest = Math.max(0, ...order.map(({ level }) => level));
  for (let level = highest; level > 0; level--) {
    for (let from = 0; from < order.length; from++) {
      if ((order[from]?.level ?? 0) < level) continue;
      let to = from;
      while (to < order.length && (order[to]?.level ?? 0) >= level) to++;
      order.splice(from, to - from, ...order.slice(from, to).reverse());
      from = to;
    }
  }
  return order;
}
