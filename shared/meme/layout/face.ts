/** A font as the layout needs it: shaped runs and outlines, both remembered, because captions repeat words all the time. */
import type { Font, Glyph } from "fontkit";

/** A piece of text in one face, script and direction, shaped. Lengths in em; glyphs stand in visual order. */
export interface Run {
  advance: number;
  /** How far ink leaves the baseline upwards and downwards, and the advance to the left and right at most; never negative. */
  rise: number;
  drop: number;
  left: number;
  right: number;
  glyphs: readonly PlacedGlyph[];
}

export interface PlacedGlyph {
  id: number;
  /** From the start of the run, and above the baseline, in em. */
  x: number;
  y: number;
}

export interface Face {
  readonly id: string;
  /** Font units per em: what paths are measured in. */
  readonly upm: number;
  /** Height of capital letters in em. */
  readonly cap: number;
  has(codePoint: number): boolean;
  /** `language`: an OpenType tag where a script is written differently in it. */
  shape(text: string, direction: "ltr" | "rtl", script: string, language?: string): Run;
  /** Outline of a glyph in font units, y upwards; empty for spaces. */
  path(glyph: number): string;
}

/** Runs kept per face. Captions are short: this is some megabytes at most. */
const KEPT_RUNS = 4000;
/** Fonts without a figure for it, mostly those without capitals. */
const USUAL_CAP = 0.72;

/** A face over a font that fontkit has opened. */
export function createFace(id: string, font: Font): Face {
  const upm = font.unitsPerEm;
  const runs = new Map<string, Run>();
  const paths = new Map<number, string>();
  const boxes = new Map<number, Box>();

  function boxOf(glyph: Glyph): Box {
    let box = boxes.get(glyph.id);
    if (!box) {
      const { minX, minY, maxX, maxY } = glyph.path.bbox;
      const some = Number.isFinite(minX) && maxX > minX;
      box = some ? { minX, minY, maxX, maxY } : { minX: 0, minY: 0, maxX: 0, maxY: 0 };
      boxes.set(glyph.id, box);
      paths.set(glyph.id, some ? glyph.path.toSVG() : "");
    }
    return box;
  }

  function shapeNow(text: string, direction: "ltr" | "rtl", script: string, language: string | undefined): Run {
    const shaped = font.layout(text, [], script, language, direction);
    const run = { advance: 0, rise: 0, drop: 0, left: 0, right: 0 };
    const glyphs: PlacedGlyph[] = [];
    let ink = 0;
    let x = 0;
    shaped.glyphs.forEach((glyph, n) => {
      const at = shaped.positions[n];
      if (!at) return;
      const box = boxOf(glyph);
      // Glyph 0 is the empty box of characters a font does not have: it is never drawn.
      if (box.maxX > box.minX && glyph.id !== 0) {
        const left = x + at.xOffset;
        run.rise = Math.max(run.rise, (box.maxY + at.yOffset) / upm);
        run.drop = Math.max(run.drop, -(box.minY + at.yOffset) / upm);
        run.left = Math.max(run.left, -(left + box.minX) / upm);
        if (at.xAdvance > 0) {
          // A word may be broken anywhere: every letter counts as if it stood at an edge.
          run.left = Math.max(run.left, -(at.xOffset + box.minX) / upm);
          run.right = Math.max(run.right, (at.xOffset + box.maxX - at.xAdvance) / upm);
        }
        ink = Math.max(ink, (left + box.maxX) / upm);
        glyphs.push({ id: glyph.id, x: left / upm, y: at.yOffset / upm });
      }
      x += at.xAdvance;
    });
    run.advance = x / upm;
    run.right = Math.max(run.right, ink - run.advance);
    return { ...run, glyphs };
  }

  return {
    id,
    upm,
    cap: (font.capHeight || USUAL_CAP * upm) / upm,
    has: (codePoint) => font.hasGlyphForCodePoint(codePoint),
    path: (glyph) => paths.get(glyph) ?? "",
    shape(text, direction, script, language) {
      const key = `${direction}${script}${language ?? ""}/${text}`;
      let run = runs.get(key);
      if (!run) {
        if (runs.size >= KEPT_RUNS) runs.clear();
        run = shapeNow(text, direction, script, language);
        runs.set(key, run);
      }
      return run;
    },
  };
}

interface Box {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}
