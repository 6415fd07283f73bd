/** A word as pieces that can be drawn: runs of one face, script and direction, and emoji. */
import type { Levels } from "./bidi.ts";
import { emojiAt, emojiName } from "./emoji.ts";
import type { Face, Run } from "./face.ts";
import type { Faces, Hand } from "./faces.ts";
import { scriptOf, type Script } from "./script.ts";

export type Piece = RunPiece | EmojiPiece;

interface RunPiece {
  level: number;
  advance: number;
  face: Face;
  run: Run;
}

interface EmojiPiece {
  level: number;
  advance: number;
  emoji: string;
}

/** Emoji stand as high as capitals and a bit more, with a little air on both sides; in em. */
export const EMOJI_SIZE = 0.98;
export const EMOJI_DROP = 0.11;
const EMOJI_ADVANCE = 1.04;

/** A base with what combines with it. Variation selectors and joiners outside of emoji have no ink of their own. */
const CLUSTER = /\P{M}[\p{M}\u200D]*|\p{M}+/uy;
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;

/** Splits text at the boundaries of what a reader sees as one character. */
export function clusters(text: string): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length;) {
    const one = emojiAt(text, at) || clusterAt(text, at);
    out.push(one);
    at += one.length;
  }
  return out;
}

function clusterAt(text: string, at: number): string {
  CLUSTER.lastIndex = at;
  return CLUSTER.exec(text)?.[0] ?? text.slice(at, at + 1);
}

/** Which fonts a caption is set in. */
export interface Font {
  faces: Faces;
  hand: Hand;
  lang: string;
}

export interface Pieces {
  pieces: readonly Piece[];
  advance: number;
  rise: number;
  drop: number;
  left: number;
  right: number;
  /** Scripts no face has a glyph for. */
  missing: readonly string[];
}

/** Shapes `text`, which stands at `start` in the caption whose levels are given. */
export function piecesOf(text: string, start: number, levels: Levels, font: Font): Pieces {
  const pieces: Piece[] = [];
  const missing = new Set<string>();
  let open: { text: string; face: Face; level: number; script: Script | undefined } | undefined;
  const close = (): void => {
    if (!open) return;
    const { face, level } = open;
    const script = open.script?.tag ?? "latn";
    const run = face.shape(open.text, level & 1 ? "rtl" : "ltr", script, lettersOf(script, font.lang));
    pieces.push({ face, run, level, advance: run.advance });
    open = undefined;
  };
  let at = 0;
  for (const cluster of clusters(text)) {
    const index = start + at;
    at += cluster.length;
    const level = levels.at(index);
    const drawn = (levels.char(index) ?? cluster).replace(UNSEEN, "");
    const first = drawn.codePointAt(0);
    if (first === undefined || /^\s*$/.test(drawn)) {
      // A zero-width non-joiner keeps its neighbours from joining.
      if (cluster === "\u200C") close();
      continue;
    }
    const face = font.faces.faceFor(first, font.hand, font.lang);
    const picture =
      face && !/\p{Emoji_Presentation}|\uFE0F/u.test(cluster) ? undefined : emojiPiece(cluster, level, font.faces);
    if (picture) {
      close();
      pieces.push(picture);
      continue;
    }
    if (!face) {
      close();
      missing.add(scriptOf(drawn)?.name ?? "Symbols");
      continue;
    }
    const script = scriptOf(drawn);
    const joins =
      open && open.face === face && open.level === level && (!script || !open.script || open.script.tag === script.tag);
    if (open && joins) {
      open.text += drawn;
      open.script ??= script;
    } else {
      close();
      open = { text: drawn, face, level, script };
    }
  }
  close();
  return { pieces, ...measure(pieces), missing: [...missing] };
}

/** Our Cyrillic face has Bulgarian letters unless told otherwise; all others write the common ones. */
function lettersOf(script: string, lang: string): string | undefined {
  return script === "cyrl" && !/^bg\b/i.test(lang) ? "RUS " : undefined;
}

function emojiPiece(cluster: string, level: number, faces: Faces): EmojiPiece | undefined {
  const name = emojiName(cluster);
  return faces.emoji(name) === undefined ? undefined : { level, advance: EMOJI_ADVANCE, emoji: name };
}

function measure(pieces: readonly Piece[]): Omit<Pieces, "pieces" | "missing"> {
  const sum = { advance: 0, rise: 0, drop: 0, left: 0, right: 0 };
  for (const piece of pieces) {
    sum.advance += piece.advance;
    const run = "run" in piece ? piece.run : { rise: EMOJI_SIZE - EMOJI_DROP, drop: EMOJI_DROP, left: 0, right: 0 };
    sum.rise = Math.max(sum.rise, run.rise);
    sum.drop = Math.max(sum.drop, run.drop);
    sum.left = Math.max(sum.left, run.left);
    sum.right = Math.max(sum.right, run.right);
  }
  return sum;
}
