/** Fitted captions as SVG: outlines of glyphs, never `<text>`, so that every machine draws the same. */
import type { Rect } from "#shared/meme/doc.ts";
import type { Faces } from "./faces.ts";
import { heightOf, OUTLINE, type Fitted } from "./fit.ts";
import { EMOJI_DROP, EMOJI_SIZE } from "./pieces.ts";

export interface Placing {
  /** Start and end follow the direction of the text: "left" begins an Arabic line at the right. */
  align: "left" | "centre" | "right";
  valign: "top" | "middle" | "bottom";
  fill: string;
  /** Colour of the outline; needed when the style is outlined. */
  outline?: string;
  /** Id of the group that becomes this caption, unique on the page. */
  id: string;
}

const round = (value: number, digits = 2): string => String(Number(value.toFixed(digits)));

/** Draws a caption into a box. All ink, outline included, stays inside it. */
export function drawText(fitted: Fitted, box: Rect, faces: Faces, placing: Placing): string {
  const { size, lines, measured, stretch } = fitted;
  const wide = size * stretch;
  if (lines.length === 0) return "";
  const first = firstBaseline(fitted, box, placing.valign);
  const align = measured.levels.rtl ? { left: "right", right: "left", centre: "centre" }[placing.align] : placing.align;
  let glyphs = "";
  let emoji = "";
  lines.forEach((line, l) => {
    const y = first + l * measured.leading * size;
    const spare = box.w - (line.width + measured.left + measured.right) * wide;
    const inset = align === "left" ? 0 : align === "right" ? spare : spare / 2;
    let x = box.x + inset + measured.left * wide;
    for (const piece of line.pieces) {
      if ("run" in piece) {
        const scale = size / piece.face.upm;
        for (const glyph of piece.run.glyphs) {
          const at = `${round(x + glyph.x * wide)} ${round(y - glyph.y * size)}`;
          glyphs += `<path transform="matrix(${round(scale * stretch, 5)} 0 0 ${round(-scale, 5)} ${at})" d="${piece.face.path(glyph.id)}"`;
          // Widths are in font units here, because the matrix scales them too.
          glyphs += placing.outline ? ` stroke-width="${Math.round(piece.face.upm * OUTLINE * 2)}"/>` : "/>";
        }
      } else if (piece.emoji !== "") {
        const left = x + ((piece.advance - EMOJI_SIZE) / 2) * wide;
        const top = y - (EMOJI_SIZE - EMOJI_DROP) * size;
        const square = `x="${round(left)}" y="${round(top)}" width="${round(EMOJI_SIZE * wide)}" height="${round(EMOJI_SIZE * size)}"`;
        emoji += `<svg ${square} viewBox="0 0 36 36">${faces.emoji(piece.emoji) ?? ""}</svg>`;
      }
      x += piece.advance * wide;
    }
  });
  if (!placing.outline) return `<g id="${placing.id}"><g fill="${placing.fill}">${glyphs}</g>${emoji}</g>`;
  // All outlines below all fills: one glyph after the other would show seams where letters join or stand close.
  return (
    `<g id="${placing.id}"><defs><g id="${placing.id}g">${glyphs}</g></defs>` +
    `<use href="#${placing.id}g" fill="${placing.outline}" stroke="${placing.outline}" stroke-linejoin="round"/>` +
    `<use href="#${placing.id}g" fill="${placing.fill}"/>${emoji}</g>`
  );
}

/** Centred on the height of capitals: centred on ascent and descent, they would look too low. Then moved so that all ink stays inside. */
function firstBaseline({ size, lines, measured }: Fitted, box: Rect, valign: Placing["valign"]): number {
  const span = size * measured.leading * (lines.length - 1);
  const top = box.y + size * (measured.rise + measured.pad);
  const bottom = box.y + box.h - size * (measured.drop + measured.pad) - span;
  if (valign === "top") return top;
  if (valign === "bottom") return bottom;
  const middle = box.y + (box.h - span + size * measured.cap) / 2;
  return Math.max(top, Math.min(middle, bottom));
}

/** Height of the ink of a fitted caption, in pixels. */
export function inkHeight(fitted: Fitted): number {
  return heightOf(fitted.measured, fitted.lines.length) * fitted.size;
}

/** Width of its widest line with outline, in pixels. */
export function inkWidth({ lines, measured, size, stretch }: Fitted): number {
  if (lines.length === 0) return 0;
  return (Math.max(...lines.map(({ width }) => width)) + measured.left + measured.right) * size * stretch;
}
