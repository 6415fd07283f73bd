/**
 * All fonts of the studio, opened when a text needs them. The list and its order are data from the server, so that the
 * browser takes the same face for the same character; only how a file is fetched differs.
 */
import { capitals } from "./capitals.ts";
import { createFace, type Face } from "./face.ts";
import { emojiIn } from "./emoji.ts";
import { sfntOf } from "./woff.ts";

/** Loud capitals over pictures, or the calmer hand of signs, papers and screens. */
export type Hand = "poster" | "text";

/** One font file. */
export interface FontFile {
  /** File name without folder: what the browser asks for. */
  id: string;
  /** Only for this hand; absent: for both. */
  hand?: Hand;
  /** Goes before all others for captions in this language: Chinese and Japanese share characters that they write differently. */
  lang?: string;
  /** Code points it has, as inclusive ranges. */
  covers: readonly (readonly [number, number])[];
}

/** What a layout takes fonts and emoji from. Answers at once: what was not prepared is missing. */
export interface Faces {
  /** The first face in the order of the list that has the character. */
  faceFor(codePoint: number, hand: Hand, lang: string): Face | undefined;
  /** The inside of an emoji's picture, drawn in a square of 36 units. */
  emoji(name: string): string | undefined;
}

export interface FaceSource {
  files: readonly FontFile[];
  /** The bytes of a WOFF file. */
  file(id: string): Promise<Uint8Array>;
  /** The SVG file of an emoji, e.g. `1f600`; undefined when there is none. */
  emoji(name: string): Promise<string | undefined>;
}

export interface LoadedFaces extends Faces {
  /** Opens everything these texts need. Wait for it before `svg()`. */
  prepare(texts: readonly string[], lang: string): Promise<void>;
}

/** Emoji kept in memory: about a kilobyte each. */
const KEPT_EMOJI = 2000;

export function createFaces(source: FaceSource): LoadedFaces {
  const opening = new Map<string, Promise<void>>();
  const open = new Map<string, Face>();
  const emoji = new Map<string, string | undefined>();
  const spans = source.files.flatMap((file, order) => file.covers.map(([from, to]) => ({ from, to, file, order })));
  const byCodePoint = new Map<string, readonly FontFile[]>();

  function candidates(codePoint: number, hand: Hand, lang: string): readonly FontFile[] {
    const key = `${hand}${lang}${codePoint}`;
    let found = byCodePoint.get(key);
    if (!found) {
      const files = spans
        .filter(({ from, to, file }) => from <= codePoint && codePoint <= to && (!file.hand || file.hand === hand))
        .sort((a, b) => Number(b.file.lang === lang) - Number(a.file.lang === lang) || a.order - b.order);
      found = [...new Set(files.map(({ file }) => file))];
      if (byCodePoint.size > 20_000) byCodePoint.clear();
      byCodePoint.set(key, found);
    }
    return found;
  }

  async function load(file: FontFile): Promise<void> {
    // Half a megabyte of code that only the studio needs: never part of another page.
    const [{ create }, bytes] = await Promise.all([import("fontkit"), source.file(file.id)]);
    const font = create(bytesFor(await sfntOf(bytes)));
    if ("fonts" in font) throw new Error(`${file.id} is a collection`);
    open.set(file.id, createFace(file.id, font));
  }

  function loaded(file: FontFile): Promise<void> {
    let promise = opening.get(file.id);
    if (!promise) {
      promise = load(file);
      opening.set(file.id, promise);
      promise.catch(() => opening.delete(file.id));
    }
    return promise;
  }

  async function loadEmoji(name: string): Promise<void> {
    const file = await source.emoji(name);
    if (emoji.size >= KEPT_EMOJI) emoji.clear();
    emoji.set(name, file === undefined ? undefined : insideOf(file, name));
  }

  return {
    faceFor(codePoint, hand, lang) {
      for (const file of candidates(codePoint, hand, primary(lang))) {
        const face = open.get(file.id);
        if (face?.has(codePoint)) return face;
      }
      return undefined;
    },
    emoji: (name) => emoji.get(name),
    async prepare(texts, lang) {
      const files = new Set<FontFile>();
      const names = new Set<string>();
      // Hyphen and letters are always needed: captions are broken, and shown in capitals, after this.
      for (const text of ["-A", ...texts, ...texts.map((one) => capitals(one, "en")), "İ"]) {
        for (const name of emojiIn(text)) if (!emoji.has(name)) names.add(name);
        for (const char of text.normalize("NFC"))
          for (const hand of ["poster", "text"] as const)
            for (const file of candidates(char.codePointAt(0) ?? 0, hand, primary(lang)))
              if (!open.has(file.id)) files.add(file);
      }
      await Promise.all([...[...files].map(loaded), ...[...names].map(loadEmoji)]);
    },
  };
}

/** fontkit's types ask for a Buffer; its code reads any bytes, and there is no Buffer in a browser. */
function bytesFor(bytes: Uint8Array): Buffer {
  return bytes as Buffer;
}

/** What stands inside the root element. Ids get the name of the emoji: several stand in one picture. */
function insideOf(svg: string, name: string): string {
  return svg
    .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    .replace(/ style="[^"]*"/g, "")
    .replace(/(\bid="|url\(#)/g, `$1e${name}-`);
}

/** `zh-Hant-TW` → `zh` */
function primary(lang: string): string {
  return lang.split("-", 1)[0]?.toLowerCase() ?? "";
}
