/** The fonts and emoji of the studio as this server has them: files of packages, listed for the browser in the same order. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createFaces, type FontFile, type LoadedFaces } from "#shared/meme/layout/faces.ts";

const require = createRequire(import.meta.url);

interface Family {
  name: string;
  weight: number;
  /** Subsets in the order in which they are asked for a character; `numbered`: all that have a number for a name. */
  subsets: readonly string[] | "numbered";
  hand?: FontFile["hand"];
  lang?: string;
}

// Letters first, then what other scripts need. A family is listed only for its own script: the Latin of another would mix hands.
const FAMILIES: readonly Family[] = [
  { name: "anton", weight: 400, hand: "poster", subsets: ["latin", "latin-ext", "vietnamese"] },
  { name: "bricolage-grotesque", weight: 800, hand: "text", subsets: ["latin", "latin-ext", "vietnamese"] },
  { name: "anton", weight: 400, hand: "text", subsets: ["latin", "latin-ext"] },
  {
    name: "sofia-sans-extra-condensed",
    weight: 900,
    subsets: ["cyrillic", "greek", "cyrillic-ext", "latin", "latin-ext"],
  },
  { name: "noto-sans-arabic", weight: 700, subsets: ["arabic"] },
  { name: "noto-sans-hebrew", weight: 700, subsets: ["hebrew"] },
  { name: "noto-sans-devanagari", weight: 700, subsets: ["devanagari"] },
  { name: "dela-gothic-one", weight: 400, subsets: "numbered" },
  { name: "black-han-sans", weight: 400, subsets: "numbered" },
  { name: "zcool-qingke-huangyou", weight: 400, subsets: "numbered", lang: "zh" },
  // Arrows and mathematical signs that people do type.
  { name: "noto-sans-arabic", weight: 700, subsets: ["math", "symbols"] },
];

/** What the browser needs to draw the same: handed out as JSON. */
export interface FontCatalogue {
  files: readonly FontFile[];
}

export interface ServerFonts extends FontCatalogue {
  /** Bytes of a font file of the catalogue; undefined for any other name. */
  file(id: string): Promise<Uint8Array | undefined>;
  /** SVG of an emoji, by its code points, e.g. `1f600`; undefined when there is none. */
  emoji(name: string): Promise<string | undefined>;
  faces: LoadedFaces;
}

/** Lists the fonts. They are opened when the first text needs them. */
export function createFonts(): ServerFonts {
  const paths = new Map<string, string>();
  const files: FontFile[] = [];
  for (const { name, weight, subsets, hand, lang } of FAMILIES) {
    const root = dirname(require.resolve(`@fontsource/${name}/package.json`));
    const ranges = JSON.parse(readFileSync(join(root, "unicode.json"), "utf8")) as Record<string, string>;
    const keys = subsets === "numbered" ? Object.keys(ranges).filter((key) => key.startsWith("[")) : subsets;
    for (const key of keys) {
      const file = `${name}-${key.replace(/[[\]]/g, "")}-${weight}-normal.woff`;
      paths.set(file, join(root, "files", file));
      const entry = { id: file, covers: rangesOf(ranges[key] ?? "") };
      files.push({ ...entry, ...(hand ? { hand } : {}), ...(lang ? { lang } : {}) });
    }
  }
  const emojiRoot = dirname(require.resolve("@twemoji/svg/package.json"));
  const fonts = {
    files,
    async file(id: string) {
      const path = paths.get(id);
      return path === undefined ? undefined : readFile(path);
    },
    async emoji(name: string) {
      if (!/^[\da-f]+(?:-[\da-f]+){0,15}$/.test(name)) return undefined;
      return readFile(join(emojiRoot, `${name}.svg`), "utf8").catch(() => undefined);
    },
  };
  const faces = createFaces({
    files,
    emoji: fonts.emoji,
    async file(id) {
      const bytes = await fonts.file(id);
      if (!bytes) throw new Error(`no font ${id}`);
      return bytes;
    },
  });
  return { ...fonts, faces };
}

/** `U+0000-00FF,U+0131` → [[0, 255], [305, 305]] */
function rangesOf(text: string): [number, number][] {
  return text.split(",").flatMap((part): [number, number][] => {
    const [from, to] = part
      .replace("U+", "")
      .split("-")
      .map((hex) => Number.parseInt(hex, 16));
    return from === undefined || Number.isNaN(from) ? [] : [[from, to ?? from]];
  });
}
